"""The same text twice on one page: the body printed again, a title over and over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.lines import Line

BODY = "repeated_body"
LINE = "repeated_line"

_LONG = 30


def repeats(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Every line whose words an earlier line has, with the rule's name: `repeated_body` for long ones."""
    seen: set[str] = set()
    for line in lines:
        words = line.words
        if len(words) < 6 or (line.plain.endswith(":") and not line.shares):
            continue
        if words in seen:
            yield line, BODY if len(words) >= _LONG and line.is_sentence else LINE
        seen.add(words)
