"""Train, validation and test, by near-duplicate cluster.

In: the clusters of the dataset. Out: the split of each. A cluster's split hangs on its own name alone (but for the one
rule below), so that documents may be added without moving the others, and no text can stand in two splits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

SPLITS = ("train", "validation", "test")
BORDERS = {"train": (0.0, 0.8), "validation": (0.8, 0.9), "test": (0.9, 1.0)}


def fraction(cluster_id: str) -> float:
    """The cluster's lasting place in [0, 1): the first 53 bits of the SHA-256 of its name."""
    return (int.from_bytes(sha256(cluster_id.encode()).digest()[:8], "big") >> 11) / 2**53


def assign(clusters: Iterable[str]) -> dict[str, str]:
    """The split of each cluster: train below 0.8, validation below 0.9, test above.

    Where there are at least as many clusters as splits, none is left empty: test first, then validation, then train,
    an empty split takes, from the splits that have more than one cluster, the cluster that lies nearest to its own
    borders (of equals, the one whose name comes first).
    """
    places = {cluster: fraction(cluster) for cluster in sorted(set(clusters))}
    split_of = {
        cluster: next(split for split, (_, high) in BORDERS.items() if place < high)
        for cluster, place in places.items()
    }
    if len(places) < len(SPLITS):
        return split_of
    for empty in reversed(SPLITS):
        sizes = Counter(split_of.values())
        if not sizes[empty]:
            spare = [cluster for cluster, split in split_of.items() if sizes[split] > 1]
            _, nearest = min((_distance(places[cluster], empty), cluster) for cluster in spare)
            split_of[nearest] = empty
    return split_of


def _distance(place: float, split: str) -> float:
    low, high = BORDERS[split]
    return max(low - place, place - high)
