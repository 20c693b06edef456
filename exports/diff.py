"""What became of a dataset: two folders of `exports build` in, the documents and spans that differ out.

Both are read once, document by document; of the old one a few dozen bytes a span are held. Offsets are compared in the
document where its text is the same, else in its raw page, which no change of the cleaner moves.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import Any, Literal, NamedTuple

import pyarrow.parquet as pq

from corpus.errors import JiaozhuError
from exports.card import read_card
from exports.rows import rows_of, shape_of, shards
from exports.splits import SPLITS

Kind = Literal["added", "removed", "moved", "retyped"]
KINDS: tuple[Kind, ...] = ("added", "removed", "moved", "retyped")
DOCUMENT_KINDS = ("added", "removed", "text changed", "other split")
EXAMPLES = 5  # of each kind: those with the least doc_id, which is as good as by chance and always the same
CONTEXT = 12  # characters shown on either side

_PACKED = Struct("<4IH")
_SPAN_COLUMNS = ("doc_start", "doc_end", "raw_start", "raw_end", "label")


class Mark(NamedTuple):
    """A span of one document: offsets in its text and in its raw page."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    label: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One span that differs: the old one, the new one, or both."""

    kind: Kind
    old: Mark | None
    new: Mark | None


@dataclass(slots=True)
class LabelCounts:
    """The spans of one label.

    `old` is same + moved + removed + retyped_from, `new` is same + moved + added + retyped_to.
    """

    old: int = 0
    new: int = 0
    same: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    retyped_from: int = 0
    retyped_to: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """One difference, to be read: what stood there, what stands there now, and the words around it."""

    doc_id: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    context: str


