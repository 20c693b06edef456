"""Documents and their suggestions into a Label Studio project; twice gives the same tasks as once.

In: the canonical documents of the corpus and the table of suggestions. Out: one task a document, over as many projects
as they need. Label Studio has no key of ours, so we look every document up before we send it.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from annotation.changes import condition, query_of
from annotation.choice import Candidate, drawn, expected_errors, order, sample
from annotation.connection import address, alone, connected
from annotation.labels import LabelScheme, load_labels
from annotation.planted import Planted, plant, remember
from annotation.project import Project, ensure_projects, make_part
from annotation.suggestions import Suggestions, read_suggestions
from annotation.tasks import SHOWN, check_suggestions, to_prediction, to_task
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.store import read_rows
from corpus.workspace import Studio, Workspace

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

BATCH = 500  # documents a look-up: 500 ids take 0.8 s
LOOK_UP = 250  # of these in one request: they stand in its address, and proxies take 8,000 characters
CHUNK = 10_000  # documents held in memory, as they are read in another order than they are stored
SETTLE_SECONDS = 10.0  # for an import whose answer was lost to be done; one of 500 documents takes 3
INCLUDED = "id,data,overlap,predictions_model_versions"
COLUMNS = ("doc_id", "text_sha256", "text", "is_canonical", *SHOWN)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A task on the server. `models` are the versions of the suggestions it has, `overlap` the annotators it is for."""

    id: int
    doc_id: str
    text_sha256: str
    models: tuple[str, ...]
    blind: bool
    overlap: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, in documents. `changed` are there already with another text, and were left alone."""

    project: str
    url: str
    projects: int  # that the tasks are spread over
    pushed: int
    already: int
    renewed: int  # of `already`: they got the suggestions of a newer model
    without: int  # of `pushed`: they have no suggestions
    blind: int  # of `without`: by choice
    partial: int  # of `pushed`: a part of the pipeline or the endpoint gave nothing for them (annotation/flags.py)
    planted: int  # got one suggestion that is wrong on purpose
    left: int  # not pushed, for `--limit`
    overlapping: int  # tasks that were given to several annotators, or back to one
    doubles: int  # tasks of another push at the same time, taken away
    duplicates: int  # not canonical, not pushed
    changed: tuple[str, ...]


def push(
    workspace: Workspace,
    url: str | None = None,
    title: str | None = None,
    *,
    limit: int | None = None,
    size: int | None = None,
) -> Pushed:
    """Push every canonical document that the project does not have yet, in the order of `annotation.choice.order`.

    A document that is there with another text is not pushed a second time. One that is there with suggestions of
    another model gets the new ones beside them, for annotations made from now on. `limit` is the most new tasks, `size`
    that of a random sample of the documents to push from. The shares of blind and of overlapping tasks, and how many
    tasks a project holds, are settings of the workspace.

    Raises:
        JiaozhuError: the server, the project, the corpus or a suggestion cannot be used; all suggestions are checked
            before anything is sent.
    """
    scheme, settings = load_labels(workspace.labels), workspace.studio
    title = title or settings.project
    suggestions = {item.doc_id: item for item in read_suggestions(workspace.suggestions)}
    candidates, duplicates = _candidates(workspace, suggestions, scheme)
    chosen = [item.doc_id for item in order(candidates if size is None else sample(candidates, size))]
    with alone(workspace), connected(workspace, url) as client:
        projects = list(ensure_projects(client, title, scheme))
        tasks = {item.id: item.tasks for item in projects}
        run = _Push(client, title, scheme, settings, suggestions, workspace.planted, projects, tasks)
        batches = batched(_documents(workspace.corpus, chosen), settings.batch)
        for batch in track(batches, "Pushing documents", -(-len(chosen) // settings.batch)):
            run.push(batch, limit)
        run.finish(chosen)
    counts = run.counts
    return Pushed(
        project=title,
        url=f"{address(workspace, url)}/projects/{run.projects[0].id}",
        projects=len(run.projects),
        pushed=counts["pushed"],
        already=counts["already"],
        renewed=counts["renewed"],
        without=counts["without"],
        blind=counts["blind"],
        partial=counts["partial"],
        planted=counts["planted"],
        left=counts["left"],
        overlapping=counts["overlapping"],
        doubles=counts["doubles"],
        duplicates=duplicates,
        changed=tuple(run.changed),
    )


@dataclass(slots=True)
class _Push:
    """A push while it runs: the parts of its project, with the tasks each has by now, and what was done."""

    client: LabelStudio
    title: str
    scheme: LabelScheme
    settings: Studio
    suggestions: Mapping[str, Suggestions]
    memory: Path  # where planted suggestions are remembered
    projects: list[Project]
    tasks: dict[int, int]
    counts: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)  # of this batch
    models: dict[int, set[str]] = field(default_factory=dict)  # that suggest something there, by project id

    def push(self, documents: Sequence[Mapping[str, Any]], limit: int | None) -> None:
        """One batch: look up what is there, send what is not, and new suggestions for what is."""
        begun = [project for project in self.projects if project.tasks]  # what we sent ourselves is other documents
        there = self._look_up([document["doc_id"] for document in documents], begun)
        fresh: list[dict[str, Any]] = []
        renewed: dict[int, list[dict[str, Any]]] = {}
        for document in documents:
            doc_id, suggested = document["doc_id"], self.suggestions.get(document["doc_id"])
            found = there.get(doc_id, [])
            same = [(project, task) for project, task in found if task.text_sha256 == document["text_sha256"]]
            if same:
                self.counts["already"] += 1
                project, task = self._one_of(same)
                if suggested is not None and not task.blind:
                    self.models.setdefault(project.id, set()).add(suggested.model)
                    if suggested.model not in task.models:
                        entry = to_prediction(document, self._planted(document, suggested), self.scheme)
                        renewed.setdefault(project.id, []).append({"task": task.id, **entry})
            elif found:
                self.changed.append(doc_id)
            elif limit is None or self.counts["pushed"] + len(fresh) < limit:
                blind = drawn(doc_id, "blind", self.settings.blind)
                shown = self._planted(document, suggested) if suggested and not blind else suggested
                fresh.append(to_task(document, shown, self.scheme, blind=blind))
                self.counts["partial"] += not blind and suggested is not None and suggested.is_partial
            else:
                self.counts["left"] += 1
        remember(self.memory, self.planted)  # before anybody can see them
        self.counts["planted"] += len(self.planted)
        self.planted.clear()
        self._send(fresh)
        for project_id, entries in renewed.items():
            answer: Any = self.client.projects.import_predictions(id=project_id, request=cast(Any, entries))
            require_taken("suggestions", answer.created, len(entries))
            self.counts["renewed"] += len(entries)

    def _planted(self, document: Mapping[str, Any], suggestions: Suggestions) -> Suggestions:
        """What the annotator is shown: the suggestions, and in a share of the documents one of them spoiled."""
        chosen = drawn(suggestions.doc_id, "planted", self.settings.planted)
        spoiled = plant(document["text"], suggestions, self.scheme) if chosen else None
        if spoiled is None:
            return suggestions
        self.planted.append(spoiled[1])
        return spoiled[0]

    def finish(self, doc_ids: Sequence[str]) -> None:
        """Take away what another machine pushed at the same time, share tasks out, and show the newest suggestions."""
        several = self.settings.overlap > 0
        doubled = any(self._there(project) != self.tasks[project.id] for project in self.projects)
        for batch in track(batched(doc_ids if several or doubled else (), BATCH), "Looking tasks up"):
            for doc_id, found in self._look_up(batch, self.projects).items():
                wanted = self.settings.annotators if drawn(doc_id, "overlap", self.settings.overlap) else 1
                for text in {task.text_sha256 for _, task in found}:
                    _, task = self._one_of([(project, task) for project, task in found if task.text_sha256 == text])
                    if several and task.overlap != wanted:
                        self.client.tasks.update(str(task.id), overlap=wanted)
                        self.counts["overlapping"] += 1
        if len(models := set().union(*self.models.values())) == 1:
            [model] = models
            for project in self.projects:
                if project.id in self.models and project.model != model:
                    self.client.projects.update(project.id, model_version=model)

    def _there(self, project: Project) -> int:
        counted: Any = self.client.projects.get(project.id)
        return int(counted.task_number or 0)

    def _look_up(self, doc_ids: Sequence[str], projects: Iterable[Project]) -> dict[str, list[tuple[Project, Task]]]:
        found: dict[str, list[tuple[Project, Task]]] = {}
        for project in projects:
            for doc_id, tasks in find_tasks(self.client, project, doc_ids).items():
                found.setdefault(doc_id, []).extend((project, task) for task in tasks)
        return found

    def _one_of(self, found: Sequence[tuple[Project, Task]]) -> tuple[Project, Task]:
        """The task of a document. Of several that hold nobody's work, the oldest with suggestions; the others go.

        Label Studio on SQLite can lose the suggestions of an import that meets another.
        """
        if len(found) == 1:
            return found[0]
        found = sorted(found, key=lambda item: not any(item[1].models))
        left = [(project, task) for project, task in found if self._is_worked_on(task)] or [found[0]]
        for project, task in found:
            if (project, task) not in left:
                with _unless_gone():
                    self.client.tasks.delete(str(task.id))
                    self.counts["doubles"] += 1
                self.tasks[project.id] -= 1
        return left[0]

    def _is_worked_on(self, task: Task) -> bool:
        with _unless_gone():
            now: Any = self.client.tasks.get(str(task.id))
            return bool(now.annotations or now.drafts)
        return False

    def _send(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Fill the parts of the project in their order, and make a further one where all are full."""
        left = list(tasks)
        while left:
            project = next((item for item in self.projects if self._room(item) > 0), None)
            if project is None:
                project = make_part(self.client, self.title, self.projects[-1].part + 1, self.scheme)
                self.projects.append(project)
                self.tasks[project.id] = project.tasks
                continue
            sent, left = left[: self._room(project)], left[self._room(project) :]
            send_tasks(self.client, project, sent)
            self.tasks[project.id] += len(sent)
            shown = {made["model_version"] for task in sent for made in task.get("predictions", ())}
            if shown:
                self.models.setdefault(project.id, set()).update(shown)
            self.counts["pushed"] += len(sent)
            self.counts["without"] += sum("predictions" not in task for task in sent)
            self.counts["blind"] += sum("blind" in task["data"] for task in sent)

    def _room(self, project: Project) -> int:
        return self.settings.max_tasks - self.tasks[project.id]


