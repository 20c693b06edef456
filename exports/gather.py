"""Which annotation speaks for which document.

In: the corpus and the annotation log. Out: one record a document, every span of it proven against the document's text
and scheme, and the count and reason of everything left out. Nothing is published that did not pass here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from annotation.carry import Lost, speaking
from annotation.labels import LabelScheme
from annotation.log import Record, Span, by_precedence
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.spans import Run, to_clean, to_raw
from corpus.store import read_batches
from exports.agreement import Opinions
from exports.ahead import ahead
from exports.log_columns import RECORD, SPAN, Broken, BrokenLines, Heads, read_heads, read_records
from exports.proof import in_order, lists, stands
from exports.texts import Ints, Texts, borders_of, one_batch

DOCUMENTS = 1_000  # in memory at once


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


@dataclass(frozen=True, slots=True)
class LogCounts:
    """What became of the annotations of the log, each in its newest version. `published` to `refused` are
    disjoint and add up, with `skipped` and `deleted`, to `annotations`.
    """

    annotations: int = 0
    published: int = 0
    skipped: int = 0
    deleted: int = 0
    superseded: int = 0  # another annotation of the same document speaks
    stale: int = 0  # made on another text of the document, and not to be carried over to this one
    refused: int = 0
    carried: int = 0  # of `published`: made on another text of the document, and carried over to this one
    carried_spans: int = 0
    removed_spans: int = 0  # of the annotations in `carried`: spans whose words the cleaner removes now
    reanchored: int = 0  # spans whose raw offsets were taken anew, as the document now stands elsewhere in its page
    broken: int = 0  # lines of the log that are no records, so of no annotation that is counted


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the log says of the corpus: the decisions, document by document, and what they add up to.

    `decisions` is an Arrow stream with a batch (of DECIDED) for each batch of `documents_of`, in the corpus's order.
    """

    decisions: Path
    clusters: dict[str, Ints]  # published spans by label, in the scheme's order, of each cluster with a document
    blind: frozenset[str]  # clusters with a document that was annotated without suggestions
    people: dict[str, str]  # all who annotated or adjudicated, with the time when they first did
    guidelines: tuple[str, ...]
    models: tuple[str, ...]
    deleted: int  # suggestions that the published annotations took away
    refused: tuple[Refusal, ...]
    broken: tuple[Broken, ...]
    lost: tuple[Lost, ...]  # what could not be carried over to the text of today
    agreement: dict[str, Any]  # of the annotators; see `exports.agreement`
    counts: LogCounts


# A row for each document with a published annotation; `row` is its place in the batch of documents.
DECIDED = pa.schema(
    [
        ("row", pa.int64()),
        ("annotation", pa.string()),
        ("annotator", pa.string()),
        ("updated_at", pa.string()),
        ("guideline", pa.string()),
        ("model", pa.string()),
        ("blind", pa.bool_()),
        ("took_away", pa.int64()),  # how many suggestions the annotator deleted
        ("carried_from", pa.string()),  # SHA-256 of the text it was made on, where that is not the text of today
        ("spans", pa.list_(SPAN)),
    ]
)


def gather(
    corpus: Path, log: Path, scheme: LabelScheme, decisions: Path, *, skip_stale: bool = False, strict: bool = False
) -> Gathered:
    """Choose and check the record of every annotated document of the corpus, and write them to `decisions`.

    Which one speaks, `annotation.log.by_precedence` says. An annotation with any wrong span is refused as a whole: a
    document with half its labels would teach that the rest is unlabelled. One made on another text of its document is
    carried over to the text of today (see `annotation.carry`), or left out, with `skip_stale`; one that a person has to
    look at again is left out whole, for the same reason. A line of the log that is no record counts as if it were not
    there. Memory grows with the number of records and documents, by some hundred bytes each, not with spans or texts.

    Raises:
        JiaozhuError: there is no log or no corpus; with `strict`, an annotation is refused or a line of the log broken.
    """
    broken: dict[int, Broken] = {}
    while True:
        heads = read_heads(log, broken)
        for item in heads.broken:
            broken[item.line] = item
        if strict and broken:
            raise JiaozhuError(f"{log}: {broken[min(broken)]}")
        try:
            found = _gather(_Gathering(corpus, heads, scheme, skip_stale, strict), decisions)
        except BrokenLines as error:  # found out late: now the log without them
            broken.update((item.line, item) for item in error.broken)
            continue
        lines = tuple(broken[line] for line in sorted(broken))
        return replace(found, broken=lines, counts=replace(found.counts, broken=len(lines)))


