"""Learn the weights of `corpus/weights.py` from pages with hand-taken articles: python tests/benchmarks/train_body.py

Reads ../shared/pages/html and samples/, prints what the cleaner reaches on pages the weights have not seen (every page
left out once) and on all, and with --write writes the weights. Run it after a change to the rules or the features.

A ridge logistic regression on lines, by Newton's method: no seed, no order, the same pages give the same weights.
Every HTML page is seen four ways (source, and three kinds of visible text), and again with sentences of another page's
article put behind its own under a head (`相关文章`, `评论(3)`), because few pages of a small collection end in what
most pages of the web end in: other people's text.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import body, clean, weights
from corpus.features import NAMES, RULES, features
from corpus.html import CONTENT, MAIN, strip_markup
from corpus.lines import Line, Lines, split_lines
from corpus.records import Page
from corpus.spans import AlignedText
from tests.benchmarks.kinds import kinds
from tests.benchmarks.pages import (
    ROOT,
    grams,
    html_pages,
    precision_recall_f1,
    samples,
    text_nodes,
    visible_text,
    words,
)

RIDGE = 100.0  # on standardised columns; the page's lines together weigh 1000
LEAN = 0.8  # towards keeping: a sentence lost is worse than a line too many
SMALLEST_DEVIATION = 0.05  # a column that is nearly always 0 gets no great weight
WEIGHT_OF = {"html": 1.0, "visible": 1.0, "markup-text": 0.5, "text-nodes": 0.5, "sample": 1.0}
WEIGHT_OF_COMPOSED = 1.0
WEIGHT_OF_KIND = 0.25  # they were written for this project, and are short

HEADS = (
    "相关文章 网友评论 相关阅读: 评论(3) 热门推荐 已有12条评论 最新评论 延伸阅读 共有5条回复 推荐阅读 猜你喜欢 发表评论"
)
READERS = "匿名用户 2006-05-03 12:11|游客 发表于 2009-3-4 10:22|小草 3楼|2012-08-09 08:15:33 回复|路过的人|[回复] [顶]"


@dataclass(slots=True)
class Example:
    """The lines of one view of one page, whether each is in the article, and what the article is."""

    page: str
    view: str
    lines: Lines
    labels: np.ndarray[Any, Any]
    article: str
    other: str = ""  # the page whose sentences were put in
    is_kind: bool = False
    columns: np.ndarray[Any, Any] | None = None

    @property
    def weight(self) -> float:
        """What all its lines together weigh."""
        weight = 1000.0 * WEIGHT_OF[self.view] * (WEIGHT_OF_KIND if self.is_kind else 1.0)
        return weight * (WEIGHT_OF_COMPOSED if self.other else 1.0)


def lines_of(raw: str, is_html: bool) -> Lines:
    """The lines of a page as the cleaner shows them to `choose`."""
    seen: list[Lines] = []
    original = clean.choose

    def listening(lines: Lines) -> Sequence[Line]:
        seen.append(lines)
        return original(lines)

    clean.choose = listening  # so that the steps before it are the cleaner's own
    try:
        clean.clean_page(Page("0" * 16, "training", "utf-8", raw, is_html=is_html))
    finally:
        clean.choose = original
    return seen[0]


def label(lines: Sequence[Line], article: str) -> np.ndarray[Any, Any]:
    """1 for a line whose words stand in the article: a long one anywhere, a short one beside its neighbours."""
    texts = [words(line.plain) for line in lines]
    gold = words(article)
    known = set(grams(gold))
    sure = [len(text) >= 12 and _cover(text, known) > 0.7 for text in texts]
    found = _walk(texts, sure, gold)
    backwards = _walk([text[::-1] for text in reversed(texts)], sure[::-1], gold[::-1])
    labels = np.array([a or b for a, b in zip(found, reversed(backwards), strict=True)], float)
    middle = np.median(np.flatnonzero(sure)) if any(sure) else 0
    copies: dict[str, list[int]] = {}
    for index in np.flatnonzero(labels).tolist():
        if len(texts[index]) >= 6:
            copies.setdefault(texts[index], []).append(index)
    for text, places in copies.items():
        if len(places) > max(1, gold.count(text)):
            nearest = places if len(text) >= 40 else sorted(places, key=lambda place: abs(place - middle))
            labels[nearest[max(1, gold.count(text)) :]] = 0
    return labels


def _walk(texts: Sequence[str], sure: Sequence[bool], gold: str) -> list[bool]:
    """Go through the page and the article side by side; a short line must be what comes next in the article."""
    found: list[bool] = []
    place = 0
    for text, is_sure in zip(texts, sure, strict=True):
        if is_sure:
            at = gold.find(text[:8], place)
            at = at if at >= 0 else gold.find(text[:8])
        else:
            at = gold.find(text, place, place + len(text) + 15) if text else -1
        if at >= 0:
            place = at + len(text)
        found.append(is_sure or at >= 0)
    return found


def _cover(text: str, known: set[str]) -> float:
    return sum(text[i : i + 4] in known for i in range(len(text) - 3)) / (len(text) - 3)


def examples() -> Iterator[Example]:
    """Every view of every page."""
    for page in html_pages():
        views = (
            ("html", page.source),
            ("visible", visible_text(page.source)),
            ("markup-text", strip_markup(AlignedText.of(page.source))[0].text),
            ("text-nodes", text_nodes(page.source)),
        )
        for view, raw in views:
            lines = lines_of(raw, view == "html")
            yield Example(page.name, view, lines, label(lines, page.article), page.article)
    for kind in kinds():
        views = [("html", kind.source)] if kind.is_html else [("visible", kind.source)]
        if kind.is_html:
            views += [("visible", visible_text(kind.source)), ("text-nodes", text_nodes(kind.source))]
        for view, raw in views:
            if kind.article and (lines := lines_of(raw, view == "html")):
                yield Example(kind.name, view, lines, label(lines, kind.article), kind.article, is_kind=True)
    for name, raw, is_html, article in samples():
        if lines := lines_of(raw, is_html):
            yield Example(name, "sample", lines, label(lines, article or ""), article or "")


def composed(plain: Sequence[Example]) -> Iterator[Example]:
    """Pages with sentences of another page's article behind their own, twice each: as comments and as teasers."""
    heads, readers = HEADS.split(" "), READERS.split("|")
    sources = [e for e in plain if not e.is_kind and e.labels.sum() >= 5 and e.view in ("html", "visible", "sample")]
    for index, example in enumerate(sources):
        for version in (0, 1):
            step = index * 7 + version * 5 + 3
            other = sources[step % len(sources)]
            if other.page == example.page:
                other = sources[(step + 1) % len(sources)]
            sentences = [other.lines[i] for i in np.flatnonzero(other.labels) if other.lines[i].is_sentence][:40]
            if not sentences:
                continue
            chosen = dict.fromkeys((j * 3 + version) % len(sentences) for j in range(4 + (index + version) % 9))
            put_in = [_line(heads[(index * 2 + version) % len(heads)])]
            own = (line for line, y in zip(example.lines, example.labels, strict=True) if y and line.is_sentence)
            room = 0.6 * sum(line.han for line in own)
            for place, number in enumerate(chosen):
                room -= sentences[number].han
                if room < 0:  # what is put in stays the smaller part
                    break
                if (index + version) % 2:
                    put_in.append(_line(readers[(place + index) % len(readers)]))
                put_in.append(copy.copy(sentences[number]))
            for line in put_in:
                line.shares = {CONTENT: version, MAIN: (index + version) % 3 == 0} if example.lines[0].shares else {}
            last = int(np.flatnonzero(example.labels)[-1]) + 1
            at = min(last + 2 * version, len(example.lines))
            lines = _joined([*example.lines[:at], *put_in, *example.lines[at:]])
            labels = np.insert(example.labels, at, np.zeros(len(put_in)))
            yield Example(example.page, example.view, lines, labels, example.article, other.page)


