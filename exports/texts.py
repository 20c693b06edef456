"""A column of texts as one run of characters, so that offsets of a million rows are cut and compared at once.

In: an Arrow column of strings. Out: where each character begins in its UTF-8 bytes. Characters are numbered through the
whole column; offsets are code points, half-open, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]  # code points


@dataclass(frozen=True, slots=True)
class Texts:
    """Row `i` has the characters `[rows[i], rows[i + 1])`; character `c` the bytes `[starts[c], starts[c + 1])`."""

    data: NDArray[np.uint8]
    starts: Ints
    rows: Ints

    @classmethod
    def of(cls, column: pa.Array | pa.ChunkedArray) -> Texts:
        """The characters of a column of strings. That all of them are UTF-8 shows only in `codes`.

        Raises:
            TypeError: a row is null.
            pyarrow.ArrowInvalid: a row begins or ends inside a character.
        """
        content, borders = utf8(column)
        begins = np.ones(len(content) + 1, bool)
        np.greater_equal(content.view(np.int8), -64, out=begins[:-1])  # no continuation bytes
        starts = np.flatnonzero(begins)
        rows = np.searchsorted(starts, borders)
        if not np.array_equal(starts[rows], borders):
            raise pa.ArrowInvalid("a text begins or ends inside a character")
        return cls(content, starts, rows)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.rows) - 1

    @property
    def lengths(self) -> Ints:
        """The characters of each row."""
        return np.diff(self.rows)

    def codes(self) -> Codes:
        """The code point of each character; raises UnicodeDecodeError where the bytes are not UTF-8."""
        text = str(self.data.data, "utf-8")
        return np.frombuffer(text.encode("utf-32-le"), np.uint32)

    def bytes_of(self, row: int) -> memoryview:
        """The UTF-8 bytes of one row."""
        first, last = self.starts[self.rows[row]], self.starts[self.rows[row + 1]]
        return self.data[first:last].data

    def text(self, row: int) -> str:
        """One row."""
        return str(self.bytes_of(row), "utf-8")

    def rows_at(self, rows: Sequence[int]) -> Texts:
        """Some rows, in this order."""
        chosen = np.asarray(rows, np.int64)
        if np.array_equal(chosen, np.arange(len(self))):
            return self
        sizes = self.lengths[chosen]
        characters = ranges(self.rows[chosen], sizes)
        first, last = self.starts[self.rows[chosen]], self.starts[self.rows[chosen + 1]]
        data = self.data[ranges(first, last - first)]
        starts = borders_of(self.starts[characters + 1] - self.starts[characters])
        return Texts(data, starts, borders_of(sizes))

    def split(self, borders: Ints) -> pa.StringArray:
        """The run of characters cut at `borders` (of the first row's begin, each cut, the last row's end); no copy."""
        return strings(self.starts[borders], self.data)

    def cut(self, starts: Ints, ends: Ints) -> pa.StringArray:
        """The texts of `[starts[i], ends[i])`."""
        first, last = self.starts[starts], self.starts[ends]
        sizes = last - first
        borders = borders_of(sizes)
        places = np.repeat(first - borders[:-1], sizes) + np.arange(borders[-1])
        return strings(borders, self.data[places])

    def tokens(self, borders: Ints) -> pa.ListArray:
        """A list of single characters for each piece between `borders`; no copy."""
        first, last = borders[0], borders[-1]
        characters = strings(self.starts[first : last + 1], self.data)
        return pa.ListArray.from_arrays(pa.array((borders - first).astype(np.int32)), characters)


def utf8(column: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.uint8], Ints]:
    """The bytes of a column of strings, and where each row begins in them, and the last one ends.

    Raises:
        TypeError: a row is null.
    """
    array = one_array(column)
    if array.null_count:
        raise TypeError("a text is missing")
    _, offsets, data = array.buffers()
    borders = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    content = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    return content[borders[0] : borders[-1]], borders - borders[0]


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array; only one of several pieces is copied."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """A table as one batch, also where it has no rows."""
    return pa.RecordBatch.from_arrays([one_array(column) for column in table.columns], schema=table.schema)


def strings(borders: Ints, data: NDArray[np.uint8]) -> pa.StringArray:
    """An Arrow array of the UTF-8 bytes between `borders`, which must be those of characters; `data` is not copied."""
    first, last = int(borders[0]), int(borders[-1])
    return pa.StringArray.from_buffers(
        len(borders) - 1,
        pa.py_buffer((borders - first).astype(np.int32)),
        pa.py_buffer(np.ascontiguousarray(data[first:last])),
    )


def borders_of(sizes: Ints) -> Ints:
    """Where things of these sizes begin when they stand side by side, and where the last one ends."""
    borders = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=borders[1:])
    return borders


def ranges(starts: Ints, sizes: Ints) -> Ints:
    """`start, start + 1, …` of each, `sizes` numbers of each, side by side."""
    borders = borders_of(sizes)
    return np.repeat(starts - borders[:-1], sizes) + np.arange(borders[-1])
