"""Label Studio: `SPLIT.json`, an array of tasks, a document each with its entities as a finished annotation.

`labeling.xml` is the view to import them into; a project that `annotation push` made takes them too. Offsets are
half-open, in code points, as Label Studio counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from annotation.labels import Label, LabelScheme
from annotation.project import labeling_config
from annotation.tasks import SHOWN, Region, link, result
from corpus.records import text_sha256
from exports.forms.writing import write_array
from exports.rows import Shape

COLOURS = ("#1f77b4", "#2ca02c", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#17becf")
HOTKEYS = "123456789abcdefghijklmnopqrstuvwxyz"


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The documents of a split."""
    shown = [
        Label(name, name, HOTKEYS[number % len(HOTKEYS)], COLOURS[number % len(COLOURS)])
        for number, name in enumerate(shape.labels)
    ]
    config = labeling_config(LabelScheme("", tuple(shown), ""))
    (folder / "labeling.xml").write_text(config, "utf-8", newline="\n")
    write_array(folder / f"{split}.json", (_task(list(rows)) for _, rows in groupby(rows, key=itemgetter("doc_id"))))


def _task(passages: list[dict[str, Any]]) -> dict[str, Any]:
    first = passages[0]
    text = "".join(row["text"] for row in passages)
    data = {"doc_id": first["doc_id"], "text_sha256": text_sha256(text), "text": text}
    # Label Studio wants every field its view names.
    data |= {name: first.get(name) or "" for name in SHOWN} | {"link": link(first.get("url"))}
    regions = [
        result(Region(f"s{start}", start, start + len(entity["text"]), entity["label"]), entity["text"], "manual")
        for row in passages
        for entity in row["entities"]
        for start in [row["offset"] + entity["start"]]
    ]
    return {"data": data, "annotations": [{"was_cancelled": False, "result": regions}]}
