"""The annotation log: every version of every annotation a person made, once, in append-only JSON lines.

In: `Record`s from a pull. Out: the same records, read back and checked. Made for `git diff`: keys in a fixed order, one
record a line, no escapes for Chinese. A line is never changed; a later version of an annotation is a further line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args

from corpus.errors import JiaozhuError

Status = Literal["submitted", "skipped", "deleted"]
Verdict = Literal["kept", "moved", "retyped", "added"]

# Who decided over the opinions of several annotators: `adjudication:agreement` where they were of one opinion,
# `adjudication:` and the adjudicator's e-mail where a person had to decide.
ADJUDICATION = "adjudication:"
AGREEMENT = ADJUDICATION + "agreement"

FLAGS = ("ground_truth", "blind")  # fields of a record that its line has only where they are true


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A span a model proposed. `source` is `name@version`; `score` is 0 to 1."""

    start: int
    end: int
    label: str
    text: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Span:
    """A span a person decided: clean offsets, text, raw offsets, and what became of the suggestion behind it."""

    start: int
    end: int
    label: str
    text: str
    raw_start: int
    raw_end: int
    verdict: Verdict
    suggestion: Suggestion | None  # None where the person drew it


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one annotation of one document."""

    doc_id: str
    text_sha256: str
    annotation: str  # Label Studio's unique_id: outlives the server
    annotator: str
    status: Status
    created_at: str
    updated_at: str
    lead_time: float | None  # seconds
    model: str | None  # version of the suggestions shown, None where none were
    guideline: str
    spans: tuple[Span, ...]
    deleted: tuple[Suggestion, ...]  # suggestions the person took away
    ground_truth: bool = False  # marked so in Label Studio
    blind: bool = False  # made without any suggestion, by the choice of `push --blind`: for an honest test

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a version one: the annotation, when it was last changed, and its status."""
        return (self.annotation, self.updated_at, self.status)

    @property
    def adjudicated(self) -> bool:
        """Whether this is a decision over several annotations, and no annotator's own opinion."""
        return self.annotator.startswith(ADJUDICATION)


def to_line(record: Record) -> str:
    """The record as one line of JSON, without the newline. A flag is written only where it is set."""
    data = asdict(record)
    for flag in FLAGS:
        if not data[flag]:
            del data[flag]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Record:
    """The record of one line; raises ValueError, KeyError or TypeError where it is not one."""
    data: dict[str, Any] = json.loads(line)
    spans = tuple(
        Span(**{**span, "suggestion": Suggestion(**span["suggestion"]) if span["suggestion"] else None})
        for span in data.pop("spans")
    )
    deleted = tuple(Suggestion(**item) for item in data.pop("deleted"))
    record = Record(**data, spans=spans, deleted=deleted)
    checked: list[Record | Span | Suggestion] = [record, *spans, *deleted]
    checked += [span.suggestion for span in spans if span.suggestion]
    for item in checked:
        _check_types(item)
    return record


def _check_types(item: Record | Span | Suggestion) -> None:
    """Raise TypeError where a field's value is of another type or not among those its field allows."""
    for name, wanted in _TYPES[type(item)].items():
        value = getattr(item, name)
        if not isinstance(wanted, tuple):
            if value not in get_args(wanted):
                raise TypeError(f"{name} is {value!r}, not one of {', '.join(get_args(wanted))}")
        elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted != (bool,)):
            raise TypeError(f"{name} is {value!r}")


_NUMBER = (int, float)
_TYPES: dict[type, dict[str, Any]] = {
    Suggestion: {
        "start": (int,),
        "end": (int,),
        "label": (str,),
        "text": (str,),
        "score": _NUMBER,
        "source": (str,),
    },
    Span: {
        "start": (int,),
        "end": (int,),
        "label": (str,),
        "text": (str,),
        "raw_start": (int,),
        "raw_end": (int,),
        "verdict": Verdict,
    },
    Record: {
        "doc_id": (str,),
        "text_sha256": (str,),
        "annotation": (str,),
        "annotator": (str,),
        "status": Status,
        "created_at": (str,),
        "updated_at": (str,),
        "lead_time": (*_NUMBER, NoneType),
        "model": (str, NoneType),
        "guideline": (str,),
        "ground_truth": (bool,),
        "blind": (bool,),
    },
}


def read_log(path: Path) -> Iterator[Record]:
    """The records in order; nothing where there is no log yet.

    Raises:
        JiaozhuError: a line is not a record; names the line.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield from_line(line.decode())
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    raise JiaozhuError(
                        f"{path}:{number}: not a record of the annotation log ({error}); "
                        "restore the line from version control"
                    ) from None


def append(path: Path, records: Iterable[Record]) -> int:
    """Append the records the log does not have yet, and return how many those were.

    The lines are written and synced in one piece, so that an interrupted run leaves whole lines or none.
    """
    known = {record.key for record in read_log(path)}
    fresh: list[Record] = []
    for record in records:
        if record.key not in known:
            known.add(record.key)
            fresh.append(record)
    if fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # an editor took the last newline
                    file.write(b"\n")
            file.write("".join(to_line(record) + "\n" for record in fresh).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(fresh)


def latest(records: Iterable[Record]) -> list[Record]:
    """The newest version of each annotation, in the order their annotations first appear."""
    newest: dict[str, Record] = {}
    for record in records:
        known = newest.get(record.annotation)
        if known is None or record.updated_at >= known.updated_at:
            newest[record.annotation] = record
    return list(newest.values())
