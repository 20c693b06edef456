"""The second look: likely label errors of what was decided, listed, and sent to an adjudicator as tasks.

In: the annotation log and the corpus. Out: doubts with a reason and a score, and with `push` tasks that show what was
decided beside what may be right. Nothing in the log changes; what an adjudicator has decided is listed, never asked
again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotation.adjudicate import Asked, as_suggestions, ask, decided_documents
from annotation.doubts import Doubt, Marked, Place, by_border, by_guideline, by_model, by_string
from annotation.labels import load_labels
from annotation.log import Record, by_precedence, latest, read_log
from annotation.push import COLUMNS
from annotation.tasks import to_prediction, to_task
from corpus.errors import JiaozhuError
from corpus.explained import visible
from corpus.store import read_rows
from corpus.workspace import Workspace

SHOWN = 40  # doubts in the terminal
REVIEWER = "review"  # in whose name the other version is shown
TITLE_LENGTH = 300  # characters of a title with the reasons


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The doubts, the surest first. `stale` are annotated documents whose text has changed since; they are not read."""

    documents: int
    spans: int
    stale: int
    decided: tuple[str, ...]  # documents that an adjudicator decided: doubts on them are not asked again
    doubts: tuple[Doubt, ...]


def review(workspace: Workspace, *, model: bool = True, least: float = 0.0) -> Reviewed:
    """Look for likely errors in the annotation that speaks for each document; doubts of a score under `least` are out.

    Without `model` no CRF learns, which takes minutes.

    Raises:
        JiaozhuError: there is no log or no corpus, one of them is broken, or python-crfsuite is missing.
    """
    speaking, stale, decided = _speaking(workspace)
    documents = [marked for marked, _ in speaking.values()]
    looks: list[Callable[[Sequence[Marked]], Iterable[Doubt]]] = [by_string, by_border]
    looks += [by_guideline] * (workspace.labels is None)  # the rules are those of the shipped scheme
    looks += [by_model] * model
    found: dict[tuple[str, int, int, Place | None], Doubt] = {}
    for look in looks:
        for doubt in look(documents):
            key = (doubt.doc_id, doubt.start, doubt.end, doubt.proposed)
            if doubt.score >= least and (key not in found or doubt.score > found[key].score):
                found[key] = doubt
    ordered = sorted(
        found.values(), key=lambda doubt: (-doubt.score, doubt.doc_id, doubt.start, doubt.end, doubt.reason)
    )
    spans = sum(len(document.spans) for document in documents)
    return Reviewed(len(documents), spans, stale, tuple(sorted(decided & set(speaking))), tuple(ordered))


def push_doubts(workspace: Workspace, found: Reviewed, url: str | None = None, title: str | None = None) -> Asked:
    """Make a task of each doubtful document in the adjudication project: what was decided, and what may be right.

    The reasons stand with the title. A document that is there, or that an adjudicator has decided, is left alone, so
    that nobody's decision is asked for twice.

    Raises:
        JiaozhuError: the server, the project, the corpus or the log cannot be used.
    """
    scheme = load_labels(workspace.labels)
    speaking, _, decided = _speaking(workspace)
    doubts: dict[str, list[Doubt]] = {}
    for doubt in found.doubts:
        if doubt.doc_id not in decided:
            doubts.setdefault(doubt.doc_id, []).append(doubt)
    tasks: dict[str, dict[str, Any]] = {}
    for row in read_rows(workspace.corpus / "documents", COLUMNS):
        if row["doc_id"] in doubts and row["doc_id"] in speaking:
            marked, record = speaking[row["doc_id"]]
            versions = {record.annotator: marked.spans, REVIEWER: corrected(marked, doubts[row["doc_id"]])}
            task = to_task(row, None, scheme)
            task["data"]["title"] = _with_reasons(row["title"] or "", doubts[row["doc_id"]])
            task["predictions"] = [to_prediction(row, item, scheme) for item in as_suggestions(row, versions)]
            tasks[row["doc_id"]] = task
    return ask(workspace, tasks, url, title)


