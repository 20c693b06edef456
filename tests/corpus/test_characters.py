"""A text and its code points are the same thing; a table says of each what a regular expression says."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.characters import HAN, codes_of, han_in, prefix_sums, table_of, table_with, text_of

ANY_TEXT = st.text(st.characters(), max_size=40)


@given(ANY_TEXT)
def test_the_codes_give_the_text_again(text):
    assert text_of(codes_of(text)) == text
    assert len(codes_of(text)) == len(text)


def test_a_lone_surrogate_and_an_astral_character_are_one_code_each():
    assert codes_of("\ud800𠮷").tolist() == [0xD800, 0x20BB7]


@pytest.mark.parametrize("characters", [HAN, r"\w", r"\S", r"\d", "[。！？]", r"[^\W_]|\n"])
@given(text=ANY_TEXT)
def test_a_table_says_what_the_regular_expression_says(characters, text):
    assert table_of(characters)[codes_of(text)].tolist() == [bool(re.fullmatch(characters, c)) for c in text]


def test_a_table_of_given_characters():
    assert np.flatnonzero(table_with("ba𠮷")).tolist() == [ord("a"), ord("b"), 0x20BB7]


def test_han_characters_are_counted():
    assert han_in("第1条，𠮷a丨") == 3


@given(st.lists(st.booleans()), st.integers(0, 9), st.integers(0, 9))
def test_a_difference_of_prefix_sums_is_a_count(mask, start, size):
    sums = prefix_sums(np.array(mask, bool))
    start = min(start, len(mask))
    end = min(start + size, len(mask))
    assert sums[end] - sums[start] == sum(mask[start:end])
