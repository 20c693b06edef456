"""Train, validation and test, by near-duplicate cluster.

In: the clusters of the dataset with their entities by label. Out: the split of each. A cluster's split hangs on its own
name, so that documents may be added without moving the others; but for the rules below, which move as few as they can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from exports.texts import Ints

SPLITS = ("train", "validation", "test")
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
TOLERANCE = 0.02  # by which a label's share in a split may differ from the split's own before a cluster is moved


def fraction(cluster_id: str) -> float:
    """The cluster's lasting place in [0, 1): the first 53 bits of the SHA-256 of its name."""
    return (int.from_bytes(sha256(cluster_id.encode()).digest()[:8], "big") >> 11) / 2**53


def borders(splits: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The places `[low, high)` of each split, where these share the clusters between them."""
    total = sum(SHARES[split] for split in splits)
    found: dict[str, tuple[float, float]] = {}
    low = 0.0
    for split in splits:
        high = 1.0 if split == splits[-1] else round(low + SHARES[split] / total, 12)
        found[split] = (low, high)
        low = high
    return found


def assign(clusters: Mapping[str, Sequence[int] | Ints], blind: Collection[str] = ()) -> dict[str, str]:
    """The split of each cluster, from its entities by label (numbers in the scheme's order, the same for all).

    Where some clusters are `blind` (annotated without suggestions), they are the test split, and the others share
    train and validation. Else: train below 0.8, validation below 0.9, test above, by `fraction`. Two rules move
    clusters. Where there are at least as many clusters as splits, none is left empty: test first, then validation, then
    train, an empty split takes, from the splits that have more than one cluster, the cluster that lies nearest to its
    own borders (of equals, the one whose name comes first). And while a label's share in a split is more than
    `TOLERANCE` from the split's own, the one cluster is moved that brings the shares nearest to theirs in all (of
    equals, the one nearest to its new borders), if any does, and leaves no split empty.
    """
    names = sorted(clusters)
    kept = set(blind) & set(names)
    free = [name for name in names if name not in kept]
    splits = tuple(split for split in SPLITS if not (kept and split == "test"))
    limits = borders(splits)
    places = dict(zip(free, map(fraction, free), strict=True))
    highs = [high for _, high in limits.values()]
    homes = np.searchsorted(highs, list(places.values()), "right").tolist()
    split_of = {name: splits[home] for name, home in zip(free, homes, strict=True)}
    if len(free) >= len(splits):
        _fill(split_of, places, limits)
        _balance(split_of, places, limits, np.array([clusters[name] for name in free], np.int64))
    return split_of | dict.fromkeys(kept, "test")


def _fill(split_of: dict[str, str], places: Mapping[str, float], limits: Mapping[str, tuple[float, float]]) -> None:
    for empty in reversed(list(limits)):
        sizes = Counter(split_of.values())
        if not sizes[empty]:
            spare = [cluster for cluster, split in split_of.items() if sizes[split] > 1]
            _, nearest = min((_distance(places[cluster], limits[empty]), cluster) for cluster in spare)
            split_of[nearest] = empty


def _balance(
    split_of: dict[str, str],
    places: Mapping[str, float],
    limits: Mapping[str, tuple[float, float]],
    entities: NDArray[np.int64],
) -> None:
    """Move clusters between splits until each label has the splits' shares, as nearly as whole clusters allow.

    The measure is the sum over labels and splits of how far a label's share is from the split's; each step takes the
    move that lowers it most, so it ends.
    """
    names, splits = list(split_of), list(limits)
    entities = entities[:, entities.sum(axis=0) > 0] if entities.size else entities
    if not entities.size:
        return
    weights = entities / entities.sum(axis=0)  # what each cluster has of each label: rows are clusters
    wanted = np.array([high - low for low, high in limits.values()])
    number = {split: index for index, split in enumerate(splits)}
    homes = np.array([number[split] for split in split_of.values()])
    place = np.array([places[name] for name in names])
    far = np.stack([np.maximum(np.maximum(low - place, place - high), 0) for low, high in limits.values()], axis=1)
    over = np.array([weights[homes == index].sum(axis=0) - wanted[index] for index in range(len(splits))])
    for _ in names:
        if np.abs(over).max() <= TOLERANCE:
            break
        sizes = np.bincount(homes, minlength=len(splits))
        best: tuple[float, float, int, int] | None = None
        for source in range(len(splits)):
            rows = np.flatnonzero(homes == source)
            if sizes[source] < 2:
                continue
            for target in range(len(splits)):
                if target == source:
                    continue
                change = np.abs(over[source] - weights[rows]) - np.abs(over[source])
                change += np.abs(over[target] + weights[rows]) - np.abs(over[target])
                gain = change.sum(axis=1).round(9)  # sums of floats: equal is equal
                first = np.lexsort((rows, far[rows, target], gain))[0]
                found = (float(gain[first]), float(far[rows[first], target]), int(rows[first]), target)
                best = found if best is None or found < best else best
        if best is None or best[0] >= 0:
            break
        _, _, row, target = best
        over[homes[row]] -= weights[row]
        over[target] += weights[row]
        homes[row] = target
    split_of.update((name, splits[home]) for name, home in zip(names, homes.tolist(), strict=True))


def _distance(place: float, limits: tuple[float, float]) -> float:
    low, high = limits
    return max(low - place, place - high, 0.0)
