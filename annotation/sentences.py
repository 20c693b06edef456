"""Sentences of a text as spans: what the models are given at once, so that their memory is bounded by a sentence's."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_SENTENCE = 512  # a network's memory grows with the sentence; articles have none so long, broken pages do

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;\n]+[”’」』）)\"']*|$)")
_PAUSE = re.compile(r".*[，,、：:\s]", re.DOTALL)


def has_long_sentence(text: str) -> bool:
    """Whether a sentence of the text is longer than `MAX_SENTENCE`, so that it is cut where it does not end."""
    return any(match.end() - match.start() > MAX_SENTENCE for match in _SENTENCE.finditer(text))


def split_sentences(text: str, limit: int = MAX_SENTENCE) -> Iterator[tuple[int, int]]:
    """Spans that cover the text without gap or overlap, each a sentence of at most `limit` characters.

    A longer sentence is cut after its last comma or space within the limit; where it has none, at the limit itself.
    """
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > limit:
            pause = _PAUSE.match(text, start, start + limit)
            cut = pause.end() if pause else start + limit
            yield start, cut
            start = cut
        if start < end:
            yield start, end
