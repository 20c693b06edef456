"""What annotators decided, from a Label Studio project into the annotation log.

In: every annotation of the project, submitted or skipped. Out: one record for each version that the log does not have
yet, and one for each annotation that was deleted. What fails the gates is reported and keeps nothing else back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from annotation.agreement import opinions_by_document
from annotation.connection import connected
from annotation.labels import LabelScheme, load_labels
from annotation.log import ADJUDICATION, AGREEMENT, Record, append, latest, mend, read_log
from annotation.project import ADJUDICATING, Project, require_project
from annotation.push import batched
from annotation.tasks import from_annotation, prediction
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.store import read_rows
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

BATCH = 200  # annotated tasks an export request, so that memory is bounded by the batch
COLUMNS = ("doc_id", "text_sha256", "text", "alignment")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought. `added` are new lines by status, `verdicts` the spans in them by verdict.

    `elsewhere` counts annotations of the log that were made before these tasks: on another server, or a lost one.
    """

    project: str
    annotations: int
    added: dict[str, int]
    verdicts: dict[str, int]
    elsewhere: int
    refused: tuple[str, ...]
    mended: bool  # an interrupted run had left a torn line, which was taken away


@dataclass(frozen=True, slots=True)
class _Listed:
    """A task as the project lists it; `doc_id` is empty where it is not one of ours."""

    id: int
    doc_id: str
    created_at: datetime
    annotations: int


def pull(workspace: Workspace, url: str | None = None, title: str | None = None) -> Pulled:
    """Bring every new version into the log; the same state twice adds nothing.

    From an adjudication project, by its title, they are an adjudicator's decisions, and named so in the log.

    Raises:
        JiaozhuError: the server, the project, the corpus or the log cannot be used.
    """
    scheme = load_labels(workspace.labels)
    title = title or workspace.studio.project
    prefix = ADJUDICATION if title.endswith(ADJUDICATING) else ""
    mended = mend(workspace.log)
    logged = latest(read_log(workspace.log))
    opinions = opinions_by_document(logged) if prefix else {}
    # Decisions over opinions have a project of their own and agreements have none: neither is missed in another one.
    known = {
        record.annotation: record
        for record in logged
        if record.adjudicated == bool(prefix) and record.annotator != AGREEMENT
    }
    with connected(workspace, url) as client:
        project = require_project(client, title, scheme)
        tasks = _list_tasks(client, project)
        people = {user.id: user.email for user in client.users.list()}
        exported = list(_export(client, project, [task.id for task in tasks if task.annotations]))
        corpus = _Corpus(workspace, {str(task["data"].get("doc_id")) for task in exported})
        records: list[Record] = []
        refused: list[str] = []
        present: set[str] = set()
        for task in exported:
            for annotation in task["annotations"]:
                present.add(annotation["unique_id"])
                try:
                    person = people.get(annotation["completed_by"]) or f"user {annotation['completed_by']}"
                    person = prefix + person
                    if prefix:
                        annotation, shown = _decision(
                            task, annotation, opinions.get(str(task["data"].get("doc_id")), ())
                        )
                    else:
                        shown = _shown(client, annotation)
                    record = corpus.record(task, annotation, shown, scheme, person)
                    records.append(_restored(record, known.get(record.annotation)))
                except JiaozhuError as error:
                    # What the log has already was proven then; a new cleaner may have made another text since.
                    old = known.get(annotation["unique_id"])
                    if old is None or old.updated_at != annotation["updated_at"]:
                        refused.append(str(error))
    gone, elsewhere = _gone(known.values(), present, tasks)
    records = sorted([*records, *gone], key=lambda record: (record.doc_id, record.annotation, record.updated_at))
    keys = {record.key for record in read_log(workspace.log)}
    fresh = [record for record in records if record.key not in keys]
    append(workspace.log, fresh)
    return Pulled(
        project=project.title,
        annotations=len(present),
        added=dict(Counter(record.status for record in fresh)),
        verdicts=dict(Counter(span.verdict for record in fresh for span in record.spans))
        | {"deleted": sum(len(record.deleted) for record in fresh)},
        elsewhere=elsewhere,
        refused=tuple(sorted(refused)),
        mended=mended,
    )


