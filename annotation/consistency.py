"""What is an organization once is suggested everywhere: suggestions of a whole corpus in, further ones out.

Three looks at the corpus: its suggestions give the names that are clearly organizations; its texts, how often each
stands there without being one; then each text gets those it lacks, where nothing else stands. Names that are also
places, people or ordinary words are not spread. Memory is bounded by the names kept, not by the corpus.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotation.bodies import words_too
from annotation.groups import Words
from annotation.lexicon import lexicon
from annotation.log import Suggestion
from annotation.mending import mend
from annotation.names import DEPARTMENT, ENDINGS, GENERIC, MANY, last_end
from annotation.sentences import split_sentences

VERSION = "0.1.0"
SOURCE = f"jiaozhu-consistency@{VERSION}"
LABEL = "ORG"

KEPT = 200_000  # distinct names held at once, about 60 MB; beyond, the rarest are forgotten, and counted
CLEAR = 0.8  # a name that no mention reaches is not spread
SHARE = 0.5  # of all mentions, those that the pipeline took for the organization; of long names SHARE_LONG
SHARE_LONG = 0.2
LONG = 4  # characters; a shorter name is more often a part of something else
SCORE = 0.83  # how often such a suggestion is right: fitted by tests/benchmarks/fit_scores.py
LONGEST = 40

_NAMES = ("ORG", "LOC", "PERSON")

WordsOf = Callable[[Sequence[str]], Sequence[Words]]


@dataclass(slots=True)
class _Seen:
    """How often a string was suggested as an organization, clearly so, as something else; and was nothing."""

    organization: int = 0
    clear: int = 0
    other: int = 0
    nothing: int = 0


class Register:
    """The names of a corpus, counted. `forgotten`: how many were let go to keep no more than `kept`."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._names: dict[str, _Seen] = {}
        self.forgotten = 0

    def add(self, spans: Iterable[Suggestion]) -> None:
        """Count the suggestions of one text."""
        for span in spans:
            if span.label in _NAMES and 2 <= len(span.text) <= LONGEST:
                seen = self._names.setdefault(span.text, _Seen())
                if span.label == LABEL:
                    seen.organization += 1
                    seen.clear += span.score >= CLEAR
                else:
                    seen.other += 1
        if len(self._names) > self._kept:
            self._forget()

    def _forget(self) -> None:
        """Keep the half that is suggested most; among equals, those that come first by their characters."""
        order = sorted(self._names, key=lambda name: (-self._names[name].organization, name))
        for name in order[self._kept // 2 :]:
            del self._names[name]
        self.forgotten += len(order) - self._kept // 2

    def clear_names(self) -> Names:
        """Those that are clearly organizations, and nothing else."""
        return Names({name: seen for name, seen in self._names.items() if seen.clear and _is_one(name, seen)})


_LATIN_WORDS = lexicon("latin_words")


def _is_one(name: str, seen: _Seen) -> bool:
    """Whether the string is an organization wherever it stands, and not a class of them or a common word."""
    if seen.other * 9 > seen.organization or name in words_too() or name in _LATIN_WORDS or name.isdigit():
        return False
    if GENERIC.fullmatch(name) or DEPARTMENT.fullmatch(name):
        return False  # 工信局 is another body in another text
    return not (name[0] in "省市区县州旗" and len(name) <= 2 * LONG and last_end(name) == len(name))


class Names:
    """Names to look for in texts, by their first two characters, the longer first."""

    def __init__(self, seen: dict[str, _Seen]) -> None:
        self._seen = seen
        by_pair: dict[str, list[str]] = {}
        for name in sorted(seen, key=lambda name: (-len(name), name)):
            by_pair.setdefault(name[:2], []).append(name)
        self._by_pair = by_pair

    def __len__(self) -> int:
        return len(self._seen)

    def count(self, text: str, spans: Sequence[Suggestion]) -> None:
        """Count where the names stand in the text and nothing was suggested."""
        for start, end in self.missing(text, spans):
            self._seen[text[start:end]].nothing += 1

    def uncontested(self) -> Names:
        """Those that are the organization often enough, wherever they stand."""
        kept = {}
        for name, seen in self._seen.items():
            share = seen.organization / (seen.organization + seen.other + seen.nothing)
            if seen.nothing and share >= (SHARE_LONG if len(name) >= LONG else SHARE):
                kept[name] = seen
        return Names(kept)

    def missing(self, text: str, spans: Sequence[Suggestion]) -> Iterator[tuple[int, int]]:
        """Where a name stands and no suggestion does, `[start, end)` in code points, in order and apart."""
        taken = {i for span in spans for i in range(span.start, span.end)}
        cursor = 0
        for start, pair in enumerate(map("".join, pairwise(text))):
            if start < cursor or pair not in self._by_pair or start in taken:
                continue
            for name in self._by_pair[pair]:
                end = start + len(name)
                if text.startswith(name, start) and taken.isdisjoint(range(start, end)):
                    cursor = end
                    yield start, end
                    break


def spread(names: Names, text: str, spans: Sequence[Suggestion], words_of: WordsOf | None) -> tuple[Suggestion, ...]:
    """The suggestions of the text with those that its corpus adds, by start, without overlaps.

    `words_of` is asked for the words of the sentences where a name was found; without it short names are left out.
    """
    edges = {edge for span in spans if span.label in _NAMES for edge in (span.start, span.end)}
    found = [(start, end) for start, end in names.missing(text, spans) if start not in edges and end not in edges]
    if not found:
        return tuple(spans)
    starts = [start for start, _ in found]
    within = [
        (sentence, found[bisect_left(starts, sentence[0]) : bisect_left(starts, sentence[1])])
        for sentence in split_sentences(text)
    ]
    held = [(sentence, its) for sentence, its in within if its]
    asked = [text[start:end] for (start, end), _ in held]
    words = words_of(asked) if words_of is not None else [None] * len(held)
    added = [
        Suggestion(start, end, LABEL, text[start:end], SCORE, SOURCE)
        for ((first, last), its), its_words in zip(held, words, strict=True)
        for start, end in its
        if end <= last and _stands_alone(text, start, end, first, its_words)
    ]
    return tuple(sorted((*spans, *added), key=lambda span: span.start))


def words_by_model(sentences: Sequence[str]) -> list[Words]:
    """The words of each sentence by the statistical model, their borders mended."""
    from annotation.lac import find_words

    return [Words(mend(text, words)) for text, words in zip(sentences, find_words(sentences), strict=True)]


_LATIN = re.compile(r" ?[A-Za-z&]\.? ?")


def _stands_alone(text: str, start: int, end: int, first: int, words: Words | None) -> bool:
    """Whether words end with the name, and no longer name; its sentence, of which `words` are, begins at `first`."""
    if text[start - 1 : start] in MANY or ENDINGS.match(text, end):
        return False
    if _LATIN.search(text, max(0, start - 2), start) and text[start].isascii():
        return False  # Limited, of another Latin name
    if _LATIN.match(text, end) and text[end - 1].isascii():
        return False
    if words is None:
        return end - start >= LONG
    return words.starts_at(start - first) and words.ends_at(end - first)
