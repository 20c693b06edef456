"""One flat layer of all suggestions: the groups of a Doc in; `doc.ents` out, each with score, source, adcode and value.

Overlaps are settled by rules: a number belongs to its amount, the outermost name wins, a rule wins over the model it
repairs. The score is the chance that an annotator keeps the span as it is, by who suggests it and whether the model
agrees; its few numbers are fitted by tests/benchmarks/fit_scores.py. A voter (a CRF of the user's own, a foreign model)
says yes, no or nothing to each of them, with a weight that grows with what it is known to find, and may add its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from annotation.flags import flags_of
from annotation.groups import ADCODES, DIVISIONS, IDS, INDEX, SCORED, SIMPLE, TEXT, TRUST, VALUES, WORDS, span_of

VERSION = "0.3.8"
RULES = ("amounts", "dates")
_BY_RULE = tuple(f"{name}:" for name in RULES)
NAMES = ("organizations", "people", "places", "list")
VOTERS = ("crf", "model")
MODEL = "lac"
MIN_SCORE = 0.4  # below, deleting costs annotators more than adding what was right

for _name in ("score", "source", "adcode", "value"):
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=None)
if not Doc.has_extension("flags"):
    Doc.set_extension("flags", getter=lambda doc: flags_of(doc.text, doc))

# The log odds that a suggestion is right: what its kind is worth, and what the model's agreement adds.
PRIOR, AGREES, LOGIT, DISAGREES = 2.62, -0.31, 0.68, -0.65
KINDS: dict[str, float] = {
    "list:inside": -1.5,  # cuts a word; this and the next are not fitted: a list is its writer's word
    "list:known": 1.0,
    "organizations:alias": 0.04,
    "organizations:brand": 0.47,
    "organizations:government": 1.22,
    "organizations:known": 0.38,
    "organizations:legal": 0.22,
    "organizations:listed": -0.59,
    "organizations:model": -0.62,
    "organizations:quoted": 0.76,
    "organizations:suffix": -0.16,
    "people:chinese": -0.42,
    "people:dotted": 0.18,
    "people:foreign": 0.25,
    "people:latin": 0.01,
    "people:other": -0.85,
    "places:foreign": -1.09,
    "places:full": -0.03,
    "places:known": 0.68,
    "places:model": -0.62,
    "places:short": -0.42,
    "places:zone": 0.62,
    "voter:against": -9.64,
    "voter:alone": -8.50,
}


SURE = frozenset(("organizations:known",))  # kinds that the model's doubt says no more against than its no

# What a voter's word adds: its yes, by its probability; its no, by its recall.
# Of a label that no other part suggests, its probability is the score.
YES, YES_LOGIT, NO = 1.14, 0.90, -0.04


SUREST = 0.99  # beyond, a model that knows a string by heart is no more often right
UNSCORED = 0.98  # counts as the probability of a voter that gives none


class Voice(NamedTuple):
    """What a voter says of a span: its probability where it has the very span, else None.

    `precision` and `recall` are those of its spans of this label, as far as is known.
    """

    given: float | None
    precision: float
    recall: float


class Candidate(NamedTuple):
    """A suggestion at characters `[start, end)`; `kind` is `group:rule`.

    `model` is the model's probability for this very span, None where it has no such span; `other` says whether it has
    something else there. `voices` are the voters'.
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
    known_as: str | None = None  # its id in the user's list
    voices: tuple[Voice, ...] = ()

    @property
    def by_rule(self) -> bool:
        """Whether it is an amount or a date."""
        return self.kind.startswith(_BY_RULE)


def candidates(doc: Doc) -> list[Candidate]:
    """Every suggestion of the groups, with what the model and the voters say of the same characters.

    A voter's own span is one of them only where no other part suggests the same.
    """
    names = [name for name in doc.spans if name in RULES + NAMES]
    if MODEL in doc.spans and not any(name in NAMES for name in names if name != "list"):
        names.append(MODEL)
    model = _Said(doc, MODEL)
    found = [candidate for name in names for candidate in _of_group(doc, name, model)]
    voters = [_Said(doc, name) for name in VOTERS if name in doc.spans]
    if not voters:
        return found
    same = {(c.start, c.end, c.label) for c in found}
    taken = {i for c in found for i in range(c.start, c.end)}
    for voter in voters:
        for candidate in _of_group(doc, voter.name, model):
            span = (candidate.start, candidate.end, candidate.label)
            if span not in same:
                same.add(span)
                alone = taken.isdisjoint(range(candidate.start, candidate.end))
                found.append(candidate._replace(kind=f"voter:{_own_kind(doc, candidate.label, alone)}"))
    return [
        c._replace(voices=tuple(voter.of(c.start, c.end, c.label) for voter in voters if c.label in voter.trust))
        for c in found
    ]


