"""Rows go into Parquet and come back equal, in bounded pieces and the same bytes."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import JiaozhuError
from corpus.store import Keys, RowFile, TableWriter, read_rows, rows_of

SCHEMA = pa.schema([("name", pa.string()), ("spans", pa.list_(pa.struct([("start", pa.int64())])))])
DOCUMENTS = pa.schema([("doc_id", pa.string()), ("text", pa.string())])
ROWS = [{"name": f"第{number}行𠮷", "spans": [{"start": number}]} for number in range(25)]


def write(path, rows=ROWS, size=10):
    with TableWriter(path, SCHEMA, size) as table:
        for row in rows:
            table.write(row)
    return path


def test_rows_come_back_equal_and_in_order(tmp_path):
    assert list(read_rows(write(tmp_path / "deep" / "t.parquet"), batch_size=7)) == ROWS


def test_a_row_group_holds_no_more_than_the_batch(tmp_path):
    meta = pq.read_metadata(write(tmp_path / "t.parquet"))
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [10, 10, 5]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    assert write(tmp_path / "a.parquet").read_bytes() == write(tmp_path / "b.parquet").read_bytes()


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    write(tmp_path / "2.parquet", ROWS[10:])
    write(tmp_path / "1.parquet", ROWS[:10])
    assert [row["name"] for row in read_rows(tmp_path, ["name"])] == [row["name"] for row in ROWS]


def test_a_missing_column_is_null(tmp_path):
    assert list(read_rows(write(tmp_path / "t.parquet", [{"name": "x"}]))) == [{"name": "x", "spans": None}]


def test_what_is_no_table_is_said(tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(JiaozhuError, match="not a Parquet file"):
        list(read_rows(tmp_path / "t.parquet"))
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        list(read_rows(tmp_path / "none"))
    with pytest.raises(JiaozhuError, match="has no column 'age'"):
        list(read_rows(write(tmp_path / "u.parquet"), ["age"]))


@pytest.mark.parametrize("wanted", [set(), {"d3"}, {"d0", "d8", "d9"}, {"none"}])
def test_rows_of_documents_are_those_rows_in_the_order_of_the_table(tmp_path, wanted):
    for part in range(2):
        with TableWriter(tmp_path / f"{part}.parquet", DOCUMENTS, rows_per_group=2) as table:
            for number in range(part * 5, part * 5 + 5):
                table.write({"doc_id": f"d{number}", "text": str(number)})
    found = list(rows_of(tmp_path, wanted, ("doc_id", "text")))
    assert found == [row for row in read_rows(tmp_path) if row["doc_id"] in wanted]


def test_a_missing_table_or_column_is_said(tmp_path):
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        list(rows_of(tmp_path, {"d"}, ("doc_id",)))
    with TableWriter(tmp_path / "0.parquet", DOCUMENTS) as table:
        table.write({"doc_id": "d"})
    with pytest.raises(JiaozhuError, match="no column 'raw'"):
        list(rows_of(tmp_path, {"d"}, ("doc_id", "raw")))


def test_a_key_is_found_at_the_place_it_was_given_in_and_no_other_is():
    keys = [bytes([n]) * 8 + bytes([m]) * 8 for n in (7, 3, 200) for m in (1, 0, 255)]
    held = Keys([*keys, keys[0]])
    assert [held.find(key) for key in keys] == list(range(9))
    assert held.find(bytes([7]) * 8 + bytes([2]) * 8) == held.find(bytes(16)) == held.find(b"\xff" * 16) == -1
    assert Keys([]).find(bytes(16)) == -1


@given(sizes=st.lists(st.integers(0, 12), max_size=8), as_tables=st.lists(st.booleans(), min_size=8, max_size=8))
@settings(max_examples=30, deadline=None)
def test_the_same_rows_give_the_same_bytes_whether_they_come_as_tables_or_one_by_one(
    tmp_path_factory, sizes, as_tables
):
    folder = tmp_path_factory.mktemp("same")
    rows = [ROWS[number % len(ROWS)] for number in range(sum(sizes))]
    with TableWriter(folder / "mixed.parquet", SCHEMA, 10) as table:
        start = 0
        for size, as_table in zip(sizes, as_tables, strict=False):
            part = rows[start : start + size]
            if as_table:
                table.add(pa.Table.from_pylist(part, schema=SCHEMA))
            else:
                for row in part:
                    table.write(row)
            start += size
    assert table.count == len(rows)
    assert (folder / "mixed.parquet").read_bytes() == write(folder / "rows.parquet", rows).read_bytes()


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), data=st.data())
@settings(max_examples=30, deadline=None)
def test_rows_of_a_mapped_file_are_taken_from_any_place_in_any_order(tmp_path_factory, sizes, data):
    path = tmp_path_factory.mktemp("mapped") / "rows.arrow"
    rows = [ROWS[number % len(ROWS)] for number in range(sum(sizes))]
    with pa.ipc.new_file(str(path), SCHEMA) as file:
        start = 0
        for size in sizes:
            file.write_table(pa.Table.from_pylist(rows[start : start + size], schema=SCHEMA))
            start += size
    places = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=20))
    with RowFile(path) as mapped:
        for _ in range(2):
            assert mapped.take(np.array(places, np.int64)).to_pylist() == [rows[place] for place in places]