@contextmanager
def _unless_gone() -> Iterator[None]:
    """Another machine takes the same doubles away at the same time."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        if error.status_code != 404:
            raise


def _candidates(
    workspace: Workspace, suggestions: Mapping[str, Suggestions], scheme: LabelScheme
) -> tuple[list[Candidate], int]:
    """The canonical documents, each through the gate, and how many others there are."""
    candidates: list[Candidate] = []
    duplicates = 0
    for document in read_rows(workspace.corpus / "documents", (*COLUMNS, "site")):
        if not document["is_canonical"]:
            duplicates += 1
            continue
        doc_id = document["doc_id"]
        suggested = suggestions.get(doc_id)
        if suggested:
            check_suggestions(document, suggested, scheme)
        scores = [span.score for span in suggested.spans] if suggested else []
        errors = expected_errors(scores, len(document["text"]))
        blind = drawn(doc_id, "blind", workspace.studio.blind)
        candidates.append(Candidate(doc_id, document["site"] or "", errors, blind))
    return candidates, duplicates


def _documents(corpus: Path, doc_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The documents in this order, read in as few passes as the memory of a chunk allows."""
    for chunk in batched(doc_ids, CHUNK):
        wanted = set(chunk)
        rows = {row["doc_id"]: row for row in read_rows(corpus / "documents", COLUMNS) if row["doc_id"] in wanted}
        yield from (rows[doc_id] for doc_id in chunk)


