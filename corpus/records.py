"""The records of the corpus: what a page is, what a document is, and the columns of the four configs.

`documents`, `pages`, `removed` and `rejected` are described in docs/corpus.md; each loads with
`datasets.load_dataset(DIR, NAME)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import pyarrow as pa

from corpus.spans import Removed, Run

Script = Literal["hans", "hant", "hant-converted"]


@dataclass(frozen=True, slots=True)
class Page:
    """One raw page. `raw` is its decoded source; every raw offset counts in it, and it is never changed."""

    doc_id: str
    source: str  # file as the user named it, with `#line` for one record of many
    encoding: str
    raw: str
    url: str | None = None
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The article of a page; the columns of the config `documents` save those that need the whole corpus.

    `text`: paragraphs, each ending with a newline. `alignment`: ordered runs of `text` in the page's raw source.
    `removed`: every other raw span, with its rule.
    """

    doc_id: str
    source: str
    url: str | None
    site: str | None
    title: str | None
    publisher: str | None
    author: str | None
    published_at: str | None  # ISO 8601, no invented parts
    text: str
    script: Script
    flags: tuple[str, ...]
    quality: float
    alignment: tuple[Run, ...]
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page that gave no document, and why. `removed` explains its characters where it could be read."""

    doc_id: str
    source: str
    reason: str
    detail: str
    removed: tuple[Removed, ...] = ()


def doc_id_of(content: bytes) -> str:
    """The lasting name of a page: 16 hex digits of the SHA-256 of its bytes."""
    return sha256(content).hexdigest()[:16]


def text_sha256(text: str) -> str:
    """SHA-256 of the UTF-8 text; ties an annotation to the exact text it was made on."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


RUN = pa.struct([("start", pa.int64()), ("raw_start", pa.int64()), ("length", pa.int64())])

SCHEMAS: dict[str, pa.Schema] = {
    "documents": pa.schema(
        [
            ("doc_id", pa.string()),
            ("source", pa.string()),
            ("url", pa.string()),
            ("site", pa.string()),
            ("title", pa.string()),
            ("publisher", pa.string()),
            ("author", pa.string()),
            ("published_at", pa.string()),
            ("text", pa.string()),
            ("text_sha256", pa.string()),
            ("script", pa.string()),
            ("flags", pa.list_(pa.string())),
            ("quality", pa.float64()),
            ("alignment", pa.list_(RUN)),
            ("cluster_id", pa.string()),
            ("is_canonical", pa.bool_()),
            ("cleaner_version", pa.string()),
        ]
    ),
    "pages": pa.schema(
        [
            ("doc_id", pa.string()),
            ("source", pa.string()),
            ("encoding", pa.string()),
            ("raw", pa.string()),
        ]
    ),
    "removed": pa.schema(
        [
            ("doc_id", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("rule", pa.string()),
            ("text", pa.string()),
        ]
    ),
    "rejected": pa.schema(
        [
            ("doc_id", pa.string()),
            ("source", pa.string()),
            ("reason", pa.string()),
            ("detail", pa.string()),
        ]
    ),
}
