"""The table of suggestions: one row a document, what the pipeline proposed for it.

In and out: Parquet, `[paths] suggestions`. A row is tied to the exact text by its hash, so that suggestions made before
a change of the cleaner are never laid over another text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from annotation.flags import FAILED, UNANSWERED
from annotation.log import Suggestion
from corpus.store import read_rows

SCHEMA = pa.schema(
    [
        ("doc_id", pa.string()),
        ("text_sha256", pa.string()),
        ("model", pa.string()),
        (
            "spans",
            pa.list_(
                pa.struct(
                    [
                        ("start", pa.int64()),
                        ("end", pa.int64()),
                        ("label", pa.string()),
                        ("text", pa.string()),
                        ("score", pa.float64()),
                        ("source", pa.string()),
                    ]
                )
            ),
        ),
        ("flags", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the pipeline `model` (`name@version`) suggested for one text, ordered by start, without overlaps.

    `flags` say what made them less sure than others (annotation/flags.py).
    """

    doc_id: str
    text_sha256: str
    model: str
    spans: tuple[Suggestion, ...]
    flags: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether something that should have read the text did not, so that suggestions may lack."""
        return is_partial(self.flags)


def is_partial(flags: Iterable[str]) -> bool:
    """Whether one of these flags says that suggestions may lack."""
    return any(flag == UNANSWERED or flag.startswith(FAILED) for flag in flags)


def read_suggestions(path: Path) -> Iterator[Suggestions]:
    """Every row of the table, in its order."""
    return map(to_suggestions, read_rows(path))


def to_suggestions(row: Mapping[str, Any]) -> Suggestions:
    """One row of the table."""
    spans = tuple(Suggestion(**span) for span in row["spans"])
    return Suggestions(row["doc_id"], row["text_sha256"], row["model"], spans, tuple(row.get("flags") or ()))
