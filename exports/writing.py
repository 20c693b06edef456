"""Tables into Parquet files: row groups of one size, shards of so many of them, the names that the Hub expects.

In: Arrow tables of any size, in order. Out: the files of one part of the dataset, and of each table its rows, bytes and
canonical hashes; then, from all parts, the tables of the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.folder import file_sha256
from corpus.store import parquet_writer
from exports.hashes import RowHash, joined_ranges
from exports.rows import CONFIGS, FOLDERS, shard_name
from exports.splits import SPLITS

CHARACTERS_PER_GROUP = 2_000_000  # of passages as long as may be; about 35 MB in memory
LEAST_PASSAGES = 1_000
SPANS_PER_GROUP = 50_000
GROUPS_PER_SHARD = 64


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows in a group of rows, and groups in a shard."""

    passages: int
    spans: int
    groups: int

    @classmethod
    def of(cls, max_chars: int) -> Sizes:
        """For passages of at most so many characters."""
        return cls(max(LEAST_PASSAGES, CHARACTERS_PER_GROUP // max(max_chars, 1)), SPANS_PER_GROUP, GROUPS_PER_SHARD)


@dataclass(frozen=True, slots=True)
class Shard:
    """A file: its path in the dataset's folder, its bytes and their SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartTable:
    """What a part has of a config: its rows, their size in memory, their hashes by range of doc_id, its files."""

    rows: int
    num_bytes: int
    ranges: dict[str, str]
    shards: tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One config's split: its rows, their size in memory, the size of its files, and the canonical hash."""

    rows: int
    num_bytes: int
    file_bytes: int
    sha256: str
    files: dict[str, str]  # in the dataset's folder, with their SHA-256
    names: dict[str, str]  # of these files, by the paths that they had as parts


@dataclass(slots=True)
class _Table:
    """The files of one config while they are written."""

    folder: Path
    name: str
    schema: pa.Schema
    rows_per_group: int
    groups_per_shard: int
    hash: RowHash
    rows: int = 0
    num_bytes: int = 0
    groups: int = 0
    paths: list[Path] = field(default_factory=list)
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = field(default_factory=list)
    waiting_rows: int = 0

    def write(self, table: pa.Table) -> None:
        self.hash.update(table)
        self.rows += table.num_rows
        self.waiting.append(table)
        self.waiting_rows += table.num_rows
        while self.waiting_rows >= self.rows_per_group:
            self._write_group()

    def _write_group(self) -> None:
        table = pa.concat_tables(self.waiting)
        if self.writer is None or self.groups == self.groups_per_shard:
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
        self.paths.append(self.folder / f"{self.name}-{len(self.paths)}.part")
        self.writer = parquet_writer(self.paths[-1], self.schema)
        self.groups = 0

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def finish(self) -> PartTable:
        while self.waiting_rows:
            self._write_group()
        self.close()
        shards = (
            Shard(f"{path.parent.name}/{path.name}", path.stat().st_size, file_sha256(path)) for path in self.paths
        )
        return PartTable(self.rows, self.num_bytes, self.hash.ranges(), tuple(shards))


class TableFiles:
    """Writes the tables of one part into the dataset's folder; use it as a context manager.

    The files are called `CONFIG/NAME-0.part`, until `name_shards` knows how many there are.
    """

    def __init__(self, folder: Path, name: str, schemas: Mapping[str, pa.Schema], sizes: Sizes) -> None:
        self._folder, self._name, self._schemas, self._sizes = folder, name, schemas, sizes
        self._tables: dict[str, _Table] = {}

    def put(self, config: str, table: pa.Table) -> None:
        """Add rows to a config. A table without rows is not written: `datasets` would load none of its kind."""
        if not table.num_rows:
            return
        if config not in self._tables:
            size = self._sizes.passages if config == "default" else self._sizes.spans
            schema = self._schemas[config]
            self._tables[config] = _Table(
                self._folder / FOLDERS[config], self._name, schema, size, self._sizes.groups, RowHash(schema)
            )
        self._tables[config].write(table)

    def finish(self) -> dict[str, PartTable]:
        """Write what is left; what was written, by config."""
        return {config: table.finish() for config, table in self._tables.items()}

    def __enter__(self) -> TableFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close()


def name_shards(folder: Path, parts: Sequence[tuple[str, Mapping[str, PartTable]]]) -> dict[str, Written]:
    """The tables of the dataset, by `config/split`, from its parts (each of a split, in order); files get names."""
    found: dict[str, Written] = {}
    for config in CONFIGS:
        for split in SPLITS:
            tables = [tables[config] for home, tables in parts if home == split and config in tables]
            shards = [shard for table in tables for shard in table.shards]
            files: dict[str, str] = {}
            names: dict[str, str] = {}
            for number, shard in enumerate(shards):
                name = f"{FOLDERS[config]}/{shard_name(split, number, len(shards))}"
                (folder / shard.path).rename(folder / name)
                files[name] = shard.sha256
                names[shard.path] = name
            if tables:
                found[f"{config}/{split}"] = Written(
                    sum(table.rows for table in tables),
                    sum(table.num_bytes for table in tables),
                    sum(shard.size for shard in shards),
                    joined_ranges({digit: value for table in tables for digit, value in table.ranges.items()}),
                    files,
                    names,
                )
    return found
