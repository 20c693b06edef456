"""flair: `SPLIT.jsonl`, lines of `{"data": text, "label": [[start, end, label], …]}`, as its `JsonlCorpus` reads them.

Offsets are half-open, in code points.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exports.forms.writing import to_json, write_lines
from exports.rows import Shape


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], _shape: Shape) -> None:
    """The passages of a split, in the order of its table."""
    lines = (
        to_json(
            {
                "data": row["text"],
                "label": [[entity["start"], entity["end"], entity["label"]] for entity in row["entities"]],
            }
        )
        for row in rows
    )
    write_lines(folder / f"{split}.jsonl", lines)
