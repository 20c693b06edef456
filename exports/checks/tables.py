"""Reads the tables of a dataset to their end, once, and has every check look at them on the way.

In: a split's files. Out: findings, counts and hashes. Whole documents are taken at once; what can be read or hashed
beside the checks is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import JiaozhuError
from exports.ahead import ahead
from exports.checks import Finding, Walk
from exports.checks.passages import check_passages, hashed_as, require
from exports.checks.provenance import Spans, check_provenance, check_rest
from exports.checks.statistics import Group, read_groups
from exports.counts import SplitCounts
from exports.hashes import RowHash
from exports.masking import personal_data
from exports.rows import CONFIGS, shape_of, shards
from exports.splits import SPLITS
from exports.texts import Texts

PASSAGES = 4_000  # in memory at once
SPANS = 20_000


def check_split(walk: Walk, split: str) -> None:
    """Read one split.

    Raises:
        JiaozhuError, pyarrow.ArrowException, OSError, UnicodeDecodeError, TypeError: a table cannot be read on.
    """
    _check_schema(walk, split)
    assert walk.shape is not None
    shape = walk.shape
    counts = walk.counts[split] = SplitCounts()
    for names in (walk.documents, walk.clusters):
        names.begin(SPLITS.index(split))
    hashes = {config: RowHash(shape.schema(config)) for config in CONFIGS}
    said = {config: Finding() for config in CONFIGS}  # of statistics; tables are read in threads of their own
    with ThreadPoolExecutor(1) as hashing:
        provenance = ahead(_batches(walk, "provenance", split, SPANS, said))
        spans = Spans(provenance, shape.schema("provenance"))
        pending = []
        for batch, hashed in ahead(_checked(walk, split, counts, said)):
            pending.append(hashing.submit(hashes["default"].update, hashed))
            found = check_provenance(walk, batch, spans)
            pending.append(hashing.submit(hashes["provenance"].update, found))
            counts.add_spans(found)
            walk.overlap.add(split, found)
            if walk.corpus is not None:
                walk.documents.keep_spans(found)
            while len(pending) > 4:
                pending.pop(0).result()
        for rest in check_rest(walk, spans, split):
            pending.append(hashing.submit(hashes["provenance"].update, rest))
        for future in pending:
            future.result()
    _check_removed(walk, split, hashes["removed"], said)
    for config in CONFIGS:
        walk.findings["statistics"].add(said[config])
        walk.findings["rows"].seen += hashes[config].rows
        if shards(walk.folder, config, split):
            walk.hashes[f"{config}/{split}"] = hashes[config].hexdigest()
            walk.findings["tables"].seen += 1


def _checked(
    walk: Walk, split: str, counts: SplitCounts, said: Mapping[str, Finding]
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """The passages of whole documents, looked at and counted; and as they are hashed."""
    sound = walk.findings["tokens"]
    for batch in _documents(ahead(_batches(walk, "default", split, PASSAGES, said))):
        wrong = sound.wrong
        texts = check_passages(walk, batch, split)
        counts.add(batch)
        yield batch, hashed_as(batch, texts, sound.wrong == wrong)


def _check_schema(walk: Walk, split: str) -> None:
    """Raises JiaozhuError, after the finding, where the rows could not be understood."""
    finding = walk.findings["schema"]
    if not shards(walk.folder, "default", split):
        raise JiaozhuError(f"{split} has no passages")
    for config in CONFIGS:
        for path in shards(walk.folder, config, split):
            finding.seen += 1
            schema = pq.read_schema(path)
            if config == "default":
                try:
                    shape = shape_of(schema)
                except JiaozhuError as error:
                    finding.fail(f"{config}/{split}: {error}")
                    raise
                if walk.shape is not None and shape != walk.shape:
                    finding.fail(f"{config}/{split}: its labels or columns are not those of the other tables")
                    raise JiaozhuError("the tables have different labels or columns")
                walk.shape = shape
                walk.overlap.labels = shape.labels
            assert walk.shape is not None
            if not schema.remove_metadata().equals(walk.shape.schema(config)):
                finding.fail(f"{config}/{split}: its columns are not those of the format")
                raise JiaozhuError("a table has other columns")


def _batches(walk: Walk, config: str, split: str, size: int, said: Mapping[str, Finding]) -> Iterator[pa.RecordBatch]:
    """A split's rows; tokens as the dictionaries that the files hold, so that no character becomes a string.

    What each file says of its own values is held against them on the way.
    """
    assert walk.shape is not None
    for path in shards(walk.folder, config, split):
        with pq.ParquetFile(path) as plain:
            columns = (plain.schema.column(number).path for number in range(plain.metadata.num_columns))
            characters = [column for column in columns if config == "default" and column.startswith("tokens.")]
            with pq.ParquetFile(path, read_dictionary=characters) as table:
                groups = _groups(path, walk.shape.schema(config), table.num_row_groups, said[config])
                for number, group in enumerate(groups):
                    yield from _looked(_rows(table, plain, size, number), group, path, said[config])


def _groups(path: Path, schema: pa.Schema, size: int, finding: Finding) -> Sequence[Group | None]:
    """What the file says of its groups of rows; nothing, after the finding, where that cannot be understood."""
    try:
        groups = read_groups(path, schema)
    except JiaozhuError as error:
        finding.fail(f"{path.name}: {error}")
        return [None] * size
    finding.seen += sum(group.claims for group in groups)
    return groups


def _looked(
    batches: Iterable[pa.RecordBatch], group: Group | None, path: Path, finding: Finding
) -> Iterator[pa.RecordBatch]:
    """The same batches of a group of rows, held against what is said of it."""
    for batch in batches:
        for wrong in group.look(batch) if group else ():
            finding.fail(f"{path.name}: {wrong}")
        yield batch
    for wrong in group.finish() if group else ():
        finding.fail(f"{path.name}: {wrong}")


def _rows(table: pq.ParquetFile, plain: pq.ParquetFile, size: int, group: int) -> Iterator[pa.RecordBatch]:
    """A group of rows, with `tokens` as dictionaries."""
    done = 0
    try:
        for batch in _read(table, size, group):
            yield batch
            done += 1
    except pa.ArrowNotImplementedError:  # its pages have no one dictionary: another writer's
        yield from map(_with_dictionary, islice(_read(plain, size, group), done, None))


def _read(table: pq.ParquetFile, size: int, group: int) -> Iterator[pa.RecordBatch]:
    """A group of rows, column after column: threads of Arrow's own cost more than they save beside ours."""
    yield from table.iter_batches(size, [group], use_threads=False)


