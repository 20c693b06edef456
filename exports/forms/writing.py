"""Text files of the forms: UTF-8, one newline at a line's end, nothing else that a reader could take for one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write each line with a newline behind it."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def write_array(path: Path, items: Iterable[Any]) -> None:
    """Write one JSON array, an item a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for item in items:
            file.write(separator + to_json(item))
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")


def to_json(item: Any) -> str:  # noqa: ANN401
    """One line of JSON; Chinese as it is, line separators escaped: `str.splitlines` would break the line there."""
    line = json.dumps(item, ensure_ascii=False)
    for separator in ("\x85", "\u2028", "\u2029"):
        if separator in line:
            line = line.replace(separator, f"\\u{ord(separator):04x}")
    return line
