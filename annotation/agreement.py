"""How far annotators agree with each other, and what each of them does with the suggestions.

In: the annotation log, and the lengths of its documents. Out: for each pair of annotators, for all of them together and
for each label, span F1 and Krippendorff's alpha with intervals; for each annotator, what became of the suggestions and
how fast. What cannot be computed says why. docs/quality.md explains each figure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from annotation.acceptance import Acceptance, acceptance, clicks_through
from annotation.intervals import Measure, measure, ratio, show_measure
from annotation.log import Record, latest, read_log
from corpus.errors import JiaozhuError
from corpus.explained import visible
from corpus.progress import track
from corpus.store import read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NO_DOCUMENT = "no document that both annotated"
NO_SPAN = "nobody marked a span"
NO_LENGTH = "the corpus does not have these texts, so their lengths are not known"
NO_VARIATION = "every character has the same value, so no disagreement could be expected"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The agreement of two or more annotators on one label, or on all where `label` is None.

    `spans` counts the spans of all of them in the shared documents; `exact` and `relaxed` are F1, `alpha` is over the
    characters of the `alpha_documents` whose lengths are known.
    """

    annotators: tuple[str, ...]
    label: str | None
    documents: int
    spans: int
    exact: Measure
    relaxed: Measure
    alpha_documents: int
    alpha: Measure


@dataclass(frozen=True, slots=True)
class Agreement:
    """The whole report. Only the newest version of an annotation counts; `left_out` says how many did not, and why."""

    annotations: int
    left_out: dict[str, int]
    comparisons: tuple[Comparison, ...]
    acceptance: tuple[Acceptance, ...]

    @property
    def shared(self) -> int:
        """Documents with several annotators."""
        return max((item.documents for item in self.comparisons), default=0)


def agreement(log: Path, corpus: Path | None = None) -> Agreement:
    """Compare the annotators of a log. `corpus` gives the lengths of the documents, which alpha needs.

    Raises:
        JiaozhuError: there is no log, or one of its lines is broken.
    """
    if not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; run jiaozhu annotation pull, or name one with --log")
    records = latest(read_log(log))
    opinions = opinions_by_document(records)
    shared = {doc_id: found for doc_id, found in opinions.items() if len(found) > 1}
    return compare_all(records, opinions, text_lengths(corpus, shared) if corpus else {})


def opinions_by_document(records: Iterable[Record]) -> dict[str, tuple[Record, ...]]:
    """For each document, the newest submitted annotation of each annotator, in the order of their names.

    All are of one text, that of the document's newest annotation. Adjudicated records are nobody's own opinion.
    `records` are newest versions, as from `annotation.log.latest`.
    """
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.status == "submitted" and not record.adjudicated:
            found.setdefault(record.doc_id, []).append(record)
    opinions: dict[str, tuple[Record, ...]] = {}
    for doc_id in sorted(found):
        ordered = sorted(found[doc_id], key=lambda record: (record.updated_at, record.annotation))
        newest = {item.annotator: item for item in ordered if item.text_sha256 == ordered[-1].text_sha256}
        opinions[doc_id] = tuple(newest[name] for name in sorted(newest))
    return opinions


def text_lengths(corpus: Path, opinions: Mapping[str, Sequence[Record]]) -> dict[str, int]:
    """The lengths, in code points, of those documents whose text is still the annotated one."""
    if not opinions or not (corpus / "documents").exists():
        return {}
    rows = read_rows(corpus / "documents", ("doc_id", "text_sha256", "text"))
    return {
        row["doc_id"]: len(row["text"])
        for row in rows
        if row["doc_id"] in opinions and opinions[row["doc_id"]][0].text_sha256 == row["text_sha256"]
    }


