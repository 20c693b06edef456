"""Hashes of rows, which outlive a change of the Parquet writer; `corpus.folder` has those of files.

In: Arrow tables, in any pieces. Out: one SHA-256 for all their rows in order, put together from one for each range of
doc_id. docs/exports.md has the canonical form (version 3), so that others can compute it without us.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.ranges import DIGITS, range_numbers
from exports.texts import Ints, one_array

HASH_VERSION = 3


class RowHash:
    """The canonical hash of a table's rows; where the table is cut into pieces does not show in it.

    The rows of each range of doc_id have a hash of their own, in the order in which they stand; see `joined_ranges`.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema.remove_metadata()
        self._ranges: dict[int, _RangeHash] = {}
        self.rows = 0

    def update(self, table: pa.Table | pa.RecordBatch) -> None:
        """Add rows; the columns are those of the schema, `doc_id` among them."""
        self.rows += table.num_rows
        numbers = range_numbers(table["doc_id"])
        for number in np.unique(numbers).tolist():
            if number not in self._ranges:
                self._ranges[number] = _RangeHash(self._schema)
            places = np.flatnonzero(numbers == number)
            first, last = int(places[0]), int(places[-1]) + 1
            together = last - first == len(places)
            self._ranges[number].update(table.slice(first, last - first) if together else table.take(pa.array(places)))

    def ranges(self) -> dict[str, str]:
        """The hash of each range that has rows, by its digit."""
        return {DIGITS[number]: found.hexdigest() for number, found in sorted(self._ranges.items())}

    def hexdigest(self) -> str:
        """The hash of the rows so far."""
        return joined_ranges(self.ranges())


def joined_ranges(ranges: Mapping[str, str]) -> str:
    """The hash of a table: SHA-256 of the lines `digit hash` of its ranges, ordered."""
    return sha256("".join(f"{digit} {value}\n" for digit, value in sorted(ranges.items())).encode()).hexdigest()


class _RangeHash:
    """The hash of the rows of one range.

    Every column, list and field of a struct is a node with a path (`entities[].label`). A node has up to four streams,
    each with a SHA-256 of its own: `nulls`, the place of each missing value among the node's values; `lengths` of lists
    (in values) and strings (in UTF-8 bytes); `values` of numbers; `bytes` of strings. Whole numbers are varints, seven
    bits a byte, lowest first (LEB128); those of `values` zigzag-coded before; floats are 8 bytes, little-endian. A
    missing value is in `nulls` alone. The hash is the SHA-256 of a line `path stream hash` a stream, ordered, with the
    number of rows before them: `rows N`.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._streams: dict[tuple[str, str], Any] = {}
        self._seen: dict[str, int] = {}
        self.rows = 0
        for field in self._schema:
            self._open(field.name, field.type)

    def _open(self, path: str, kind: pa.DataType) -> None:
        self._seen[path] = 0
        names = ["nulls"]
        if pa.types.is_list(kind):
            names.append("lengths")
            self._open(f"{path}[]", kind.value_type)
        elif pa.types.is_struct(kind):
            for field in kind:
                self._open(f"{path}.{field.name}", field.type)
        elif pa.types.is_string(kind):
            names += ["lengths", "bytes"]
        else:
            names.append("values")
        for name in names:
            self._streams[path, name] = sha256()

    def update(self, table: pa.Table | pa.RecordBatch) -> None:
        """Add rows."""
        self.rows += table.num_rows
        for field in self._schema:
            self._add(field.name, field.type, one_array(table.column(field.name)))

    def _add(self, path: str, kind: pa.DataType, array: pa.Array) -> None:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if array.null_count:
            missing = np.flatnonzero(pc.is_null(array).to_numpy(zero_copy_only=False))
            self._streams[path, "nulls"].update(varints(missing + self._seen[path]))
        self._seen[path] += len(array)
        if pa.types.is_struct(kind):
            array = array.filter(array.is_valid()) if array.null_count else array
            for number, field in enumerate(kind):
                self._add(f"{path}.{field.name}", field.type, array.field(number))
            return
        array = array.drop_null() if array.null_count else array
        if pa.types.is_list(kind):
            lengths = np.diff(array.offsets.to_numpy())
            self._streams[path, "lengths"].update(varints(lengths))
            self._add(f"{path}[]", kind.value_type, array.flatten())
        elif pa.types.is_string(kind):
            _, borders, data = array.buffers()
            if len(array):
                offsets = np.frombuffer(borders, np.int32)[array.offset : array.offset + len(array) + 1]
                self._streams[path, "lengths"].update(varints(np.diff(offsets)))
                if offsets[-1] > offsets[0]:
                    self._streams[path, "bytes"].update(memoryview(data)[offsets[0] : offsets[-1]])
        elif pa.types.is_floating(kind):
            self._streams[path, "values"].update(array.to_numpy().astype("<f8").tobytes())
        else:
            values = array.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
            self._streams[path, "values"].update(zigzags(values))

    def hexdigest(self) -> str:
        """The hash of the rows so far."""
        lines = [f"{path} {name} {stream.hexdigest()}\n" for (path, name), stream in self._streams.items()]
        return sha256("".join([f"rows {self.rows}\n", *sorted(lines)]).encode()).hexdigest()


def varints(numbers: NDArray[np.integer[Any]]) -> bytes:
    """LEB128 of whole numbers that are not negative, one behind the other."""
    if not len(numbers):
        return b""
    most = int(numbers.max())
    if most < 0x80:
        return numbers.astype(np.uint8).tobytes()
    width = -(-most.bit_length() // 7)
    left: NDArray[Any] = numbers.astype(np.uint32 if most <= 0xFFFFFFFF else np.uint64)
    groups = np.empty((len(left), width), np.uint8)
    there = np.ones((len(left), width), bool)
    for number in range(width - 1):
        rest = left >> 7
        more = there[:, number + 1] = rest > 0
        groups[:, number] = (left & 0x7F).astype(np.uint8) | (more.astype(np.uint8) << 7)
        left = rest
    groups[:, -1] = left
    found: bytes = groups[there].tobytes()
    return found


def zigzags(numbers: Ints) -> bytes:
    """LEB128 of whole numbers, zigzag-coded; tags and most offsets take one byte each."""
    if len(numbers) and numbers.min() >= 0 and numbers.max() < 0x40:
        return (numbers.astype(np.uint8) << 1).tobytes()
    return varints(((numbers << 1) ^ (numbers >> 63)).view(np.uint64))


def joined_hash(tables: Mapping[str, str]) -> str:
    """One hash for the dataset: SHA-256 of the lines `config/split hash`, ordered by name."""
    return sha256("".join(f"{name} {value}\n" for name, value in sorted(tables.items())).encode()).hexdigest()
