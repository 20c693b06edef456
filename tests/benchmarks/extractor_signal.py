"""Would an extractor's verdict help to choose an article's lines? python tests/benchmarks/extractor_signal.py

Adds one feature, "trafilatura keeps the line", to those of `corpus/features.py`, learns the weights anew with each page
left out, and prints precision, recall and F1 of the HTML views with it and without. What came out stands in
docs/dependencies.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import body
from corpus.features import RULES
from corpus.weights import WEIGHTS
from tests.benchmarks import train_body
from tests.benchmarks.kinds import kinds
from tests.benchmarks.pages import html_pages, words

SIGNAL = "extractor"


def verdicts(examples: Sequence[train_body.Example]) -> list[np.ndarray[Any, Any]]:
    """For each example 1 at the lines whose words the extractor keeps; 0 where the view has no markup to read."""
    sources = {page.name: page.source for page in html_pages()} | {k.name: k.source for k in kinds() if k.is_html}
    try:
        import trafilatura
    except ImportError:
        sys.exit("the extractor is not here: pip install trafilatura==2.3.1 lxml_html_clean")
    kept = {name: words(trafilatura.extract(source) or "") for name, source in sources.items()}
    return [
        np.array([example.view == "html" and words(line.plain) in kept[example.page] for line in example.lines], float)
        for example in examples
    ]


def main() -> None:
    """Print the table."""
    plain = list(train_body.examples())
    everything = [*plain, *train_body.composed(plain)]
    problem = train_body.Problem.of(everything, list(dict.fromkeys([*WEIGHTS, *(f"rule:{rule}" for rule in RULES)])))
    columns = verdicts(everything)
    both = np.concatenate(columns)
    deviation = max(float(both.std()), train_body.SMALLEST_DEVIATION)
    with_signal = train_body.Problem(
        [*problem.names, SIGNAL],
        np.column_stack([problem.columns, (both - both.mean()) / deviation]),
        problem.labels,
        problem.weights,
        problem.pages,
        problem.others,
        np.append(problem.mean, both.mean()),
        np.append(problem.deviation, deviation),
    )
    scores_of = body.scores
    for name, learned in (("without", problem), ("with", with_signal)):
        found: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        for example, column in zip(plain, columns, strict=False):
            if example.view != "html":
                continue
            intercept, values = learned.fit(without=example.page)
            extra = values.pop(SIGNAL, 0.0) * column
            train_body.use(intercept, values)
            body.scores = lambda lines, extra=extra: scores_of(lines) + extra
            found[example.is_kind].append(train_body.measure(example))
        body.scores = scores_of
        for is_kind, scores in found.items():
            means = np.mean(scores, axis=0) if scores else np.zeros(3)
            print(f"{name:8}{'kinds' if is_kind else 'real':6}" + "".join(f"{mean:9.4f}" for mean in means))


if __name__ == "__main__":
    main()
