"""Matches are looked for only where one can begin, and are those that `re` finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import companies, countries, government, names, places
from annotation.openings import _opening, matches

SEARCHED = [
    names.LAST,
    names.BRAND,
    places._ZONE,
    companies._BEFORE_COMPANY,
    companies._SHARE,
    companies._SAYS_COMPANY,
    names.LEGAL,
    government._COMMISSION,
]
# The alphabet of the patterns themselves, so that many texts hold matches and halves of them.
ALPHABET = sorted({c for pattern in SEARCHED for c in pattern.pattern if c >= "\u4e00"})
WORDS = sorted({w for pattern in SEARCHED for w in re.findall("[\u4e00-\u9fff]{2,}", pattern.pattern)})
TEXTS = st.lists(st.sampled_from([*ALPHABET, *WORDS, "，", "\n", "A", "0"]), max_size=60).map("".join)


@pytest.mark.parametrize("pattern", SEARCHED, ids=range(len(SEARCHED)))
def test_the_patterns_of_whole_texts_have_openings(pattern: re.Pattern[str]) -> None:
    assert _opening(pattern) is not None


@pytest.mark.parametrize("name", ["_SIDE", "_TO", "_OFFICIAL", "_PAIR", "_MANY", "_PROVINCES", "_OF_ONE"])
def test_words_of_countries_begin_as_their_rule_says(name: str) -> None:
    opening = _opening(getattr(countries, name))
    assert opening is not None
    assert set(opening.pattern.strip("[]")) <= countries._FIRST


@given(TEXTS)
def test_the_matches_are_those_of_re(text: str) -> None:
    for pattern in SEARCHED:
        assert [m.span() for m in matches(pattern, text)] == [m.span() for m in pattern.finditer(text)]


@pytest.mark.parametrize("pattern", [r"\d+元", r"\s?公司", r"(?:的)*", r".公司", r"[^，]司", r"(?<=的)", r"[0-9]%"])
def test_all_digits_and_spaces_are_openings_and_what_may_open_with_anything_is_left_to_re(pattern: str) -> None:
    text = "１２元的公司，３元\u3000公司的的5%"
    compiled = re.compile(pattern)
    assert [m.span() for m in matches(compiled, text)] == [m.span() for m in compiled.finditer(text)]


def test_a_match_over_the_beginning_of_another_hides_it() -> None:
    assert [m[0] for m in matches(re.compile("公司公|司公司|公"), "公司公司公司")] == ["公司公", "司公司"]
