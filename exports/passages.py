"""Where a document is cut into passages: at sentence ends, never inside an entity.

In: the texts of many documents with their flat spans. Out: the borders of the passages, which cover each text without a
gap. All documents are cut together, a passage of each in turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from corpus.characters import table_of
from corpus.errors import JiaozhuError
from exports.texts import Ints

# Half-width marks count too: whole sites write nothing else. Closing quotes and brackets stay with their sentence, and
# line breaks with what they end.
MARKS, CLOSING, BREAKS = "[。！？；…!?;]", "[”’」』）)》】]", r"\n"
CLAUSES, COMMA = "[，、]", ","  # the comma of 3,000 is no border


def cut(codes: NDArray[np.intp], documents: Ints, spans: tuple[Ints, Ints], max_chars: int) -> Ints:
    """The borders of all passages, in order: where each begins, and where the last one ends.

    `codes` are the code points of all documents side by side, `documents` where each begins, and their end; `spans` are
    flat, ordered, inside their documents, and counted from the same beginning, as `(starts, ends)`. An empty document
    has no passage.

    A passage is as long as `max_chars` characters allow and ends at a sentence end; where a sentence is longer than
    that, at a clause end; else anywhere, but never inside one of `spans`. A span longer than `max_chars` is a passage.

    Raises:
        JiaozhuError: `max_chars` is less than 1.
    """
    if max_chars < 1:
        raise JiaozhuError(f"max_chars is {max_chars}; a passage needs at least 1 character")
    starts, ends = spans
    is_last = np.zeros(len(codes), bool)
    is_last[documents[1:][np.diff(documents) > 0] - 1] = True
    sentences = _outside(np.flatnonzero(_sentence_ends(codes, is_last)) + 1, starts, ends)
    clauses = _outside(np.flatnonzero(_clause_ends(codes, is_last)) + 1, starts, ends)
    found = [documents[-1:]]
    full = np.diff(documents) > 0
    begins, stops = documents[:-1][full], documents[1:][full]
    while len(begins):
        found.append(begins)
        limits = begins + max_chars
        at = _last(sentences, begins, limits)
        at = np.where(at > begins, at, _last(clauses, begins, limits))
        at = np.where(at > begins, at, _anywhere(starts, ends, begins, limits))
        at = np.where(limits >= stops, stops, at)
        goes_on = at < stops
        begins, stops = at[goes_on], stops[goes_on]
    return np.sort(np.concatenate(found))


def _sentence_ends(codes: NDArray[np.intp], is_last: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a sentence ends behind each character: a mark, closing marks after it, line breaks after both."""
    mark, closing, is_break = (table_of(characters)[codes] for characters in (MARKS, CLOSING, BREAKS))
    # A closing mark counts where only closing marks stand between it and a mark of its own document.
    place = np.arange(len(codes))
    before = np.maximum.accumulate(np.where(closing, -1, place))
    first = np.maximum.accumulate(np.where(np.concatenate([[True], is_last[:-1]]), place, 0)) if len(codes) else place
    closes = closing & (before >= first)
    closes[closes] = mark[before[closes]]
    ends = mark | closes | is_break
    if len(codes) > 1:
        goes_on = (mark[:-1] & ends[1:]) | (closes[:-1] & (closes[1:] | is_break[1:])) | (is_break[:-1] & is_break[1:])
        ends[:-1] &= ~goes_on | is_last[:-1]
    return ends


def _clause_ends(codes: NDArray[np.intp], is_last: NDArray[np.bool_]) -> NDArray[np.bool_]:
    comma: NDArray[np.bool_] = codes == ord(COMMA)
    if len(codes) > 1:
        comma[:-1] &= ~table_of(r"\d")[codes[1:]] | is_last[:-1]
    comma |= table_of(CLAUSES)[codes]
    return comma


def _outside(places: Ints, starts: Ints, ends: Ints) -> Ints:
    """The places that cut none of the spans."""
    if not len(starts):
        return places
    span = np.searchsorted(starts, places) - 1  # the last that starts before the place
    return places[(span < 0) | (ends[span] <= places)]


def _last(places: Ints, begins: Ints, limits: Ints) -> Ints:
    """The last of `places` up to each limit, or the begin where there is none."""
    if not len(places):
        return begins
    index = np.searchsorted(places, limits, "right") - 1
    return np.where(index < 0, begins, places[index])


def _anywhere(starts: Ints, ends: Ints, begins: Ints, limits: Ints) -> Ints:
    """The last place up to each limit that cuts no span, or the first one after it."""
    if not len(starts):
        return limits
    span = np.searchsorted(starts, limits) - 1
    inside = (span >= 0) & (ends[span] > limits)
    return np.where(inside, np.where(starts[span] > begins, starts[span], ends[span]), limits)