_NAMED = ("ORG", "LOC", "PERSON")
# Who else suggests a label; a voter is not alone with it where one of them ran.
_OTHERS = {
    **dict.fromkeys(_NAMED, ("organizations", "people", "places", MODEL)),
    **dict.fromkeys(("MONEY", "PERCENT", "QUANTITY"), ("amounts",)),
    "DATE": ("dates",),
}


def _own_kind(doc: Doc, label: str, alone: bool) -> str:
    """The kind of a voter's own span, which stands `alone` or over something else."""
    if not any(name in doc.spans for name in _OTHERS.get(label, ())):
        return "label"
    return "alone" if alone and label in _NAMED else "against"  # the grammars find nearly every amount and date


class _Said:
    """The spans of a group, to be asked about one span at a time. A group that is not there has none."""

    def __init__(self, doc: Doc, name: str) -> None:
        self.name = name
        self.spans: dict[tuple[int, int, str], float] = {}
        self._covered: set[int] = set()
        self.trust: dict[str, tuple[float, float]] = {}
        self._scored = True
        if name in doc.spans:
            group = doc.spans[name]
            self.trust = group.attrs.get(TRUST) or {}
            self._scored = group.attrs.get(SCORED, True)
            for span, score in zip(group, group.attrs["scores"], strict=True):
                self.spans[span.start_char, span.end_char, span.label_] = score
                self._covered.update(range(span.start_char, span.end_char))

    def stands_on(self, start: int, end: int) -> bool:
        """Whether one of them covers the first or the last character of `[start, end)`."""
        return start in self._covered or end - 1 in self._covered

    def of(self, start: int, end: int, label: str) -> Voice:
        """What the group says of a span whose label it knows."""
        given = self.spans.get((start, end, label))
        return Voice(given if given is None or self._scored else UNSCORED, *self.trust[label])


def _of_group(doc: Doc, name: str, model: _Said) -> Iterable[Candidate]:
    group = doc.spans[name]
    scores = group.attrs.get("scores") or [0.0] * len(group)
    kinds = group.attrs.get("kinds") or [group_kind(name, span.label_) for span in group]
    source = group.attrs.get("source", "")
    adcodes, values, ids = (group.attrs.get(key) or [None] * len(group) for key in (ADCODES, VALUES, IDS))
    for span, score, kind, adcode, value, known_as in zip(group, scores, kinds, adcodes, values, ids, strict=True):
        start, end, label = span.start_char, span.end_char, span.label_
        given, other = model.spans.get((start, end, label)), model.stands_on(start, end)
        yield Candidate(start, end, label, f"{name}:{kind}", source, score, given, other, adcode, value, known_as)


def group_kind(name: str, label: str) -> str:
    """The kind of a suggestion whose group tells none."""
    return label.lower() if name == MODEL else "rule"


def probability(candidate: Candidate) -> float:
    """The calibrated score, to four decimals."""
    if candidate.by_rule or candidate.kind == "voter:label":
        return candidate.given
    return round(1 / (1 + math.exp(-odds_of(candidate))), 4)


def odds_of(candidate: Candidate) -> float:
    """The log odds that it is right."""
    odds = PRIOR + KINDS.get(candidate.kind, 0.0)
    voices = candidate.voices
    own = _own_odds(candidate) if voices else None
    if own is not None:
        odds += own[0]
        voices = tuple(voice for voice in voices if voice is not own[1])
    if candidate.model is not None:
        agrees = AGREES + LOGIT * logit(candidate.model)
        odds += max(agrees, DISAGREES) if candidate.kind in SURE else agrees
    elif candidate.other:
        odds += DISAGREES
    for voice in voices:
        yes, given, no = heard(voice)
        odds += YES * yes + YES_LOGIT * given + NO * no
    return odds


def _own_odds(candidate: Candidate) -> tuple[float, Voice] | None:
    """What the surest voter's word is worth for a span that no other part suggests: its precision and its probability,
    as odds; None where another part does.
    """
    if not candidate.kind.startswith("voter:"):
        return None
    said = [(logit(v.precision) + logit(min(v.given, SUREST)), v) for v in candidate.voices if v.given is not None]
    return max(said, key=lambda one: one[0]) if said else None


