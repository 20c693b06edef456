"""Tables into Parquet files: row groups of one size, shards of so many of them, the names that the Hub expects.

In: Arrow tables of any size, in order. Out: the files, and of each config's split its rows, bytes and canonical hash.
Writing runs beside the making of the next rows; the bytes are those of one after the other.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.store import parquet_writer
from exports.hashes import RowHash
from exports.rows import CONFIGS, FOLDERS, Shape, shard_name
from exports.splits import SPLITS

CHARACTERS_PER_GROUP = 2_000_000  # of passages as long as may be; about 35 MB in memory
LEAST_PASSAGES = 1_000
SPANS_PER_GROUP = 50_000
GROUPS_PER_SHARD = 64
WAITING = 2  # tables that may wait to be written


@dataclass(frozen=True, slots=True)
class Written:
    """One config's split: its rows, their size in memory, the size of its files, and the canonical hash."""

    rows: int
    num_bytes: int
    file_bytes: int
    sha256: str
    files: tuple[str, ...]  # in the dataset's folder


@dataclass(slots=True)
class _Split:
    """The files of one config's split while they are written."""

    folder: Path
    split: str
    schema: pa.Schema
    rows_per_group: int
    hash: RowHash
    rows: int = 0
    num_bytes: int = 0
    groups: int = 0
    paths: list[Path] = field(default_factory=list)
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = field(default_factory=list)
    waiting_rows: int = 0

    def write(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        self.waiting.append(table)
        self.waiting_rows += table.num_rows
        while self.waiting_rows >= self.rows_per_group:
            self._write_group()

    def _write_group(self) -> None:
        table = pa.concat_tables(self.waiting)
        if self.writer is None or self.groups == GROUPS_PER_SHARD:
            self._next_shard()
        assert self.writer is not None
        group = table.slice(0, self.rows_per_group).combine_chunks()  # where pieces end would show in the pages
        self.num_bytes += group.nbytes
        self.writer.write_table(group, row_group_size=self.rows_per_group)
        self.groups += 1
        left = table.slice(len(group))
        self.waiting = [left] if len(left) else []
        self.waiting_rows = len(left)

    def _next_shard(self) -> None:
        self.close()
        self.folder.mkdir(exist_ok=True)
        self.paths.append(self.folder / f"{self.split}.{len(self.paths)}.part")
        self.writer = parquet_writer(self.paths[-1], self.schema)
        self.groups = 0

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def finish(self) -> Written:
        while self.waiting_rows:
            self._write_group()
        self.close()
        named = [self.folder / shard_name(self.split, number, len(self.paths)) for number in range(len(self.paths))]
        for path, name in zip(self.paths, named, strict=True):
            path.rename(name)
        return Written(
            self.rows,
            self.num_bytes,
            sum(path.stat().st_size for path in named),
            self.hash.hexdigest(),
            tuple(f"{path.parent.name}/{path.name}" for path in named),
        )


class TableFiles:
    """Writes the tables of a dataset into its folder; use it as a context manager."""

    def __init__(self, folder: Path, shape: Shape, max_chars: int) -> None:
        self._folder = folder
        self._passages_per_group = max(LEAST_PASSAGES, CHARACTERS_PER_GROUP // max(max_chars, 1))
        self._schemas = {config: shape.features(config).arrow_schema for config in CONFIGS}
        self._splits: dict[tuple[str, str], _Split] = {}
        self._writing, self._hashing = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def put(self, config: str, split: str, table: pa.Table) -> None:
        """Add rows to a config's split. A table without rows is not written: `datasets` would load none of its kind."""
        if not table.num_rows:
            return
        key = (config, split)
        if key not in self._splits:
            size = self._passages_per_group if config == "default" else SPANS_PER_GROUP
            schema = self._schemas[config]
            self._splits[key] = _Split(self._folder / FOLDERS[config], split, schema, size, RowHash(schema))
        self._pending.append(self._writing.submit(self._splits[key].write, table))
        self._pending.append(self._hashing.submit(self._splits[key].hash.update, table))
        while len(self._pending) > 2 * WAITING:
            self._pending.popleft().result()

    def finish(self) -> dict[str, Written]:
        """Write what is left; what was written, by `config/split`."""
        while self._pending:
            self._pending.popleft().result()
        ordered = [(config, split) for config in CONFIGS for split in SPLITS if (config, split) in self._splits]
        return {f"{config}/{split}": self._splits[config, split].finish() for config, split in ordered}

    def __enter__(self) -> TableFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in (self._writing, self._hashing):
            pool.shutdown(cancel_futures=kind is not None)
        for split in self._splits.values():
            split.close()
