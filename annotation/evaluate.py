"""How good a pipeline's suggestions are: gold in, figures and errors out, and what they would cost an annotator.

Counted in spans: exact (both borders and the label), relaxed (the same label, some characters shared), and by
nervaluate's four schemes. What an annotator would have to do is counted here: nervaluate has no such figure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotation import import_pipeline
from annotation.gold import Entity, Gold
from corpus.workspace import Annotation

if TYPE_CHECKING:
    from types import ModuleType

    from spacy.language import Language

KINDS = ("border", "type", "missed", "spurious")
SCHEMES = ("strict", "exact", "partial", "ent_type")


class Mistake(NamedTuple):
    """One disagreement. `gold` is None where nothing is there, `found` where nothing was suggested.

    `kind`: `border` (the label is right), `type` (another label, on the same or other borders), `missed`, `spurious`.
    """

    kind: str
    name: str
    text: str
    gold: Entity | None
    found: Entity | None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of spans of one label, or of all."""

    gold: int = 0
    found: int = 0
    exact: int = 0
    relaxed_gold: int = 0  # gold spans with some suggestion of their label on them
    relaxed_found: int = 0  # suggestions with some gold span of their label under them

    @property
    def precision(self) -> float:
        """Exact spans among the suggestions."""
        return _share(self.exact, self.found)

    @property
    def recall(self) -> float:
        """Exact spans among the gold ones."""
        return _share(self.exact, self.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of exact precision and recall."""
        return _share(2 * self.exact, self.gold + self.found)

    @property
    def relaxed_f1(self) -> float:
        """The same where a shared character is enough."""
        precision, recall = _share(self.relaxed_found, self.found), _share(self.relaxed_gold, self.gold)
        return _share(2 * precision * recall, precision + recall)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was compared, the scores by label in the order of the gold's labels, and every mistake."""

    model: str
    texts: int
    characters: int
    scores: dict[str, Score]
    mistakes: tuple[Mistake, ...] = field(repr=False)
    schemes: dict[str, dict[str, float]] = field(default_factory=dict)  # precision, recall, f1 by nervaluate's scheme
    left_out: dict[str, int] = field(default_factory=dict)  # spans by labels of a foreign model that nobody mapped
    failures: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # by part: on which gold, and why

    @property
    def total(self) -> Score:
        """All labels together (micro)."""
        return Score(*(sum(getattr(s, name) for s in self.scores.values()) for name in Score.__dataclass_fields__))

    @property
    def kinds(self) -> dict[str, int]:
        """Mistakes by kind."""
        counts = Counter(mistake.kind for mistake in self.mistakes)
        return {kind: counts[kind] for kind in KINDS}

    @property
    def effort(self) -> dict[str, float]:
        """What an annotator does per 1,000 characters: `actions` with the suggestions, `from_nothing` without."""
        total, kinds = self.total, self.kinds
        counts = {
            "keeps": total.exact,
            "moves": kinds["border"],
            "retypes": kinds["type"],
            "deletions": kinds["spurious"],
            "additions": kinds["missed"],
        }
        counts["actions"] = sum(counts.values()) - total.exact
        counts["from_nothing"] = total.gold
        return {name: round(1000 * _share(count, self.characters), 2) for name, count in counts.items()}

    def to_json(self) -> dict[str, Any]:
        """Everything but the mistakes, as JSON types."""
        shown = {**self.scores, "all": self.total}
        return {
            "model": self.model,
            "texts": self.texts,
            "characters": self.characters,
            "labels": {
                label: {
                    "gold": s.gold,
                    "found": s.found,
                    "exact": s.exact,
                    "precision": round(s.precision, 4),
                    "recall": round(s.recall, 4),
                    "f1": round(s.f1, 4),
                    "relaxed_f1": round(s.relaxed_f1, 4),
                }
                for label, s in shown.items()
            },
            "schemes": self.schemes,
            "mistakes": self.kinds,
            "per_1000_characters": self.effort,
            "left_out": self.left_out,
            "failures": {part: dict(found) for part, found in self.failures.items()},
        }


def evaluate(
    predict: Callable[[Sequence[str]], Iterable[Iterable[Entity]]],
    gold: Sequence[Gold],
    labels: Sequence[str] = (),
    model: str = "",
) -> Evaluation:
    """Compare `predict` (texts to their spans, in order) with the gold; only `labels`, all of the gold's by default.

    Gold without a span needs `labels`: what is found under them is spurious.
    """
    labels = labels or sorted({span.label for item in gold for span in item.spans})
    counts = {label: [0, 0, 0, 0, 0] for label in labels}
    mistakes: list[Mistake] = []
    pairs: list[tuple[list[Entity], list[Entity]]] = []
    for item, suggestions in zip(gold, predict([item.text for item in gold]), strict=True):
        wanted = [Entity(*span[:3]) for span in item.spans if span.label in counts]
        found = [Entity(*span[:3]) for span in suggestions if span.label in counts]
        known = set(wanted)
        for span in wanted:
            counts[span.label][0] += 1
        for span in found:
            counts[span.label][1] += 1
            counts[span.label][2] += span in known
        # Apart from one another, so that the time grows with the spans and not with their square.
        touching = list(_touching(wanted, found))
        for theirs, ours in touching:
            for span in theirs:
                counts[span.label][3] += any(_same(span, other) for other in ours)
            for span in ours:
                counts[span.label][4] += any(_same(span, other) for other in theirs)
        mistakes += _mistakes(item, wanted, found, touching)
        pairs += touching
    scores = {label: Score(*numbers) for label, numbers in counts.items()}
    characters = sum(len(item.text) for item in gold)
    made = Evaluation(model, len(gold), characters, scores, tuple(mistakes), _schemes(pairs, labels))
    if not isinstance(predict, Predictor):
        return made
    failures = {part: tuple((gold[n].name, why) for n, why in found) for part, found in predict.failures.items()}
    return replace(made, left_out=predict.left_out, failures=failures)


def _schemes(pairs: Sequence[tuple[list[Entity], list[Entity]]], labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 over all labels by nervaluate's schemes, which are SemEval-2013's (task 9.1).

    `strict`: borders and label; `exact`: borders; `partial`: borders, an overlap for half; `ent_type`: label.
    """
    from nervaluate import Evaluator

    sides = zip(*(pairs or [([], [])]), strict=True)
    wanted, found = ([[_inclusive(span) for span in spans] for spans in side] for side in sides)
    made = Evaluator(wanted, found, tags=list(labels), loader="dict").evaluate()["overall"]
    return {
        scheme: {rate: round(float(getattr(made[scheme], rate)), 4) for rate in ("precision", "recall", "f1")}
        for scheme in SCHEMES
    }


def _inclusive(span: Entity) -> dict[str, Any]:
    """A span as nervaluate has it: its end is the last character's place."""
    return {"label": span.label, "start": span.start, "end": span.end - 1}


def _touching(wanted: Iterable[Entity], found: Iterable[Entity]) -> Iterator[tuple[list[Entity], list[Entity]]]:
    """Both sides' spans in groups, by start; spans of two groups share no character."""
    group: tuple[list[Entity], list[Entity]] = ([], [])
    reach = 0
    for span, side in sorted([*((span, 0) for span in wanted), *((span, 1) for span in found)]):
        if span.start >= reach and any(group):
            yield group
            group = ([], [])
        group[side].append(span)
        reach = max(reach, span.end)
    if any(group):
        yield group


def _mistakes(
    item: Gold,
    wanted: Sequence[Entity],
    found: Sequence[Entity],
    touching: Iterable[tuple[Sequence[Entity], Sequence[Entity]]],
) -> Iterator[Mistake]:
    """Pairs of what is not exact, the same label first, then the most shared characters; then what is left."""
    exact = set(wanted) & set(found)
    missed = Counter(span for span in wanted if span not in exact)  # gold of others may mark the same twice
    spurious = Counter(span for span in found if span not in exact)
    pairs = sorted(
        (g.label != f.label, -_shared(g, f), g.start, f.start, g, f)
        for theirs, ours in touching
        for g in theirs
        for f in ours
        if missed[g] and spurious[f] and _shared(g, f) > 0
    )
    for other, *_, g, f in pairs:
        if missed[g] and spurious[f]:
            missed[g] -= 1
            spurious[f] -= 1
            yield Mistake("type" if other else "border", item.name, item.text, g, f)
    yield from (Mistake("missed", item.name, item.text, span, None) for span in missed.elements())
    yield from (Mistake("spurious", item.name, item.text, None, span) for span in spurious.elements())


def _same(one: Entity, other: Entity) -> bool:
    return one.label == other.label and _shared(one, other) > 0


def _shared(one: Entity, other: Entity) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def predictor(settings: Annotation | None = None, labels: Path | None = None) -> tuple[Predictor, str]:
    """The pipeline that `settings` choose as what `evaluate` asks for, and its name.

    Raises:
        JiaozhuError: the extra `annotation` is not installed, or a model cannot be loaded.
    """
    pipeline = import_pipeline()
    nlp = pipeline.load_pipeline(settings, labels)
    return Predictor(pipeline, nlp), pipeline.model_of(nlp)


class Predictor:
    """A pipeline as what `evaluate` asks: texts in, their spans out, in order."""

    def __init__(self, pipeline: ModuleType, nlp: Language) -> None:
        self._pipeline, self._nlp = pipeline, nlp
        self.failures: dict[str, list[tuple[int, str]]] = {}  # of the last call, by part: number of the text, reason

    def __call__(self, texts: Sequence[str]) -> Iterator[list[Entity]]:
        """Raises JiaozhuError where a model cannot be loaded; where a part fails on a text, `failures` says so."""
        self.failures.clear()
        for number, made in enumerate(self._pipeline.annotate_all(self._nlp, texts)):
            for part, reason in made.failures.items():
                self.failures.setdefault(part, []).append((number, reason))
            yield [Entity(span.start, span.end, span.label) for span in made.spans]

    @property
    def left_out(self) -> dict[str, int]:
        """Spans of a foreign model by those of its labels that nobody mapped."""
        made: dict[str, int] = self._pipeline.left_out(self._nlp)
        return made


def told(left_out: Mapping[str, int]) -> str:
    """The line that names labels which nobody mapped, and says how to."""
    labels = ", ".join(f"{n:,} {label}" for label, n in left_out.items())
    remedy = 'map each in [annotation.labels], to a label of yours or to ""'
    return f"left out, as the scheme has no such label: {labels}; {remedy}"


def print_evaluation(evaluation: Evaluation, *, errors: bool = False, as_json: bool = False) -> None:
    """The figures on stdout, as tables or one JSON object; with `errors` every mistake in its surroundings."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if as_json:
        shown = evaluation.to_json()
        if errors:
            shown["errors"] = [
                {"kind": m.kind, "name": m.name, "gold": m.gold, "found": m.found, "text": _around(m)}
                for m in evaluation.mistakes
            ]
        print(json.dumps(shown, ensure_ascii=False))
        return
    console = Console(soft_wrap=True, highlight=False)
    table = Table("label", box=box.SIMPLE_HEAD)
    for heading in ("gold", "found", "precision", "recall", "F1", "F1 relaxed"):
        table.add_column(heading, justify="right")
    for label, score in [*evaluation.scores.items(), ("all", evaluation.total)]:
        rates = (score.precision, score.recall, score.f1, score.relaxed_f1)
        table.add_row(label, f"{score.gold:,}", f"{score.found:,}", *(f"{rate:.3f}" for rate in rates))
    console.print(table)
    schemes = ", ".join(f"{scheme} {rates['f1']:.3f}" for scheme, rates in evaluation.schemes.items())
    console.print(f"F1 by nervaluate's schemes: {schemes}", markup=False)
    if errors:
        for kind in KINDS:
            for mistake in (m for m in evaluation.mistakes if m.kind == kind):
                console.print(f"{kind}  {mistake.name}  {_around(mistake)}", markup=False)
    kinds, effort = evaluation.kinds, evaluation.effort
    console.print("mistakes: " + ", ".join(f"{kinds[kind]:,} {kind}" for kind in KINDS), markup=False)
    console.print(
        f"per 1,000 characters: {effort['keeps']} keeps, {effort['moves']} moves, {effort['retypes']} retypes, "
        f"{effort['deletions']} deletions, {effort['additions']} additions; "
        f"{effort['actions']} actions against {effort['from_nothing']} from nothing",
        markup=False,
    )
    if evaluation.left_out:
        console.print(told(evaluation.left_out), markup=False)
    for part, found in evaluation.failures.items():
        (name, reason), *_ = found
        said = f"{part} failed on {len(found):,} of the texts, first on {name}: {reason}"
        console.print(f"{said}; they count without its suggestions", markup=False)
    console.print(
        f"{evaluation.texts:,} texts, {evaluation.characters:,} characters; model {evaluation.model}", markup=False
    )


def _around(mistake: Mistake) -> str:
    """The place, with 【gold】 and 〔suggestion〕 in the text around them."""
    spans = [span for span in (mistake.gold, mistake.found) if span]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    marks = []
    for span, pair in ((mistake.gold, "【】"), (mistake.found, "〔〕")):
        if span:
            marks += [(span.start, 1, pair[0]), (span.end, 0, pair[1] + span.label)]
    low, high = max(0, start - 12), min(len(mistake.text), end + 12)
    shown, cursor = "", low
    for place, _, mark in sorted(marks):
        shown += mistake.text[cursor:place] + mark
        cursor = place
    shown += mistake.text[cursor:high]
    return shown.replace("\n", "⏎")
