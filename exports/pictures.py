"""The card's pictures: numbers in, SVG out, written by hand so that the same numbers give the same bytes.

Greys and colours are chosen to be read on white and on black; no fonts, scripts or links.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from annotation.intervals import Measure
from exports.counts import SplitCounts

COLOURS = {"train": "#4c78a8", "validation": "#f58518", "test": "#54a24b"}
GREY = "#7d8590"
FOLDER = "pictures"
MOST_BARS = 20


def draw(
    counts: Mapping[str, SplitCounts], labels: Sequence[str], agreement: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Every picture of a dataset, by its path in the folder; that of `agreement` where there are figures of it."""
    found = {f"{FOLDER}/labels.svg": labels_svg(counts, labels), f"{FOLDER}/lengths.svg": lengths_svg(counts)}
    if agreement and agreement["documents"]:
        found[f"{FOLDER}/agreement.svg"] = agreement_svg(agreement["labels"])
    return found


def labels_svg(counts: Mapping[str, SplitCounts], labels: Sequence[str]) -> str:
    """Spans by label, one bar a label, the splits side by side in it."""
    left, width, step = 110, 420, 26
    most = max((sum(split.entities[label] for split in counts.values()) for label in labels), default=0) or 1
    parts = _legend(counts, left)
    top = 34
    for row, label in enumerate(labels):
        y = top + row * step
        x = left
        total = 0
        parts.append(_text(left - 8, y + 14, label, "end"))
        for name, split in counts.items():
            total += split.entities[label]
            end = left + round(width * total / most)
            parts.append(f'<rect x="{x}" y="{y}" width="{end - x}" height="18" fill="{COLOURS[name]}"/>')
            x = end
        parts.append(_text(x + 6, y + 14, f"{total:,}", "start"))
    return _svg(left + width + 70, top + len(labels) * step + 6, "Spans by label", parts)


def lengths_svg(counts: Mapping[str, SplitCounts]) -> str:
    """Passages by length in characters, all splits together; a bar's number is the longest length in it."""
    lengths: Counter[int] = Counter()
    for split in counts.values():
        lengths.update(split.lengths)
    longest = max(lengths, default=1)
    size = 1
    while size * MOST_BARS < longest:
        size *= 2
    bars: Counter[int] = Counter()
    for length, passages in lengths.items():
        bars[(length - 1) // size] += passages
    height, step, left, top = 160, 30, 10, 24
    most = max(bars.values(), default=1)
    last = max(bars, default=0)
    parts = []
    for number in range(last + 1):
        tall = round(height * bars[number] / most)
        x, y = left + number * step, top + height - tall
        parts.append(f'<rect x="{x}" y="{y}" width="{step - 4}" height="{tall}" fill="{COLOURS["train"]}"/>')
        if bars[number]:
            parts.append(_text(x + step // 2 - 2, y - 4, f"{bars[number]:,}", "middle", 9))
        parts.append(_text(x + step // 2 - 2, top + height + 14, f"{(number + 1) * size:,}", "middle", 9))
    width = max(left * 2 + (last + 1) * step, 240)
    parts.append(_text(left, top + height + 32, "passages by their length, up to so many characters", "start"))
    return _svg(width, top + height + 42, "Passages by length", parts)


def agreement_svg(rows: Mapping[str, Any]) -> str:
    """F1 by label as bars, with its interval as a line; `rows` are those of `exports.agreement`."""
    left, width, step, top = 110, 360, 26, 10
    parts: list[str] = []
    for number, (label, row) in enumerate(rows.items()):
        value, low, high = row["f1"]
        y, x = top + number * step, left
        parts.append(_text(left - 8, y + 14, label, "end"))
        if value is not None:
            x = left + round(width * value)
            parts.append(f'<rect x="{left}" y="{y}" width="{x - left}" height="18" fill="{COLOURS["train"]}"/>')
        if low is not None and high is not None:
            ends = [left + round(width * edge) for edge in (low, high)]
            line = f'x1="{ends[0]}" y1="{y + 9}" x2="{ends[1]}" y2="{y + 9}"'
            parts.append(f'<line {line} stroke="{GREY}" stroke-width="3"/>')
            x = max(x, ends[1])
        parts.append(_text(x + 6, y + 14, "-" if value is None else f"{value:.2f}", "start"))
    return _svg(left + width + 60, top + len(rows) * step + 6, "Agreement of annotators, F1 of exact spans", parts)


def curve_svg(points: Sequence[tuple[int, Measure]]) -> str:
    """F1 by the number of documents learned from, with its interval; documents on a logarithmic scale."""
    left, top, width, height = 44, 16, 360, 180
    most, least = points[-1][0], points[0][0]

    def place(documents: int, value: float) -> tuple[int, int]:
        share = math.log(documents / least) / math.log(most / least) if most > least else 1.0
        return left + round(width * share), top + round(height * (1 - value))

    parts = []
    for tenths in range(0, 11, 2):
        y = top + round(height * (1 - tenths / 10))
        parts.append(f'<line x1="{left}" y1="{y}" x2="{left + width}" y2="{y}" stroke="{GREY}" stroke-opacity="0.3"/>')
        parts.append(_text(left - 6, y + 4, f"{tenths / 10:.1f}", "end", 10))
    known = [(documents, f1) for documents, f1 in points if f1.value is not None]
    line = " ".join("{},{}".format(*place(documents, f1.value or 0.0)) for documents, f1 in known)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS["train"]}" stroke-width="2"/>')
    for documents, f1 in known:
        x, y = place(documents, f1.value or 0.0)
        if f1.low is not None and f1.high is not None:
            low, high = place(documents, f1.low)[1], place(documents, f1.high)[1]
            parts.append(f'<line x1="{x}" y1="{low}" x2="{x}" y2="{high}" stroke="{COLOURS["train"]}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{COLOURS["train"]}"/>')
        parts.append(_text(x, top + height + 14, f"{documents:,}", "middle", 10))
    parts.append(_text(left, top + height + 34, "F1 (exact spans) by documents learned from, 95 % intervals", "start"))
    return _svg(left + width + 40, top + height + 44, "Learning curve", parts)


def _legend(counts: Mapping[str, SplitCounts], left: int) -> list[str]:
    parts = []
    for number, name in enumerate(counts):
        x = left + number * 110
        parts.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{COLOURS[name]}"/>')
        parts.append(_text(x + 18, 18, name, "start"))
    return parts


def _text(x: int, y: int, text: str, anchor: str, size: int = 12) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="sans-serif" fill="{GREY}">\n<title>{title}</title>\n{body}\n</svg>\n'
    )
