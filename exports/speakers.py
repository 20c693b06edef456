"""Which annotation speaks for a document, and whether every span of it stands there.

In: a batch of the corpus's documents with what the log has of them. Out: a file with the documents that are published
and what was decided on them, and the count and reason of everything left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from annotation.carry import Lost, speaking
from annotation.log import Record, Span, by_precedence
from corpus.errors import JiaozhuError
from corpus.spans import Run, to_clean, to_raw
from corpus.store import Group, read_groups
from exports.agreement import Opinion, opinion
from exports.log_columns import RECORD, SPAN, Broken, BrokenLines, Heads, read_records
from exports.proof import in_order, lists, stands
from exports.ranges import range_numbers
from exports.texts import Ints, Texts, borders_of, one_batch


@dataclass(frozen=True, slots=True)
class Refusal:
    """An annotation that is not published, and why; `start` and `end` name the span that is to blame, if one is."""

    doc_id: str
    annotation: str
    reason: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        span = "" if self.start is None else f" span [{self.start}, {self.end}):"
        return f"document {self.doc_id}: annotation {self.annotation}:{span} {self.reason}"


_TEXT, _INT = pa.string(), pa.int64()
# A row for each document with a published annotation: of the corpus, and of the annotation that speaks.
PUBLISHED = pa.schema(
    [
        *((name, _TEXT) for name in ("doc_id", "text", "title", "url", "published_at", "cluster_id")),
        ("cleaner_version", _TEXT),
        *((name, _TEXT) for name in ("annotation", "annotator", "updated_at", "guideline", "model")),
        ("blind", pa.bool_()),
        ("took_away", _INT),  # how many suggestions the annotator deleted
        ("carried_from", _TEXT),  # SHA-256 of the text it was made on, where that is not the text of today
        ("spans", pa.list_(SPAN)),
    ]
)
OF_DOCUMENT = PUBLISHED.names[:7]


@dataclass(frozen=True, slots=True)
class Batch:
    """Groups of the corpus's documents, and the submitted annotations of these."""

    corpus: Path
    groups: tuple[Group, ...]
    heads: Heads
    labels: tuple[str, ...]
    skip_stale: bool
    strict: bool
    documents: int  # in memory at once
    output: Path
    ranges: int  # of `output`


@dataclass(slots=True)
class Checked:
    """What became of a batch: `output` is an Arrow file of PUBLISHED with a batch of rows for each range of doc_id.

    `sizes` are their rows, `clusters` names the cluster of each row, and `entities` counts its spans by label.
    """

    output: Path
    sizes: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    clusters: list[str] = field(default_factory=list)
    entities: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    blind: set[str] = field(default_factory=set)  # clusters with a document that was annotated without suggestions
    refused: list[Refusal] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)  # lines; nothing else is then known
    tally: Counter[str] = field(default_factory=Counter)
    guidelines: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    opinions: list[Opinion] = field(default_factory=list)


def check_batch(batch: Batch) -> Checked:
    """Choose and check the record of every annotated document of the batch, and write them.

    Raises:
        JiaozhuError: an annotated document has no text; with `strict`, an annotation is refused.
    """
    found = Checked(batch.output)
    by_document: dict[str, list[int]] = {}
    for row, name in enumerate(batch.heads.column("doc_id", np.arange(len(batch.heads.lines))).to_pylist()):
        by_document.setdefault(name, []).append(row)
    try:
        made = [_decide(batch, found, asked) for asked in _asked(batch, by_document)]
    except BrokenLines as error:
        found.broken = error.broken
        return found
    table = pa.concat_tables([PUBLISHED.empty_table(), *made]).combine_chunks()
    number = range_numbers(table["doc_id"], batch.ranges)
    if batch.ranges > 1:
        table = table.take(pa.array(np.argsort(number, kind="stable")))
    found.sizes = np.bincount(number, minlength=batch.ranges)
    _count(batch, found, table)
    rows = one_batch(table)
    with pa.OSFile(str(batch.output), "wb") as file, pa.ipc.new_file(file, PUBLISHED) as stream:
        first = 0
        for size in found.sizes.tolist():
            stream.write_batch(rows.slice(first, size))
            first += size
    return found


def check_lines(heads: Heads) -> list[Broken]:
    """Those of the records that are none, though nobody asks for their spans."""
    try:
        read_records(heads, np.arange(len(heads.lines)))
    except BrokenLines as error:
        return error.broken
    return []


