"""Articles that are the same article: exact copies, and syndicated ones that differ in a few words.

In: clean texts. Out: a cluster for each. MinHash over character 5-grams finds candidates (LSH bands) and estimates how
much two texts share; a second, small signature over their numbers keeps two years' reports apart that differ in the
figures only. Signatures are made batch by batch; clustering holds 644 bytes a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

PERMUTATIONS = 128
NUMBER_PERMUTATIONS = 32
NGRAM = 5
SAME_TEXT = 0.7  # estimated Jaccard similarity of the n-grams
SAME_NUMBERS = 0.5  # share of the numbers of the text with fewer that the other has too
WIDTH = PERMUTATIONS + NUMBER_PERMUTATIONS + 1  # the last: how many numbers
_BANDS, _ROWS = 25, 5  # a pair of similarity 0.7 meets in a band in 99 of 100 cases
_SEED = 42

_NOT_WORDS = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_MIX = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)

Signatures = npt.NDArray[np.uint32]  # (documents, WIDTH)


def signatures(texts: Sequence[str]) -> Signatures:
    """A row for each text; equal rows for texts that differ in white space and punctuation alone."""
    words = [_ngram_hashes(_NOT_WORDS.sub("", text)) for text in texts]
    numbers = [_number_hashes(text) for text in texts]
    counts = np.array([[len(found)] for found in numbers], np.uint32).reshape(-1, 1)
    return np.hstack([_digests(words, PERMUTATIONS), _digests(numbers, NUMBER_PERMUTATIONS), counts])


def _digests(hashes: Sequence[npt.NDArray[np.uint64]], permutations: int) -> Signatures:
    offsets = np.cumsum([0, *map(len, hashes)], dtype=np.uint64)
    flat = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, permutations, _SEED)
    return np.asarray(matrix.to_rows(), dtype=np.uint32).reshape(len(hashes), permutations)


def _ngram_hashes(words: str) -> npt.NDArray[np.uint64]:
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    size = min(NGRAM, len(codes))
    if not size:
        return np.empty(0, np.uint64)
    hashes: npt.NDArray[np.uint64] = np.zeros(len(codes) - size + 1, np.uint64)
    for offset in range(size):
        hashes = hashes * _MIX[0] + codes[offset : offset + len(hashes)] + np.uint64(1)
    return _mixed(hashes)


def _number_hashes(text: str) -> npt.NDArray[np.uint64]:
    numbers = {int.from_bytes(number.encode()[:8], "little") ^ len(number) for number in _NUMBERS.findall(text)}
    return _mixed(np.array(sorted(numbers), dtype=np.uint64))


def _mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finisher, so that near codes are far hashes."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _MIX[1]
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _MIX[2]
    return hashes ^ (hashes >> np.uint64(31))


def cluster(rows: Signatures) -> npt.NDArray[np.int64]:
    """For each row the index of the first row of its cluster. A row alone is its own cluster."""
    parents = np.arange(len(rows))
    for band in range(_BANDS if len(rows) > 1 else 0):
        keys = rows[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        mixed: npt.NDArray[np.uint64] = np.zeros(len(rows), np.uint64)
        for column in range(_ROWS):
            mixed = _mixed(mixed * _MIX[0] + keys[:, column])
        order = np.argsort(mixed, kind="stable")
        borders = np.flatnonzero(np.diff(mixed[order])) + 1
        starts, ends = np.append(0, borders), np.append(borders, len(rows))
        several = ends - starts > 1
        for start, end in zip(starts[several], ends[several], strict=True):
            _link(rows, parents, order[start:end])
    return np.array([_root(parents, index) for index in range(len(rows))], dtype=np.int64)


def _link(rows: Signatures, parents: npt.NDArray[np.int64], group: npt.NDArray[np.int64]) -> None:
    """Join what is alike among the rows of one band's bucket: each round against the first that is left."""
    while len(group) > 1:
        first, rest = group[0], group[1:]
        alike = _alike(rows[first], rows[rest])
        for index in rest[alike]:
            one, other = sorted((_root(parents, int(first)), _root(parents, int(index))))
            parents[other] = one
        group = rest[~alike]


def _alike(row: Signatures, rows: Signatures) -> npt.NDArray[np.bool_]:
    same = rows == row
    text = same[:, :PERMUTATIONS].mean(axis=1) >= SAME_TEXT
    # From the Jaccard similarity to containment: a copy may lack the dateline, and with it some of the numbers.
    similarity = same[:, PERMUTATIONS:-1].mean(axis=1)
    counts, count = rows[:, -1].astype(np.float64), float(row[-1])
    common = similarity / (1 + similarity) * (counts + count)
    numbers = common >= SAME_NUMBERS * np.minimum(counts, count)
    return np.asarray(text & numbers, dtype=np.bool_)


def _root(parents: npt.NDArray[np.int64], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = int(parents[index])
    return index
