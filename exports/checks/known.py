"""What grows with the number of documents while a dataset is verified: names, and where the spans of each lie.

In: names as the tables are read, split after split, and rows of provenance. Out: a number for each name, and the rows
of chosen documents, which wait on disk: a document takes some 300 bytes of memory, whatever stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from tempfile import TemporaryFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.texts import Ints, one_array, one_batch, ranges

# What corpus and log are asked of: of each span, and once a document, as its spans share it (the check `decisions`).
_INTS, _TEXTS = ("doc_start", "doc_end", "raw_start", "raw_end"), ("label", "verdict", "model", "suggested_label")
SPAN = pa.schema(
    [(name, pa.int64()) for name in (*_INTS, "suggested_start", "suggested_end")]
    + [(name, pa.string()) for name in _TEXTS]
    + [("model_score", pa.float64())]
)
_OF_DOCUMENT = ("annotation", "annotator", "decided_at", "guideline_version", "cleaner_version", "carried_from")
DECISION = pa.schema([(name, pa.string()) for name in _OF_DOCUMENT])


SPANS = 6_000  # in a batch, about


class Names:
    """Numbers for names, in the order in which they come; they come split after split."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._splits: list[int] = []
        self._begins: list[int] = []

    def begin(self, split: int) -> None:
        """From here on the names are those of the split of this number."""
        self._splits.append(split)
        self._begins.append(len(self.numbers))

    def add(self, names: Sequence[str]) -> tuple[Ints, NDArray[np.bool_]]:
        """The number of each name, and whether it came for the first time."""
        found, new = np.zeros(len(names), np.int64), np.zeros(len(names), bool)
        for place, name in enumerate(names):
            size = len(self.numbers)
            number = self.numbers.setdefault(name, size)
            found[place], new[place] = number, number == size
        return found, new

    def of(self, names: Sequence[str]) -> Ints:
        """The number of each name; -1 where it never came."""
        return np.array([self.numbers.get(name, -1) for name in names], np.int64)

    def homes(self, numbers: Ints) -> Ints:
        """The split, by number, in which each of these came first."""
        return np.array(self._splits, np.int64)[np.searchsorted(self._begins, numbers, "right") - 1]

    def home_of(self) -> dict[str, int]:
        """The split of each name, by number."""
        return dict(zip(self.numbers, self.homes(np.arange(len(self.numbers))).tolist(), strict=True))


