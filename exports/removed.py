"""The config `removed`: what the cleaner took out of the published documents, and by which rule.

In: the corpus's config of that name. Out: its rows for the published documents, in their splits, with raw offsets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus.progress import track
from corpus.store import read_batches
from exports.masking import masked
from exports.rows import Shape
from exports.splits import SPLITS
from exports.texts import one_array

ROWS = 10_000  # in memory at once


def removed_rows(
    corpus: Path, shape: Shape, home_of: Mapping[str, int], masking: Counter[str] | None
) -> Iterator[tuple[str, pa.Table]]:
    """The removed spans of the documents of `home_of` (their splits, by number), piece by piece with their splits.

    Personal data in them is masked and counted in `masking`, unless that is None.
    """
    schema = shape.schema("removed")
    for batch in track(read_batches(corpus / "removed", schema.names, ROWS), "Reading what was removed"):
        homes = np.array([home_of.get(doc_id, -1) for doc_id in batch["doc_id"].to_pylist()])
        table = pa.Table.from_batches([batch]).select(schema.names).filter(pa.array(homes >= 0))
        if masking is not None:
            index = schema.get_field_index("text")
            table = table.set_column(index, "text", masked(one_array(table["text"]), masking))
        for number, split in enumerate(SPLITS):
            yield split, table.filter(pa.array(homes[homes >= 0] == number))