@dataclass(frozen=True, slots=True)
class _Asked:
    """Some documents, and what the log says of them."""

    batch: pa.RecordBatch
    texts: Texts
    groups: dict[int, list[int]]  # the records of each annotated row
    digests: dict[int, str]
    fitting: list[int]  # rows with one record, made on this text
    records: pa.Table  # of the fitting rows


def _asked(batch: Batch, by_document: dict[str, list[int]]) -> Iterator[_Asked]:
    for rows in read_groups(batch.groups, [*OF_DOCUMENT, "alignment"], batch.documents):
        if rows["text"].null_count:
            name = rows["doc_id"].filter(rows["text"].is_null())[0]
            raise JiaozhuError(f"{batch.corpus}: document {name} has no text; build the corpus again")
        texts = Texts.of(rows["text"])
        records = map(by_document.get, rows["doc_id"].to_pylist())
        groups = {row: group for row, group in enumerate(records) if group}
        digests = {row: sha256(texts.bytes_of(row)).hexdigest() for row in groups}
        alone = [row for row, group in groups.items() if len(group) == 1]
        said = batch.heads.column("text_sha256", [groups[row][0] for row in alone]).to_pylist()
        fitting = [row for row, digest in zip(alone, said, strict=True) if digest == digests[row]]
        fit = read_records(batch.heads, [groups[row][0] for row in fitting])
        yield _Asked(rows, texts, groups, digests, fitting, fit)


def _decide(batch: Batch, found: Checked, asked: _Asked) -> pa.Table:
    """The published ones of some documents (PUBLISHED), in their order. Nearly all are proven together."""
    alignments, fitting, records = asked.batch["alignment"], asked.fitting, asked.records
    spans, owners = lists(records["spans"].combine_chunks())
    spans = in_order(spans, owners)
    texts = asked.texts.rows_at(fitting)
    proven = stands(spans, owners, texts, alignments.take(pa.array(fitting, pa.int64())), batch.labels)
    rows = np.array(fitting, np.int64)[proven]
    if not proven.all():
        records, spans = records.filter(pa.array(proven)), spans.filter(pa.array(proven[owners]))
    made = [_decided(asked, rows, records, spans)]
    numbers = [rows]
    for row in sorted(set(asked.groups).difference(rows.tolist())):
        candidates = batch.heads.records(asked.groups[row])
        record = _speaker(batch, found, candidates, asked.digests[row], asked.texts.text(row), alignments[row])
        if record is not None:
            table = pa.Table.from_pylist([asdict(record)], schema=RECORD)
            made_on = next(one.text_sha256 for one in candidates if one.annotation == record.annotation)
            carried_from = None if made_on == asked.digests[row] else made_on
            numbers.append(np.array([row]))
            made.append(_decided(asked, numbers[-1], table, lists(table["spans"].combine_chunks())[0], carried_from))
    decided = pa.concat_tables(made)
    return decided.take(pa.array(np.argsort(np.concatenate(numbers)))) if len(made) > 1 else decided


def _decided(
    asked: _Asked, rows: Ints, records: pa.Table, spans: pa.StructArray, carried_from: str | None = None
) -> pa.Table:
    """The documents of these rows with records of these spans, ordered, as a table of PUBLISHED."""
    sizes = pc.list_value_length(records["spans"]).to_numpy()
    documents = asked.batch.select(OF_DOCUMENT)
    if len(rows) < len(documents):  # else they are all of them, in order
        documents = documents.take(pa.array(rows, pa.int64()))
    columns = {
        **{name: documents[name] for name in OF_DOCUMENT},
        "took_away": pc.list_value_length(records["deleted"]).cast(pa.int64()),
        "blind": pc.fill_null(records["blind"], False),
        "carried_from": pa.array([carried_from] * len(rows), pa.string()),
        "spans": pa.ListArray.from_arrays(pa.array(borders_of(sizes).astype(np.int32)), spans),
    }
    made = [columns[name] if name in columns else records[name] for name in PUBLISHED.names]
    return pa.table(made, schema=PUBLISHED)


