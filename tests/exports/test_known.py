"""Spans wait on disk while a dataset is verified, and come back document by document, in any order asked for."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from exports.checks.known import DECISION, SPAN, Clusters, Documents
from exports.rows import Shape
from exports.splits import SPLITS

PROVENANCE = Shape(("ORG",)).schema("provenance")
COLUMNS = ["doc_start", "label", "annotation", "carried_from"]


def rows(sizes):
    """Rows of provenance of documents with so many spans each, by name."""
    names = [name for name, size in sizes.items() for _ in range(size)]
    numbers = list(range(len(names)))
    values = {"doc_id": names, "doc_start": numbers, "label": [f"{name}!" for name in names]}
    values |= {"annotation": [f"of {name}" for name in names], "carried_from": [None] * len(names)}
    return pa.table([values.get(name, [None] * len(names)) for name in PROVENANCE.names], schema=PROVENANCE)


@given(st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=12), st.randoms())
def test_the_spans_of_documents_come_back_in_any_order(batches, draw):
    documents, kept = Documents(), {}
    documents.begin(0)
    for number, sizes in enumerate(batches):
        named = {f"{number}-{index}": size for index, size in enumerate(sizes)}
        documents.add(list(named))
        table = rows(named)
        documents.keep_spans(table)
        for name in named:
            kept[name] = [row["doc_start"] for row in table.to_pylist() if row["doc_id"] == name]
    asked = draw.sample([*kept], len(kept))
    sizes, spans, decisions = documents.reader(COLUMNS).of(documents.of(asked))
    assert sizes.tolist() == [len(kept[name]) for name in asked]
    assert spans["doc_start"].to_pylist() == [start for name in asked for start in kept[name]]
    assert spans["label"].to_pylist() == [f"{name}!" for name in asked for _ in kept[name]]
    assert decisions["annotation"].to_pylist() == [f"of {name}" for name in asked if kept[name]]
    assert set(spans.schema.names) <= set(SPAN.names)
    assert set(decisions.schema.names) <= set(DECISION.names)


def test_a_cluster_is_at_home_where_it_came_first_and_counts_what_all_its_documents_have():
    clusters = Clusters()
    clusters.begin(SPLITS.index("train"))
    clusters.count(["a", "b", "a"], np.array([[1, 0], [0, 1], [2, 0]]))
    clusters.begin(SPLITS.index("test"))
    numbers = clusters.count(["c", "a"], np.array([[5, 5], [0, 4]]))
    assert [SPLITS[home] for home in clusters.homes(numbers)] == ["test", "train"]
    assert {name: found.tolist() for name, found in clusters.counts().items()} == {
        "a": [3, 4],
        "b": [0, 1],
        "c": [5, 5],
    }
