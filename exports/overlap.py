"""How much of what a model is tested on it has seen in training: entities of a split that stand in train too.

In: spans, split by split, in columns. Out: shares of entities (a text with its label, once) and of mentions (each).
An entity is held as eight bytes, so memory grows with the number of different ones, not with their texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.splits import SPLITS
from exports.texts import Ints, one_array, utf8

COMPACT = 4_000_000  # numbers that are held before those that repeat are added up


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of a split's entities and their mentions, how many there are, and how many of them stand in train."""

    entities: int
    in_train: int
    mentions: int
    mentions_in_train: int

    def shares(self) -> str:
        """For a reader: `40.0 % of 20 entities (55.1 % of 49 mentions)`."""
        parts = [(self.in_train, self.entities, "entities"), (self.mentions_in_train, self.mentions, "mentions")]
        first, second = (f"{100 * some / all_ if all_ else 0:.1f} % of {all_:,} {what}" for some, all_, what in parts)
        return f"{first} ({second})"


@dataclass(slots=True)
class Overlaps:
    """The entities of each split so far."""

    labels: Sequence[str]
    held: dict[str, list[tuple[NDArray[np.uint64], Ints]]] = field(default_factory=dict)

    def add(self, split: str, spans: pa.Table | pa.RecordBatch) -> None:
        """Add rows with the columns `label` and `text`."""
        if not spans.num_rows:
            return
        numbers = pc.index_in(spans["label"], pa.array(self.labels, pa.string()))
        labels = pc.fill_null(one_array(numbers), len(self.labels)).to_numpy(zero_copy_only=False)
        names = digests(spans["text"], labels.astype(np.uint64))
        self._hold(split, [np.unique(names, return_counts=True)])

    def join(self, other: Overlaps) -> None:
        """Add what was added elsewhere."""
        for split, found in other.held.items():
            self._hold(split, [_added(found)])

    def _hold(self, split: str, found: list[tuple[NDArray[np.uint64], Ints]]) -> None:
        held = self.held.setdefault(split, [])
        held += found
        if len(held) > 1 and sum(len(names) for names, _ in held[1:]) > max(COMPACT, len(held[0][0])):
            self.held[split] = [_added(held)]

    def found(self) -> dict[str, Overlap]:
        """The overlap of every split but train."""
        names = {split: _added(self.held[split]) for split in SPLITS if split in self.held}
        train = names["train"][0] if "train" in names else np.zeros(0, np.uint64)
        found: dict[str, Overlap] = {}
        for split, (entities, mentions) in names.items():
            if split != "train":
                known = np.isin(entities, train, assume_unique=True)
                counts = (len(entities), known.sum(), mentions.sum(), mentions[known].sum())
                found[split] = Overlap(*map(int, counts))
        return found


def digests(texts: pa.Array | pa.ChunkedArray, labels: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number for each text with its label: the sum of its bytes, each times a random number of its place."""
    data, places = utf8(texts)
    sizes = np.diff(places)
    factors = np.random.Generator(np.random.PCG64(0)).integers(
        0, 2**64, int(sizes.max(initial=0)) + 2, np.uint64, endpoint=False
    )
    column = np.arange(len(data)) - np.repeat(places[:-1], sizes)
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * factors[column + 2], out=sums[1:])
    found: NDArray[np.uint64] = sums[places[1:]] - sums[places[:-1]] + (labels + np.uint64(1)) * factors[0]
    return found


def _added(held: Sequence[tuple[NDArray[np.uint64], Ints]]) -> tuple[NDArray[np.uint64], Ints]:
    """Each name once, with all its mentions."""
    names = np.concatenate([names for names, _ in held])
    counts = np.concatenate([counts for _, counts in held])
    found, index = np.unique(names, return_inverse=True)
    return found, np.bincount(index, counts, len(found)).astype(np.int64)
