"""Likely label errors in texts that people marked, each with its place, its reason and how sure we are.

In: marked texts. Out: doubts; nobody is overruled. A string that has another label elsewhere, or none; a border that
another document has beside it; a near miss of the guideline; a model of the other documents that sees something else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from annotation.misses import miss
from annotation.names import DEPARTMENT, LAST, LEGAL
from corpus.progress import track

Reason = Literal["label", "unlabelled", "border", "guideline", "model"]
Place = tuple[int, int, str]  # start, end (code points, half-open) and label

FEWEST = 2  # documents that must say otherwise
LONGEST_TAIL = 12  # characters by which two borders of one name may differ


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the spans that a person decided, by start, apart."""

    doc_id: str
    text: str
    spans: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place `[start, end)` of a document's clean text that is likely marked wrong.

    `label` is what stands there, empty where nothing does; `proposed` is what may be right instead, None where nothing
    is. `score` is 0 to 1, comparable within a reason; `why` is for a person.
    """

    doc_id: str
    start: int
    end: int
    label: str
    text: str
    reason: Reason
    score: float
    proposed: Place | None
    why: str


def by_string(documents: Sequence[Marked]) -> Iterator[Doubt]:
    """Strings that most documents label otherwise, or that have a label in most and none here.

    The score is the share of the documents with the string that say otherwise.
    """
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for text, label in {(document.text[start:end], label) for start, end, label in document.spans}:
            labels[text][label] += 1
    for document in documents:
        for start, end, label in document.spans:
            counts = labels[text := document.text[start:end]]
            other = min(counts, key=lambda name: (-counts[name], name))
            if other != label and counts[other] >= FEWEST:
                share = counts[other] / counts.total()
                why = f"{other} in {counts[other]} documents, {label} in {counts[label]}"
                yield _doubt(document, (start, end, label), "label", share, (start, end, other), why)
    frequent = {text: counts for text, counts in sorted(labels.items()) if len(text) > 1 and counts.total() >= FEWEST}
    bare = _bare(documents, frequent)
    for text, counts in frequent.items():
        label, most = counts.most_common(1)[0]
        here = bare.get(text, [])
        share = most / (counts.total() + len({document.doc_id for document, _ in here}))
        for document, start in here if share >= 0.5 else ():
            place = (start, start + len(text), label)
            why = f"{label} in {most} documents, here nothing"
            yield _doubt(document, (start, start + len(text), ""), "unlabelled", share, place, why)


def _bare(documents: Iterable[Marked], texts: Iterable[str]) -> dict[str, list[tuple[Marked, int]]]:
    """Where each of the strings stands as a word of its own that no span touches; in one pass over the documents."""
    lengths: dict[str, list[int]] = defaultdict(list)  # of the strings that begin with these two characters
    known = set(texts)
    for text in known:
        if len(text) not in lengths[text[:2]]:
            lengths[text[:2]].append(len(text))
    found: dict[str, list[tuple[Marked, int]]] = defaultdict(list)
    for document in track(documents, "Looking for names without a mark"):
        whole, after = document.text, dict[str, int]()
        free = _free(document)
        for start in range(len(whole) - 1):
            if not free[start] or (sizes := lengths.get(whole[start : start + 2])) is None:
                continue
            for size in sizes:
                text, end = whole[start : start + size], start + size
                if text not in known or start < after.get(text, 0):
                    continue
                after[text] = end
                if free.find(0, start, end) < 0 and not _inside_number(whole, start, end):
                    found[text].append((document, start))
    return found


def _free(document: Marked) -> bytearray:
    """For each character of the text, 1 where no span is."""
    free = bytearray(b"\1") * len(document.text)
    for start, end, _ in document.spans:
        free[start:end] = bytes(end - start)
    return free


def _inside_number(text: str, start: int, end: int) -> bool:
    """Whether the string begins or ends within a number or a Latin word."""

    def joined(place: int) -> bool:
        return 0 < place < len(text) and all(
            (c.isascii() and c.isalnum()) or c in ".%" for c in text[place - 1 : place + 1]
        )

    return joined(start) or joined(end)


def by_border(documents: Sequence[Marked]) -> Iterator[Doubt]:
    """Names that are marked longer where the same words stand, or whose last word is left outside.

    The score is the share of the places with those words that are marked longer; 0.7 where the word for an
    organization stands right behind, and no document shows it.
    """
    longer: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for start, end, label in document.spans:
            longer[label][document.text[start:end]] += 1
    seen: dict[tuple[str, str], list[tuple[Marked, Place, Place]]] = defaultdict(list)
    for document in documents:
        for start, end, label in document.spans:
            for whole in _wholes(document.text, start, end, longer[label]):
                seen[label, document.text[whole[0] : whole[1]]].append((document, (start, end, label), (*whole, label)))
    told: set[tuple[str, int]] = set()
    for (label, text), parts in sorted(seen.items(), key=lambda item: (-len(item[0][1]), item[0])):
        whole_count = longer[label][text]
        share = whole_count / (whole_count + len(parts))
        for document, span, whole_span in parts if share >= 0.5 else ():
            if (document.doc_id, span[0]) not in told:
                told.add((document.doc_id, span[0]))
                why = f"{text} is one {label} in {whole_count} places"
                yield _doubt(document, span, "border", share, whole_span, why)
    for document in documents:
        for start, end, label in document.spans:
            if (
                label == "ORG"
                and (document.doc_id, start) not in told
                and (tail := _last_word(document.text, start, end))
            ):
                why = f"{document.text[end:tail]} belongs to the name"
                yield _doubt(document, (start, end, label), "border", 0.7, (start, tail, label), why)


def _wholes(text: str, start: int, end: int, known: Container[str]) -> Iterator[tuple[int, int]]:
    """Where a longer known name stands that begins or ends with this span."""
    for more in range(1, LONGEST_TAIL + 1):
        if text[start : end + more] in known and end + more <= len(text):
            yield start, end + more
        if more <= start and text[start - more : end] in known:
            yield start - more, end


def _last_word(text: str, start: int, end: int) -> int:
    """Where the word for an organization ends that stands behind the span or over its end; 0 where none does."""
    crossing = DEPARTMENT.search(text, start, end + 3)
    if crossing and crossing.start() < end < crossing.end():
        return crossing.end()
    begin = end
    for word in ("股份", "集团", "控股"):
        if text.startswith(word, begin):
            begin += len(word)
    found = LEGAL.match(text, begin) or LAST.match(text, begin)
    return found.end() if found else 0


def by_guideline(documents: Iterable[Marked]) -> Iterator[Doubt]:
    """Near misses of the shipped guideline, by its rules; the score is how seldom the rule has exceptions."""
    for document in documents:
        for start, end, label in document.spans:
            found = miss(label, document.text[start:end], document.text[end : end + 1])
            if found is not None:
                right = None if found.cut is None else (start + found.cut, end - found.tail, label)
                yield _doubt(document, (start, end, label), "guideline", found.score, right, found.why)


def by_model(documents: Sequence[Marked], folds: int = 5) -> Iterator[Doubt]:
    """Where a CRF that learned from the other documents sees something else: a span here, another there, or none.

    Documents are dealt to the folds in order. A span it sees has its own score, times the precision that the folds
    measured for its label; one it does not see has half the recall, because silence says less.

    Raises:
        JiaozhuError: python-crfsuite is missing.
    """
    from annotation.crf import held_out

    if len(documents) < 2 or not any(document.spans for document in documents):
        return
    examples = [(document.text, document.spans) for document in documents]
    folded = held_out(examples, min(folds, len(documents)))
    found = [tuple(spans) for spans in track(folded, "Learning from the other documents", len(documents))]
    right: Counter[str] = Counter()
    made: Counter[str] = Counter()
    known = Counter(label for document in documents for *_, label in document.spans)
    for document, spans in zip(documents, found, strict=True):
        made.update(span.label for span in spans)
        right.update(span.label for span in spans if span[:3] in document.spans)
    for document, spans in zip(documents, found, strict=True):
        seen = {span[:3] for span in spans}
        for span in spans:
            if span[:3] in document.spans:
                continue
            sure = span.score * (right[span.label] + 1) / (made[span.label] + 2)  # Laplace's rule of succession
            here = [item for item in document.spans if item[0] < span.end and span.start < item[1]]
            place = here[0] if here else (span.start, span.end, "")
            words = document.text[span.start : span.end]
            yield _doubt(document, place, "model", sure, span[:3], f"the other documents say {span.label} {words}")
        for start, end, label in document.spans:
            if (start, end, label) not in seen and not any(a < end and start < b for a, b, _ in seen):
                sure = (right[label] + 1) / (known[label] + 2) / 2
                yield _doubt(document, (start, end, label), "model", sure, None, "the other documents say nothing")


def _doubt(document: Marked, place: Place, reason: Reason, score: float, proposed: Place | None, why: str) -> Doubt:
    start, end, label = place
    words = document.text[start:end]
    return Doubt(document.doc_id, start, end, label, words, reason, round(score, 4), proposed, why)
