"""Flat entities as one tag a character, and back.

The tags' order is fixed by the label scheme: O, then those of each label in the scheme's order, in the order of the
letters: B- and I- for `bio`; B-, I-, E- and S- for `bioes` (E the last character, S the only one).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import SpanError
from exports.texts import Ints, borders_of, ranges

SCHEMES = {"bio": "BI", "bioes": "BIES"}


def tag_names(labels: Iterable[str], scheme: str = "bio") -> list[str]:
    """The names of the tags: `O`, `B-ORG`, `I-ORG`, …; a tag is its index here."""
    return ["O", *(f"{letter}-{label}" for label in labels for letter in SCHEMES[scheme])]


def encode(length: int, starts: Ints, ends: Ints, labels: NDArray[np.integer], scheme: str = "bio") -> Ints:
    """The tags of `length` characters; the entities lie inside and apart, their labels are numbers in the scheme."""
    tags = np.zeros(length, np.int64)
    places, found = entity_tags(starts, ends, labels, scheme)
    tags[places] = found
    return tags


def entity_tags(starts: Ints, ends: Ints, labels: NDArray[np.integer], scheme: str = "bio") -> tuple[Ints, Ints]:
    """The characters that stand in entities, and their tags, none of which is 0; all others have 0."""
    letters = SCHEMES[scheme]
    first = 1 + len(letters) * labels.astype(np.int64)
    sizes = ends - starts
    borders = borders_of(sizes)
    tags = np.repeat(first + letters.index("I"), sizes)
    tags[borders[:-1]] = first
    if scheme == "bioes":
        tags[borders[1:] - 1] = first + letters.index("E")
        tags[borders[:-1][sizes == 1]] = first[sizes == 1] + letters.index("S")
    return ranges(starts, sizes), tags


def decode(tags: Sequence[int], labels: Sequence[str], scheme: str = "bio") -> list[tuple[int, int, str]]:
    """The entities `(start, end, label)` of the tags, in order.

    Raises:
        SpanError: a tag is not one of the scheme, or the tags of an entity do not follow each other.
    """
    letters = SCHEMES[scheme]
    names = tag_names(labels, scheme)
    entities: list[tuple[int, int, str]] = []
    is_open = False  # whether the last entity may, or in `bioes` must, go on
    for place, tag in enumerate(tags):
        if not 0 <= tag < len(names):
            raise SpanError(f"tag {tag} at {place} is not one of the scheme's {len(names)}")
        letter, _, label = names[tag].partition("-")
        if letter in "IE":
            if not (is_open and entities[-1][1] == place and entities[-1][2] == label):
                raise SpanError(f"{names[tag]} at {place} continues no {label}")
            entities[-1] = (entities[-1][0], place + 1, label)
        elif is_open and "E" in letters:
            raise SpanError(f"{names[tag]} at {place} stands before the end of {entities[-1][2]}")
        elif letter in "BS":
            entities.append((place, place + 1, label))
        is_open = letter in "BI"
    if is_open and "E" in letters:
        raise SpanError(f"{entities[-1][2]} at {entities[-1][0]} has no end")
    return entities
