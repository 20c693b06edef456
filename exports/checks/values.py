"""Are the values of amounts, dates and places what the grammars read in the documents?

In: whole documents of the config `default`. Out: findings. Where no two amounts are alike, reading takes longer than
all the other checks together, so in a large dataset it is done for an even share of the documents. Their names and the
rows of the dataset choose them: always the same ones, and not known before the values stand there.
"""

from __future__ import annotations

from importlib.metadata import version
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports.checks import Walk
from exports.proof import integers, lists
from exports.texts import Ints, Texts

WHOLE = 20_000_000  # characters of a dataset that is read as a whole, in at most five seconds
SHARE = 3  # of a larger one, one document in so many


def check_values(walk: Walk, batch: pa.RecordBatch, whole: Texts, begins: Ints, document: Ints) -> None:
    """The column `normalized` of documents with these texts, whose first passages are `begins`.

    Raises:
        TypeError: a value is missing.
    """
    finding, card = walk.findings["normalized"], walk.card
    if card is None:
        walk.no_values = "no card says whether there are any"
        return
    names = batch["id"]
    entities, owners = lists(batch["entities"])
    values = entities.field("normalized")
    if not card.made.normalized:
        there = values.is_valid().to_numpy(zero_copy_only=False)
        finding.fail_where(there, lambda number: f"passage {names[owners[number]]}: the card says that there are none")
        return
    if card.made.jiaozhu != version("jiaozhu"):
        walk.no_values = f"they were read by jiaozhu {card.made.jiaozhu}, which is not installed here"
        return
    passages = sum(rows for name, rows in card.rows.items() if name.startswith("default/"))
    share = SHARE if passages * card.made.max_chars > WHOLE else 1
    seed = crc32(card.joined.encode())
    if share > 1:
        finding.note = f", of one document in {share:,}"
        walk.no_values = f"there are none in the one document in {share:,} that is read"
    from annotation.normalize import normalize_all

    offsets = batch["offset"].to_numpy()[owners]
    starts, ends = offsets + integers(entities, "start"), offsets + integers(entities, "end")
    owner = document[owners]  # the document of each span
    apart = (starts < ends) & (ends <= whole.lengths[owner])
    apart &= starts >= np.where(np.diff(owner, prepend=-1) == 0, np.concatenate([[0], ends[:-1]]), 0)
    broken = np.unique(owner[~apart])  # of them the checks `offsets` and `tags` speak
    limits = np.searchsorted(owner, np.arange(len(begins) + 1))
    dates, doc_ids = batch["published_at"].take(pa.array(begins)), batch["doc_id"].take(pa.array(begins))
    for row in np.setdiff1d(np.flatnonzero(np.diff(limits)), broken).tolist():
        if crc32(doc_ids[row].as_buffer(), seed) % share:
            continue
        some = slice(int(limits[row]), int(limits[row + 1]))
        labels = entities.field("label")[some].to_pylist()
        spans = list(zip(starts[some].tolist(), ends[some].tolist(), labels, strict=True))
        expected = pa.array(normalize_all(whole.text(row), spans, dates[row].as_py()), pa.string())
        finding.seen += len(spans)
        if not values[some].equals(expected):
            same = pc.equal(pc.fill_null(values[some], ""), pc.fill_null(expected, ""))
            for number in np.flatnonzero(~same.to_numpy(zero_copy_only=False)).tolist():
                said, read = values[some][number].as_py(), expected[number].as_py()
                where = f"document {doc_ids[row]}: span [{spans[number][0]}, {spans[number][1]})"
                finding.fail(f"{where}: has the value {said!r}, the grammars read {read!r}")
