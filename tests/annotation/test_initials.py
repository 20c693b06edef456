"""Places by one character each are apart where they are named together; a road or a highland of two is one."""

from __future__ import annotations

import pytest

from annotation.initials import initials
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["巴/nz", "以/p", "打仗/v"], ["巴", "以"]),
        (["湘鄂赣/PER:0.6", "边区/n"], []),
        (["湘鄂赣/PER:0.6", "群众/n"], ["湘", "鄂", "赣"]),
        (["沪深/LOC:0.5", "两市/n"], ["沪", "深"]),
        (["沪宁/LOC:0.5", "高速/n"], []),
        (["哈/n", "、/w", "吉/n", "、/w", "塔/n", "三国/n"], ["哈", "吉", "塔"]),
        (["美航母/n", "离开/v"], ["美"]),
        (["美妆/n", "博主/n"], []),
        (["粤/n", "S12345/nz"], ["粤"]),
    ],
)
def test_characters_that_stand_for_places_are_apart(pieces: list[str], found: list[str]) -> None:
    text, words = words_of(*pieces)
    made = initials(text, words)
    assert [text[word.start : word.end] for word in made if word.tag == "LOC" and word not in words] == found
    assert "".join(text[word.start : word.end] for word in made) == text
