"""The canonical hash of rows is what docs/exports.md says, however the rows are cut into tables."""

import struct
from hashlib import sha256

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from exports.hashes import RowHash

SCHEMA = pa.schema(
    [
        ("doc_id", pa.string()),
        ("text", pa.string()),
        ("number", pa.int64()),
        ("score", pa.float64()),
        ("tokens", pa.list_(pa.string())),
        ("entities", pa.list_(pa.struct([("start", pa.int64()), ("label", pa.string())]))),
    ]
)
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-70, 70)
STRINGS = st.none() | st.text(alphabet="甲a𠮷\n", max_size=5)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "doc_id": st.sampled_from(["0", "00", "9e", "a", "fe", "f", "", "Z"]),
            "text": STRINGS | st.just("长" * 60),
            "number": NUMBERS,
            "score": st.none() | st.floats(allow_nan=False),
            "tokens": st.none() | st.lists(STRINGS, max_size=3),
            "entities": st.none()
            | st.lists(st.none() | st.fixed_dictionaries({"start": NUMBERS, "label": STRINGS}), max_size=3),
        }
    ),
    max_size=6,
)


def varint(number):
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def by_the_book(rows):
    """The hash as a reader of the documentation would write it, a value at a time."""
    lines = []
    digits = "0123456789abcdef"
    for digit in digits:
        own = [row for row in rows if max(d for d in digits if d <= (row["doc_id"][:1] or "0")) == digit]
        lines += [f"{digit} {of_range(own)}\n"] if own else []
    return sha256("".join(lines).encode()).hexdigest()


def of_range(rows):
    streams = {}

    def walk(path, kind, values):
        streams[path, "nulls"] = b"".join(varint(place) for place, value in enumerate(values) if value is None)
        values = [value for value in values if value is not None]
        if pa.types.is_list(kind):
            streams[path, "lengths"] = b"".join(varint(len(value)) for value in values)
            walk(f"{path}[]", kind.value_type, [item for value in values for item in value])
        elif pa.types.is_struct(kind):
            for field in kind:
                walk(f"{path}.{field.name}", field.type, [value[field.name] for value in values])
        elif pa.types.is_string(kind):
            encoded = [value.encode() for value in values]
            streams[path, "lengths"] = b"".join(varint(len(value)) for value in encoded)
            streams[path, "bytes"] = b"".join(encoded)
        elif pa.types.is_floating(kind):
            streams[path, "values"] = b"".join(struct.pack("<d", value) for value in values)
        else:
            streams[path, "values"] = b"".join(varint(2 * value if value >= 0 else -2 * value - 1) for value in values)

    for field in SCHEMA:
        walk(field.name, field.type, [row[field.name] for row in rows])
    lines = sorted(f"{path} {name} {sha256(content).hexdigest()}\n" for (path, name), content in streams.items())
    return sha256("".join([f"rows {len(rows)}\n", *lines]).encode()).hexdigest()


def hashed(*tables):
    found = RowHash(SCHEMA)
    for table in tables:
        found.update(table)
    return found.hexdigest()


@given(ROWS)
def test_the_hash_is_the_one_of_the_documentation(rows):
    assert hashed(pa.Table.from_pylist(rows, schema=SCHEMA)) == by_the_book(rows)


@given(ROWS, st.integers(0, 6))
def test_where_the_rows_are_cut_into_tables_does_not_show(rows, cut):
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    pieces = table.slice(0, cut), table.slice(cut)
    assert hashed(table) == hashed(*pieces) == hashed(pa.concat_tables(pieces))


@given(ROWS, ROWS)
def test_other_rows_have_another_hash(rows, others):
    tables = [pa.Table.from_pylist(made, schema=SCHEMA) for made in (rows, others)]
    assert (hashed(tables[0]) == hashed(tables[1])) == (repr(rows) == repr(others))
