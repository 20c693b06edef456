"""Files in, pages out: text, HTML and JSON lines, decoded whatever encoding they are in or claim to be in.

A folder is walked in the order of its names, one file at a time. What cannot be read comes out as a `Rejected` with its
reason, never as an exception; only a path the user named that is not there is the user's mistake.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from corpus.errors import JiaozhuError
from corpus.records import Page, Rejected, doc_id_of

HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ""})
JSON_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})

_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body)\b", re.I | re.S)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# What pages declare is often a subset of what they use.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SNIFF_BYTES = 20_000


def read_pages(paths: Iterable[Path]) -> Iterator[Page | Rejected]:
    """Every page of the files and folders, in the order given and, inside folders, of their names.

    Raises:
        JiaozhuError: a path does not exist.
    """
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise JiaozhuError(f"{path}: no such file or folder; name the pages to read")
    for path in paths:
        base = path if path.is_dir() else path.parent
        for file in _walk(path):
            yield from _read_file(file, file.relative_to(base).as_posix())


def _walk(path: Path) -> Iterator[Path]:
    """Files below `path`, by name, hidden ones left out; one folder's names are held at a time."""
    if not path.is_dir():
        yield path
        return
    with os.scandir(path) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    for name in names:
        yield from _walk(path / name)


def _read_file(file: Path, source: str) -> Iterator[Page | Rejected]:
    suffix = file.suffix.lower()
    known = HTML_SUFFIXES | TEXT_SUFFIXES | JSON_LINES_SUFFIXES
    if suffix not in known:
        yield Rejected(doc_id_of(source.encode()), source, "unknown_format", f"no reader for {suffix} files")
        return
    try:
        if suffix in JSON_LINES_SUFFIXES:
            with file.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield _read_record(line, f"{source}#{number}")
            return
        content = file.read_bytes()
    except OSError as error:
        yield Rejected(doc_id_of(source.encode()), source, "unreadable", error.strerror or type(error).__name__)
        return
    yield _read_page(content, source, suffix in HTML_SUFFIXES)


def _read_page(content: bytes, source: str, is_html: bool) -> Page | Rejected:
    doc_id = doc_id_of(content)
    if not content.strip():
        return Rejected(doc_id, source, "empty", f"{len(content)} bytes, nothing but white space")
    decoded = decode(content)
    if decoded is None:
        return Rejected(doc_id, source, "binary", f"{len(content)} bytes that are no text in any encoding we know")
    raw, encoding = decoded
    return Page(doc_id, source, encoding, raw, is_html=is_html or bool(_LOOKS_LIKE_HTML.match(raw, 0, 2_000)))


def _read_record(line: bytes, source: str) -> Page | Rejected:
    """One line of JSON with `text` (or `html`) and, if known, `url`."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Rejected(doc_id_of(line), source, "broken_json", str(error))
    text = record.get("text", record.get("html")) if isinstance(record, dict) else None
    if not isinstance(text, str):
        return Rejected(doc_id_of(line), source, "no_text", "the record has no string under text or html")
    raw = _SURROGATES.sub("\ufffd", text)
    url = record.get("url")
    doc_id = doc_id_of(raw.encode())
    if not raw.strip():
        return Rejected(doc_id, source, "empty", "its text is nothing but white space")
    is_html = "text" not in record or bool(_LOOKS_LIKE_HTML.match(raw, 0, 2_000))
    return Page(doc_id, source, "utf-8", raw, url=url if isinstance(url, str) else None, is_html=is_html)


def decode(content: bytes) -> tuple[str, str] | None:
    """The text of the bytes and the encoding that gave it; None where they are no text.

    Order: byte order mark, strict UTF-8, what the page declares, what charset-normalizer makes of it, and UTF-8 or
    GB18030 with replacement characters where a few bytes are broken.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _text_or_none(content.decode(encoding, "replace"), encoding)
    try:
        return _text_or_none(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    declared = _META_CHARSET.search(content, 0, 4_096)
    if declared:
        name = declared[1].decode("ascii").lower()
        encoding = _SUPERSETS.get(name, name)
        try:
            if encoding not in ("utf-8", "utf8"):
                return _text_or_none(content.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    best = from_bytes(content[:_SNIFF_BYTES], cp_isolation=["gb18030", "big5hkscs", "utf_16_le", "utf_16_be"]).best()
    guesses = [best.encoding] if best else []
    for encoding in [*guesses, "gb18030", "big5hkscs"]:
        try:
            return _text_or_none(content.decode(encoding), encoding.replace("_", "-"))
        except UnicodeDecodeError:
            continue
    texts = [(content.decode(encoding, "replace"), encoding) for encoding in ("utf-8", "gb18030", "big5hkscs")]
    text, encoding = min(texts, key=lambda item: item[0].count("\ufffd"))
    return None if text.count("\ufffd") * 10 > len(text) else _text_or_none(text, encoding)


def _text_or_none(text: str, encoding: str) -> tuple[str, str] | None:
    """A text has hardly any control characters; compressed or compiled bytes have many."""
    return None if len(_CONTROLS.findall(text[:_SNIFF_BYTES])) * 50 > len(text[:_SNIFF_BYTES]) else (text, encoding)