def heard(voice: Voice) -> tuple[float, float, float]:
    """What a voice weighs: its yes, the log odds of its yes, its no.

    A voter that finds the share r of what is there is silent on the share 1 - r of what is right, so the log of that is
    what its no says against a span, as far as voters err apart.
    """
    if voice.given is not None:
        return 1.0, logit(voice.given), 0.0
    return 0.0, 0.0, math.log(1 - min(voice.recall, 0.98))


def logit(p: float) -> float:
    """The log odds of a probability, kept away from certainty."""
    p = min(max(p, 0.01), 0.999)
    return math.log(p / (1 - p))


def settled(found: Sequence[Candidate]) -> list[Candidate]:
    """Those that stay, by start: without overlaps, the first of `_rank` first.

    A voter's own span takes the place of names it overlaps where it is likelier than each of them.
    """
    kept: list[Candidate] = []
    taken: set[int] = set()
    outer = {i: c for c in found if c.kind in _OUTER or _is_called_by_date(c) for i in range(c.start, c.end)}
    for candidate in sorted((c for c in found if not c.kind.startswith("voter:")), key=lambda c: _rank(c, outer)):
        span = range(candidate.start, candidate.end)
        if span and taken.isdisjoint(span):
            taken.update(span)
            kept.append(candidate)
    votes = [(probability(c), c) for c in found if c.kind.startswith("voter:")]
    if not votes:
        return sorted(kept, key=lambda c: c.start)
    on = {i: c for c in kept for i in range(c.start, c.end)}
    for score, candidate in sorted(votes, key=lambda vote: (-vote[0], vote[1].start, vote[1].end)):
        against = {on[i].start: on[i] for i in range(candidate.start, candidate.end) if i in on}
        if all(not c.by_rule and probability(c) < score for c in against.values()):
            for c in against.values():
                for i in range(c.start, c.end):
                    del on[i]
            on |= dict.fromkeys(range(candidate.start, candidate.end), candidate)
    return sorted({c.start: c for c in on.values()}.values(), key=lambda c: c.start)


_OUTER = frozenset(("organizations:legal", "organizations:government", "organizations:suffix", "organizations:alias"))


def _is_called_by_date(candidate: Candidate) -> bool:
    """Whether the model has a name of so few characters that a date at its head is a part of it: 五月|天."""
    return candidate.model is not None and candidate.end - candidate.start < 5


def _rank(candidate: Candidate, outer: Mapping[int, Candidate]) -> tuple[int, int, int]:
    """Amounts and dates first, save inside an organization's name; then the longer; then the user's list, rules, model.

    `outer`: the organization that stands on each character.
    """
    length = candidate.end - candidate.start
    around = outer.get(candidate.start)
    inside = around is not None and candidate.end <= around.end and around.end - around.start > length
    rule = candidate.by_rule and not inside
    known = 0 if candidate.kind == "list:known" else 2 if candidate.kind.endswith(":model") else 1
    return (not rule, -length, known)


@Language.factory("jiaozhu_settle", default_config={"min_score": MIN_SCORE})
class Settle:
    """The last part. `min_score` is the score below which nothing is suggested."""

    def __init__(self, nlp: Language, name: str, min_score: float) -> None:
        self.min_score = min_score

    def __call__(self, doc: Doc) -> Doc:
        """`doc.ents` from all that was suggested."""
        return settle(doc, self.min_score)


def settle(doc: Doc, min_score: float = MIN_SCORE) -> Doc:
    """`doc.ents` from all that was suggested.

    Entities that another component put there stay, save where an amount or a date stands; they beat our names.
    """
    found = [(c, probability(c)) for c in settled(candidates(doc))]
    ours = [(c, score) for c, score in found if score >= min_score]
    taken: set[int] = set()
    kept: list[Span] = []
    for rule in (True, False):
        if not rule:
            for span in doc.ents:
                if taken.isdisjoint(range(span.start_char, span.end_char)):
                    taken.update(range(span.start_char, span.end_char))
                    kept.append(span)
        for candidate, score in ours:
            if candidate.by_rule is not rule:
                continue
            where = range(candidate.start, candidate.end)
            if taken.isdisjoint(where):
                taken.update(where)
                span = span_of(doc, candidate.start, candidate.end, candidate.label)
                extra = span._  # each `span._` makes one
                extra.score, extra.source = score, candidate.source
                if candidate.adcode is not None:
                    extra.adcode = candidate.adcode
                if candidate.known_as is not None:
                    span.kb_id_ = candidate.known_as
                if candidate.value is not None:
                    extra.value = candidate.value
                kept.append(span)
    for key in (WORDS, INDEX, TEXT, SIMPLE, DIVISIONS):
        doc.user_data.pop(key, None)
    doc.ents = sorted(kept, key=lambda span: span.start)
    return doc
