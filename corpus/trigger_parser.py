"""A regular expression in; out, its triggers: characters and pairs of characters one of which is in every match.

They are read off the parsed pattern. Python's parser of patterns is no documented module; `corpus.triggers` does
without triggers, more slowly, where it is not there.
"""

from __future__ import annotations

import itertools
import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

Tried: TypeAlias = Literal["anywhere", "at start", "whole"]
_MOST_TRIGGERS = 4_000  # of a pattern


def triggers_of(pattern: str, flags: int = 0, tried: Tried = "anywhere") -> set[str]:
    """Characters and pairs of characters one of which is in every match, or opens it; empty where none is sure.

    In those of a pattern that is tried on whole lines a newline stands for the line's end.
    """
    parsed = parser.parse(pattern, flags)
    items, flags = list(parsed), parsed.state.flags
    if tried == "anywhere":
        return _best(items, flags) or set()
    heads = _heads(items, flags)
    triggers = {head + "\n" * (tried == "whole" and whole and len(head) == 1) for head, whole in heads}
    return triggers if all(triggers) and len(triggers) <= _MOST_TRIGGERS else set()


# A parsed pattern is a list of (operation, argument). The strings that may stand at its beginning, up to two
# characters, are kept as (string, whether it is all of what the list matches).
_Operation: TypeAlias = Any
_Argument: TypeAlias = Any
_Items: TypeAlias = Sequence[tuple[_Operation, _Argument]]
_Heads: TypeAlias = set[tuple[str, bool]]
_NOTHING = ("", True)
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
            once = {(head, whole and least <= 1) for head, whole in heads}
            twice = itertools.product((head for head, whole in heads if whole), (head for head, _ in heads))
            if len(heads) ** 2 <= _MOST_TRIGGERS:
                heads = once | {((head + following)[:2], False) for head, following in twice}
            else:
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
            characters.append(" ")
        elif kind is op.CATEGORY and argument is op.CATEGORY_DIGIT:
            characters += "0123456789"
        else:
            return {("", False)}
    return {(character, True) for character in characters}


def _cases(character: str, flags: int) -> set[str]:
    if not flags & re.IGNORECASE:
        return {character}
    cases = {character, character.lower(), character.upper(), *_OTHER_CASES.get(character.lower(), "")}
    return {case for case in cases if len(case) == 1}
