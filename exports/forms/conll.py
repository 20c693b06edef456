r"""CoNLL: `SPLIT.conll`, a character and its tag a line, an empty line behind each passage.

A character that a reader would strip, split at or not show (white space, controls, zero-width marks) stands as its
escape, `\u000a`; every other token is one character, so the escape cannot be mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from exports.forms.writing import write_lines
from exports.rows import Shape
from exports.tags import tag_names

# `\s` has the line separators; the rest are controls, and format characters that have no width.
ESCAPED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The passages of a split, in the order of its table."""
    names = tag_names(shape.labels, shape.tags)

    def blocks() -> Iterator[str]:
        for row in rows:
            pairs = zip(row["text"], row["ner_tags"], strict=True)
            yield "".join([f"{escape(token)} {names[tag]}\n" for token, tag in pairs])

    write_lines(folder / f"{split}.conll", blocks())


@cache
def escape(token: str) -> str:
    """The character as it stands in the file."""
    return f"\\u{ord(token):04x}" if ESCAPED.match(token) else token


def unescape(token: str) -> str:
    """The character of a token that was read from the file."""
    return chr(int(token[2:], 16)) if len(token) > 1 else token
