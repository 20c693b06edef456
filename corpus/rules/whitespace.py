"""Characters nobody sees: spaces become plain ones, zero-width and control characters go, line ends are `\\n`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.characters import CharacterClass, codes_of, text_of
from corpus.spans import AlignedText, Proposal

RULE = "whitespace"

_SPACES = CharacterClass(r"[\t\v\f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = CharacterClass(r"[\x85\u2028\u2029]")
_NOBODY_SEES = (
    r"[\x00-\x08\x0d-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_UNSEEN = CharacterClass(_NOBODY_SEES)
_INVISIBLE = re.compile(f"{_NOBODY_SEES}+")
_BARS = re.compile(r"[ |]+")
_RUNS_OF_SPACES = re.compile(" {2,}")
_EMPTY_LINES = re.compile(r"\n\n+")


def plain_spaces(page: AlignedText) -> AlignedText:
    """Every kind of space is one of ` ` and `\\n`, one for one."""
    text = page.text
    if not _SPACES.is_in(text) and not _LINE_ENDS.is_in(text):
        return page
    codes = codes_of(text).copy()
    codes[_SPACES.where(text)] = ord(" ")
    codes[_LINE_ENDS.where(text)] = ord("\n")
    return page.substitute(text_of(codes))


def invisible(page: AlignedText) -> Iterator[Proposal]:
    """Zero-width, directional and control characters; a lone carriage return is a line end."""
    text = page.text
    if not _UNSEEN.is_in(text):
        return
    for match in _INVISIBLE.finditer(text):
        start, end = match.span()
        if "\r" not in match[0]:
            yield Proposal(start, end, RULE)
            continue
        following = text[start + 1 : end + 1] + " "
        for place, character, after in zip(range(start, end), match[0], following, strict=False):
            yield Proposal(place, place + 1, RULE, "\n" if character == "\r" and after != "\n" else "")


def edges(page: AlignedText) -> Iterator[Proposal]:
    """Indents, trailing spaces and table bars, runs of spaces; then empty lines."""
    text = page.text
    for match in _BARS.finditer(text):
        start, end = match.span()
        if start == 0 or text[start - 1] == "\n" or end == len(text) or text[end] == "\n":
            yield Proposal(start, end, RULE)
        elif end - start > 1:
            for spaces in _RUNS_OF_SPACES.finditer(text, start, end):
                yield Proposal(*spaces.span(), RULE, " ")


def empty_lines(page: AlignedText) -> Iterator[Proposal]:
    """Paragraphs end with one newline, the last one too."""
    text = page.text
    start = len(text) - len(text.lstrip("\n"))
    if start:
        yield Proposal(0, start, RULE)
    for match in _EMPTY_LINES.finditer(text, start):
        yield Proposal(match.start(), match.end() - 1, RULE)
    if text and not text.endswith("\n"):
        yield Proposal(len(text), len(text), RULE, "\n")
