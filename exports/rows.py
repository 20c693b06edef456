"""The rows of the published dataset: columns of its two configs, and where their files lie.

`default` has one row a passage, `provenance` one row a span. docs/exports.md says what each column means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from annotation.log import Record
from corpus.errors import JiaozhuError
from exports.passages import cut
from exports.tags import encode, tag_names

if TYPE_CHECKING:
    from datasets import Features

CONFIGS = ("default", "provenance")
FOLDERS = {"default": "data", "provenance": "provenance"}

ENTITY = pa.struct(
    [
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("label", pa.string()),
        ("text", pa.string()),
        ("normalized", pa.string()),
    ]
)

SCHEMAS: dict[str, pa.Schema] = {
    "default": pa.schema(
        [
            ("id", pa.string()),
            ("doc_id", pa.string()),
            ("offset", pa.int64()),
            ("text", pa.string()),
            ("tokens", pa.list_(pa.string())),
            ("ner_tags", pa.list_(pa.int64())),
            ("entities", pa.list_(ENTITY)),
            ("title", pa.string()),
            ("url", pa.string()),
            ("published_at", pa.string()),
            ("cluster_id", pa.string()),
        ]
    ),
    "provenance": pa.schema(
        [
            ("id", pa.string()),
            ("passage_id", pa.string()),
            ("doc_id", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("doc_start", pa.int64()),
            ("doc_end", pa.int64()),
            ("label", pa.string()),
            ("text", pa.string()),
            ("raw_start", pa.int64()),
            ("raw_end", pa.int64()),
            ("annotation", pa.string()),
            ("annotator", pa.string()),
            ("model", pa.string()),
            ("model_score", pa.float64()),
            ("suggested_start", pa.int64()),
            ("suggested_end", pa.int64()),
            ("suggested_label", pa.string()),
            ("verdict", pa.string()),
            ("decided_at", pa.string()),
            ("guideline_version", pa.string()),
            ("cleaner_version", pa.string()),
        ]
    ),
}

DOCUMENT_COLUMNS = ["doc_id", "text", "title", "url", "published_at", "cluster_id", "cleaner_version"]


def table_path(folder: Path, config: str, split: str) -> Path:
    """The one Parquet file of a config's split, named as the Hub expects."""
    return folder / FOLDERS[config] / f"{split}-00000-of-00001.parquet"


def features(config: str, labels: Sequence[str]) -> Features:
    """The columns as `datasets` sees them: as in `SCHEMAS`, and the tags with their names."""
    from datasets import ClassLabel, Features, List

    found = Features.from_arrow_schema(SCHEMAS[config])
    if "ner_tags" in found:
        found["ner_tags"] = List(ClassLabel(names=tag_names(labels)))
    return found


def labels_of(schema: pa.Schema) -> list[str]:
    """The labels that a `default` table's own metadata gives its tags.

    Raises:
        JiaozhuError: the table does not say, or its tags are not O and a B- and I- for each label.
    """
    try:
        meta = json.loads((schema.metadata or {})[b"huggingface"])
        names = meta["info"]["features"]["ner_tags"]["feature"]["names"]
        labels = [name.removeprefix("B-") for name in names[1::2]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise JiaozhuError("its metadata gives ner_tags no names") from None
    if names != tag_names(labels):
        raise JiaozhuError(f"its tags are {names}, not O and a B- and I- for each label")
    return labels


def passage_id(doc_id: str, number: int) -> str:
    """The lasting name of a document's passage, numbered from 0."""
    return f"{doc_id}-{number:04d}"


def span_id(passage: str, number: int) -> str:
    """The lasting name of a passage's entity, numbered from 0 in the order of their starts."""
    return f"{passage}-{number:03d}"


def document_rows(
    document: dict[str, Any], record: Record, labels: Sequence[str], max_chars: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The passages of one document, each with the provenance of its entities.

    `document` has the `DOCUMENT_COLUMNS`; the record's spans are ordered by start and were proven by `gather`
    on the text before personal data in it was masked.
    """
    doc_id, text = document["doc_id"], document["text"]
    borders = cut(text, [(span.start, span.end) for span in record.spans], max_chars)
    left = list(reversed(record.spans))
    for number, (offset, stop) in enumerate(borders):
        name = passage_id(doc_id, number)
        entities: list[dict[str, Any]] = []
        provenance: list[dict[str, Any]] = []
        while left and left[-1].start < stop:
            span = left.pop()
            suggestion = span.suggestion
            entity = {
                "start": span.start - offset,
                "end": span.end - offset,
                "label": span.label,
                "text": text[span.start : span.end],  # not the log's: personal data may be masked
            }
            provenance.append(
                {
                    "id": span_id(name, len(entities)),
                    "passage_id": name,
                    "doc_id": doc_id,
                    **entity,
                    "doc_start": span.start,
                    "doc_end": span.end,
                    "raw_start": span.raw_start,
                    "raw_end": span.raw_end,
                    "annotation": record.annotation,
                    "annotator": record.annotator,
                    "model": suggestion and suggestion.source,
                    "model_score": suggestion and suggestion.score,
                    "suggested_start": suggestion and suggestion.start,
                    "suggested_end": suggestion and suggestion.end,
                    "suggested_label": suggestion and suggestion.label,
                    "verdict": span.verdict,
                    "decided_at": record.updated_at,
                    "guideline_version": record.guideline,
                    "cleaner_version": document["cleaner_version"],
                }
            )
            entities.append({**entity, "normalized": None})
        passage = {
            "id": name,
            "doc_id": doc_id,
            "offset": offset,
            "text": text[offset:stop],
            "tokens": list(text[offset:stop]),
            "ner_tags": encode(stop - offset, [(e["start"], e["end"], e["label"]) for e in entities], labels),
            "entities": entities,
            "title": document["title"],
            "url": document["url"],
            "published_at": document["published_at"],
            "cluster_id": document["cluster_id"] or doc_id,
        }
        yield passage, provenance
