"""What annotators decided, from a Label Studio project into the annotation log.

In: the annotations of the project that changed since the last pull, or all of them. Out: one record for each version
that the log does not have yet, and one for each annotation that was deleted. What fails the gates is reported and keeps
nothing else back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from annotation.agreement import opinions_by_document
from annotation.changes import Changes, ask, changes, lost_parts, tasks_of_documents
from annotation.connection import address, connected
from annotation.decided import Decided, Documents
from annotation.labels import LabelScheme, load_labels
from annotation.log import ADJUDICATION, AGREEMENT, Record, append, latest, mend, read_log
from annotation.marks import Mark, read_marks, write_marks
from annotation.planted import read_planted
from annotation.project import ADJUDICATING, Project, require_projects
from annotation.push import batched
from corpus.progress import track
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

BATCH = 200  # annotated tasks an export request, so that memory is bounded by the batch


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought. `added` are new lines by status, `verdicts` the spans in them by verdict.

    `whole` says whether every annotation was looked at, or only what changed since the last pull; `annotations` counts
    those that were. `elsewhere` counts annotations of the log that this project does not have: they were made on
    another server, in another project, or before its tasks. It is None where not every one was looked at. `lost` counts
    the parts of the project that were deleted since the last pull, with their annotations.
    """

    project: str
    whole: bool
    annotations: int
    added: dict[str, int]
    verdicts: dict[str, int]
    ground_truth: int  # of `added`
    drafts: int  # not submitted, so no decisions
    elsewhere: int | None
    trimmed: tuple[str, ...]  # spans in `added` that lost spaces or marks at their edges
    refused: tuple[str, ...]
    mended: bool  # an interrupted run had left a torn line, which was taken away
    lost: int = 0


def pull(workspace: Workspace, url: str | None = None, title: str | None = None, *, full: bool = False) -> Pulled:
    """Bring every new version into the log; the same state twice adds nothing.

    From an adjudication project, by its title, they are an adjudicator's decisions, and named so in the log. `full`
    looks at every annotation, also where there is a mark of the last pull.

    Raises:
        JiaozhuError: the server, the project, the corpus or the log cannot be used.
    """
    scheme = load_labels(workspace.labels)
    title = title or workspace.studio.project
    mended = mend(workspace.log)
    marks = read_marks(workspace.log)
    with connected(workspace, url) as client:
        projects = require_projects(client, title, scheme)
        server = address(workspace, url)
        asked = [ask(client, project, server) for project in projects]
        whole = full or any(item.key not in marks for item in asked)
        found = [changes(client, item, marks.get(item.key), whole=whole) for item in asked]
        lost = lost_parts(client, title, server, asked, marks)
        before = [marks[item.key] for item in asked if item.key in marks] + lost
        touched = {task.doc_id for item in found for task in item.tasks}
        touched |= {doc_id for item in found for doc_id in item.gone.values()}
        touched |= {doc_id for mark in lost for doc_id in mark.tasks.values()}
        logged = Logged(workspace, None if whole else touched, title)
        decided = logged.decided(workspace, scheme, touched)
        _collect(client, found, decided, logged)
        gone, elsewhere = _missing(client, found, decided, logged, before)
    fresh = logged.append(workspace, [*decided.records, *gone])
    refused = {task for task, _ in decided.refused}
    for item in found:
        here = refused & {task.id for task in item.tasks}
        marks[item.asked.key] = item.mark(title, marks.get(item.asked.key), decided.present, here)
    write_marks(workspace.log, marks)
    drafts = sum(item.drafts for item in found)
    done = summary(title, fresh, decided, whole, drafts, elsewhere if whole else None, mended)
    return replace(done, lost=len(lost))


class Logged:
    """What the log has already, of all documents or of some, for a pull of the project `title`."""

    def __init__(self, workspace: Workspace, doc_ids: Collection[str] | None, title: str) -> None:
        records = list(read_log(workspace.log, doc_ids))
        newest = latest(records)
        self.prefix = ADJUDICATION if title.endswith(ADJUDICATING) else ""
        self._keys = {record.key for record in records}
        self._opinions = opinions_by_document(newest) if self.prefix else {}
        # Decisions over opinions have a project of their own and agreements have none: neither is missed in another.
        self.known = {
            record.annotation: record
            for record in newest
            if record.adjudicated == bool(self.prefix) and record.annotator != AGREEMENT
        }

    def decided(self, workspace: Workspace, scheme: LabelScheme, doc_ids: set[str]) -> Decided:
        """Where the tasks of these documents are collected."""
        planted = {} if self.prefix else read_planted(workspace.planted)
        return Decided(scheme, Documents(workspace, doc_ids), self.known, self.prefix, self._opinions, planted)

    def absent(self, present: Collection[str]) -> list[Record]:
        """The annotations that are not known to be deleted, and are not present."""
        return [item for item in self.known.values() if item.status != "deleted" and item.annotation not in present]

    def append(self, workspace: Workspace, records: Iterable[Record]) -> list[Record]:
        """Write those that the log does not have, in the order of documents, and return them."""
        ordered = sorted(records, key=lambda record: (record.doc_id, record.annotation, record.updated_at))
        fresh = [record for record in ordered if record.key not in self._keys]
        append(workspace.log, fresh)
        return fresh


