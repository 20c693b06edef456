"""Pages with the articles that people took from them, and the measure that compares an article with theirs.

Beside the repository, `../shared/pages/html` holds a folder a page: `page.html`, `article.txt`, `author.txt`,
`date.txt`. The samples are in the repository. Used by the benchmark, the training and the test of the floors.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from corpus.reading import decode, read_pages
from corpus.rules.traditional import to_simplified

ROOT = Path(__file__).resolve().parents[2]
HTML_PAGES = ROOT.parent / "shared" / "pages" / "html"
SEEDS = ROOT.parent / "shared" / "pages" / "seeds"
SAMPLES = ROOT / "samples"

_MARKED = re.compile(r"\[\[(.*?)\|[A-Z]+\]\]")
_NOT_WORDS = re.compile(r"[\W_]+")
_BLOCKS = re.compile(
    "p|div|br|li|[uod]l|d[td]|table|t[rdh]|h[1-6]|section|article|header|footer|nav|aside|form|option|title|blockquote"
    "|pre|center"
)
_UNSEEN = re.compile("script|style|noscript|template")
_UNSEEN_PART = re.compile(r"(?is)<(script|style|noscript|title)\b.*?</\1\s*>|<!--.*?-->")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page's source and what a person took from it; `author` and `date` are None where the page does not say."""

    name: str
    source: str
    size: int  # bytes of the file
    article: str
    author: str | None
    date: str | None


def html_pages() -> list[GoldPage]:
    """The pages in the order of their names; none where the folder is absent."""
    return [_gold(folder) for folder in sorted(HTML_PAGES.glob("*/"))] if HTML_PAGES.is_dir() else []


def _gold(folder: Path) -> GoldPage:
    content = (folder / "page.html").read_bytes()
    decoded = decode(content)
    assert decoded, f"{folder}: no text"
    author, date = ((folder / name).read_text("utf-8").strip() for name in ("author.txt", "date.txt"))
    return GoldPage(
        folder.name[:8],
        decoded[0],
        len(content),
        (folder / "article.txt").read_text("utf-8"),
        None if author == "UNKNOWN" else author,
        None if date == "UNKNOWN" else date,
    )


def samples() -> Iterator[tuple[str, str, bool, str | None]]:
    """Name, raw page, whether it is HTML, and the article, which is None where there is none."""
    for page in read_pages([SAMPLES / "pages"]):
        name = page.source.replace(".jsonl#", ".") if "#" in page.source else page.source.rsplit(".", 1)[0]
        gold = SAMPLES / "articles" / f"{name}.txt"
        article = _MARKED.sub(r"\1", gold.read_text("utf-8")) if gold.exists() else None
        yield name, page.raw, page.is_html, article


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files below `folder`, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def words(text: str) -> str:
    """Letters and digits only, NFKC, Simplified: what the measure compares."""
    return _NOT_WORDS.sub("", to_simplified(unicodedata.normalize("NFKC", text)))


def grams(text: str) -> Counter[str]:
    """The 4-grams of a text of words."""
    return Counter(text[i : i + 4] for i in range(max(1, len(text) - 3)))


def precision_recall_f1(found: str, gold: str) -> tuple[float, float, float]:
    """Character 4-grams of the words of two texts, counted as often as they come."""
    ours, theirs = grams(words(found)), grams(words(gold))
    common = sum((ours & theirs).values())
    precision, recall = common / max(1, sum(ours.values())), common / max(1, sum(theirs.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += bool(_UNSEEN.fullmatch(tag))
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if _UNSEEN.fullmatch(tag):
            self._unseen = max(0, self._unseen - 1)
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))


def visible_text(source: str) -> str:
    """The page as plain text, a line a block, the way crawlers dump it; nothing of its markup is left."""
    parser = _Visible()
    parser.feed(source)
    return re.sub(r"[ \n]*\n[ \n]*", "\n", "".join(parser.parts))


def text_nodes(source: str) -> str:
    """The page as plain text with a line for every text node, the other way crawlers dump it."""
    text = re.sub(r"<[^>]*>", "\n", _UNSEEN_PART.sub("", source))
    return re.sub(r"[ \t\r]*\n\s*", "\n", html.unescape(text))
