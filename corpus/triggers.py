"""Regular expressions in; out, for each line of a page, which of them cannot match: most rules skip most lines.

Every match of `分享(?:到|给)|收藏本[文页]` holds 分享 or 收藏. Such characters and pairs, its triggers, are read off
each pattern, and all patterns' triggers are looked for in the whole page at once (the prefilter of RE2's FilteredRE2).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.characters import Codes, Mask, Places, codes_of, table_of

_ANYWHERE = 1 << 63  # of a pattern without triggers; no line is without it


Tried: TypeAlias = Literal["anywhere", "at start", "whole"]

try:
    from corpus.trigger_parser import triggers_of as triggers_of  # for annotation.openings, too
except (ImportError, AttributeError):  # a Python whose parser of patterns is elsewhere, or another one

    def triggers_of(pattern: str, flags: int = 0, tried: Tried = "anywhere") -> set[str]:
        """No triggers: the pattern is searched in every line."""
        return set()


class HasPlain(Protocol):
    """A line: its text, and the bits of the patterns that cannot match in it."""

    plain: str
    without: int


class Pattern:
    """A regular expression for lines, which knows those it cannot match. `bit` stands for it in `Line.without`."""

    __slots__ = ("bit", "regex", "tried")

    def __init__(self, pattern: str, flags: int = 0, tried: Tried = "anywhere") -> None:
        """`tried`: at every place of a line, only ever at its beginning, or only ever on the whole line."""
        self.regex = re.compile(pattern, flags)
        self.tried = tried
        self.bit = _ANYWHERE
        if tried != "anywhere" and (triggers := triggers_of(pattern, flags, tried)):
            self.bit = _registry.add(triggers, at_start=True)
        elif triggers := triggers_of(pattern, flags):
            self.bit = _registry.add(triggers, at_start=False)

    def search(self, line: HasPlain, end: int = sys.maxsize) -> re.Match[str] | None:
        """As `re.Pattern.search` in the plain text of the line, up to `end`."""
        return None if line.without & self.bit else self.regex.search(line.plain, 0, end)

    def match(self, line: HasPlain, start: int = 0) -> re.Match[str] | None:
        """As `re.Pattern.match` at `start`."""
        return None if line.without & self.bit else self.regex.match(line.plain, start)

    def fullmatch(self, line: HasPlain) -> re.Match[str] | None:
        """As `re.Pattern.fullmatch`."""
        return None if line.without & self.bit else self.regex.fullmatch(line.plain)

    def may_match(self, line: HasPlain) -> bool:
        """False where it surely does not."""
        return not line.without & self.bit

    def may_match_in(self, without: Bits) -> Mask:
        """The same for many lines, by their `without`."""
        mask: Mask = (without & np.uint64(self.bit)) == 0
        return mask

    def findall(self, line: HasPlain) -> list[str]:
        """As `re.Pattern.findall`."""
        return [] if line.without & self.bit else self.regex.findall(line.plain)


_MOST_PATTERNS = 63  # a bit each


@dataclass(slots=True)
class _Registry:
    """The triggers of all patterns that have any, each with the bits of its patterns."""

    patterns: int = 0
    anywhere: dict[str, int] = field(default_factory=dict)
    at_start: dict[str, int] = field(default_factory=dict)

    def add(self, triggers: Iterable[str], at_start: bool) -> int:
        """A new bit, for the lines that hold one of the triggers (at their start)."""
        if self.patterns == _MOST_PATTERNS:
            return _ANYWHERE
        bit = 1 << self.patterns
        self.patterns += 1
        table = self.at_start if at_start else self.anywhere
        for trigger in triggers:
            table[trigger] = table.get(trigger, 0) | bit
        return bit


_registry = _Registry()


_Symbols: TypeAlias = NDArray[np.uint16]
Bits: TypeAlias = NDArray[np.uint64]
_END = ord("\n")  # of a line


class _Table(NamedTuple):
    """For each pair of symbols, where the bits of the patterns stand that it, or its first alone, is a trigger of."""

    size: int
    places: NDArray[np.uint16]
    bits: Bits

    @classmethod
    def of(cls, triggers: dict[str, int], symbols: _Symbols) -> _Table:
        size = int(symbols.max()) + 1
        of_pair: dict[tuple[int, int], int] = defaultdict(int)
        for trigger, bits in triggers.items():
            first, *second = symbols[codes_of(trigger)].tolist()
            for following in second or range(size):
                of_pair[first, following] |= bits
        place_of = {bits: place for place, bits in enumerate({0: 0, **dict.fromkeys(of_pair.values())})}
        places = np.zeros((size, size), np.uint16)
        for pair, bits in of_pair.items():
            places[pair] = place_of[bits]
        return cls(size, places.ravel(), np.array(list(place_of), np.uint64))

    def look_up(self, first: _Symbols, second: _Symbols) -> NDArray[np.uint16]:
        """The place of the bits of each pair."""
        return self.places.take(first.astype(np.intp) * self.size + second)


@cache
def _folded() -> Codes:
    """Every digit as one of 0 to 9, every space within a line as one: what `\\d` and `\\s` match, as few triggers."""
    codes = np.arange(0x110000, dtype=np.int32)
    digits = np.flatnonzero(table_of(r"\d"))
    codes[digits] = [ord("0") + unicodedata.decimal(chr(code)) for code in digits.tolist()]
    codes[table_of(r"[^\S\n]")] = ord(" ")
    return codes


@lru_cache(maxsize=1)
def _tables(patterns: int) -> tuple[_Symbols, _Table, _Table]:
    """The symbol of every code point, 0 where it is in no trigger; the triggers anywhere, and those at the start."""
    characters = {character for trigger in (*_registry.anywhere, *_registry.at_start) for character in trigger}
    symbols: _Symbols = np.zeros(0x110000, np.uint16)
    for number, character in enumerate(sorted(characters), 1):
        symbols[ord(character)] = number
    symbols = symbols[_folded()]
    return symbols, _Table.of(_registry.anywhere, symbols), _Table.of(_registry.at_start, symbols)


def without(codes: Codes, starts: Places, ends: Places) -> Bits:
    """For each line of a text, `[start, end)`, the bits of the patterns that cannot match in it."""
    symbol_of, anywhere, at_start = _tables(_registry.patterns)
    symbols = np.zeros(len(codes) + 1, np.uint16)
    np.take(symbol_of, codes, out=symbols[:-1], mode="clip")
    second = np.where(ends - starts > 1, symbols[starts + 1], symbol_of[_END])
    present = at_start.bits[at_start.look_up(symbols[starts], second)]
    found = anywhere.look_up(symbols[:-1], symbols[1:])
    hits = np.flatnonzero(found)
    lines = starts.searchsorted(hits, "right") - 1
    within = hits < ends[lines]  # and not in the space between two lines
    hits, lines = hits[within], lines[within]
    if len(lines):
        firsts = np.concatenate(([0], np.flatnonzero(lines[1:] != lines[:-1]) + 1))
        present[lines[firsts]] |= np.bitwise_or.reduceat(anywhere.bits[found[hits]], firsts)
    return ~present & np.uint64((1 << _registry.patterns) - 1)
