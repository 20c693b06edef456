"""Paragraph breaks that a scraper turned into single spaces: a space after 。 in Chinese is a lost newline."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from corpus.characters import CharacterClass
from corpus.spans import AlignedText, Proposal

RULE = "paragraph"

_LONG_LINE = 120
_BREAK = re.compile(r"[。？！…?!](?<![A-Za-z][?!])[”’」』）)]* (?=[\u3400-\u9fff“‘「『《（(【\d])")
_BEFORE_BREAK, _SPACE = CharacterClass(r"[。？！…?!”’」』）)]"), CharacterClass(" ")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节部分])"
    r"[^。？！?! ]{2,30} (?=\S)"
)


def paragraphs(page: AlignedText) -> Iterator[Proposal]:
    """A space after the end of a sentence, and after a numbered heading that such a break opens."""
    text = page.text
    if not _BEFORE_BREAK.is_in(text) or not _SPACE.is_in(text):
        return
    read = 0  # up to the end of this line
    for place in np.flatnonzero(_BEFORE_BREAK.where(text)[:-1] & _SPACE.where(text)[1:]).tolist():
        if place < read:
            continue
        line, read = text.rfind("\n", read, place) + 1 or read, text.find("\n", place)
        if read < 0:
            read = len(text)
        if read - line >= _LONG_LINE:
            yield from _of_line(text, line, read)


def _of_line(text: str, start: int, end: int) -> Iterator[Proposal]:
    starts = [start]
    for match in _BREAK.finditer(text, start, end):
        starts.append(match.end())
        yield Proposal(match.end() - 1, match.end(), RULE, "\n")
    if len(starts) == 1:
        return
    for after in starts:
        while heading := _NUMBERED.match(text, after, end):
            yield Proposal(heading.end() - 1, heading.end(), RULE, "\n")
            after = heading.end()
