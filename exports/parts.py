"""The rows of one part of the dataset: what one split has of one range of doc_id, a job for one process.

In: the published documents of that part, in the files that `exports.gather` left. Out: its Parquet files, and what they
add to the card. A part's bytes hang on its own documents and on how rows are made, and on nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.annotators import published_name
from exports.counts import SplitCounts
from exports.masking import masked
from exports.overlap import Overlaps
from exports.rows import Shape
from exports.speakers import PUBLISHED
from exports.tables import make_tables
from exports.texts import Texts, one_array, one_batch
from exports.writing import PartTable, Sizes, TableFiles


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


@dataclass(slots=True)
class Made:
    """What was made of a part; `counts` does not name its clusters."""

    number: int
    split: str
    counts: SplitCounts
    overlap: Overlaps
    masked: Counter[str] = field(default_factory=Counter)
    cleaners: set[str] = field(default_factory=set)
    tables: dict[str, PartTable] = field(default_factory=dict)


def make_part(part: Part) -> Made:
    """Write the files of a part."""
    recipe = part.recipe
    made = Made(part.number, part.split, SplitCounts(), Overlaps(recipe.shape.labels))
    names: list[pa.Array] = []
    with TableFiles(part.folder, f"{part.split}-{part.number:02d}", recipe.schemas, recipe.sizes) as files:
        for documents in _documents(part):
            _put(files, documents, recipe, made)
            if part.removed:
                names.append(documents["doc_id"])
        for table in _removed(part, pa.concat_arrays(names)) if names else ():
            index = table.schema.get_field_index("text")
            if recipe.mask_personal_data:
                table = table.set_column(index, "text", masked(one_array(table["text"]), made.masked))
            files.put("removed", table)
        made.tables = files.finish()
    made.counts.cluster_ids = set()
    return made


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
    documents = _named(documents, recipe.people)
    passages, spans = make_tables(documents, texts, codes, recipe.shape, recipe.max_chars, normalized=recipe.normalized)
    made.cleaners.update(name or "unknown" for name in documents["cleaner_version"].unique().to_pylist())
    made.counts.add(passages)
    made.counts.add_spans(spans)
    made.overlap.add(made.split, spans)
    files.put("default", passages)
    files.put("provenance", spans)


def _documents(part: Part) -> Iterator[pa.RecordBatch]:
    """The documents of a part in batches, in the order of the corpus."""
    waiting = PUBLISHED.empty_table()
    for piece in part.pieces:
        with pa.ipc.open_file(pa.OSFile(str(piece.path))) as stream:
            found = stream.get_batch(part.number).filter(pa.array(piece.chosen))
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([found])])
        while waiting.num_rows >= part.recipe.documents:
            yield one_batch(waiting.slice(0, part.recipe.documents))
            waiting = waiting.slice(part.recipe.documents)
    if waiting.num_rows:
        yield one_batch(waiting)


def _removed(part: Part, doc_ids: pa.Array) -> Iterator[pa.Table]:
    """What the cleaner took out of these documents, in the order of the corpus."""
    for path in part.removed:
        with pa.ipc.open_file(pa.OSFile(str(path))) as stream:
            rows = stream.get_batch(part.number)
            yield pa.Table.from_batches([rows.filter(pc.is_in(rows["doc_id"], doc_ids))])


def _named(documents: pa.RecordBatch, people: dict[str, str] | None) -> pa.RecordBatch:
    """The documents with the annotators' published names."""
    if people is None:
        return documents
    found = documents["annotator"].dictionary_encode()
    names = pa.array([published_name(annotator, people) for annotator in found.dictionary.to_pylist()], pa.string())
    index = documents.schema.get_field_index("annotator")
    return documents.set_column(index, "annotator", names.take(found.indices))
