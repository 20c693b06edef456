"""Annotations outlive the cleaner: a record made on an older text of its document, brought over to the text of today.

In: a record of the log, and the text and alignment that the cleaner of today makes of the same raw page. Out: its
spans where they stand now, each proven to hold the same words, and what could not be brought over, with the reason.
Nothing is written to the log: it holds what people decided, and every later cleaner starts from that, not from a copy.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from annotation.log import Record, Span, Suggestion
from corpus.records import text_sha256
from corpus.rules.pinyin import pinyin
from corpus.rules.traditional import to_simplified
from corpus.spans import AlignedText, Run, seen_ranges, to_clean

Reason = Literal["removed", "elsewhere", "changed", "unread"]

# Marks that cleaners exchange for one another, beyond what NFKC knows, and particles that a script map decides by word.
_ALIKE = {".": "。", ",": "、", "<": "《〈", ">": "》〉", '"': "「『“”」』", "'": "‘’", "[": "【〔", "]": "】〕"}
_ALIKE |= {"-": "—–―", "~": "〜", "·": "•・‧", "着": "著", "了": "瞭", "借": "藉"}
_SAME = str.maketrans({other: one for one, others in _ALIKE.items() for other in others})
_SHOWN = 30  # characters of a text in a message


@dataclass(frozen=True, slots=True)
class Lost:
    """What could not be brought over. `start, end` is its place in the text of today, None where it has none.

    `removed`: the cleaner takes these words out now, so the text needs no label there. The others need a person:
    `elsewhere`: taken out there, but the same words stand in another place without a label; `changed`: other words
    stand there now; `unread`: a part of today's text that was not in the text the person read.
    """

    doc_id: str
    annotation: str
    reason: Reason
    label: str | None
    text: str
    start: int | None = None
    end: int | None = None
    now: str = ""

    def __str__(self) -> str:
        what = f"document {self.doc_id}: annotation {self.annotation}: "
        if self.reason == "unread":
            return what + f"[{self.start}, {self.end}) {_short(self.now)!r} was not in the text that was annotated"
        said = {
            "removed": "is removed by the cleaner now",
            "elsewhere": "is removed there now, but the same words stand elsewhere",
            "changed": f"reads {_short(self.now)!r} now",
        }
        return what + f"{self.label} {_short(self.text)!r} {said[self.reason]}"


@dataclass(frozen=True, slots=True)
class Carried:
    """`record` has the spans that were brought over, and the hash of today's text; `lost` is all the rest."""

    record: Record
    lost: tuple[Lost, ...]

    @property
    def complete(self) -> bool:
        """Whether the record says all that is to be said of today's text; otherwise a person must look at it again."""
        return all(item.reason == "removed" for item in self.lost)


def carry(record: Record, text: str, runs: Sequence[Run]) -> Carried:
    """Bring a record over to `text`, whose `runs` lie in the raw page that the record's raw offsets count in.

    A span goes to the characters that stand where its raw characters stood. It is carried only if those are the same
    words: equal once script, width, punctuation marks, white space and readings in parentheses are made alike. A record
    of before `seen` was logged cannot tell which text its annotator read, so `unread` is not looked for there.
    """
    spans: list[Span] = []
    lost: list[Lost] = []
    gone: list[Span] = []
    for span in sorted(record.spans, key=lambda span: (span.start, span.end)):
        found = _place(span, text, runs)
        if found is None:
            gone.append(span)
        elif found[0] and (not spans or spans[-1].end <= found[1]):
            spans.append(_moved(span, text, found[1], found[2]))
        else:
            now = text[found[1] : found[2]]
            lost.append(Lost(record.doc_id, record.annotation, "changed", span.label, span.text, *found[1:], now))
    rest = _without(text, spans) if gone and record.seen is None else ""
    for span in gone:
        words = fold(span.text)[0]
        elsewhere = bool(words) and words in rest
        reason: Reason = "elsewhere" if elsewhere else "removed"
        lost.append(Lost(record.doc_id, record.annotation, reason, span.label, span.text))
    for start, end in _unread(record.seen, text, runs):
        lost.append(Lost(record.doc_id, record.annotation, "unread", None, "", start, end, text[start:end]))
    made = replace(record, text_sha256=text_sha256(text), spans=tuple(spans), seen=seen_ranges(runs))
    return Carried(made, tuple(lost))


def speaking(
    ranked: Iterable[Record], digest: str, text: str, runs: Sequence[Run]
) -> tuple[Record | None, list[Carried]]:
    """The first record that is of this text (of hash `digest`) or can be carried over to it whole.

    With all that were tried on the way, a carried speaker last. None where no record can speak.
    """
    tried: list[Carried] = []
    for record in ranked:
        if record.text_sha256 == digest:
            return record, tried
        tried.append(carry(record, text, runs))
        if tried[-1].complete:
            return tried[-1].record, tried
    return None, tried


