"""Suggestions that are wrong on purpose, a few, to see whether annotators read what they confirm.

In: the suggestions of a document. Out: the same with one of them spoiled, remembered in `annotations/planted.jsonl`
and nowhere else: nothing in a task gives it away. A pull says whether an annotator found it, and undoes one that was
missed, so that it neither harms the data nor counts against the model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from annotation.edges import trim
from annotation.labels import LabelScheme
from annotation.log import Suggestion
from annotation.suggestions import Suggestions
from corpus.errors import JiaozhuError
from corpus.folder import write_whole

Kind = Literal["border", "label", "spurious"]
LENGTH = 3  # characters of a spurious span


@dataclass(frozen=True, slots=True)
class Planted:
    """One wrong suggestion `[start, end)` of a document, and the true one it stands for; None where it is spurious."""

    doc_id: str
    text_sha256: str
    model: str
    kind: Kind
    start: int
    end: int
    label: str
    true: Suggestion | None

    @property
    def key(self) -> tuple[str, str, str]:
        """At most one is planted in the suggestions of one model on one text."""
        return (self.doc_id, self.text_sha256, self.model)


def plant(text: str, suggestions: Suggestions, scheme: LabelScheme) -> tuple[Suggestions, Planted] | None:
    """The suggestions with one error, and that error; None where they leave no room for one.

    Which kind and where depends on the document alone: a border that is off by a character, another label, or a span of
    three Han characters that nobody suggested. It has the score and the source of a suggestion that is there.
    """
    if not suggestions.spans:
        return None
    digest = sha256(f"planted {suggestions.doc_id}".encode()).digest()
    kinds = get_args(Kind)
    first = digest[0] % len(kinds)
    for kind in (*kinds[first:], *kinds[:first]):
        true = suggestions.spans[int.from_bytes(digest[1:5]) % len(suggestions.spans)]
        wrong = _SPOILED[kind](text, true, suggestions.spans, scheme, digest)
        if wrong is not None:
            left = [span for span in suggestions.spans if kind == "spurious" or span is not true]
            spans = tuple(sorted([*left, wrong], key=lambda span: span.start))
            known = None if kind == "spurious" else true
            planted = Planted(*_key(suggestions), kind, wrong.start, wrong.end, wrong.label, known)
            return replace(suggestions, spans=spans), planted
    return None


def undo(
    planted: Planted, annotation: Mapping[str, Any], shown: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any], Literal["found", "missed"]] | None:
    """The annotation and the suggestions as if nothing had been planted, and whether the annotator found it.

    A planted span that was left as it was becomes the true one, or goes where it was spurious: whoever did not see the
    error would have left the true one too. None where this prediction does not hold it.
    """
    if not any(_is(planted, item) for item in shown.get("result") or ()):
        return None
    shown = {**shown, "result": [made for item in shown["result"] for made in _true(planted, item)]}
    missed = [item for item in annotation["result"] if _is(planted, item)]
    others = [item for item in annotation["result"] if not _is(planted, item)]
    true = planted.true
    if missed and not (true and any(_overlaps(item, true.start, true.end) for item in others)):
        restored = [made for item in annotation["result"] for made in _true(planted, item)]
        annotation = {**annotation, "result": restored}
    return annotation, shown, "missed" if missed else "found"


def read_planted(path: Path) -> dict[tuple[str, str, str], Planted]:
    """Every planted suggestion by its key; nothing where none was ever planted.

    Raises:
        JiaozhuError: a line is not one; names the line.
    """
    found: dict[tuple[str, str, str], Planted] = {}
    if not path.exists():
        return found
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            data = json.loads(line)
            planted = Planted(**{**data, "true": Suggestion(**data["true"]) if data["true"] else None})
            found[planted.key] = planted
        except (ValueError, KeyError, TypeError) as error:
            raise JiaozhuError(
                f"{path}:{number}: not a planted suggestion ({error}); restore the line from version control"
            ) from None
    return found


def remember(path: Path, planted: Iterable[Planted]) -> None:
    """Add to the file what it does not have; whole or not at all. A JiaozhuError where it cannot be written."""
    known = read_planted(path)
    fresh = {item.key: item for item in planted if item.key not in known}
    if fresh:
        lines = [json.dumps(asdict(item), ensure_ascii=False) for item in (*known.values(), *fresh.values())]
        remedy = "free some space or get the right to write there, then push again: nothing is lost"
        write_whole(path, "\n".join(lines) + "\n", remedy)


def _off(
    text: str, true: Suggestion, spans: Sequence[Suggestion], scheme: LabelScheme, digest: bytes
) -> Suggestion | None:
    """The border moved by one character, inwards where the span is long enough."""
    start, end = true.start, true.end
    choices = [(start, end - 1), (start + 1, end)] if end - start > 2 else [(start, end + 1), (start - 1, end)]
    for begin, stop in choices if digest[5] % 2 else choices[::-1]:
        free = all(span is true or stop <= span.start or span.end <= begin for span in spans)
        if 0 <= begin < stop <= len(text) and free and trim(text, begin, stop) == (begin, stop):
            return replace(true, start=begin, end=stop, text=text[begin:stop])
    return None


def _retyped(
    text: str, true: Suggestion, spans: Sequence[Suggestion], scheme: LabelScheme, digest: bytes
) -> Suggestion | None:
    names = [name for name in scheme.names if name != true.label]
    return replace(true, label=names[digest[6] % len(names)]) if names else None


def _spurious(
    text: str, true: Suggestion, spans: Sequence[Suggestion], scheme: LabelScheme, digest: bytes
) -> Suggestion | None:
    """Han characters that touch no suggestion."""
    taken = {place for span in spans for place in range(span.start - 1, span.end + 1)}
    begin = int.from_bytes(digest[7:11]) % max(len(text), 1)
    for start in (*range(begin, len(text) - LENGTH), *range(begin)):
        words = text[start : start + LENGTH]
        han = len(words) == LENGTH and all("一" <= character <= "鿿" for character in words)
        if han and taken.isdisjoint(range(start, start + LENGTH)):
            return replace(true, start=start, end=start + LENGTH, text=words)
    return None


_Spoil = Callable[[str, Suggestion, Sequence[Suggestion], LabelScheme, bytes], Suggestion | None]
_SPOILED: dict[Kind, _Spoil] = {"border": _off, "label": _retyped, "spurious": _spurious}


def _key(suggestions: Suggestions) -> tuple[str, str, str]:
    return (suggestions.doc_id, suggestions.text_sha256, suggestions.model)


def _is(planted: Planted, item: Mapping[str, Any]) -> bool:
    value = item.get("value") or {}
    return (value.get("start"), value.get("end"), value.get("labels")) == (planted.start, planted.end, [planted.label])


def _true(planted: Planted, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The region as it would have been; it keeps its id, by which what was done with it is known."""
    if not _is(planted, item):
        return [item]
    if planted.true is None:
        return []
    true = planted.true
    value = {**item["value"], "start": true.start, "end": true.end, "text": true.text, "labels": [true.label]}
    return [{**item, "value": value}]


def _overlaps(item: Mapping[str, Any], start: int, end: int) -> bool:
    value = item.get("value") or {}
    first, last = value.get("start"), value.get("end")
    return isinstance(first, int) and isinstance(last, int) and first < end and start < last
