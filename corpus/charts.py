"""The report's pictures: numbers in, SVG with its figures as words out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from statistics import median

from corpus.counting import Counts

_LENGTHS = (100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800)  # borders of the bins, in characters


def funnel(counts: Counts) -> str:
    """Pages, articles, unique articles, as bars."""
    steps = [
        ("pages 网页", counts.pages, "#595959"),
        ("articles 文章", counts.documents, "#0072b2"),
        ("unique 不重复", counts.unique, "#00694d"),
    ]
    bars = []
    for index, (name, count, colour) in enumerate(steps):
        width = 330 * count / counts.pages if counts.pages else 0
        y = 10 + 38 * index
        bars.append(
            f'<text x="112" y="{y + 19}" text-anchor="end">{name}</text>'
            f'<rect x="120" y="{y}" width="{width:.1f}" height="28" fill="{colour}"></rect>'
            f'<text x="{126 + width:.1f}" y="{y + 19}">{count:,}</text>'
        )
    said = ", ".join(f"{name} {count:,}" for name, count, _ in steps)
    return f'<svg viewBox="0 0 520 122" role="img" aria-label="{said}">{"".join(bars)}</svg>'


def length_chart(lengths: Sequence[int]) -> str:
    """A histogram of the articles' lengths in characters."""
    bins = [0] * (len(_LENGTHS) + 1)
    for length in lengths:
        bins[sum(length >= border for border in _LENGTHS)] += 1
    labels = [_short(border) for border in (0, *_LENGTHS)]
    middle = f"median {median(lengths):,.0f}" if lengths else "none"
    return _chart("Characters of an article 文章字数", middle, bins, [*labels, ""])


def quality_chart(qualities: Sequence[float]) -> str:
    """A histogram of their qualities."""
    bins = [0] * 10
    for quality in qualities:
        bins[min(9, int(quality * 10))] += 1
    middle = f"median {median(qualities):.2f}" if qualities else "none"
    return _chart("Quality 质量", middle, bins, [f"{border / 10:.1f}" for border in range(11)])


def _short(number: int) -> str:
    return f"{number / 1000:g}k" if number >= 1_000 else str(number)


def _chart(title: str, middle: str, bins: Sequence[int], borders: Sequence[str]) -> str:
    """A histogram as SVG: bars with their counts, and the bins' borders below."""
    most = max(bins, default=0) or 1
    step = 480 / len(bins)
    parts = [f'<text x="20" y="16" font-weight="600">{escape(title)} · {escape(middle)}</text>']
    for index, count in enumerate(bins):
        height = 130 * count / most
        x = 20 + index * step
        box = f'x="{x + 1:.1f}" y="{170 - height:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
        parts.append(f'<rect {box} fill="#0072b2"></rect>')
        if count:
            parts.append(f'<text x="{x + step / 2:.1f}" y="{166 - height:.1f}" text-anchor="middle">{count:,}</text>')
    parts.append('<line x1="20" y1="170" x2="500" y2="170" stroke="#1a1a1a"></line>')
    for index, border in enumerate(borders):
        parts.append(f'<text x="{20 + index * step:.1f}" y="187" text-anchor="middle">{escape(border)}</text>')
    ranges = zip(borders, [*borders[1:], ""], bins, strict=False)
    said = "; ".join(f"from {low}{f' to {high}' if high else ''}: {count:,}" for low, high, count in ranges)
    return f'<svg viewBox="0 0 520 195" role="img" aria-label="{escape(title)}. {escape(said)}">{"".join(parts)}</svg>'
