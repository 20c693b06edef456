"""What the build before knows of pages that have not changed: its corpus in, their rows of `CLEANED` out.

`kept.parquet` of a corpus says of each of its pages, in their order, what the cleaner was shown, whether it is a
document, and how many spans were removed; the tables hold the rest, in the same order. Memory: a batch, and 40 bytes a
page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.cleaned import CLEANED, DOCUMENT, REMOVED, signed
from corpus.inputs import is_whole, said
from corpus.records import SCHEMAS
from corpus.store import Keys, read_batches

FILE = "kept.parquet"
SCHEMA = pa.schema([("fingerprint", pa.binary(16)), ("is_document", pa.bool_()), ("spans", pa.int32())])
_BATCH = 256

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The pages of a corpus: their fingerprints, and what each was to the cleaner."""

    folder: Path
    pages: Keys
    is_document: npt.NDArray[np.bool_]
    spans: Places


def earlier(folder: Path, cleaner: str) -> Earlier | None:
    """The corpus in `folder` where it is whole and was made by this `cleaner` (corpus/inputs.py), else None."""
    if said(folder, "cleaner") != cleaner or not (folder / FILE).is_file() or not is_whole(folder):
        return None
    with pq.ParquetFile(folder / FILE) as file:
        table = file.read(SCHEMA.names)
    spans = table["spans"].to_numpy().astype(np.int64)
    return Earlier(folder, Keys(table["fingerprint"].to_pylist()), table["is_document"].to_numpy(), spans)


def rows_of(corpus: Earlier, places: Places) -> Iterator[pa.Table]:
    """The rows of `CLEANED` of the pages at these places, which ascend; each table of the corpus is read once."""
    documents = _Stream(corpus.folder / "documents", [field.name for field in DOCUMENT])
    rejected = _Stream(corpus.folder / "rejected", ["reason", "detail"])
    removed = _Stream(corpus.folder / "removed", REMOVED.names)
    wanted = np.zeros(len(corpus.is_document), np.bool_)
    wanted[places] = True
    for start in range(0, int(places[-1]) + 1 if len(places) else 0, _BATCH):
        here = slice(start, start + _BATCH)
        held, spans, keep = corpus.is_document[here], corpus.spans[here], np.flatnonzero(wanted[here])
        parts = documents.next(int(held.sum())), rejected.next(int((~held).sum())), removed.next(int(spans.sum()))
        if len(keep):
            yield _joined(*parts, held, spans).take(keep)


def _joined(
    documents: pa.Table, rejected: pa.Table, removed: pa.Table, held: npt.NDArray[np.bool_], spans: Places
) -> pa.Table:
    """A row a page: where one is a document it has no reason, and the other way round."""
    columns: dict[str, pa.ChunkedArray] = {}
    for table, mask in ((documents, held), (rejected, ~held)):
        places = pa.array(np.cumsum(mask) - 1, mask=~mask)  # null: the page has no row in this table
        columns |= {name: table[name].take(places) for name in table.column_names}
    offsets = pa.array(np.concatenate([[0], np.cumsum(spans)]).astype(np.int32))
    structs = pa.StructArray.from_arrays(
        [pc.cast(removed[field.name], field.type).combine_chunks() for field in REMOVED], fields=list(REMOVED)
    )
    columns["removed"] = pa.chunked_array([pa.ListArray.from_arrays(offsets, structs)])
    columns["signature"] = pa.nulls(len(held), pa.binary())
    return signed(pa.table({name: columns[name] for name in CLEANED.names}).cast(CLEANED))


class _Stream:
    """The rows of a table, as many at a time as are asked for."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._batches = read_batches(path, columns)
        schema = pa.schema([SCHEMAS[path.name].field(name) for name in columns])
        self._left: pa.Table = schema.empty_table()

    def next(self, count: int) -> pa.Table:
        while self._left.num_rows < count:
            batch = pa.Table.from_batches([next(self._batches)]).cast(self._left.schema)
            self._left = pa.concat_tables([self._left, batch])
        taken, self._left = self._left.slice(0, count), self._left.slice(count)
        return taken.combine_chunks()
