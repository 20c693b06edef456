"""Files in, pages out: text, HTML, JSON lines, Parquet and web archives, decoded whatever encoding they claim to be in.

Formats, by suffix: text (`.txt`, `.md`, none), HTML (`.html`, `.htm`, …), JSON lines (`.jsonl`, `.ndjson`: `text` or
`html`, and `url`), all of them also `.gz` and `.zst`; `.parquet` with the same columns; `.warc`, `.wet`, likewise. A
folder is walked in the order of its names, one file at a time. What cannot be read, or is larger than `LARGEST_PAGE`,
comes out as a `Rejected` with its reason, never as an exception, and no page takes more memory than a few times that;
only a path the user named that is not there is the user's mistake.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from charset_normalizer import from_bytes

from corpus.errors import JiaozhuError
from corpus.records import Page, Rejected, doc_id_of

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ""})
JSON_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
ARCHIVE_SUFFIXES = frozenset({".warc", ".wet"})
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
LARGEST_PAGE = 50_000_000  # bytes, decompressed; also of one record

_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body)\b", re.I | re.S)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_-]{2,20})""", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
# What pages declare is often a subset of what they use.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHINESE = ("gb18030", "big5hkscs")
# A fifth of the characters of any Chinese text, in either script; in Chinese read in the wrong encoding hardly one.
_FREQUENT = re.compile(
    "[的一是不了在有人我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之年过過发發后後作里用道行所然家]"
)
_CHINESE_SHARE = 0.05
_SNIFF_BYTES = 20_000
_ROWS = 16  # of a Parquet file held at a time


def read_pages(paths: Iterable[Path]) -> Iterator[Page | Rejected]:
    """Every page of the files and folders, in the order given and, inside folders, of their names.

    Raises:
        JiaozhuError: a path does not exist; at once, before the first page is asked for.
    """
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise JiaozhuError(f"{path}: no such file or folder; name the pages to read")
    return _read_all(paths)


def _read_all(paths: Iterable[Path]) -> Iterator[Page | Rejected]:
    for path in paths:
        base = path if path.is_dir() else path.parent
        for file in files_below(path):
            yield from _read_file(file, file.relative_to(base).as_posix())


def files_below(path: Path) -> Iterator[Path]:
    """Files below `path`, by name, hidden ones left out; one folder's names are held at a time.

    Links to folders are not followed: they may lead back. A folder that cannot be listed is given itself.
    """
    if not path.is_dir():
        yield path
        return
    try:
        with os.scandir(path) as entries:
            names = sorted(
                e.name for e in entries if not e.name.startswith(".") and not (e.is_symlink() and e.is_dir())
            )
    except OSError:
        yield path
        return
    for name in names:
        yield from files_below(path / name)


def _read_file(file: Path, source: str) -> Iterator[Page | Rejected]:
    """The pages of one file; what breaks its format ends it with one `Rejected`."""
    suffixes = [suffix.lower() for suffix in file.suffixes[-2:]]
    suffix = suffixes[-1] if suffixes else ""
    compression = COMPRESSIONS.get(suffix)
    if compression:
        suffix = suffixes[-2] if len(suffixes) > 1 else "?"
    try:
        if not file.is_file():
            yield _rejected(source, "unreadable", "a folder that cannot be listed, or no regular file")
        elif suffix in ARCHIVE_SUFFIXES:
            yield from _read_archive(file, source, "zstd" if compression == "zstd" else None)  # warcio unpacks gzip
        elif suffix == ".parquet" and not compression:
            yield from _read_parquet(file, source)
        elif suffix in JSON_LINES_SUFFIXES:
            with _open(file, compression) as stream:
                yield from _read_json_lines(stream, source)
        elif suffix in TEXT_SUFFIXES | HTML_SUFFIXES:
            yield _read_single(file, source, compression, suffix in HTML_SUFFIXES)
        else:
            yield _rejected(source, "unknown_format", f"no reader for {''.join(suffixes) or suffix} files")
    except OSError as error:  # Arrow's errors of broken compression are of this kind
        reason = "broken_compression" if compression else "unreadable"
        yield _rejected(source, reason, (error.strerror or str(error) or type(error).__name__).splitlines()[0])


def _rejected(source: str, reason: str, detail: str, content: bytes | None = None) -> Rejected:
    """Named by its bytes; by its source where it was not read."""
    return Rejected(
        doc_id_of(source.encode("utf-8", "surrogateescape") if content is None else content), source, reason, detail
    )


def _too_large(source: str) -> Rejected:
    return _rejected(source, "too_large", f"more than {LARGEST_PAGE} bytes, decompressed")


