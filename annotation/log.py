"""The annotation log: every version of every annotation a person made, once, in append-only JSON lines.

In: `Record`s from a pull. Out: the same records, read back and checked. Made for `git diff`: keys in a fixed order, one
record a line, no escapes for Chinese. A line is never changed; a later version of an annotation is a further line.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BufferedRandom
from itertools import product
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args

from corpus.errors import JiaozhuError, written

Status = Literal["submitted", "skipped", "deleted"]
Verdict = Literal["kept", "moved", "retyped", "added"]

# Who decided over the opinions of several annotators: `adjudication:agreement` where they were of one opinion,
# `adjudication:` and the adjudicator's e-mail where a person had to decide.
ADJUDICATION = "adjudication:"
AGREEMENT = ADJUDICATION + "agreement"

OPTIONAL = (
    "ground_truth",
    "planted",
    "blind",
    "seen",
)  # fields of a record that its line has only where they say something

_FIRST = b'{"doc_id":"'  # how a line of ours begins

_REMEDY = "free some space or get the right to write there, then run it again: nothing is lost"

# What reading a line that is not a record raises.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


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
    planted: Literal["found", "missed"] | None = None  # what became of a suggestion that was wrong on purpose
    blind: bool = False  # made without any suggestion, by the choice of `push --blind`: for an honest test
    seen: tuple[tuple[int, int], ...] | None = None  # raw spans that the text showed; None in older logs

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a version one: the annotation, when it was last changed, and its status."""
        return (self.annotation, self.updated_at, self.status)

    @property
    def adjudicated(self) -> bool:
        """Whether this is a decision over several annotations, and no annotator's own opinion."""
        return self.annotator.startswith(ADJUDICATION)


def to_line(record: Record) -> str:
    """The record as one line of JSON, without the newline. What is optional is written only where it says something."""
    data = asdict(record)
    for name in OPTIONAL:
        if not data[name]:
            del data[name]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Record:
    """The record of one line; raises ValueError, KeyError or TypeError where it is not one."""
    data: dict[str, Any] = json.loads(line)
    spans = tuple(_span(item) for item in data.pop("spans"))
    deleted = tuple(_suggestion(item) for item in data.pop("deleted"))
    seen = _ranges(data.pop("seen")) if "seen" in data else None
    record = Record(**data, spans=spans, deleted=deleted, seen=seen)
    checked: list[Record | Span | Suggestion] = [record, *spans, *deleted]
    checked += [span.suggestion for span in spans if span.suggestion]
    for item in checked:
        _check_types(item)
    return record


def _ranges(value: Any) -> tuple[tuple[int, int], ...]:  # noqa: ANN401
    ranges = tuple((start, end) for start, end in value)
    if not all(type(edge) is int for pair in ranges for edge in pair) or any(start >= end for start, end in ranges):
        raise TypeError(f"seen is {value!r}")
    return ranges


def _span(item: dict[str, Any]) -> Span:
    item["label"], item["text"] = _shared(item["label"]), _shared(item["text"])
    suggestion = item["suggestion"]
    item["suggestion"] = _suggestion(suggestion) if suggestion else None
    return Span(**item)


def _suggestion(item: dict[str, Any]) -> Suggestion:
    item["label"], item["text"], item["source"] = map(_shared, (item["label"], item["text"], item["source"]))
    return Suggestion(**item)


def _shared(value: Any) -> Any:  # noqa: ANN401
    """One object for all equal strings: a long log has few different ones, and many commands hold it whole."""
    return sys.intern(value) if type(value) is str else value


def _check_types(item: Record | Span | Suggestion) -> None:
    """Raise TypeError where a field's value is of another type or not among those its field allows."""
    usual = not isinstance(item, Record) and tuple(map(type, _VALUES[type(item)](item))) in _ALLOWED[type(item)]
    if usual and (not isinstance(item, Span) or item.verdict in _VERDICTS):
        return
    for name, wanted in _TYPES[type(item)].items():
        value = getattr(item, name)
        if not isinstance(wanted, tuple):
            if value not in get_args(wanted):
                raise TypeError(f"{name} is {value!r}, not one of {', '.join(map(str, get_args(wanted)))}")
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
        "planted": Literal["found", "missed", None],
        "blind": (bool,),
    },
}


# What most spans are, so that one look at all types of their fields is enough; it takes nothing the long way refuses.
_USUAL = {
    kind: [(name, types) for name, types in _TYPES[kind].items() if isinstance(types, tuple)]
    for kind in (Suggestion, Span)
}
_VALUES = {kind: attrgetter(*(name for name, _ in fields)) for kind, fields in _USUAL.items()}
_ALLOWED = {kind: set(product(*(types for _, types in fields))) for kind, fields in _USUAL.items()}
_VERDICTS = frozenset(get_args(Verdict))


