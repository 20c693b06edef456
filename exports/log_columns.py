"""The annotation log in columns: a log of millions of spans is read block by block, and never held.

In: the log. Out: `Heads`, who decided when on which document and where the line of it stands; then the spans of chosen
lines. A block that Arrow's reader will not vouch for is read again a line at a time, by `annotation.log.from_line`,
which says what a record is.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from annotation.log import Record, Status, Verdict, from_line
from corpus.errors import JiaozhuError
from exports.processes import Run
from exports.texts import Ints

BLOCK = 1 << 24  # bytes of the log that are read at once

# What reading a line that is no record raises.
NO_RECORD = (ValueError, KeyError, TypeError, AttributeError, RecursionError)

_TEXT, _INT = pa.string(), pa.int64()
SUGGESTION = pa.struct(
    [("start", _INT), ("end", _INT), ("label", _TEXT), ("text", _TEXT), ("score", pa.float64()), ("source", _TEXT)]
)
SPAN = pa.struct(
    [
        ("start", _INT),
        ("end", _INT),
        ("label", _TEXT),
        ("text", _TEXT),
        ("raw_start", _INT),
        ("raw_end", _INT),
        ("verdict", _TEXT),
        ("suggestion", SUGGESTION),
    ]
)
_OPTIONAL = {"lead_time", "model", "ground_truth", "planted", "blind", "seen"}
_HEAD = ("doc_id", "text_sha256", "annotation", "annotator", "status", "created_at", "updated_at")
HEAD = pa.schema([pa.field(name, _TEXT) for name in _HEAD])
RECORD = pa.schema(
    [
        *HEAD,
        pa.field("lead_time", pa.float64()),
        pa.field("model", _TEXT),
        pa.field("guideline", _TEXT),
        pa.field("spans", pa.list_(SPAN)),
        pa.field("deleted", pa.list_(SUGGESTION)),
        pa.field("ground_truth", pa.bool_()),
        pa.field("planted", _TEXT),
        pa.field("blind", pa.bool_()),
        pa.field("seen", pa.list_(pa.list_(_INT))),
    ]
)
_SPANS = b',"spans":['  # ends the head of a line; inside a string its quotes would be escaped


@dataclass(frozen=True, slots=True)
class Broken:
    """A line of the log that is no record, numbered from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: not a record of the annotation log ({self.reason}); restore it from version control"


