"""One page with everything the corpus knows of it, ready to be shown: to a terminal (show.py) or a browser (report.py).

In: a corpus's tables. Out: the page cut into segments, each kept or removed by a named rule, in texts that are safe to
show: pages are hostile, so control characters, escapes and marks that turn the direction become visible symbols.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import JiaozhuError
from corpus.spans import Removed, Run
from corpus.store import read_rows

Line = Literal["none", "solid", "dashed", "dotted", "double"]


class Look(NamedTuple):
    """How a rule's spans are shown: a family's tint and strong colour, and an underline for the rule in its family."""

    tint: str
    strong: str
    ansi: str  # for terminals that know sixteen colours only
    line: Line
    english: str
    chinese: str


# Families after Okabe and Ito (2008), "Color Universal Design": their eight colours are told apart by colour-blind
# readers; the tints are the same hues, light enough for dark text. The underline tells rules of a family apart.
_SOURCE, _CHROME = ("#e6e6e6", "#595959", "white"), ("#cfe8f7", "#0072b2", "bright_cyan")
_SPAM, _ABOUT = ("#f8d5c0", "#b34700", "bright_red"), ("#fbe3b3", "#8a5a00", "yellow")
_TEASER, _REPEAT = ("#efd2e2", "#99487a", "bright_magenta"), ("#c9ecdf", "#00694d", "bright_green")
_DAMAGE = ("#faf3ac", "#6b6400", "bright_yellow")
LOOKS = {
    "markup": Look(*_SOURCE, "none", "markup of the source", "网页标记"),
    "whitespace": Look(*_SOURCE, "dotted", "spaces, invisible characters", "空白与不可见字符"),
    "hidden_text": Look(*_SOURCE, "dashed", "hidden from readers", "隐藏文字"),
    "navigation": Look(*_CHROME, "none", "navigation", "导航"),
    "sharing": Look(*_CHROME, "dashed", "share bars, comment boxes", "分享与评论栏"),
    "comments": Look(*_CHROME, "solid", "heads of comments", "评论区标题"),
    "outside_article": Look(*_CHROME, "dotted", "not part of the article", "正文之外"),
    "no_article": Look(*_CHROME, "double", "page without an article", "无正文页面"),
    "spam_links": Look(*_SPAM, "none", "spam links", "垃圾链接"),
    "spider_pool": Look(*_SPAM, "dashed", "spider-pool keywords", "蜘蛛池关键词"),
    "contact_ad": Look(*_SPAM, "dotted", "contact advertisement", "联系方式广告"),
    "notice": Look(*_ABOUT, "none", "copyright and other notices", "版权等声明"),
    "byline": Look(*_ABOUT, "dashed", "byline, source line", "来源与署名行"),
    "title": Look(*_ABOUT, "dotted", "title", "标题"),
    "related_teaser": Look(*_TEASER, "none", "related-article teasers", "相关文章摘要"),
    "repeated_body": Look(*_REPEAT, "none", "body repeated", "正文重复"),
    "repeated_line": Look(*_REPEAT, "dashed", "line repeated", "行重复"),
    "pinyin": Look(*_DAMAGE, "none", "pinyin readings", "拼音注音"),
    "mojibake": Look(*_DAMAGE, "dashed", "mojibake", "乱码"),
    "truncation": Look(*_DAMAGE, "dotted", "truncation notice", "截断提示"),
}
UNSEEN = frozenset(
    {"markup", "whitespace", "hidden_text"}
)  # taken from the source; a reader of the page saw none of it


def look_of(rule: str) -> Look:
    """How to show a rule; one that is not listed yet shows as a notice with a double line, under its own name."""
    return LOOKS.get(rule) or Look(*_ABOUT, "double", rule.replace("_", " "), rule)


class Segment(NamedTuple):
    """Raw characters `[start, end)`: removed by `rule`, or, where that is None, standing in the clean text.

    Kept ones are the clean characters `[clean_start, clean_start + end - start)`. `changed` means that those are not
    the same characters (a converted script, a restored mark).
    """

    start: int
    end: int
    rule: str | None
    clean_start: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """A page and what became of it: a row of `documents`, or of `rejected`, and the page's own row where it has one."""

    doc_id: str
    source: str
    raw: str | None
    encoding: str | None
    document: dict[str, Any] | None
    rejected: dict[str, Any] | None
    removed: tuple[Removed, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """Where the clean text stands in the raw page."""
        return tuple(Run(**run) for run in self.document["alignment"]) if self.document else ()


def segments(raw: str, text: str, runs: Iterable[Run], removed: Iterable[Removed]) -> Iterator[Segment]:
    """The raw page from its first character to its last, each once, in order.

    Characters that nothing explains (there are none in a sound corpus) come as removed by `unexplained`.
    """
    marked = [Segment(span.start, span.end, span.rule) for span in removed]
    marked += [Segment(run.raw_start, run.raw_start + run.length, None, run.start) for run in runs]
    cursor = 0
    for segment in sorted(marked, key=lambda segment: segment.start):
        if segment.start > cursor:
            yield Segment(cursor, segment.start, "unexplained")
        if segment.rule is None:
            yield from _compared(raw, text, segment)
        else:
            yield segment
        cursor = max(cursor, segment.end)
    if cursor < len(raw):
        yield Segment(cursor, len(raw), "unexplained")


def _compared(raw: str, text: str, kept: Segment) -> Iterator[Segment]:
    """A kept segment, cut where its characters begin or cease to be those of the raw page."""
    start, length = kept.clean_start, kept.end - kept.start
    if raw[kept.start : kept.end] == text[start : start + length]:
        yield kept
        return
    place = 0
    while place < length:
        changed = raw[kept.start + place] != text[start + place]
        end = place + 1
        while end < length and (raw[kept.start + end] != text[start + end]) == changed:
            end += 1
        yield Segment(kept.start + place, kept.start + end, None, start + place, changed)
        place = end


@dataclass(slots=True)
class Row:
    """What stands side by side: a paragraph and its raw characters, or raw characters that left nothing."""

    raw: list[Segment] = field(default_factory=list)
    clean: tuple[int, int] | None = None


class Piece(NamedTuple):
    """Raw characters removed by `rule`, or kept (None), or kept and `changed`; `read` is what a reader saw of them."""

    rule: str | None
    text: str
    read: str
    changed: bool = False


def rows(text: str, found: list[Segment]) -> Iterator[Row]:
    """Paragraph by paragraph of the clean text, in page order; raw characters between them are rows of their own."""
    row = Row()
    for segment in found:
        if segment.rule is not None:
            if row.clean and text[row.clean[1] - 1] == "\n":
                yield row
                row = Row()
            row.raw.append(segment)
            continue
        start, stop = segment.clean_start, segment.clean_start + segment.end - segment.start
        while start < stop:
            newline = text.find("\n", start, stop)
            end = stop if newline < 0 else newline + 1
            starts_anew = any(part.rule not in UNSEEN for part in row.raw)
            if "\n" in text[row.clean[1] - 1 : start] if row.clean else starts_anew:
                yield row
                row = Row()
            raw_start = segment.start + start - segment.clean_start
            row.raw.append(segment._replace(start=raw_start, end=raw_start + end - start, clean_start=start))
            row.clean = (row.clean[0] if row.clean else start, end)
            start = end
    if row.raw:
        yield row


# Where hidden markup ended a line for the reader.
_NEW_LINE = re.compile(r"\n|</?(?:p|br|div|li|ul|ol|tr|table|h[1-6]|section|article|header|footer)\b", re.I)


def pieces(raw: str, text: str, row: Row) -> Iterator[Piece]:
    """The row's segments with their texts. As read: no tags, no empty lines, no entities."""
    ends_line = True
    for part in row.raw:
        shown = raw[part.start : part.end]
        read = shown
        if part.rule in UNSEEN:
            read = "" if ends_line else "\n" if _NEW_LINE.search(shown) else " " if shown.isspace() else ""
        elif part.changed and shown[0] in "<&":
            read = text[part.clean_start : part.clean_start + part.end - part.start]
        if read:
            ends_line = read.endswith("\n")
        yield Piece(part.rule, shown, read, part.changed)


class _Symbols(dict[int, str]):
    """A table for `str.translate`, filled as it is used: what a terminal or browser would act on becomes visible."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code < 0x20:
            shown = character if character == "\n" else chr(0x2400 + code)
        elif code == 0x7F:
            shown = "␡"
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            shown = f"⟨{code:04X}⟩"
        else:
            shown = character
        self[code] = shown
        return shown


class _Escapes(dict[int, str]):
    """A table for `str.translate` of JSON text: what HTML, a script or a terminal would act on becomes an escape."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in "<>&" or (code > 0x7E and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")):
            units = character.encode("utf-16-be", "surrogatepass")
            shown = "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
        else:
            shown = character
        self[code] = shown
        return shown


