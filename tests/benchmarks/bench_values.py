"""What the values of spans cost: of marked sentences, each once, and of the exports' benchmark, which repeats them.

    python tests/benchmarks/bench_values.py

The marked sentences (gold, samples, fewfc) are put together to documents. Read first with nothing remembered; then with
the words of amounts and dates known but every span between new words, as in a long run over texts that never repeat;
then again. CPU time; the least of several rounds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from bench_exports import CHARACTERS, documents  # noqa: E402
from bench_ner import fewfc  # noqa: E402

from annotation import amounts, date_points, normalize, numerals  # noqa: E402
from annotation.gold import read_gold  # noqa: E402

ROUNDS = 7
GENERATED = 1_000
Spans = list[tuple[int, int, str]]


def marked() -> list[tuple[str, Spans]]:
    """Documents of marked sentences, none twice."""
    paths = [ROOT / "samples" / "articles", *sorted((ROOT / "tests" / "gold").glob("*.txt"))]
    known = {item.text: item.spans for item in (*(item for path in paths for item in read_gold(path)), *fewfc())}
    made: list[tuple[str, Spans]] = []
    some: list[str] = []
    for number, text in enumerate(known, 1):
        some.append(text + "\n")
        if sum(map(len, some)) >= CHARACTERS or number == len(known):
            begins = accumulate(map(len, some), initial=0)
            spans = [
                (b + e.start, b + e.end, e.label) for b, t in zip(begins, some, strict=False) for e in known[t[:-1]]
            ]
            made.append(("".join(some), spans))
            some = []
    return made


def memories() -> list[Any]:
    """The functions of the grammars that remember what they have read."""
    modules = (numerals, amounts, date_points, normalize)
    return [found for module in modules for found in vars(module).values() if hasattr(found, "cache_clear")]


def seconds(texts: Sequence[tuple[str, Spans]]) -> float:
    """CPU time of the values of all spans."""
    began = time.process_time()
    for text, spans in texts:
        normalize.normalize_all(text, spans, "2026-11-01")
    return time.process_time() - began


def main() -> None:
    """Print the figures."""
    generated = [
        (document["text"], [(span.start, span.end, span.label) for span in record.spans])
        for document, record in documents(GENERATED)
    ]
    for name, texts in (("marked sentences, each once", marked()), ("the exports' benchmark", generated)):
        costs: dict[str, list[float]] = {"nothing known": [], "words known": [], "read before": []}
        for _ in range(ROUNDS):
            for known, forgotten in zip(costs, (memories(), [normalize._read_near], []), strict=True):
                for memory in forgotten:
                    memory.cache_clear()
                costs[known].append(seconds(texts))
        spans = sum(len(some) for _, some in texts)
        read = sum(label in (*normalize.AMOUNTS, "DATE", "LOC") for _, some in texts for *_, label in some)
        print(f"{name}: {len(texts):,} documents, {spans:,} spans, {read:,} of them amounts, dates and places")
        for known, rounds in costs.items():
            least = min(rounds)
            print(f"  {known:14} {least / read * 1e6:6.2f} µs each  {least / len(texts) * 1e3:6.3f} ms a document")


if __name__ == "__main__":
    main()
