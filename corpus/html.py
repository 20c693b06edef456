"""The source of an HTML page in, what a reader would see out: as proposals, like any other rule.

The standard library's parser reports where in the source each tag and text stands, so markup becomes removed spans and
raw offsets keep counting in the source. `Hints` keeps what the markup said about the text: links, headings, lists, names
of the containers, title and meta elements. They are evidence for the choice of the article, never the last word.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from html.parser import HTMLParser

from corpus.spans import AlignedText, Proposal

RULE = "markup"

LINK, HEADING, LIST, BOILERPLATE, CONTENT, MAIN = 1, 2, 4, 8, 16, 32

_HIDDEN = frozenset(
    "script style template noscript head title textarea select option svg iframe object canvas math audio video".split()
)
_RAW_TEXT = frozenset({"script", "style"})  # the parser reads these to their end tag
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
_CLOSES_P = _BLOCKS - {"br", "body", "html"}
_TAGS = {"a": LINK, "li": LIST, "nav": BOILERPLATE, "footer": BOILERPLATE, "aside": BOILERPLATE, "button": BOILERPLATE}
_TAGS |= {f"h{level}": HEADING for level in range(1, 7)} | {"article": CONTENT, "main": CONTENT}
_BOILERPLATE_NAME = re.compile(
    r"nav|menu|foot|copyright|sidebar|side[-_]|aside|breadcrumb|crumb|share|social|comment|reply|related|recommend"
    r"|hot|rank|tag|link|advert|\bads?\b|banner|login|search|pager|tool|toolbar|qrcode|popup|modal|cookie",
    re.I,
)
_CONTENT_NAME = re.compile(
    r"article|content|artibody|maintext|main[-_]?body|detail|post[-_]?body|entry|text|zoom|news", re.I
)
_CONTAINERS = frozenset(["article", "body", "center", "div", "dl", "form", "main", "ol", "section", "table", "td", "ul"])
_MARKS = "，。；：、！？,"
_MAIN_SHARE = 0.8
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK = re.compile(r"[⺀-鿿豈-﫿︰-﹏＀-￯　-〿𠀀-𯿿]")
_INLINE_SPACE = re.compile(r"[ \t\f]+|[ \t\f]*[\r\n][ \t\r\n\f]*")


@dataclass(slots=True)
class Hints:
    """What the markup of one page said. Offsets are raw; `starts`, `ends` and `flags` are parallel, ordered."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)  # raw offset, text
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)

    def shares(self, raw_start: int, raw_end: int) -> dict[int, float]:
        """For each flag, the share of the visible characters in `[raw_start, raw_end)` that carry it."""
        total = 0
        counts = dict.fromkeys((LINK, HEADING, LIST, BOILERPLATE, CONTENT, MAIN), 0)
        first = bisect_right(self.ends, raw_start)
        for index in range(first, bisect_left(self.starts, raw_end)):
            length = min(self.ends[index], raw_end) - max(self.starts[index], raw_start)
            total += length
            for flag in counts:
                if self.flags[index] & flag:
                    counts[flag] += length
        return {flag: count / total if total else 0.0 for flag, count in counts.items()}


def strip_markup(page: AlignedText) -> tuple[AlignedText, Hints]:
    """The visible text of a page's source, a line a block, and the hints of its markup."""
    parser = _Parser(page.text)
    parser.feed(page.text)
    parser.close()
    return page.apply(parser.proposals()), parser.hints


