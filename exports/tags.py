"""Flat entities as one BIO tag a character, and back.

The tags' order is fixed by the label scheme: O, then B- and I- of each label in the scheme's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.errors import SpanError


def tag_names(labels: Iterable[str]) -> list[str]:
    """The names of the tags: `O`, `B-ORG`, `I-ORG`, …; a tag is its index here."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def encode(length: int, entities: Iterable[tuple[int, int, str]], labels: Sequence[str]) -> list[int]:
    """The tags of a text of `length` characters; entities are `(start, end, label)`.

    Raises:
        SpanError: an entity is empty, lies outside the text, overlaps another, or has none of the `labels`.
    """
    tags = [0] * length
    begin = {label: 1 + 2 * number for number, label in enumerate(labels)}
    for start, end, label in entities:
        if label not in begin:
            raise SpanError(f"entity [{start}, {end}) has the label {label!r}, which is none of {', '.join(labels)}")
        if not 0 <= start < end <= length:
            raise SpanError(f"entity [{start}, {end}) is empty or outside a text of {length} characters")
        if any(tags[start:end]):
            raise SpanError(f"entity [{start}, {end}) overlaps another")
        tags[start:end] = [begin[label], *[begin[label] + 1] * (end - start - 1)]
    return tags


def decode(tags: Sequence[int], labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """The entities `(start, end, label)` of the tags, in order.

    Raises:
        SpanError: a tag is not one of the scheme, or an I- continues nothing.
    """
    entities: list[tuple[int, int, str]] = []
    for place, tag in enumerate(tags):
        if not 0 <= tag <= 2 * len(labels):
            raise SpanError(f"tag {tag} at {place} is not one of the scheme's {2 * len(labels) + 1}")
        if tag == 0:
            continue
        label = labels[(tag - 1) // 2]
        if tag % 2:
            entities.append((place, place + 1, label))
        elif entities and entities[-1][1] == place and entities[-1][2] == label:
            entities[-1] = (entities[-1][0], place + 1, label)
        else:
            raise SpanError(f"I-{label} at {place} continues no {label}")
    return entities
