"""The rows of the published dataset, made of many documents at once.

In: documents of one split in columns, with the decisions on them. Out: Arrow tables of the configs `default` and
`provenance`. Nothing here takes a character or a span by itself, but what needs a grammar or a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports.passages import cut
from exports.proof import integers, lists
from exports.rows import ENTITY, INNER, Shape
from exports.speakers import cluster_ids
from exports.tags import encode
from exports.texts import Codes, Ints, Texts, borders_of


def make_tables(
    documents: pa.RecordBatch,
    texts: Texts,
    codes: Codes,
    shape: Shape,
    max_chars: int,
    *,
    normalized: bool,
) -> tuple[pa.Table, pa.Table]:
    """The passages of the documents, and the provenance of their entities.

    `documents` has the columns of PUBLISHED but for their `texts`, whose code points are `codes`; spans were proven on
    the text before personal data in it was masked.
    """
    spans, owners = lists(documents["spans"])
    starts = texts.rows[owners] + integers(spans, "start")
    ends = texts.rows[owners] + integers(spans, "end")
    borders = cut(codes, texts.rows, (starts, ends), max_chars)
    begins = borders[:-1]
    document = np.searchsorted(texts.rows, begins, "right") - 1  # of each passage
    names = documents["doc_id"].take(pa.array(document))
    ids = joined(names, counted(document), 4)
    passage = np.searchsorted(begins, starts, "right") - 1  # of each span
    words = texts.cut(starts, ends)  # not the log's: personal data may be masked
    entity = {
        "start": pa.array(starts - begins[passage]),
        "end": pa.array(ends - begins[passage]),
        "label": spans.field("label"),
        "text": words,
        "normalized": pa.array(_values(texts, documents, spans, owners) if normalized else None, pa.string())
        if normalized
        else pa.nulls(len(spans), pa.string()),
    }
    pieces = texts.split(borders)
    number = pc.index_in(spans.field("label"), pa.array(shape.labels, pa.string())).to_numpy(zero_copy_only=False)
    columns: dict[str, pa.Array] = {
        "id": ids,
        "doc_id": names,
        "offset": pa.array(begins - texts.rows[document]),
        "text": pieces,
        "tokens": texts.tokens(borders),
        "ner_tags": list_of(np.diff(borders), pa.array(encode(int(borders[-1]), starts, ends, number, shape.tags))),
        "entities": list_of(
            np.bincount(passage, minlength=len(begins)),
            pa.StructArray.from_arrays([entity[f.name] for f in ENTITY], fields=list(ENTITY)),
        ),
        "cluster_id": cluster_ids(documents).take(pa.array(document)),
    }
    for name in ("title", "url", "published_at"):
        columns[name] = documents[name].take(pa.array(document))
    if shape.inner:
        columns["inner"] = _inner(passage, len(begins), entity)
    if shape.words:
        columns["words"] = _words(pieces)
    suggestion = spans.field("suggestion")
    has = suggestion.is_valid()
    by_span = pa.array(owners)
    sources = {
        "id": joined(ids.take(pa.array(passage)), counted(passage), 3),
        "passage_id": ids.take(pa.array(passage)),
        "doc_id": documents["doc_id"].take(by_span),
        **{name: entity[name] for name in ("start", "end", "label", "text")},
        "doc_start": spans.field("start"),
        "doc_end": spans.field("end"),
        "raw_start": spans.field("raw_start"),
        "raw_end": spans.field("raw_end"),
        "annotation": documents["annotation"].take(by_span),
        "annotator": documents["annotator"].take(by_span),
        **{
            column: pc.if_else(has, suggestion.field(name), None)
            for column, name in (
                ("model", "source"),
                ("model_score", "score"),
                ("suggested_start", "start"),
                ("suggested_end", "end"),
                ("suggested_label", "label"),
            )
        },
        "verdict": spans.field("verdict"),
        "decided_at": documents["updated_at"].take(by_span),
        "guideline_version": documents["guideline"].take(by_span),
        "cleaner_version": documents["cleaner_version"].take(by_span),
        "carried_from": documents["carried_from"].take(by_span),
    }
    passages, provenance = (
        pa.table([made[name] for name in shape.schema(config).names], schema=shape.schema(config))
        for config, made in (("default", columns), ("provenance", sources))
    )
    return passages, provenance


def list_of(sizes: Ints, values: pa.Array) -> pa.ListArray:
    """Lists of these sizes, of values that stand side by side."""
    return pa.ListArray.from_arrays(pa.array(borders_of(sizes).astype(np.int32)), values)


def counted(owners: Ints) -> Ints:
    """0, 1, 2, … anew for each owner; things of one owner stand side by side."""
    if not len(owners):
        return owners
    first = np.flatnonzero(np.diff(owners, prepend=owners[0] - 1))
    return np.arange(len(owners)) - np.repeat(first, np.diff(first, append=len(owners)))


def joined(names: pa.Array, numbers: Ints, width: int) -> pa.Array:
    """`name-0001`, the lasting name of a passage in its document or of an entity in its passage."""
    most = int(numbers.max(initial=0)) + 1
    written = pa.array([f"{number:0{width}d}" for number in range(most)], pa.string())
    return pc.binary_join_element_wise(names, written.take(pa.array(numbers)), "-")


def _values(texts: Texts, documents: pa.RecordBatch, spans: pa.StructArray, owners: Ints) -> list[str | None]:
    """The value of each span, read from the document's text and its date."""
    from annotation.normalize import normalize_all

    dates = documents["published_at"].to_pylist()
    starts, ends = integers(spans, "start").tolist(), integers(spans, "end").tolist()
    labels: Sequence[Any] = spans.field("label").to_pylist()
    found: list[str | None] = []
    borders = borders_of(np.bincount(owners, minlength=len(texts))).tolist()
    for row, (first, last) in enumerate(pairwise(borders)):
        if first < last:
            some = list(zip(starts[first:last], ends[first:last], labels[first:last], strict=True))
            found += normalize_all(texts.text(row), some, dates[row])
    return found


def _inner(passage: Ints, passages: int, entity: dict[str, pa.Array]) -> pa.ListArray:
    from exports.inner import inner_places

    sizes = np.zeros(passages, np.int64)
    rows: list[dict[str, Any]] = []
    columns = (entity[name].to_pylist() for name in ("start", "label", "text"))
    for owner, number, start, label, text in zip(passage.tolist(), counted(passage).tolist(), *columns, strict=True):
        for low, high in inner_places(text, label):
            rows.append(
                {"start": start + low, "end": start + high, "label": "LOC", "text": text[low:high], "parent": number}
            )
            sizes[owner] += 1
    return list_of(sizes, pa.array(rows, INNER))


def _words(pieces: pa.StringArray) -> pa.ListArray:
    from annotation.words import segment

    return pa.array([segment(text) for text in pieces.to_pylist()], pa.list_(pa.string()))