def summary(
    title: str,
    fresh: Sequence[Record],
    decided: Decided,
    whole: bool,
    drafts: int,
    elsewhere: int | None,
    mended: bool,
) -> Pulled:
    """What a pull brought, from any source."""
    verdicts = Counter(span.verdict for record in fresh for span in record.spans)
    return Pulled(
        project=title,
        whole=whole,
        annotations=len(decided.present),
        added=dict(Counter(record.status for record in fresh)),
        verdicts=dict(verdicts) | {"deleted": sum(len(record.deleted) for record in fresh)},
        ground_truth=sum(record.ground_truth for record in fresh),
        drafts=drafts,
        elsewhere=elsewhere,
        trimmed=tuple(said for record in fresh for said in decided.trims.get(record.key, ())),
        refused=tuple(sorted(reason for _, reason in decided.refused)),
        mended=mended,
    )


def _export(client: LabelStudio, project: Project, task_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The tasks with their annotations; only an export shows an annotation's lasting id."""
    length = -(-len(task_ids) // BATCH)
    for batch in track(batched(task_ids, BATCH), "Pulling annotations", length):
        ids = {"additional_query_parameters": {"ids[]": [str(number) for number in batch]}}
        content = client.projects.exports.download_sync(
            project.id,
            export_type="JSON",
            download_all_tasks=True,  # without it, skipped ones are left out
            request_options=cast(Any, ids),
        )
        yield from json.loads(b"".join(content))


def _shown(client: LabelStudio, annotation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The prediction this annotation was made from; None where the annotator began with an empty text.

    Label Studio keeps a copy with the annotation, but of the project's current model, which may be another.
    """
    parent, kept = annotation["parent_prediction"], annotation["prediction"] or {}
    if parent is None or kept.get("id") == parent:
        return kept if parent is not None else None
    shown: dict[str, Any] = client.predictions.get(parent).model_dump()
    return shown


def _collect(client: LabelStudio, found: Sequence[Changes], decided: Decided, logged: Logged) -> None:
    """Every annotation of the tasks to look at; and of the other tasks of documents that seem to have lost one.

    A document can have several tasks, as when its text changed, and only one of them may have been listed.
    """
    people = {user.id: user.email for user in client.users.list()}

    def name(annotation: Mapping[str, Any]) -> str:
        return people.get(annotation["completed_by"]) or f"user {annotation['completed_by']}"

    def shown(_: Mapping[str, Any], annotation: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return _shown(client, annotation)

    for item in found:
        for task in _export(client, item.asked.project, [task.id for task in item.tasks if task.annotations]):
            decided.add(task, name, shown)
    absent = [] if found[0].whole else sorted({record.doc_id for record in logged.absent(decided.present)})
    for item in found:
        listed = {task.id for task in item.tasks}
        others = [task.id for task in tasks_of_documents(client, item.asked.project, absent) if task.annotations]
        for task in _export(client, item.asked.project, [number for number in others if number not in listed]):
            decided.add(task, name, shown)


def _missing(
    client: LabelStudio, found: Sequence[Changes], decided: Decided, logged: Logged, before: Sequence[Mark]
) -> tuple[list[Record], int]:
    """A `deleted` record for each annotation that was here and is here no longer, and how many are not from here.

    The marks of the last pull say which were here, whatever became of their tasks and parts. Of others, those are
    deleted whose document's task is older than they are: one that is older than the task was made elsewhere. Of one
    whose document has no task here, nothing is known.
    """
    absent = logged.absent(decided.present)
    were_here = {name for mark in before for name in mark.annotations}
    tasks = [task for item in found for task in item.tasks]
    unseen = {record.doc_id for record in absent if record.annotation not in were_here}
    unseen -= {task.doc_id for task in tasks}
    for item in found:
        tasks += tasks_of_documents(client, item.asked.project, sorted(unseen))
    since: dict[str, datetime] = {}
    for task in tasks:
        since[task.doc_id] = min(task.created_at, since.get(task.doc_id, task.created_at))
    known = {task for mark in before for task in mark.annotations.values()}  # older marks know tasks alone
    removed = {doc_id for item in found for task, doc_id in item.gone.items() if task not in known}
    gone: list[Record] = []
    elsewhere = 0
    for record in absent:
        there = since.get(record.doc_id)
        made_here = record.doc_id in removed if there is None else datetime.fromisoformat(record.created_at) >= there
        if record.annotation in were_here or made_here:
            gone.append(replace(record, status="deleted", spans=(), deleted=()))
        else:
            elsewhere += 1
    return gone, elsewhere
