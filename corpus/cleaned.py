"""What cleaning makes of a page, whatever its name, its address and the other pages: a row for each, in batches.

In: the raw text, and whether it is HTML. Out: the article with its alignment and signature, or the reason why there is
none; the removed spans. Same page, same row: so corpus/kept.py takes rows over from the build before.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pyarrow as pa

from corpus.clean import CLEANER_VERSION, clean_page
from corpus.near_duplicates import signatures
from corpus.records import SCHEMAS, Document, Page, text_sha256
from corpus.rules.traditional import to_simplified

INPUT = pa.schema([("raw", pa.string()), ("is_html", pa.bool_())])
REMOVED = pa.struct([field for field in SCHEMAS["removed"] if field.name != "doc_id"])
# The columns of `documents` that hang on other pages, or on where the page came from.
_OTHERS = ("doc_id", "source", "url", "site", "cluster_id", "is_canonical")
DOCUMENT = [field for field in SCHEMAS["documents"] if field.name not in _OTHERS]
CLEANED = pa.schema(
    [
        *DOCUMENT,
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("removed", pa.list_(REMOVED)),
        ("signature", pa.binary()),
    ]
)


def fingerprint(raw: str, is_html: bool) -> bytes:
    """16 bytes that tell pages apart as the cleaner does."""
    return sha256((b"html\n" if is_html else b"text\n") + raw.encode("utf-8")).digest()[:16]


def clean_batch(pages: pa.Table, keep_traditional: bool = False) -> pa.Table:
    """A row of `CLEANED` for each row of `INPUT`."""
    rows = [_clean_row(row["raw"], row["is_html"], keep_traditional) for row in pages.to_pylist()]
    return signed(pa.Table.from_pylist(rows, schema=CLEANED))


def signed(rows: pa.Table) -> pa.Table:
    """The rows with the signature of each text, null where there is none."""
    texts, scripts = rows["text"].to_pylist(), rows["script"].to_pylist()
    # A copy in Traditional characters is a copy.
    found = [to_simplified(t) if s == "hant" else t for t, s in zip(texts, scripts, strict=True) if t is not None]
    made = iter(signatures(found).astype("<u4"))
    column = pa.array([None if text is None else next(made).tobytes() for text in texts], pa.binary())
    return rows.set_column(rows.schema.get_field_index("signature"), "signature", column)


def _clean_row(raw: str, is_html: bool, keep_traditional: bool) -> dict[str, Any]:
    result = clean_page(Page("", "", "", raw, is_html=is_html), keep_traditional=keep_traditional)
    removed = [{**span._asdict(), "text": raw[span.start : span.end]} for span in result.removed]
    if not isinstance(result, Document):
        return {"reason": result.reason, "detail": result.detail, "removed": removed}
    return {
        "title": result.title,
        "publisher": result.publisher,
        "author": result.author,
        "published_at": result.published_at,
        "text": result.text,
        "text_sha256": text_sha256(result.text),
        "script": result.script,
        "flags": list(result.flags),
        "quality": result.quality,
        "alignment": [run._asdict() for run in result.alignment],
        "cleaner_version": CLEANER_VERSION + ("+traditional" if keep_traditional else ""),
        "removed": removed,
    }
