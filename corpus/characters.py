"""A text in, its code points as an array out, and what kinds of characters they are.

A test of every character of a page is one look-up in a table, for all kinds of characters at once: many times as fast
as a regular expression a kind, and most rules end there, because a page has none of what they look for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.int32]
Places: TypeAlias = NDArray[np.intp]  # offsets, counts
Mask: TypeAlias = NDArray[np.bool_]
Kinds: TypeAlias = NDArray[np.uint16]  # a bit a class of characters

HAN = r"[\u3400-\u9fff]"

BUCKETS = 1 << 16  # for pairs of characters; now and then two pairs share one

_COUNT = 0x110000
_NO_CHARACTER = "\U00050000"  # and all that is in no block is like it


@lru_cache(maxsize=2)  # several steps in a row ask for the same text
def codes_of(text: str) -> Codes:
    """One code point a character, lone surrogates too; offsets are those of the text. The array is read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<i4"))


def text_of(codes: Codes) -> str:
    """The text again."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


_Numbers = TypeVar("_Numbers", int, Codes)


def bucket_of(first: _Numbers, second: _Numbers) -> _Numbers:
    """The bucket of each pair of characters."""
    return (first * 1021 + second) & (BUCKETS - 1)


def buckets_of(text: str) -> Codes:
    """The bucket of each character of the text with the next one."""
    codes = codes_of(text)
    return bucket_of(codes[:-1], codes[1:])


@cache
def _blocks() -> tuple[tuple[int, str], ...]:
    """The planes that hold characters, with the code point each begins with."""
    return tuple((first, "".join(map(chr, range(first, last)))) for first, last in ((0, 0x40000), (0xE0000, 0xE1000)))


@cache
def table_of(characters: str) -> Mask:
    """True at the code points that the regular expression `characters`, one character long, matches."""
    pattern = re.compile(f"(?:{characters})+")
    table = np.full(_COUNT, pattern.fullmatch(_NO_CHARACTER) is not None)
    for first, block in _blocks():
        table[first : first + len(block)] = False
        for match in pattern.finditer(block):
            table[first + match.start() : first + match.end()] = True
    return table


@cache
def kinds_of(*characters: str) -> Kinds:
    """Several such tables in one: bit 0 for the first class of characters, bit 1 for the next; 16 at most."""
    kinds = np.zeros(_COUNT, np.uint16)
    for place, one in enumerate(characters):
        kinds |= table_of(one).astype(np.uint16) << np.uint16(place)
    return kinds


class CharacterClass:
    """A class of characters, which whole texts are asked for."""

    __slots__ = ("bit",)

    def __init__(self, characters: str | Callable[[], Mask]) -> None:
        """`characters`: a regular expression, one character long, or what gives a table."""
        self.bit = np.uint32(1 << len(_kinds))
        _kinds.append(characters)

    def is_in(self, text: str) -> bool:
        """Does the text have a character of this kind?"""
        return bool(_kinds_in(text)[1] & self.bit)

    def where(self, text: str) -> Mask:
        """True at every character of this kind."""
        mask: Mask = (_kinds_in(text)[0] & self.bit) > 0
        return mask

    def places(self, text: str) -> list[int]:
        """The offsets of the characters of this kind."""
        return np.flatnonzero(self.where(text)).tolist() if self.is_in(text) else []

    def count(self, text: str) -> int:
        """How many characters of the text are of this kind."""
        return np.count_nonzero(_kinds_in(text)[0] & self.bit) if self.is_in(text) else 0


_kinds: list[str | Callable[[], Mask]] = []  # 32 at most
_HAN = CharacterClass(HAN)


@lru_cache(maxsize=2)  # several steps in a row ask for the same text
def _kinds_in(text: str) -> tuple[NDArray[np.uint32], np.uint32]:
    """The bits of the kinds of each character, and of all."""
    kinds = _all_kinds(len(_kinds)).take(codes_of(text))
    return kinds, np.bitwise_or.reduce(kinds)


@lru_cache(maxsize=1)
def _all_kinds(count: int) -> NDArray[np.uint32]:
    kinds = np.zeros(_COUNT, np.uint32)
    for place, characters in enumerate(_kinds):
        table = table_of(characters) if isinstance(characters, str) else characters()
        kinds |= table.astype(np.uint32) << np.uint32(place)
    return kinds


def table_with(characters: Iterable[str]) -> Mask:
    """True at these characters."""
    table = np.zeros(_COUNT, bool)
    table[list(map(ord, characters))] = True
    return table


def han_in(text: str) -> int:
    """How many Han characters."""
    return _HAN.count(text)
