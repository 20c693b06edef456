"""Parquet in and out, in batches: one writer and one reader for every table the project keeps.

A written table is a pure function of its rows, their order and the pyarrow version. Memory is bounded by the batch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import JiaozhuError

ROWS_PER_GROUP = 1_000


class TableWriter:
    """Writes rows to one Parquet file, a row group at a time; use it as a context manager."""

    def __init__(
        self, path: Path, schema: pa.Schema, rows_per_group: int = ROWS_PER_GROUP, checksums: bool = False
    ) -> None:
        """`checksums`: its pages get one each; for a table that no `SHA256SUMS` stands beside."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._schema = schema
        self._size = rows_per_group
        self._tables: list[pa.Table] = []
        self._rows: list[Mapping[str, Any]] = []  # behind the tables
        self._held = 0
        self.count = 0
        self._writer = parquet_writer(path, schema, checksums=checksums)

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row; keys are the schema's columns, a missing one is null."""
        self._rows.append(row)
        self._added(1)

    def add(self, table: pa.Table) -> None:
        """Add the rows of a table of the same schema."""
        self._pack()
        self._tables.append(table)
        self._added(table.num_rows)

    def _added(self, count: int) -> None:
        self.count += count
        self._held += count
        if self._held >= self._size:
            self._flush(self._size)

    def _pack(self) -> None:
        if self._rows:
            self._tables.append(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def _flush(self, least: int) -> None:
        """Write groups while there are rows for one of at least so many; the same groups however the rows came."""
        self._pack()
        while self._held >= least:
            table = pa.concat_tables(self._tables)
            self._writer.write_table(table.slice(0, self._size).combine_chunks())
            self._tables = [table.slice(self._size)]
            self._held = self._tables[0].num_rows

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush(1)
        self._writer.close()


class RowFile:
    """The rows of a file in Arrow's format, from any place; use it as a context manager.

    The file is mapped: what is read of it need not stay in memory.
    """

    def __init__(self, path: Path) -> None:
        self._map = pa.memory_map(str(path))
        self._file = pa.ipc.open_file(self._map)
        counts = [self._file.get_batch(number).num_rows for number in range(self._file.num_record_batches)]
        self._starts = [0, *accumulate(counts)]
        self._last: tuple[int, pa.RecordBatch] | None = None

    def take(self, places: npt.NDArray[np.int64]) -> pa.Table:
        """The rows at these places, in this order."""
        pieces = []
        for run in np.split(places, np.flatnonzero(np.diff(places) != 1) + 1) if len(places) else ():
            start, end = int(run[0]), int(run[-1]) + 1
            while start < end:
                number = bisect_right(self._starts, start) - 1
                pieces.append(self._batch(number).slice(start - self._starts[number], end - start))
                start += pieces[-1].num_rows
        return pa.Table.from_batches(pieces, self._file.schema).combine_chunks()

    def _batch(self, number: int) -> pa.RecordBatch:
        if self._last is None or self._last[0] != number:
            self._last = number, self._file.get_batch(number)
        return self._last[1]

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._map.close()


class Keys:
    """Keys of 16 bytes, each with the place it was given in; 24 bytes of memory a key."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        given = np.frombuffer(b"".join(keys), np.dtype([("first", "<u8"), ("second", "<u8")]))
        self._places = np.argsort(given["first"], kind="stable")
        self._keys = given[self._places]

    def find(self, key: bytes) -> int:
        """The place of the key, of the first that is equal; -1 where there is none."""
        wanted = np.frombuffer(key, self._keys.dtype)[0]
        index = int(np.searchsorted(self._keys["first"], wanted["first"]))
        while index < len(self._keys) and self._keys["first"][index] == wanted["first"]:
            if self._keys["second"][index] == wanted["second"]:
                return int(self._places[index])
            index += 1
        return -1


def parquet_writer(path: Path, schema: pa.Schema, *, checksums: bool = False) -> pq.ParquetWriter:
    """A writer with the settings that all our tables have; each table it is given is a row group."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        write_page_index=True,
        use_content_defined_chunking=True,
        write_page_checksum=checksums,
    )


def rows_of(path: Path, doc_ids: Container[str], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of these documents in the order of the table; groups of rows without any are not read.

    `columns` holds `doc_id`. Raises as `read_rows` does.
    """
    for file in _files(path):
        with _opened(file, columns) as table:
            for group in range(table.num_row_groups):
                ids = table.read_row_group(group, columns=["doc_id"]).column("doc_id").to_pylist()
                wanted = [place for place, doc_id in enumerate(ids) if doc_id in doc_ids]
                if wanted:
                    yield from table.read_row_group(group, columns=list(columns)).take(wanted).to_pylist()


def read_rows(path: Path, columns: Sequence[str] | None = None, batch_size: int = 256) -> Iterator[dict[str, Any]]:
    """The rows of one Parquet file, or of every `*.parquet` in a folder in the order of their names.

    Raises:
        JiaozhuError: there is no such table, it is not Parquet, or it lacks a column.
    """
    for batch in read_batches(path, columns, batch_size):
        yield from batch.to_pylist()


def read_batches(path: Path, columns: Sequence[str] | None = None, batch_size: int = 1_000) -> Iterator[pa.RecordBatch]:
    """The same rows in Arrow batches of at most `batch_size`; raises what `read_rows` raises."""
    for file in _files(path):
        with _opened(file, columns) as table:
            yield from table.iter_batches(batch_size=batch_size, columns=list(columns) if columns else None)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows of a table, as its file says."""

    file: Path
    number: int
    rows: int
    num_bytes: int  # in memory, about


def groups_of(path: Path) -> list[Group]:
    """The groups of rows of the same tables, in order; raises what `read_rows` raises."""
    found: list[Group] = []
    for file in _files(path):
        with _opened(file, None) as table:
            sizes = [table.metadata.row_group(number) for number in range(table.num_row_groups)]
        found += (Group(file, number, made.num_rows, made.total_byte_size) for number, made in enumerate(sizes))
    return found


def read_groups(groups: Sequence[Group], columns: Sequence[str], batch_size: int = 1_000) -> Iterator[pa.RecordBatch]:
    """The rows of some groups; each batch is of one file."""
    for file, some in groupby(groups, key=attrgetter("file")):
        with _opened(file, columns) as table:
            numbers = [group.number for group in some]
            yield from table.iter_batches(batch_size, numbers, list(columns), use_threads=False)


def _files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise JiaozhuError(f"{path}: no Parquet table here; build it first (jiaozhu --help shows the order)")
    return files


@contextmanager
def _opened(file: Path, columns: Sequence[str] | None) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(file) as table:
            if missing := sorted(set(columns or ()) - set(table.schema_arrow.names)):
                raise JiaozhuError(f"{file}: has no column {missing[0]!r}; was it made by another version?")
            yield table
    except pa.ArrowInvalid as error:
        raise JiaozhuError(f"{file}: not a Parquet file ({error}); build it again") from None