def _with_dictionary(batch: pa.RecordBatch) -> pa.RecordBatch:
    tokens = batch["tokens"]
    found = pa.ListArray.from_arrays(
        pc.subtract(tokens.offsets, tokens.offsets[0]), tokens.flatten().dictionary_encode()
    )
    return batch.set_column(batch.schema.get_field_index("tokens"), "tokens", found)


def _documents(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, whole documents at once; those that no border of a batch cuts are not copied."""
    left: list[pa.RecordBatch] = []
    for batch in batches:
        require(batch.select(["doc_id"]))
        doc_ids = batch["doc_id"]
        new = np.flatnonzero(pc.not_equal(doc_ids[1:], doc_ids[:-1]).to_numpy(zero_copy_only=False)) + 1
        first, last = (int(new[0]), int(new[-1])) if len(new) else (len(batch), 0)
        if left and left[-1]["doc_id"][-1] != doc_ids[0]:
            first = 0
        elif left and not len(new):
            left.append(batch)
            continue
        elif left:
            left.append(batch.slice(0, first))
        else:
            first = 0
        if left:
            yield pa.concat_batches(left)
        if first < last:
            yield batch.slice(first, last - first)
        left = [batch.slice(last)]
    if left:
        yield pa.concat_batches(left)


def _check_removed(walk: Walk, split: str, row_hash: RowHash, said: Mapping[str, Finding]) -> None:
    """What was removed stands in the order of its pages, and belongs to documents of the split."""
    finding = walk.findings["removed"]
    number, last, end = SPLITS.index(split), "", 0
    for batch in _batches(walk, "removed", split, SPANS, said):
        table = pa.Table.from_batches([batch])
        require(table)
        row_hash.update(table)
        finding.seen += len(table)
        texts = Texts.of(table["text"])
        doc_ids = table["doc_id"].to_pylist()
        starts, ends = table["start"].to_numpy(), table["end"].to_numpy()
        sound = (starts >= 0) & (starts < ends) & (texts.lengths == ends - starts)
        known = walk.documents.of(doc_ids)
        sound &= (known >= 0) & (walk.documents.homes(known) == number)
        same = np.array([before == doc_id for before, doc_id in zip([last, *doc_ids], doc_ids, strict=False)])
        sound &= ~same | (starts >= np.concatenate([[end], ends[:-1]]))
        for row in np.flatnonzero(~sound).tolist():
            finding.fail(f"document {doc_ids[row]}: raw [{starts[row]}, {ends[row]})")
        if walk.is_masked:
            for row, values in personal_data(texts, texts.codes()):
                for value in values:
                    what = f"{value.kind} in what was removed at [{starts[row]}, {ends[row]})"
                    walk.findings["personal-data"].fail(f"document {doc_ids[row]}: {what}")
        last, end = doc_ids[-1], int(ends[-1])
