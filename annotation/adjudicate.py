"""Documents with several annotators: what they agree on is written down once, what they do not is listed.

In: the annotation log, and with `push` a Label Studio. Out: a further record for each document on which all newest
annotations agree completely, and the conflicts on all others, as a list or as tasks that show every version. A person's
decision is never overwritten. docs/quality.md says how the log keeps it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from annotation.agreement import opinions_by_document
from annotation.connection import address, alone, connected
from annotation.doubts import Place
from annotation.labels import LabelScheme, load_labels
from annotation.log import AGREEMENT, Record, Span, Suggestion, append, latest, mend, read_log
from annotation.project import ADJUDICATING, ensure_project
from annotation.push import COLUMNS, batched, find_tasks, send_tasks
from annotation.suggestions import Suggestions
from annotation.tasks import to_prediction, to_task
from corpus.errors import JiaozhuError
from corpus.explained import visible
from corpus.progress import track
from corpus.store import read_rows
from corpus.workspace import Workspace

NAMESPACE = UUID("5f7d1c4e-6f0a-5d8b-9a5f-0c6b8f3c2a11")  # of the ids of agreements


@dataclass(frozen=True, slots=True)
class Said:
    """What one annotator has in the disputed place: spans as (start, end, label, text), none where nothing."""

    annotator: str
    spans: tuple[tuple[int, int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place `[start, end)` of a document's clean text where its annotators differ; everyone's word on it."""

    doc_id: str
    start: int
    end: int
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What an adjudication found, in documents with several annotators, and what it wrote.

    `several` is `agreed` + `decided` + `disputed`. `withdrawn` are earlier agreements that hold no longer.
    """

    several: int
    agreed: int
    decided: int  # by a person, in the adjudication project
    disputed: int
    written: int
    withdrawn: int
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a push of conflicts did, in documents."""

    project: str
    url: str
    pushed: int
    already: int


def adjudicate(log: Path) -> Adjudicated:
    """Write what annotators agree on, and return what they do not; twice writes nothing more.

    Raises:
        JiaozhuError: there is no log, or one of its lines is broken.
    """
    if not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; run jiaozhu annotation pull, or name one with --log")
    mend(log)
    everything = list(read_log(log))
    records = latest(everything)
    opinions = opinions_by_document(records)
    several = {doc_id: found for doc_id, found in opinions.items() if len(found) > 1}
    decided = decided_documents(records)
    agreed = {doc_id for doc_id, found in several.items() if doc_id not in decided and agree(found)}
    standing = {item.doc_id: item for item in records if item.annotator == AGREEMENT and item.status == "submitted"}
    earlier: dict[str, set[str]] = {}
    for record in everything:
        if record.annotator == AGREEMENT:
            earlier.setdefault(record.doc_id, set()).add(record.annotation)
    written: list[Record] = []
    withdrawn: list[Record] = []
    for doc_id in sorted(agreed | set(standing)):
        old = standing.get(doc_id)
        new = _merged(several[doc_id], len(earlier.get(doc_id, ()))) if doc_id in agreed else None
        if old and new and _says(old) == _says(new) and old.updated_at == new.updated_at:
            continue
        if old:
            withdrawn.append(replace(old, status="deleted", spans=(), deleted=()))
        if new:
            written.append(new)
    append(log, sorted([*withdrawn, *written], key=lambda record: (record.doc_id, record.annotation)))
    disputed = [doc_id for doc_id in several if doc_id not in decided and doc_id not in agreed]
    return Adjudicated(
        several=len(several),
        agreed=len(agreed),
        decided=sum(doc_id in decided for doc_id in several),
        disputed=len(disputed),
        written=len(written),
        withdrawn=len(withdrawn),
        conflicts=tuple(conflict for doc_id in disputed for conflict in conflicts(several[doc_id])),
    )


def push_conflicts(workspace: Workspace, url: str | None = None, title: str | None = None) -> Asked:
    """Make a task of each disputed document in the adjudication project, with each annotator's version as a prediction.

    A document that is there stays as it is, so that twice makes the same tasks as once. `title` is that of the
    annotators' project.

    Raises:
        JiaozhuError: the server, the project, the corpus or the log cannot be used, or a disputed document has another
            text in the corpus; all are checked before anything is sent.
    """
    scheme = load_labels(workspace.labels)
    records = latest(read_log(workspace.log))
    decided = decided_documents(records)
    disputed = {
        doc_id: found
        for doc_id, found in opinions_by_document(records).items()
        if len(found) > 1 and doc_id not in decided and not agree(found)
    }
    rows = read_rows(workspace.corpus / "documents", COLUMNS)
    tasks = {row["doc_id"]: _task(row, disputed[row["doc_id"]], scheme) for row in rows if row["doc_id"] in disputed}
    if missing := sorted(set(disputed) - set(tasks)):
        raise JiaozhuError(f"{missing[0]}: is not in the corpus; build the corpus with the pages it was pushed from")
    return ask(workspace, tasks, url, title)


