"""Any bytes give a page that encodes to UTF-8, or a rejection with its reason: no exception, no memory without end."""

import gzip
import io
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus import reading
from corpus.errors import JiaozhuError
from corpus.reading import decode, read_pages
from corpus.records import Page, Rejected, doc_id_of

TEXT = "近日，项目在高新区开工建设，这是今年以来的第三个大项目，我们的企业家说，有了它，产业链就完整了。\n"
TRADITIONAL = "近日，項目在高新區開工建設，這是今年以來的第三個大項目，我們的企業家說，有了它，產業鏈就完整了。\n"
HTML = "<!DOCTYPE html><html><head><meta charset={}></head><body><p>" + TEXT + "</p></body></html>"


def only(path: Path) -> Page | Rejected:
    (page,) = read_pages([path])
    return page


def written(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def compressed(content: bytes, suffix: str) -> bytes:
    return gzip.compress(content) if suffix == ".gz" else pa.compress(content, "zstd", asbytes=True)


# --- encodings


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        (TEXT.encode(), "utf-8", TEXT),
        (TEXT.encode("utf-8-sig"), "utf-8-sig", TEXT),
        (TEXT.encode("utf-16"), "utf-16", TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16", TEXT),
        (HTML.encode("utf-16-le"), "utf-16-le", HTML),
        (HTML.encode("utf-16-be"), "utf-16-be", HTML),
        (TEXT.encode("gb18030"), "gb18030", TEXT),
        (TEXT.encode("gbk"), "gb18030", TEXT),
        ((TEXT + "喆𠮷").encode("gb18030"), "gb18030", TEXT + "喆𠮷"),
        (TRADITIONAL.encode("big5"), "big5hkscs", TRADITIONAL),
        (HTML.format("gb2312").encode("gb18030"), "gb18030", HTML.format("gb2312")),
        (HTML.format("gb2312").encode(), "utf-8", HTML.format("gb2312")),
        (HTML.format("utf-8").encode("gb18030"), "gb18030", HTML.format("utf-8")),
        (HTML.format("big5").encode("gb18030"), "gb18030", HTML.format("big5")),
        (HTML.format("iso-8859-1").encode("gb18030"), "gb18030", HTML.format("iso-8859-1")),
        (HTML.format("punycode").encode("gb18030"), "gb18030", HTML.format("punycode")),
        (HTML.format("no-such-thing").encode("gb18030"), "gb18030", HTML.format("no-such-thing")),
        (
            b"<meta charset=gb2312>" + TRADITIONAL.encode("big5"),
            "big5hkscs",
            "<meta charset=gb2312>" + TRADITIONAL,
        ),
        (
            "<meta charset=windows-1252>Café déjà vu".encode("cp1252"),
            "cp1252",
            "<meta charset=windows-1252>Café déjà vu",
        ),
        (
            "<meta charset=shift_jis>東京都で開催された".encode("shift_jis"),
            "shift_jis",
            "<meta charset=shift_jis>東京都で開催された",
        ),
    ],
)
def test_the_text_is_right_whatever_the_page_declares(content, encoding, text):
    assert decode(content) == (text, encoding)


def test_an_encoding_from_outside_the_page_is_believed_where_it_reads():
    assert decode("東京都で開催された発表会".encode("euc_jp"), "euc-jp") == ("東京都で開催された発表会", "euc_jp")
    assert decode(TEXT.encode("gb18030"), "big5") == (TEXT, "gb18030")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_broken_bytes_become_replacement_characters(encoding):
    content = (TEXT * 5).encode(encoding)
    text, found = decode(content[:100] + b"\xff\xff" + content[100:] + b"\xe4")
    assert found == encoding
    assert "\ufffd" in text
    assert text.count("高新区") >= 4


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        gzip.compress(TEXT.encode() * 50),
        b"\x7fELF" + bytes(500),
    ],
)
def test_bytes_that_are_no_text_are_binary(tmp_path, content):
    page = only(written(tmp_path, "page.txt", content))
    assert isinstance(page, Rejected)
    assert page.reason == "binary"
    assert page.doc_id == doc_id_of(content)