def read_log(path: Path, doc_ids: Container[str] | None = None) -> Iterator[Record]:
    """The records in order, of these documents only where they are given; nothing where there is no log yet.

    Lines of other documents are not parsed, so that a few records of a long log are found at the speed of the disk.

    Raises:
        JiaozhuError: a line is not a record; names the line.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip() and (doc_ids is None or _may_be_of(line, doc_ids)):
                try:
                    yield from_line(line.decode())
                except _BROKEN as error:
                    remedy = "restore the line from version control"
                    if not line.endswith(b"\n"):
                        remedy = "an interrupted run left it; run `jiaozhu annotation pull`, which mends it"
                    raise JiaozhuError(
                        f"{path}:{number}: not a record of the annotation log ({error}); {remedy}"
                    ) from None


def _may_be_of(line: bytes, doc_ids: Container[str]) -> bool:
    """Whether the line is of one of these documents, or in a form that only parsing it can tell."""
    start, _, rest = line.partition(_FIRST)
    doc_id, quote, _ = rest.partition(b'"')
    return bool(start) or not quote or b"\\" in doc_id or doc_id.decode(errors="replace") in doc_ids


def mend(path: Path) -> bool:
    """Take away a torn last line, which a killed run can leave, and say whether there was one.

    Nothing is lost: what it was written from is still on the server, and is written again.
    """
    if not path.is_file():
        return False
    with _locked(path) as file:
        return _mend(file)


def append(path: Path, records: Iterable[Record]) -> int:
    """Append the records the log does not have yet, and return how many those were.

    One run at a time writes; the lines are written and synced in one piece. A run that is killed while it writes leaves
    whole lines and at most one torn one at the end, which the next run takes away.

    Raises:
        JiaozhuError: the log cannot be written, or one of its lines is broken; it is as it was then.
    """
    wanted = list(records)
    if not wanted:
        return 0
    with written(path, _REMEDY):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path) as file:
        _mend(file)
        known = {record.key for record in read_log(path, {record.doc_id for record in wanted})}
        fresh: list[Record] = []
        for record in wanted:
            if record.key not in known:
                known.add(record.key)
                fresh.append(record)
        if fresh:
            _write(file, "".join(to_line(record) + "\n" for record in fresh).encode())
    return len(fresh)


@contextmanager
def _locked(path: Path) -> Iterator[BufferedRandom]:
    """The log, open to read and append, while no other run has it."""
    with written(path, _REMEDY), path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed, or its process is killed
        yield file


def _write(file: BufferedRandom, lines: bytes) -> None:
    """All of it, synced, or nothing: where the disk is full, the log ends as it did."""
    descriptor, left = file.fileno(), memoryview(lines)
    end = os.fstat(descriptor).st_size
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _mend(file: BufferedRandom) -> bool:
    start, line = _last_line(file)
    try:
        if line.strip():
            from_line(line.decode())
            _write(file, b"\n")  # an editor took it, or the run was killed just before it
        return False
    except _BROKEN:
        file.truncate(start)
        return True


def _last_line(file: BufferedRandom, block: int = 1 << 16) -> tuple[int, bytes]:
    """Where the characters after the last newline begin, and these; none where the file ends with one."""
    start, line = file.seek(0, os.SEEK_END), b""
    while start and b"\n" not in line:
        step = min(block, start)
        start = file.seek(start - step)
        line = file.read(step) + line
    start += line.rfind(b"\n") + 1
    return start, line[line.rfind(b"\n") + 1 :]


def by_precedence(records: Iterable[Record], digest: str) -> list[Record]:
    """The submitted annotations of one document whose text now has the hash `digest`, the one that speaks first.

    An adjudicator's decision stands, whatever is said after it, unless it was made on another text and something was
    made on this one. Of the others the newest speaks. An agreement only sums up opinions, so it is as old as the newest
    of them and goes before it; a later opinion goes before an agreement. Of equals, the greatest id.
    """
    records = list(records)
    fits = any(record.text_sha256 == digest for record in records)

    def rank(record: Record) -> tuple[bool, str, bool, str]:
        agreement = record.annotator == AGREEMENT
        decision = record.adjudicated and not agreement and (record.text_sha256 == digest or not fits)
        return (decision, record.updated_at, agreement, record.annotation)

    return sorted(records, key=rank, reverse=True)


def latest(records: Iterable[Record]) -> list[Record]:
    """The newest version of each annotation, in the order their annotations first appear."""
    newest: dict[str, Record] = {}
    for record in records:
        known = newest.get(record.annotation)
        if known is None or record.updated_at >= known.updated_at:
            newest[record.annotation] = record
    return list(newest.values())
