"""Paragraph breaks that a scraper turned into single spaces: a space after 。 in Chinese is a lost newline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.characters import codes_of, table_of
from corpus.spans import AlignedText, Proposal

RULE = "paragraph"

_LONG_LINE = re.compile(r"[^\n]{120,}")
_BREAK = re.compile(r"[。？！…?!](?<![A-Za-z][?!])[”’」』）)]* (?=[\u3400-\u9fff“‘「『《（(【\d])")
_BEFORE_BREAK = r"[。？！…?!”’」』）)]"
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节部分])"
    r"[^。？！?! ]{2,30} (?=\S)"
)


def paragraphs(page: AlignedText) -> Iterator[Proposal]:
    """A space after the end of a sentence, and after a numbered heading that such a break opens."""
    codes = codes_of(page.text)
    if not (table_of(_BEFORE_BREAK)[codes[:-1]] & (codes[1:] == ord(" "))).any():
        return
    for line in _LONG_LINE.finditer(page.text):
        starts = [line.start()]
        for match in _BREAK.finditer(page.text, *line.span()):
            starts.append(match.end())
            yield Proposal(match.end() - 1, match.end(), RULE, "\n")
        if len(starts) == 1:
            continue
        for start in starts:
            while heading := _NUMBERED.match(page.text, start, line.end()):
                yield Proposal(heading.end() - 1, heading.end(), RULE, "\n")
                start = heading.end()
