"""Does what a Parquet file says of its own values hold? A reader that skips by it would else be lied to.

In: a file's metadata and the batches that are read from it. Out: findings. Bounds and numbers of missing values, of
each group of rows and of each page, are held against the values; the page index against the pages where they lie.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import JiaozhuError
from exports.checks.thrift import Metadata, Struct, decode
from exports.texts import Ints, borders_of

# Numbers of fields in parquet.thrift.
_ROWS, _GROUPS = 3, 4  # FileMetaData
_COLUMNS, _GROUP_ROWS, _SORTED = 1, 3, 4  # RowGroup
_META, _OFFSETS, _OFFSETS_SIZE, _INDEX, _INDEX_SIZE = 3, 4, 5, 6, 7  # ColumnChunk
_VALUES, _CHUNK_SIZE, _DATA_PAGE, _DICTIONARY, _STATISTICS, _BLOOM = 5, 7, 9, 11, 12, 14  # ColumnMetaData
_OLD_MAX, _OLD_MIN, _NULLS, _MAX, _MIN = 1, 2, 3, 5, 6  # Statistics
_PAGE_SIZE, _DATA, _DATA_2 = 3, 5, 8  # PageHeader: bytes behind it; what it is
_EMPTY, _MINS, _MAXES, _ORDER, _NULLS_OF = 1, 2, 3, 4, 5  # ColumnIndex
_PLACE, _SIZE, _FIRST_ROW = 1, 2, 3  # PageLocation


@dataclass(slots=True)
class Claim:
    """What is said of a column in the rows `[first, last)` of a group: no value outside, so many missing, so many."""

    where: str
    first: int
    last: int
    low: Any = None
    high: Any = None
    missing: int | None = None
    slots: int | None = None  # values, missing ones and empty lists
    seen_missing: int = 0
    seen_slots: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """What some rows hold in a column."""

    least: Any
    most: Any
    missing: int
    slots: int


class Group:
    """A group of rows while it is read: what is said of each column, and whether the batches hold it."""

    def __init__(self, rows: int, columns: list[list[Claim]]) -> None:
        self.rows, self.read = rows, 0
        self._columns = columns
        self.claims = sum(map(len, columns))

    def look(self, batch: pa.RecordBatch) -> Iterator[str]:
        """Look at the next rows; every claim that they break."""
        begin, end = self.read, self.read + len(batch)
        self.read = end
        for claims, leaf in zip(self._columns, _leaves(batch), strict=True):
            here = [claim for claim in claims if claim.first < end and claim.last > begin]
            edges = {edge for claim in here for edge in (claim.first, claim.last) if begin < edge < end}
            cuts = [begin, *sorted(edges), end]
            number = {edge: place for place, edge in enumerate(cuts)}
            pieces = _pieces(leaf, [cut - begin for cut in cuts])
            for claim in here:
                some = pieces[number[max(claim.first, begin)] : number[min(claim.last, end)]]
                claim.seen_slots += sum(piece.slots for piece in some)
                claim.seen_missing += sum(piece.missing for piece in some)
                low, high = claim.low, claim.high
                for piece in some:
                    if low is not None and piece.least is not None and piece.least < low:
                        yield f"{claim.where}: says that no value is below {low!r}, but {piece.least!r} is"
                    if high is not None and piece.most is not None and piece.most > high:
                        yield f"{claim.where}: says that no value is above {high!r}, but {piece.most!r} is"

    def finish(self) -> Iterator[str]:
        """What is wrong with the numbers, after all batches."""
        if self.read != self.rows:
            yield f"has {self.read} rows in a group of {self.rows}"
        for claim in (claim for claims in self._columns for claim in claims):
            if claim.missing is not None and claim.missing != claim.seen_missing:
                yield f"{claim.where}: says that {claim.missing} values are missing; {claim.seen_missing} are"
            if claim.slots is not None and claim.slots != claim.seen_slots:
                yield f"{claim.where}: says that it has {claim.slots} values; there are {claim.seen_slots}"


def read_groups(path: Path, schema: pa.Schema) -> list[Group]:
    """What the file says of its groups of rows; the columns are those of `schema`.

    Raises:
        JiaozhuError: its metadata cannot be read, contradicts itself, or makes a claim that is not looked at here.
    """
    kinds = [kind for field in schema for kind in _kinds(field.name, field.type)]
    with Metadata(path) as metadata:
        try:
            groups = [_group(metadata, group, kinds) for group in metadata.footer[_GROUPS]]
            if metadata.footer[_ROWS] != sum(group.rows for group in groups):
                raise JiaozhuError("its groups have not as many rows as it says")
        except (KeyError, TypeError, IndexError, AttributeError, ValueError, struct.error, OverflowError):
            raise JiaozhuError("its metadata lacks what every file has") from None
        return groups


def _kinds(name: str, kind: pa.DataType) -> Iterator[tuple[str, pa.DataType]]:
    """The columns of values below one of a table, by name."""
    if pa.types.is_list(kind):
        yield from _kinds(name, kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _kinds(f"{name}.{field.name}", field.type)
    else:
        yield name, kind


def _group(metadata: Metadata, group: Struct, kinds: Sequence[tuple[str, pa.DataType]]) -> Group:
    if _SORTED in group:
        raise JiaozhuError("says in which order its rows stand, which no table of ours does")
    rows = group[_GROUP_ROWS]
    columns: list[list[Claim]] = []
    for (name, kind), chunk in zip(kinds, group[_COLUMNS], strict=True):
        meta = chunk[_META]
        if _BLOOM in meta:
            raise JiaozhuError(f"{name}: has a Bloom filter, which no table of ours has")
        claims = [Claim(name, 0, rows, slots=meta[_VALUES]), *_claims(name, 0, rows, meta.get(_STATISTICS, {}), kind)]
        if _OFFSETS in chunk:
            claims += _pages(metadata, name, kind, rows, chunk)
        columns.append(claims)
    return Group(rows, columns)


def _claims(where: str, first: int, last: int, said: Struct, kind: pa.DataType) -> Iterator[Claim]:
    """What statistics say of a column; old readers take the bounds from other fields."""
    for low, high in ((_MIN, _MAX), (_OLD_MIN, _OLD_MAX)):
        least, most = (_value(said[name], kind) if name in said else None for name in (low, high))
        yield Claim(where, first, last, least, most, said.get(_NULLS))


def _value(content: bytes, kind: pa.DataType) -> Any:  # noqa: ANN401
    """A bound: text as its bytes, whose order is that of code points, or a number."""
    if pa.types.is_string(kind):
        return content
    return struct.unpack("<d" if pa.types.is_floating(kind) else "<q", content)[0]


def _pages(metadata: Metadata, name: str, kind: pa.DataType, rows: int, chunk: Struct) -> Iterator[Claim]:
    """What the page index says: where the pages lie, with which rows, and between which bounds."""
    meta = chunk[_META]
    pages = decode(metadata.read(chunk[_OFFSETS], chunk[_OFFSETS_SIZE]))[1]
    begin = min(meta[_DATA_PAGE], meta.get(_DICTIONARY, meta[_DATA_PAGE]))
    ends = [*(page[_PLACE] for page in pages[1:]), begin + meta[_CHUNK_SIZE]]
    firsts = [*(page[_FIRST_ROW] for page in pages), rows]
    if pages[0][_PLACE] != meta[_DATA_PAGE] or firsts[0] != 0 or firsts != sorted(firsts):
        raise JiaozhuError(f"{name}: its page index does not begin with its pages, or is not in their order")
    for number, (page, end) in enumerate(zip(pages, ends, strict=True)):
        first, last = firsts[number : number + 2]
        where = f"{name}: page {number}"
        header = metadata.header(page[_PLACE])
        if page[_PLACE] + page[_SIZE] != end or header[_PAGE_SIZE] >= page[_SIZE]:
            raise JiaozhuError(f"{where}: does not lie where the page index says")
        data = header.get(_DATA) or header[_DATA_2]
        yield Claim(where, first, last, slots=data[1])
        yield from _claims(where, first, last, data.get(5 if _DATA in header else 8, {}), kind)
    if _INDEX in chunk:
        index = decode(metadata.read(chunk[_INDEX], chunk[_INDEX_SIZE]))
        yield from _bounds(name, kind, firsts, index)


def _bounds(name: str, kind: pa.DataType, firsts: Sequence[int], index: Struct) -> Iterator[Claim]:
    missing = index.get(_NULLS_OF) or [None] * len(index[_EMPTY])
    held: list[tuple[Any, Any]] = []
    pages = zip(index[_EMPTY], index[_MINS], index[_MAXES], missing, strict=True)
    if len(index[_EMPTY]) != len(firsts) - 1:
        raise JiaozhuError(f"{name}: its column index has not as many pages as there are")
    for number, (empty, low, high, nulls) in enumerate(pages):
        where, (first, last) = f"{name}: page {number} in the index", firsts[number : number + 2]
        if empty:
            # No value: none is above nothing and below nothing.
            yield Claim(where, first, last, *_nothing(kind), missing=nulls)
        else:
            held.append((_value(low, kind), _value(high, kind)))
            yield Claim(where, first, last, *held[-1], missing=nulls)
    for order, descending in ((1, False), (2, True)):
        if index[_ORDER] == order and any(
            bounds != sorted(bounds, reverse=descending) for bounds in map(list, zip(*held, strict=True))
        ):
            raise JiaozhuError(f"{name}: its page index says in which order the pages stand, and they do not")


def _nothing(kind: pa.DataType) -> tuple[Any, Any]:
    """Bounds that no value keeps."""
    if pa.types.is_string(kind):
        return b"\xff", b""
    return (float("inf"), float("-inf"))


def _leaves(batch: pa.RecordBatch) -> Iterator[tuple[pa.Array, Ints, Ints]]:
    """The columns of values of a batch: the values, where those of each row begin, and how many slots there are before.

    A list without values takes one slot of the file all the same.
    """
    whole = np.arange(len(batch) + 1)
    for column in batch.columns:
        if not pa.types.is_list(column.type):
            yield column, whole, whole
            continue
        sizes = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
        borders, slots = borders_of(sizes), borders_of(np.maximum(sizes, 1))
        values = column.flatten()
        if pa.types.is_struct(values.type):
            for number in range(values.type.num_fields):
                yield pc.struct_field(values, [number]), borders, slots
        else:
            yield values, borders, slots


def _pieces(leaf: tuple[pa.Array, Ints, Ints], cuts: Sequence[int]) -> list[_Piece]:
    """What the rows between two cuts hold, for each two that are neighbours."""
    values, borders, slots = leaf
    words = None
    if pa.types.is_dictionary(values.type):  # their ranks, whose order is a number's
        words = values.dictionary
        order = pc.sort_indices(words)
        words = words.take(order)
        ranks = np.empty(len(words), np.min_scalar_type(len(words)))
        ranks[order.to_numpy()] = np.arange(len(words), dtype=ranks.dtype)
        missing = values.is_null().to_numpy(zero_copy_only=False) if pc.any(values.is_null()).as_py() else None
        indices = pc.fill_null(values.indices, 0) if missing is not None else values.indices
        values = pa.array(
            ranks.take(indices.to_numpy(), mode="clip"), mask=missing
        )  # Arrow has proven that they are inside
    found = []
    for low, high in pairwise(cuts):
        some = values.slice(int(borders[low]), int(borders[high] - borders[low]))
        edges = pc.min_max(some)
        least, most = (_bound(edges[name], words) for name in ("min", "max"))
        size = int(slots[high] - slots[low])
        found.append(_Piece(least, most, size - len(some) + some.null_count, size))
    return found


def _bound(found: pa.Scalar, words: pa.StringArray | None) -> Any:  # noqa: ANN401
    """A value as `_value` gives it; of a rank its word, in their order."""
    if not found.is_valid:
        return None
    found = found if words is None else words[found.as_py()]
    return found.as_buffer().to_pybytes() if pa.types.is_string(found.type) else found.as_py()