@pytest.mark.parametrize("content", [b"", b" \n\t \r\n"])
def test_nothing_but_white_space_is_empty(tmp_path, content):
    assert only(written(tmp_path, "page.txt", content)).reason == "empty"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"<meta charset=utf-7>", b"<meta charset=hz>", b"\xd5\xe2"]),
)
def test_any_bytes_give_a_page_that_encodes_or_a_rejection(tmp_path, content, prefix):
    for name in ("a.txt", "a.html", "a.jsonl"):
        for page in read_pages([written(tmp_path, name, prefix + content)]):
            if isinstance(page, Page):
                page.raw.encode("utf-8")
                assert page.doc_id == doc_id_of(prefix + content) or name == "a.jsonl"
            else:
                assert page.reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"(\xb5/\xfd", b"PAR1", b"HTTP/1.1 200 OK\r\n"]),
)
def test_any_bytes_in_an_archive_end_in_pages_or_a_rejection(tmp_path, content, prefix):
    for name in (
        "a.warc",
        "a.warc.gz",
        "a.wet",
        "a.parquet",
        "a.jsonl.gz",
        "a.jsonl.zst",
        "a.txt.gz",
        "a.html.zst",
        "a.warc.zst",
    ):
        for page in read_pages([written(tmp_path, name, prefix + content)]):
            assert isinstance(page, Page) or page.reason


# --- folders


