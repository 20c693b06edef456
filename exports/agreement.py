"""How far the annotators of a dataset agree, for its card: counts of each document they share in, figures out.

Nobody is named: the figures are of all annotators together. docs/quality.md explains F1 and alpha.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotation.agreement import alpha, binary, coincidences, matches, opinions_by_document
from annotation.intervals import Measure, measure, ratio, show_measure
from annotation.log import Record

ALL = "all"
MOST = 5_000  # documents that the intervals draw one by one


@dataclass(frozen=True, slots=True)
class Opinion:
    """What several people said of one document, as counts (see `annotation.agreement`): `matches`, `coincidences`.

    Alpha needs the text that was annotated: where that is another one, the document has no `table` and counts for F1
    alone.
    """

    counts: Any
    table: Any


def opinion(records: Sequence[Record], digest: str, length: int, labels: Sequence[str]) -> Opinion | None:
    """The opinions in the records of one document, whose text has this hash and so many characters; None of one."""
    import numpy as np

    [opinions] = opinions_by_document(records).values() or [()]
    if len(opinions) < 2 or not {span.label for record in opinions for span in record.spans}.issubset(labels):
        return None
    inside = all(span.end <= length for record in opinions for span in record.spans)
    known = opinions[0].text_sha256 == digest and inside
    return Opinion(
        np.array(matches(opinions, labels), dtype=np.float64),
        coincidences(opinions, labels, length) if known else None,
    )


@dataclass(slots=True)
class Opinions:
    """The documents that several people annotated, as counts: beyond `MOST` they are drawn in groups, so memory is
    bounded.
    """

    labels: Sequence[str]
    documents: int = 0
    counts: list[Any] = field(default_factory=list)
    tables: list[Any] = field(default_factory=list)

    def add(self, found: Opinion) -> None:
        """Count a document."""
        _put(self.counts, self.documents, found.counts)
        if found.table is not None:
            _put(self.tables, self.documents, found.table)
        self.documents += 1

    def found(self) -> dict[str, Any]:
        """Documents, and by label F1 of exact spans and alpha, each as value, low and high; as the card keeps them."""
        import numpy as np

        if not self.counts:
            return {"documents": 0, "labels": {}}
        counts, tables = np.array(self.counts), np.array(self.tables)
        rows: dict[str, Any] = {}
        for number, label in enumerate([*self.labels, ALL]):
            own = counts.sum(axis=2) if label == ALL else counts[:, :, number]
            pairs = tables if label == ALL or not len(tables) else binary(tables, number + 1)
            f1 = measure(own[:, [0, 2]], ratio, "")
            rows[label] = {"f1": _listed(f1), "alpha": _listed(measure(pairs, alpha, ""))}
        return {"documents": self.documents, "labels": rows}


def _put(groups: list[Any], number: int, counts: Any) -> None:  # noqa: ANN401
    if len(groups) < MOST:
        groups.append(counts)
    else:
        groups[number % MOST] = groups[number % MOST] + counts


def _listed(found: Measure) -> list[float | None]:
    return [found.value, found.low, found.high]


def agreement_text(found: Mapping[str, Any]) -> str:
    """What the card says; `verify` writes it again from the card's own figures."""
    if not found["documents"]:
        return "No document was annotated by several people, so how far they agree is not known."
    rows = [
        f"| {label if label == ALL else f'`{label}`'} | {_shown(row['f1'])} | {_shown(row['alpha'])} |"
        for label, row in found["labels"].items()
    ]
    table = "\n".join(["| label | F1 of exact spans | Krippendorff's alpha |", "| --- | ---: | ---: |", *rows])
    one = found["documents"] == 1
    documents = "1 document was" if one else f"{found['documents']:,} documents were"
    return (
        f"{documents} annotated by several people, before any decision over their opinions; with 95 % intervals over "
        f"documents:\n\n{table}\n\n![Agreement by label](pictures/agreement.svg)"
    )


def _shown(value: Sequence[float | None]) -> str:
    found, low, high = value
    return show_measure(Measure(found, low, high))