@dataclass(frozen=True, slots=True)
class Heads:
    """Records of the log without their spans, in its order, and the lines that are none.

    `lines` are their numbers; `places` and `sizes` say which bytes of the file they are.
    """

    log: Path
    table: pa.Table  # columns of HEAD
    lines: Ints
    places: Ints
    sizes: Ints
    broken: tuple[Broken, ...]

    def take(self, rows: Ints) -> Heads:
        """Some of them."""
        table = self.table.take(pa.array(rows, pa.int64()))
        return Heads(self.log, table, self.lines[rows], self.places[rows], self.sizes[rows], ())

    def without(self, lines: Collection[int]) -> Heads:
        """Those that stand on other lines."""
        return self.take(np.flatnonzero(~np.isin(self.lines, sorted(lines))))

    def column(self, name: str, rows: Sequence[int] | Ints) -> pa.Array:
        """A column of some records."""
        found = self.table[name].take(pa.array(rows, pa.int64())).combine_chunks()
        return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found

    def newest(self) -> Ints:
        """The newest version of each annotation, as rows in the order of the log; of equals the later line.

        The same id on another document is another annotation: nothing is lost where two servers gave it.
        """
        keys = pa.table(
            [*(self.table[name] for name in ("annotation", "doc_id", "updated_at")), np.arange(len(self.table))],
            ["a", "d", "u", "r"],
        )
        order = pc.sort_indices(keys, [(name, "ascending") for name in "adur"])
        is_last = np.zeros(len(order), bool)
        is_last[-1:] = True
        for name in "ad" if len(order) > 1 else "":
            values = keys[name].take(order).combine_chunks()
            is_last[:-1] |= pc.not_equal(values[:-1], values[1:]).to_numpy(zero_copy_only=False)
        return np.sort(order.to_numpy()[is_last])

    def names(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """The document and the annotation of some records."""
        columns = (self.column(name, rows).to_pylist() for name in ("doc_id", "annotation"))
        return list(zip(*columns, strict=True))

    def people(self) -> dict[str, str]:
        """Everyone who has a record, with the time when their first annotation was created."""
        table = pa.table([self.table["annotator"].cast(pa.string()), self.table["created_at"]], ["who", "when"])
        rows = table.group_by("who").aggregate([("when", "min")]).to_pylist()
        return {row["who"]: row["when_min"] for row in rows}

    def records(self, rows: Sequence[int]) -> list[Record]:
        """Whole records.

        Raises:
            BrokenLines: some are none.
        """
        return _records(self, rows, self.bytes_of(rows))

    def bytes_of(self, rows: Sequence[int] | Ints) -> bytes:
        """The lines of some records, each with its newline; neighbours are read at once."""
        chosen = np.asarray(rows, np.int64)
        places, sizes = self.places[chosen], self.sizes[chosen]
        first = np.flatnonzero(np.append(True, places[1:] != places[:-1] + sizes[:-1])[: len(rows)])
        lengths = np.add.reduceat(sizes, first) if len(first) else sizes
        found: list[bytes] = []
        with self.log.open("rb") as file:
            for place, size in zip(places[first].tolist(), lengths.tolist(), strict=True):
                file.seek(place)
                found.append(file.read(size))
                if not found[-1].endswith(b"\n"):  # the last line of the log
                    found.append(b"\n")
        return b"".join(found)


def read_heads(log: Path, run: Run = map) -> Heads:
    """The heads of all records; `run` is the `map` that reads the blocks of the log.

    Raises:
        JiaozhuError: there is no log.
    """
    if not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; run jiaozhu annotation pull, or name one with --log")
    size = log.stat().st_size
    blocks = [(log, first, min(first + BLOCK, size)) for first in range(0, size, BLOCK)]
    tables = [HEAD.empty_table()]
    columns: list[tuple[Ints, Ints, Ints]] = [(np.zeros(0, np.int64),) * 3]
    broken: list[Broken] = []
    first = 1
    for block in run(_read_block, blocks):
        tables.append(block.table)
        columns.append((first + block.lines, block.places, block.sizes))
        broken += (replace(item, line=first + item.line) for item in block.broken)
        first += block.count
    lines, places, sizes = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return Heads(log, _compact(pa.concat_tables(tables)), lines, places, sizes, tuple(broken))


@dataclass(frozen=True, slots=True)
class _Block:
    """The heads of the lines that begin in one block of the log; lines are numbered from its first, which is 0."""

    table: pa.Table
    count: int  # of its lines, with those that are no records
    lines: Ints
    places: Ints
    sizes: Ints
    broken: tuple[Broken, ...]


def _read_block(block: tuple[Path, int, int]) -> _Block:
    lines, place = _lines(*block)
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    broken: list[Broken] = []
    made = _parse(_only_heads(lines), HEAD, len(lines))
    kept: Ints = np.arange(len(lines))
    if made is None:
        made, kept = _read_slowly(lines, broken)
    starts = place + np.cumsum(lengths) - lengths
    return _Block(made, len(lines), kept, starts[kept], lengths[kept], tuple(broken))


def _lines(log: Path, first: int, last: int) -> tuple[list[bytes], int]:
    """The lines that begin in `[first, last)` of the log, and where the first of them does."""
    with log.open("rb") as file:
        if first:  # the line before, which began in another block
            file.seek(first - 1)
            file.readline()
        elif file.read(3) != b"\xef\xbb\xbf":  # the mark of UTF-8 that some editors put before the first line
            file.seek(0)
        place = file.tell()
        if place >= last:
            return [], place
        content = file.read(last - place)
        if not content.endswith(b"\n"):
            content += file.readline()
    return io.BytesIO(content).readlines(), place


def read_records(heads: Heads, rows: Sequence[int] | Ints) -> pa.Table:
    """The whole records of these rows of `heads`, in their order (columns of RECORD).

    Raises:
        BrokenLines: some are no records.
    """
    lines = heads.bytes_of(rows)
    made = _parse(lines, RECORD, len(rows))
    if made is not None and _is_sound(made):
        return made
    return pa.Table.from_pylist([asdict(record) for record in _records(heads, rows, lines)], schema=RECORD)


def _records(heads: Heads, rows: Sequence[int] | Ints, lines: bytes) -> list[Record]:
    records: list[Record] = []
    broken: list[Broken] = []
    for row, line in zip(rows, lines.split(b"\n"), strict=False):
        try:
            records.append(from_line(line.decode()))
        except NO_RECORD as error:
            broken.append(Broken(int(heads.lines[row]), _line(error)))
    if broken:
        raise BrokenLines(broken)
    return records


class BrokenLines(Exception):  # noqa: N818 — no error of anybody's: it asks for the log without them
    """Lines whose heads can be read, and whose spans cannot."""

    def __init__(self, broken: list[Broken]) -> None:
        super().__init__(broken)
        self.broken = broken


def _only_heads(lines: list[bytes]) -> bytes:
    """The lines up to their spans, behind which a head has nothing. What follows is read with the spans."""
    return b"".join([line[: line.find(_SPANS)] + b"}\n" for line in lines])


def _parse(block: bytes, schema: pa.Schema, rows: int) -> pa.Table | None:
    """The block's records, or None where one may not be whole."""
    whole = schema is RECORD
    try:
        table = pyarrow.json.read_json(
            pa.BufferReader(block),
            # One thread: more take longer where the machine has other work, and the order of errors is theirs.
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error" if whole else "ignore"
            ),
        )
    except pa.ArrowException:
        return None
    required = [name for name in schema.names if name not in _OPTIONAL]
    if table.num_rows != rows or any(table[name].null_count for name in required):
        return None
    if not pc.all(pc.is_in(table["status"], pa.array(get_args(Status))), min_count=0).as_py():
        return None
    return table.select(schema.names)


