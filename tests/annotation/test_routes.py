"""Railways, rivers and campuses are one place each by what is said of them; what is said of other things makes none."""

from __future__ import annotations

import pytest

from annotation.routes import routes
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["从/p", "成/v", "昆线/n", "慢慢/d"], ["成昆线"]),
        (["大秦/LOC:0.2", "线上/s", "，/w"], ["大秦线"]),
        (["对落脚河/v", "沿岸/f"], ["落脚河"]),
        (["南大/ORG:0.9", "鼓楼/n", "校区/n"], ["鼓楼校区"]),
        (["连成/v", "线/n"], []),
        (["这条/r", "河/n", "两岸/f"], []),
        (["小/a", "河/n", "沿岸/f"], []),
        (["各大/r", "校区/n"], []),
        (["黄河/LOC:0.9", "沿岸/f"], []),
    ],
)
def test_routes_are_found_by_what_is_said_of_them(pieces: list[str], found: list[str]) -> None:
    text, words = words_of(*pieces)
    made = routes(text, words)
    assert [text[word.start : word.end] for word in made if word.tag == "LOC" and word not in words] == found
    assert "".join(text[word.start : word.end] for word in made) == text
