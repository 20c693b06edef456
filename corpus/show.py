"""One page in the terminal: the raw page on the left, its clean text on the right, paragraph beside paragraph.

Removed spans have their rule's colour, or, where there are no colours, stand in ⟦rule: …⟧.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from corpus.explained import UNSEEN, Explained, Piece, Segment, look_of, one_line, pieces, rows, segments, visible

PIPED_WIDTH = 140
_LONGEST_JOINED = 2_000  # characters; joining without end would take quadratic time


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
        parts = pieces(page.raw, text, row)
        if source:
            raw = Text.assemble(*(_piece(part, part.text, console) for part in parts))
        else:
            raw = Text.assemble(*(_piece(part, part.read, console) for part in _as_read(parts)))
        raw.rstrip()
        clean = Text(visible(text[slice(*row.clean)]).rstrip("\n") if row.clean else "")
        if not raw.plain.strip() and not clean.plain:
            continue
        table = Table(box=box.MINIMAL, show_header=False, show_edge=False, pad_edge=False)
        table.add_column(width=width, overflow="fold")
        table.add_column(width=width, overflow="fold")
        table.add_row(raw, clean)
        console.print(table)


def _as_read(row: Iterable[Piece]) -> list[Piece]:
    """What a reader saw, neighbours of one rule joined, so that a rule is named once."""
    joined: list[Piece] = []
    gap = ""
    for piece in row:
        if piece.rule in UNSEEN:
            gap = "\n" if "\n" in (gap, piece.read) else gap or piece.read
            continue
        last = joined[-1] if joined else None
        if piece.rule and last and last.rule == piece.rule and gap != "\n" and len(last.read) < _LONGEST_JOINED:
            joined[-1] = last._replace(read=last.read + gap + piece.read)
        else:
            joined += ([Piece(None, gap, gap)] if gap else []) + [piece]
        gap = ""
    return joined


def _piece(piece: Piece, text: str, console: Console) -> Text:
    if piece.rule is None:
        return Text(visible(text), Style(underline=piece.changed and bool(console.color_system)))
    if console.color_system:
        return Text(visible(text), style_of(piece.rule, console))
    return Text(f"⟦{visible(piece.rule)}: {visible(text)}⟧")


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


def style_of(rule: str, console: Console) -> Style:
    """The rule's colours for a terminal: its tint behind black letters, its line as underline or italics."""
    look = look_of(rule)
    return Style(
        color="black" if console.color_system == "standard" else "#000000",
        bgcolor=look.ansi if console.color_system == "standard" else look.tint,
        underline=look.line == "dashed",
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
        legend.append(f" {visible(rule)} {size:,} ", style_of(rule, console) if console.color_system else "")
        legend.append(" ")
    if legend.plain:
        console.print(Text.assemble(("removed      ", "bold"), legend))
    console.print("─" * console.width)