def _open(file: Path, compression: str | None) -> IO[bytes]:
    if compression is None:
        return file.open("rb")
    return io.BufferedReader(pa.input_stream(str(file), compression=compression), 1 << 16)


def _read_single(file: Path, source: str, compression: str | None, is_html: bool) -> Page | Rejected:
    if compression is None and file.stat().st_size > LARGEST_PAGE:
        return _too_large(source)
    with _open(file, compression) as stream:
        content = _read_at_most(stream, LARGEST_PAGE + 1)
    return _too_large(source) if len(content) > LARGEST_PAGE else _read_page(content, source, is_html)


def _read_page(
    content: bytes, source: str, is_html: bool, url: str | None = None, declared: str | None = None
) -> Page | Rejected:
    if not content.strip():
        return _rejected(source, "empty", f"{len(content)} bytes, nothing but white space", content)
    decoded = decode(content, declared)
    if decoded is None:
        return _rejected(source, "binary", f"{len(content)} bytes that are no text in any encoding we know", content)
    raw, encoding = decoded
    is_html = is_html or bool(_LOOKS_LIKE_HTML.match(raw, 0, 2_000))
    return Page(doc_id_of(content), source, encoding, raw, url=_clean(url), is_html=is_html)


def _clean(text: str | None) -> str | None:
    """Lone surrogates have no UTF-8; they become replacement characters."""
    return text if text is None else _SURROGATES.sub("\ufffd", text)


def _read_json_lines(stream: IO[bytes], source: str) -> Iterator[Page | Rejected]:
    number = 0
    while line := stream.readline(LARGEST_PAGE + 1):
        number += 1
        if len(line) > LARGEST_PAGE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            yield _too_large(f"{source}#{number}")
        elif line.strip():
            yield _read_json(line, f"{source}#{number}")


def _read_json(line: bytes, source: str) -> Page | Rejected:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _rejected(source, "broken_json", str(error), line)
    return _read_record(record if isinstance(record, dict) else {}, source, line)


def _read_record(record: Mapping[str, Any], source: str, content: bytes) -> Page | Rejected:
    """One record with `text` (or `html`) and, if known, `url`. `content`: what names it if it holds no page."""
    text, html, url = record.get("text"), record.get("html"), record.get("url")
    if not isinstance(text, str) and not isinstance(html, str):
        return _rejected(source, "no_text", "the record has no string under text or html", content)
    raw = _clean(text if isinstance(text, str) else html) or ""
    if not raw.strip():
        return _rejected(source, "empty", "its text is nothing but white space", raw.encode())
    is_html = not isinstance(text, str) or bool(_LOOKS_LIKE_HTML.match(raw, 0, 2_000))
    return Page(doc_id_of(raw.encode()), source, "utf-8", raw, _clean(url) if isinstance(url, str) else None, is_html)


def _read_parquet(file: Path, source: str) -> Iterator[Page | Rejected]:
    """The rows of a Parquet file with a column `text` or `html` and, if known, `url`."""
    number = 0
    try:
        with pq.ParquetFile(file) as table:
            columns = [name for name in ("text", "html", "url") if name in table.schema_arrow.names]
            if not {"text", "html"} & set(columns):
                yield _rejected(source, "no_text", "the file has no column text or html")
                return
            for batch in table.iter_batches(_ROWS, columns=columns):
                arrays = [_plain(batch.column(name)) for name in columns]
                for row in range(batch.num_rows):
                    number += 1
                    where = f"{source}#{number}"
                    values = [array[row] for array in arrays]
                    if any(_bytes_of(value) > LARGEST_PAGE for value in values):
                        yield _too_large(where)
                        continue
                    record = {name: _as_text(value) for name, value in zip(columns, values, strict=True)}
                    yield _read_record(record, where, where.encode("utf-8", "surrogateescape"))
    except (pa.ArrowException, OSError, ValueError) as error:
        yield _rejected(f"{source}#{number + 1}", "broken_parquet", str(error).splitlines()[0] if str(error) else "")


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array


def _bytes_of(value: pa.Scalar) -> int:
    buffer = value.as_buffer() if hasattr(value, "as_buffer") else None
    return 0 if buffer is None else buffer.size


def _as_text(value: pa.Scalar) -> str | None:
    """A string, or bytes in any encoding; None for anything else."""
    buffer = value.as_buffer() if hasattr(value, "as_buffer") else None
    if buffer is None:
        return None
    decoded = decode(buffer.to_pybytes())
    return decoded[0] if decoded else None


