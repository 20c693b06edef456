"""The same passages in the forms that other tools read, written beside the tables.

In: the rows of the config `default`, split by split. Out: `forms/NAME/…` in the dataset's folder. A form is one file
here with one function; this is the list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus.errors import JiaozhuError
from corpus.progress import track
from exports.forms import brat, chat, cluener, conll, flair, gliner, labelstudio, spacy
from exports.rows import Shape, rows_of, shards
from exports.splits import SPLITS

FOLDER = "forms"
COLUMNS = ["id", "doc_id", "offset", "text", "ner_tags", "entities", "title", "url", "published_at"]

# Writes the rows of one split to files in a folder of the form's own.
Write = Callable[[Path, str, Iterator[dict[str, Any]], Shape], None]

FORMS: dict[str, Write] = {
    "conll": conll.write,
    "spacy": spacy.write,
    "gliner": gliner.write,
    "flair": flair.write,
    "cluener": cluener.write,
    "brat": brat.write,
    "labelstudio": labelstudio.write,
    "chat": chat.write,
}


def chosen_forms(names: Iterable[str]) -> tuple[str, ...]:
    """The named forms, each once, in the order of `FORMS`.

    Raises:
        JiaozhuError: there is no such form, or it needs a package that is not installed.
    """
    wanted = set(names)
    if unknown := sorted(wanted - set(FORMS)):
        raise JiaozhuError(f"there is no form {unknown[0]!r}; the forms are {', '.join(FORMS)}")
    if "spacy" in wanted and find_spec("spacy") is None:
        raise JiaozhuError("the form spacy needs spaCy; pip install 'jiaozhu[annotation]', or leave the form out")
    return tuple(name for name in FORMS if name in wanted)


def spacy_version() -> str:
    """The version that shapes the bytes of the form `spacy`; empty where it is not installed."""
    return version("spacy") if find_spec("spacy") else ""


def write_form(tables: Path, output: Path, name: str, shape: Shape) -> None:
    """Write one form of the dataset in `tables` to `output/NAME`; the same rows give the same bytes."""
    folder = output / name
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        if shards(tables, "default", split):
            rows = track(rows_of(tables, "default", split, COLUMNS), f"Writing {name}, {split}")
            FORMS[name](folder, split, iter(rows), shape)
