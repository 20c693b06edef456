"""The numbers of one split, counted from its rows: by the build for the card, and again by `verify` from the files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exports.texts import one_array


@dataclass(slots=True)
class SplitCounts:
    """What stands in one split. Memory grows with its clusters, not with its passages."""

    documents: int = 0
    passages: int = 0
    characters: int = 0
    entities: Counter[str] = field(default_factory=Counter)  # by label
    cluster_ids: set[str] = field(default_factory=set)
    lengths: Counter[int] = field(default_factory=Counter)  # passages by their characters
    verdicts: Counter[str] = field(default_factory=Counter)
    annotators: set[str] = field(default_factory=set)  # as published

    def add(self, passages: pa.Table | pa.RecordBatch) -> None:
        """Count rows of the config `default`; a document begins with its passage at offset 0."""
        self.documents += pc.sum(pc.equal(passages["offset"], 0)).as_py() or 0
        self.passages += passages.num_rows
        lengths = pc.utf8_length(passages["text"])
        self.characters += pc.sum(lengths).as_py() or 0
        _add(self.lengths, lengths)
        _add(self.entities, one_array(passages["entities"]).flatten().field("label"))
        self.cluster_ids.update(passages["cluster_id"].unique().to_pylist())

    def add_spans(self, spans: pa.Table | pa.RecordBatch) -> None:
        """Count rows of the config `provenance`."""
        _add(self.verdicts, spans["verdict"])
        self.annotators.update(spans["annotator"].unique().to_pylist())

    def join(self, other: SplitCounts) -> None:
        """Count what was counted of further documents."""
        for name in ("documents", "passages", "characters"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("entities", "lengths", "verdicts", "cluster_ids", "annotators"):
            getattr(self, name).update(getattr(other, name))

    def as_dict(self, labels: list[str]) -> dict[str, Any]:
        """The numbers, labels in the scheme's order."""
        return {
            "documents": self.documents,
            "clusters": len(self.cluster_ids),
            "passages": self.passages,
            "characters": self.characters,
            "spans": self.entities.total(),
            "labels": {label: self.entities[label] for label in labels},
        }


def _add(counter: Counter[Any], values: pa.Array | pa.ChunkedArray) -> None:
    for found in pc.value_counts(values).to_pylist():
        counter[found["values"]] += found["counts"]