def _read_archive(file: Path, source: str, compression: str | None) -> Iterator[Page | Rejected]:
    """The pages of a web archive: HTML and text of its responses and resources, and its extracted texts (WET)."""
    from warcio.archiveiterator import ArchiveIterator

    number = 0
    try:
        with _open(file, compression) as stream:
            for record in ArchiveIterator(stream):
                number += 1
                if record.rec_type in ("response", "resource", "conversion"):
                    yield _read_archived(record, f"{source}#{number}")
    except Exception as error:  # whatever hostile bytes make of the archive's parser
        detail = f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]
        yield _rejected(f"{source}#{number + 1}", "broken_archive", detail[:200])


def _read_archived(record: ArcWarcRecord, source: str) -> Page | Rejected:
    url = record.rec_headers.get_header("WARC-Target-URI")
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    kind = (headers and headers.get_header("Content-Type")) or ""
    if record.rec_type == "response" and record.http_headers:
        status = record.http_headers.get_statuscode()
        if status != "200":
            return _rejected(source, "http_status", f"the server answered {status[:20]}")
    if not re.match(r"text/(?:html|plain)|application/xhtml|$", kind, re.I):
        return _rejected(source, "not_text", f"a record of {kind[:80]}")
    content = _read_at_most(record.content_stream(), LARGEST_PAGE + 1)
    if len(content) > LARGEST_PAGE:
        return _too_large(source)
    charset = _HEADER_CHARSET.search(kind)
    return _read_page(content, source, "html" in kind.lower(), url, charset[1] if charset else None)


def _read_at_most(stream: IO[bytes], size: int) -> bytes:
    """In pieces: a reader of an archive may give less than it is asked for before its end, and a file's reader
    makes room for all it is asked for.
    """
    pieces: list[bytes] = []
    left = size
    while left > 0 and (piece := stream.read(min(left, 1 << 16))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def decode(content: bytes, declared: str | None = None) -> tuple[str, str] | None:
    """The text of the bytes and the encoding that gave it; None where they are no text.

    Order: byte order mark, strict UTF-8, what the page (or `declared`, from outside the page) says and the Chinese
    encodings, whichever reads as Chinese, what charset-normalizer makes of it, and one with replacement characters
    where a few bytes are broken.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _text_or_none(content.decode(encoding, "replace"), encoding)
    if wide := _wide_encoding(content[:_SNIFF_BYTES]):
        return _text_or_none(content.decode(wide, "replace"), wide)
    try:
        return _text_or_none(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    in_page = _META_CHARSET.search(content, 0, 4_096)
    names = [_encoding(name) for name in (in_page and in_page[1].decode("ascii"), declared) if name]
    candidates = [name for name in dict.fromkeys([*names, *_CHINESE]) if name]
    texts = {name: text for name in candidates if (text := _strictly(content, name)) is not None}
    chinese = {name: _chinese_share(text) for name, text in texts.items()}
    best = max(chinese, key=chinese.__getitem__, default=None)
    if best and chinese[best] >= _CHINESE_SHARE:
        return _text_or_none(texts[best], best)
    for name in names:
        if name in texts:
            return _text_or_none(texts[name], name)
    broken = [(content.decode(name, "replace"), name) for name in dict.fromkeys(["utf-8", *candidates])]
    text, name = max(broken, key=lambda item: _chinese_share(item[0]) - item[0].count("\ufffd") / len(item[0]))
    if _chinese_share(text) >= _CHINESE_SHARE and text.count("\ufffd") * 10 <= len(text):
        return _text_or_none(text, name)
    guess = from_bytes(content[:_SNIFF_BYTES]).best()
    if guess and (known := _encoding(guess.encoding)) and (decoded := _strictly(content, known)) is not None:
        return _text_or_none(decoded, known)
    return None if text.count("\ufffd") * 10 > len(text) else _text_or_none(text, name)


def _encoding(name: str) -> str | None:
    """Python's name of an encoding that pages use, or None; Python knows others, such as punycode, that none does."""
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if re.match(r"gb18030|hz|big5|cp\d|iso8859|iso2022|euc|shift_jis|koi8|johab", name) else None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeError:
        return None


def _chinese_share(text: str) -> float:
    """The share of very frequent characters among the first Han characters; about 0.2 in Chinese."""
    head = text[:_SNIFF_BYTES]
    return len(_FREQUENT.findall(head)) / max(1, len(_HAN.findall(head)))


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of its markup is NUL, always on the same side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 < len(head) or min(even, odd) * 20 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _text_or_none(text: str, encoding: str) -> tuple[str, str] | None:
    """A text has hardly any control characters; compressed or compiled bytes have many."""
    head = text[:_SNIFF_BYTES]
    return None if len(_CONTROLS.findall(head)) * 50 > len(head) else (_SURROGATES.sub("\ufffd", text), encoding)
