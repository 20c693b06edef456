"""The rows of one part of the dataset: what one split has of one range of doc_id, a job for one process.

In: the published documents of that part, in the files that `exports.gather` left. Out: its Parquet files, and what they
add to the card. A part's bytes hang on its own documents and on how rows are made, and on nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.annotators import published_name
from exports.counts import SplitCounts
from exports.hashes import RowHash
from exports.masking import masked
from exports.overlap import Overlaps
from exports.reuse import Before, Made, take_over
from exports.rows import Shape
from exports.speakers import PUBLISHED
from exports.tables import make_tables
from exports.texts import Texts, one_array, one_batch
from exports.writing import Sizes, TableFiles


@dataclass(frozen=True, slots=True)
class Recipe:
    """How rows are made of documents, and files of rows."""

    shape: Shape
    schemas: dict[str, pa.Schema]  # of each config, with what `datasets` reads of it
    max_chars: int
    normalized: bool
    mask_personal_data: bool
    people: dict[str, str] | None  # the published names of annotators, where they are others
    sizes: Sizes
    documents: int  # in memory at once
    way: str  # a hash of all that shapes rows but the documents


@dataclass(frozen=True, slots=True)
class Piece:
    """A file with a batch of rows for each range; those that `chosen` of the part's range are of its split."""

    path: Path
    chosen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """The documents of one range that are in one split, and the folder that their rows go to."""

    folder: Path
    number: int
    split: str
    recipe: Recipe
    pieces: tuple[Piece, ...]
    removed: tuple[Path, ...]  # files of what was removed, with a batch of rows for each range
    before: Before | None  # what the dataset before has of this split and range


def make_part(part: Part) -> Made:
    """Write the files of a part, or take over those that were made before of the same documents in the same way."""
    recipe = part.recipe
    if part.before is not None and part.before.digest == _digest(part):
        known = take_over(part.before, part.folder, part.number, part.split, recipe.shape.labels)
        if known is not None:
            return known
    overlap = Overlaps(recipe.shape.labels)
    made = Made(part.number, part.split, "", SplitCounts(), overlap, Counter(), set(), {})
    source = _Source(part)
    with TableFiles(part.folder, f"{part.split}-{part.number:02d}", recipe.schemas, recipe.sizes) as files:
        for documents in source.documents():
            _put(files, documents, recipe, made)
        for table in source.removed():
            index = table.schema.get_field_index("text")
            if recipe.mask_personal_data:
                table = table.set_column(index, "text", masked(one_array(table["text"]), made.masked))
            files.put("removed", table)
        made.tables = files.finish()
    made.digest = source.digest()
    made.counts.cluster_ids = set()
    return made


def _digest(part: Part) -> str:
    source = _Source(part)
    for _ in source.documents():
        pass
    for _ in source.removed():
        pass
    return source.digest()


def _put(files: TableFiles, documents: pa.RecordBatch, recipe: Recipe, made: Made) -> None:
    texts = Texts.of(documents["text"])
    codes = texts.codes()
    if recipe.mask_personal_data:
        title = masked(documents["title"], made.masked)
        covered = masked(documents["text"], made.masked, (texts, codes))
        if covered is not documents["text"]:
            texts = Texts.of(covered)
            codes = texts.codes()
        documents = documents.set_column(documents.schema.get_field_index("title"), "title", title)
    passages, spans = make_tables(documents, texts, codes, recipe.shape, recipe.max_chars, normalized=recipe.normalized)
    made.cleaners.update(name or "unknown" for name in documents["cleaner_version"].unique().to_pylist())
    made.counts.add(passages)
    made.counts.add_spans(spans)
    made.overlap.add(made.split, spans)
    files.put("default", passages)
    files.put("provenance", spans)


class _Source:
    """What a part is made of, read once, in the order of the corpus: its documents, then what was removed of them."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._names: list[pa.Array] = [pa.array([], pa.string())]
        self._hashes = RowHash(PUBLISHED), RowHash(part.recipe.schemas["removed"])

    def documents(self) -> Iterator[pa.RecordBatch]:
        """The documents in batches, with the published names of annotators."""
        most = self._part.recipe.documents
        waiting = PUBLISHED.empty_table()
        for piece in self._part.pieces:
            with pa.ipc.open_file(pa.OSFile(str(piece.path))) as stream:
                found = stream.get_batch(self._part.number).filter(pa.array(piece.chosen))
            waiting = pa.concat_tables([waiting, pa.Table.from_batches([found])])
            while waiting.num_rows >= most:
                yield self._seen(one_batch(waiting.slice(0, most)))
                waiting = waiting.slice(most)
        if waiting.num_rows:
            yield self._seen(one_batch(waiting))

    def _seen(self, documents: pa.RecordBatch) -> pa.RecordBatch:
        documents = _named(documents, self._part.recipe.people)
        self._hashes[0].update(documents)
        if self._part.removed:
            self._names.append(documents["doc_id"])
        return documents

    def removed(self) -> Iterator[pa.Table]:
        """What the cleaner took out of them."""
        doc_ids = pa.concat_arrays(self._names)
        for path in self._part.removed:
            with pa.ipc.open_file(pa.OSFile(str(path))) as stream:
                rows = stream.get_batch(self._part.number)
            table = pa.Table.from_batches([rows.filter(pc.is_in(rows["doc_id"], doc_ids))])
            self._hashes[1].update(table)
            yield table

    def digest(self) -> str:
        """One hash of what was read and of the way rows are made of it."""
        said = (self._part.recipe.way, *(found.hexdigest() for found in self._hashes))
        return sha256(repr(said).encode()).hexdigest()


def _named(documents: pa.RecordBatch, people: dict[str, str] | None) -> pa.RecordBatch:
    """The documents with the annotators' published names."""
    if people is None:
        return documents
    found = documents["annotator"].dictionary_encode()
    names = pa.array([published_name(annotator, people) for annotator in found.dictionary.to_pylist()], pa.string())
    index = documents.schema.get_field_index("annotator")
    return documents.set_column(index, "annotator", names.take(found.indices))
