"""What the parts of the pipeline leave for one another in a Doc: spans with scores, by group, and the words.

A part that suggests writes a span group of its own, as spaCy's span categorizer does: `doc.spans[NAME]`, its scores in
`attrs["scores"]`, who it is in `attrs["source"]`. `jiaozhu_settle` reads the groups and makes `doc.ents` of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span, SpanGroup

from annotation.shown import simplified
from corpus.errors import SpanError

TEXT = "jiaozhu_text"  # key in doc.user_data, up to jiaozhu_settle: the text
SIMPLE = "jiaozhu_simple"  # the same for the text in Simplified characters
WORDS = "jiaozhu_words"  # key in doc.user_data, from jiaozhu_lac to jiaozhu_settle: a list of Word
INDEX = "jiaozhu_index"  # the same as Words


OUTSIDE = " \t\r\n\u3000\u00a0\u200b《》〈〉“”‘’\"'「」『』【】[]，,。、;；:：!！?？"


class Word(NamedTuple):
    """A word of the model at `[start, end)` of its text, code points.

    `score` is the probability of the word and its tag together, 0 for a word that is no name.
    """

    start: int
    end: int
    tag: str
    score: float


class Found(NamedTuple):
    """A span a part suggests at `[start, end)` of the text, in code points. `score` is 0 to 1."""

    start: int
    end: int
    label: str
    score: float


def text_of(doc: Doc) -> str:
    """`doc.text`, which spaCy joins anew from its tokens each time, here once for all parts."""
    text = doc.user_data.get(TEXT)
    if not isinstance(text, str):
        text = doc.user_data[TEXT] = doc.text
    return text


def simple_of(doc: Doc) -> str:
    """The text in Simplified characters, one for one, once for all grammars of names."""
    text = doc.user_data.get(SIMPLE)
    if not isinstance(text, str):
        text = doc.user_data[SIMPLE] = simplified(text_of(doc))
    return text


def suggest(doc: Doc, group: str, source: str, found: Iterable[Found]) -> Doc:
    """Write what a part found as its group.

    Raises:
        SpanError: a span cuts a token.
    """
    held = list(found)
    spans = [span_of(doc, start, end, label) for start, end, label, _ in held]
    scores = [item.score for item in held]
    doc.spans[group] = SpanGroup(doc, name=group, spans=spans, attrs={"source": source, "scores": scores})
    return doc


def suggested(doc: Doc, group: str) -> list[Found]:
    """What a part left in its group; nothing where it did not run."""
    spans = doc.spans.get(group)
    if spans is None:
        return []
    scores = spans.attrs.get("scores") or [0.0] * len(spans)
    return [
        Found(span.start_char, span.end_char, span.label_, score) for span, score in zip(spans, scores, strict=True)
    ]


def span_of(doc: Doc, start: int, end: int, label: str) -> Span:
    """The characters `[start, end)` as a span, whatever the tokenizer.

    Raises:
        SpanError: the span cuts a token.
    """
    if len(doc) == len(text_of(doc)) and start < end:  # a token a character: offsets are tokens
        return Span(doc, start, end, label=label)
    span = doc.char_span(start, end, label=label)
    if span is None:
        raise SpanError(f"{label} [{start}, {end}) cuts a token; these components need the character tokenizer")
    return span


DIVISIONS = "jiaozhu_divisions"  # key in doc.user_data, up to jiaozhu_settle: every mention of a division
VALUES = "values"  # in the attrs of a group of amounts or dates, one for each span
TRUST = "trust"  # in the attrs of a voter's group: for each label it knows, its precision and recall on unseen text
SCORED = "scored"  # in the attrs of a voter's group: false where its model gives no probabilities
IDS = "ids"  # in the attrs of the group of known names, one for each span
ADCODES = "adcodes"  # in the attrs of a group of places, one for each span


class Words:
    """The words of a text for the grammars: where one starts, ends, and what stands before a place.

    Without words (`jiaozhu_lac` did not run) every place is a border, and no word is known.
    """

    def __init__(self, words: Sequence[Word] | None) -> None:
        self.known = words is not None
        self.all: Sequence[Word] = words or ()
        self.starts = [word.start for word in self.all]
        self._at = set(self.starts)
        self._ends = {word.end for word in self.all}

    def starts_at(self, place: int) -> bool:
        """Whether a word starts there; so it does at the start of what has no words."""
        return not self.known or place in self._at

    def ends_at(self, place: int) -> bool:
        """Whether a word ends there."""
        return not self.known or place in self._ends

    def index_at(self, place: int) -> int:
        """The number of the last word that starts at `place` or before; -1 where there is none."""
        return bisect_right(self.starts, place) - 1

    def over(self, start: int, end: int) -> Word | None:
        """The word that covers `[start, end)` whole."""
        index = self.index_at(start)
        if index >= 0 and self.all[index].end >= end:
            return self.all[index]
        return None

    def back_from(self, start: int) -> Iterator[Word]:
        """The words from the one over the character before `start` leftwards, up to a gap."""
        index = self.index_at(start)
        if index >= 0 and self.all[index].start == start:
            index -= 1
        edge: int | None = None
        while index >= 0:
            word = self.all[index]
            if edge is None:
                if word.end < start:
                    return
            elif word.end != edge:
                return
            yield word
            edge = word.start
            index -= 1

    @staticmethod
    def trim(text: str, start: int, end: int) -> tuple[int, int]:
        """The span without the white space, quotes and marks around it."""
        while start < end and text[start] in OUTSIDE:
            start += 1
        while start < end and text[end - 1] in OUTSIDE:
            end -= 1
        return start, end


def words_of(doc: Doc) -> Words:
    """The words `jiaozhu_lac` left in the doc, once for all grammars."""
    words, index = doc.user_data.get(WORDS), doc.user_data.get(INDEX)
    if not isinstance(index, Words) or index.all is not words:
        index = doc.user_data[INDEX] = Words(words)
    return index