@dataclass(slots=True)
class Difference:
    """All that differs. `spans` counts the differing ones by kind, `documents` the documents; see `DOCUMENT_KINDS`."""

    old_rows_sha256: str
    new_rows_sha256: str
    documents_old: int = 0
    documents_new: int = 0
    documents: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    labels: dict[str, LabelCounts] = field(default_factory=dict)
    retyped: Counter[tuple[str, str]] = field(default_factory=Counter)
    making: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # settings and versions that differ
    examples: dict[str, list[Example]] = field(default_factory=dict)
    document_examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the same documents have the same texts, splits and spans."""
        return not self.documents.total() and not self.spans.total()

    def as_dict(self) -> dict[str, Any]:
        """The difference as one JSON object."""
        return {
            "different": not self.is_empty,
            "rows_sha256": {"old": self.old_rows_sha256, "new": self.new_rows_sha256},
            "documents": {
                "old": self.documents_old,
                "new": self.documents_new,
                **{kind.replace(" ", "_"): self.documents[kind] for kind in DOCUMENT_KINDS},
            },
            "spans": {kind: self.spans[kind] for kind in KINDS},
            "labels": {label: asdict(counts) for label, counts in self.labels.items()},
            "retyped": [{"old": old, "new": new, "count": count} for (old, new), count in sorted(self.retyped.items())],
            "making": {name: {"old": old, "new": new} for name, (old, new) in self.making.items()},
            "examples": {kind: [asdict(example) for example in found] for kind, found in self.examples.items()},
            "document_examples": self.document_examples,
        }


@dataclass(frozen=True, slots=True)
class _Document:
    doc_id: str
    split: str
    digest: bytes  # of its text
    marks: list[Mark]


def compare(old: Iterable[Mark], new: Iterable[Mark], *, by_raw: bool = False) -> list[Pair]:
    """The spans of one document that differ, and what became of each.

    A span with the same borders is the same, or `retyped`. Of the others, one that overlaps an old one is `moved` where
    it has the same label, else `retyped`; the same label comes first, then the longest overlap, and each span has one
    partner at most. What has none is `added` or `removed`. `by_raw` compares offsets of the raw page.
    """

    def borders(mark: Mark) -> tuple[int, int]:
        return (mark.raw_start, mark.raw_end) if by_raw else (mark.start, mark.end)

    olds = sorted(((borders(mark), mark) for mark in old), key=itemgetter(0))
    news = sorted(((borders(mark), mark) for mark in new), key=itemgetter(0))
    if [(place, mark.label) for place, mark in olds] == [(place, mark.label) for place, mark in news]:
        return []
    found: list[tuple[int, int, list[tuple[int, int]], int, int]] = []
    first = 0
    for right, ((start, end), mark) in enumerate(news):
        while first < len(olds) and olds[first][0][1] <= start:
            first += 1
        for left in range(first, len(olds)):
            (low, high), before = olds[left]
            if low >= end:
                break
            shared = min(high, end) - max(low, start)
            if shared > 0:
                rank = 0 if (low, high) == (start, end) else 1
                rank = 2 * rank + (before.label != mark.label)
                # Nothing here tells old from new, so that the way back is the mirror of the way there.
                found.append((rank, -shared, sorted([(low, high), (start, end)]), left, right))
    pairs: list[tuple[int, Pair]] = []
    left_over, right_over = set(range(len(olds))), set(range(len(news)))
    for rank, _, _, left, right in sorted(found):
        if left in left_over and right in right_over:
            left_over.remove(left)
            right_over.remove(right)
            if rank:
                kind: Kind = "moved" if rank == 2 else "retyped"
                pairs.append((min(olds[left][0][0], news[right][0][0]), Pair(kind, olds[left][1], news[right][1])))
    pairs += [(olds[left][0][0], Pair("removed", olds[left][1], None)) for left in left_over]
    pairs += [(news[right][0][0], Pair("added", None, news[right][1])) for right in right_over]
    return [pair for _, pair in sorted(pairs, key=lambda item: (item[0], item[1].kind))]


def diff_datasets(old: Path, new: Path) -> Difference:
    """Compare two datasets. The spans of an added or removed document count as added or removed.

    Raises:
        JiaozhuError: one of the folders is no dataset, or its tables are not in order; `verify` says how.
    """
    (old_made, old_labels), (new_made, new_labels) = _made(old), _made(new)
    names = list(dict.fromkeys([*new_labels, *old_labels]))
    result = Difference(
        old_made["rows_sha256"], new_made["rows_sha256"], labels={name: LabelCounts() for name in names}
    )
    before, after = old_made["making"], new_made["making"]
    result.making = {
        name: (before.get(name), after.get(name))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    }
    number = {name: index for index, name in enumerate(names)}
    waiting: dict[str, tuple[str, bytes, bytes]] = {}
    for document in _documents(old):
        packed = b"".join(_PACKED.pack(*mark[:4], _number(number, mark.label, old)) for mark in document.marks)
        if document.doc_id in waiting:
            raise JiaozhuError(f"{old}: document {document.doc_id} stands in two places; run jiaozhu exports verify")
        waiting[document.doc_id] = (document.split, document.digest, packed)
    result.documents_old = len(waiting)
    examples = _Examples()
    seen: set[str] = set()
    for document in _documents(new):
        if document.doc_id in seen:
            raise JiaozhuError(f"{new}: document {document.doc_id} stands in two places; run jiaozhu exports verify")
        seen.add(document.doc_id)
        for mark in document.marks:
            _number(number, mark.label, new)
        split, digest, packed = waiting.pop(document.doc_id, (None, None, b""))
        if split is None:
            _note(result, examples, document.doc_id, "added")
        elif split != document.split:
            _note(result, examples, document.doc_id, "other split")
        has_changed = digest is not None and digest != document.digest
        if has_changed:
            _note(result, examples, document.doc_id, "text changed")
        _count(result, examples, document.doc_id, _unpack(packed, names), document.marks, by_raw=has_changed)
    result.documents_new = len(seen)
    for doc_id, (_, _, packed) in waiting.items():
        _note(result, examples, doc_id, "removed")
        _count(result, examples, doc_id, _unpack(packed, names), [], by_raw=False)
    _show_examples(result, examples, old, new)
    return result


def _made(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What the card says of the making, and the labels in their order."""
    if not folder.is_dir():
        raise JiaozhuError(f"{folder}: no such folder; name two datasets that jiaozhu exports build wrote")
    data, _ = read_card(folder)
    made = data.get("jiaozhu")
    if not isinstance(made, dict) or not {"rows_sha256", "making"} <= made.keys():
        raise JiaozhuError(f"{folder}: its card is not one of jiaozhu; build the dataset again")
    tables = [path for split in SPLITS for path in shards(folder, "default", split)]
    return made, list(shape_of(pq.read_schema(tables[0])).labels) if tables else []


def _number(number: dict[str, int], label: str, folder: Path) -> int:
    if label not in number:
        raise JiaozhuError(
            f"{folder}: a span has the label {label!r}, which its card lacks; run jiaozhu exports verify"
        )
    return number[label]


def _unpack(packed: bytes, names: Sequence[str]) -> list[Mark]:
    return [Mark(a, b, c, d, names[label]) for a, b, c, d, label in _PACKED.iter_unpack(packed)]


def _documents(folder: Path) -> Iterator[_Document]:
    """The documents of every split, each with the digest of its text and its spans in order."""
    for split in SPLITS:
        spans = rows_of(folder, "provenance", split, ["doc_id", *_SPAN_COLUMNS])
        groups = groupby(spans, key=itemgetter("doc_id"))
        head = next(groups, None)
        for doc_id, rows in groupby(rows_of(folder, "default", split, ["doc_id", "text"]), key=itemgetter("doc_id")):
            digest = sha256()
            for row in rows:
                digest.update(row["text"].encode())
            marks: list[Mark] = []
            if head is not None and head[0] == doc_id:
                marks = [Mark._make(row[column] for column in _SPAN_COLUMNS) for row in head[1]]
                head = next(groups, None)
            yield _Document(doc_id, split, digest.digest()[:16], marks)
        if head is not None:
            raise JiaozhuError(
                f"{folder}: in the provenance of {split} the spans of {head[0]} stand out of order; "
                f"run jiaozhu exports verify {folder}"
            )