def compare_all(
    records: Sequence[Record], opinions: Mapping[str, Sequence[Record]], lengths: Mapping[str, int]
) -> Agreement:
    """The report on the newest versions `records`, of which `opinions` are the ones that count."""
    statuses = Counter("adjudicated" if item.adjudicated else item.status for item in records)
    counted = sum(len(found) for found in opinions.values())
    labels = sorted({span.label for found in opinions.values() for record in found for span in record.spans})
    people = sorted({record.annotator for found in opinions.values() for record in found})
    comparisons: list[Comparison] = []
    pairs = list(combinations(people, 2))
    for pair in track(pairs, "Comparing annotators", len(pairs)):
        comparisons += compare(pair, opinions, labels, lengths)
    if len(people) > 2:
        comparisons += compare(people, opinions, labels, lengths)
    return Agreement(
        annotations=len(records),
        left_out={
            "skipped": statuses["skipped"],
            "deleted": statuses["deleted"],
            "adjudicated": statuses["adjudicated"],
            "superseded": statuses["submitted"] - counted,  # by the same annotator, or on an older text
        },
        comparisons=tuple(comparisons),
        acceptance=acceptance(opinions),
    )


def compare(
    annotators: Sequence[str],
    opinions: Mapping[str, Sequence[Record]],
    labels: Sequence[str],
    lengths: Mapping[str, int],
) -> list[Comparison]:
    """The agreement of these annotators, on all labels and on each; over documents that two or more of them annotated.

    Of more than two, F1 is pooled over their pairs and alpha takes all of them at once.
    """
    import numpy as np

    shared: dict[str, list[Record]] = {}
    for doc_id, found in opinions.items():
        chosen = [record for record in found if record.annotator in annotators]
        if len(chosen) > 1:
            shared[doc_id] = chosen
    names = [*labels] or ["-"]
    found_matches = [matches(found, names) for found in shared.values()]
    matched = np.array(found_matches, dtype=np.float64).reshape(len(shared), 3, len(names))  # also where there are none
    measured = [doc_id for doc_id in shared if doc_id in lengths]
    size = len(names) + 1
    found_tables = [coincidences(shared[doc_id], names, lengths[doc_id]) for doc_id in measured]
    tables: Floats = np.array(found_tables).reshape(len(measured), size, size)
    spans = Counter(span.label for found in shared.values() for record in found for span in record.spans)
    comparisons: list[Comparison] = []
    for label in [None, *labels]:
        if label is None:
            counts, table = np.sum(matched, axis=2), tables
        else:
            index = names.index(label)
            counts, table = matched[:, :, index], binary(tables, index + 1)
        no_match = NO_SPAN if shared else NO_DOCUMENT
        no_alpha = NO_DOCUMENT if not shared else NO_VARIATION if measured else NO_LENGTH
        comparisons.append(
            Comparison(
                annotators=tuple(annotators),
                label=label,
                documents=len(shared),
                spans=spans.total() if label is None else spans[label],
                exact=measure(counts[:, [0, 2]], ratio, no_match),
                relaxed=measure(counts[:, [1, 2]], ratio, no_match),
                alpha_documents=len(measured),
                alpha=measure(table, alpha, no_alpha),
            )
        )
    return comparisons


def alpha(coincidences: Floats) -> Floats:
    """Krippendorff's alpha for nominal data, from coincidence matrices of shape (..., values, values).

    Formula: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C. NaN where only one value
    occurs.
    """
    import numpy as np

    totals = coincidences.sum(axis=-1)
    n = totals.sum(axis=-1)
    disagreements = n - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = n**2 - (totals**2).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(expected > 0, 1 - (n - 1) * disagreements / expected, np.nan)
    return found


