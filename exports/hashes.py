"""Hashes of rows, which outlive a change of the Parquet writer; `corpus.folder` has those of files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class RowHash:
    """SHA-256 over a table's rows in order, each as one line of canonical JSON in UTF-8.

    Canonical: every column of the schema is there (null where there is no value), keys are sorted by code point, no
    spaces, only what JSON demands is escaped, floats in their shortest form.
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self._empty = dict.fromkeys(columns)
        self._hash = sha256()

    def update(self, row: Mapping[str, Any]) -> None:
        """Add one row."""
        self._hash.update(_CANONICAL.encode({**self._empty, **row}).encode() + b"\n")

    def hexdigest(self) -> str:
        """The hash of the rows so far."""
        return self._hash.hexdigest()


def joined_hash(tables: Mapping[str, str]) -> str:
    """One hash for the dataset: SHA-256 of the lines `config/split hash`, ordered by name."""
    return sha256("".join(f"{name} {value}\n" for name, value in sorted(tables.items())).encode()).hexdigest()