def test_a_folder_is_read_in_the_order_of_its_names_with_its_folders(tmp_path):
    for name in ("b.txt", "a/2.txt", "a/1.txt", "c.html", ".hidden.txt", "a/.git/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT, "utf-8")
    assert [page.source for page in read_pages([tmp_path])] == ["a/1.txt", "a/2.txt", "b.txt", "c.html"]


def test_a_folder_of_very_many_files_takes_the_memory_of_their_names_once(tmp_path):
    files = 3_000
    # pathlib enters names into Python's own table of strings, which may double meanwhile: here they are in it before.
    names = [sys.intern(f"page-{number:07}.txt") for number in range(files)]
    for name in names:
        (tmp_path / name).touch()
    only(tmp_path / "page-0000000.txt")  # what is imported and cached at the first page
    tracemalloc.start()
    count = sum(1 for _ in read_pages([tmp_path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == files
    assert peak < files * 400  # bytes; a name of sixteen characters takes 73 with its place in the list


def test_a_link_back_to_its_folder_is_not_followed(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [page.source for page in read_pages([tmp_path])] == ["a.txt"]


def test_a_path_that_is_not_there_is_named_before_anything_is_read(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with pytest.raises(JiaozhuError, match="no-such-folder: no such file or folder"):
        read_pages([tmp_path / "a.txt", tmp_path / "no-such-folder"])


@pytest.mark.parametrize("name", ["a.pdf", "a.gz", "a.docx.gz", "a.parquet.gz"])
def test_a_suffix_without_a_reader_is_rejected_by_name(tmp_path, name):
    page = only(written(tmp_path, name, TEXT.encode()))
    assert page.reason == "unknown_format"
    assert name[1:] in page.detail or page.detail == "no reader for .gz files"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_rejected_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert only(tmp_path / "pipe.txt").reason == "unreadable"


def test_html_is_known_by_its_suffix_or_its_first_tag(tmp_path):
    assert only(written(tmp_path, "a.htm", TEXT.encode())).is_html
    assert only(written(tmp_path, "a.txt", HTML.encode())).is_html
    assert not only(written(tmp_path, "b.txt", TEXT.encode())).is_html


# --- records


def test_json_lines_hold_text_or_html_and_a_url(tmp_path):
    rows = [
        {"text": TEXT, "url": "http://example.org/1"},
        {"html": "<p>" + TEXT},
        {"text": None, "html": TEXT, "url": 3},
    ]
    path = written(tmp_path, "a.jsonl", "\n\n".join(json.dumps(row) for row in rows).encode())
    pages = list(read_pages([path]))
    assert [(page.source, page.raw, page.url, page.is_html) for page in pages] == [
        ("a.jsonl#1", TEXT, "http://example.org/1", False),
        ("a.jsonl#3", "<p>" + TEXT, None, True),
        ("a.jsonl#5", TEXT, None, True),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b'{"text": "', "broken_json"),
        (b"[" * 100_000, "broken_json"),
        (b"\xff\xfe\xfd", "broken_json"),
        (b"1" * 10_000, "broken_json"),
        (b'{"title": "x"}', "no_text"),
        (b'["text"]', "no_text"),
        (b'{"text": 3}', "no_text"),
        (b'{"text": " \\n"}', "empty"),
    ],
)
def test_a_broken_record_is_rejected_and_the_next_one_read(tmp_path, row, reason):
    path = written(tmp_path, "a.jsonl", row + b"\n" + json.dumps({"text": TEXT}).encode())
    broken, page = read_pages([path])
    assert (broken.source, broken.reason) == ("a.jsonl#1", reason)
    assert page.raw == TEXT


def test_lone_surrogates_become_replacement_characters(tmp_path):
    page = only(written(tmp_path, "a.jsonl", b'{"text": "a\\ud800b", "url": "http://x/\\udfff"}'))
    assert (page.raw, page.url) == ("a\ufffdb", "http://x/\ufffd")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_files_read_as_the_plain_ones(tmp_path, suffix):
    line = json.dumps({"text": TEXT}).encode() + b"\n"
    for name, content in (("a.jsonl", line * 3), ("a.html", HTML.encode()), ("a.txt", TEXT.encode("gb18030"))):
        plain = list(read_pages([written(tmp_path, name, content)]))
        packed = list(read_pages([written(tmp_path, name + suffix, compressed(content, suffix))]))
        assert [(p.doc_id, p.raw, p.is_html) for p in packed] == [(p.doc_id, p.raw, p.is_html) for p in plain]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_broken_end_keeps_what_was_read_before_it(tmp_path, suffix):
    rows = [{"text": TEXT + os.urandom(3_000).hex()} for _ in range(200)]
    content = compressed("\n".join(json.dumps(row) for row in rows).encode(), suffix)
    pages = list(read_pages([written(tmp_path, "a.jsonl" + suffix, content[: len(content) * 2 // 3])]))
    assert isinstance(pages[0], Page)
    assert isinstance(pages[-1], Rejected)
    assert pages[-1].reason in ("broken_compression", "broken_json")


def test_several_gzip_members_are_one_file(tmp_path):
    line = json.dumps({"text": TEXT}).encode() + b"\n"
    assert len(list(read_pages([written(tmp_path, "a.jsonl.gz", gzip.compress(line) + gzip.compress(line))]))) == 2


# --- Parquet


def test_parquet_rows_are_pages(tmp_path):
    table = pa.table({"url": ["http://x/1", None, None], "text": [TEXT, None, " "], "other": [1, 2, 3]})
    pq.write_table(table, tmp_path / "a.parquet")
    page, missing, empty = read_pages([tmp_path])
    assert (page.raw, page.url, page.source, page.doc_id) == (
        TEXT,
        "http://x/1",
        "a.parquet#1",
        doc_id_of(TEXT.encode()),
    )
    assert (missing.reason, empty.reason) == ("no_text", "empty")


def test_parquet_html_may_be_bytes_in_any_encoding(tmp_path):
    html = HTML.format("gb2312")
    pq.write_table(pa.table({"html": pa.array([html.encode("gb18030")], pa.binary())}), tmp_path / "a.parquet")
    page = only(tmp_path / "a.parquet")
    assert (page.raw, page.is_html) == (html, True)


@pytest.mark.parametrize(
    "type_", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_parquet_strings_of_every_kind_are_read(tmp_path, type_):
    pq.write_table(pa.table({"text": pa.array([TEXT], pa.string()).cast(type_)}), tmp_path / "a.parquet")
    assert only(tmp_path / "a.parquet").raw == TEXT


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "broken_parquet"), (b"PAR1" + bytes(100) + b"PAR1", "broken_parquet")]
)
def test_a_broken_parquet_file_is_rejected(tmp_path, content, reason):
    assert only(written(tmp_path, "a.parquet", content)).reason == reason


def test_a_parquet_file_without_text_is_rejected(tmp_path):
    pq.write_table(pa.table({"body": [TEXT]}), tmp_path / "a.parquet")
    assert only(tmp_path / "a.parquet").reason == "no_text"


# --- web archives


def archive(*records, gzip=True):
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=gzip)
    for kind, url, payload, status, headers in records:
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1") if kind == "response" else None
        content_type = None if http else dict(headers).get("Content-Type")
        writer.write_record(
            writer.create_warc_record(
                url, kind, payload=io.BytesIO(payload), http_headers=http, warc_content_type=content_type or ""
            )
        )
    return sink.getvalue()


ARCHIVE = (
    ("warcinfo", None, b"software: x\r\n", "", []),
    ("response", "http://x/1", HTML.encode("gb18030"), "200 OK", [("Content-Type", "text/html; charset=gbk")]),
    ("response", "http://x/2", b"gone", "404 Not Found", [("Content-Type", "text/html")]),
    ("response", "http://x/3", b"\x89PNG", "200 OK", [("Content-Type", "image/png")]),
    ("request", "http://x/1", b"GET / HTTP/1.1\r\n\r\n", "", []),
    ("conversion", "http://x/4", TEXT.encode(), "", [("Content-Type", "text/plain")]),
    (
        "response",
        "http://x/5",
        gzip.compress(HTML.encode()),
        "200 OK",
        [("Content-Type", "text/html"), ("Content-Encoding", "gzip")],
    ),
)


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc", "a.warc.wet.gz"])
def test_an_archives_pages_are_read_with_their_address(tmp_path, name):
    pages = list(read_pages([written(tmp_path, name, archive(*ARCHIVE, gzip=name.endswith("gz")))]))
    read = [(page.source, page.url, page.raw, page.is_html) for page in pages if isinstance(page, Page)]
    assert read == [
        (f"{name}#2", "http://x/1", HTML, True),
        (f"{name}#6", "http://x/4", TEXT, False),
        (f"{name}#7", "http://x/5", HTML, True),
    ]
    assert [page.reason for page in pages if isinstance(page, Rejected)] == ["http_status", "not_text"]


def frames(*records):
    """A record a frame, as the format wants it, with a skippable frame in front, where a dictionary may stand."""
    skipped = b"\x5d\x2a\x4d\x18\x04\x00\x00\x00none"
    return skipped + b"".join(compressed(archive(record, gzip=False), ".zst") for record in records)


@pytest.mark.parametrize("content", [frames(*ARCHIVE), compressed(archive(*ARCHIVE, gzip=False), ".zst")])
def test_an_archive_in_zstandard_is_read_like_any_other(tmp_path, content):
    pages = list(read_pages([written(tmp_path, "a.warc.zst", content)]))
    read = [(page.source, page.url, page.raw) for page in pages if isinstance(page, Page)]
    assert read == [
        ("a.warc.zst#2", "http://x/1", HTML),
        ("a.warc.zst#6", "http://x/4", TEXT),
        ("a.warc.zst#7", "http://x/5", HTML),
    ]


def test_a_page_has_the_same_name_in_an_archive_and_in_a_file(tmp_path):
    in_archive = only(written(tmp_path, "a.warc", archive(ARCHIVE[1], gzip=False)))
    assert in_archive.doc_id == only(written(tmp_path, "a.html", HTML.encode("gb18030"))).doc_id


@pytest.mark.parametrize("content", [TEXT.encode(), archive(*ARCHIVE)[:-40], archive(*ARCHIVE, gzip=False)[:700]])
def test_a_broken_archive_ends_in_a_rejection(tmp_path, content):
    pages = list(read_pages([written(tmp_path, "a.warc", content)]))
    assert all(isinstance(page, Page) or page.reason for page in pages)
    assert len(pages) <= 6


def test_something_else_is_no_archive(tmp_path):
    assert only(written(tmp_path, "a.warc", TEXT.encode())).reason == "broken_archive"


# --- size


def test_what_is_too_large_is_rejected_and_the_rest_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_PAGE", 1_000)
    large = TEXT * 100
    row, large_row = json.dumps({"text": TEXT}).encode(), json.dumps({"text": large}).encode()
    lines = b"\n".join([large_row, row, large_row, row])
    written(tmp_path, "1.txt", large.encode())
    written(tmp_path, "2.html.gz", gzip.compress(large.encode()))
    written(tmp_path, "3.jsonl", lines)
    written(tmp_path, "4.jsonl.gz", gzip.compress(lines))
    pq.write_table(pa.table({"text": [large, TEXT]}), tmp_path / "5.parquet")
    records = [
        (kind, url, large.encode() if "1" in url else payload, *rest)
        for kind, url, payload, *rest in (ARCHIVE[1], ARCHIVE[5])
    ]
    written(tmp_path, "6.warc.gz", archive(*records))
    found = [(page.source, getattr(page, "reason", None)) for page in read_pages([tmp_path])]
    assert found == [
        ("1.txt", "too_large"),
        ("2.html.gz", "too_large"),
        ("3.jsonl#1", "too_large"),
        ("3.jsonl#2", None),
        ("3.jsonl#3", "too_large"),
        ("3.jsonl#4", None),
        ("4.jsonl.gz#1", "too_large"),
        ("4.jsonl.gz#2", None),
        ("4.jsonl.gz#3", "too_large"),
        ("4.jsonl.gz#4", None),
        ("5.parquet#1", "too_large"),
        ("5.parquet#2", None),
        ("6.warc.gz#1", "too_large"),
        ("6.warc.gz#2", None),
    ]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz", "a.warc.gz", "a.html.zst", "a.warc.zst"])
def test_a_decompression_bomb_takes_little_memory(tmp_path, monkeypatch, name):
    monkeypatch.setattr(reading, "LARGEST_PAGE", 1_000_000)
    spaces = b" " * 100_000_000
    is_archive = ".warc" in name
    content = archive((*ARCHIVE[1][:2], spaces, *ARCHIVE[1][3:]), gzip=False) if is_archive else spaces
    content = gzip.compress(content, 1) if name.endswith(".gz") else compressed(content, ".zst")
    del spaces
    path = written(tmp_path, name, content)
    tracemalloc.start()
    pages = list(read_pages([path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [page.reason for page in pages] == ["too_large"]
    # warcio unpacks 16 kB at a time, which a bomb turns into 16 MB, and copies them.
    assert peak < (80_000_000 if is_archive else 10_000_000)
