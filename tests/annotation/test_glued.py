"""Names that touch are told apart by the model itself; what it takes for one with the mark between stays one."""

from __future__ import annotations

import pytest

from annotation.glued import unglued
from annotation.groups import Word
from annotation.lac import find_words, tag


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("周杰伦昆凌又秀恩爱了", ["周杰伦", "昆凌"]),
        ("何洁赫子铭离婚了？", ["何洁", "赫子铭"]),
        ("在三亚亚龙湾晒太阳", ["三亚", "亚龙湾"]),
        ("在大理双廊住了三天", ["大理", "双廊"]),
        ("在京都锦市场问路", ["京都", "锦市场"]),
        ("索尔仁尼琴在书房里写作", ["索尔仁尼琴"]),
        ("司马相如弹了一曲", ["司马相如"]),
    ],
)
def test_names_that_touch_are_apart_and_long_ones_stay_whole(text: str, names: list[str]) -> None:
    words = unglued(text, find_words([text])[0], lambda sentence: tag([sentence])[0])
    assert [text[word.start : word.end] for word in words if word.tag in ("PER", "LOC")] == names
    assert "".join(text[word.start : word.end] for word in words) == text


def test_the_model_is_asked_only_about_what_may_be_two() -> None:
    asked: list[str] = []

    def never(sentence: str) -> list[tuple[int, int, str, float]]:
        asked.append(sentence)
        return []

    words = [Word(0, 3, "PER", 0.9), Word(3, 7, "PER", 0.95), Word(7, 11, "ORG", 0.2)]
    assert unglued("李小明欧阳娜娜青禾科技", words, never) == words
    assert not asked
