"""A text and its code points are the same thing; a table says of each what a regular expression says."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.characters import HAN, CharacterClass, codes_of, han_in, kinds_of, table_of, table_with, text_of

ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("。()")), max_size=40)
STOP, ROUND = CharacterClass("。"), CharacterClass(lambda: table_with("()"))
STOP.is_in("")  # makes the table of all classes, so that no example's time holds it


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


def test_several_tables_in_one():
    assert kinds_of("[ab]", "[bc]")[codes_of("abcd")].tolist() == [1, 3, 2, 0]


def test_a_table_of_given_characters():
    assert np.flatnonzero(table_with("ba𠮷")).tolist() == [ord("a"), ord("b"), 0x20BB7]


def test_han_characters_are_counted():
    assert han_in("第1条，𠮷a丨") == 3


@given(ANY_TEXT)
def test_a_class_knows_where_its_characters_are(text):
    where = [c == "。" for c in text]
    assert STOP.where(text).tolist() == where
    assert STOP.count(text) == sum(where)
    assert STOP.is_in(text) == any(where)


@given(ANY_TEXT)
def test_a_class_may_come_from_a_table(text):
    assert ROUND.where(text).tolist() == [c in "()" for c in text]