def documents_of(corpus: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The named columns of the corpus's documents, in the corpus's order; the same batches each time."""
    return read_batches(corpus / "documents", columns, DOCUMENTS)


@dataclass(slots=True)
class _Gathering:
    """What is known after the documents read so far."""

    corpus: Path
    heads: Heads
    scheme: LabelScheme
    skip_stale: bool
    strict: bool
    refused: list[Refusal] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    clusters: dict[str, Ints] = field(default_factory=dict)
    blind: set[str] = field(default_factory=set)
    guidelines: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    deleted: int = 0
    opinions: Opinions = field(init=False)
    unread: NDArray[np.bool_] = field(init=False)  # rows of the heads whose spans nobody asked for

    def __post_init__(self) -> None:
        self.opinions = Opinions(self.scheme.names)
        self.unread = np.ones(len(self.heads.table), bool)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The submitted annotations, as rows of the heads; those of one document side by side."""

    rows: Ints
    borders: Ints
    numbers: dict[str, int]  # of the documents

    def of(self, number: int) -> list[int]:
        found: list[int] = self.rows[self.borders[number] : self.borders[number + 1]].tolist()
        return found


def _gather(state: _Gathering, decisions: Path) -> Gathered:
    candidates = _candidates(state)
    seen = np.zeros(len(candidates.numbers), bool)
    with pa.OSFile(str(decisions), "wb") as file, pa.ipc.new_stream(file, DECIDED) as stream:
        for asked in track(ahead(_asked(state, candidates, seen)), "Checking annotations"):
            decided = _decide(state, asked)
            stream.write_batch(one_batch(decided))
            _count(state, asked.batch, decided)
    for number in np.flatnonzero(~seen).tolist():
        for doc_id, annotation in state.heads.names(candidates.of(number)):
            _refuse(state, [Refusal(doc_id, annotation, "the corpus has no such document")])
    left = np.flatnonzero(state.unread)
    for first in range(0, len(left), DOCUMENTS):  # they speak for nothing, but broken ones are named
        read_records(state.heads, left[first : first + DOCUMENTS])
    state.tally["refused"] = len({refusal.annotation for refusal in state.refused})
    return Gathered(
        decisions=decisions,
        clusters=state.clusters,
        blind=frozenset(state.blind),
        people=state.heads.people(),
        guidelines=tuple(sorted(state.guidelines)),
        models=tuple(sorted(state.models)),
        deleted=state.deleted,
        refused=tuple(state.refused),
        broken=(),
        lost=tuple(state.lost),
        agreement=state.opinions.found(),
        counts=LogCounts(**state.tally),
    )


def _candidates(state: _Gathering) -> _Candidates:
    heads = state.heads
    newest = heads.newest()
    status = heads.column("status", newest)
    state.tally["annotations"] = len(newest)
    for name in ("skipped", "deleted"):
        state.tally[name] = pc.sum(pc.equal(status, name)).as_py() or 0
    rows = newest[pc.equal(status, "submitted").to_numpy(zero_copy_only=False)]
    names = heads.column("doc_id", rows)
    order = pc.sort_indices(
        pa.table([names, pa.array(rows)], ["name", "row"]), [("name", "ascending"), ("row", "ascending")]
    )
    numbers: dict[str, int] = {}
    sizes: Counter[int] = Counter()
    for name in names.take(order).to_pylist():
        sizes[numbers.setdefault(name, len(numbers))] += 1
    return _Candidates(rows[order.to_numpy()], borders_of(np.array([*sizes.values()], np.int64)), numbers)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A batch of documents, and what the log says of them."""

    batch: pa.RecordBatch
    texts: Texts
    groups: dict[int, list[int]]  # the candidates of each annotated row
    digests: dict[int, str]
    fitting: list[int]  # rows with one candidate, made on this text
    records: pa.Table  # of the fitting rows


def _asked(state: _Gathering, candidates: _Candidates, seen: NDArray[np.bool_]) -> Iterator[_Asked]:
    for batch in documents_of(state.corpus, ["doc_id", "text", "alignment", "cluster_id"]):
        if batch["text"].null_count:
            name = batch["doc_id"].filter(batch["text"].is_null())[0]
            raise JiaozhuError(f"{state.corpus}: document {name} has no text; build the corpus again")
        texts = Texts.of(batch["text"])
        numbers = list(map(candidates.numbers.get, batch["doc_id"].to_pylist()))
        groups: dict[int, list[int]] = {}
        for row, number in enumerate(numbers):
            if number is None:
                continue
            if seen[number]:
                name = batch["doc_id"][row]
                raise JiaozhuError(
                    f"{state.corpus}: document {name} stands twice in the corpus; build the corpus again"
                )
            seen[number] = True
            groups[row] = candidates.of(number)
        digests = {row: sha256(texts.bytes_of(row)).hexdigest() for row in groups}
        alone = [row for row, group in groups.items() if len(group) == 1]
        said = state.heads.column("text_sha256", [groups[row][0] for row in alone]).to_pylist()
        fitting = [row for row, digest in zip(alone, said, strict=True) if digest == digests[row]]
        state.unread[[number for group in groups.values() for number in group]] = False
        records = read_records(state.heads, [groups[row][0] for row in fitting])
        yield _Asked(batch, texts, groups, digests, fitting, records)


def _decide(state: _Gathering, asked: _Asked) -> pa.Table:
    """The decisions on one batch of documents (a table of DECIDED). Nearly all are proven together."""
    alignments, fitting, records = asked.batch["alignment"], asked.fitting, asked.records
    spans, owners = lists(records["spans"].combine_chunks())
    spans = in_order(spans, owners)
    texts = asked.texts.rows_at(fitting)
    proven = stands(spans, owners, texts, alignments.take(pa.array(fitting, pa.int64())), state.scheme.names)
    rows = np.array(fitting, np.int64)[proven]
    made = [_decided(rows, records.filter(pa.array(proven)), spans.filter(pa.array(proven[owners])))]
    for row in sorted(set(asked.groups).difference(rows.tolist())):
        candidates = state.heads.records(asked.groups[row])
        record = _speaker(state, candidates, asked.digests[row], asked.texts.text(row), alignments[row])
        if record is not None:
            table = pa.Table.from_pylist([asdict(record)], schema=RECORD)
            made_on = next(one.text_sha256 for one in candidates if one.annotation == record.annotation)
            carried_from = None if made_on == asked.digests[row] else made_on
            made.append(_decided(np.array([row]), table, lists(table["spans"].combine_chunks())[0], carried_from))
    decided = pa.concat_tables(made)
    return decided.take(pc.sort_indices(decided["row"])) if len(made) > 1 else decided


def _decided(rows: Ints, records: pa.Table, spans: pa.StructArray, carried_from: str | None = None) -> pa.Table:
    """Records with these spans, ordered, as a table of DECIDED."""
    sizes = pc.list_value_length(records["spans"]).to_numpy()
    columns = {
        "row": pa.array(rows),
        "took_away": pc.list_value_length(records["deleted"]).cast(pa.int64()),
        "blind": pc.fill_null(records["blind"], False),
        "carried_from": pa.array([carried_from] * len(rows), pa.string()),
        "spans": pa.ListArray.from_arrays(pa.array(borders_of(sizes).astype(np.int32)), spans),
    }
    return pa.table([columns[name] if name in columns else records[name] for name in DECIDED.names], schema=DECIDED)


def _speaker(
    state: _Gathering, candidates: list[Record], digest: str, text: str, alignment: pa.ListScalar
) -> Record | None:
    """The record that speaks for a document, its spans ordered and anchored; None where none may."""
    runs = tuple(Run(**run) for run in alignment.as_py())
    state.opinions.add(candidates, digest, len(text))
    ranked = by_precedence(candidates, digest)
    if state.skip_stale:
        ranked = [record for record in ranked if record.text_sha256 == digest]
    speaker, tried = speaking(ranked, digest, text, runs)
    state.lost += [item for carried in tried for item in carried.lost]
    if speaker is None:
        if state.strict and tried:
            again = next(item for item in tried[0].lost if item.reason != "removed")
            raise JiaozhuError(f"{state.heads.log}: {again}; look at it again, or build without --strict")
        state.tally["stale"] += len(candidates)
        return None
    passed = sum(not carried.complete for carried in tried)  # a person has to look at these
    state.tally["stale"] += len(candidates) - len(ranked) + passed
    state.tally["superseded"] += len(ranked) - passed - 1
    if problems := _problems(speaker, text, runs, state.scheme):
        _refuse(state, problems)
        return None
    if tried and speaker is tried[-1].record:
        state.tally["carried"] += 1
        state.tally["carried_spans"] += len(speaker.spans)
        state.tally["removed_spans"] += len(tried[-1].lost)
    ordered = sorted(speaker.spans, key=lambda span: span.start)
    anchored = [_anchor(span, runs) for span in ordered]
    state.tally["reanchored"] += sum(new is not old for new, old in zip(anchored, ordered, strict=True))
    return replace(speaker, spans=tuple(anchored))


def _refuse(state: _Gathering, refusals: list[Refusal]) -> None:
    if refusals and state.strict:
        raise JiaozhuError(f"{state.heads.log}: {refusals[0]}; mend it, or build without --strict")
    state.refused += refusals


def _count(state: _Gathering, batch: pa.RecordBatch, decided: pa.Table) -> None:
    """What the published annotations of a batch add to the clusters and to the card."""
    state.tally["published"] += decided.num_rows
    state.guidelines.update(decided["guideline"].unique().to_pylist())
    state.models.update(filter(None, decided["model"].unique().to_pylist()))
    state.deleted += pc.sum(decided["took_away"]).as_py() or 0
    spans, owners = lists(decided["spans"].combine_chunks())
    labels = pc.index_in(spans.field("label"), pa.array(state.scheme.names, pa.string())).to_numpy()
    width = len(state.scheme.names)
    counts: Ints = np.bincount(owners * width + labels, minlength=decided.num_rows * width).astype(np.int32)
    clusters = cluster_ids(batch.take(decided["row"].combine_chunks())).to_pylist()
    for cluster, found in zip(clusters, counts.reshape(-1, width), strict=True):
        known = state.clusters.get(cluster)
        state.clusters[cluster] = found if known is None else np.add(known, found)
    state.blind.update(clusters[row] for row in np.flatnonzero(decided["blind"].to_numpy()))


def cluster_ids(documents: pa.RecordBatch) -> pa.StringArray:
    """The cluster of each document; its own name where the corpus names none."""
    return pc.coalesce(documents["cluster_id"], documents["doc_id"])


def _problems(record: Record, text: str, runs: tuple[Run, ...], scheme: LabelScheme) -> list[Refusal]:
    """Every reason why the record cannot be published; one for each wrong span."""
    if not text:
        return [Refusal(record.doc_id, record.annotation, "the document has no text")]
    problems: list[Refusal] = []
    end = 0
    for span in sorted(record.spans, key=lambda span: (span.start, span.end)):
        reason = _problem(span, text, runs, scheme)
        if not reason and span.start < end:
            reason = "overlaps the span before it"
        if reason:
            problems.append(Refusal(record.doc_id, record.annotation, reason, span.start, span.end))
        else:
            end = span.end
    return problems


def _problem(span: Span, text: str, runs: tuple[Run, ...], scheme: LabelScheme) -> str | None:
    if not 0 <= span.start < span.end <= len(text):
        return f"outside the document's {len(text)} characters, or empty"
    if text[span.start : span.end] != span.text:
        return "its text is not what the document has there"
    if span.label not in scheme.names:
        return f"label {span.label!r} is not in the scheme ({', '.join(scheme.names)})"
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
