"""Which tasks of a project a pull must look at: all that have annotations, or those that changed since its mark.

In: a project and the mark of the last pull. Out: the tasks by id, the annotated ones that were deleted, the drafts, and
the next mark. Label Studio moves a task's `updated_at` with every annotation that is made, changed, skipped or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from annotation.marks import Mark
from annotation.project import Project
from corpus.progress import track

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

OVERLAP = timedelta(seconds=30)  # looked at twice, for what was saved before the last pull and seen after it
IDS = 500  # a query; more make an address that proxies refuse
FEW = 40  # ids that are listed, not halved again
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"  # the one form that Label Studio's filters read


@dataclass(frozen=True, slots=True)
class Listed:
    """A task as the project lists it; `doc_id` is empty where it is not one of ours."""

    id: int
    doc_id: str
    created_at: datetime
    annotations: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A project before it is asked for its tasks: its key among the marks, and the server's time, in ISO 8601."""

    project: Project
    key: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a pull must look at in one project."""

    asked: Asked
    whole: bool  # every annotated task, not only the changed ones
    tasks: tuple[Listed, ...]
    gone: Mapping[int, str]  # doc_id by id: annotated tasks that were deleted
    drafts: int

    def mark(self, title: str, before: Mark | None, present: Mapping[str, int], refused: Iterable[int]) -> Mark:
        """The mark of the next pull, when all of this is in the log; `present` has the task of each annotation."""
        looked_at = {task.id for task in self.tasks}
        old = looked_at | set(self.gone)
        kept = Mark("", {}, ()) if before is None or self.whole else before
        tasks = {task: doc_id for task, doc_id in kept.tasks.items() if task not in old}
        tasks |= {task.id: task.doc_id for task in self.tasks if task.annotations}
        annotations = {name: task for name, task in kept.annotations.items() if task not in old}
        annotations |= {name: task for name, task in present.items() if task in looked_at}
        return Mark(self.asked.now, tasks, tuple(sorted(set(refused))), title, annotations)


def ask(client: LabelStudio, project: Project, server: str) -> Asked:
    """Which project of which server this is, so that another one under the same number has another key."""
    answer: Any = client.projects.with_raw_response.get(project.id)
    said = answer.headers.get("date")
    now = parsedate_to_datetime(said) if said else datetime.fromtimestamp(0, UTC)
    return Asked(project, f"{server} {project.id} {answer.data.created_at.isoformat()}", now.isoformat())


def lost_parts(
    client: LabelStudio, title: str, server: str, asked: Sequence[Asked], marks: dict[str, Mark]
) -> list[Mark]:
    """The marks of the parts of this project that were pulled from and have been deleted since; `marks` forgets them.

    Only beside a part that is still there. Where none is, the whole project or its server was lost, to be replayed:
    its marks are forgotten, and nothing of it is taken for deleted.
    """
    from label_studio_sdk.core.api_error import ApiError

    here = {item.key for item in asked}
    whole = here.isdisjoint(marks)
    lost: list[Mark] = []
    for key in sorted(set(marks) - here):
        where, number, _ = key.rsplit(" ", 2)
        if where != server or marks[key].title != title:
            continue
        try:
            client.projects.get(int(number))  # it has another title or description now: not lost
        except ApiError as error:
            if error.status_code != 404:
                raise
            mark = marks.pop(key)
            if not whole:
                lost.append(mark)
    return lost


def changes(client: LabelStudio, asked: Asked, mark: Mark | None, *, whole: bool) -> Changes:
    """The tasks to look at: what changed since the mark, or, without one or where `whole`, every annotated task."""
    project = asked.project
    if mark is None or whole:
        annotated = [condition("total_annotations", "greater", 0), condition("cancelled_annotations", "greater", 0)]
        tasks = list(track(list_tasks(client, project, annotated, "or"), "Listing tasks"))
    else:
        since = (datetime.fromisoformat(mark.since) - OVERLAP).strftime(TIME)
        found = {task.id: task for task in list_tasks(client, project, [condition("updated_at", "greater", since)])}
        again = [number for number in mark.refused if number not in found]
        for start in range(0, len(again), IDS):
            ids = again[start : start + IDS]
            found |= {task.id: task for task in list_tasks(client, project, [condition("id", "in_list", ids)])}
        tasks = list(found.values())
    listed = {task.id for task in tasks}
    return Changes(
        asked=asked,
        whole=mark is None or whole,
        tasks=tuple(sorted(tasks, key=lambda task: task.id)),
        gone=_gone(client, project, {} if mark is None else mark.tasks, listed),
        drafts=_drafts(client, project),
    )


def list_tasks(
    client: LabelStudio, project: Project, items: Sequence[Mapping[str, Any]], conjunction: str = "and"
) -> Iterator[Listed]:
    """The tasks of a project that pass these filters."""
    include = "id,data,created_at,total_annotations,cancelled_annotations"
    pages: Any = client.tasks.list(
        project=project.id, query=query_of(items, conjunction), page_size=500, fields="task_only", include=include
    )
    for task in pages:
        annotations = (task.total_annotations or 0) + (task.cancelled_annotations or 0)
        yield Listed(task.id, str(task.data.get("doc_id") or ""), task.created_at, annotations)


def tasks_of_documents(client: LabelStudio, project: Project, doc_ids: Sequence[str]) -> Iterator[Listed]:
    """The tasks of these documents, whatever became of them."""
    for start in range(0, len(doc_ids), IDS // 2):
        batch = list(doc_ids[start : start + IDS // 2])
        found = list_tasks(client, project, [condition("data.doc_id", "in_list", batch, "String")])
        yield from (task for task in found if task.doc_id in batch)


def _gone(client: LabelStudio, project: Project, known: Mapping[int, str], listed: set[int]) -> dict[int, str]:
    """Those of the known tasks that are no longer there. The server counts; only a part that is short is listed."""
    wanted = sorted(set(known) - listed)
    gone: list[int] = []
    parts = [wanted[start : start + IDS] for start in range(0, len(wanted), IDS)]
    while parts:
        ids = parts.pop()
        found: Any = client.tasks.list(
            project=project.id,
            query=query_of([condition("id", "in_list", ids)], "and"),
            page_size=len(ids) if len(ids) <= FEW else 1,
            fields="task_only",
            include="id",
        )
        if found.response.total == len(ids):
            continue
        if len(ids) <= FEW:
            gone += set(ids) - {task.id for task in found.items or ()}
        else:
            parts += [ids[: len(ids) // 2], ids[len(ids) // 2 :]]
    return {number: known[number] for number in sorted(gone)}


def _drafts(client: LabelStudio, project: Project) -> int:
    """Drafts of annotators; saving one does not move its task's `updated_at`."""
    pages: Any = client.tasks.list(
        project=project.id,
        query=query_of([condition("draft_exists", "equal", True, "Boolean")], "and"),
        page_size=100,
        fields="all",
        include="id,drafts",
    )
    return sum(len(task.drafts or ()) for task in pages)


def condition(column: str, operator: str, value: object, kind: str = "Number") -> dict[str, Any]:
    """One filter of Label Studio's on a column of its tasks."""
    kind = "Datetime" if column.endswith("_at") else kind
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


def query_of(items: Sequence[Mapping[str, Any]], conjunction: str = "and") -> str:
    """The parameter `query` for these filters."""
    return json.dumps({"filters": {"conjunction": conjunction, "items": list(items)}}, separators=(",", ":"))
