"""The config `removed`: what the cleaner took out of the published documents, and by which rule.

In: the corpus's config of that name. Out: its rows, with raw offsets; in files that are cut by range of doc_id, or
those of the published documents in their splits. They stay in the corpus's order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus.progress import track
from corpus.store import Group, groups_of, read_batches, read_groups
from exports.masking import masked
from exports.ranges import range_numbers
from exports.rows import Shape
from exports.splits import SPLITS
from exports.texts import one_array, one_batch

ROWS = 10_000  # in memory at once
BYTES = 1 << 26  # that one process takes at a time, about


@dataclass(frozen=True, slots=True)
class Taken:
    """Some groups of the corpus's removed spans, and the file for them."""

    groups: tuple[Group, ...]
    schema: pa.Schema
    ranges: int
    output: Path


def taken(corpus: Path, shape: Shape, ranges: int, work: Path) -> Iterator[Taken]:
    """The removed spans of the corpus in pieces that one process takes at a time."""
    groups: list[Group] = []
    every = groups_of(corpus / "removed")
    for number, group in enumerate(every, 1):
        groups.append(group)
        if number == len(every) or sum(one.num_bytes for one in groups) >= BYTES:
            yield Taken(tuple(groups), shape.schema("removed"), ranges, work / f"removed-{number}.arrow")
            groups = []


def cut_by_range(piece: Taken) -> Path:
    """Write an Arrow file with a batch of rows for each range of doc_id; a row of no document is left out."""
    found = [
        pa.Table.from_batches([batch]).select(piece.schema.names)
        for batch in read_groups(piece.groups, piece.schema.names, ROWS)
    ]
    table = pa.concat_tables([piece.schema.empty_table(), *found])
    table = table.filter(table["doc_id"].is_valid()).combine_chunks()
    number = range_numbers(table["doc_id"], piece.ranges)
    with pa.OSFile(str(piece.output), "wb") as file, pa.ipc.new_file(file, piece.schema) as stream:
        for one in range(piece.ranges):
            stream.write_batch(one_batch(table.filter(pa.array(number == one))))
    return piece.output


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
