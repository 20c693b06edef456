"""How far the work is, in one table: documents, tasks, what is done and left, and the work of each annotator.

In: the corpus, the annotation log and, where it can be reached, the project. Out: figures; nothing is written. What is
done and left is counted on the server, where it is newest; the work of each annotator is counted in the log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from annotation.adjudicate import agree, decided_documents
from annotation.agreement import opinions_by_document
from annotation.changes import condition, query_of
from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import Record, latest, read_log
from annotation.project import Project, require_projects
from corpus.errors import JiaozhuError
from corpus.explained import visible
from corpus.progress import track
from corpus.store import read_rows
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


@dataclass(frozen=True, slots=True)
class Annotator:
    """What one person did, each annotation in its newest version; `acceptance` is the share of suggestions kept."""

    name: str
    annotations: int
    skipped: int
    spans: int
    median_lead_time: float | None  # seconds; None where none was recorded
    acceptance: float | None  # None where no suggestion was shown


@dataclass(frozen=True, slots=True)
class Status:
    """Where the work stands, in documents; `tasks` and `on_server` are None where the server was not asked.

    `done`, `skipped` (opened, and submitted by nobody) and `left` add up to the server's tasks, or to the canonical
    documents without a server. `why` says why a server that was wanted could not be asked.
    """

    documents: int
    tasks: int | None
    done: int
    skipped: int
    left: int
    waiting: int  # for adjudication: several annotators, who differ, and nobody decided
    adjudicated: int  # several annotators, who agree or were decided upon
    on_server: int | None  # annotations, submitted or skipped
    in_log: int  # the same, in the log
    annotators: tuple[Annotator, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class _OnServer:
    tasks: int
    done: int
    skipped: int
    annotations: int


def status(workspace: Workspace, url: str | None = None, title: str | None = None, *, offline: bool = False) -> Status:
    """Count the work. A server that cannot be used is no error: what is done is then counted in the log.

    Raises:
        JiaozhuError: the corpus, the label scheme or the log cannot be read.
    """
    records = [item for item in latest(read_log(workspace.log)) if item.status != "deleted"]
    own = [item for item in records if not item.adjudicated]
    rows = read_rows(workspace.corpus / "documents", ("doc_id", "is_canonical"))
    documents = {row["doc_id"] for row in rows if row["is_canonical"]}
    scheme = load_labels(workspace.labels)
    why, there = "", list[_OnServer]()
    if not offline:
        try:
            with connected(workspace, url) as client:
                projects = require_projects(client, title or workspace.studio.project, scheme)
                there = [_counted(client, project) for project in projects]
        except JiaozhuError as error:
            why = str(error)
    if not there:
        submitted = {item.doc_id for item in own if item.status == "submitted"}
        skipped_in_log = {item.doc_id for item in own if item.status == "skipped"} - submitted
        total, done, skipped = len(documents), len(documents & submitted), len(documents & skipped_in_log)
    else:
        total = sum(part.tasks for part in there)
        done = sum(part.done for part in there)
        skipped = sum(part.skipped for part in there)
    several = {doc_id: found for doc_id, found in opinions_by_document(own).items() if len(found) > 1}
    decided = decided_documents(records)
    waiting = sum(doc_id not in decided and not agree(found) for doc_id, found in several.items())
    return Status(
        documents=len(documents),
        tasks=total if there else None,
        done=done,
        skipped=skipped,
        left=total - done - skipped,
        waiting=waiting,
        adjudicated=len(several) - waiting,
        on_server=sum(part.annotations for part in there) if there else None,
        in_log=len(own),
        annotators=_annotators(own),
        why=why,
    )


def print_status(found: Status, *, as_json: bool = False) -> None:
    """One table for the documents and one row for each annotator, or one JSON object."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return
    console = Console()
    table = Table(title="The work", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows = {
        "documents": found.documents,
        "tasks on the server": found.tasks,
        "  done": found.done,
        "  skipped": found.skipped,
        "  left": found.left,
        "several annotators, waiting for an adjudicator": found.waiting,
        "several annotators, agreed or decided": found.adjudicated,
        "annotations on the server": found.on_server,
        "annotations in the log": found.in_log,
    }
    for name, figure in rows.items():
        table.add_row(name, "-" if figure is None else f"{figure:,}")
    console.print(table)
    table = Table(title="Annotators, as the log has them", title_justify="left")
    table.add_column("annotator", overflow="fold")
    for name in ("annotations", "skipped", "spans", "median seconds", "suggestions kept"):
        table.add_column(name, justify="right")
    for row in found.annotators:
        table.add_row(
            Text(visible(row.name)),
            f"{row.annotations:,}",
            f"{row.skipped:,}",
            f"{row.spans:,}",
            "-" if row.median_lead_time is None else f"{row.median_lead_time:,.0f}",
            "-" if row.acceptance is None else f"{row.acceptance:.0%}",
        )
    console.print(table)


def _counted(client: LabelStudio, project: Project) -> _OnServer:
    """What the server counts itself; only tasks that somebody skipped are listed, which are few."""
    worked: Any = client.tasks.list(
        project=project.id,
        query=query_of([condition("total_annotations", "greater", 0)]),
        page_size=1,
        fields="task_only",
        include="id",
    )
    pages: Any = client.tasks.list(
        project=project.id,
        query=query_of([condition("cancelled_annotations", "greater", 0)]),
        page_size=500,
        fields="task_only",
        include="id,total_annotations,cancelled_annotations",
    )
    skips = [(task.cancelled_annotations or 0, task.total_annotations or 0) for task in track(pages, "Listing skips")]
    return _OnServer(
        tasks=project.tasks,
        done=worked.response.total,
        skipped=sum(not submitted for _, submitted in skips),
        annotations=worked.response.total_annotations + sum(skipped for skipped, _ in skips),
    )


def _annotators(records: Sequence[Record]) -> tuple[Annotator, ...]:
    rows: list[Annotator] = []
    for name in sorted({record.annotator for record in records}):
        own = [record for record in records if record.annotator == name]
        done = [record for record in own if record.status == "submitted"]
        shown = sum(len(item.deleted) + sum(span.suggestion is not None for span in item.spans) for item in done)
        kept = sum(span.verdict == "kept" for item in done for span in item.spans)
        times = [record.lead_time for record in done if record.lead_time is not None]
        rows.append(
            Annotator(
                name=name,
                annotations=len(done),
                skipped=len(own) - len(done),
                spans=sum(len(record.spans) for record in done),
                median_lead_time=round(median(times), 1) if times else None,
                acceptance=round(kept / shown, 6) if shown else None,
            )
        )
    return tuple(rows)
