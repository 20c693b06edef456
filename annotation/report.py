"""The state of the annotation as one HTML file: the work, who agrees with whom, progress by day, the hardest strings.

In: the figures of `status` and `agreement`, and the annotation log. Out: a page that opens from the file system, with
no script and no network. The same log gives the same bytes. Texts come from hostile pages, so all are escaped.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from itertools import accumulate
from pathlib import Path

from annotation.agreement import Agreement, Comparison, agreement, opinions_by_document
from annotation.doubts import Doubt
from annotation.intervals import show_measure
from annotation.log import Record, latest, read_log
from annotation.review import review
from annotation.status import Status
from corpus.explained import visible
from corpus.folder import write_whole
from corpus.workspace import Workspace

STRINGS = 40  # the hardest that are shown
DOUBTS = 100  # the surest that are shown
STEPS = 10  # shades of the heat map, from 0 to 1

_STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #555; --rule: #d5d5d5; --accent: #0072b2; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; color: var(--ink); background: #fff;
  font: 15px/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { margin: 0; font-size: 1.7rem; }
h2 { margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 2px solid var(--ink); font-size: 1.25rem; }
h1 span, h2 span, th span { margin-left: .4em; color: var(--soft); font-weight: normal; font-size: .85em; }
.wide { margin: 0 0 1.2rem; overflow-x: auto; }
table { border-collapse: collapse; font-size: .92em; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--rule); text-align: left; overflow-wrap: anywhere; }
th { color: var(--soft); }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td small { display: block; }
svg { display: block; width: 100%; max-width: 50rem; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg rect { fill: var(--accent); }
""" + "".join(
    f".h{step} {{ background: rgb({255 - 16 * step}, {255 - 9 * step}, {255 - 5 * step}); }}\n"
    for step in range(STEPS + 1)
)


@dataclass(frozen=True, slots=True)
class Hard:
    """A string people do not agree on, or the model does not get right; counted in spans.

    `disputed` are spans of it that not all annotators of the document have. `corrected` are suggestions of it that were
    moved, retyped or deleted, `missed` those that people had to add.
    """

    text: str
    labels: tuple[str, ...]  # that people gave it, the most frequent first
    marked: int
    disputed: int
    corrected: int
    missed: int


def write_report(workspace: Workspace, found: Status, output: Path) -> None:
    """Write the report on the workspace's log; `found` is its status. A JiaozhuError where it cannot be written."""
    records = latest(read_log(workspace.log))
    report = agreement(workspace.log, workspace.corpus) if workspace.log.is_file() else Agreement(0, {}, (), ())
    doubts = review(workspace, model=False, least=0.5).doubts if workspace.log.is_file() else ()
    page = render(found, report, per_day(records), hardest(opinions_by_document(records).values()), doubts)
    write_whole(output, page, "name another file, or free some space there")


def hardest(opinions: Iterable[Sequence[Record]], most: int = STRINGS) -> tuple[Hard, ...]:
    """The strings with the most disputes and corrections, given each document's opinions."""
    marked, disputed, corrected, missed = (Counter[str]() for _ in range(4))
    labels: dict[str, Counter[str]] = {}
    for found in opinions:
        having = Counter((span.start, span.end, span.label) for record in found for span in record.spans)
        for record in found:
            corrected.update(item.text for item in record.deleted)
            for span in record.spans:
                marked[span.text] += 1
                labels.setdefault(span.text, Counter())[span.label] += 1
                disputed[span.text] += having[span.start, span.end, span.label] < len(found)
                if span.suggestion is not None and span.verdict != "kept":
                    corrected[span.suggestion.text] += 1
                missed[span.text] += span.verdict == "added" and record.model is not None
    trouble = disputed + corrected + missed
    ranked = sorted(trouble, key=lambda text: (-trouble[text], text))[:most]
    return tuple(
        Hard(
            text=text,
            labels=tuple(sorted(labels.get(text, ()), key=lambda label: (-labels[text][label], label))),
            marked=marked[text],
            disputed=disputed[text],
            corrected=corrected[text],
            missed=missed[text],
        )
        for text in ranked
    )


def per_day(records: Iterable[Record]) -> dict[str, int]:
    """Annotations submitted by people, by the day (UTC, as Label Studio says it) on which they were made."""
    days = Counter(
        record.created_at[:10] for record in records if record.status == "submitted" and not record.adjudicated
    )
    return dict(sorted(days.items()))