class _Corpus:
    """The documents that were annotated, with the lengths of their raw pages."""

    def __init__(self, workspace: Workspace, doc_ids: set[str]) -> None:
        self._documents = {
            row["doc_id"]: row for row in read_rows(workspace.corpus / "documents", COLUMNS) if row["doc_id"] in doc_ids
        }
        self._raw_lengths = {
            row["doc_id"]: len(row["raw"])
            for row in read_rows(workspace.corpus / "pages", ("doc_id", "raw"))
            if row["doc_id"] in self._documents
        }

    def record(
        self,
        task: Mapping[str, Any],
        annotation: Mapping[str, Any],
        shown: Mapping[str, Any] | None,
        scheme: LabelScheme,
        person: str,
    ) -> Record:
        doc_id = task["data"].get("doc_id")
        if not doc_id:
            raise JiaozhuError(
                f"task {task['id']}: was not pushed by us (it has no doc_id); its annotations stay there"
            )
        if doc_id not in self._documents or doc_id not in self._raw_lengths:
            raise JiaozhuError(f"{doc_id}: is not in the corpus; build the corpus with the pages it was pushed from")
        document = self._documents[doc_id]
        return from_annotation(task["data"], annotation, shown, document, self._raw_lengths[doc_id], scheme, person)


def _list_tasks(client: LabelStudio, project: Project) -> list[_Listed]:
    fields = "id,data,created_at,total_annotations,cancelled_annotations"
    pages: Any = client.tasks.list(project=project.id, page_size=1000, fields="all", include=fields)
    return [
        _Listed(
            task.id,
            str(task.data.get("doc_id") or ""),
            task.created_at,
            (task.total_annotations or 0) + (task.cancelled_annotations or 0),
        )
        for task in track(pages, "Listing tasks")
    ]


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


def _decision(
    task: Mapping[str, Any], annotation: Mapping[str, Any], opinions: Sequence[Record]
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """An adjudicator's annotation, and the model's suggestions on that document as the annotators saw them last.

    It was copied from an annotator's version, but its verdicts are about the model: a person is never taken for one.
    """
    drawn = [item | {"id": f"d{number}"} for number, item in enumerate(annotation["result"])]  # matched by place alone
    digest = task["data"].get("text_sha256")
    seen = [record for record in opinions if record.model is not None and record.text_sha256 == digest]
    if not seen:
        return {**annotation, "result": drawn}, None
    newest = max(seen, key=lambda record: (record.updated_at, record.annotation))
    suggested = [*newest.deleted, *(span.suggestion for span in newest.spans if span.suggestion)]
    return {**annotation, "result": drawn}, prediction(str(newest.model), suggested)


def _restored(record: Record, known: Record | None) -> Record:
    """A record that `replay` put back: what was decided stays as the log has it, by whom and under which guideline.

    Its mark is the same annotation, created anew, that says the same.
    """
    if (
        known is not None
        and known.created_at != record.created_at
        and (known.status, known.spans, known.deleted) == (record.status, record.spans, record.deleted)
    ):
        return replace(known, created_at=record.created_at, updated_at=record.updated_at)
    return record


def _gone(known: Iterable[Record], present: set[str], tasks: Sequence[_Listed]) -> tuple[list[Record], int]:
    """A `deleted` record for each annotation that was made on one of these tasks and is there no longer.

    One that is older than its document's task was made on another server. It is not deleted, only not here.
    """
    since: dict[str, datetime] = {}
    for task in tasks:
        since[task.doc_id] = min(task.created_at, since.get(task.doc_id, task.created_at))
    gone: list[Record] = []
    elsewhere = 0
    for record in known:
        if record.status == "deleted" or record.annotation in present or record.doc_id not in since:
            continue
        if datetime.fromisoformat(record.created_at) < since[record.doc_id]:
            elsewhere += 1
        else:
            gone.append(replace(record, status="deleted", spans=(), deleted=()))
    return gone, elsewhere