class Clusters(Names):
    """The near-duplicate clusters, with their entities by label."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Ints = np.zeros((0, 0), np.int64)

    def count(self, names: Sequence[str], counts: Ints) -> Ints:
        """Add the entities of documents of these clusters, a row for each; the numbers of the clusters."""
        numbers, _ = self.add(names)
        if len(self.numbers) > len(self._counts):
            room = np.zeros((2 * len(self.numbers) - len(self._counts), counts.shape[1]), np.int64)
            self._counts = np.concatenate([self._counts, room]) if len(self._counts) else room
        np.add.at(self._counts, numbers, counts)
        return numbers

    def counts(self) -> dict[str, Ints]:
        """The entities of each cluster by label."""
        return {name: self._counts[number] for name, number in self.numbers.items()}


class Documents(Names):
    """The documents: for the corpus and the log the digests of what is said of each, and its spans on disk."""

    DIGEST = 48  # bytes: the SHA-256 of the text, and half of one of title, address, date and cluster

    def __init__(self) -> None:
        super().__init__()
        self._digests = bytearray()
        self._places: list[NDArray[np.int32]] = []
        self._files = (_Batches(SPAN), _Batches(DECISION))

    def keep(self, number: int, text: bytes, said: bytes) -> None:
        """Keep the digests of a document."""
        self._digests[self.DIGEST * number : self.DIGEST * (number + 1)] = text + said

    def digests(self, number: int) -> tuple[bytes, bytes]:
        """The digests that were kept of a document: of its text, and of what is said of it."""
        found = bytes(self._digests[self.DIGEST * number : self.DIGEST * (number + 1)])
        return found[:32], found[32:]

    def keep_spans(self, rows: pa.Table) -> None:
        """Keep rows of provenance, those of a document side by side; rows of strangers are left out."""
        if not rows.num_rows:
            return
        if rows.num_rows > SPANS and (half := _between_documents(one_array(rows["doc_id"]))):
            self.keep_spans(rows.slice(0, half))
            self.keep_spans(rows.slice(half))
            return
        doc_ids = one_array(rows["doc_id"])
        new = np.ones(len(doc_ids), bool)
        new[1:] = pc.not_equal(doc_ids[1:], doc_ids[:-1]).to_numpy(zero_copy_only=False)
        first = np.flatnonzero(new)
        numbers = self.of(doc_ids.take(pa.array(first)).to_pylist())
        spans, decisions = self._files
        batch = spans.add(one_batch(rows.select(SPAN.names)))
        decisions.add(one_batch(rows.select(DECISION.names).take(pa.array(first))))
        places = np.stack(
            [numbers, np.full(len(first), batch), first, np.diff(first, append=len(new)), np.arange(len(first))]
        )
        self._places.append(places[:, numbers >= 0].astype(np.int32))

    def reader(self, columns: Sequence[str]) -> Kept:
        """Reads the spans that were kept, with these of the columns of SPAN and DECISION; nothing is kept after it."""
        places = np.full((4, len(self.numbers)), -1, np.int32)  # batch, first row, rows, row of the decision
        places[2] = 0
        for some in self._places:
            places[:, some[0]] = some[1:]
        return Kept(places, *(file.reader(columns) for file in self._files))


class Kept:
    """The spans of documents, from the disk; a batch that was read last is at hand."""

    def __init__(self, places: NDArray[np.int32], spans: _Reader, decisions: _Reader) -> None:
        self._places = places
        self._spans, self._decisions = spans, decisions

    def of(self, numbers: Ints) -> tuple[Ints, pa.RecordBatch, pa.RecordBatch]:
        """Of these documents: how many spans each has, all spans side by side, and a decision of each that has any."""
        batches, first, sizes, rows = self._places[:, numbers].astype(np.int64)
        has = sizes > 0
        spans = self._spans.take(batches[has], first[has], sizes[has])
        return sizes, spans, self._decisions.take(batches[has], rows[has], np.ones(int(has.sum()), np.int64))


def _between_documents(doc_ids: pa.Array) -> int:
    """The first row of the document in the middle, or of the first one behind it; 0 where no document ends there."""
    middle = len(doc_ids) // 2
    ends = pc.not_equal(doc_ids[middle:], doc_ids[middle - 1 : -1]).to_numpy(zero_copy_only=False)
    return middle + int(ends.argmax()) if ends.any() else 0


class _Batches:
    """Batches of one schema in a file without a name."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._file = TemporaryFile()  # noqa: SIM115 — gone with this object
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._size = 0

    def add(self, batch: pa.RecordBatch) -> int:
        """Write a batch; its number."""
        if not self._size:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._writer = pa.ipc.new_file(pa.PythonFile(self._file, "w"), self.schema, options=options)
        assert self._writer is not None
        self._writer.write_batch(batch.cast(self.schema))
        self._size += 1
        return self._size - 1

    def reader(self, columns: Sequence[str]) -> _Reader:
        chosen = pa.schema([field for field in self.schema if field.name in columns])
        if not self._size:
            return _Reader(None, chosen)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        options = pa.ipc.IpcReadOptions(included_fields=[self.schema.get_field_index(name) for name in chosen.names])
        return _Reader(pa.ipc.open_file(pa.PythonFile(self._file, "r"), options=options), chosen)


class _Reader:
    AT_HAND = 64  # batches: documents of a corpus come from three splits of sixteen ranges, of each in order

    def __init__(self, file: pa.ipc.RecordBatchFileReader | None, schema: pa.Schema) -> None:
        self._file, self._schema = file, schema
        self._held: dict[int, pa.RecordBatch] = {}

    def take(self, batches: Ints, first: Ints, sizes: Ints) -> pa.RecordBatch:
        """Rows `[first, first + size)` of each batch, side by side."""
        pieces, owners = [self._schema.empty_table()], list[Ints]()
        for batch in np.unique(batches).tolist():
            mine = np.flatnonzero(batches == batch)
            rows = self._batch(batch).take(pa.array(ranges(first[mine], sizes[mine])))
            pieces.append(pa.Table.from_batches([rows]))
            owners.append(np.repeat(mine, sizes[mine]))
        found = pa.concat_tables(pieces)
        if len(owners) > 1:
            found = found.take(pa.array(np.argsort(np.concatenate(owners), kind="stable")))
        return one_batch(found)

    def _batch(self, number: int) -> pa.RecordBatch:
        found = self._held.pop(number, None)
        if found is None:
            assert self._file is not None
            found = self._file.get_batch(number)
            while len(self._held) >= self.AT_HAND:
                self._held.pop(next(iter(self._held)))
        self._held[number] = found  # the last of them was asked for last
        return found