def find_tasks(client: LabelStudio, project: Project, doc_ids: Iterable[str]) -> dict[str, list[Task]]:
    """The tasks of these documents, oldest first."""
    found: dict[str, list[Task]] = {}
    for batch in batched(doc_ids, LOOK_UP):
        query = query_of([condition("data.doc_id", "in_list", batch, "String")])
        pages: Any = client.tasks.list(project=project.id, query=query, page_size=1000, fields="all", include=INCLUDED)
        for task in pages:
            data, versions = task.data, task.predictions_model_versions or ""
            models = tuple(name.strip() for name in versions.split(","))
            if data.get("doc_id") in batch:
                blind, overlap = data.get("blind") is True, task.overlap or 1
                found.setdefault(data["doc_id"], []).append(
                    Task(task.id, data["doc_id"], data.get("text_sha256", ""), models, blind, overlap)
                )
    for tasks in found.values():
        tasks.sort(key=lambda task: task.id)
    return found


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


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
            tasks_made, suggestions_made = _import(client, project, left)
        except (httpx.TransportError, ApiError) as error:
            if last or (isinstance(error, ApiError) and (error.status_code or 0) < 500):
                raise
            answered = isinstance(error, ApiError) and error.status_code == 500
            left = _not_arrived(client, project, left, 0.0 if answered else SETTLE_SECONDS)
            if not left:
                return
            continue
        require_taken("tasks", tasks_made, len(left))
        require_taken("suggestions", suggestions_made, sum(len(task.get("predictions", ())) for task in left))
        return


def _import(client: LabelStudio, project: Project, tasks: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """The SDK's `import_tasks` without its encoder, which takes a third of the time of an import of plain JSON.

    The SDK has no public way past it: `with_raw_response` and `request_options` lead through it too, and a client of
    our own would have to exchange personal access tokens itself. So this one call uses the client below the SDK's.

    Returns how many tasks and predictions the server says it made.
    """
    from label_studio_sdk.core.api_error import ApiError

    answer = client._client_wrapper.httpx_client.request(
        f"api/projects/{project.id}/import",
        method="POST",
        content=json.dumps(tasks, ensure_ascii=False).encode(),
        headers={"content-type": "application/json"},
    )
    if not answer.is_success:
        try:
            body: object = answer.json()
        except ValueError:
            body = answer.text
        raise ApiError(status_code=answer.status_code, headers=dict(answer.headers), body=body)
    said = answer.json()
    return said.get("task_count"), said.get("prediction_count")


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
