"""The config `removed`: what the cleaner took out of the published documents, and by which rule.

In: the corpus's config of that name. Out: its rows for the published documents, in their splits, with raw offsets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus.progress import track
from corpus.store import read_batches
from exports.masking import masked
from exports.rows import Shape
from exports.splits import SPLITS
from exports.writing import TableFiles

ROWS = 10_000  # in memory at once


def put_removed(
    files: TableFiles, corpus: Path, shape: Shape, home_of: Mapping[str, int], masking: Counter[str] | None
) -> None:
    """Add the removed spans of the documents of `home_of` (their splits, by number) to the tables."""
    schema = shape.schema("removed")
    for batch in track(read_batches(corpus / "removed", schema.names, ROWS), "Writing what was removed"):
        homes = np.array([home_of.get(doc_id, -1) for doc_id in batch["doc_id"].to_pylist()])
        table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
        if masking is not None:
            index = schema.get_field_index("text")
            table = table.set_column(index, "text", masked(batch["text"], masking))
        for number, split in enumerate(SPLITS):
            files.put("removed", split, table.filter(pa.array(homes == number)))
