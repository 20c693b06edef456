"""Streets, bridges and hamlets are found where the model says that one goes there; common ones never."""

from __future__ import annotations

import pytest

from annotation.lac import find_words, tag
from annotation.spots import spots
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["冬天/TIME", "嘟噜/v", "河/n", "冻/v"], ["嘟噜河"]),
        (["命丧/v", "冲霄/v", "楼/n"], ["冲霄楼"]),
        (["通/v", "了/u", "柏油路/n"], []),
        (["那个/r", "土地庙/n"], []),
        (["三十/m", "里山路/n"], []),
        (["那/r", "座/q", "冲霄楼/n"], []),
    ],
)
def test_what_ends_as_places_do_is_asked_about(pieces: list[str], found: list[str]) -> None:
    text, words = words_of(*pieces)
    made = spots(text, words, lambda sentence: tag([sentence])[0])
    assert [text[word.start : word.end] for word in made if word.tag == "LOC"] == found
    assert "".join(text[word.start : word.end] for word in made) == text


def test_the_model_is_asked_about_no_common_word() -> None:
    asked: list[str] = []

    def never(sentence: str) -> list[tuple[int, int, str, float]]:
        asked.append(sentence)
        return []

    text = "这条路口的石板路通向城中村和办公楼"
    spots(text, find_words([text])[0], never)
    assert not asked
