"""GLiNER: `SPLIT.json`, an array of `{"tokenized_text": characters, "ner": [[first, last, label], …]}`.

`last` is the last character itself, as GLiNER counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exports.forms.writing import write_array
from exports.rows import Shape


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], _shape: Shape) -> None:
    """The passages of a split, in the order of its table."""
    items = (
        {
            "tokenized_text": list(row["text"]),
            "ner": [[entity["start"], entity["end"] - 1, entity["label"]] for entity in row["entities"]],
        }
        for row in rows
    )
    write_array(folder / f"{split}.json", items)
