"""The numbers of one split, counted from its rows: by the build for the card, and again by `verify` from the files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


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

    def add(self, passage: dict[str, Any]) -> None:
        """Count one row of the config `default`; a document begins with its passage at offset 0."""
        self.documents += passage["offset"] == 0
        self.passages += 1
        self.characters += len(passage["text"])
        self.lengths[len(passage["text"])] += 1
        self.entities.update(entity["label"] for entity in passage["entities"])
        self.cluster_ids.add(passage["cluster_id"])

    def add_span(self, span: dict[str, Any]) -> None:
        """Count one row of the config `provenance`."""
        self.verdicts[span["verdict"]] += 1
        self.annotators.add(span["annotator"])

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