_SYMBOLS, _ESCAPES = _Symbols(), _Escapes()


def visible(text: str) -> str:
    """The text with control characters, escapes, direction marks and the like as symbols; newlines stay."""
    return text.translate(_SYMBOLS)


def one_line(text: str, length: int = 200) -> str:
    """`visible`, on one line, and not longer than `length` characters."""
    shown = visible(" ".join(text[: 4 * length].split()))
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def safe_json(value: object) -> str:
    """JSON on one line that says the same, and is inert inside an HTML script block and in a terminal."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def find_page(corpus: Path, name: str) -> str:
    """The doc_id of the page that `name` means: its id, its source, or the beginning of either (or of the file's name).

    Raises:
        JiaozhuError: no page, or more than one, is meant; or there is no corpus.
    """
    exact: dict[str, str] = {}
    begins: dict[str, str] = {}
    for config in ("pages", "rejected"):
        for row in read_rows(corpus / config, ["doc_id", "source"]):
            doc_id, source = row["doc_id"], row["source"]
            if doc_id is None:
                continue
            if name in (doc_id, source):
                exact.setdefault(doc_id, source)
            elif doc_id.startswith(name) or source.startswith(name) or source.rpartition("/")[2].startswith(name):
                begins.setdefault(doc_id, source)
    meant = exact or begins
    if not name or not meant:
        raise JiaozhuError(f"{corpus}: no page whose id or source begins with {one_line(name)!r}; see its table pages")
    if len(meant) > 1:
        some = ", ".join(f"{doc_id} ({one_line(source, 60)})" for doc_id, source in sorted(meant.items())[:4])
        more = f" and {len(meant) - 4:,} more" if len(meant) > 4 else ""
        raise JiaozhuError(f"{one_line(name)!r} means {len(meant):,} pages: {some}{more}; give more of the id")
    return next(iter(meant))


def load(corpus: Path, doc_id: str) -> Explained:
    """Everything the corpus knows of one page.

    Raises:
        JiaozhuError: a table is missing or broken.
    """
    pages = _rows(corpus, "pages", doc_id, ["source", "encoding", "raw"])
    documents = _rows(corpus, "documents", doc_id, None)
    refused = _rows(corpus, "rejected", doc_id, None)
    removed = _rows(corpus, "removed", doc_id, ["start", "end", "rule"])
    page = pages[0] if pages else {}
    rejected = next((row for row in refused if row["reason"] != "same_bytes"), None) if not documents else None
    source = page.get("source") or (rejected or refused[0])["source"]
    return Explained(
        doc_id,
        source,
        page.get("raw"),
        page.get("encoding"),
        documents[0] if documents else None,
        rejected,
        tuple(Removed(row["start"], row["end"], row["rule"]) for row in removed),
    )


def _rows(corpus: Path, config: str, doc_id: str, columns: list[str] | None) -> list[dict[str, Any]]:
    """The rows of one document, read with a filter, so that the rest of the table is never held."""
    folder = corpus / config
    next(read_rows(folder, ["doc_id"], batch_size=1), None)  # says clearly what is missing
    try:
        table = pq.read_table(folder, columns=columns, filters=[("doc_id", "=", doc_id)])
    except (pa.ArrowInvalid, OSError) as error:
        raise JiaozhuError(f"{folder}: cannot be read ({one_line(str(error))}); build the corpus again") from None
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