def render(
    found: Status, report: Agreement, days: Mapping[str, int], strings: Sequence[Hard], doubts: Sequence[Doubt] = ()
) -> str:
    """The whole page."""
    allowed = b64encode(sha256(_STYLE.encode()).digest()).decode()
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Annotation report · 标注报告</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Annotation report <span lang="zh-Hans">标注报告</span></h1>
<h2>The work <span lang="zh-Hans">进度</span></h2>
{_work(found)}
{_annotators(found)}
<h2>Progress by day <span lang="zh-Hans">每日进度</span></h2>
{_progress(days)}
<h2>Agreement <span lang="zh-Hans">一致性</span></h2>
{_heat_map(report)}
{_labels(report)}
<h2>Hardest strings <span lang="zh-Hans">最难的词语</span></h2>
{_strings(strings)}
<h2>Likely errors <span lang="zh-Hans">可能标错</span></h2>
{_doubts(doubts)}
</body>
</html>
"""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """A table; all columns after the first `texts` hold figures. Cells are HTML."""
    cells = "".join(f"<th{_figure(i, texts)}>{head}</th>" for i, head in enumerate(heads))
    body = "\n".join(
        "<tr>"
        + "".join(
            cell if cell.startswith("<td") else f"<td{_figure(i, texts)}>{cell}</td>" for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><tr>{cells}</tr>\n{body}\n</table></div>'


def _figure(column: int, texts: int) -> str:
    return ' class="n"' if column >= texts else ""


def _work(found: Status) -> str:
    figures = {
        "documents": found.documents,
        "tasks on the server": found.tasks,
        "done": found.done,
        "skipped": found.skipped,
        "left": found.left,
        "waiting for an adjudicator": found.waiting,
        "agreed or decided": found.adjudicated,
    }
    return _table(("", ""), [(name, "-" if figure is None else f"{figure:,}") for name, figure in figures.items()])


def _annotators(found: Status) -> str:
    rows = [
        (
            _text(row.name),
            f"{row.annotations:,}",
            f"{row.skipped:,}",
            f"{row.spans:,}",
            "-" if row.median_lead_time is None else f"{row.median_lead_time:,.0f}",
            "-" if row.acceptance is None else f"{row.acceptance:.0%}",
        )
        for row in found.annotators
    ]
    return _table(("annotator", "annotations", "skipped", "spans", "median seconds", "suggestions kept"), rows)


def _progress(days: Mapping[str, int]) -> str:
    """Bars by day, with the day, its annotations and all so far."""
    if not days:
        return "<p>Nothing was submitted yet.</p>"
    most = max(days.values())
    bars = "".join(
        f'<text x="0" y="{22 * i + 15}">{_text(day)}</text>'
        f'<rect x="90" y="{22 * i + 3}" width="{round(400 * number / most)}" height="16"/>'
        f'<text x="500" y="{22 * i + 15}">{number:,} ({so_far:,} so far)</text>'
        for i, ((day, number), so_far) in enumerate(zip(days.items(), accumulate(days.values()), strict=True))
    )
    label = "Annotations submitted by day"
    return f'<svg viewBox="0 0 640 {22 * len(days) + 4}" role="img" aria-label="{label}">{bars}</svg>'


def _heat_map(report: Agreement) -> str:
    """Exact F1 of every pair, over all labels; alpha below it."""
    pairs = {item.annotators: item for item in report.comparisons if item.label is None and len(item.annotators) == 2}
    people = sorted({name for pair in pairs for name in pair})
    if not people:
        return "<p>Agreement needs two annotators.</p>"
    rows = [[_text(one), *(_cell(pairs.get((min(one, other), max(one, other)))) for other in people)] for one in people]
    return "<p>Exact F1 of each pair, and Krippendorff's alpha below it.</p>" + _table(["", *map(_text, people)], rows)


def _cell(item: Comparison | None) -> str:
    if item is None:
        return '<td class="n"></td>'
    exact, alpha = item.exact, item.alpha
    shade = "" if exact.value is None else f" h{round(STEPS * exact.value)}"
    figures = ["-" if measure.value is None else f"{measure.value:.2f}" for measure in (exact, alpha)]
    why = f' title="{_text(exact.why or alpha.why)}"' if exact.why or alpha.why else ""
    return f'<td class="n{shade}"{why}>{figures[0]}<small>{figures[1]}</small></td>'


def _labels(report: Agreement) -> str:
    """Every label, over all annotators."""
    if not report.comparisons:
        return ""
    everyone = report.comparisons[-1].annotators
    rows = [
        (
            item.label or "all",
            f"{item.documents:,}",
            f"{item.spans:,}",
            *(show_measure(measure) for measure in (item.exact, item.relaxed, item.alpha)),
        )
        for item in report.comparisons
        if item.annotators == everyone
    ]
    return _table(("label", "documents", "spans", "exact F1", "relaxed F1", "alpha"), rows)


def _strings(strings: Sequence[Hard]) -> str:
    rows = [
        (
            _text(item.text),
            _text(" ".join(item.labels)),
            *(f"{number:,}" for number in (item.marked, item.disputed, item.corrected, item.missed)),
        )
        for item in strings
    ]
    heads = ("string", "labels given", "marked", "disputed", "suggestion corrected", "suggestion missing")
    return _table(heads, rows, texts=2) if rows else "<p>None: nobody differed, and no suggestion was corrected.</p>"


def _doubts(doubts: Sequence[Doubt]) -> str:
    rows = [
        (
            _text(doubt.text),
            _text(doubt.label or "nothing"),
            _text("nothing" if doubt.proposed is None else doubt.proposed[2]),
            _text(doubt.why),
            _text(doubt.doc_id),
            f"{doubt.score:.2f}",
        )
        for doubt in doubts[:DOUBTS]
    ]
    heads = ("words", "marked", "may be", "why", "document", "score")
    return (
        _table(heads, rows, texts=5)
        if rows
        else "<p>None found without a model; jiaozhu annotation review has one.</p>"
    )


def _text(text: str) -> str:
    """Text of a page or a person, safe in HTML."""
    return escape(visible(text))
