"""A walk over words from left to right that makes names longer: words in; words that cover the same out.

A rule is shown the words it asks for, each once, and none that a name before it has taken. Most words concern no rule,
so they are passed over together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property

from annotation.groups import Word


class Walk:
    """The words whose numbers are `wanted`, rising, one after the other.

    `take` and `put` say what becomes of the word that is looked at; every other stays. `made` is what became of all.
    """

    def __init__(self, words: Sequence[Word], wanted: Iterable[int]) -> None:
        self.words = words
        self.index = 0  # of the word that is looked at
        self._wanted = wanted
        self._made: list[Word] = []
        self._next = 0  # the first word of which nothing is made yet

    def __iter__(self) -> Iterator[Word]:
        """The wanted words that no name has taken."""
        for index in self._wanted:
            if index >= self._next:
                self.index = index
                yield self.words[index]

    @cached_property
    def ends(self) -> set[int]:
        """Where the words end."""
        return {word.end for word in self.words}

    @property
    def before(self) -> Word | None:
        """What was made of the words before the one that is looked at: the last of it."""
        if self._next == self.index:
            return self._made[-1] if self._made else None
        return self.words[self.index - 1]

    @property
    def after(self) -> Word | None:
        """The word behind the one that is looked at, where it touches it."""
        after = self.words[self.index + 1] if self.index + 1 < len(self.words) else None
        return after if after is not None and after.start == self.words[self.index].end else None

    def go(self, index: int) -> bool:
        """Look at the word of that number, if no name has taken it."""
        self.index = index
        return index >= self._next

    def put(self, *words: Word) -> None:
        """These instead of the word that is looked at."""
        self._made += self.words[self._next : self.index]
        self._made += words
        self._next = self.index + 1

    def take(self, start: int, end: int, tag: str, score: float) -> None:
        """A name that begins with that word, and ends in it or in a later one.

        What it leaves of the last becomes a common word.
        """
        self.put(Word(start, end, tag, score))
        self.skip(end)

    def skip(self, end: int) -> None:
        """What was put stands for all up to `end`; what it leaves of the last word becomes a common word."""
        while self._next < len(self.words) and self.words[self._next].start < end:
            self._next += 1
        if (last := self.words[self._next - 1].end) > end:
            self._made.append(Word(end, last, "n", 0.0))

    def join(self, word: Word) -> None:
        """This instead of the word that is looked at and of the last that was made before it."""
        self.put(word)
        del self._made[-2]

    @property
    def made(self) -> Sequence[Word]:
        """The words that came out; the same that went in, where nothing was made of any."""
        return [*self._made, *self.words[self._next :]] if self._next else self.words


def tagged(words: Sequence[Word], tags: Collection[str]) -> list[int]:
    """The numbers of the words that have one of these tags."""
    return [index for index, word in enumerate(words) if word.tag in tags]


def laid(
    words: Sequence[Word], spans: Iterable[tuple[int, int]], instead: Callable[[int, Sequence[Word]], Sequence[Word]]
) -> Sequence[Word]:
    """The words with spans laid over them, in order; those that begin where no word does, or in one before, are left.

    `instead` is given the end of a span and the words from its start to that end: what stands there then up to the
    end, nothing where they stay. What it leaves of the last word becomes a common word.
    """
    ordered = sorted(spans)
    if not ordered:
        return words
    starts = {word.start: index for index, word in enumerate(words)}
    walk = Walk(words, ())
    for start, end in ordered:
        first = starts.get(start)
        if first is None or not walk.go(first):
            continue
        last = first
        while last + 1 < len(words) and words[last].end < end:
            last += 1
        if made := instead(end, words[first : last + 1]):
            walk.put(*made)
            walk.skip(end)
    return walk.made
