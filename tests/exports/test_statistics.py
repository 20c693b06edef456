"""What a Parquet file says of its own values is held against them: in each group of rows, and in each page."""

import re
import string

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import JiaozhuError
from exports.checks.statistics import read_groups
from exports.checks.thrift import Metadata, decode
from exports.rows import shards
from tests.exports.test_tampered import broken, built, forged  # noqa: F401 — fixtures

SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("number", pa.int64()),
        ("score", pa.float64()),
        ("words", pa.list_(pa.string())),
        ("items", pa.list_(pa.struct([("at", pa.int64()), ("what", pa.string())]))),
    ]
)
WORDS = st.text("é中𠮷" + string.ascii_letters, max_size=6)
ROW = st.fixed_dictionaries(
    {
        "name": st.none() | WORDS,
        "number": st.integers(-(2**63), 2**63 - 1),
        "score": st.none() | st.floats(allow_nan=False),
        "words": st.lists(WORDS, max_size=5),
        "items": st.lists(st.fixed_dictionaries({"at": st.integers(-9, 9), "what": st.none() | WORDS}), max_size=4),
    }
)


def write(path, rows, **options):
    given = {"data_page_size": 16, "write_batch_size": 2, "write_page_index": True, "row_group_size": 11} | options
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path, **given)
    return path


def complaints(path, rows=None, size=3, dictionary=("words.list.element",)):
    """What is wrong where the file's own rows, or others, are looked at as if they were read from it."""
    found = []
    with pq.ParquetFile(path, read_dictionary=list(dictionary)) as table:
        first = 0
        for number, group in enumerate(read_groups(path, SCHEMA)):
            if rows is None:
                batches = table.iter_batches(size, [number])
            else:
                some = rows[first : first + group.rows]
                batches = pa.Table.from_pylist(some, schema=SCHEMA).to_batches(size)
            first += group.rows
            for batch in batches:
                found += group.look(batch)
            found += group.finish()
    return found


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=40), st.integers(1, 12), st.booleans())
def test_what_a_sound_file_says_of_its_values_holds_in_batches_of_any_size(tmp_path_factory, rows, size, with_words):
    path = write(tmp_path_factory.mktemp("table") / "t.parquet", rows, use_dictionary=with_words)
    assert complaints(path, size=size, dictionary=["words.list.element"] if with_words else []) == []


ROWS = [
    {"name": f"n{n % 7}", "number": n, "score": n / 4, "words": ["b", "c"], "items": [{"at": n, "what": None}]}
    for n in range(22)
]


@pytest.mark.parametrize(
    ("row", "changes", "said"),
    [
        (3, {"name": "a"}, "name: page 1 in the index: says that no value is below b'n"),
        (3, {"name": "z"}, "says that no value is above"),
        (12, {"name": None}, "name: says that 0 values are missing; 1 are"),
        (5, {"number": 11}, "number: says that no value is above 10, but 11 is"),
        (20, {"score": -1.5}, "score: says that no value is below 2.75, but -1.5 is"),
        (0, {"words": ["b", "d"]}, "words: says that no value is above b'c', but b'd' is"),
        (0, {"words": ["b", "c", "c"]}, "words: says that it has 22 values; there are 23"),
        (0, {"words": []}, "words: says that 0 values are missing; 1 are"),
        (21, {"items": [{"at": 99, "what": None}]}, "items.at: says that no value is above 21, but 99 is"),
        (21, {"items": [{"at": 21, "what": "x"}]}, "items.what: says that 11 values are missing; 10 are"),
    ],
)
def test_a_value_that_the_file_does_not_allow_for_is_named_with_its_column(tmp_path, row, changes, said):
    path = write(tmp_path / "t.parquet", ROWS)
    rows = [one | changes if number == row else one for number, one in enumerate(ROWS)]
    assert complaints(path) == []
    assert any(said in one for one in complaints(path, rows)), complaints(path, rows)


def test_a_value_that_only_its_page_does_not_allow_for_is_found(tmp_path):
    path = write(tmp_path / "t.parquet", ROWS)
    rows = [one | {"number": 10} if number == 0 else one for number, one in enumerate(ROWS)]
    [*found] = complaints(path, rows)
    assert found
    assert all("number: page 0" in one for one in found)


def test_fewer_rows_than_the_file_says_are_found(tmp_path):
    path = write(tmp_path / "t.parquet", ROWS)
    assert "has 10 rows in a group of 11" in complaints(path, ROWS[:-1])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sorting_columns": [pq.SortingColumn(1)]}, "in which order its rows stand"),
        ({"bloom_filter_options": {"name": {"ndv": 10}}}, "has a Bloom filter"),
    ],
)
def test_claims_that_are_not_looked_at_are_not_let_pass(tmp_path, options, said):
    with pytest.raises(JiaozhuError, match=said):
        read_groups(write(tmp_path / "t.parquet", ROWS, **options), SCHEMA)


@pytest.mark.slow
def test_any_changed_byte_of_the_metadata_is_an_error_or_a_complaint_and_never_a_crash(tmp_path):
    path = write(tmp_path / "t.parquet", ROWS)
    whole = path.read_bytes()
    with Metadata(path) as metadata:
        chunks = [chunk for group in metadata.footer[4] for chunk in group[1]]
    begin = min(chunk[6] for chunk in chunks)  # the page index; the footer follows
    caught = 0
    for place in range(begin, len(whole) - 8, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x11]) + whole[place + 1 :])
        try:
            rows = complaints(path, ROWS)
        except (JiaozhuError, pa.ArrowException, OSError, KeyError):  # pyarrow's own, for a column it does not find
            rows = ["not read"]
        caught += bool(rows)
    assert caught > (len(whole) - begin) / 7 / 4  # the rest are sizes, encodings and names that say nothing of values


@given(st.binary(max_size=60))
def test_bytes_that_are_no_metadata_are_an_error_of_one_line(content):
    try:
        found = decode(content)
    except JiaozhuError as error:
        found = str(error)
    assert isinstance(found, dict) or found == "its metadata cannot be read"


def patch(path, pattern, by):
    """Change bytes of the metadata of a table, all sizes as they were."""
    old = path.read_bytes()
    new, count = re.subn(pattern, by, old, flags=re.S)
    assert count
    assert len(new) == len(old)
    path.write_bytes(new)


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (rb"(?<=\x28\x06)PERSON", b"PERSOA"),  # the greatest label of a group
        (rb"(?<=\x18\x06)PERSON", b"PERSOA"),  # and of a page
        (rb"(?<=\x36).(?=\x28\x06PERSON)", b"\x70"),  # how many are missing
    ],
)
def test_a_forger_who_lies_to_readers_that_skip_is_found(forged, pattern, by):  # noqa: F811
    path = shards(forged.folder, "default", "train")[0]
    assert broken(forged.folder) == set()
    patch(path, pattern, by)
    assert broken(forged.folder) == {"statistics"}
