"""Which annotation speaks for which document.

In: the corpus and the annotation log. Out: one record a document, every span of it proven against the document's text
and scheme, and the count and reason of everything left out. Nothing is published that did not pass here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotation.carry import Lost, speaking
from annotation.labels import LabelScheme
from annotation.log import Record, Span, by_precedence, latest, read_log
from corpus.errors import JiaozhuError
from corpus.records import text_sha256
from corpus.spans import Run, to_clean, to_raw
from corpus.store import read_rows


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


@dataclass(frozen=True, slots=True)
class Gathered:
    """The record that speaks for each document (spans ordered by start), and the documents' clusters."""

    records: dict[str, Record]
    clusters: dict[str, str]  # doc_id to cluster_id
    refused: tuple[Refusal, ...]
    lost: tuple[Lost, ...]  # what could not be carried over to the text of today
    counts: LogCounts


def gather(corpus: Path, log: Path, scheme: LabelScheme, *, skip_stale: bool = False) -> Gathered:
    """Choose and check the record of every annotated document of the corpus.

    Of several annotations of a document an adjudicator's decision on its present text speaks, the latest if there are
    several; otherwise the one updated last; of equals an agreement, then the one with the greatest id. An annotation
    with any wrong span is refused as a whole: a document with half its labels would teach that the rest
    is unlabelled.

    An annotation made on another text of its document is carried over to the text of today (see `annotation.carry`),
    or left out, with `skip_stale`. One that a person has to look at again is left out whole, for the same reason.

    Raises:
        JiaozhuError: there is no log or no corpus, or a line of the log is broken.
    """
    candidates, counts = _candidates(log)
    records: dict[str, Record] = {}
    clusters: dict[str, str] = {}
    refused: list[Refusal] = []
    lost: list[Lost] = []
    tally: Counter[str] = Counter()
    seen: set[str] = set()
    for row in read_documents(corpus, ["doc_id", "text", "alignment", "cluster_id"]):
        doc_id = row["doc_id"]
        if doc_id not in candidates:
            continue
        if doc_id in seen:
            raise JiaozhuError(f"{corpus}: document {doc_id} stands twice in the corpus; build the corpus again")
        seen.add(doc_id)
        digest = text_sha256(row["text"])
        runs = tuple(Run(**run) for run in row["alignment"])
        ranked = by_precedence(candidates[doc_id], digest)
        if skip_stale:
            ranked = [record for record in ranked if record.text_sha256 == digest]
        speaker, tried = speaking(ranked, digest, row["text"], runs)
        lost += [item for carried in tried for item in carried.lost]
        if speaker is None:
            tally["stale"] += len(candidates[doc_id])
            continue
        tally["stale"] += len(candidates[doc_id]) - len(ranked) + sum(not carried.complete for carried in tried)
        tally["superseded"] += len(ranked) - sum(not carried.complete for carried in tried) - 1
        if tried and speaker is tried[-1].record:
            tally["carried"] += 1
            tally["carried_spans"] += len(speaker.spans)
            tally["removed_spans"] += len(tried[-1].lost)
        if problems := _problems(speaker, row["text"], runs, scheme):
            refused += problems
            continue
        ordered = sorted(speaker.spans, key=lambda span: span.start)
        anchored = [_anchor(span, runs) for span in ordered]
        tally["reanchored"] += sum(new is not old for new, old in zip(anchored, ordered, strict=True))
        records[doc_id] = replace(speaker, spans=tuple(anchored))
        clusters[doc_id] = row["cluster_id"] or doc_id
    for doc_id, strangers in candidates.items():
        if doc_id not in seen:
            refused += [Refusal(doc_id, record.annotation, "the corpus has no such document") for record in strangers]
    counts = replace(
        counts,
        published=len(records),
        refused=len({refusal.annotation for refusal in refused}),
        **tally,
    )
    return Gathered(records, clusters, tuple(refused), tuple(lost), counts)


def read_documents(corpus: Path, columns: list[str]) -> Iterable[dict[str, Any]]:
    """The named columns of the corpus's documents, in the corpus's order."""
    return read_rows(corpus / "documents", columns)


def _candidates(log: Path) -> tuple[dict[str, list[Record]], LogCounts]:
    """The submitted annotations of each document."""
    if not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; run jiaozhu annotation pull, or name one with --log")
    try:
        newest = latest(read_log(log))
    except UnicodeDecodeError:
        raise JiaozhuError(f"{log}: not UTF-8 text; restore the log from version control") from None
    candidates: dict[str, list[Record]] = {}
    for record in newest:
        if record.status == "submitted":
            candidates.setdefault(record.doc_id, []).append(record)
    counts = LogCounts(
        annotations=len(newest),
        skipped=sum(record.status == "skipped" for record in newest),
        deleted=sum(record.status == "deleted" for record in newest),
    )
    return candidates, counts


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
