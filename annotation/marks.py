"""How far each project was pulled, so that the next pull asks for what changed since.

In and out: `annotations/.state/pulled.json`, which git ignores. It is only a saving: where it is lost, broken, or does
not fit the log (which was restored, merged or edited), there is no mark and the next pull looks at everything.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.folder import write_whole


@dataclass(frozen=True, slots=True)
class Mark:
    """What a pull knew of one project. The time is the server's, in ISO 8601. Older marks end with `refused`."""

    since: str  # everything that changed before is in the log
    tasks: dict[int, str]  # those with annotations: doc_id by id
    refused: tuple[int, ...]  # tasks with annotations that failed the gates, to be looked at again
    title: str = ""  # of the project of which this one is a part
    annotations: dict[str, int] = field(default_factory=dict)  # the task of each, by the lasting id


def read_marks(log: Path) -> dict[str, Mark]:
    """The marks by project key; none where they do not belong to this log."""
    try:
        state = json.loads(_path(log).read_text("utf-8"))
        size = state["log"]["bytes"]
        if _digest(log, size) != state["log"]["sha256"]:
            return {}
        return {key: _mark(value) for key, value in state["projects"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_marks(log: Path, marks: dict[str, Mark]) -> None:
    """Keep the marks, tied to the log as it is now.

    Raises:
        JiaozhuError: they cannot be written; what was pulled is in the log then.
    """
    path = _path(log)
    size = log.stat().st_size if log.exists() else 0
    state = {
        "log": {"bytes": size, "sha256": _digest(log, size)},
        "projects": {key: asdict(mark) for key, mark in sorted(marks.items())},
    }
    remedy = "free some space there; what was pulled is in the log, and the next pull looks at everything"
    write_whole(path.with_name(".gitignore"), "*\n", remedy)
    write_whole(path, json.dumps(state), remedy)


def _path(log: Path) -> Path:
    return log.parent / ".state" / "pulled.json"


def _mark(value: dict[str, Any]) -> Mark:
    tasks = {int(task): str(doc_id) for task, doc_id in value["tasks"].items()}
    refused = tuple(int(task) for task in value["refused"])
    annotations = {str(name): int(task) for name, task in value.get("annotations", {}).items()}
    return Mark(str(value["since"]), tasks, refused, str(value.get("title", "")), annotations)


def _digest(log: Path, size: int) -> str:
    """Of the first `size` bytes of the log; a log that grew since begins with the same ones."""
    digest = sha256()
    if size:
        with log.open("rb") as file:
            while size and (block := file.read(min(size, 1 << 20))):
                digest.update(block)
                size -= len(block)
    return digest.hexdigest() if not size else ""