class _Examples:
    """The first few differences of each kind, by document and place."""

    def __init__(self) -> None:
        self.spans: dict[Kind, list[tuple[str, int, Pair]]] = {kind: [] for kind in KINDS}
        self.documents: dict[str, list[str]] = {kind: [] for kind in DOCUMENT_KINDS}

    def add(self, doc_id: str, pair: Pair) -> None:
        kept = self.spans[pair.kind]
        mark = pair.new or pair.old
        place = mark.raw_start if mark else 0
        if len(kept) < EXAMPLES or (doc_id, place) < kept[-1][:2]:
            insort(kept, (doc_id, place, pair), key=itemgetter(0, 1))
            del kept[EXAMPLES:]


def _note(result: Difference, examples: _Examples, doc_id: str, kind: str) -> None:
    result.documents[kind] += 1
    kept = examples.documents[kind]
    insort(kept, doc_id)
    del kept[EXAMPLES:]


def _count(
    result: Difference, examples: _Examples, doc_id: str, old: list[Mark], new: list[Mark], *, by_raw: bool
) -> None:
    labels = result.labels
    for mark in old:
        labels[mark.label].old += 1
    for mark in new:
        labels[mark.label].new += 1
        labels[mark.label].same += 1  # less those that differ, below
    for pair in compare(old, new, by_raw=by_raw):
        result.spans[pair.kind] += 1
        examples.add(doc_id, pair)
        if pair.new is not None:
            labels[pair.new.label].same -= 1
        if pair.new is None and pair.old is not None:
            labels[pair.old.label].removed += 1
        elif pair.old is None and pair.new is not None:
            labels[pair.new.label].added += 1
        elif pair.old is not None and pair.new is not None:
            if pair.kind == "moved":
                labels[pair.new.label].moved += 1
            else:
                labels[pair.old.label].retyped_from += 1
                labels[pair.new.label].retyped_to += 1
                result.retyped[pair.old.label, pair.new.label] += 1


def _show_examples(result: Difference, examples: _Examples, old: Path, new: Path) -> None:
    """Put the words to the examples, reading their documents once more."""
    wanted = {doc_id for found in examples.spans.values() for doc_id, _, _ in found}
    wanted |= {doc_id for ids in examples.documents.values() for doc_id in ids}
    texts = {folder: _texts(folder, wanted) for folder in (old, new)} if wanted else {old: {}, new: {}}
    for kind, found in examples.spans.items():
        result.examples[kind] = []
        for doc_id, _, pair in found:
            old_text, new_text = (texts[folder].get(doc_id, ("", ""))[1] for folder in (old, new))
            if pair.new is not None:
                context = _context(new_text, pair.new.start, pair.new.end)
            else:
                context = _context(old_text, pair.old.start, pair.old.end) if pair.old else ""
            result.examples[kind].append(Example(doc_id, _said(pair.old, old_text), _said(pair.new, new_text), context))
    for name, ids in examples.documents.items():
        shown: list[dict[str, Any]] = []
        for doc_id in ids:
            title = (texts[new].get(doc_id) or texts[old].get(doc_id) or ("", ""))[0]
            example: dict[str, Any] = {"doc_id": doc_id, "title": title}
            if name == "text changed":
                before, after = texts[old][doc_id][1], texts[new][doc_id][1]
                example |= dict(zip(("old", "new"), _change(before, after), strict=True))
            shown.append(example)
        result.document_examples[name.replace(" ", "_")] = shown


def _texts(folder: Path, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Title and text of the wanted documents."""
    found: dict[str, tuple[str, str]] = {}
    for split in SPLITS:
        for row in rows_of(folder, "default", split, ["doc_id", "text", "title"]):
            if row["doc_id"] in wanted:
                _, text = found.get(row["doc_id"], ("", ""))
                found[row["doc_id"]] = (row["title"] or "", text + row["text"])
    return found


def _said(mark: Mark | None, text: str) -> dict[str, Any] | None:
    return mark and {"start": mark.start, "end": mark.end, "label": mark.label, "text": text[mark.start : mark.end]}


def _context(text: str, start: int, end: int) -> str:
    return text[max(0, start - CONTEXT) : end + CONTEXT]


def _change(old: str, new: str) -> tuple[str, str]:
    """The first place where two texts part, with a few characters before and behind it."""
    place = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return _context(old, place, place + CONTEXT), _context(new, place, place + CONTEXT)
