"""Regular expressions in; out, for each line of a page, which of them cannot match: most rules skip most lines.

Every match of `分享(?:到|给)|收藏本[文页]` holds 分享 or 收藏. Such characters and pairs, its triggers, are read off
each pattern, and all patterns' triggers are looked for in the whole page at once (the prefilter of RE2's FilteredRE2).
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.characters import Codes, codes_of

BUCKETS = 1 << 16  # for pairs of characters; two pairs that share one cost a search in vain
_MOST_TRIGGERS = 4_000  # of a pattern
_MOST_PATTERNS = 63  # a bit each
_ANYWHERE = 1 << 63  # of a pattern without triggers; no line is without it


class HasPlain(Protocol):
    """A line: its text, and the bits of the patterns that cannot match in it."""

    plain: str
    without: int


class Pattern:
    """A regular expression for lines, which knows those it cannot match. `bit` stands for it in `Line.without`."""

    __slots__ = ("bit", "regex")

    def __init__(self, pattern: str, flags: int = 0, at_start: bool = False) -> None:
        """`at_start`: the pattern is only ever tried at the beginning of a line."""
        self.regex = re.compile(pattern, flags)
        self.bit = _ANYWHERE
        if at_start and (triggers := triggers_of(pattern, flags, at_start=True)):
            self.bit = _add(triggers, _at_start)
        elif triggers := triggers_of(pattern, flags):
            self.bit = _add(triggers, _anywhere)

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

    def findall(self, line: HasPlain) -> list[str]:
        """As `re.Pattern.findall`."""
        return [] if line.without & self.bit else self.regex.findall(line.plain)


@dataclass(frozen=True, slots=True)
class _Table:
    """What each character, and each pair of characters by its bucket, is a trigger of: a bit a pattern."""

    of_character: NDArray[np.uint64]
    of_pair: NDArray[np.uint64]

    @classmethod
    def empty(cls) -> _Table:
        return cls(np.zeros(BUCKETS, np.uint64), np.zeros(BUCKETS, np.uint64))


_anywhere, _at_start = _Table.empty(), _Table.empty()
_bits: list[int] = []  # of the patterns that have triggers


def buckets_of(codes: Codes) -> NDArray[np.intp]:
    """A bucket for each character with the next one."""
    return (codes[:-1] * 1021 + codes[1:]) & (BUCKETS - 1)


def _add(triggers: Iterable[str], table: _Table) -> int:
    if len(_bits) == _MOST_PATTERNS:
        return _ANYWHERE
    bit = 1 << len(_bits)
    _bits.append(bit)
    for trigger in triggers:
        codes = codes_of(trigger)
        if len(trigger) == 1:
            table.of_character[codes & (BUCKETS - 1)] |= np.uint64(bit)
        else:
            table.of_pair[buckets_of(codes)] |= np.uint64(bit)
    return bit


def without(codes: Codes, edges: NDArray[np.intp]) -> list[int]:
    """For each line of a text the bits of the patterns that cannot match in it. `edges`: start, end, start, end, …"""
    characters, pairs = codes & (BUCKETS - 1), np.append(buckets_of(codes), 0)
    bits = np.zeros(len(codes) + 1, np.uint64)
    bits[:-1] = _anywhere.of_character[characters] | _anywhere.of_pair[pairs]
    starts = edges[::2]
    present = np.bitwise_or.reduceat(bits, edges)[::2]
    present |= _at_start.of_character[characters[starts]] | _at_start.of_pair[pairs[starts]]
    absent: list[int] = (~present & np.uint64(sum(_bits))).tolist()
    return absent


def triggers_of(pattern: str, flags: int = 0, at_start: bool = False) -> set[str]:
    """Characters and pairs of characters one of which is in every match (at its start); empty where none is sure."""
    parsed = parser.parse(pattern, flags)
    items, flags = list(parsed), parsed.state.flags
    if not at_start:
        return _best(items, flags) or set()
    heads = {head for head, _ in _heads(items, flags)}
    return heads if all(heads) and len(heads) <= _MOST_TRIGGERS else set()


# A parsed pattern is a list of (operation, argument). The strings that may stand at its beginning, up to two
# characters, are kept as (string, whether it is all of what the list matches).
_Operation: TypeAlias = Any
_Argument: TypeAlias = Any
_Items: TypeAlias = Sequence[tuple[_Operation, _Argument]]
_Heads: TypeAlias = set[tuple[str, bool]]
_NOTHING = ("", True)
_SPACES = [chr(code) for code in range(1 << 16) if chr(code).isspace() and chr(code) != "\n"]  # of a line
_DIGITS = [chr(code) for code in range(1 << 16) if chr(code).isdecimal()]
_OTHER_CASES = {"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}


def _best(items: _Items, flags: int) -> set[str] | None:
    """The triggers of the place in a list of items that says most: pairs before single characters, few before many."""
    choices: list[set[str]] = []
    for index, (kind, argument) in enumerate(items):
        heads = _heads(items[index:], flags)
        if all(head for head, _ in heads):
            choices.append({head for head, _ in heads})
        inside: list[set[str] | None] = []
        if kind is op.BRANCH:
            inside = [_best(list(branch), flags) for branch in argument[1]]
        elif kind is op.SUBPATTERN:
            inside = [_best(list(argument[3]), (flags | argument[1]) & ~argument[2])]
        elif kind in _REPEATS and argument[0] > 0:
            inside = [_best(list(argument[2]), flags)]
        if inside and None not in inside:
            choices.append(set().union(*filter(None, inside)))
    choices = [choice for choice in choices if len(choice) <= _MOST_TRIGGERS]
    return min(choices, key=lambda choice: (any(len(t) == 1 for t in choice), len(choice)), default=None)


_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)


def _heads(items: _Items, flags: int) -> _Heads:
    heads: _Heads = {_NOTHING}
    for kind, argument in items:
        if all(len(head) == 2 or not whole for head, whole in heads):
            break
        following = _heads_of_one(kind, argument, flags)
        done = {head for head in heads if len(head[0]) == 2 or not head[1]}
        if len(heads - done) * len(following) > _MOST_TRIGGERS:
            return {(head, False) for head, _ in heads}
        heads = done | {
            ((head + tail)[:2], whole and tail_whole) for head, whole in heads - done for tail, tail_whole in following
        }
    return heads


def _heads_of_one(kind: _Operation, argument: _Argument, flags: int) -> _Heads:
    if kind is op.LITERAL:
        return {(character, True) for character in _cases(chr(argument), flags)}
    if kind is op.IN:
        return _heads_of_class(argument, flags)
    if kind is op.SUBPATTERN:
        return _heads(list(argument[3]), (flags | argument[1]) & ~argument[2])
    if kind is op.BRANCH:
        return set().union(*(_heads(list(branch), flags) for branch in argument[1]))
    if kind in _REPEATS:
        least, most, repeated = argument
        heads = _heads(list(repeated), flags)
        if most > 1:
            heads = {(head, False) for head, _ in heads}
        return heads | ({_NOTHING} if least == 0 else set())
    return {_NOTHING} if kind in _ZERO_WIDTH else {("", False)}


def _heads_of_class(members: _Items, flags: int) -> _Heads:
    characters: list[str] = []
    for kind, argument in members:
        if kind is op.LITERAL:
            characters += _cases(chr(argument), flags)
        elif kind is op.RANGE and argument[1] - argument[0] < 128:
            for code in range(argument[0], argument[1] + 1):
                characters += _cases(chr(code), flags)
        elif kind is op.CATEGORY and argument is op.CATEGORY_SPACE:
            characters += _SPACES
        elif kind is op.CATEGORY and argument is op.CATEGORY_DIGIT:
            characters += _DIGITS
        else:
            return {("", False)}
    return {(character, True) for character in characters}


def _cases(character: str, flags: int) -> set[str]:
    if not flags & re.IGNORECASE:
        return {character}
    cases = {character, character.lower(), character.upper(), *_OTHER_CASES.get(character.lower(), "")}
    return {case for case in cases if len(case) == 1}