def _is_sound(table: pa.Table) -> bool:
    """Whether the spans and deleted suggestions have every field that a record asks for."""
    spans, deleted = (table[name].combine_chunks().flatten() for name in ("spans", "deleted"))
    suggestions = spans.field("suggestion")
    suggestions = suggestions.filter(suggestions.is_valid())
    for items, optional in ((spans, {"suggestion"}), (suggestions, set()), (deleted, set())):
        if items.null_count:
            return False
        for number, field in enumerate(items.type):
            if field.name not in optional and items.field(number).null_count:
                return False
    planted = table["planted"].drop_null()
    if not pc.all(pc.is_in(planted, pa.array(["found", "missed"], pa.string())), min_count=0).as_py():
        return False
    seen = table["seen"].combine_chunks().flatten()
    if not pc.all(pc.equal(pc.list_value_length(seen), 2), min_count=0).as_py():
        return False
    return bool(pc.all(pc.is_in(spans.field("verdict"), pa.array(get_args(Verdict))), min_count=0).as_py())


def _read_slowly(lines: list[bytes], broken: list[Broken]) -> tuple[pa.Table, Ints]:
    """The heads of a block line by line, and their numbers in it; a line that is no record is added to `broken`."""
    records: list[dict[str, Any]] = []
    kept: list[int] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            record = from_line(line.decode())
            head = {name: getattr(record, name) for name in HEAD.names}
            "".join(map(str, head.values())).encode()  # a lone surrogate is no text
        except NO_RECORD as error:
            broken.append(Broken(number, _line(error)))
        else:
            records.append(head)
            kept.append(number)
    return pa.Table.from_pylist(records, schema=HEAD), np.array(kept, np.int64)


def _compact(table: pa.Table) -> pa.Table:
    """Values that repeat, held once."""
    for number, name in enumerate(table.column_names):
        if name in ("annotator", "status"):
            table = table.set_column(number, name, table[name].dictionary_encode())
    return table.combine_chunks()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
