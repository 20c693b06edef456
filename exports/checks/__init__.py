"""What `exports verify` looks at: the promises, and what is found of them while files and tables are read.

A module here looks at one kind of thing: files, passages, provenance, the corpus, the card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.card_text import Making
from exports.checks.known import Clusters, Documents
from exports.counts import SplitCounts
from exports.gather import LogCounts
from exports.overlap import Overlaps
from exports.rows import Shape

PROMISES = {
    "sums": "every file has the SHA-256 that SHA256SUMS says",
    "files": "tables, card, pictures, croissant.json and sums are there, and nothing else but forms",
    "schema": "every table has the columns of the format and names its tags",
    "tables": "every table can be read to its end",
    "statistics": "what each table says of its own values, for readers that skip by it, holds in every group and page",
    "ids": "every passage has an id of its own, numbered through its document",
    "text": "the passages of a document follow each other without a gap",
    "tokens": "the tokens of a passage, joined, are its text",
    "words": "where there are words, those of a passage, joined, are its text",
    "offsets": "every entity's text stands at its offsets",
    "inner": "where there are inner places, each stands inside its parent, and is what the rules derive",
    "tags": "the tags are those that the entities give",
    "normalized": "where there are values, they are what the grammars read in the documents",
    "documents": "the passages of a document have one title, one address and one date",
    "splits": "no near-duplicate cluster stands in two splits, and each in the one that the card's policy gives it",
    "provenance": "every entity has one row of provenance, and every such row an entity",
    "decisions": "the spans of a document come from one annotation, with verdicts that fit their suggestions",
    "carried": "spans that were carried over from another text say from which, and are as many as the card says",
    "raw": "every span of the provenance has a place in the raw page",
    "removed": "where removed spans are published, they are of documents of their split, in order, as long as they say",
    "forms": "every further form is what the tables give, byte for byte",
    "rows": "the rows have the canonical hashes that the card says",
    "card": "what the card says, what load_dataset reads of it, its pictures and croissant.json are the tables'",
    "personal-data": "where the card says that personal data is masked, none is left",
    "annotators": "where the card says that annotators have pseudonyms, no name is left",
    "corpus": "every document has the text that the corpus has, but for what was masked",
    "corpus-documents": "every document has the title, address, date, cluster and cleaner version that the corpus has",
    "corpus-raw": "the raw characters of every span clean to its text in the corpus",
    "corpus-removed": "where removed spans are published, they are those that the corpus has",
    "log-annotations": "for each document the annotation speaks that the log names, and none that speaks is left out",
    "log-spans": "the spans of a document are those of its annotation: offsets, labels, places in the raw page",
    "log-suggestions": "what was suggested, by which model, how surely, and the verdict on it are the log's",
    "log-decisions": "who decided, when, by which guideline, and on which text are the log's",
    "log-splits": "where documents were annotated without suggestions, they are the test split",
    "log-current": "the log has no further lines than when the dataset was built",
    "log-card": "what the card counts of annotations, deleted suggestions and agreement is what the log gives",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, whether it holds, and in what it was found or first broken."""

    name: str
    promise: str
    passed: bool
    detail: str


@dataclass(slots=True)
class Finding:
    """A promise while it is being looked at."""

    seen: int = 0
    wrong: int = 0
    first: str = ""
    note: str = ""  # of how much was looked at

    def fail(self, what: str) -> None:
        """Something is wrong."""
        self.wrong += 1
        self.first = self.first or what

    def add(self, other: Finding) -> None:
        """What was found elsewhere."""
        self.seen += other.seen
        self.wrong += other.wrong
        self.first = self.first or other.first

    def fail_where(self, wrong: NDArray[np.bool_], what: Callable[[int], str]) -> None:
        """Everything is wrong where that is true; `what` names one by its number."""
        if wrong.any():
            self.wrong += int(wrong.sum())
            self.first = self.first or what(int(wrong.argmax()))


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says: rows and hash of each table, by `config/split`, the hash of all, and how it was made."""

    text: str
    rows: dict[str, int]
    tables: dict[str, str]
    hash_version: int
    joined: str
    name: str
    license_id: str
    making: dict[str, object]
    is_masked: bool
    has_pseudonyms: bool
    has_removed: bool
    policy: str
    agreement: dict[str, Any]
    log: LogCounts
    inputs: dict[str, str]  # digests of what it was built from
    made: Making
    masked: dict[str, int]
    deleted: int
    configs: list[Any]
    infos: dict[str, Any]  # of each config
    forms: tuple[str, ...]
    spacy: str | None


@dataclass(slots=True)
class Walk:
    """What is known after what was read so far."""

    folder: Path
    corpus: Path | None
    findings: dict[str, Finding]
    card: Card | None = None
    sums: dict[str, str] = field(default_factory=dict)
    shape: Shape | None = None
    counts: dict[str, SplitCounts] = field(default_factory=dict)
    overlap: Overlaps = field(default_factory=lambda: Overlaps(()))
    hashes: dict[str, str] = field(default_factory=dict)
    clusters: Clusters = field(default_factory=Clusters)
    documents: Documents = field(default_factory=Documents)  # with their spans, where there is a corpus
    no_forms: str = "the card names none"  # why none was looked at
    no_values: str = "the card says that there are none"  # why none was looked at
    carried: int = 0  # spans
    unread: str = ""  # why the tables could not be read to their end
    log: Path | None = None

    @property
    def is_masked(self) -> bool:
        """Whether personal data is to be masked; so it is where no card says otherwise."""
        return self.card is None or self.card.is_masked

    @property
    def has_pseudonyms(self) -> bool:
        """Whether annotators are to have pseudonyms."""
        return self.card is not None and self.card.has_pseudonyms


def unlike_before(values: pa.Array, same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a value differs from the one before it although both are of the `same` document (one fewer than values)."""
    found = np.zeros(len(values), bool)
    if len(values) > 1:
        differ = pc.not_equal(values[1:], values[:-1])
        if values.null_count:
            missing = values.is_null().to_numpy(zero_copy_only=False)
            differ = pc.fill_null(differ, False).to_numpy(zero_copy_only=False) | (missing[1:] != missing[:-1])
        else:
            differ = differ.to_numpy(zero_copy_only=False)
        found[1:] = differ & same
    return found


def one_line(error: Exception) -> str:
    """An error's message as one line."""
    return " ".join(str(error).split())
