"""Characters nobody sees: exotic spaces become plain ones, zero-width and control characters go, line ends are `\\n`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.spans import AlignedText, Proposal

RULE = "whitespace"

_SPACES = dict.fromkeys(
    [*range(0x2000, 0x200B), 0x09, 0x0B, 0x0C, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000], " "
) | dict.fromkeys([0x85, 0x2028, 0x2029], "\n")
_INVISIBLE = re.compile(
    r"\r(?=\n)|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+|\r"
)
_EDGES = re.compile(r"(?:^[ |]+)|(?:[ |]+$)|[ ]{2,}", re.M)
_EMPTY_LINES = re.compile(r"\A\n+|\n(?=\n)")


def plain_spaces(page: AlignedText) -> AlignedText:
    """Every kind of space is one of ` ` and `\\n`, one for one."""
    return page.substitute(page.text.translate(_SPACES))


def invisible(page: AlignedText) -> Iterator[Proposal]:
    """Zero-width, directional and control characters; a lone carriage return is a line end."""
    for match in _INVISIBLE.finditer(page.text):
        alone = match[0] == "\r" and page.text[match.end() : match.end() + 1] != "\n"
        yield Proposal(match.start(), match.end(), RULE, "\n" if alone else "")


def edges(page: AlignedText) -> Iterator[Proposal]:
    """Indents, trailing spaces and table bars, runs of spaces; then empty lines."""
    for match in _EDGES.finditer(page.text):
        start, end = match.span()
        inner = 0 < start and page.text[start - 1] != "\n" and end < len(page.text) and page.text[end] != "\n"
        yield Proposal(start, end, RULE, " " if inner else "")


def empty_lines(page: AlignedText) -> Iterator[Proposal]:
    """Paragraphs end with one newline, the last one too."""
    for match in _EMPTY_LINES.finditer(page.text):
        yield Proposal(match.start(), match.end(), RULE)
    if page.text and not page.text.endswith("\n"):
        yield Proposal(len(page.text), len(page.text), RULE, "\n")
