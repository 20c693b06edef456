"""One page in the terminal: the raw page on the left, its clean text on the right, paragraph beside paragraph.

Removed spans have their rule's colour, or, where there are no colours, stand in ⟦rule: …⟧.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from corpus.explained import UNSEEN, Explained, Segment, look_of, one_line, segments, visible

PIPED_WIDTH = 140
# Where hidden markup ended a line for the reader.
_NEW_LINE = re.compile(r"\n|</?(?:p|br|div|li|ul|ol|tr|table|h[1-6]|section|article|header|footer)\b", re.I)


@dataclass(slots=True)
class Row:
    """What stands side by side: a paragraph and its raw characters, or raw characters that left nothing."""

    raw: list[Segment] = field(default_factory=list)
    clean: tuple[int, int] | None = None


class Piece(NamedTuple):
    """Some raw characters as they are printed: removed by `rule`, or kept, or kept and `changed`."""

    rule: str | None
    text: str
    changed: bool


def show(page: Explained, console: Console, *, source: bool = False) -> None:
    """Print the page. Nothing in it can act on the terminal: control characters come as symbols, markup as text.

    Tags, scripts and white space of the source, which no reader saw, are shown where `source` asks for them.
    """
    for name, value in header(page):
        console.print(Text.assemble((f"{name:<13}", "bold"), value), soft_wrap=True)
    if page.raw is None:
        return
    text = page.document["text"] if page.document else ""
    found = list(segments(page.raw, text, page.runs, page.removed))
    _print_legend(found, console)
    width = (console.width - 3) // 2
    for row in rows(text, found):
        pieces = _whole(page.raw, row.raw) if source else _as_read(page.raw, text, row.raw)
        raw = Text.assemble(*(_piece(*piece, has_colours=bool(console.color_system)) for piece in pieces))
        raw.rstrip()
        clean = Text(visible(text[slice(*row.clean)]).rstrip("\n") if row.clean else "")
        if not raw.plain.strip() and not clean.plain:
            continue
        table = Table(box=box.MINIMAL, show_header=False, show_edge=False, pad_edge=False)
        table.add_column(width=width, overflow="fold")
        table.add_column(width=width, overflow="fold")
        table.add_row(raw, clean)
        console.print(table)


def _whole(raw: str, row: list[Segment]) -> list[Piece]:
    return [Piece(part.rule, raw[part.start : part.end], part.changed) for part in row]


def _as_read(raw: str, text: str, row: list[Segment]) -> list[Piece]:
    """The row as a reader of the page saw it: tags gone, characters instead of their entities, no empty lines."""
    pieces: list[Piece] = []
    for part in row:
        shown = raw[part.start : part.end]
        if part.rule in UNSEEN:
            gap = "\n" if _NEW_LINE.search(shown) else " " if shown.isspace() else ""
            if gap and pieces and not pieces[-1].text.endswith("\n"):
                pieces.append(Piece(None, gap, False))
            continue
        if part.changed and shown[0] in "<&":
            shown = text[part.clean_start : part.clean_start + part.end - part.start]
        before = len(pieces) - 1 if pieces and pieces[-1].text != " " else len(pieces) - 2
        if part.rule and before >= 0 and pieces[before].rule == part.rule and not pieces[before].text.endswith("\n"):
            joined = "".join(piece.text for piece in pieces[before:])
            pieces[before:] = [Piece(part.rule, joined + shown, False)]
        else:
            pieces.append(Piece(part.rule, shown, part.changed))
    return pieces


def _piece(rule: str | None, text: str, changed: bool, *, has_colours: bool) -> Text:
    if rule is None:
        return Text(visible(text), Style(underline=changed and has_colours))
    if has_colours:
        return Text(visible(text), style_of(rule))
    return Text(f"⟦{visible(rule)}: {visible(text)}⟧")


def header(page: Explained) -> Iterator[tuple[str, str]]:
    """What the corpus says of the page, as names and printable values; what it does not say is left out."""
    yield "doc_id", page.doc_id
    document = page.document or {}
    for name in ("title", "publisher", "author", "published_at", "url", "site"):
        if document.get(name):
            yield name, one_line(str(document[name]))
    yield "source", one_line(page.source) + (f" ({one_line(page.encoding)})" if page.encoding else "")
    if page.rejected:
        yield "rejected", one_line(f"{page.rejected['reason']}: {page.rejected['detail']}")
    if page.document:
        yield "script", one_line(document["script"])
        yield "flags", one_line(", ".join(document["flags"])) or "none"
        yield "quality", f"{document['quality']:.3f}"
        copy = "its canonical copy" if document["is_canonical"] else "another copy is canonical"
        yield "cluster", f"{one_line(document['cluster_id'] or page.doc_id)} ({copy})"
        yield "characters", f"{len(page.raw or ''):,} raw, {len(document['text']):,} clean"


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


def as_json_object(page: Explained) -> dict[str, Any]:
    """The page as one object: its row of `documents` or `rejected`, its raw text, and its removed spans."""
    return {
        "doc_id": page.doc_id,
        "source": page.source,
        "encoding": page.encoding,
        "document": page.document,
        "rejected": page.rejected,
        "raw": page.raw,
        "removed": [span._asdict() for span in page.removed],
    }


def style_of(rule: str) -> Style:
    """The rule's colours for a terminal: its tint behind black letters, its line as underline or italics."""
    look = look_of(rule)
    return Style(
        color="#000000",
        bgcolor=look.tint,
        underline=look.line in ("solid", "dashed"),
        italic=look.line == "dotted",
        underline2=look.line == "double",
    )


def _print_legend(found: list[Segment], console: Console) -> None:
    sizes: dict[str, int] = {}
    for segment in found:
        if segment.rule is not None:
            sizes[segment.rule] = sizes.get(segment.rule, 0) + segment.end - segment.start
    legend = Text()
    for rule, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        legend.append(f" {visible(rule)} {size:,} ", style_of(rule) if console.color_system else "")
        legend.append(" ")
    if legend.plain:
        console.print(Text.assemble(("removed      ", "bold"), legend))
    console.print("─" * console.width)
