"""spaCy: `SPLIT/00000.spacy`, …, DocBins of at most 5,000 passages; spaCy's own corpus reader takes the folder.

A token is a character, white space too, so `doc.text` is the passage and `ent.start` its offset; `doc.user_data["id"]`
is the passage's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from exports.rows import Shape

PASSAGES_PER_FILE = 5_000


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The passages of a split, in the order of its table."""
    from spacy.tokens import Doc, DocBin, Span
    from spacy.vocab import Vocab

    (folder / split).mkdir(parents=True, exist_ok=True)
    for number in count():
        passages = list(islice(rows, PASSAGES_PER_FILE))
        if not passages:
            return
        vocab = Vocab(strings=list(shape.labels))
        docs = DocBin(attrs=["ENT_IOB", "ENT_TYPE"], store_user_data=True)
        for row in passages:
            text = row["text"]
            doc = Doc(vocab, words=list(text), spaces=[False] * len(text), user_data={"id": row["id"]})
            doc.set_ents([Span(doc, entity["start"], entity["end"], entity["label"]) for entity in row["entities"]])
            docs.add(doc)
        docs.to_disk(folder / split / f"{number:05d}.spacy")
