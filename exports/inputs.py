"""What a dataset was made from, as digests: unchanged inputs give the same dataset, so there is nothing to do.

In: the corpus, the log, the label scheme, the settings, and the code itself. Out: a SHA-256 each, for the card.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, files_of, read_sums

CODE = ("corpus", "annotation", "exports")  # the packages whose sources and tables shape the bytes
PACKAGES = (
    "jiaozhu",
    "pyarrow",
    "datasets",
    "huggingface-hub",
    "numpy",
    "spacy",
    "spacy-pkuseg",
)  # and others' that do


def digests(corpus: Path, log: Path, scheme: LabelScheme, settings: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of each input by its name, of the settings with the versions that matter; a missing log is left out."""
    versions = {name: version(name) for name in PACKAGES if find_spec(name.replace("-", "_"))}
    found = {
        "settings": sha256(json.dumps([settings, versions], sort_keys=True).encode()).hexdigest(),
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


def is_whole(folder: Path) -> bool:
    """Whether every file of the folder is there and has its sum."""
    try:
        sums = read_sums(folder)
    except JiaozhuError:
        return False
    return set(sums) == set(files_of(folder)) and all(file_sha256(folder / name) == sums[name] for name in sums)


def _of_files(root: Path, paths: Iterable[Path]) -> str:
    lines = sorted(f"{file_sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in paths)
    return sha256("".join(lines).encode()).hexdigest()