def ask(
    workspace: Workspace, tasks: Mapping[str, Mapping[str, Any]], url: str | None = None, title: str | None = None
) -> Asked:
    """Put the tasks, by document, into the adjudication project; a document that is there stays as it is."""
    scheme = load_labels(workspace.labels)
    with alone(workspace), connected(workspace, url) as client:
        project = ensure_project(client, (title or workspace.studio.project) + ADJUDICATING, scheme)
        there = find_tasks(client, project, tasks)
        fresh = [task for doc_id, task in tasks.items() if doc_id not in there]
        size = workspace.studio.batch
        for batch in track(batched(fresh, size), "Pushing conflicts", -(-len(fresh) // size)):
            send_tasks(client, project, batch)
        client.projects.update(project.id, model_version="")  # else the last annotator's versions alone are shown
    return Asked(project.title, f"{address(workspace, url)}/projects/{project.id}", len(fresh), len(there))


def agree(opinions: Sequence[Record]) -> bool:
    """Whether all have the same spans with the same labels."""
    return len({_says(record) for record in opinions}) == 1


def decided_documents(records: Iterable[Record]) -> set[str]:
    """The documents a person has decided over several annotations, on the text of their newest annotation."""
    newest: dict[str, Record] = {}
    decisions: list[Record] = []
    for record in records:
        if record.status == "submitted":
            known = newest.get(record.doc_id)
            if known is None or record.updated_at >= known.updated_at:
                newest[record.doc_id] = record
            if record.adjudicated and record.annotator != AGREEMENT:
                decisions.append(record)
    return {item.doc_id for item in decisions if item.text_sha256 == newest[item.doc_id].text_sha256}


def conflicts(opinions: Sequence[Record]) -> list[Conflict]:
    """The places where these annotations of one document differ, in order; overlapping disputed spans are one place."""
    names = [record.annotator for record in opinions]
    having: dict[tuple[int, int, str, str], set[str]] = {}
    for record in opinions:
        for span in record.spans:
            having.setdefault(_as_said(span), set()).add(record.annotator)
    places: list[tuple[int, int]] = []
    for start, end, _, _ in sorted(span for span, people in having.items() if len(people) < len(names)):
        if places and start < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return [Conflict(opinions[0].doc_id, start, end, tuple(_on(opinions, start, end))) for start, end in places]


def print_adjudicated(done: Adjudicated, asked: Asked | None = None, *, as_json: bool = False) -> None:
    """The conflicts and the summary as tables on stdout, or as one JSON object."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print(json.dumps(asdict(done) | {"asked": asdict(asked) if asked else None}, ensure_ascii=False))
        return
    console = Console()
    if done.conflicts:
        table = Table(title="Annotators differ", title_justify="left")
        for name in ("document", "place", "annotator", "says"):
            table.add_column(name, overflow="fold")
        for conflict in done.conflicts:
            table.add_section()
            where = (conflict.doc_id, f"[{conflict.start}, {conflict.end})")
            for said in conflict.said:
                words = "; ".join(f"{label} {text}" for _, _, label, text in said.spans)
                table.add_row(*map(Text, (*where, visible(said.annotator), visible(words) or "nothing")))
                where = ("", "")
        console.print(table)
    table = Table(title="Documents with several annotators", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows = {
        "agreed": done.agreed,
        "decided by an adjudicator": done.decided,
        "waiting for an adjudicator": done.disputed,
        "new in the log, agreements": done.written,
        "new in the log, agreements withdrawn": done.withdrawn,
    }
    if asked:
        rows |= {"pushed to the adjudicator": asked.pushed, "already there": asked.already}
    for name, figure in rows.items():
        table.add_row(name, f"{figure:,}")
    console.print(table)
    if asked:
        console.print(f"{asked.project}: {asked.url}", markup=False)


def _merged(opinions: Sequence[Record], number: int) -> Record:
    """The newest of the agreeing annotations, in the name of all; its id is that of the document's n-th agreement."""
    newest = max(opinions, key=lambda record: (record.updated_at, record.annotation))
    return replace(
        newest,
        annotation=str(uuid5(NAMESPACE, f"{newest.doc_id} {number}")),
        annotator=AGREEMENT,
        created_at=newest.updated_at,
        lead_time=None,  # nobody spent it a second time
    )


def as_suggestions(document: Mapping[str, Any], versions: Mapping[str, Iterable[Place]]) -> list[Suggestions]:
    """Every version of a document's spans, in the name of who made it.

    The score of a span is the share of the versions that have it, so that what is disputed is marked in the text.
    """
    had = {name: sorted(set(places)) for name, places in versions.items()}
    counts = Counter(place for places in had.values() for place in places)
    doc_id, digest, text = document["doc_id"], document["text_sha256"], document["text"]
    return [
        Suggestions(
            doc_id,
            digest,
            name,
            tuple(Suggestion(a, b, label, text[a:b], counts[a, b, label] / len(had), name) for a, b, label in places),
        )
        for name, places in had.items()
    ]


def _task(document: Mapping[str, Any], opinions: Sequence[Record], scheme: LabelScheme) -> dict[str, Any]:
    """The task that shows an adjudicator every version, each as a prediction in the name of its annotator."""
    for record in opinions:
        if record.text_sha256 != document["text_sha256"]:
            raise JiaozhuError(
                f"{record.doc_id}: was annotated on another text than the corpus has now; "
                "build the corpus with the cleaner it was pushed with"
            )
    versions = {record.annotator: [(s.start, s.end, s.label) for s in record.spans] for record in opinions}
    predictions = [to_prediction(document, version, scheme) for version in as_suggestions(document, versions)]
    return to_task(document, None, scheme) | {"predictions": predictions}


def _says(record: Record) -> tuple[object, ...]:
    """The text and the decision on it, whatever the suggestions were."""
    return (record.text_sha256, *sorted((span.start, span.end, span.label) for span in record.spans))


def _as_said(span: Span) -> tuple[int, int, str, str]:
    return (span.start, span.end, span.label, span.text)


def _on(opinions: Sequence[Record], start: int, end: int) -> Iterable[Said]:
    for record in opinions:
        spans = sorted(_as_said(span) for span in record.spans if span.start < end and start < span.end)
        yield Said(record.annotator, tuple(spans))
