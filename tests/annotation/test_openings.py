"""Matches are looked for only where one can begin, and are those that `re` finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import companies, countries, names, places
from annotation.openings import _opening, begins, matches

SEARCHED = [names.LAST, names.BRAND, places._ZONE, companies._BEFORE_COMPANY, countries._ANY]
# The alphabet of the patterns themselves, so that many texts hold matches and halves of them.
ALPHABET = sorted({c for pattern in SEARCHED for c in pattern.pattern if c >= "\u4e00"})
WORDS = sorted({w for pattern in SEARCHED for w in re.findall("[\u4e00-\u9fff]{2,}", pattern.pattern)})
TEXTS = st.lists(st.sampled_from([*ALPHABET, *WORDS, "，", "\n", "A", "0"]), max_size=60).map("".join)


@pytest.mark.parametrize(
    "pattern", SEARCHED, ids=["last words", "brands", "zones", "what stands before companies", "countries"]
)
def test_the_patterns_of_whole_texts_have_openings(pattern: re.Pattern[str]) -> None:
    assert _opening(pattern) is not None


@given(TEXTS)
def test_matches_begin_only_where_one_can(text: str) -> None:
    for pattern in SEARCHED:
        assert {m.start() for m in pattern.finditer(text)} <= set(begins(pattern, text))


@given(TEXTS)
def test_the_matches_are_those_of_re(text: str) -> None:
    for pattern in SEARCHED:
        assert [m.span() for m in matches(pattern, text)] == [m.span() for m in pattern.finditer(text)]


@pytest.mark.parametrize("pattern", [r"\d+元", r"\s?公司", r"(?:的)*", r".公司", r"[^，]司", r"(?<=的)", r"[0-9]%"])
def test_a_pattern_that_may_open_with_anything_is_left_to_re(pattern: str) -> None:
    text = "１２元的公司，３元\u3000公司的的5%"
    compiled = re.compile(pattern)
    assert [m.span() for m in matches(compiled, text)] == [m.span() for m in compiled.finditer(text)]


def test_a_match_over_the_beginning_of_another_hides_it() -> None:
    assert [m[0] for m in matches(re.compile("公司公|司公司|公"), "公司公司公司")] == ["公司公", "司公司"]
