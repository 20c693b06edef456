"""Does the dataset say what the corpus says? Texts, raw offsets, and what was removed.

In: what was kept of the documents while the tables were read, and the corpus. Out: findings. The corpus is read once.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.spans import Run, to_clean
from exports.checks import Walk
from exports.gather import documents_of
from exports.hashes import RowHash
from exports.inputs import corpus_sha256
from exports.masking import masked
from exports.proof import anchored
from exports.removed import removed_rows
from exports.speakers import cluster_ids, raw_span
from exports.splits import SPLITS
from exports.texts import Ints, Texts

EDGES = ("doc_start", "doc_end", "raw_start", "raw_end")
DESCRIBED = ("title", "url", "published_at", "cluster_id")  # what a passage says of its document
_COLUMNS = ["doc_id", "text", "alignment", "cleaner_version", "text_sha256", *DESCRIBED]


def keep_documents(walk: Walk, numbers: Ints, documents: pa.RecordBatch, texts: Texts) -> None:
    """Keep of the documents with these numbers the SHA-256 of their texts, and of what is said of them."""
    if walk.corpus is None:
        return
    for row, (number, said) in enumerate(zip(numbers.tolist(), _described(documents), strict=True)):
        walk.documents.keep(number, sha256(texts.bytes_of(row)).digest(), said)


def _described(documents: pa.RecordBatch) -> list[bytes]:
    columns = (documents[name].to_pylist() for name in DESCRIBED)
    return [sha256(repr(values).encode()).digest()[:16] for values in zip(*columns, strict=True)]


def check_corpus(walk: Walk) -> None:
    """Hold the documents against the corpus."""
    if walk.corpus is None:
        return
    texts, raws, said = (walk.findings[name] for name in ("corpus", "corpus-raw", "corpus-documents"))
    documents = walk.documents
    kept = documents.reader([*EDGES, "cleaner_version", "carried_from"])
    seen = np.zeros(len(documents.numbers), bool)
    for batch in documents_of(walk.corpus, _COLUMNS):
        numbers = documents.of(batch["doc_id"].to_pylist())
        batch, numbers = batch.filter(pa.array(numbers >= 0)), numbers[numbers >= 0]
        if not len(numbers):
            continue
        doc_ids = batch["doc_id"].to_pylist()
        seen[numbers] = True
        texts.seen += len(doc_ids)
        said.seen += len(doc_ids)
        found = Texts.of(masked(batch["text"], Counter()) if walk.is_masked else batch["text"])
        described = _described(_published(batch, walk.is_masked))
        for row, number in enumerate(numbers.tolist()):
            digest, description = documents.digests(number)
            if sha256(found.bytes_of(row)).digest() != digest:
                texts.fail(f"document {doc_ids[row]}: has another text in the corpus")
            if described[row] != description:
                said.fail(f"document {doc_ids[row]}: has another title, address, date or cluster in the corpus")
        sizes, spans, decisions = kept.of(numbers)
        _check_cleaner(walk, batch.filter(pa.array(sizes > 0)), decisions)
        _check_raw(walk, batch, np.repeat(np.arange(len(sizes)), sizes), spans)
    for doc_id in (doc_id for doc_id, number in documents.numbers.items() if not seen[number]):
        for finding in (texts, raws, said):
            finding.fail(f"document {doc_id}: is not in the corpus")
    _check_removed(walk)


def _check_cleaner(walk: Walk, documents: pa.RecordBatch, decisions: pa.RecordBatch) -> None:
    """Documents with spans were made by the cleaner that these name, and are carried from another text."""
    finding, doc_ids = walk.findings["corpus-documents"], documents["doc_id"]
    here, there = decisions["cleaner_version"], documents["cleaner_version"]
    same = pc.equal(pc.fill_null(here, ""), pc.fill_null(there, "")).to_numpy(zero_copy_only=False)
    finding.fail_where(
        ~same, lambda row: f"document {doc_ids[row]}: cleaner version {there[row]} in the corpus, {here[row]} here"
    )
    wrong = pc.fill_null(pc.equal(decisions["carried_from"], documents["text_sha256"]), False)
    finding.fail_where(
        wrong.to_numpy(zero_copy_only=False),
        lambda row: f"document {doc_ids[row]}: its spans are said to be carried over from the very text it has",
    )


def _check_raw(walk: Walk, documents: pa.RecordBatch, owners: Ints, spans: pa.RecordBatch) -> None:
    """The raw characters of each span clean to those at its place in the document, which `owners` number."""
    finding, doc_ids = walk.findings["corpus-raw"], documents["doc_id"]
    finding.seen += len(owners)
    starts, ends, raw_starts, raw_ends = edges = tuple(spans[name].to_numpy() for name in EDGES)
    for index in np.flatnonzero(~anchored(edges, owners, documents["alignment"])).tolist():
        runs = tuple(Run(**run) for run in documents["alignment"][owners[index]].as_py())
        start, end, raw_start, raw_end = (int(part[index]) for part in (starts, ends, raw_starts, raw_ends))
        if not _leads_to(runs, (start, end), (raw_start, raw_end)):
            where = f"span [{start}, {end}), raw [{raw_start}, {raw_end})"
            finding.fail(f"document {doc_ids[owners[index]]}: {where}")


def note_changed_corpus(walk: Walk) -> None:
    """Say it of what does not fit where the corpus is not the one that the card names."""
    wrong = [finding for name, finding in walk.findings.items() if name.startswith(("corpus", "log")) and finding.wrong]
    if not wrong or walk.corpus is None or walk.card is None:
        return
    if walk.card.inputs.get("corpus") != corpus_sha256(walk.corpus):
        for finding in wrong:
            finding.note += "; the corpus has been changed since the build"


def _published(documents: pa.RecordBatch, is_masked: bool) -> pa.RecordBatch:
    """Documents of the corpus with what is said of them as a build writes it."""
    columns = {name: documents[name] for name in DESCRIBED} | {"cluster_id": cluster_ids(documents)}
    if is_masked:
        columns["title"] = masked(columns["title"], Counter())
    return pa.RecordBatch.from_pydict(columns)


def _leads_to(runs: tuple[Run, ...], span: tuple[int, int], raw: tuple[int, int]) -> bool:
    """Whether the raw characters clean to those of the span that stand in the raw page."""
    if not 0 <= span[0] < span[1]:
        return False
    place = to_clean(runs, *raw)
    return place is not None and place == to_clean(runs, *raw_span(runs, *span))


def _check_removed(walk: Walk) -> None:
    """The removed spans that are published against those of the corpus, as one hash a split."""
    if walk.corpus is None or walk.shape is None or walk.card is None or not walk.card.has_removed:
        return
    finding = walk.findings["corpus-removed"]
    hashes = {split: RowHash(walk.shape.schema("removed")) for split in SPLITS}
    masking: Counter[str] | None = Counter() if walk.is_masked else None
    for split, table in removed_rows(walk.corpus, walk.shape, walk.documents.home_of(), masking):
        hashes[split].update(table)
    for split, found in hashes.items():
        finding.seen += found.rows
        said = walk.hashes.get(f"removed/{split}")
        if (said or found.rows) and said != found.hexdigest():
            finding.fail(f"{split}: the corpus has other removed spans for its documents")
