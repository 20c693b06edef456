"""CLUENER: `train.json`, `dev.json`, `test.json`, lines of `{"text", "label"}`.

The labels of a line are `{label: {words: [[first, last], …]}}`; `last` is the last character itself, as CLUENER counts.
Its files are named as its readers open them; the test split has its labels too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exports.forms.writing import to_json, write_lines
from exports.rows import Shape

NAMES = {"train": "train", "validation": "dev", "test": "test"}


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The passages of a split, in the order of its table; labels in the scheme's order."""

    def lines() -> Iterator[str]:
        for row in rows:
            found: dict[str, dict[str, list[list[int]]]] = {label: {} for label in shape.labels}
            for entity in row["entities"]:
                words = found[entity["label"]].setdefault(entity["text"], [])
                words.append([entity["start"], entity["end"] - 1])
            yield to_json({"text": row["text"], "label": {label: words for label, words in found.items() if words}})

    write_lines(folder / f"{NAMES[split]}.json", lines())