def _joined(lines: Sequence[Line]) -> Lines:
    """Lines of several pages as those of one."""
    joined = split_lines(AlignedText.of("\n".join(line.plain for line in lines)), None)
    for line, original in zip(joined, lines, strict=True):
        line.shares = original.shares
    return joined


def _line(text: str) -> Line:
    return split_lines(AlignedText.of(text), None)[0]


@dataclass(slots=True)
class Problem:
    """All lines of all examples, standardised."""

    names: list[str]
    columns: np.ndarray[Any, Any]
    labels: np.ndarray[Any, Any]
    weights: np.ndarray[Any, Any]
    pages: np.ndarray[Any, Any]
    others: np.ndarray[Any, Any]
    mean: np.ndarray[Any, Any]
    deviation: np.ndarray[Any, Any]

    @classmethod
    def of(cls, all_examples: Sequence[Example], names: list[str]) -> Problem:
        """Name the rules' lines, compute their features, stack them."""
        for example in all_examples:
            body.recognise(example.lines)
            example.columns = features(example.lines)[[NAMES.index(name) for name in names]].T
        columns = np.vstack([e.columns for e in all_examples])
        shares = [np.sqrt(1 + np.array([len(words(line.plain)) for line in e.lines], float)) for e in all_examples]
        deviation = np.maximum(columns.std(0), SMALLEST_DEVIATION)
        return cls(
            names,
            (columns - columns.mean(0)) / deviation,
            np.concatenate([e.labels for e in all_examples]),
            np.concatenate([s / s.sum() * e.weight for s, e in zip(shares, all_examples, strict=True)]),
            np.concatenate([[e.page] * len(e.lines) for e in all_examples]),
            np.concatenate([[e.other] * len(e.lines) for e in all_examples]),
            columns.mean(0),
            deviation,
        )

    def fit(self, without: str | None = None) -> tuple[float, dict[str, float]]:
        """Intercept (with the lean) and weights, from all pages but one."""
        rows = np.array(self.pages != without) & np.array(self.others != without)  # a plain page's other is ""
        columns = np.column_stack([self.columns[rows], np.ones(rows.sum())])
        labels, weight = self.labels[rows], self.weights[rows]
        ridge = np.full(columns.shape[1], RIDGE)
        ridge[-1] = 1e-6  # the intercept is free
        solution = np.zeros(columns.shape[1])
        for _ in range(12):
            predicted = 1 / (1 + np.exp(-np.clip(columns @ solution, -30, 30)))
            slope = columns.T @ (weight * (predicted - labels)) + ridge * solution
            curve = (columns * (weight * predicted * (1 - predicted))[:, None]).T @ columns + np.diag(ridge)
            solution = solution - np.linalg.solve(curve, slope)
        values = solution[:-1] / self.deviation
        intercept = float(solution[-1] - values @ self.mean + LEAN)
        return round(intercept, 3), {n: round(float(v), 3) for n, v in zip(self.names, values, strict=True)}


