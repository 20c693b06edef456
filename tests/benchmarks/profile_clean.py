"""Where the cleaner's time goes, step by step: python tests/benchmarks/profile_clean.py [text|article|seeds]

Every step's own processor time, without the steps it calls, as the best of twelve passes over each page, so that a busy
machine tells little of itself. The clock around each step costs about a microsecond a call, which is in the figures.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import body, clean, features, personal_data, spans, triggers
from corpus.reading import read_pages
from corpus.records import Page
from tests.benchmarks.pages import SEEDS, html_pages, visible_text

PASSES = 12
STEPS: dict[str, tuple[ModuleType | type, tuple[str, ...]]] = {
    "characters and scripts": (clean, ("mojibake", "plain_spaces", "invisible", "simplify")),
    "spans in the text": (clean, ("pinyin", "inline_truncation", "previous_and_next", "paragraphs")),
    "lines": (clean, ("split_lines",)),
    "triggers": (triggers, ("without",)),
    "rules of lines": (body, ("recognise",)),
    "features": (body, ("scores",)),
    "features: agreement": (features, ("_agreement",)),
    "choice of the body": (clean, ("choose",)),
    "metadata": (clean, ("read_metadata",)),
    "punctuation and edges": (clean, ("full_width", "edges", "empty_lines")),
    "flags and quality": (clean, ("is_masked", "quality")),
    "personal data": (personal_data, ("find",)),
    "alignment": (spans.AlignedText, ("apply", "removed_spans")),
    "all the rest": (clean, ("clean_page",)),
}
_spent: dict[str, float] = defaultdict(float)
_inner: list[float] = []


def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a clock; what it yields is made at once, so that it counts as its own."""

    def clocked(*arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        _inner.append(0.0)
        result = function(*arguments, **named)
        if isinstance(result, Iterator):
            result = list(result)
        whole = time.process_time() - start
        _spent[step] += whole - _inner.pop()
        if _inner:
            _inner[-1] += whole
        return result

    return clocked


def texts_of(what: str) -> list[str]:
    """The pages as plain text, the articles taken from them by hand, or the seeds."""
    if what == "seeds":
        return [page.raw for page in read_pages([SEEDS]) if isinstance(page, Page)]
    return [page.article if what == "article" else visible_text(page.source) for page in html_pages()]


def profile(texts: Sequence[str]) -> dict[str, float]:
    """Seconds a step over all pages."""
    total: dict[str, float] = defaultdict(float)
    for text in texts:
        best: dict[str, float] = {}
        for _ in range(PASSES):
            _spent.clear()
            clean.clean_page(Page("0" * 16, "profile", "utf-8", text))
            best = {step: min(seconds, best.get(step, seconds)) for step, seconds in _spent.items()}
        for step, seconds in best.items():
            total[step] += seconds
    return total


def main() -> None:
    """Print microseconds a page, and the share of each step."""
    what = sys.argv[1] if len(sys.argv) > 1 else "text"
    texts = texts_of(what)
    for step, (owner, names) in STEPS.items():
        for name in names:
            setattr(owner, name, timed(step, getattr(owner, name)))
    total = profile(texts)
    whole = sum(total.values())
    size = sum(len(text.encode()) for text in texts)
    print(
        f"{what}: {len(texts)} pages, {size / whole / 1e6:.1f} MB/s, {whole / len(texts) * 1e6:.0f} microseconds a page"
    )
    for step in STEPS:
        print(f"{step:24}{total[step] / len(texts) * 1e6:8.0f}{total[step] / whole:7.1%}")


if __name__ == "__main__":
    main()
