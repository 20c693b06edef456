"""A document cut into passages that a model can take in.

In: a text and the spans that must stay whole. Out: consecutive passages that cover the text exactly, cut at sentence
ends where possible.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from corpus.errors import JiaozhuError

# Half-width marks count too: whole sites write nothing else. Closing quotes and brackets stay with their sentence.
SENTENCE_END = re.compile(r"(?:[。！？；…!?;]+[”’」』）)》】]*|\n)\n*")
CLAUSE_END = re.compile(r"[，、]|,(?!\d)")  # the comma of 3,000 is no border


def cut(text: str, spans: Iterable[tuple[int, int]], max_chars: int) -> list[tuple[int, int]]:
    """Borders `[start, end)` of the passages of `text`, in order and without gaps; none for an empty text.

    A passage is as long as `max_chars` characters allow and ends at a sentence end; where a sentence is longer than
    that, at a clause end; else anywhere, but never inside one of `spans`. A span longer than `max_chars` is a passage.

    Raises:
        JiaozhuError: `max_chars` is less than 1.
    """
    if max_chars < 1:
        raise JiaozhuError(f"max_chars is {max_chars}; a passage needs at least 1 character")
    inside = bytearray(len(text) + 1)  # 1 where a cut would fall inside a span
    for start, end in spans:
        inside[start + 1 : end] = b"\1" * (end - start - 1)
    sentences = _borders(SENTENCE_END, text, inside)
    clauses = _borders(CLAUSE_END, text, inside)
    passages: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        limit = start + max_chars
        if limit >= len(text):
            end = len(text)
        else:
            end = _last(sentences, start, limit) or _last(clauses, start, limit) or _anywhere(inside, start, limit)
        passages.append((start, end))
        start = end
    return passages


def _borders(pattern: re.Pattern[str], text: str, inside: bytearray) -> list[int]:
    return [match.end() for match in pattern.finditer(text) if not inside[match.end()]]


def _last(borders: Sequence[int], start: int, limit: int) -> int | None:
    """The last border in `(start, limit]`."""
    index = bisect_right(borders, limit) - 1
    return borders[index] if index >= 0 and borders[index] > start else None


def _anywhere(inside: bytearray, start: int, limit: int) -> int:
    """The last place up to `limit` that cuts no span, or the first one after it."""
    for place in range(limit, start, -1):
        if not inside[place]:
            return place
    return next(place for place in range(limit + 1, len(inside)) if not inside[place])
