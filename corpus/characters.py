"""A text in, its code points as an array out, and tables to look them up in.

A test of every character of a page is one look-up in a table: ten times as fast as a regular expression of classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.intp]  # numpy looks up these fastest
Mask: TypeAlias = NDArray[np.bool_]
Kinds: TypeAlias = NDArray[np.uint16]  # a bit a class of characters

HAN = r"[\u3400-\u9fff]"

BUCKETS = 1 << 16  # for pairs of characters; now and then two pairs share one

_COUNT = 0x110000
_NO_CHARACTER = "\U00050000"  # and all that is in no block is like it


@lru_cache(maxsize=2)  # several steps in a row ask for the same text
def codes_of(text: str) -> Codes:
    """One code point a character, lone surrogates too; offsets are those of the text. The array is read-only."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.intp)
    codes.flags.writeable = False
    return codes


def text_of(codes: Codes) -> str:
    """The text again."""
    return codes.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")


def bucket_of(first: Codes, second: Codes) -> Codes:
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


def table_with(characters: Iterable[str]) -> Mask:
    """True at these characters."""
    table = np.zeros(_COUNT, bool)
    table[list(map(ord, characters))] = True
    return table


def han_in(text: str) -> int:
    """How many Han characters."""
    return int(np.count_nonzero(table_of(HAN)[codes_of(text)]))


def prefix_sums(mask: Mask) -> NDArray[np.int64]:
    """How many are true before each place, and in all; the count in `[start, end)` is a difference of two of these."""
    sums = np.zeros(len(mask) + 1, np.int64)
    np.cumsum(mask.astype(np.int64), out=sums[1:])
    return sums
