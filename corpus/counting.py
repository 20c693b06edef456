"""A corpus in numbers: the tables of `corpus build` in; counts, and which pages are worth showing, out.

Tables are streamed; held are a few numbers a document and the ids of the pages to show.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import insort
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Generic, TypeVar

from corpus.explained import UNSEEN, one_line
from corpus.progress import track
from corpus.spans import Removed
from corpus.store import read_rows

_EXAMPLES = 3  # a rule

T = TypeVar("T")


class Smallest(Generic[T]):
    """The `size` smallest of the items added, each once, in order; memory does not grow with the number added."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.items: list[Any] = []

    def add(self, item: T) -> None:
        """Keep the item if it is among the smallest."""
        if len(self.items) >= self._size and (not self._size or item >= self.items[-1]):
            return
        if item in self.items:
            return
        insort(self.items, item)
        del self.items[self._size :]


@dataclass(slots=True)
class RuleCount:
    """What one rule took. `examples`: (digest, text, doc_id)."""

    characters: int = 0
    spans: int = 0
    pages: int = 0
    last: str = ""
    examples: Smallest[tuple[int, str, str]] = field(default_factory=lambda: Smallest(_EXAMPLES))


@dataclass(slots=True)
class Counts:
    """The corpus in numbers, and the ids of the pages to show."""

    documents: int = 0
    unique: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)  # documents of a cluster besides its canonical one
    rules: dict[str, RuleCount] = field(default_factory=dict)
    lengths: array[int] = field(default_factory=lambda: array("q"))
    qualities: array[float] = field(default_factory=lambda: array("d"))
    aligned: int = 0  # raw characters that stand in the clean texts

    @property
    def pages(self) -> int:
        """Pages read, rejected ones too."""
        return self.documents + sum(self.rejected.values())

    @property
    def visible(self) -> int:
        """Raw characters that a reader of the pages saw: all but markup and white space of the source."""
        return self.aligned + sum(rule.characters for name, rule in self.rules.items() if name not in UNSEEN)

    def as_dict(self) -> dict[str, Any]:
        """The numbers as one JSON object."""
        sizes = Counter(copies + 1 for copies in self.copies.values())
        return {
            "pages": self.pages,
            "documents": self.documents,
            "unique": self.unique,
            "rejected": dict(sorted(self.rejected.items())),
            "flags": dict(sorted(self.flags.items())),
            "scripts": dict(sorted(self.scripts.items())),
            "visible_characters": self.visible,
            "kept_characters": self.aligned,
            "median_length": median(self.lengths) if self.lengths else None,
            "median_quality": median(self.qualities) if self.qualities else None,
            "clusters": {str(size): count for size, count in sorted(sizes.items())},
            "rules": {
                name: {"characters": rule.characters, "spans": rule.spans, "pages": rule.pages}
                for name, rule in sorted(self.rules.items())
            },
        }


def count_documents(corpus: Path, counts: Counts, wanted: int) -> dict[str, dict[str, Any]]:
    """Count documents and rejections; return the pages to show: doc_id, and its row of `rejected` if any."""
    lowest, spread = Smallest[tuple[float, str]](wanted), Smallest[str](wanted)
    refused = Smallest[str](wanted)
    columns = [
        "doc_id",
        "text",
        "quality",
        "flags",
        "script",
        "site",
        "publisher",
        "cluster_id",
        "is_canonical",
        "alignment",
    ]
    for row in track(read_rows(corpus / "documents", columns), "counting documents"):
        counts.documents += 1
        counts.unique += bool(row["is_canonical"])
        counts.flags.update(row["flags"])
        counts.scripts[row["script"]] += 1
        counts.lengths.append(len(row["text"]))
        counts.qualities.append(row["quality"])
        counts.aligned += sum(run["length"] for run in row["alignment"])
        for name, counter in (("site", counts.sites), ("publisher", counts.publishers)):
            if row[name]:
                counter[row[name]] += 1
        if not row["is_canonical"]:
            counts.copies[row["cluster_id"]] += 1
        lowest.add((row["quality"], row["doc_id"]))
        spread.add(row["doc_id"])
    reasons: dict[str, dict[str, Any]] = {}
    for row in read_rows(corpus / "rejected"):
        if row["reason"] == "none" and row["doc_id"] is None:
            continue  # how an empty table is written
        counts.rejected[row["reason"]] += 1
        if row["doc_id"] is not None and row["reason"] != "same_bytes":
            refused.add(row["doc_id"])
            if row["doc_id"] in refused.items:
                reasons[row["doc_id"]] = row
            if len(reasons) > 2 * wanted + 100:
                reasons = {doc_id: reasons[doc_id] for doc_id in refused.items}
    everything = counts.documents + len(refused.items) <= wanted
    ids = list(refused.items if everything else refused.items[: wanted // 5])
    ids += [doc_id for _, doc_id in lowest.items[: wanted if everything else (wanted - len(ids)) // 2]]
    ids += [doc_id for doc_id in spread.items if doc_id not in set(ids)][: wanted - len(ids)]
    return {doc_id: reasons.get(doc_id, {}) for doc_id in ids}


def count_removed(corpus: Path, counts: Counts, chosen: set[str]) -> dict[str, list[Removed]]:
    """Count what each rule took; return the spans of the chosen pages."""
    spans: dict[str, list[Removed]] = {}
    for row in track(read_rows(corpus / "removed", batch_size=4_096), "counting removed spans"):
        doc_id, text = row["doc_id"], row["text"]
        if doc_id is None:
            continue
        if row["rule"] not in counts.rules:
            counts.rules[row["rule"]] = RuleCount()
        rule = counts.rules[row["rule"]]
        rule.characters += row["end"] - row["start"]
        rule.spans += 1
        if rule.last != doc_id:
            rule.last = doc_id
            rule.pages += 1
        if row["rule"] not in UNSEEN and len(text.strip()) > 3:
            digest = zlib.crc32(text.encode("utf-8", "surrogatepass"))
            if all(digest != other for other, _, _ in rule.examples.items):
                rule.examples.add((digest, one_line(text, 100), doc_id))
        if doc_id in chosen:
            spans.setdefault(doc_id, []).append(Removed(row["start"], row["end"], row["rule"]))
    return spans
