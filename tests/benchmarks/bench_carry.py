"""How many annotations outlive a change of the cleaner: python tests/benchmarks/bench_carry.py [--json]

The samples with the spans of their log, the pages of ../shared/pages with the spans that the pre-annotator suggests.
Each is cleaned twice: by today's rules, and with other marks, another map of scripts and one more boilerplate rule.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from annotation.carry import carry
from annotation.log import Record, Span, latest, read_log
from annotation.pipeline import load_pipeline, suggest_all
from corpus.clean import clean_page
from corpus.reading import read_pages
from corpus.records import Document, Page, text_sha256
from corpus.spans import seen_ranges, to_raw
from corpus.workspace import load_workspace
from tests.annotation.test_carry import OTHERS, rules

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "pages"
WORKSPACE = load_workspace(ROOT / "jiaozhu.toml")


def documents(pages: list[Page], **changed: object) -> dict[str, tuple[Page, Document]]:
    """The articles of the pages, cleaned with these functions in place of the cleaner's own."""
    with rules(**changed):
        made = [(page, clean_page(page)) for page in pages]
    return {page.doc_id: (page, document) for page, document in made if isinstance(document, Document)}


def annotated(found: dict[str, tuple[Page, Document]]) -> list[Record]:
    """The sample log's records, and what the pre-annotator suggests for every other page."""
    logged = {record.doc_id: record for record in latest(read_log(WORKSPACE.log))}
    time = "2026-11-01T00:00:00Z"
    nlp, records = load_pipeline(), []
    suggested = suggest_all(nlp, [document.text for _, document in found.values()])
    for (doc_id, (page, document)), suggestions in zip(found.items(), suggested, strict=True):
        digest = text_sha256(document.text)
        marks = [(item.start, item.end, item.label) for item in suggestions]
        if doc_id in logged and logged[doc_id].text_sha256 == digest:
            marks = [(item.start, item.end, item.label) for item in logged[doc_id].spans]
        spans = tuple(
            Span(
                *mark,
                document.text[slice(*mark[:2])],
                *to_raw(document.alignment, *mark[:2], len(page.raw)),
                "added",
                None,
            )
            for mark in marks
        )
        seen = seen_ranges(document.alignment)
        records.append(
            Record(doc_id, digest, doc_id, "p", "submitted", time, time, None, None, "1", spans, (), seen=seen)
        )
    return records


def main() -> None:
    """Print how many spans were carried, lost and wrong, for each change and in both directions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    paths = [
        *WORKSPACE.pages,
        *([SHARED / "seeds", *sorted((SHARED / "html").glob("*/page.html"))] if SHARED.is_dir() else []),
    ]
    pages = {page.doc_id: page for page in read_pages(paths) if isinstance(page, Page)}
    today = documents(list(pages.values()))
    figures = []
    for number, change in enumerate(OTHERS, 1):
        other = documents(list(pages.values()), **change)
        for direction, old, new in (("to today's rules", other, today), ("to other rules", today, other)):
            counts: Counter[str] = Counter()
            seconds = 0.0
            for record in annotated(old):
                if record.doc_id not in new:
                    counts["rejected"] += len(record.spans)
                    continue
                page, document = new[record.doc_id]
                start = time.process_time()
                carried = carry(record, document.text, document.alignment)
                seconds += time.process_time() - start
                counts["documents"] += 1
                counts["changed texts"] += text_sha256(document.text) != record.text_sha256
                counts["spans"] += len(record.spans)
                counts["carried"] += len(carried.record.spans)
                counts.update(item.reason for item in carried.lost)
                counts["to look at again"] += not carried.complete
                # The truth, without the words: the same characters of the raw page at both borders.
                places = {(span.raw_start, span.raw_end) for span in carried.record.spans}
                for span in carried.record.spans:
                    counts["wrong"] += to_raw(document.alignment, span.start, span.end, len(page.raw)) not in places
            standing = counts["spans"] - counts["removed"]
            figures.append(
                {"change": number, "direction": direction, **counts, "wrong": counts["wrong"]}
                | {
                    "share_of_standing": round(counts["carried"] / standing, 4),
                    "spans_per_second": round(counts["spans"] / seconds),
                }
            )
    for row in figures:
        print(
            json.dumps(row) if parser.parse_args().json else ", ".join(f"{key} {value}" for key, value in row.items())
        )


if __name__ == "__main__":
    main()
