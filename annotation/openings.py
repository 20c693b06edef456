"""A pattern in; out, its matches in a text, looked for only at the characters with which one can begin.

The engine of `re` tries every alternative at every character where a pattern does not open with plain text. The
characters are read off the pattern, so the matches are those of `pattern.finditer`, several times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.triggers import triggers_of

_FOLDED = {" ": r"\s", **dict.fromkeys("0123456789", r"\d")}  # the parser names these for all spaces and all digits


def matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """All matches in the text, from left to right, none over another."""
    opening = _opening(pattern)
    if opening is None:
        yield from pattern.finditer(text)
        return
    match, end = pattern.match, 0
    for first in opening.finditer(text):
        start = first.start()
        if start >= end and (found := match(text, start)) is not None:
            yield found
            end = found.end()


@cache
def _opening(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """What every match begins with; None where that may be any character."""
    characters = {opening[0] for opening in triggers_of(pattern.pattern, pattern.flags, "at start")}
    if not characters:
        return None
    return re.compile(f"[{''.join(sorted({_FOLDED.get(char) or re.escape(char) for char in characters}))}]")
