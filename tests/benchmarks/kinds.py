"""Pages of kinds that no training page is of, each with its article marked: what the cleaner does on unseen layouts.

`tests/kinds/*.html` and `*.txt` are written for this project; everything in them is invented. `⟪` and `⟫` enclose what
belongs to the article. `expected.toml` says what each page tells about itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.pages import ROOT, text_nodes, visible_text

KINDS = ROOT / "tests" / "kinds"

_MARKED = re.compile("⟪(.*?)⟫", re.S)
_MARKS = re.compile("[⟪⟫]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A page's source without the marks, and its article, which is empty where the page has none."""

    name: str
    source: str
    is_html: bool
    article: str


def kinds() -> Iterator[Kind]:
    """The pages in the order of their names."""
    for path in sorted([*KINDS.glob("*.html"), *KINDS.glob("*.txt")]):
        marked = path.read_text("utf-8")
        is_html = path.suffix == ".html"
        parts = _MARKED.findall(marked)
        article = "\n".join(visible_text(part) if is_html else part for part in parts)
        yield Kind(path.stem, _MARKS.sub("", marked), is_html, article)


def views(kind: Kind) -> Iterator[tuple[str, str, bool]]:
    """The page as crawlers store it: its source, its visible text, and a line for every text node."""
    if not kind.is_html:
        yield "text", kind.source, False
        return
    yield "html", kind.source, True
    yield "visible", visible_text(kind.source), False
    yield "nodes", text_nodes(kind.source), False
