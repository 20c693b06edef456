"""A pattern in; out, its matches in a text, looked for only at the characters with which one can begin.

The engine of `re` tries every alternative at every character where a pattern does not open with plain text. The
characters are read off the pattern, so the matches are those of `pattern.finditer`, several times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from corpus.triggers import triggers_of

_FOLDED = frozenset(" 0123456789")  # the parser names these for all spaces and all digits


def begins(pattern: re.Pattern[str], text: str) -> Collection[int]:
    """The places of the text where a match can begin."""
    opening = _opening(pattern)
    return range(len(text)) if opening is None else {first.start() for first in opening.finditer(text)}


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
    """What every match begins with; None where that is not one of some plain characters."""
    characters = {opening[0] for opening in triggers_of(pattern.pattern, pattern.flags, "at start")}
    if not characters or characters & _FOLDED:
        return None
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]")
