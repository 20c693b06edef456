"""brat standoff: `SPLIT/DOC_ID.txt`, the whole document, and `SPLIT/DOC_ID.ann`, its entities; `annotation.conf`.

Offsets are half-open, in code points. brat wants no line break inside an entity: such an entity stands in fragments
(`T1<tab>ORG 0 2;3 5<tab>…`), whose first start and last end are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from exports.forms.writing import write_lines
from exports.rows import Shape

LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The documents of a split."""
    write_lines(
        folder / "annotation.conf", ["[entities]", *shape.labels, "", "[relations]", "[events]", "[attributes]"]
    )
    (folder / split).mkdir(parents=True, exist_ok=True)
    for doc_id, passages in groupby(rows, key=itemgetter("doc_id")):
        text = ""
        lines: list[str] = []
        for row in passages:
            for entity in row["entities"]:
                places = [
                    (len(text) + entity["start"] + match.start(), len(text) + entity["start"] + match.end())
                    for match in LINE.finditer(entity["text"])
                ]
                places = places or [(len(text) + entity["start"], len(text) + entity["end"])]  # line breaks alone
                offsets = ";".join(f"{start} {end}" for start, end in places)
                words = " ".join(LINE.findall(entity["text"]))
                lines.append(f"T{len(lines) + 1}\t{entity['label']} {offsets}\t{words}")
            text += row["text"]
        (folder / split / f"{doc_id}.txt").write_text(text, "utf-8", newline="")
        write_lines(folder / split / f"{doc_id}.ann", lines)
