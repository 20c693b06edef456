"""How well and how fast pages are cleaned: python tests/benchmarks/bench_clean.py [--json]

Against ../shared/pages/html (articles, authors and dates taken by hand) and samples/. Character 4-grams of letters and
digits, NFKC, Simplified. Speeds are CPU time on one core, the best of three. trafilatura is compared where it is there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rich.console import Console
from rich.table import Table

from corpus.clean import clean_page
from corpus.page_dates import read_date
from corpus.records import Document, Page, Rejected
from tests.benchmarks.pages import GoldPage, html_pages, precision_recall_f1, samples, visible_text

_SPACE = re.compile(r"\s+")


def clean(raw: str, is_html: bool) -> Document | Rejected:
    """One page, without a file."""
    return clean_page(Page("0" * 16, "benchmark", "utf-8", raw, is_html=is_html))


def quality(pages: Sequence[GoldPage], text_of: Callable[[GoldPage], str]) -> dict[str, float]:
    """Mean precision, recall and F1 of what `text_of` makes of each page."""
    scores = [precision_recall_f1(text_of(page), page.article) for page in pages]
    return {
        name: round(sum(score[index] for score in scores) / len(scores), 4)
        for index, name in enumerate(("precision", "recall", "f1"))
    }


def ours(raw: str, is_html: bool) -> str:
    """The article, or nothing where the page is rejected."""
    document = clean(raw, is_html)
    return document.text if isinstance(document, Document) else ""


def same_date(found: str | None, said: str) -> bool:
    """Equal as far as both speak: a year, a date, a time."""
    if found is None:
        return False
    wanted = read_date(said) or said
    return found.startswith(wanted) or wanted.startswith(found)


def same_author(found: str | None, said: str) -> bool:
    """Equal without spaces."""
    return found is not None and _SPACE.sub("", found) == _SPACE.sub("", said)


def fields(pages: Sequence[GoldPage]) -> dict[str, float]:
    """The share of pages that say a date (an author) where ours is the same."""
    documents = [(page, clean(page.source, True)) for page in pages]
    dates = [same_date(getattr(d, "published_at", None), p.date) for p, d in documents if p.date]
    authors = [same_author(getattr(d, "author", None), p.author) for p, d in documents if p.author]
    return {"date": round(sum(dates) / len(dates), 4), "author": round(sum(authors) / len(authors), 4)}


def exact_samples() -> tuple[int, int]:
    """How many samples come out as their articles, to the character, and how many there are."""
    results = [(ours(raw, is_html) or None) == article for _, raw, is_html, article in samples()]
    return sum(results), len(results)


def speed(texts: Sequence[str], work: Callable[[str], object]) -> float:
    """Megabytes of UTF-8 a second of CPU time."""
    size = sum(len(text.encode()) for text in texts)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - start)
    return round(size / best / 1e6, 2)


def run() -> dict[str, object]:
    """All figures; those of the HTML pages are left out where the pages are not there."""
    figures: dict[str, object] = dict(zip(("samples_exact", "samples"), exact_samples(), strict=True))
    pages = html_pages()
    if not pages:
        return figures
    figures["html"] = quality(pages, lambda page: ours(page.source, True))
    figures["visible_text"] = quality(pages, lambda page: ours(visible_text(page.source), False))
    figures["untouched_text"] = quality(pages, lambda page: visible_text(page.source))
    figures |= fields(pages)
    sources = [page.source for page in pages]
    texts = [visible_text(source) for source in sources]
    figures["text_mb_s"] = speed(texts, lambda text: clean(text, False))
    figures["article_text_mb_s"] = speed([page.article for page in pages], lambda text: clean(text, False))
    figures["html_mb_s"] = speed(sources, lambda text: clean(text, True))
    try:
        import trafilatura
    except ImportError:
        return figures
    figures["trafilatura"] = quality(pages, lambda page: trafilatura.extract(page.source) or "")
    figures["trafilatura_mb_s"] = speed(sources, trafilatura.extract)
    return figures


def main() -> None:
    """Print the table, or with --json one JSON object."""
    parser = argparse.ArgumentParser(description="Measure the cleaner on pages with hand-taken articles.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    arguments = parser.parse_args()
    figures = run()
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    quality_table = Table("article", "precision", "recall", "F1")
    other_table = Table("figure", "value")
    for name, value in figures.items():
        if isinstance(value, dict):
            quality_table.add_row(name, *(f"{value[key]:.4f}" for key in ("precision", "recall", "f1")))
        else:
            other_table.add_row(name, str(value))
    Console().print(quality_table, other_table)
    if "html" not in figures:
        print("the pages of ../shared/pages/html are not there; only the samples were measured")


if __name__ == "__main__":
    main()
