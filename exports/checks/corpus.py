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
from exports.gather import cluster_ids, documents_of, raw_span
from exports.hashes import RowHash
from exports.masking import masked
from exports.proof import anchored
from exports.removed import removed_rows
from exports.splits import SPLITS
from exports.texts import Texts, borders_of, one_array, ranges

DESCRIBED = ("title", "url", "published_at", "cluster_id")  # what a passage says of its document
_COLUMNS = ["doc_id", "text", "alignment", "cleaner_version", "text_sha256", *DESCRIBED]


def keep_documents(walk: Walk, documents: pa.RecordBatch, texts: Texts) -> None:
    """Keep of each document the SHA-256 of its text, and of what is said of it."""
    if walk.corpus is None:
        return
    for row, (doc_id, said) in enumerate(zip(documents["doc_id"].to_pylist(), _described(documents), strict=True)):
        walk.documents[doc_id] = sha256(texts.bytes_of(row)).digest(), said


def _described(documents: pa.RecordBatch) -> list[bytes]:
    columns = (documents[name].to_pylist() for name in DESCRIBED)
    return [sha256(repr(values).encode()).digest()[:16] for values in zip(*columns, strict=True)]


def keep_spans(walk: Walk, found: pa.Table) -> None:
    """Keep what the corpus will be asked of: for each document with spans their edges in document and raw page."""
    if walk.corpus is None or not found.num_rows:
        return
    doc_ids = one_array(found["doc_id"])
    new = np.ones(len(doc_ids), bool)
    new[1:] = pc.not_equal(doc_ids[1:], doc_ids[:-1]).to_numpy(zero_copy_only=False)
    first = np.flatnonzero(new)
    names = doc_ids.take(pa.array(first)).to_pylist()
    made = (found[name].take(pa.array(first)).to_pylist() for name in ("cleaner_version", "carried_from"))
    walk.origins.update(zip(names, zip(*made, strict=True), strict=True))
    edges = np.stack([found[name].to_numpy() for name in ("doc_start", "doc_end", "raw_start", "raw_end")])
    small = edges.min() >= -(2**31) and edges.max() < 2**31
    walk.spans.append((names, np.diff(first, append=len(new)), edges.astype(np.int32) if small else edges))


def check_corpus(walk: Walk) -> None:
    """Hold the documents against the corpus."""
    if walk.corpus is None:
        return
    texts, raws, said = (walk.findings[name] for name in ("corpus", "corpus-raw", "corpus-documents"))
    edges = np.concatenate([np.zeros((4, 0), np.int32), *(edges for _, _, edges in walk.spans)], axis=1)
    sizes = np.concatenate([np.zeros(0, np.int64), *(sizes for _, sizes, _ in walk.spans)])
    named = [doc_id for names, _, _ in walk.spans for doc_id in names]
    places = dict(zip(named, zip(borders_of(sizes).tolist(), sizes.tolist(), strict=False), strict=True))
    seen: set[str] = set()
    for batch in documents_of(walk.corpus, _COLUMNS):
        rows = [row for row, doc_id in enumerate(batch["doc_id"].to_pylist()) if doc_id in walk.documents]
        if not rows:
            continue
        batch = batch.take(pa.array(rows))
        doc_ids = batch["doc_id"].to_pylist()
        seen.update(doc_ids)
        texts.seen += len(doc_ids)
        said.seen += len(doc_ids)
        found = Texts.of(masked(batch["text"], Counter()) if walk.is_masked else batch["text"])
        described = _described(_published(batch, walk.is_masked))
        versions, hashes = batch["cleaner_version"].to_pylist(), batch["text_sha256"].to_pylist()
        for row, doc_id in enumerate(doc_ids):
            digest, description = walk.documents[doc_id]
            if sha256(found.bytes_of(row)).digest() != digest:
                texts.fail(f"document {doc_id}: has another text in the corpus")
            if described[row] != description:
                said.fail(f"document {doc_id}: has another title, address, date or cluster in the corpus")
            cleaner, carried_from = walk.origins.get(doc_id, (versions[row], None))
            if cleaner != versions[row]:
                said.fail(f"document {doc_id}: cleaner version {versions[row]} in the corpus, {cleaner} here")
            if carried_from == hashes[row]:
                said.fail(f"document {doc_id}: its spans are said to be carried over from the very text it has")
        limits = np.array([places.get(doc_id, (0, 0)) for doc_id in doc_ids])
        owners = np.repeat(np.arange(len(doc_ids)), limits[:, 1])
        spans = ranges(limits[:, 0], limits[:, 1])
        raws.seen += len(spans)
        starts, ends, raw_starts, raw_ends = edges[:, spans].astype(np.int64)
        doubtful = np.flatnonzero(~anchored((starts, ends, raw_starts, raw_ends), owners, batch["alignment"]))
        for index in doubtful.tolist():
            runs = tuple(Run(**run) for run in batch["alignment"][owners[index]].as_py())
            start, end, raw_start, raw_end = (int(part[index]) for part in (starts, ends, raw_starts, raw_ends))
            if not _leads_to(runs, (start, end), (raw_start, raw_end)):
                where = f"span [{start}, {end}), raw [{raw_start}, {raw_end})"
                raws.fail(f"document {doc_ids[owners[index]]}: {where}")
    for doc_id in walk.documents:
        if doc_id not in seen:
            texts.fail(f"document {doc_id}: is not in the corpus")
            if doc_id in places:
                raws.fail(f"document {doc_id}: is not in the corpus")
            said.fail(f"document {doc_id}: is not in the corpus")
    _check_removed(walk)


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
    for split, table in removed_rows(walk.corpus, walk.shape, walk.home_of, masking):
        hashes[split].update(table)
    for split, found in hashes.items():
        finding.seen += found.rows
        said = walk.hashes.get(f"removed/{split}")
        if (said or found.rows) and said != found.hexdigest():
            finding.fail(f"{split}: the corpus has other removed spans for its documents")
