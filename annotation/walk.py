"""A walk over words from left to right that makes names longer: words in; words that cover the same out.

A rule sees each word once, and none that a name before it has taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotation.groups import Word


class Walk:
    """The words one after the other; `keep` and `take` say what becomes of each, `found` has what became of all."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self.index = 0  # of the word that is looked at
        self.found: list[Word] = []
        self.keep = self.found.append  # what the word that is looked at becomes; most stay as they are
        self._cursor = 0  # where the last name ends

    def __iter__(self) -> Iterator[Word]:
        """The words that no name has taken; what a name has left of one becomes a common word."""
        for index, word in enumerate(self.words):
            self.index = index
            if word.start >= self._cursor:
                yield word
            elif word.end > self._cursor:
                self.found.append(Word(self._cursor, word.end, "n", 0.0))

    def take(self, start: int, end: int, tag: str, score: float) -> None:
        """A name that begins with that word, and ends in it or in a later one."""
        self.found.append(Word(start, end, tag, score))
        self._cursor = end
        last = self.words[self.index].end
        if end < last:
            self.found.append(Word(end, last, "n", 0.0))
