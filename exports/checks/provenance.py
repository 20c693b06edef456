"""Has every entity its row of provenance, and every such row its entity?

In: whole documents of a split, and the split's provenance as a stream that runs beside them. Out: findings.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports.annotators import PSEUDONYM
from exports.checks import Walk
from exports.checks.decisions import check_decisions
from exports.checks.passages import require
from exports.proof import integers, lists
from exports.tables import counted, joined
from exports.texts import Ints, one_array

_OPTIONAL = (
    *("model", "model_score", "suggested_start", "suggested_end", "suggested_label"),
    *("cleaner_version", "carried_from"),
)
_COMPARED = ("id", "passage_id", "doc_id", "start", "end", "label", "text", "doc_start", "doc_end")
_EXTRA = 1_000  # rows looked at beyond those that are expected, where they do not fit


class Spans:
    """The provenance of a split, to be taken from the front."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches = batches
        self._table = schema.empty_table()

    def peek(self, size: int) -> pa.Table:
        """The next rows, as many as there are."""
        while self._table.num_rows < size and (batch := next(self._batches, None)) is not None:
            self._table = pa.concat_tables([self._table, pa.Table.from_batches([batch]).cast(self._table.schema)])
        return self._table.slice(0, size)

    def drop(self, size: int) -> None:
        """Be done with the next rows."""
        self._table = self._table.slice(size)


def check_provenance(walk: Walk, passages: pa.RecordBatch, spans: Spans) -> pa.Table:
    """The entities of whole documents against the next rows; returns the rows that were taken.

    Raises:
        TypeError: a value is missing.
    """
    finding = walk.findings["provenance"]
    ids = passages["id"]
    entities, owners = lists(passages["entities"])
    finding.seen += len(entities)
    of_span = pa.array(owners)
    offsets = passages["offset"].to_numpy()[owners]
    expected = {
        "id": joined(ids.take(of_span), counted(owners), 3),
        "passage_id": ids.take(of_span),
        "doc_id": passages["doc_id"].take(of_span),
        **{name: entities.field(name) for name in ("start", "end", "label", "text")},
        "doc_start": pa.array(offsets + integers(entities, "start")),
        "doc_end": pa.array(offsets + integers(entities, "end")),
    }
    found = spans.peek(len(entities))
    if not one_array(found["passage_id"]).equals(expected["passage_id"]):
        found = _realigned(walk, ids, owners, spans)
    else:
        require(found, _OPTIONAL)
        wrong = np.zeros(len(found), bool)
        for name in _COMPARED:
            values = one_array(found[name])
            if not values.equals(expected[name]):
                wrong |= pc.not_equal(values, expected[name]).to_numpy(zero_copy_only=False)
        for row in np.unique(owners[wrong]).tolist():
            finding.fail(f"passage {ids[row]}: its entities and its provenance are not the same")
    spans.drop(len(found))
    _check_rows(walk, found)
    check_decisions(walk, found)
    return found


def _realigned(walk: Walk, ids: pa.Array, owners: Ints, spans: Spans) -> pa.Table:
    """The rows up to the last one of these passages; a passage with more or fewer rows than entities is wrong."""
    window = spans.peek(2 * len(owners) + _EXTRA)
    require(window, _OPTIONAL)
    number = pc.fill_null(pc.index_in(window["passage_id"], ids), -1).combine_chunks().to_numpy()
    size = int(np.flatnonzero(number >= 0)[-1]) + 1 if (number >= 0).any() else 0
    number = number[:size]
    counts = np.bincount(number[number >= 0], minlength=len(ids))
    expected = np.bincount(owners, minlength=len(ids))
    walk.findings["provenance"].fail_where(
        counts != expected, lambda row: f"passage {ids[row]}: {expected[row]} entities, {counts[row]} rows"
    )
    passages = one_array(window["passage_id"])
    late = (number >= 0) & (number < np.maximum.accumulate(number))
    walk.findings["provenance"].fail_where(late, lambda row: f"passage {passages[row]}: has provenance out of order")
    walk.findings["provenance"].fail_where(
        number < 0, lambda row: f"passage {passages[row]}: has provenance, but does not stand there"
    )
    return window.slice(0, size)


def check_rest(walk: Walk, spans: Spans, split: str) -> Iterator[pa.Table]:
    """The rows that are left behind the last passage, which are of none."""
    while (rest := spans.peek(_EXTRA)).num_rows:
        for passage in rest["passage_id"].unique().to_pylist():
            walk.findings["provenance"].fail(f"passage {passage}: has provenance, but does not stand there in {split}")
        spans.drop(len(rest))
        yield rest


def _check_rows(walk: Walk, found: pa.Table) -> None:
    names = found["id"]
    annotators = one_array(found["annotator"])
    walk.findings["annotators"].seen += len(found)
    if walk.has_pseudonyms:
        strangers = [name for name in annotators.unique().to_pylist() if not PSEUDONYM.fullmatch(name)]
        if strangers:
            wrong = pc.is_in(annotators, pa.array(strangers, pa.string())).to_numpy(zero_copy_only=False)
            said = "its annotator has no pseudonym"
            walk.findings["annotators"].fail_where(wrong, lambda row: f"span {names[row]}: {said}")
    starts, ends = found["raw_start"].to_numpy(), found["raw_end"].to_numpy()
    walk.findings["raw"].seen += len(found)
    walk.findings["raw"].fail_where(
        (starts < 0) | (starts >= ends), lambda row: f"span {names[row]}: raw [{starts[row]}, {ends[row]})"
    )
