"""What annotators decided, from a file that Label Studio exported, for people whose server we cannot reach.

In: Label Studio's JSON export (not JSON_MIN, which has no lasting ids). Out: the same records, through the same gates,
as a pull from the server gives, as far as the file carries them: deletions it does not, and people only by number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotation.labels import load_labels
from annotation.log import mend
from annotation.pull import Logged, Pulled, summary
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.workspace import Workspace

NEEDED = ("unique_id", "completed_by", "created_at", "updated_at", "was_cancelled", "result")


def pull_file(
    workspace: Workspace, file: Path, title: str | None = None, annotators: Mapping[int, str] | None = None
) -> Pulled:
    """Bring every version in the file that the log does not have into the log; the same file twice adds nothing.

    `annotators` names the users of the file's server by their numbers there; others are called `user N`, or what the
    log calls them already.

    Raises:
        JiaozhuError: the file, the corpus or the log cannot be used.
    """
    scheme = load_labels(workspace.labels)
    title = title or workspace.studio.project
    tasks = _read(file)
    names = annotators or {}
    mended = mend(workspace.log)
    doc_ids = {str(task["data"].get("doc_id")) for task in tasks}
    logged = Logged(workspace, doc_ids, title)
    decided = logged.decided(workspace, scheme, doc_ids)

    def name(annotation: Mapping[str, Any]) -> str:
        person, known = annotation["completed_by"], logged.known.get(annotation["unique_id"])
        if isinstance(person, dict) and person.get("email"):
            return str(person["email"])
        if isinstance(person, int) and person in names:
            return names[person]
        return known.annotator.removeprefix(logged.prefix) if known else f"user {person}"

    for task in track(tasks, "Reading annotations", len(tasks)):
        decided.add(task, name, _shown)
    fresh = logged.append(workspace, decided.records)
    return summary(title, fresh, decided, False, sum(len(task.get("drafts") or ()) for task in tasks), None, mended)


def _read(file: Path) -> list[dict[str, Any]]:
    """The tasks of the file; raises JiaozhuError where it is no such export."""
    wanted = "export the project as JSON in Label Studio (Export, JSON)"
    try:
        tasks = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise JiaozhuError(f"{file}: cannot be read ({error.strerror}); check the path") from None
    except (ValueError, RecursionError):
        raise JiaozhuError(f"{file}: is not JSON in UTF-8; {wanted}") from None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise JiaozhuError(f"{file}: is no list of tasks; {wanted}")
    for number, task in enumerate(tasks, 1):
        if "annotations" not in task and "annotation_id" in task:
            raise JiaozhuError(f"{file}: is a JSON_MIN export, which lacks the annotations' lasting ids; {wanted}")
        if not isinstance(task.get("data"), dict) or not isinstance(task.get("annotations"), list):
            raise JiaozhuError(f"{file}: item {number} is no task with its data and annotations; {wanted}")
        for annotation in task["annotations"]:
            if missing := [field for field in NEEDED if not isinstance(annotation, dict) or field not in annotation]:
                raise JiaozhuError(f"{file}: an annotation of item {number} has no {missing[0]}; {wanted}")
            for field in ("lead_time", "parent_prediction", "prediction"):
                annotation.setdefault(field, None)
        task.setdefault("id", number)
    return tasks


def _shown(task: Mapping[str, Any], annotation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The prediction this annotation was made from; None where the annotator began with an empty text."""
    parent = annotation["parent_prediction"]
    if parent is None:
        return None
    for kept in (annotation["prediction"], *(task.get("predictions") or ())):
        if isinstance(kept, dict) and kept.get("id") == parent:
            return kept
    raise JiaozhuError(
        f"{task['data'].get('doc_id')}: annotation {annotation['unique_id']} was made from suggestions that are not in "
        "the file; export a snapshot with full predictions, or pull from the server"
    )
