"""Do the passages of a split keep what they promise by themselves and of their places in their documents?

In: whole documents, as rows of the config `default` in columns. Out: findings. Every check is of all rows at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exports.checks import Walk, unlike_before
from exports.checks.corpus import DESCRIBED, keep_documents
from exports.checks.values import check_values
from exports.inner import LABEL, PLACE, inner_places
from exports.masking import personal_data
from exports.proof import integers, lists
from exports.rows import Shape
from exports.splits import SPLITS
from exports.tables import counted, joined
from exports.tags import encode, entity_tags
from exports.texts import Codes, Ints, Texts, ranges

NO_CHARACTER = 0xFFFFFFFF


def require(columns: pa.Table | pa.RecordBatch | pa.StructArray, optional: tuple[str, ...] = ()) -> None:
    """Raise TypeError where a value is missing in a column that may not be without."""
    nested = isinstance(columns, pa.StructArray)
    for number, column in enumerate(columns.type if nested else columns.schema):
        values = columns.field(number) if nested else columns.column(number)
        if column.name not in optional and values.null_count:
            raise TypeError(f"the column {column.name} lacks a value")


def check_passages(walk: Walk, batch: pa.RecordBatch, split: str) -> Texts:
    """The passages of whole documents; `tokens` are dictionaries as the file has them. Returns their texts.

    Raises:
        TypeError: a value is missing.
    """
    assert walk.shape is not None
    shape = walk.shape
    require(batch, ("title", "url", "published_at"))
    texts = Texts.of(batch["text"])
    names = batch["id"]
    doc_ids = batch["doc_id"]
    first = np.ones(len(doc_ids), bool)  # of its document
    first[1:] = pc.not_equal(doc_ids[1:], doc_ids[:-1]).to_numpy(zero_copy_only=False)
    document = np.cumsum(first) - 1
    begins = np.flatnonzero(first)

    def named(row: int) -> str:
        return f"passage {names[row]}"

    for check in ("ids", "text", "tokens", "tags", "documents", "splits"):
        walk.findings[check].seen += len(texts)
    expected = joined(doc_ids, counted(document), 4)
    wrong = pc.not_equal(names, expected).to_numpy(zero_copy_only=False)
    walk.findings["ids"].fail_where(wrong, lambda row: f"passage {names[row]}: should be {expected[row]}")
    offsets = texts.rows[:-1] - texts.rows[begins[document]]
    wrong = (batch["offset"].to_numpy() != offsets) | (texts.lengths == 0)
    walk.findings["text"].fail_where(
        wrong, lambda row: f"passage {names[row]}: is empty, or its offset is not {offsets[row]}"
    )
    codes = texts.codes()
    walk.findings["tokens"].fail_where(~_are_characters(batch["tokens"], texts, codes), named)
    if shape.words:
        walk.findings["words"].seen += len(texts)
        walk.findings["words"].fail_where(~_join(batch["words"], texts), named)
    _check_entities(walk, shape, batch, texts, names)
    _check_documents(walk, batch, texts, codes, begins, document, split)
    return texts


def hashed_as(batch: pa.RecordBatch, texts: Texts, sound: bool) -> pa.RecordBatch:
    """The batch with plain tokens, to be hashed: those of the texts where they are known to be the same."""
    index = batch.schema.get_field_index("tokens")
    if sound:
        return batch.set_column(index, "tokens", texts.tokens(texts.rows))
    tokens = batch["tokens"]
    plain = tokens.flatten().dictionary_decode()
    return batch.set_column(
        index, "tokens", pa.ListArray.from_arrays(pc.subtract(tokens.offsets, tokens.offsets[0]), plain)
    )


def _are_characters(column: pa.ListArray, texts: Texts, codes: Codes) -> NDArray[np.bool_]:
    """Whether the tokens of each row are the characters of its text."""
    tokens = column.flatten()
    known = [ord(token) if token and len(token) == 1 else NO_CHARACTER for token in tokens.dictionary.to_pylist()]
    numbers = pc.fill_null(tokens.indices, len(known)) if tokens.null_count else tokens.indices
    # Arrow has proven that the numbers are inside the dictionary; `clip` spares numpy a second look.
    found = np.array([*known, NO_CHARACTER], np.uint32).take(numbers.to_numpy(), mode="clip")
    return _same_lists(pc.list_value_length(column).to_numpy(), found, texts.lengths, codes)


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


def _check_entities(walk: Walk, shape: Shape, batch: pa.RecordBatch, texts: Texts, names: pa.Array) -> None:
    """Entities against text and tags, and inner places against their entities."""
    entities, owners = lists(batch["entities"])
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
    tagged &= _are_tags(batch["ner_tags"], texts, edges, labels[keep], shape.tags)
    walk.findings["tags"].fail_where(~tagged, lambda row: f"passage {names[row]}")
    if shape.inner:
        _check_inner(walk, batch["inner"], entities, owners, names)


def _are_tags(
    column: pa.ListArray, texts: Texts, edges: tuple[Ints, Ints], labels: Ints, scheme: str
) -> NDArray[np.bool_]:
    """Whether the tags of each row are those of the entities with these edges, counted through the whole column."""
    tags = column.flatten()
    values = (pc.fill_null(tags, -1) if tags.null_count else tags).to_numpy()
    sizes = pc.list_value_length(column).to_numpy()
    if np.array_equal(sizes, texts.lengths):
        places, expected = entity_tags(*edges, labels, scheme)
        if np.count_nonzero(values) == len(places) and np.array_equal(values[places], expected):
            return np.ones(len(texts), bool)
    return _same_lists(sizes, values, texts.lengths, encode(len(texts.starts) - 1, *edges, labels, scheme))


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
    walk: Walk, batch: pa.RecordBatch, texts: Texts, codes: Codes, begins: Ints, document: Ints, split: str
) -> None:
    """Documents are of one place, one split and one cluster, without personal data; their hashes for the corpus."""
    doc_ids = batch["doc_id"].take(pa.array(begins)).to_pylist()
    clusters = batch["cluster_id"]
    of_document = clusters.take(pa.array(begins))
    mixed = pc.not_equal(clusters, of_document.take(pa.array(document))).to_numpy(zero_copy_only=False)
    walk.findings["splits"].fail_where(mixed, lambda row: f"document {doc_ids[document[row]]}: has several clusters")
    same = np.diff(document) == 0
    for name in ("title", "url", "published_at"):
        said = f"its passages have not all the same {name}"
        walk.findings["documents"].fail_where(
            unlike_before(batch[name], same),
            lambda row, said=said: f"document {doc_ids[document[row]]}: {said}",  # type: ignore[misc]
        )
    assert walk.shape is not None
    width = len(walk.shape.labels)
    entities, owners = lists(batch["entities"])
    labels = pc.index_in(entities.field("label"), pa.array(walk.shape.labels, pa.string()))
    known = labels.is_valid().to_numpy(zero_copy_only=False)
    places = document[owners][known] * width + labels.drop_null().to_numpy()
    counts = np.bincount(places, minlength=len(begins) * width).reshape(-1, width).astype(np.int64)
    numbers, new = walk.documents.add(doc_ids)
    walk.findings["ids"].fail_where(~new, lambda row: f"document {doc_ids[row]} stands in two places")
    names = of_document.to_pylist()
    homes = walk.clusters.homes(walk.clusters.count(names, counts))
    walk.findings["splits"].fail_where(
        homes != SPLITS.index(split), lambda row: f"cluster {names[row]}: in {SPLITS[homes[row]]} and in {split}"
    )

    whole = Texts(texts.data, texts.starts, np.append(texts.rows[begins], texts.rows[-1]))
    if walk.is_masked:
        finding = walk.findings["personal-data"]
        finding.seen += len(begins)
        titles, rows = _distinct(batch["title"], document)
        for what, column, points, owners in (
            ("text", whole, codes, np.arange(len(begins))),
            ("title", titles, titles.codes(), rows),
        ):
            for row, values in personal_data(column, points):
                for value in values:
                    where = f"{value.kind} at [{value.start}, {value.end}) of its {what}"
                    finding.fail(f"document {doc_ids[owners[row]]}: {where}")
    check_values(walk, batch, whole, begins, document)
    keep_documents(walk, numbers, batch.select(DESCRIBED).take(pa.array(begins)), whole)


def _distinct(titles: pa.Array, document: Ints) -> tuple[Texts, Ints]:
    """Each title once a document, where its passages do not differ, and the documents that they are of."""
    titles = pc.fill_null(titles, "")
    new = np.ones(len(titles), bool)
    new[1:] = (document[1:] != document[:-1]) | pc.not_equal(titles[1:], titles[:-1]).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(new)
    return Texts.of(titles.take(pa.array(rows))), document[rows]
