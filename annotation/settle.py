"""One flat layer of all suggestions: the groups of a Doc in; `doc.ents` out, each with score, source, adcode and value.

Overlaps are settled by rules: a number belongs to its amount, the outermost name wins, a rule wins over the model it
repairs. The score is the chance that an annotator keeps the span as it is, by who suggests it and whether the model
agrees; its few numbers are fitted by tests/benchmarks/fit_scores.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from annotation.groups import ADCODES, DIVISIONS, TEXT, VALUES, WORDS, span_of

VERSION = "0.2.0"
RULES = ("amounts", "dates")
NAMES = ("organizations", "people", "places")
MODEL = "lac"
MIN_SCORE = 0.4  # below, deleting costs annotators more than adding what was right

for _name in ("score", "source", "adcode", "value"):
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=None)

# The log odds that a suggestion is right: what its kind is worth, and what the model's agreement adds.
PRIOR, AGREES, LOGIT, DISAGREES = 2.36, 0.08, 0.73, 0.41
KINDS: dict[str, float] = {
    "organizations:alias": 0.52,
    "organizations:brand": 0.61,
    "organizations:government": 0.78,
    "organizations:legal": -0.08,
    "organizations:listed": 0.11,
    "organizations:model": -1.16,
    "organizations:suffix": 0.67,
    "people:chinese": 0.11,
    "people:dotted": 0.08,
    "people:other": -1.07,
    "places:full": 0.65,
    "places:model": -1.26,
    "places:short": -1.01,
    "places:zone": 1.08,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggestion at characters `[start, end)`; `kind` is `group:rule`.

    `model` is the model's probability for this very span, None where it has no such span; `other` says whether it has
    something else there.
    """

    start: int
    end: int
    label: str
    kind: str
    source: str
    given: float
    model: float | None = None
    other: bool = False
    adcode: str | None = None
    value: str | None = None


def candidates(doc: Doc) -> list[Candidate]:
    """Every suggestion of the groups, with what the model says of the same characters."""
    model: dict[tuple[int, int, str], float] = {}
    covered: dict[int, str] = {}
    found: list[Candidate] = []
    if MODEL in doc.spans:
        group = doc.spans[MODEL]
        for span, score in zip(group, group.attrs["scores"], strict=True):
            model[span.start_char, span.end_char, span.label_] = score
            covered.update(dict.fromkeys(range(span.start_char, span.end_char), span.label_))
    for name, group in doc.spans.items():
        if name not in RULES + NAMES and not (name == MODEL and not any(other in doc.spans for other in NAMES)):
            continue
        scores = group.attrs.get("scores") or [0.0] * len(group)
        kinds = group.attrs.get("kinds") or [group_kind(name, span.label_) for span in group]
        adcodes = group.attrs.get(ADCODES) or [None] * len(group)
        values = group.attrs.get(VALUES) or [None] * len(group)
        for span, score, kind, adcode, value in zip(group, scores, kinds, adcodes, values, strict=True):
            start, end = span.start_char, span.end_char
            found.append(
                Candidate(
                    start,
                    end,
                    span.label_,
                    f"{name}:{kind}",
                    group.attrs.get("source", ""),
                    score,
                    model.get((start, end, span.label_)),
                    any(i in covered for i in (start, end - 1)),
                    adcode,
                    value,
                )
            )
    return found


def group_kind(name: str, label: str) -> str:
    """The kind of a suggestion whose group tells none."""
    return label.lower() if name == MODEL else "rule"


def probability(candidate: Candidate) -> float:
    """The calibrated score, to four decimals."""
    if candidate.kind.split(":")[0] in RULES:
        return candidate.given
    odds = PRIOR + KINDS.get(candidate.kind, 0.0)
    if candidate.model is not None:
        odds += AGREES + LOGIT * logit(candidate.model)
    elif candidate.other:
        odds += DISAGREES
    return round(1 / (1 + math.exp(-odds)), 4)


def logit(p: float) -> float:
    """The log odds of a probability, kept away from certainty."""
    p = min(max(p, 0.01), 0.999)
    return math.log(p / (1 - p))


def settled(found: list[Candidate]) -> list[Candidate]:
    """Those that stay, by start: without overlaps, the first of `_rank` first."""
    kept: list[Candidate] = []
    taken: set[int] = set()
    outer = {i: c for c in found if c.kind in _OUTER for i in range(c.start, c.end)}
    for candidate in sorted(found, key=lambda c: _rank(c, outer)):
        span = range(candidate.start, candidate.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c.start)


_OUTER = frozenset(("organizations:legal", "organizations:government", "organizations:suffix", "organizations:alias"))


def _rank(candidate: Candidate, outer: Mapping[int, Candidate]) -> tuple[int, int, bool]:
    """Amounts and dates first, save inside an organization's name; then the longer; then the rule before the model.

    `outer`: the organization that stands on each character.
    """
    length = candidate.end - candidate.start
    around = outer.get(candidate.start)
    inside = around is not None and candidate.end <= around.end and around.end - around.start > length
    rule = candidate.kind.split(":")[0] in RULES and not inside
    return (not rule, -length, candidate.kind.endswith(":model"))


@Language.component("jiaozhu_settle")
def settle(doc: Doc) -> Doc:
    """`doc.ents` from all that was suggested.

    Entities that another component put there stay, save where an amount or a date stands; they beat our names.
    """
    found = [(c, probability(c)) for c in settled(candidates(doc))]
    ours = [(c, score) for c, score in found if score >= MIN_SCORE]
    taken: set[int] = set()
    kept: list[Span] = []
    for rule in (True, False):
        if not rule:
            for span in doc.ents:
                if taken.isdisjoint(range(span.start_char, span.end_char)):
                    taken.update(range(span.start_char, span.end_char))
                    kept.append(span)
        for candidate, score in ours:
            if (candidate.kind.split(":")[0] in RULES) is not rule:
                continue
            where = range(candidate.start, candidate.end)
            if taken.isdisjoint(where):
                taken.update(where)
                span = span_of(doc, candidate.start, candidate.end, candidate.label)
                span._.score, span._.source = score, candidate.source
                if candidate.adcode is not None:
                    span._.adcode = candidate.adcode
                if candidate.value is not None:
                    span._.value = candidate.value
                kept.append(span)
    for key in (WORDS, TEXT, DIVISIONS):
        doc.user_data.pop(key, None)
    doc.ents = sorted(kept, key=lambda span: span.start)
    return doc
