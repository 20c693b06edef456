"""After a change of the cleaner: what is carried over by itself, and what people must look at again.

In: the corpus of today and the annotation log. Out: figures, a list of what was lost and why, and with `push` a task of
its new text for each document that needs a person, with the spans that could be carried as suggestions. Nothing is
written to the log; `exports build` carries by the same rules.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from annotation.carry import Lost, Reason, speaking
from annotation.connection import address, alone, connected
from annotation.labels import load_labels
from annotation.log import Record, Suggestion, by_precedence, latest, read_log
from annotation.project import ensure_project
from annotation.push import BATCH, COLUMNS, batched, find_tasks, send_tasks
from annotation.suggestions import Suggestions
from annotation.tasks import to_task
from corpus.errors import JiaozhuError
from corpus.explained import visible
from corpus.progress import track
from corpus.spans import Run
from corpus.store import read_rows
from corpus.workspace import Workspace

MODEL = "carried"  # `carried@CLEANER_VERSION` is the model of carried suggestions


@dataclass(frozen=True, slots=True)
class Survey:
    """What became of the annotations that would speak, in documents and in spans.

    `spans` are those of annotations of another text: `carried` of them stand in the text of today, `lost` says what
    became of the others. `again` are the documents that a person must look at.
    """

    fitting: int  # documents annotated on the text of today
    complete: int  # documents whose annotation is carried whole
    again: tuple[str, ...]
    spans: int
    carried: int
    lost: tuple[Lost, ...]
    records: Mapping[str, Record] = field(repr=False)  # of `again`: what could be carried


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What a push did, in documents."""

    project: str
    url: str
    pushed: int
    already: int


def survey(workspace: Workspace) -> Survey:
    """Carry every annotation of another text that would speak for its document.

    Raises:
        JiaozhuError: there is no log or no corpus, or one of them is broken.
    """
    if not workspace.log.is_file():
        raise JiaozhuError(f"{workspace.log}: no annotation log here; run jiaozhu annotation pull")
    candidates: dict[str, list[Record]] = {}
    for record in latest(read_log(workspace.log)):
        if record.status == "submitted":
            candidates.setdefault(record.doc_id, []).append(record)
    fitting = complete = spans = carried = 0
    lost: list[Lost] = []
    again: dict[str, Record] = {}
    rows = read_rows(workspace.corpus / "documents", ("doc_id", "text", "text_sha256", "alignment"))
    for row in track(rows, "Carrying annotations"):
        doc_id = row["doc_id"]
        if doc_id not in candidates:
            continue
        runs = tuple(Run(**run) for run in row["alignment"])
        ranked = by_precedence(candidates[doc_id], row["text_sha256"])
        speaker, tried = speaking(ranked, row["text_sha256"], row["text"], runs)
        if speaker is not None and (not tried or speaker is not tried[-1].record):
            fitting += 1
            continue
        number = 0 if speaker is None else len(tried) - 1
        if speaker is None:
            again[doc_id] = tried[0].record
        else:
            complete += 1
        spans += len(ranked[number].spans)
        carried += len(tried[number].record.spans)
        lost += tried[number].lost
    return Survey(fitting, complete, tuple(again), spans, carried, tuple(lost), again)


def push_again(workspace: Workspace, found: Survey, url: str | None = None, title: str | None = None) -> AskedAgain:
    """Make a task of the text of today for each document that a person must look at; twice makes them once.

    What was carried is suggested in the name of `carried@CLEANER_VERSION`; a document that was annotated blind gets no
    suggestion this time either. The task of the old text stays as it is.

    Raises:
        JiaozhuError: the server, the project or the corpus cannot be used.
    """
    scheme = load_labels(workspace.labels)
    tasks: dict[str, dict[str, Any]] = {}
    for row in read_rows(workspace.corpus / "documents", (*COLUMNS, "cleaner_version")):
        if record := found.records.get(row["doc_id"]):
            model = f"{MODEL}@{row['cleaner_version']}"
            spans = tuple(Suggestion(s.start, s.end, s.label, s.text, 1.0, model) for s in record.spans)
            suggestions = Suggestions(row["doc_id"], row["text_sha256"], model, spans)
            tasks[row["doc_id"]] = to_task(row, suggestions, scheme, blind=record.blind)
    with alone(workspace), connected(workspace, url) as client:
        project = ensure_project(client, title or workspace.studio.project, scheme)
        there = {
            doc_id
            for doc_id, known in find_tasks(client, project, tasks).items()
            if any(task.text_sha256 == tasks[doc_id]["data"]["text_sha256"] for task in known)
        }
        fresh = [task for doc_id, task in tasks.items() if doc_id not in there]
        for batch in track(batched(fresh, BATCH), "Pushing documents", -(-len(fresh) // BATCH)):
            send_tasks(client, project, batch)
    return AskedAgain(project.title, f"{address(workspace, url)}/projects/{project.id}", len(fresh), len(there))


def print_survey(found: Survey, asked: AskedAgain | None = None, *, as_json: bool = False) -> None:
    """What was lost, line by line, and the figures; or one JSON object."""
    from rich.console import Console
    from rich.table import Table

    reasons = Counter(item.reason for item in found.lost)
    if as_json:
        shown = {
            "fitting": found.fitting,
            "complete": found.complete,
            "again": list(found.again),
            "spans": found.spans,
            "carried": found.carried,
            "lost": [asdict(item) for item in found.lost],
            "asked": asdict(asked) if asked else None,
        }
        print(json.dumps(shown, ensure_ascii=False))
        return
    console = Console(soft_wrap=True, highlight=False)
    for item in found.lost:
        what = "gone" if item.reason == "removed" else "look again"
        console.print(f"{what}: {visible(str(item))}", markup=False)
    table = Table(title="Annotations and the texts of today", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    share = f" ({found.carried / found.spans:.1%})" if found.spans else ""
    rows = {
        "documents annotated on the text of today": f"{found.fitting:,}",
        "documents carried whole": f"{found.complete:,}",
        "documents to look at again": f"{len(found.again):,}",
        "spans of other texts": f"{found.spans:,}",
        "  carried": f"{found.carried:,}{share}",
        **{f"  {reason}": f"{reasons[reason]:,}" for reason in get_args(Reason) if reason != "unread"},
        "places that nobody has read": f"{reasons['unread']:,}",
    }
    if asked:
        rows |= {"tasks made": f"{asked.pushed:,}", "tasks there already": f"{asked.already:,}"}
    for name, figure in rows.items():
        table.add_row(name, figure)
    console.print(table)
    if asked:
        console.print(f"project: {asked.url}", markup=False)
