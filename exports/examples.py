"""The passages of a published dataset as examples to learn from and to be measured on.

In: the folder of a dataset and a split. Out: texts with their spans, in the order of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from annotation.gold import Entity
from corpus.errors import JiaozhuError
from exports.rows import rows_of, shape_of, shards
from exports.splits import SPLITS


@dataclass(frozen=True, slots=True)
class Example:
    """A passage and its spans by start (offsets in the passage); `id` and `doc_id` are the dataset's."""

    id: str
    doc_id: str
    text: str
    spans: tuple[Entity, ...]


def splits_of(dataset: Path) -> list[str]:
    """The splits that a dataset has.

    Raises:
        JiaozhuError: it is no dataset.
    """
    found = [split for split in SPLITS if shards(dataset, "default", split)]
    if not found:
        raise JiaozhuError(f"{dataset}: no dataset here; build it first (jiaozhu exports build), or name its folder")
    return found


def read_examples(dataset: Path, split: str) -> list[Example]:
    """The passages of a split.

    Raises:
        JiaozhuError: it is no dataset, or has no such split, or the split cannot be read.
    """
    if split not in (known := splits_of(dataset)):
        raise JiaozhuError(f"{dataset}: has no split {split!r}; it has {', '.join(known)}")
    rows = rows_of(dataset, "default", split, ["id", "doc_id", "text", "entities"])
    return [
        Example(
            row["id"],
            row["doc_id"],
            row["text"],
            tuple(Entity(span["start"], span["end"], span["label"]) for span in row["entities"]),
        )
        for row in rows
    ]


def read_labels(dataset: Path) -> list[str]:
    """The labels of a dataset, in the scheme's order.

    Raises:
        JiaozhuError: it is no dataset, or its first table cannot be read.
    """
    path = shards(dataset, "default", splits_of(dataset)[0])[0]
    try:
        return list(shape_of(pq.read_schema(path)).labels)
    except (pa.ArrowInvalid, JiaozhuError) as error:
        raise JiaozhuError(f"{path}: cannot be read ({error}); build the dataset again") from None


def share(examples: list[Example], part: float) -> list[Example]:
    """The passages of that part of the documents (0 to 1); a smaller part lies inside a greater one.

    Documents are taken in the order of the SHA-256 of their names, as many as the part gives, rounded up.
    """
    documents = sorted({example.doc_id for example in examples}, key=lambda name: sha256(name.encode()).digest())
    kept = set(documents[: -int(-len(documents) * part // 1)])
    return [example for example in examples if example.doc_id in kept]
