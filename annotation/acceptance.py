"""What annotators do with the suggestions: their opinions in; for each of them, what became of the suggestions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotation.intervals import Measure, measure, ratio
from annotation.log import Record

NO_SUGGESTION = "no suggestion was shown"
NO_OTHERS = "there is no other annotator"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What one annotator made of the suggestions, in spans, and how fast.

    `kept` is the share of suggestions left as they were, `kept_by_others` the same of all other annotators: one who
    keeps far more may be clicking through. `untouched` counts annotations that are what was suggested, to the span.
    """

    annotator: str
    annotations: int
    spans: int
    suggestions: int
    verdicts: dict[str, int]  # kept, moved, retyped, deleted (of the suggestions); added
    untouched: int
    kept: Measure
    kept_by_others: Measure
    spans_an_hour: float | None  # None where no working time was recorded
    planted: int  # annotations whose suggestions had one that was wrong on purpose
    missed: tuple[str, ...]  # documents of these where it was left as it was


def acceptance(opinions: Mapping[str, Sequence[Record]]) -> tuple[Acceptance, ...]:
    """What each annotator made of the suggestions, beside what all the others made of theirs."""
    import numpy as np

    records = [record for found in opinions.values() for record in found]
    people = sorted({record.annotator for record in records})
    kept = {name: np.array([_kept(item) for item in records if item.annotator == name], float) for name in people}
    rows: list[Acceptance] = []
    for name in people:
        own = [record for record in records if record.annotator == name]
        others = [kept[other] for other in people if other != name]
        verdicts = Counter(span.verdict for record in own for span in record.spans)
        deleted = sum(len(record.deleted) for record in own)
        timed = [record for record in own if record.lead_time]
        seconds = sum(record.lead_time or 0.0 for record in timed)
        rows.append(
            Acceptance(
                annotator=name,
                annotations=len(own),
                spans=verdicts.total(),
                suggestions=sum(shown for _, shown in map(_kept, own)),
                verdicts={
                    "kept": verdicts["kept"],
                    "moved": verdicts["moved"],
                    "retyped": verdicts["retyped"],
                    "deleted": deleted,
                    "added": verdicts["added"],
                },
                untouched=sum(record.model is not None and _untouched(record) for record in own),
                kept=measure(kept[name], ratio, NO_SUGGESTION),
                kept_by_others=measure(np.concatenate(others), ratio, NO_SUGGESTION)
                if others
                else Measure(None, why=NO_OTHERS),
                spans_an_hour=round(3600 * sum(len(item.spans) for item in timed) / seconds, 1) if seconds else None,
                planted=sum(record.planted is not None for record in own),
                missed=tuple(sorted(record.doc_id for record in own if record.planted == "missed")),
            )
        )
    return tuple(rows)


def clicks_through(row: Acceptance) -> bool:
    """Whether an annotator keeps more than the others by more than chance: the intervals do not touch."""
    own, others = row.kept.low, row.kept_by_others.high
    return own is not None and others is not None and own > others


def _kept(record: Record) -> tuple[int, int]:
    """Suggestions left as they were, and suggestions shown."""
    kept = sum(span.verdict == "kept" for span in record.spans)
    return kept, sum(span.suggestion is not None for span in record.spans) + len(record.deleted)


def _untouched(record: Record) -> bool:
    return not record.deleted and all(span.verdict == "kept" for span in record.spans)