def corrected(marked: Marked, doubts: Iterable[Doubt]) -> tuple[Place, ...]:
    """The spans as they would be if every doubt were right; of two that exclude each other, the surer one."""
    spans = set(marked.spans)
    settled: list[tuple[int, int]] = []
    for doubt in sorted(doubts, key=lambda doubt: (-doubt.score, doubt.start)):
        start = min(doubt.start, doubt.proposed[0]) if doubt.proposed else doubt.start
        end = max(doubt.end, doubt.proposed[1]) if doubt.proposed else doubt.end
        if any(a < end and start < b for a, b in settled):
            continue
        settled.append((start, end))
        spans = {span for span in spans if span[1] <= start or end <= span[0]}
        if doubt.proposed:
            spans.add(doubt.proposed)
    return tuple(sorted(spans))


def _with_reasons(title: str, doubts: Sequence[Doubt]) -> str:
    said = "；".join(f"{doubt.text}：{doubt.why}" for doubt in sorted(doubts, key=lambda doubt: doubt.start))
    return f"{title}【复核 {said}】"[:TITLE_LENGTH]


def _speaking(workspace: Workspace) -> tuple[dict[str, tuple[Marked, Record]], int, set[str]]:
    """By document, the annotation that speaks for its present text; how many have none; and who was decided upon."""
    if not workspace.log.is_file():
        raise JiaozhuError(f"{workspace.log}: no annotation log here; run jiaozhu annotation pull")
    records = [record for record in latest(read_log(workspace.log)) if record.status == "submitted"]
    by_document: dict[str, list[Record]] = {}
    for record in records:
        by_document.setdefault(record.doc_id, []).append(record)
    speaking: dict[str, tuple[Marked, Record]] = {}
    stale = 0
    for row in read_rows(workspace.corpus / "documents", ("doc_id", "text", "text_sha256")):
        if row["doc_id"] not in by_document:
            continue
        first = by_precedence(by_document[row["doc_id"]], row["text_sha256"])[0]
        if first.text_sha256 != row["text_sha256"]:
            stale += 1
            continue
        spans = tuple(sorted((span.start, span.end, span.label) for span in first.spans))
        speaking[row["doc_id"]] = (Marked(row["doc_id"], row["text"], spans), first)
    return dict(sorted(speaking.items())), stale, decided_documents(records)


def print_reviewed(found: Reviewed, asked: Asked | None = None, *, as_json: bool = False) -> None:
    """The surest doubts and the figures as tables on stdout, or everything as one JSON object."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print(json.dumps(asdict(found) | {"asked": asdict(asked) if asked else None}, ensure_ascii=False))
        return
    console = Console()
    if found.doubts:
        table = Table(title="Likely errors, the surest first", title_justify="left")
        for name in ("document", "place", "marked", "words", "may be", "why", "reason", "score"):
            table.add_column(name, overflow="fold")
        for doubt in found.doubts[:SHOWN]:
            table.add_row(*map(Text, _cells(doubt)))
        console.print(table)
    table = Table(title="The second look", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows = {
        "documents": found.documents,
        "spans": found.spans,
        "documents with another text now, not read": found.stale,
        "documents decided by an adjudicator": len(found.decided),
        "doubts": len(found.doubts),
    }
    rows |= {f"  {reason}": count for reason, count in Counter(doubt.reason for doubt in found.doubts).most_common()}
    if asked:
        rows |= {"pushed to the adjudicator": asked.pushed, "already there": asked.already}
    for name, figure in rows.items():
        table.add_row(name, f"{figure:,}")
    console.print(table)
    if len(found.doubts) > SHOWN:
        console.print(f"{len(found.doubts) - SHOWN:,} further doubts: --json has all", markup=False)
    if asked:
        console.print(f"{asked.project}: {asked.url}", markup=False)


def _cells(doubt: Doubt) -> Iterator[str]:
    yield doubt.doc_id[:12]
    yield f"[{doubt.start}, {doubt.end})"
    yield doubt.label or "nothing"
    yield visible(doubt.text)
    yield "nothing" if doubt.proposed is None else f"{doubt.proposed[2]} [{doubt.proposed[0]}, {doubt.proposed[1]})"
    yield visible(doubt.why)
    yield doubt.reason
    yield f"{doubt.score:.2f}"