def fold(text: str) -> tuple[str, list[int]]:
    """The words of a text however a cleaner writes them, and for each character of them its place in `text`."""
    aligned = AlignedText.of(text)
    if "(" in text or "（" in text:
        aligned = aligned.apply(pinyin(aligned))
    words: list[str] = []
    places: list[int] = []
    for start, raw_start, length in aligned.runs:
        for offset in range(length):
            made = _fold(aligned.text[start + offset])
            words.append(made)
            places += [raw_start + offset] * len(made)
    return "".join(words), places


@cache
def _fold(character: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", character) if unicodedata.category(c)[0] not in "ZC")
    return to_simplified("".join(kept)).translate(_SAME)


def _place(span: Span, text: str, runs: Sequence[Run]) -> tuple[bool, int, int] | None:
    """Where the span's raw characters stand in the text, and whether they are its words; None where none are left."""
    found = to_clean(runs, span.raw_start, span.raw_end)
    if found is None:
        return None
    wanted = fold(span.text)[0]
    if wanted and fold(text[slice(*found)])[0] == wanted:
        return (True, *found)
    # Characters that a rule inserted have no place in the raw page; those beside the span may belong to it.
    low, high = found
    number = bisect_right(runs, low, key=lambda run: run.start) - 1
    if runs[number].start == low:
        low = runs[number - 1].start + runs[number - 1].length if number else 0
    number = bisect_left(runs, high, key=lambda run: run.start + run.length)
    if number < len(runs) and runs[number].start + runs[number].length == high:
        high = runs[number + 1].start if number + 1 < len(runs) else len(text)
    words, places = fold(text[low:high])
    candidates = [
        (low + places[at], low + places[at + len(wanted) - 1] + 1) for at in _occurrences(wanted, words) if wanted
    ]
    proven = [one for one in candidates if one[0] < found[1] and found[0] < one[1] and _says(text, one, wanted)]
    return (True, *proven[0]) if len(proven) == 1 else (False, *found)


def _says(text: str, place: tuple[int, int], wanted: str) -> bool:
    return fold(text[slice(*place)])[0] == wanted


def _occurrences(wanted: str, words: str) -> Iterator[int]:
    at = words.find(wanted)
    while at >= 0:
        yield at
        at = words.find(wanted, at + 1)


def _moved(span: Span, text: str, start: int, end: int) -> Span:
    suggestion = span.suggestion and _suggestion(span.suggestion, span, text, start, end)
    return replace(span, start=start, end=end, text=text[start:end], suggestion=suggestion)


def _suggestion(suggestion: Suggestion, span: Span, text: str, start: int, end: int) -> Suggestion:
    """What was suggested, in today's text: the same words on the span, else the part of them that the span shares."""
    if (suggestion.start, suggestion.end) == (span.start, span.end):
        return replace(suggestion, start=start, end=end, text=text[start:end])
    wanted = fold(suggestion.text)[0]
    reach = 2 * (len(suggestion.text) + len(span.text))
    low = max(0, start - reach)
    words, places = fold(text[low : end + reach])
    found = [(low + places[at], low + places[at + len(wanted) - 1] + 1) for at in _occurrences(wanted, words) if wanted]
    expected = start + suggestion.start - span.start
    beside = [one for one in found if one[0] < end and start < one[1]]
    if beside:
        low, high = min(beside, key=lambda one: (abs(one[0] - expected), one))
    else:
        length = end - start
        low = start + min(max(suggestion.start - span.start, 0), length - 1)
        high = max(low + 1, end - min(max(span.end - suggestion.end, 0), length - 1))
    return replace(suggestion, start=low, end=high, text=text[low:high])


def _without(text: str, spans: Sequence[Span]) -> str:
    """The words of the text outside the spans, each span a gap that no word reaches over."""
    pieces: list[str] = []
    cursor = 0
    for span in spans:
        pieces.append(fold(text[cursor : span.start])[0])
        cursor = span.end
    return "\n".join([*pieces, fold(text[cursor:])[0]])


def _unread(seen: Sequence[tuple[int, int]] | None, text: str, runs: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """Parts of the text with words in them whose raw characters were not shown to the annotator."""
    if seen is None:
        return
    for start, raw_start, length in runs:
        cursor = raw_start
        number = max(0, bisect_right(seen, (raw_start, raw_start + length)) - 1)
        while cursor < raw_start + length:
            while number < len(seen) and seen[number][1] <= cursor:
                number += 1
            low = min(seen[number][0], raw_start + length) if number < len(seen) else raw_start + length
            if cursor < low:
                part = text[start + cursor - raw_start : start + low - raw_start]
                if any(map(str.isalnum, part)):
                    yield start + cursor - raw_start, start + low - raw_start
            cursor = max(low, seen[number][1]) if number < len(seen) else low


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