class _Parser(HTMLParser):
    """Collects the visible pieces of the source with their offsets; everything between them is markup."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.hints = Hints()
        self._source = source
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", source))]
        self._stack: list[tuple[str, int, int]] = []  # open elements, the flags in force inside them, their container
        self._containers: list[int] = [0]  # for each container the one around it; the page itself is the first
        self._inside: list[int] = []  # for each visible text its container
        self._marks: list[int] = []  # for each visible text its punctuation, where it is no link
        self._hidden = 0
        self._preformatted = 0
        self._pieces: list[tuple[int, int, str | None, bool]] = []  # start, end, replacement, preformatted
        self._breaks: list[int] = []  # offsets of block borders
        self._title: list[str] | None = None
        self._heading: tuple[int, list[str]] | None = None

    def _here(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._breaks.append(self._here())
        if tag == "meta":
            self._meta(dict(attrs))
        if tag in _VOID:
            return
        if tag in _CLOSES_P and self._stack and self._stack[-1][0] == "p":
            self._pop("p")
        if tag == "body":  # whatever was left open in the head ends here
            self._stack.clear()
            self._hidden = self._preformatted = 0
        flags = (self._stack[-1][1] if self._stack else 0) | _TAGS.get(tag, 0)
        for name, value in attrs:
            if value and name in ("class", "id") and tag not in ("body", "html"):
                if _BOILERPLATE_NAME.search(value):
                    flags |= BOILERPLATE
                elif _CONTENT_NAME.search(value):
                    flags |= CONTENT
        container = self._stack[-1][2] if self._stack else 0
        if tag in _CONTAINERS:
            self._containers.append(container)
            container = len(self._containers) - 1
        self._stack.append((tag, flags, container))
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "pre":
            self._preformatted += 1
        if tag == "title" and not self.hints.title:
            self._title = []
        if _TAGS.get(tag) == HEADING:
            self._heading = (self._here(), [])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._breaks.append(self._here())
        if tag == "meta":
            self._meta(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._breaks.append(self._here())
        self._pop(tag)

    def _pop(self, tag: str) -> None:
        depth = next(
            (i for i in range(len(self._stack) - 1, max(-1, len(self._stack) - 64), -1) if self._stack[i][0] == tag),
            None,
        )
        if depth is None:
            return
        for name, *_ in self._stack[depth:]:
            self._hidden -= name in _HIDDEN
            self._preformatted -= name == "pre"
        del self._stack[depth:]
        if tag == "title" and self._title is not None:
            self.hints.title = _SPACE.sub(" ", "".join(self._title)).strip()
            self._title = None
        if _TAGS.get(tag) == HEADING and self._heading:
            start, parts = self._heading
            if text := _SPACE.sub(" ", "".join(parts)).strip():
                self.hints.headings.append((start, text))
            self._heading = None

    def _meta(self, attrs: dict[str, str | None]) -> None:
        name = attrs.get("property") or attrs.get("name") or attrs.get("itemprop")
        content = attrs.get("content")
        if name and content:
            self.hints.meta.setdefault(name.lower(), content.strip())

    def handle_data(self, data: str) -> None:
        start = self._here()
        self._text(start, start + len(data), data, None)

    def handle_charref(self, name: str) -> None:
        self._reference(f"#{name}")

    def handle_entityref(self, name: str) -> None:
        self._reference(name)

    def _reference(self, name: str) -> None:
        start = self._here()
        end = start + 1 + len(name)
        end += self._source[end : end + 1] == ";"
        source = self._source[start:end]
        character = html.unescape(source)
        self._text(start, end, character, character if character != source else None)

    def _text(self, start: int, end: int, text: str, replacement: str | None) -> None:
        if self._title is not None:
            self._title.append(text)
        if self._hidden > 0 or start == end:
            return
        if self._heading:
            self._heading[1].append(text)
        self._pieces.append((start, end, replacement, self._preformatted > 0))
        if not text.isspace():
            self.hints.starts.append(start)
            self.hints.ends.append(end)
            _, flags, container = self._stack[-1] if self._stack else ("", 0, 0)
            self.hints.flags.append(flags)
            self._inside.append(container)
            self._marks.append(0 if flags & LINK else sum(map(text.count, _MARKS)))

    def close(self) -> None:
        super().close()
        main = self._main()
        for index, inside in enumerate(self._inside):
            self.hints.flags[index] |= MAIN if inside in main else 0

    def _main(self) -> set[int]:
        """The smallest container that holds nearly all running text, with the containers inside it."""
        weights = [0] * len(self._containers)
        for container, marks in zip(self._inside, self._marks, strict=True):
            weights[container] += marks
        heaviest: dict[int, int] = {}
        for container in range(len(weights) - 1, 0, -1):  # those inside come after those around
            around = self._containers[container]
            weights[around] += weights[container]
            if weights[container] > weights[heaviest.get(around, 0)] or around not in heaviest:
                heaviest[around] = container
        main = 0
        while main in heaviest and weights[heaviest[main]] >= _MAIN_SHARE * weights[main] > 0:
            main = heaviest[main]
        inside = {main}
        for container in range(main + 1, len(weights)):
            if self._containers[container] in inside:
                inside.add(container)
        return inside

    def proposals(self) -> list[Proposal]:
        """Remove what is between the pieces (a newline for a block border), and white space as a browser would."""
        made: list[Proposal] = []
        cursor, border = 0, 0
        for start, end, replacement, preformatted in self._pieces:
            if start < cursor:  # the parser gave a broken tag back as text
                continue
            broken = False
            while border < len(self._breaks) and self._breaks[border] < end:
                broken |= self._breaks[border] >= cursor or self._breaks[border] < start
                border += 1
            if cursor < start:
                made.append(Proposal(cursor, start, RULE, "\n" if broken else ""))
            if replacement is not None:
                made.append(Proposal(start, end, RULE, replacement))
            elif not preformatted:
                made.extend(self._collapse(start, end))
            cursor = end
        if cursor < len(self._source):
            made.append(Proposal(cursor, len(self._source), RULE))
        return made

    def _collapse(self, start: int, end: int) -> list[Proposal]:
        """Runs of white space are one space; a line break inside a Chinese sentence is nothing at all."""
        made: list[Proposal] = []
        source = self._source
        for match in _INLINE_SPACE.finditer(source, start, end):
            low, high = match.span()
            if high - low == 1 and source[low] == " ":
                continue
            inside = low > start and high < end and "\n" in match[0]
            joins = inside and bool(_CJK.match(source[low - 1]) and _CJK.match(source[high]))
            made.append(Proposal(low, high, RULE, "" if joins else " "))
        return made
