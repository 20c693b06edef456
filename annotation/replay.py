"""The annotations of a log, back into a Label Studio project whose tasks are there.

In: an annotation log. Out: the newest version of each annotation in the project, under its lasting id, so that a lost
server is restored, and a scripted annotator can walk the whole road. A pull then gives the same spans and verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotation.confidence import region_id
from annotation.connection import connected
from annotation.labels import LabelScheme, load_labels
from annotation.log import Record, Span, Suggestion, latest, read_log
from annotation.project import require_projects
from annotation.push import Task, find_tasks
from annotation.tasks import ORIGINS, Region, prediction, result, suggestions_of
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did, in annotations. `under_own_name` were put in the name of the token's user."""

    project: str
    put: int
    already: int
    under_own_name: int
    refused: tuple[str, ...]


def replay(workspace: Workspace, log: Path, url: str | None = None, title: str | None = None) -> Replayed:
    """Put the newest version of each annotation back; one that is there already is left as it is.

    Adjudicated records stay in the log alone: they are nobody's own annotation of the task.

    An annotation goes under its annotator's name where the server has a user with that e-mail, otherwise under the
    name of the token's user.

    Raises:
        JiaozhuError: the server, the project or the log cannot be used.
    """
    if not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; name the log.jsonl of a workspace")
    scheme = load_labels(workspace.labels)
    records = [record for record in latest(read_log(log)) if record.status != "deleted" and not record.adjudicated]
    put = already = under_own_name = 0
    refused: list[str] = []
    with connected(workspace, url) as client:
        projects = require_projects(client, title or workspace.studio.project, scheme)
        people = {user.email: user.id for user in client.users.list()}
        doc_ids = sorted({record.doc_id for record in records})
        there: dict[str, list[Task]] = {}
        for project in projects:
            for doc_id, found in find_tasks(client, project, doc_ids).items():
                there.setdefault(doc_id, []).extend(found)
        for record in track(records, "Replaying annotations", len(records)):
            try:
                task = _task(record, there.get(record.doc_id, ()))
                made = _put(client, task, record, scheme, people.get(record.annotator))
            except JiaozhuError as error:
                refused.append(str(error))
                continue
            put += made
            already += not made
            under_own_name += made and record.annotator not in people
    return Replayed(projects[0].title, put, already, under_own_name, tuple(refused))


def _task(record: Record, tasks: Sequence[Task]) -> Task:
    if not tasks:
        raise JiaozhuError(f"{record.doc_id}: the project has no such document; run `jiaozhu annotation push` first")
    for task in tasks:
        if task.text_sha256 == record.text_sha256:
            return task
    raise JiaozhuError(
        f"{record.doc_id}: annotation {record.annotation} was made on another text than the project has; "
        "push the corpus it was made on"
    )


def _put(client: LabelStudio, task: Task, record: Record, scheme: LabelScheme, person: int | None) -> bool:
    """Whether the annotation was put; it was not where the server has its id already."""
    from label_studio_sdk.core.api_error import ApiError

    text = str(client.tasks.get(str(task.id)).data["text"])
    _check(record, text, scheme)
    parent, ids = _parent(client, task, record, text, scheme)
    regions = []
    for span in record.spans:
        name = ids[span.suggestion.start] if span.suggestion else f"a{span.start}"
        region = Region(name, span.start, span.end, span.label)
        regions.append(result(region, span.text, ORIGINS[span.verdict]))
    named: dict[str, Any] = {} if person is None else {"completed_by": person}
    try:
        client.annotations.create(
            task.id,
            result=regions,
            unique_id=record.annotation,
            was_cancelled=record.status == "skipped",
            lead_time=record.lead_time,
            ground_truth=record.ground_truth,
            parent_prediction=parent,
            **named,
        )
    except ApiError as error:
        if error.status_code == 409:
            return False
        raise
    return True


def _parent(
    client: LabelStudio, task: Task, record: Record, text: str, scheme: LabelScheme
) -> tuple[int | None, dict[int, str]]:
    """The prediction the annotator saw, and the ids of its regions by their start; made anew where it is not there."""
    if record.model is None:
        return None, {}
    seen = [span.suggestion for span in record.spans if span.suggestion] + list(record.deleted)
    seen.sort(key=lambda suggestion: suggestion.start)
    for found in client.predictions.list(task=task.id):
        kept = found.model_dump()
        if kept["model_version"] != record.model:
            continue
        there = suggestions_of(record.doc_id, text, kept, scheme)
        if record.status == "skipped" or sorted(there.values(), key=lambda item: item.start) == seen:
            return kept["id"], {suggestion.start: name for name, suggestion in there.items()}
    if record.status == "skipped":
        return None, {}
    made: Any = client.predictions.create(task=task.id, **prediction(record.model, seen))
    return made.id, {suggestion.start: region_id(suggestion) for suggestion in seen}


def _check(record: Record, text: str, scheme: LabelScheme) -> None:
    """The log is a file that people edit: its spans pass the same gate as any others."""
    suggested = [span.suggestion for span in record.spans if span.suggestion]
    spans: list[Span | Suggestion] = [*record.spans, *suggested, *record.deleted]
    for span in spans:
        if span.label not in scheme.names or text[span.start : span.end] != span.text or span.start >= span.end:
            raise JiaozhuError(
                f"{record.doc_id}: annotation {record.annotation}: {span.label} [{span.start}, {span.end}) "
                "is not in this text or this scheme; restore the line from version control"
            )
