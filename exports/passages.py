"""Where a document is cut into passages: at sentence ends, never inside an entity.

In: the texts of many documents with their flat spans. Out: the borders of the passages, which cover each text without a
gap. All documents are cut together, a passage of each in turn.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.characters import table_of
from corpus.errors import JiaozhuError
from exports.texts import Codes, Ints, ranges

# Half-width marks count too: whole sites write nothing else. Closing quotes and brackets stay with their sentence, and
# line breaks with what they end.
MARKS, CLOSING, BREAKS = "[。！？；…!?;]", "[”’」』）)》】]", r"\n"
CLAUSES, COMMA = "[，、]", ","  # the comma of 3,000 is no border


def cut(codes: Codes, documents: Ints, spans: tuple[Ints, Ints], max_chars: int) -> Ints:
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
    sentences = _outside(_sentence_ends(codes, documents) + 1, starts, ends)
    found = [documents[-1:]]
    full = np.diff(documents) > 0
    begins, stops = documents[:-1][full], documents[1:][full]
    while len(begins):
        found.append(begins)
        limits = begins + max_chars
        at = _last(sentences, begins, limits)
        long = (at <= begins) & (limits < stops)  # sentences
        if long.any():
            clauses = _outside(_clause_ends(codes, begins[long], limits[long]) + 1, starts, ends)
            at[long] = _last(clauses, begins[long], limits[long])
        at = np.where(at > begins, at, _anywhere(starts, ends, begins, limits))
        at = np.where(limits >= stops, stops, at)
        goes_on = at < stops
        begins, stops = at[goes_on], stops[goes_on]
    return np.sort(np.concatenate(found))


def _sentence_ends(codes: Codes, documents: Ints) -> Ints:
    """The places behind which a sentence ends: a mark, closing marks after it, line breaks after both."""
    kinds = _kinds().take(codes)
    places: Ints = np.flatnonzero(kinds != 0)
    kind = kinds[places]
    first = np.zeros(len(places), bool)  # of a run of neighbours in one document
    first[:1] = True
    first[1:] = np.diff(places) > 1
    first |= _among(places, documents)
    # A closing mark counts where only closing marks stand between it and a mark.
    index = np.arange(len(places))
    before = np.maximum.accumulate(np.where((kind != CLOSES) | first, index, 0))
    kept = (kind != CLOSES) | ((kind[before] == MARK) & (before != index))
    places, kind, first = places[kept], kind[kept], first[kept]
    goes_on = np.zeros(len(places), bool)
    if len(places) > 1:
        follows = (np.diff(places) == 1) & ~first[1:]
        goes_on[:-1] = follows & (kind[1:] >= kind[:-1])
    found: Ints = places[~goes_on]
    return found


MARK, CLOSES, BREAK = 1, 2, 3  # what may follow what, in one end of a sentence


@cache
def _kinds() -> NDArray[np.uint8]:
    kinds = np.zeros(0x110000, np.uint8)
    for kind, characters in ((MARK, MARKS), (CLOSES, CLOSING), (BREAK, BREAKS)):
        kinds[table_of(characters)] = kind
    return kinds


def _clause_ends(codes: Codes, begins: Ints, limits: Ints) -> Ints:
    """The places in `[begins, limits)`, which are inside documents, behind which a clause ends."""
    places = ranges(begins, limits - begins)
    places = places[_clauses().take(codes[places])]
    in_number = (codes[places] == ord(COMMA)) & table_of(r"\d").take(codes[places + 1])
    found: Ints = places[~in_number]
    return found


@cache
def _clauses() -> NDArray[np.bool_]:
    return table_of(f"{CLAUSES[:-1]}{COMMA}]")


def _among(places: Ints, some: Ints) -> NDArray[np.bool_]:
    """Whether each place is one of `some`; both ascend, and the last of `some` is behind all places but one."""
    found: NDArray[np.bool_] = some[np.minimum(np.searchsorted(some, places), len(some) - 1)] == places
    return found


def _outside(places: Ints, starts: Ints, ends: Ints) -> Ints:
    """The places that cut none of the spans."""
    if not len(starts):
        return places
    span = np.searchsorted(starts, places) - 1  # the last that starts before the place
    return places[(span < 0) | (ends[span] <= places)]


def _last(places: Ints, begins: Ints, limits: Ints) -> Ints:
    """The last of `places` up to each limit, or the begin where there is none."""
    if not len(places):
        return begins.copy()
    index = np.searchsorted(places, limits, "right") - 1
    return np.where(index < 0, begins, places[index])


def _anywhere(starts: Ints, ends: Ints, begins: Ints, limits: Ints) -> Ints:
    """The last place up to each limit that cuts no span, or the first one after it."""
    if not len(starts):
        return limits
    span = np.searchsorted(starts, limits) - 1
    inside = (span >= 0) & (ends[span] > limits)
    return np.where(inside, np.where(starts[span] > begins, starts[span], ends[span]), limits)