def _speaker(
    batch: Batch, found: Checked, candidates: list[Record], digest: str, text: str, alignment: pa.ListScalar
) -> Record | None:
    """The record that speaks for a document, its spans ordered and anchored; None where none may."""
    runs = tuple(Run(**run) for run in alignment.as_py())
    if (several := opinion(candidates, digest, len(text), batch.labels)) is not None:
        found.opinions.append(several)
    ranked = by_precedence(candidates, digest)
    if batch.skip_stale:
        ranked = [record for record in ranked if record.text_sha256 == digest]
    speaker, tried = speaking(ranked, digest, text, runs)
    found.lost += [item for carried in tried for item in carried.lost]
    if speaker is None:
        if batch.strict and tried:
            again = next(item for item in tried[0].lost if item.reason != "removed")
            raise JiaozhuError(f"{batch.heads.log}: {again}; look at it again, or build without --strict")
        found.tally["stale"] += len(candidates)
        return None
    passed = sum(not carried.complete for carried in tried)  # a person has to look at these
    found.tally["stale"] += len(candidates) - len(ranked) + passed
    found.tally["superseded"] += len(ranked) - passed - 1
    if problems := _problems(speaker, text, runs, batch.labels):
        if batch.strict:
            raise JiaozhuError(f"{batch.heads.log}: {problems[0]}; mend it, or build without --strict")
        found.refused += problems
        return None
    if tried and speaker is tried[-1].record:
        found.tally["carried"] += 1
        found.tally["carried_spans"] += len(speaker.spans)
        found.tally["removed_spans"] += len(tried[-1].lost)
    ordered = sorted(speaker.spans, key=lambda span: span.start)
    anchored = [_anchor(span, runs) for span in ordered]
    found.tally["reanchored"] += sum(new is not old for new, old in zip(anchored, ordered, strict=True))
    return replace(speaker, spans=tuple(anchored))


def _count(batch: Batch, found: Checked, table: pa.Table) -> None:
    """What the published annotations add to the clusters and to the card."""
    found.tally["published"] = table.num_rows
    found.tally["took_away"] = pc.sum(table["took_away"]).as_py() or 0
    found.guidelines.update(table["guideline"].unique().to_pylist())
    found.models.update(filter(None, table["model"].unique().to_pylist()))
    spans, owners = lists(table["spans"].combine_chunks())
    labels = pc.index_in(spans.field("label"), pa.array(batch.labels, pa.string())).to_numpy()
    width = len(batch.labels)
    counts = np.bincount(owners * width + labels, minlength=table.num_rows * width)
    found.entities = counts.reshape(-1, width).astype(np.int32)
    found.clusters = cluster_ids(table).to_pylist()
    blind = table["blind"].combine_chunks().to_numpy(zero_copy_only=False)
    found.blind.update(found.clusters[row] for row in np.flatnonzero(blind))


def cluster_ids(documents: pa.RecordBatch | pa.Table) -> pa.StringArray:
    """The cluster of each document; its own name where the corpus names none."""
    return pc.coalesce(documents["cluster_id"], documents["doc_id"])


def _problems(record: Record, text: str, runs: tuple[Run, ...], labels: Sequence[str]) -> list[Refusal]:
    """Every reason why the record cannot be published; one for each wrong span."""
    if not text:
        return [Refusal(record.doc_id, record.annotation, "the document has no text")]
    problems: list[Refusal] = []
    end = 0
    for span in sorted(record.spans, key=lambda span: (span.start, span.end)):
        reason = _problem(span, text, runs, labels)
        if not reason and span.start < end:
            reason = "overlaps the span before it"
        if reason:
            problems.append(Refusal(record.doc_id, record.annotation, reason, span.start, span.end))
        else:
            end = span.end
    return problems


def _problem(span: Span, text: str, runs: tuple[Run, ...], labels: Sequence[str]) -> str | None:
    if not 0 <= span.start < span.end <= len(text):
        return f"outside the document's {len(text)} characters, or empty"
    if text[span.start : span.end] != span.text:
        return "its text is not what the document has there"
    if span.label not in labels:
        return f"label {span.label!r} is not in the scheme ({', '.join(labels)})"
    if to_clean(runs, *raw_span(runs, span.start, span.end)) is None:
        return "none of its characters stands in the raw page"
    return None


def raw_span(runs: tuple[Run, ...], start: int, end: int) -> tuple[int, int]:
    """Where clean `[start, end)` stands in the raw page; inserted characters at the very end reach to the last run."""
    return to_raw(runs, start, end, runs[-1].raw_start + runs[-1].length) if runs else (0, 0)


def _anchor(span: Span, runs: tuple[Run, ...]) -> Span:
    """The span with raw offsets that lead to it: its own, or new ones where a cleaner kept another copy of the text."""
    raw_start, raw_end = raw_span(runs, span.start, span.end)
    if to_clean(runs, span.raw_start, span.raw_end) == to_clean(runs, raw_start, raw_end):
        return span
    return replace(span, raw_start=raw_start, raw_end=raw_end)
