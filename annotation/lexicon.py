"""The word lists of the grammars of names: annotation/lexicon.toml in; sets and alternatives of expressions out."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LEXICON = Path(__file__).with_name("lexicon.toml")


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in tomllib.loads(LEXICON.read_text("utf-8")).items()}


def lexicon(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(_lists()[name])


def alternatives(name: str) -> str:
    """The words of a list in its order, as alternatives of a regular expression."""
    return "|".join(_lists()[name])