def print_agreement(report: Agreement, *, as_json: bool = False) -> None:
    """The report as tables on stdout, or as one JSON object."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False))
        return
    console = Console()
    reasons: dict[str, None] = {}
    title = "Agreement between annotators, with 95 % intervals over documents"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("annotators", overflow="fold")
    table.add_column("label", no_wrap=True)
    for name in ("texts", "spans"):
        table.add_column(name, justify="right")
    for name in ("exact F1", "relaxed F1", "alpha"):
        table.add_column(name, justify="right", min_width=len("[0.86–0.90]"))
    for item in report.comparisons:
        if item.label is None:
            table.add_section()
        measures = (item.exact, item.relaxed, item.alpha)
        reasons |= {measure.why: None for measure in measures if measure.why}
        who = "\n".join(item.annotators) if len(item.annotators) == 2 else f"all {len(item.annotators)}"
        figures = (f"{item.documents:,}", f"{item.spans:,}", *map(show_measure, measures))
        table.add_row(Text(visible(who) if item.label is None else ""), item.label or "all", *figures)
    if report.comparisons:
        console.print(table)
    else:
        console.print("Agreement needs two annotators; the log has fewer.")
    table = Table(
        title="What annotators did with suggestions",
        title_justify="left",
        box=SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
    )
    table.add_column("annotator", overflow="fold")
    table.add_column("shown", justify="right")
    table.add_column("kept", justify="right", min_width=len("[0.86–0.90]"))
    for name in ("others", "moved", "retyped", "deleted", "added", "spans/h"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.acceptance:
        reasons |= {measure.why: None for measure in (row.kept, row.kept_by_others) if measure.why}
        shares = [_share(row.verdicts[name], row.suggestions) for name in ("moved", "retyped", "deleted")]
        table.add_row(
            Text(visible(row.annotator) + (" *" if clicks_through(row) else "")),
            f"{row.suggestions:,}",
            show_measure(row.kept),
            "-" if row.kept_by_others.value is None else f"{row.kept_by_others.value:.2f}",
            *shares,
            _share(row.verdicts["added"], row.spans),
            "-" if row.spans_an_hour is None else f"{row.spans_an_hour:,.0f}",
        )
    console.print(table)
    for reason in reasons:
        console.print(f"- is undefined: {reason}", markup=False)
    if any(map(clicks_through, report.acceptance)):
        console.print("* keeps more suggestions than the others, by more than chance: look at some of the work")
    for row in report.acceptance:
        if row.planted:
            found = f"{row.planted - len(row.missed)} of {row.planted} suggestions that were wrong on purpose"
            missed = f"; missed in {', '.join(row.missed)}" if row.missed else ""
            console.print(visible(f"{row.annotator} found {found}{missed}"), markup=False, highlight=False)
    left = ", ".join(f"{number:,} {name}" for name, number in report.left_out.items())
    console.print(f"{report.annotations:,} annotations; left out: {left}")


def matches(records: Sequence[Record], labels: Sequence[str]) -> list[list[int]]:
    """Over the pairs of annotators of a document, for each label: spans of either that the other has exactly, that
    overlap one of the other, and all. So both F1 are symmetric: matched spans of both over all spans of both.
    """
    exact, relaxed, total = (dict.fromkeys(labels, 0) for _ in range(3))
    for one, other in combinations(records, 2):
        for mine, theirs in ((one, other), (other, one)):
            same = {(span.start, span.end, span.label) for span in theirs.spans}
            for span in mine.spans:
                total[span.label] += 1
                exact[span.label] += (span.start, span.end, span.label) in same
                relaxed[span.label] += any(
                    label == span.label and start < span.end and span.start < end for start, end, label in same
                )
    return [list(counts.values()) for counts in (exact, relaxed, total)]


def coincidences(records: Sequence[Record], labels: Sequence[str], length: int) -> Floats:
    """The coincidence matrix of a document's characters; value 0 is outside, the others are the labels in order."""
    import numpy as np

    values = np.zeros((len(records), length), dtype=np.int64)
    for row, record in enumerate(records):
        for span in record.spans:
            if not 0 <= span.start < span.end <= length:
                raise JiaozhuError(
                    f"{record.doc_id}: annotation {record.annotation}: {span.label} [{span.start}, {span.end}) is "
                    f"outside its text of {length} characters; restore the line from version control"
                )
            values[row, span.start : span.end] = labels.index(span.label) + 1
    size = len(labels) + 1
    pairs = sum(
        np.bincount(one * size + other, minlength=size * size)
        for i, one in enumerate(values)
        for j, other in enumerate(values)
        if i != j
    )
    matrix: Floats = np.asarray(pairs, dtype=np.float64).reshape(size, size) / (len(records) - 1)
    return matrix


def binary(tables: Floats, value: int) -> Floats:
    """The same characters, where only this value and everything else are told apart."""
    import numpy as np

    both = tables[:, value, value]
    one = tables[:, value, :].sum(axis=1) - both
    rest = tables.sum(axis=(1, 2)) - both - 2 * one
    return np.stack([np.stack([both, one], axis=-1), np.stack([one, rest], axis=-1)], axis=-2)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"
