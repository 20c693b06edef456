"""Are a record's spans what its document says? Asked of many documents at once.

In: records of the log in columns, and the texts and alignments they speak of. Out: for each, whether every span of it
stands as it is. A `no` is no verdict: `exports.gather` looks at that document again by itself, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.texts import Ints, Texts


def lists(column: pa.ListArray) -> tuple[pa.Array, Ints]:
    """The values of all lists side by side, and the number of the list that each comes from."""
    return column.flatten(), np.repeat(np.arange(len(column)), pc.list_value_length(column).to_numpy())


def integers(values: pa.StructArray, name: str) -> Ints:
    """A field without nulls."""
    found: Ints = values.field(name).to_numpy()
    return found


def in_order(spans: pa.StructArray, owners: Ints) -> pa.StructArray:
    """The spans of each owner by their starts."""
    starts, ends = integers(spans, "start"), integers(spans, "end")
    follows = (np.diff(owners) > 0) | (np.diff(starts) > 0)
    return spans if follows.all() else spans.take(pa.array(np.lexsort((ends, starts, owners))))


def stands(
    spans: pa.StructArray, owners: Ints, texts: Texts, alignments: pa.ListArray, labels: Sequence[str]
) -> NDArray[np.bool_]:
    """For each document, whether all its spans, ordered by `in_order`, stand in its text where they say.

    That is: inside the text, apart from each other, over the characters they say, with one of `labels`, the first and
    the last of them in the raw page, at the raw offsets they say.
    """
    sound = texts.lengths > 0
    starts, ends = integers(spans, "start"), integers(spans, "end")
    inside = (starts >= 0) & (starts < ends) & (ends <= texts.lengths[owners])
    inside &= pc.is_in(spans.field("label"), pa.array(labels, pa.string())).to_numpy(zero_copy_only=False)
    apart = np.ones(len(spans), bool)
    apart[1:] = (owners[1:] != owners[:-1]) | (starts[1:] >= ends[:-1])
    sound[owners[~(inside & apart)]] = False
    left = sound[owners]
    if not left.all():
        spans, owners, starts, ends = spans.filter(pa.array(left)), owners[left], starts[left], ends[left]
    first = texts.rows[owners]
    said = texts.cut(first + starts, first + ends).equals(spans.field("text"))
    if not said:
        same = pc.equal(texts.cut(first + starts, first + ends), spans.field("text"))
        sound[owners[~same.to_numpy(zero_copy_only=False)]] = False
    edges = (starts, ends, integers(spans, "raw_start"), integers(spans, "raw_end"))
    sound[owners[~anchored(edges, owners, alignments)]] = False
    return sound


def anchored(edges: tuple[Ints, Ints, Ints, Ints], owners: Ints, alignments: pa.ListArray) -> NDArray[np.bool_]:
    """Whether each span's first and last characters stand in runs of its document, and its raw offsets lead there.

    `edges` are starts, ends, raw starts and raw ends; `owners` number the documents, whose `alignments` these are.
    """
    runs, documents = lists(alignments)
    found = np.ones(len(owners), bool)
    if not len(runs):
        return ~found
    starts, ends, raw_starts, raw_ends = edges
    run_starts, run_raws, lengths = (integers(runs, name) for name in ("start", "raw_start", "length"))
    # One number for a place in a document: no text is longer than `width`.
    width = 1 + max(int(ends.max(initial=0)), int((run_starts + lengths).max()))
    keys = documents * width + run_starts
    for places, raws in ((starts, raw_starts), (ends - 1, raw_ends - 1)):
        run = np.searchsorted(keys, owners * width + places, "right") - 1
        offset = places - run_starts[run]
        found &= (run >= 0) & (documents[run] == owners) & (offset < lengths[run]) & (run_raws[run] + offset == raws)
    return found
