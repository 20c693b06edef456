"""Personal data in a column of texts: found, and masked.

In: an Arrow column. Out: the column with asterisks, or what was found in which row. All rows are asked for hints at
once, and only those that have some are read by `corpus.personal_data`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.personal_data import PersonalData, cover, find, hints
from exports.texts import Codes, Texts


def personal_data(texts: Texts, codes: Codes) -> Iterator[tuple[int, list[PersonalData]]]:
    """The rows with personal data, and the values in each; `codes` are those of the texts."""
    places = np.flatnonzero(hints(codes))
    for row in np.unique(np.searchsorted(texts.rows, places, "right") - 1).tolist():
        if values := find(texts.text(row)):
            yield row, values


def masked(column: pa.Array, counts: Counter[str], known: tuple[Texts, Codes] | None = None) -> pa.Array:
    """The column, each text as long as it was, without personal data; what was found is counted by kind.

    `known` are its texts and their codes, where these are at hand. A column without personal data is returned itself.
    """
    texts = known[0] if known else Texts.of(pc.fill_null(column, ""))
    covered: dict[int, str] = {}
    for row, values in personal_data(texts, known[1] if known else texts.codes()):
        counts.update(value.kind for value in values)
        covered[row] = cover(texts.text(row), values)
    if not covered:
        return column
    rows = np.zeros(len(column), bool)
    rows[list(covered)] = True
    return pc.replace_with_mask(column, rows, pa.array(covered.values(), pa.string()))
