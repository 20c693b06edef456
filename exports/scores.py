"""How well a model finds the spans of a split: strictly, for each label, with intervals over documents.

In: examples and what a model says of them. Out: precision, recall and F1 of exact spans, the mistakes by kind, and both
as tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotation.evaluate import KINDS, Mistake, evaluate
from annotation.gold import Entity, Gold
from annotation.intervals import Measure, measure, ratio, show_measure
from exports.card_text import table_of
from exports.examples import Example

_WHY = {"precision": "nothing was found", "recall": "there is none to be found", "f1": "there is none, and none found"}


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Counts of spans, and what they give. A span counts where both borders and the label are right."""

    gold: int
    found: int
    exact: int
    precision: Measure
    recall: Measure
    f1: Measure


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's scores on a split: by label, in the dataset's order, and of all labels together (micro)."""

    split: str
    documents: int
    passages: int
    labels: dict[str, LabelScores]
    total: LabelScores
    mistakes: tuple[Mistake, ...] = field(repr=False)  # `name` is the passage's id

    def as_dict(self) -> dict[str, Any]:
        """The scores as JSON types; of the mistakes, their number by kind and label."""
        return {
            "split": self.split,
            "documents": self.documents,
            "passages": self.passages,
            "labels": {label: asdict(scores) for label, scores in self.labels.items()},
            "all": asdict(self.total),
            "mistakes": {label: dict(counts) for label, counts in self.kinds().items()},
        }

    def kinds(self) -> dict[str, dict[str, int]]:
        """Mistakes by the label that is right, or, where nothing is there, by the one that was said; then by kind."""
        counts = Counter(((mistake.gold or mistake.found or _NOBODY).label, mistake.kind) for mistake in self.mistakes)
        return {label: {kind: counts[label, kind] for kind in KINDS} for label in self.labels}


_NOBODY = Entity(0, 0, "")


def score(split: str, examples: Sequence[Example], found: Sequence[Sequence[Entity]], labels: Sequence[str]) -> Scores:
    """Compare the spans found in each example with its own; only the `labels` count."""
    import numpy as np

    rows = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(example.doc_id for example in examples))}
    counts = np.zeros((len(rows), len(labels), 3))  # exact, found, gold
    column = {label: number for number, label in enumerate(labels)}
    for example, spans in zip(examples, found, strict=True):
        gold = {span for span in example.spans if span.label in column}
        said = {Entity(*span[:3]) for span in spans if span[2] in column}
        for number, group in enumerate((gold & said, said, gold)):
            for span in group:
                counts[rows[example.doc_id], column[span.label], number] += 1
    items = [Gold(example.id, example.text, example.spans) for example in examples]
    compared = evaluate(lambda _: [[Entity(*span[:3]) for span in spans] for spans in found], items, labels)
    return Scores(
        split=split,
        documents=len(rows),
        passages=len(examples),
        labels={label: _scores(counts[:, number]) for label, number in column.items()},
        total=_scores(counts.sum(axis=1)),
        mistakes=compared.mistakes,
    )


def _scores(counts: Any) -> LabelScores:  # noqa: ANN401
    """From counts of shape (documents, 3)."""
    import numpy as np

    exact, found, gold = (int(value) for value in counts.sum(axis=0))
    figures = {
        "precision": counts[:, [0, 1]],
        "recall": counts[:, [0, 2]],
        "f1": np.stack([2 * counts[:, 0], counts[:, 1] + counts[:, 2]], axis=1),
    }
    return LabelScores(gold, found, exact, **{name: measure(pair, ratio, _WHY[name]) for name, pair in figures.items()})


def scores_table(scores: Scores) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of the scores, for a terminal or a page."""
    head = ["label", "gold", "found", "precision", "recall", "F1"]
    rows = [
        [label, f"{row.gold:,}", f"{row.found:,}", *map(show_measure, (row.precision, row.recall, row.f1))]
        for label, row in [*scores.labels.items(), ("all", scores.total)]
    ]
    return head, rows


def errors_table(scores: Scores) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of the mistakes by label and kind."""
    rows = [[label, *(f"{counts[kind]:,}" for kind in KINDS)] for label, counts in scores.kinds().items()]
    return ["label", *KINDS], rows


def mistake_row(mistake: Mistake) -> dict[str, Any]:
    """A mistake as JSON types, with the words at both places."""

    def shown(span: Entity | None) -> dict[str, Any] | None:
        return span and {**span._asdict(), "text": mistake.text[span.start : span.end]}

    return {"kind": mistake.kind, "passage": mistake.name, "gold": shown(mistake.gold), "found": shown(mistake.found)}


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table of a page."""
    return table_of(head, rows)
