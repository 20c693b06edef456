"""Where a drawn span really begins and ends: spaces, commas and the quotes around a name are not part of it.

In: a text and a span that a hand drew. Out: the same span without what can never be at its edge. One rule for
everybody, so that two annotators who differ by a comma agree. Offsets are code points, half-open.
"""

from __future__ import annotations

SPACES = "\u200b\u200c\u200d\u2060\ufeff"  # that str.isspace does not know
MARKS = "，。、；：！？…—·,;:!?"
PAIRS = {"《": "》", "〈": "〉", "「": "」", "『": "』", "【": "】", "〔": "〕", "“": "”", "‘": "’"} | {
    "（": "）",
    "(": ")",
    "[": "]",
    "［": "］",
    "{": "}",
}
CLOSERS = {closer: opener for opener, closer in PAIRS.items()}
STRAIGHT = "\"'"


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without spaces and marks at its edges, half a pair of brackets or quotes, or a pair around all of it.

    A pair inside stays: 英特尔（中国）有限公司, 北京大学（深圳）, 《财经》杂志. So does what belongs to a foreign name:
    Yahoo!. Where nothing is left, the span is empty.
    """
    while start < end:
        if text[start].isalnum() and text[end - 1].isalnum():  # nearly always
            break
        words = text[start:end]
        before, behind = _cut(words)
        if not before and not behind:
            break
        start, end = start + before, end - behind
    return (start, max(start, end))


def _cut(words: str) -> tuple[int, int]:
    """How many characters go at either edge, in one step."""
    first, last = words[0], words[-1]
    if _is_mark(first):
        return 1, 0
    if _is_mark(last) and not (last == "!" and words[-2:-1].isascii() and words[-2:-1].isalpha()):
        return 0, 1
    if first in CLOSERS:
        return 1, 0
    if last in PAIRS:
        return 0, 1
    if first in PAIRS:
        closed = _closing(words)
        return (1, 0) if closed < 0 else (1, 1) if closed == len(words) - 1 else (0, 0)
    if last in CLOSERS and _closing(words[::-1], mirrored=True) < 0:
        return 0, 1
    if first in STRAIGHT or last in STRAIGHT:
        return _straight(words)
    return 0, 0


def _straight(words: str) -> tuple[int, int]:
    """Quotes that look the same on both sides pair with their next neighbour."""
    first, last = words[0], words[-1]
    if first in STRAIGHT and words.count(first) == 2 and last == first:
        return 1, 1
    if first in STRAIGHT and words.count(first) % 2:
        return 1, 0
    return (0, 1) if last in STRAIGHT and words.count(last) % 2 else (0, 0)


def _closing(words: str, *, mirrored: bool = False) -> int:
    """Where the bracket that opens `words` is closed; -1 where it is not. `mirrored` reads from the end."""
    pairs = CLOSERS if mirrored else PAIRS
    opener, closer = words[0], pairs[words[0]]
    depth = 0
    for place, character in enumerate(words):
        depth += (character == opener) - (character == closer)
        if depth == 0:
            return place
    return -1


def _is_mark(character: str) -> bool:
    return character.isspace() or character in SPACES or character in MARKS
