"""The columns of the published dataset, and where its files lie.

`default` has one row a passage, `provenance` one row a span, `removed` one row for what the cleaner took.
docs/exports.md says what each column means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.errors import JiaozhuError
from corpus.store import read_batches
from exports.tags import SCHEMES, tag_names

if TYPE_CHECKING:
    from datasets import Features

FOLDERS = {"default": "data", "provenance": "provenance", "removed": "removed"}
CONFIGS = tuple(FOLDERS)

_TEXT, _INT = pa.string(), pa.int64()
ENTITY = pa.struct([("start", _INT), ("end", _INT), ("label", _TEXT), ("text", _TEXT), ("normalized", _TEXT)])
# A place inside the name of an entity; `parent` is the entity's number in the passage, from 0.
INNER = pa.struct([("start", _INT), ("end", _INT), ("label", _TEXT), ("text", _TEXT), ("parent", _INT)])

_SCHEMAS: dict[str, pa.Schema] = {
    "default": pa.schema(
        [
            ("id", _TEXT),
            ("doc_id", _TEXT),
            ("offset", _INT),
            ("text", _TEXT),
            ("tokens", pa.list_(_TEXT)),
            ("ner_tags", pa.list_(_INT)),
            ("entities", pa.list_(ENTITY)),
            ("inner", pa.list_(INNER)),
            ("words", pa.list_(_TEXT)),
            ("title", _TEXT),
            ("url", _TEXT),
            ("published_at", _TEXT),
            ("cluster_id", _TEXT),
        ]
    ),
    "provenance": pa.schema(
        [
            ("id", _TEXT),
            ("passage_id", _TEXT),
            ("doc_id", _TEXT),
            ("start", _INT),
            ("end", _INT),
            ("doc_start", _INT),
            ("doc_end", _INT),
            ("label", _TEXT),
            ("text", _TEXT),
            ("raw_start", _INT),
            ("raw_end", _INT),
            ("annotation", _TEXT),
            ("annotator", _TEXT),
            ("model", _TEXT),
            ("model_score", pa.float64()),
            ("suggested_start", _INT),
            ("suggested_end", _INT),
            ("suggested_label", _TEXT),
            ("verdict", _TEXT),
            ("decided_at", _TEXT),
            ("guideline_version", _TEXT),
            ("cleaner_version", _TEXT),
            ("carried_from", _TEXT),
        ]
    ),
    "removed": pa.schema([("doc_id", _TEXT), ("start", _INT), ("end", _INT), ("rule", _TEXT), ("text", _TEXT)]),
}
_BY_OPTION = ("inner", "words")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the tables look like: labels in the scheme's order, the scheme of the tags, columns by option."""

    labels: tuple[str, ...]
    tags: str = "bio"
    inner: bool = False
    words: bool = False

    def schema(self, config: str) -> pa.Schema:
        """The columns of a config."""
        left_out = [name for name in _BY_OPTION if not getattr(self, name)]
        return pa.schema([field for field in _SCHEMAS[config] if field.name not in left_out])

    def features(self, config: str) -> Features:
        """The columns as `datasets` sees them: as in `schema`, and the tags with their names."""
        from datasets import ClassLabel, Features, List

        found = Features.from_arrow_schema(self.schema(config))
        if "ner_tags" in found:
            found["ner_tags"] = List(ClassLabel(names=tag_names(self.labels, self.tags)))
        return found


def shape_of(schema: pa.Schema) -> Shape:
    """What a `default` table says of itself, by its columns and the names that its metadata gives the tags.

    Raises:
        JiaozhuError: the table does not say, or its tags are those of no scheme.
    """
    try:
        meta = json.loads((schema.metadata or {})[b"huggingface"])
        names = meta["info"]["features"]["ner_tags"]["feature"]["names"]
        labels = tuple(dict.fromkeys(name.partition("-")[2] for name in names[1:]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise JiaozhuError("its metadata gives ner_tags no names") from None
    for scheme in SCHEMES:
        if names == tag_names(labels, scheme):
            return Shape(labels, scheme, *(name in schema.names for name in _BY_OPTION))
    raise JiaozhuError(f"its tags are {names}, not O and the tags of each label, as {' or '.join(SCHEMES)} has them")


def shard_name(split: str, number: int, count: int) -> str:
    """The file of a split's shard, named as the Hub expects."""
    return f"{split}-{number:05d}-of-{count:05d}.parquet"


def shards(folder: Path, config: str, split: str) -> list[Path]:
    """The Parquet files of a config's split, in order; none where it has no rows."""
    pattern = re.compile(re.escape(split) + r"-\d{5}-of-\d{5}\.parquet")
    return sorted(
        path for path in (folder / FOLDERS[config]).glob(f"{split}-*.parquet") if pattern.fullmatch(path.name)
    )


def read_table(
    folder: Path, config: str, split: str, columns: Sequence[str] | None = None, batch_size: int = 1_000
) -> Iterator[pa.RecordBatch]:
    """The rows of a split in batches, shard after shard; none where it has no rows."""
    for path in shards(folder, config, split):
        yield from read_batches(path, columns, batch_size)


def rows_of(folder: Path, config: str, split: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a split one by one."""
    for batch in read_table(folder, config, split, columns, 256):
        yield from batch.to_pylist()
