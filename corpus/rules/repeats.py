"""The same text twice on one page: the body printed again, a title over and over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.lines import Line

BODY = "repeated_body"
LINE = "repeated_line"
TITLE = "title"

_LONG = 30
_TOP = 3  # lines in which a page's own title may stand, with the site's name: `题目_新闻_某某网`
_SITE = re.compile(r"[_|»]|(?<=\s)-+(?=\s)|-(?=[^-]{2,12}$)")  # starts at a mark, never at a run of blanks


def _stands_again(title: str, own: Line, lines: Sequence[Line]) -> bool:
    return any(line.plain == title for line in lines if line is not own)


def repeats(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Every line whose words an earlier line has, with the rule's name: `repeated_body` for long ones."""
    for line in lines[:_TOP]:
        title, *site = _SITE.split(line.plain, maxsplit=1)
        title = title.rstrip()
        if site and len(title) >= 4 and not line.is_sentence and _stands_again(title, line, lines):
            yield line, TITLE
    seen: set[str] = set()
    for line in lines:
        words = line.words
        if len(words) < 6 or (line.plain.endswith(":") and not line.shares):
            continue
        if words in seen:
            yield line, BODY if len(words) >= _LONG and line.is_sentence else LINE
        seen.add(words)
