"""Documents and their suggestions into a Label Studio project; twice gives the same tasks as once.

In: the canonical documents of the corpus and the table of suggestions. Out: one task a document. Label Studio has no
key of ours, so we look every document up before we send it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from annotation.connection import address, alone, connected
from annotation.labels import LabelScheme, load_labels
from annotation.project import Project, ensure_project
from annotation.suggestions import Suggestions, read_suggestions
from annotation.tasks import SHOWN, to_prediction, to_task
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.store import read_rows
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

BATCH = 500  # documents a look-up: 500 ids take 0.8 s
SETTLE_SECONDS = 10.0  # for an import whose answer was lost to be done; one of 500 documents takes 3
COLUMNS = ("doc_id", "text_sha256", "text", "is_canonical", *SHOWN)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A task on the server. `models` are the versions of the suggestions it has."""

    id: int
    doc_id: str
    text_sha256: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, in documents. `changed` are there already with another text, and were left alone."""

    project: str
    url: str
    pushed: int
    already: int
    renewed: int  # of `already`: they got the suggestions of a newer model
    without: int  # of `pushed`: they have no suggestions
    duplicates: int  # not canonical, not pushed
    changed: tuple[str, ...]


def push(workspace: Workspace, url: str | None = None, title: str | None = None) -> Pushed:
    """Push every canonical document that the project does not have yet.

    A document that is there with another text is not pushed a second time. One that is there with suggestions of
    another model gets the new ones beside them, for annotations made from now on.

    Raises:
        JiaozhuError: the server, the project, the corpus or a suggestion cannot be used; all suggestions are checked
            before anything is sent.
    """
    scheme = load_labels(workspace.labels)
    suggestions = {item.doc_id: item for item in read_suggestions(workspace.suggestions)}
    total = canonical = 0
    for document in read_rows(workspace.corpus / "documents", COLUMNS):
        total += 1
        if document["is_canonical"]:
            canonical += 1
            to_task(document, suggestions.get(document["doc_id"]), scheme)
    with alone(workspace), connected(workspace, url) as client:
        project = ensure_project(client, title or workspace.studio.project, scheme)
        batches = batched(_canonical(workspace.corpus), workspace.studio.batch)
        length = -(-canonical // workspace.studio.batch)
        done = [
            _push_batch(client, project, batch, suggestions, scheme)
            for batch in track(batches, "Pushing documents", length)
        ]
        models = {suggestions[doc_id].model for batch in done for doc_id in batch.documents if doc_id in suggestions}
        if len(models) == 1 and (model := models.pop()) != project.model:
            client.projects.update(project.id, model_version=model)  # which suggestions the project shows
    return Pushed(
        project=project.title,
        url=f"{address(workspace, url)}/projects/{project.id}",
        pushed=sum(batch.pushed for batch in done),
        already=sum(batch.already for batch in done),
        renewed=sum(batch.renewed for batch in done),
        without=sum(batch.without for batch in done),
        duplicates=total - canonical,
        changed=tuple(doc_id for batch in done for doc_id in batch.changed),
    )


def find_tasks(client: LabelStudio, project: Project, doc_ids: Iterable[str]) -> dict[str, list[Task]]:
    """The tasks of these documents, oldest first."""
    found: dict[str, list[Task]] = {}
    for batch in batched(doc_ids, BATCH):
        item = {"filter": "filter:tasks:data.doc_id", "operator": "in_list", "type": "String", "value": batch}
        query = json.dumps({"filters": {"conjunction": "and", "items": [item]}})
        pages: Any = client.tasks.list(
            project=project.id, query=query, page_size=1000, fields="all", include="id,data,predictions_model_versions"
        )
        for task in pages:
            data, versions = task.data, task.predictions_model_versions or ""
            models = tuple(name.strip() for name in versions.split(","))
            if data.get("doc_id") in batch:
                found.setdefault(data["doc_id"], []).append(
                    Task(task.id, data["doc_id"], data.get("text_sha256", ""), models)
                )
    for tasks in found.values():
        tasks.sort(key=lambda task: task.id)
    return found


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


@dataclass(frozen=True, slots=True)
class _Batch:
    documents: tuple[str, ...]
    pushed: int
    already: int
    renewed: int
    without: int
    changed: tuple[str, ...]


def _push_batch(
    client: LabelStudio,
    project: Project,
    documents: Sequence[Mapping[str, Any]],
    suggestions: Mapping[str, Suggestions],
    scheme: LabelScheme,
) -> _Batch:
    there = find_tasks(client, project, [document["doc_id"] for document in documents])
    fresh: list[dict[str, Any]] = []
    renewed: list[dict[str, Any]] = []
    changed: list[str] = []
    already = 0
    for document in documents:
        doc_id = document["doc_id"]
        suggested = suggestions.get(doc_id)
        same = [task for task in there.get(doc_id, ()) if task.text_sha256 == document["text_sha256"]]
        if same:
            already += 1
            if suggested is not None and suggested.model not in same[0].models:
                renewed.append({"task": same[0].id, **to_prediction(document, suggested, scheme)})
        elif doc_id in there:
            changed.append(doc_id)
        else:
            fresh.append(to_task(document, suggested, scheme))
    if fresh:
        send_tasks(client, project, fresh)
    if renewed:
        answer: Any = client.projects.import_predictions(id=project.id, request=cast(Any, renewed))
        require_taken("suggestions", answer.created, len(renewed))
    without = sum("predictions" not in task for task in fresh)
    ids = tuple(document["doc_id"] for document in documents)
    return _Batch(ids, len(fresh), already, len(renewed), without, tuple(changed))


def send_tasks(client: LabelStudio, project: Project, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Import the tasks, each once. Where the answer is lost, what arrived is looked up before the rest is sent again.

    Raises:
        JiaozhuError: the server took fewer than it was sent.
        Exception: it stays unreachable, as the SDK says it.
    """
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    left = list(tasks)
    for last in (False, False, True):
        try:
            made: Any = client.projects.import_tasks(id=project.id, request=cast(Any, left), return_task_ids=True)
        except (httpx.TransportError, ApiError) as error:
            if last or (isinstance(error, ApiError) and (error.status_code or 0) < 500):
                raise
            answered = isinstance(error, ApiError) and error.status_code == 500
            left = _not_arrived(client, project, left, 0.0 if answered else SETTLE_SECONDS)
            if not left:
                return
            continue
        require_taken("tasks", made.task_count, len(left))
        require_taken("suggestions", made.prediction_count, sum(len(task.get("predictions", ())) for task in left))
        return


def _not_arrived(
    client: LabelStudio, project: Project, tasks: Sequence[Mapping[str, Any]], seconds: float
) -> list[Mapping[str, Any]]:
    """Those of the tasks that the project has not, after the seconds that an import may still be at work."""
    deadline = time.monotonic() + seconds
    while True:
        there = find_tasks(client, project, [task["data"]["doc_id"] for task in tasks])
        known = {(task.doc_id, task.text_sha256) for found in there.values() for task in found}
        left = [task for task in tasks if (task["data"]["doc_id"], task["data"]["text_sha256"]) not in known]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(1)


def require_taken(what: str, made: int | None, sent: int) -> None:
    """Refuse to go on where fewer were made than sent: Label Studio drops what it does not like in silence."""
    if made != sent:
        raise JiaozhuError(f"Label Studio took {made} of {sent} {what}; look at the project, then push again")


def _canonical(corpus: Path) -> Iterator[dict[str, Any]]:
    return (row for row in read_rows(corpus / "documents", COLUMNS) if row["is_canonical"])
