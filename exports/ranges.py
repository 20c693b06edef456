"""Ranges of doc_id: sixteen, by its first hex digit, which is a hash's and so shares documents out evenly.

In: doc_ids. Out: the range of each. What a range holds hangs on nothing but its own documents, so ranges are made apart
from each other, on any number of processes, and taken over where nothing in them has changed.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from exports.texts import Ints, utf8

RANGES = 16
LEAST = 2_000  # documents; fewer are one range, as many small files are slower to read than one
DIGITS = "0123456789abcdef"
_NUMBER = np.searchsorted(np.frombuffer(DIGITS[1:].encode(), np.uint8), np.arange(256), "right")  # of each byte


def range_numbers(doc_ids: pa.Array | pa.ChunkedArray, ranges: int = RANGES) -> Ints:
    """The number of each doc_id's range; 0 where there is but one. What begins with no hex digit is in the one below.

    Raises:
        TypeError: one is null.
    """
    data, borders = utf8(doc_ids)
    first = np.append(data, np.uint8(0))[borders[:-1]]
    found: Ints = _NUMBER[np.where(np.diff(borders) > 0, first, 0)]
    return found if ranges > 1 else np.zeros_like(found)


def ranges_for(documents: int) -> int:
    """Into how many ranges a dataset of so many annotated documents is cut."""
    return RANGES if documents >= LEAST else 1
