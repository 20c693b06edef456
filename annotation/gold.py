"""Gold, in any form that people keep it in: a path in; texts with the spans a person gave them out.

An annotation log, a folder of marked articles (`[[text|LABEL]]`), a file of marked sentences, or JSON lines with
offsets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from annotation.log import latest, read_log
from corpus.errors import JiaozhuError
from corpus.store import read_rows

_MARK = re.compile(r"\[\[([^\[\]|\n]+)\|([A-Z][A-Z0-9_]*)\]\]")


class Entity(NamedTuple):
    """A labelled span, code points."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and the spans a person gave it. `name` says where it stands: file and line, or document."""

    name: str
    text: str
    spans: tuple[Entity, ...]


def read_gold(path: Path, corpus: Path | None = None) -> list[Gold]:
    """The gold at `path`, in any of its forms; `corpus` holds the texts of a log or of lines with offsets only.

    Raises:
        JiaozhuError: it is none of the forms, holds nothing, or its text is not in the corpus.
    """
    if path.is_dir():
        files = sorted(path.glob("*.txt"))
        gold = [parse_marked(file.name, _read(file)) for file in files]
    elif path.suffix == ".txt":
        lines = enumerate(_lines(path), 1)
        gold = [parse_marked(f"{path.name}:{n}", line) for n, line in lines if line and not line.startswith("#")]
    else:
        gold = list(_read_jsonl(path, corpus))
    # A line or an annotation says that its text has no span; a .txt without a mark may be of another kind.
    if not gold or ((path.is_dir() or path.suffix == ".txt") and not any(item.spans for item in gold)):
        raise JiaozhuError(f"{path}: no gold here; name an annotation log, marked texts ([[…|LABEL]], .txt) or .jsonl")
    return gold


def parse_marked(name: str, marked: str) -> Gold:
    """A text with `[[text|LABEL]]` marks as the text without them and its spans.

    Raises:
        JiaozhuError: a mark is left open, stands in another, or has no label in capitals.
    """
    rest = _MARK.sub(lambda mark: " " * len(mark[0]), marked)
    if (odd := re.search(r"\[\[|\]\]", rest)) is not None:
        near = marked[max(0, odd.start() - 10) : odd.end() + 10].replace("\n", "⏎")
        raise JiaozhuError(
            f"{name}: no mark at character {odd.start()} (…{near}…); a mark is [[text|LABEL]], none in another"
        )
    spans: list[Entity] = []
    shift = 0
    for mark in _MARK.finditer(marked):
        start = mark.start() - shift
        spans.append(Entity(start, start + len(mark[1]), mark[2]))
        shift += len(mark[0]) - len(mark[1])
    return Gold(name, _MARK.sub(r"\1", marked), tuple(spans))


def _read_jsonl(path: Path, corpus: Path | None) -> Iterator[Gold]:
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise JiaozhuError(f"{path}:{number}: not a JSON object ({error}); mend the line") from None
        if not isinstance(row, dict):
            raise JiaozhuError(f"{path}:{number}: not a JSON object ({type(row).__name__}); mend the line")
        rows.append((number, row))
    if rows and "annotation" in rows[0][1]:
        yield from _read_annotations(path, corpus)
        return
    texts: dict[str, str] | None = None
    for number, row in rows:
        spans = row.get("spans", row.get("entities"))
        text = row.get("text")
        if not isinstance(spans, list) or not isinstance(text, str | None):
            raise JiaozhuError(f"{path}:{number}: not gold; {FORM}")
        if text is None and texts is None:
            texts = _texts(path, corpus)
        text = (texts or {}).get(str(row.get("text_sha256"))) if text is None else text
        made = Gold(f"{path.name}:{number}", text or "", tuple(_entity(path, number, span) for span in spans))
        yield _checked(path, corpus, made, text is None)


FORM = 'a line is {"text": …, "spans": [[start, end, "LABEL"], …]}, offsets in code points'


def _entity(path: Path, number: int, span: Any) -> Entity:  # noqa: ANN401
    """A span as `[start, end, label, …]`, or as a dict with these names."""
    named = [span.get(name) for name in ("start", "end", "label")] if isinstance(span, dict) else span
    if isinstance(named, list) and len(named) > 2 and type(named[0]) is type(named[1]) is int:
        start, end, label = named[:3]
        if isinstance(label, str) and label:
            return Entity(start, end, label)
    raise JiaozhuError(f"{path}:{number}: {str(span)[:60]!r} is no span; {FORM}")


def _read_annotations(path: Path, corpus: Path | None) -> Iterator[Gold]:
    """What was submitted last; where a document's annotations were adjudicated, the decision only."""
    texts = _texts(path, corpus)
    submitted = [record for record in latest(read_log(path)) if record.status == "submitted"]
    decided = {record.doc_id for record in submitted if record.adjudicated}
    for record in submitted:
        if record.adjudicated or record.doc_id not in decided:
            text = texts.get(record.text_sha256)
            spans = tuple(Entity(span.start, span.end, span.label) for span in record.spans)
            yield _checked(path, corpus, Gold(record.doc_id, text or "", spans), text is None)


def _checked(path: Path, corpus: Path | None, gold: Gold, missing: bool) -> Gold:
    if missing:
        raise JiaozhuError(
            f"{path}: the text of {gold.name} is not in {corpus}; name its corpus with --corpus, "
            "or build it with the cleaner the gold was made with"
        )
    if any(not 0 <= span.start < span.end <= len(gold.text) for span in gold.spans):
        raise JiaozhuError(f"{path}: {gold.name} has a span outside its text of {len(gold.text)} characters")
    return gold


def _texts(path: Path, corpus: Path | None) -> dict[str, str]:
    if corpus is None or not (corpus / "documents").is_dir():
        raise JiaozhuError(f"{path}: holds no texts, and there is no corpus at {corpus}; name theirs with --corpus")
    return {row["text_sha256"]: row["text"] for row in read_rows(corpus / "documents", ["text", "text_sha256"])}


def _lines(path: Path) -> list[str]:
    """The lines of a file; U+2028 and its like, which JSON may hold as they are, end none."""
    return [line.removesuffix("\r") for line in _read(path).split("\n")]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise JiaozhuError(f"{path}: cannot be read ({reason}); name a log, marked texts or .jsonl") from None
