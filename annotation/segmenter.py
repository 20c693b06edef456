"""A second opinion on borders: the words of `jiaozhu_lac` in; organizations that end where pkuseg's words do out.

Chosen by `[annotation] segmenter = "pkuseg"`, and only then loaded: it takes 0.8 GB and as long as all the rest.
docs/benchmarks.md says what it brings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from spacy.language import Language
from spacy.tokens import Doc

from annotation.groups import WORDS, Word, text_of
from annotation.words import check_installed, segment

VERSION = "0.1.0"
REACH = 3  # characters by which a border is moved inwards at most; outwards it is one


@Language.factory("jiaozhu_segmenter")
class Segmenter:
    """Moves the borders of the model's organizations in `doc.user_data` to those of pkuseg's words."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Raises JiaozhuError where pkuseg or its model is not set up."""
        check_installed()

    def __call__(self, doc: Doc) -> Doc:
        """Raises SpanError where the segmenter loses a character."""
        if WORDS in doc.user_data:
            ends = list(accumulate(map(len, segment(text_of(doc)))))
            doc.user_data[WORDS] = snap(doc.user_data[WORDS], ends)
        return doc


def snap(words: Iterable[Word], ends: Sequence[int]) -> list[Word]:
    """The words, an organization's end moved to one of `ends` (rising) that is near; they cover the same text."""
    found: list[Word] = []
    cursor = 0
    for word in words:
        start, end = max(word.start, cursor), word.end
        if word.tag == "ORG":
            index = bisect_left(ends, end)
            after = ends[index] if index < len(ends) else end
            before = ends[index - 1] if index else 0
            if after == end + 1:
                end = after  # 三特|索 of 三特索|道
            elif after != end and start + 1 < before and end - before <= REACH:
                end = before
        if start < end:
            found.append(word._replace(start=start, end=end))
            cursor = end
        if cursor < word.end:
            found.append(Word(cursor, word.end, "n", 0.0))
            cursor = word.end
    return found
