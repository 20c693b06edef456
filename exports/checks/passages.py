"""Do the passages of a split keep what they promise by themselves and of their places in their documents?

In: whole documents, as rows of the config `default` in columns. Out: findings. Every check is of all rows at once.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.checks import Walk
from exports.inner import LABEL, PLACE, inner_places
from exports.masking import personal_data
from exports.proof import integers, lists
from exports.rows import Shape
from exports.splits import SPLITS
from exports.tables import counted, joined
from exports.tags import encode
from exports.texts import Codes, Ints, Texts, one_array, ranges

NO_CHARACTER = 0xFFFFFFFF


def require(columns: pa.Table | pa.StructArray, optional: tuple[str, ...] = ()) -> None:
    """Raise TypeError where a value is missing in a column that may not be without."""
    for number, column in enumerate(columns.schema if isinstance(columns, pa.Table) else columns.type):
        values = columns.column(number) if isinstance(columns, pa.Table) else columns.field(number)
        if column.name not in optional and values.null_count:
            raise TypeError(f"the column {column.name} lacks a value")


def check_passages(walk: Walk, table: pa.Table, split: str) -> Texts:
    """The passages of whole documents; `tokens` are dictionaries as the file has them. Returns their texts.

    Raises:
        TypeError: a value is missing.
    """
    assert walk.shape is not None
    shape = walk.shape
    require(table, ("title", "url", "published_at"))
    texts = Texts.of(table["text"])
    names = table["id"].combine_chunks()
    doc_ids = table["doc_id"].combine_chunks()
    first = np.ones(len(doc_ids), bool)  # of its document
    first[1:] = pc.not_equal(doc_ids[1:], doc_ids[:-1]).to_numpy(zero_copy_only=False)
    document = np.cumsum(first) - 1
    begins = np.flatnonzero(first)

    def named(row: int) -> str:
        return f"passage {names[row]}"

    for check in ("ids", "text", "tokens", "tags", "splits"):
        walk.findings[check].seen += len(texts)
    expected = joined(doc_ids, counted(document), 4)
    wrong = pc.not_equal(names, expected).to_numpy(zero_copy_only=False)
    walk.findings["ids"].fail_where(wrong, lambda row: f"passage {names[row]}: should be {expected[row]}")
    offsets = texts.rows[:-1] - texts.rows[begins[document]]
    wrong = (table["offset"].to_numpy() != offsets) | (texts.lengths == 0)
    walk.findings["text"].fail_where(
        wrong, lambda row: f"passage {names[row]}: is empty, or its offset is not {offsets[row]}"
    )
    codes = texts.codes()
    walk.findings["tokens"].fail_where(~_are_characters(table["tokens"], texts, codes), named)
    if shape.words:
        walk.findings["words"].seen += len(texts)
        walk.findings["words"].fail_where(~_join(table["words"].combine_chunks(), texts), named)
    _check_entities(walk, shape, table, texts, names)
    _check_documents(walk, table, texts, codes, begins, document, split)
    return texts


def hashed_as(table: pa.Table, texts: Texts, sound: bool) -> pa.Table:
    """The table with plain tokens, to be hashed: those of the texts where they are known to be the same."""
    index = table.schema.get_field_index("tokens")
    if sound:
        return table.set_column(index, "tokens", texts.tokens(texts.rows))
    chunks = [
        pa.ListArray.from_arrays(pc.subtract(chunk.offsets, chunk.offsets[0]), chunk.flatten().dictionary_decode())
        for chunk in table["tokens"].chunks
    ]
    return table.set_column(index, "tokens", pa.chunked_array(chunks))


def _are_characters(column: pa.ChunkedArray, texts: Texts, codes: Codes) -> NDArray[np.bool_]:
    """Whether the tokens of each row are the characters of its text."""
    sizes = pc.list_value_length(column).to_numpy()
    found = [np.zeros(0, np.uint32)]
    for chunk in column.chunks:
        tokens = chunk.flatten()
        known = [ord(token) if token and len(token) == 1 else NO_CHARACTER for token in tokens.dictionary.to_pylist()]
        numbers = pc.fill_null(tokens.indices, len(known)) if tokens.null_count else tokens.indices
        found.append(np.array([*known, NO_CHARACTER], np.uint32)[numbers.to_numpy()])
    return _same_lists(sizes, np.concatenate(found), texts.lengths, codes)


def _same_lists(sizes: Ints, values: NDArray[Any], expected_sizes: Ints, expected: NDArray[Any]) -> NDArray[np.bool_]:
    """For each row, whether its list is the expected one; both stand side by side."""
    same: NDArray[np.bool_] = sizes == expected_sizes
    if same.all():
        differ = values != expected
        if not differ.any():
            return same
    begins, places = np.cumsum(sizes) - sizes, np.cumsum(expected_sizes) - expected_sizes
    rows = np.flatnonzero(same)
    wrong = values[ranges(begins[rows], sizes[rows])] != expected[ranges(places[rows], sizes[rows])]
    same[np.repeat(rows, sizes[rows])[wrong]] = False
    return same


def _join(words: pa.ListArray, texts: Texts) -> NDArray[np.bool_]:
    """Whether the words of each row, joined, are its text, and none of them is empty."""
    values, owners = lists(words)
    full = np.ones(len(texts), bool)
    full[owners[pc.fill_null(pc.equal(pc.binary_length(values), 0), True).to_numpy(zero_copy_only=False)]] = False
    said = pc.equal(pc.binary_join(words, ""), texts.split(texts.rows))
    full &= pc.fill_null(said, False).to_numpy(zero_copy_only=False)
    return full


def _check_entities(walk: Walk, shape: Shape, table: pa.Table, texts: Texts, names: pa.Array) -> None:
    """Entities against text and tags, and inner places against their entities."""
    entities, owners = lists(table["entities"].combine_chunks())
    require(entities, ("normalized",))
    starts, ends = integers(entities, "start"), integers(entities, "end")
    walk.findings["offsets"].seen += len(entities)

    def named(number: int) -> str:
        return f"passage {names[owners[number]]}: entity [{starts[number]}, {ends[number]})"

    inside = (starts >= 0) & (starts < ends) & (ends <= texts.lengths[owners])
    sound = inside.copy()
    begins = texts.rows[owners]
    here = np.flatnonzero(inside)
    said = pc.equal(
        texts.cut((begins + starts)[here], (begins + ends)[here]), entities.field("text").take(pa.array(here))
    )
    sound[here] = said.to_numpy(zero_copy_only=False)
    walk.findings["offsets"].fail_where(~sound, named)

    labels = pc.fill_null(pc.index_in(entities.field("label"), pa.array(shape.labels, pa.string())), -1).to_numpy()
    apart = np.ones(len(entities), bool)
    apart[1:] = (owners[1:] != owners[:-1]) | (starts[1:] >= ends[:-1])
    tagged = np.ones(len(texts), bool)
    tagged[owners[~(inside & apart & (labels >= 0))]] = False
    keep = tagged[owners]
    edges = ((begins + starts)[keep], (begins + ends)[keep])
    tags = encode(len(texts.starts) - 1, *edges, labels[keep], shape.tags)
    values = table["ner_tags"].combine_chunks().flatten()
    sizes = pc.list_value_length(table["ner_tags"]).to_numpy()
    values = pc.fill_null(values, -1) if values.null_count else values
    tagged &= _same_lists(sizes, values.to_numpy(), texts.lengths, tags)
    walk.findings["tags"].fail_where(~tagged, lambda row: f"passage {names[row]}")
    if shape.inner:
        _check_inner(walk, table["inner"].combine_chunks(), entities, owners, names)


def _check_inner(walk: Walk, column: pa.ListArray, entities: pa.StructArray, owners: Ints, names: pa.Array) -> None:
    inner, passages = lists(column)
    require(inner)
    walk.findings["inner"].seen += len(inner)
    fields = ("start", "end", "label", "text", "parent")
    said = list(zip(passages.tolist(), *(inner.field(name).to_pylist() for name in fields), strict=True))
    expected = []
    organizations = pc.equal(entities.field("label"), LABEL).to_numpy(zero_copy_only=False)
    numbers = counted(owners)
    for index in np.flatnonzero(organizations).tolist():
        start, text = entities.field("start")[index].as_py(), entities.field("text")[index].as_py()
        for low, high in inner_places(text, LABEL):
            place = (start + low, start + high, PLACE, text[low:high], int(numbers[index]))
            expected.append((int(owners[index]), *place))
    if said != expected:
        wrong = {row[0] for row in set(said).symmetric_difference(expected)} or {said[0][0]}
        for row in sorted(wrong):
            walk.findings["inner"].fail(f"passage {names[row]}")


def _check_documents(
    walk: Walk, table: pa.Table, texts: Texts, codes: Codes, begins: Ints, document: Ints, split: str
) -> None:
    """Documents are of one place, one split and one cluster, without personal data; their hashes for the corpus."""
    doc_ids = table["doc_id"].combine_chunks().take(pa.array(begins)).to_pylist()
    clusters = table["cluster_id"].combine_chunks()
    of_document = clusters.take(pa.array(begins))
    mixed = pc.not_equal(clusters, of_document.take(pa.array(document))).to_numpy(zero_copy_only=False)
    walk.findings["splits"].fail_where(mixed, lambda row: f"document {doc_ids[document[row]]}: has several clusters")
    assert walk.shape is not None
    width = len(walk.shape.labels)
    entities, owners = lists(table["entities"].combine_chunks())
    labels = pc.index_in(entities.field("label"), pa.array(walk.shape.labels, pa.string()))
    known = labels.is_valid().to_numpy(zero_copy_only=False)
    places = document[owners][known] * width + labels.drop_null().to_numpy()
    counts = np.bincount(places, minlength=len(begins) * width).reshape(-1, width).astype(np.int64)
    number = SPLITS.index(split)
    for doc_id, cluster, found in zip(doc_ids, of_document.to_pylist(), counts, strict=True):
        if doc_id in walk.home_of:
            walk.findings["ids"].fail(f"document {doc_id} stands in two places")
        walk.home_of[doc_id] = number
        other = walk.split_of.setdefault(cluster, split)
        if other != split:
            walk.findings["splits"].fail(f"cluster {cluster}: in {other} and in {split}")
        walk.clusters[cluster] = walk.clusters[cluster] + found if cluster in walk.clusters else found

    whole = Texts(texts.data, texts.starts, np.append(texts.rows[begins], texts.rows[-1]))
    if walk.is_masked:
        finding = walk.findings["personal-data"]
        finding.seen += len(begins)
        titles, rows = _distinct(one_array(table["title"]), document)
        for what, column, points, owners in (
            ("text", whole, codes, np.arange(len(begins))),
            ("title", titles, titles.codes(), rows),
        ):
            for row, values in personal_data(column, points):
                for value in values:
                    where = f"{value.kind} at [{value.start}, {value.end}) of its {what}"
                    finding.fail(f"document {doc_ids[owners[row]]}: {where}")
    if walk.corpus is not None:
        for row, doc_id in enumerate(doc_ids):
            walk.documents[doc_id] = sha256(whole.bytes_of(row)).digest()


def _distinct(titles: pa.Array, document: Ints) -> tuple[Texts, Ints]:
    """Each title once a document, where its passages do not differ, and the documents that they are of."""
    titles = pc.fill_null(titles, "")
    new = np.ones(len(titles), bool)
    new[1:] = (document[1:] != document[:-1]) | pc.not_equal(titles[1:], titles[:-1]).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(new)
    return Texts.of(titles.take(pa.array(rows))), document[rows]
