"""What a dataset was made from, as digests: unchanged inputs give the same dataset, so there is nothing to do.

In: the corpus, the log, the label scheme, and the code itself. Out: a SHA-256 each, for the card; and whether a dataset
is the one that they and the settings would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, files_of, read_sums

CODE = ("corpus", "annotation", "exports")  # the packages whose sources and tables shape the bytes


def digests(corpus: Path, log: Path, scheme: LabelScheme) -> dict[str, str]:
    """SHA-256 of each input by its name; one that is not there is left out."""
    found = {
        "corpus": _of_files(corpus, [*corpus.glob("documents/*.parquet"), *corpus.glob("removed/*.parquet")]),
        "labels": sha256(repr((scheme.version, scheme.names)).encode()).hexdigest(),
        "code": code_sha256(CODE),
    }
    if log.is_file():
        found["log"] = file_sha256(log)
    return found


def code_sha256(packages: Iterable[str]) -> str:
    """One hash of the packages' own files, so that a changed rule makes its outputs anew."""
    root = Path(__file__).parents[1]
    files = [
        path
        for package in packages
        for path in (root / package).rglob("*")
        if path.suffix in (".py", ".toml", ".tsv", ".txt", ".md") and path.is_file()
    ]
    return _of_files(root, files)


def is_unchanged(output: Path, card: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether `output` is whole, and its card (the front matter's part `jiaozhu`) says all that is `wanted`."""
    if any(card.get(name) != value for name, value in wanted.items()):
        return False
    try:
        sums = read_sums(output)
    except JiaozhuError:
        return False
    return set(sums) == set(files_of(output)) and all(file_sha256(output / name) == sums[name] for name in sums)


def _of_files(root: Path, paths: Iterable[Path]) -> str:
    lines = sorted(f"{file_sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in paths)
    return sha256("".join(lines).encode()).hexdigest()
