"""Figures with intervals: a percentile bootstrap over documents (Efron and Tibshirani 1993, chapter 13).

In: counts for each document. Out: a figure of their sum with its 95 % interval, the same for the same counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPLICATES, SEED = 1_000, 20_260_101  # of the bootstrap; fixed, so that the same counts give the same intervals


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its 95 % interval over documents. `value` is None where it is undefined; `why` says why then.

    `low` and `high` are None also where there are fewer than two documents to draw from.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


def measure(documents: Floats, figure: Callable[[Floats], Floats], why: str) -> Measure:
    """A figure of the sum over documents (the first axis), with its interval; `why` it may be undefined.

    `figure` takes counts of shape (..., *shape of a document's) and gives one value for each of the leading ones.
    """
    import numpy as np

    value = float(figure(documents.sum(axis=0))) if len(documents) else float("nan")
    if np.isnan(value):
        return Measure(None, why=why)
    flat = documents.reshape(len(documents), -1)
    times = _draws(len(documents))
    chunks = [times[start : start + 50] @ flat for start in range(0, REPLICATES, 50)]  # bounds the memory
    replicates = figure(np.concatenate(chunks).reshape(REPLICATES, *documents.shape[1:]))
    defined = replicates[~np.isnan(replicates)]
    if len(documents) < 2 or not len(defined):
        return Measure(round(value, 6))
    low, high = np.percentile(defined, [2.5, 97.5])
    return Measure(round(value, 6), round(float(low), 6), round(float(high), 6))


@lru_cache(maxsize=4)
def _draws(documents: int) -> NDArray[np.int16]:
    """How often each document is in each replicate: drawn with replacement, as many as there are."""
    import numpy as np

    draw = np.random.RandomState(SEED)  # its stream is frozen; that of the newer generators may change
    counts = np.empty((REPLICATES, documents), dtype=np.int16)
    for row in counts:  # one at a time, as each is four times as wide before it is kept
        row[:] = np.bincount(draw.randint(0, documents, documents), minlength=documents)
    return counts


def ratio(counts: Floats) -> Floats:
    """Matched over all, from counts of shape (..., 2); NaN where there are none."""
    import numpy as np

    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts[..., 0] / counts[..., 1], dtype=np.float64)


def show_measure(measure: Measure) -> str:
    """`0.91 [0.88–0.94]`, or `-` where it is undefined."""
    if measure.value is None:
        return "-"
    interval = "" if measure.low is None else f" [{measure.low:.2f}–{measure.high:.2f}]"
    return f"{measure.value:.2f}{interval}"
