"""Makes `samples/annotations/log.jsonl`: what a careful annotator decides on the samples.

The decisions stand as marks in `samples/articles` (`[[文字|LABEL]]`). Run it again after a change of the cleaner, of
the pipeline or of an article: `python samples/make_log.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from annotation.labels import load_labels
from annotation.log import append
from annotation.suggestions import read_suggestions
from annotation.tasks import from_annotation, to_prediction
from corpus.store import read_rows
from corpus.workspace import Workspace, load_workspace

SAMPLES = Path(__file__).parent
ANNOTATOR = "annotator@example.org"
MARK = re.compile(r"\[\[(.+?)\|([A-Z]+)\]\]")


def unmark(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The article without its marks, and their spans `(start, end, label)`."""
    spans: list[tuple[int, int, str]] = []
    text = ""
    cursor = 0
    for match in MARK.finditer(marked):
        text += marked[cursor : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        cursor = match.end()
    return text + marked[cursor:], spans


def article_of(source: str) -> Path:
    """The marked article of a page: `a.txt` has `a.txt`, `batch.jsonl#3` has `batch.3.txt`."""
    name = source.replace(".jsonl#", ".") if "#" in source else source.rsplit(".", 1)[0]
    return SAMPLES / "articles" / f"{name}.txt"


def make_log(workspace: Workspace, log: Path) -> int:
    """Write the log anew from the corpus and the suggestions of the workspace; returns the number of annotations."""
    scheme = load_labels()
    raw_lengths = {row["doc_id"]: len(row["raw"]) for row in read_rows(workspace.corpus / "pages", ["doc_id", "raw"])}
    suggestions = {row.doc_id: row for row in read_suggestions(workspace.suggestions)}
    records = []
    for number, document in enumerate(read_rows(workspace.corpus / "documents")):
        if not document["is_canonical"]:
            continue
        text, spans = unmark(article_of(document["source"]).read_text("utf-8"))
        if text != document["text"]:
            raise SystemExit(f"{document['source']}: the cleaned page is not its article in samples/articles")
        shown = to_prediction(document, suggestions[document["doc_id"]], scheme)
        minute = f"2026-11-20T{9 + number // 6:02}:{number % 6 * 10:02}"
        annotation = {
            "unique_id": str(uuid5(NAMESPACE_URL, f"jiaozhu:samples:{document['doc_id']}")),
            "created_at": f"{minute}:00.000000Z",
            "updated_at": f"{minute}:00.000000Z",
            "lead_time": 60.0 + len(spans),
            "was_cancelled": False,
            "result": [region(start, end, label, shown) for start, end, label in spans],
        }
        data = {"text": text, "text_sha256": document["text_sha256"]}
        raw_length = raw_lengths[document["doc_id"]]
        records.append(from_annotation(data, annotation, shown, document, raw_length, scheme, ANNOTATOR))
    log.unlink(missing_ok=True)
    return append(log, records)


def region(start: int, end: int, label: str, shown: dict) -> dict:  # type: ignore[type-arg]
    """The region of one mark; a suggestion that overlaps it most is the one that the annotator corrected."""

    def shared(item: dict) -> int:  # type: ignore[type-arg]
        return min(end, item["value"]["end"]) - max(start, item["value"]["start"])

    best = max(shown["result"], key=shared, default=None)
    name = best["id"] if best and shared(best) > 0 else f"drawn-s{start}"
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": name, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


if __name__ == "__main__":
    project = load_workspace(SAMPLES.parent / "jiaozhu.toml")
    print(make_log(project, project.log), "annotations in", project.log.relative_to(SAMPLES.parent))