def use(intercept: float, values: dict[str, float]) -> None:
    """Make the cleaner choose with these weights."""
    body.INTERCEPT, body.VECTOR = intercept, body.vector_of(values)


def measure(example: Example) -> tuple[float, float, float]:
    """Precision, recall and F1 of the lines the cleaner chooses."""
    return precision_recall_f1("".join(line.plain for line in body.choose(example.lines)), example.article)


def main() -> None:
    """Print the table; with --write, write the weights."""
    parser = argparse.ArgumentParser(description="Learn the weights that choose an article's lines.")
    parser.add_argument("--write", action="store_true", help="write corpus/weights.py")
    arguments = parser.parse_args()
    plain = list(examples())
    if not html_pages():
        sys.exit("no pages beside the repository (../shared/pages/html): nothing to learn from")
    names = dict.fromkeys([*weights.WEIGHTS, *(f"rule:{rule}" for rule in RULES)])
    problem = Problem.of([*plain, *composed(plain)], list(names))
    unseen: dict[tuple[str, str], tuple[float, float, float]] = {}
    for page in sorted({e.page for e in plain if e.view != "sample"}):
        use(*problem.fit(without=page))
        unseen |= {(e.page, e.view): measure(e) for e in plain if e.page == page}
    intercept, values = problem.fit()
    use(intercept, values)
    fitted = {(e.page, e.view): measure(e) for e in plain if (e.page, e.view) in unseen}
    report(unseen, fitted)
    if arguments.write:
        write(intercept, values)


Scores: TypeAlias = dict[tuple[str, str], tuple[float, float, float]]


def report(unseen: Scores, fitted: Scores) -> None:
    """F1 of each page, and the means, the real pages and those of `tests/kinds` apart."""
    views = [view for view in WEIGHT_OF if view != "sample"]
    real = {page.name for page in html_pages()}
    print(f"{'F1 left out, fitted':22}" + "".join(f"{view:>15}" for view in views))
    for page in sorted({page for page, _ in unseen}, key=lambda page: (page not in real, page)):
        keys = [(page, view) for view in views]
        row = (f"{unseen[k][2]:9.3f}{fitted[k][2]:6.3f}" if k in unseen else " " * 15 for k in keys)
        print(f"{page:22}" + "".join(row))
    for whose, ours in (("real", True), ("kinds", False)):
        for what, table in (("left out", unseen), ("fitted", fitted)):
            for index, name in enumerate(("precision", "recall", "F1")):
                values = [
                    [v[index] for (page, view), v in table.items() if view == wanted and (page in real) == ours]
                    for wanted in views
                ]
                means = (f"{np.mean(column):15.4f}" if column else " " * 15 for column in values)
                print(f"{whose:6}{what:9}{name:10}" + "".join(means))


def write(intercept: float, values: dict[str, float]) -> None:
    """Write the weights as a Python module."""
    rows = "".join(f'    "{name}": {value},\n' for name, value in values.items())
    text = (
        '"""Weights of the features that choose an article\'s lines.\n\n'
        'Learned by tests/benchmarks/train_body.py, which writes this file; do not edit it by hand.\n"""\n\n'
        f"INTERCEPT = {intercept}\nWEIGHTS = {{\n{rows}}}\n"
    )
    (ROOT / "corpus" / "weights.py").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
