"""Parquet's own metadata as it stands in the file: pyarrow shows the statistics, and not the page index.

In: bytes in Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md). Out: a struct as a dict by field
number; parquet-format's parquet.thrift says what each number means.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from corpus.errors import JiaozhuError

Struct = dict[int, Any]
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_INTEGERS = (4, 5, 6)
_HEADER = 1 << 12  # bytes in which the header of a page is looked for first


class Metadata:
    """The footer of a Parquet file, and what it points at; use it as a context manager.

    Raises:
        JiaozhuError: the bytes are not what they should be.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        tail = self.read(max(self._size - 8, 0), 8)
        length = int.from_bytes(tail[:4], "little")
        self.footer = decode(self.read(self._size - 8 - length, length))

    def read(self, place: int, size: int) -> bytes:
        """Bytes of the file."""
        if place < 0 or size < 0 or place + size > self._size:
            raise JiaozhuError("its metadata leads out of the file")
        self._file.seek(place)
        return self._file.read(size)

    def header(self, place: int) -> Struct:
        """The header of the page that begins there; statistics in it may be long."""
        size = _HEADER
        while True:
            there = min(size, self._size - place)
            try:
                return decode(self.read(place, there))
            except JiaozhuError:
                if there < size or size > 1 << 24:
                    raise
                size *= 16

    def __enter__(self) -> Metadata:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def decode(content: bytes) -> Struct:
    """The struct that the bytes begin with; raises JiaozhuError where they are none."""
    try:
        return _Reader(content).struct()
    except (IndexError, ValueError, struct.error, RecursionError):
        raise JiaozhuError("its metadata cannot be read") from None


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            number = number + step if step else self._zigzag()
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
        return found

    def _value(self, kind: int) -> Any:  # noqa: ANN401
        if kind in _INTEGERS:
            return self._zigzag()
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in (_LIST, _SET):
            head = self._byte()
            size, inside = head >> 4, head & 15
            return [self._value(inside) for _ in range(self._varint() if size == 15 else size)]
        if kind == _STRUCT:
            return self.struct()
        if kind in (_TRUE, _FALSE):  # of a list; a byte each
            return self._byte() == _TRUE
        if kind == _BYTE:
            return self._byte()
        if kind == _DOUBLE:
            return struct.unpack("<d", self._bytes(8))[0]
        raise ValueError(kind)

    def _byte(self) -> int:
        self._at += 1
        return self._content[self._at - 1]

    def _bytes(self, size: int) -> bytes:
        found = self._content[self._at : self._at + size]
        if len(found) < size:
            raise IndexError(size)
        self._at += size
        return found

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7
            if shift > 63:
                raise ValueError(shift)

    def _zigzag(self) -> int:
        found = self._varint()
        return found >> 1 ^ -(found & 1)
