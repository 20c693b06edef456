"""What nobody sees goes or becomes a plain space; every paragraph ends with one newline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.rules.whitespace import edges, empty_lines, invisible, plain_spaces
from corpus.spans import AlignedText, unexplained


def cleaned(text: str) -> str:
    page = plain_spaces(AlignedText.of(text))
    for step in (invisible, edges, empty_lines):
        page = page.apply(step(page))
    assert unexplained(page.runs, page.removed_spans(), len(text)) == []
    return page.text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("　　近日，项目开工。　\n", "近日，项目开工。\n"),
        ("甲\u00a0乙\u2003丙", "甲 乙 丙\n"),
        ("甲\u200b乙\ufeff丙\u00ad丁", "甲乙丙丁\n"),
        ("甲\r\n乙\r丙\n", "甲\n乙\n丙\n"),
        ("甲\r\r\n乙", "甲\n乙\n"),
        ("甲\x00乙\x1f丙", "甲乙丙\n"),
        ("\n\n甲\n\n\n乙\n\n", "甲\n乙\n"),
        ("| 甲 | 乙 |", "甲 | 乙\n"),
        ("甲   乙", "甲 乙\n"),
        ("甲\u2028乙", "甲\n乙\n"),
        ("甲\tb", "甲 b\n"),
        ("👍\ufe0f好", "👍好\n"),
        ("", ""),
    ],
)
def test_what_nobody_sees_goes(raw, clean):
    assert cleaned(raw) == clean


@pytest.mark.parametrize("text", ["甲 乙\n", "a b c\n", "甲|乙\n", "e\u0301\n", "𠮷野\n"])
def test_what_is_seen_stays(text):
    assert cleaned(text) == text


@given(st.text(alphabet="甲a \t|\r\n\u3000\u200b\x00", max_size=40))
def test_no_line_is_empty_or_has_spaces_around_it(text):
    clean = cleaned(text)
    assert clean == "" or clean.endswith("\n")
    for row in clean.split("\n")[:-1]:
        assert row.strip(" |") == row
        assert "  " not in row


def test_no_hostile_line_takes_time(text, busy_with):
    assert busy_with(text.of, invisible, edges, empty_lines, plain_spaces) == []
