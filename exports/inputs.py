"""What a dataset was made from, as digests: unchanged inputs give the same dataset, so there is nothing to do.

In: the corpus, the log, the label scheme, the settings, and the code itself. Out: a SHA-256 each, for the card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotation.labels import LabelScheme
from corpus.folder import file_sha256
from corpus.inputs import code_sha256, files_sha256

CODE = ("corpus", "annotation", "exports")  # the packages whose sources and tables shape the bytes
PACKAGES = ("jiaozhu", "pyarrow", "datasets", "huggingface-hub", "numpy", "spacy", "spacy-pkuseg")  # of others


def digests(corpus: Path, log: Path, scheme: LabelScheme, settings: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of each input by its name, of the settings with the versions that matter; a missing log is left out."""
    found = {
        "settings": sha256(json.dumps([settings, versions()], sort_keys=True).encode()).hexdigest(),
        "corpus": corpus_sha256(corpus),
        "labels": sha256(repr((scheme.version, scheme.names)).encode()).hexdigest(),
        "code": code_sha256(CODE),
    }
    if log.is_file():
        found["log"] = file_sha256(log)
    return found


@cache
def versions() -> dict[str, str]:
    """The version of each package that shapes the bytes and is installed."""
    return {name: version(name) for name in PACKAGES if find_spec(name.replace("-", "_"))}


def corpus_sha256(corpus: Path) -> str:
    """One hash of the tables of a corpus that a dataset is made from."""
    return files_sha256(corpus, [*corpus.glob("documents/*.parquet"), *corpus.glob("removed/*.parquet")])
