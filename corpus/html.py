"""The source of an HTML page in, what a reader would see out: as proposals, like any other rule.

A tokenizer of our own, because it must know where in the source each tag and text stands, and because no page may take
more than linear time: the standard library's parser needs minutes for a page of unclosed comments or quotes. Markup
becomes removed spans, and raw offsets keep counting in the source. `Hints` keeps what the markup said about the text:
links, headings, lists, names of the containers, title and meta elements. They are evidence for the choice of the
article, never the last word.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5

from corpus.hidden_text import HIDDEN_TEXT, HIDING_NAMES, hides, hiding_names
from corpus.linked_data import linked_data
from corpus.spans import AlignedText, Proposal

RULE = "markup"

LINK, HEADING, LIST, BOILERPLATE, CONTENT, MAIN = 1, 2, 4, 8, 16, 32
_HIDES = 64


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HIDDEN = _names(
    "script style template noscript noframes head title textarea select option svg iframe object canvas math audio "
    "video"
)
_RAW_TEXT = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in ("script", "style", "title")}
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_BLOCKS = _names(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
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
_CONTAINERS = _names("article body center div dl form main ol section table td ul")
_MARKS = "，。；：、！？,"
_MAIN_SHARE = 0.8
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK = re.compile(r"[⺀-鿿豈-﫿︰-﹏＀-￯　-〿𠀀-𯿿]")
_INLINE_SPACE = re.compile(r"[ \t\f]+|[ \t\f]*[\r\n][ \t\r\n\f]*")


# A quote opens a value only after an equals sign; one that is never closed is a character like any other.
_START = re.compile(r"""([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?|["'])*+)>""")
_SIMPLE_START = re.compile(r"([a-zA-Z][^\s/>]*+)([^>]*+)>")
_END_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_COMMENT_END = re.compile("--!?>")
_NAMES = re.compile(r"""(?<![-\w])(?:class|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.I)
_ATTRIBUTE = re.compile(r"""([^\s/>="']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][\da-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_REVEALED = 0.5  # share of the page's running text; so much is not meant to stay hidden, a script shows it
_LONGEST_NAME = 200  # characters of a class that are looked at
_LONGEST_CELL = 30  # characters; a longer cell holds text, not data


@dataclass(slots=True)
class Hints:
    """What the markup of one page said. Offsets are raw; `starts`, `ends` and `flags` are parallel, ordered."""

    title: str = ""
    times: list[tuple[int, str]] = field(default_factory=list)  # raw offset, `datetime` of a time element
    meta: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)  # raw offset, text
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)

    def convert(self, words: Callable[[str], str]) -> None:
        """Change what the markup says as the page's text was changed."""
        self.title = words(self.title)
        self.meta = {name: words(value) for name, value in self.meta.items()}
        self.headings = [(start, words(text)) for start, text in self.headings]

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
    parser.read()
    return page.apply(parser.proposals()), parser.hints


@lru_cache(maxsize=4096)
def _flags_of_name(name: str) -> int:
    if _BOILERPLATE_NAME.search(name):
        return BOILERPLATE
    return CONTENT if _CONTENT_NAME.search(name) else 0


@dataclass(slots=True)
class _Row:
    """A row of a table: whether all its cells are short, so that it is one line of data and not a piece of layout."""

    first_break: int  # index of the first border inside the row
    is_data: bool = True
    cells: int = 0  # with text
    length: int = 0  # of the text in the open cell
    broken: bool = False  # a border inside the open cell since its last text


class _Parser:
    """Collects the visible pieces of the source with their offsets; everything between them is markup."""

    def __init__(self, source: str) -> None:
        self.hints = Hints()
        self._source = source
        self._stack: list[tuple[str, int, int]] = []  # open elements, the flags in force inside them, their container
        self._containers: list[int] = [0]  # for each container the one around it; the page itself is the first
        self._inside: list[int] = []  # for each visible text its container
        self._marks: list[int] = []  # for each visible text its punctuation, where it is no link
        self._hidden = 0
        self._preformatted = 0
        self._pieces: list[tuple[int, int, str | None, bool, int]] = []  # start, end, replacement, preformatted, root
        self._breaks: list[int] = []  # offsets of block borders
        self._soft: set[int] = set()  # indices of those between the cells of a row of data
        self._rows: list[_Row | None] = []  # for each open table its open row
        self._heading: tuple[int, list[str]] | None = None
        self._unclosed: set[str] = set()  # elements whose end tag was looked for in vain
        self._hiding = set(HIDING_NAMES)  # classes and ids
        self._roots = 0  # elements that hide what is in them, inside none that does
        self._roots_of: list[int] = []  # for each visible text the one it is in, or 0
        self._revealed: set[int] = set()  # those that a script will show

    def read(self) -> None:
        """Walk the source once."""
        source = self._source
        last_close = max(0, source.rfind(">"))
        start_tag = _START
        unclosed_comment = False
        cursor = text_from = 0
        while (opens := source.find("<", cursor, last_close)) >= 0:
            following = source[opens + 1]
            if following == "/":
                name = _END_NAME.match(source, opens + 2)
                end = source.find(">", opens) + 1
                self._text(text_from, opens)
                if name:
                    self._end(name[0].lower(), opens)
            elif following in "!?":
                end = 0
                if not unclosed_comment and source.startswith("--", opens + 2):
                    comment = _COMMENT_END.search(source, opens + 2)
                    unclosed_comment = comment is None
                    end = comment.end() if comment else 0
                end = end or source.find(">", opens) + 1
                self._text(text_from, opens)
            elif following.isascii() and following.isalpha():
                tag = start_tag.match(source, opens + 1)
                if tag is None:  # every `>` that follows is inside quotes: from here on, quotes mean nothing
                    start_tag = _SIMPLE_START
                    tag = start_tag.match(source, opens + 1)
                if tag is None:
                    break
                self._text(text_from, opens)
                end = self._start(tag[1].lower(), tag[2], opens, tag.end())
            else:
                cursor = opens + 1
                continue
            cursor = text_from = end
        self._text(text_from, len(source))
        while self._rows:
            self._close_row(self._rows.pop())
        if self._roots:
            self._unhide()
        main = self._main()
        for index, inside in enumerate(self._inside):
            self.hints.flags[index] |= MAIN if inside in main else 0

    def _unhide(self) -> None:
        """Forget what is hidden, but for an element with most of the page's running text: on pages of WeChat and
        others the source hides the article until a script shows it.
        """
        marks: Counter[int] = Counter()
        for root, count in zip(self._roots_of, self._marks, strict=True):
            marks[root] += count
        most = _REVEALED * sum(marks.values())
        self._revealed = {root for root, count in marks.items() if count > most}
        shown = [index for index, root in enumerate(self._roots_of) if not root or root in self._revealed]
        for column in (self.hints.starts, self.hints.ends, self.hints.flags, self._inside, self._marks):
            column[:] = [column[index] for index in shown]

    def _start(self, name: str, attributes: str, here: int, end: int) -> int:
        """Open an element; where the source goes on after it, which for a script is behind its end tag."""
        if name in _BLOCKS:
            self._border(here)
        if name == "meta":
            self._meta(attributes)
        if name in _VOID or attributes.endswith((" /", '"/', "'/")) or attributes == "/":
            return end
        if name in _RAW_TEXT:
            return self._raw_text(name, attributes, end)
        if name in _CLOSES_P and self._stack and self._stack[-1][0] == "p":
            self._end_element("p")
        if name == "body":  # whatever was left open in the head ends here
            self._stack.clear()
            self._hidden = self._preformatted = 0
        elif name == "time":
            self.hints.times += [(here, value) for key, value in _attributes(attributes) if key == "datetime"]
        elif name in ("table", "tr", "td", "th"):
            self._table(name)
        flags = (self._stack[-1][1] if self._stack else 0) | _TAGS.get(name, 0)
        if attributes and name not in ("body", "html"):
            for quoted, single, bare in _NAMES.findall(attributes):
                name_of_it = (quoted or single or bare)[:_LONGEST_NAME]
                flags |= _flags_of_name(name_of_it)
                if not self._hiding.isdisjoint(name_of_it.split()):
                    flags |= _HIDES
            if hides(attributes):
                flags |= _HIDES
            if flags & _HIDES and not (self._stack and self._stack[-1][1] & _HIDES):
                self._roots += 1
        container = self._stack[-1][2] if self._stack else 0
        if name in _CONTAINERS:
            self._containers.append(container)
            container = len(self._containers) - 1
        self._stack.append((name, flags, container))
        self._hidden += name in _HIDDEN
        self._preformatted += name == "pre"
        if _TAGS.get(name) == HEADING:
            self._heading = (here, [])
        return end

    def _raw_text(self, name: str, attributes: str, start: int) -> int:
        """Read a script, style or title to its end tag, or, where there is none, a script to the end of the page."""
        closes = None if name in self._unclosed else _RAW_TEXT[name].search(self._source, start)
        end = closes.start() if closes else len(self._source)
        if name == "title":
            if closes is None:
                self._unclosed.add(name)
                return start
            if not self.hints.title and not any(outer == "svg" for outer, *_ in self._stack[-8:]):
                self.hints.title = _SPACE.sub(" ", html.unescape(self._source[start:end])).strip()
        elif name == "style":
            if "print" not in attributes:
                self._hiding |= hiding_names(self._source[start:end])
        elif "ld+json" in attributes:
            for key, value in linked_data(self._source[start:end]):
                self.hints.meta.setdefault(key, value)
        return end

    def _end(self, name: str, here: int) -> None:
        if name in _BLOCKS:
            self._border(here)
        if name in ("table", "tr", "td", "th"):
            self._table(f"/{name}")
        self._end_element(name)

    def _end_element(self, name: str) -> None:
        depth = next(
            (i for i in range(len(self._stack) - 1, max(-1, len(self._stack) - 64), -1) if self._stack[i][0] == name),
            None,
        )
        if depth is None:
            return
        for inner, *_ in self._stack[depth:]:
            self._hidden -= inner in _HIDDEN
            self._preformatted -= inner == "pre"
        del self._stack[depth:]
        if _TAGS.get(name) == HEADING and self._heading:
            start, parts = self._heading
            if text := _SPACE.sub(" ", "".join(parts)).strip():
                self.hints.headings.append((start, text))
            self._heading = None

    def _border(self, here: int) -> None:
        self._breaks.append(here)
        if self._rows and (row := self._rows[-1]):
            row.broken = row.length > 0

    def _table(self, tag: str) -> None:
        """Keep account of the open tables and rows."""
        row = self._rows[-1] if self._rows else None
        if tag in ("td", "th", "/td", "/th") and row:
            row.cells += row.length > 0
            row.length, row.broken = 0, False
        elif tag == "table":
            if row:
                row.is_data = False
            self._rows.append(None)
        elif self._rows:
            self._close_row(row)
            self._rows[-1] = _Row(len(self._breaks)) if tag == "tr" else None
            if tag == "/table":
                self._rows.pop()

    def _close_row(self, row: _Row | None) -> None:
        if row and row.is_data and row.cells + (row.length > 0) >= 2:
            self._soft.update(range(row.first_break, len(self._breaks) - 1))

    def _meta(self, attributes: str) -> None:
        values = dict(_attributes(attributes))
        name = values.get("property") or values.get("name") or values.get("itemprop")
        if name and values.get("content"):
            self.hints.meta.setdefault(name.lower(), values["content"].strip())

    def _text(self, start: int, end: int) -> None:
        """A text between two tags, its references as pieces of their own."""
        if start >= end or self._hidden > 0:
            return
        source = self._source
        if source.find("&", start, end) < 0:
            self._piece(start, end, None)
            return
        cursor = start
        for match in _REFERENCE.finditer(source, start, end):
            size, character = _character(match[0])
            if size:
                self._piece(cursor, match.start(), None)
                cursor = match.start() + size
                self._piece(match.start(), cursor, character)
        self._piece(cursor, end, None)

    def _piece(self, start: int, end: int, replacement: str | None) -> None:
        if start >= end:
            return
        text = self._source[start:end] if replacement is None else replacement
        if self._heading:
            self._heading[1].append(text)
        _, flags, container = self._stack[-1] if self._stack else ("", 0, 0)
        root = self._roots if flags & _HIDES else 0
        self._pieces.append((start, end, replacement, self._preformatted > 0, root))
        if text.isspace():
            return
        self.hints.starts.append(start)
        self.hints.ends.append(end)
        self.hints.flags.append(flags)
        self._inside.append(container)
        self._roots_of.append(root)
        self._marks.append(0 if flags & LINK else sum(map(text.count, _MARKS)))
        if self._rows and (row := self._rows[-1]):
            row.length += end - start
            row.is_data &= row.length <= _LONGEST_CELL and not row.broken

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
        cursor = border = 0
        between = ""
        for start, end, replacement, preformatted, root in self._pieces:
            while border < len(self._breaks) and self._breaks[border] < end:
                if between != "\n":
                    between = " " if border in self._soft else "\n"
                border += 1
            if not preformatted and (replacement or self._source[start:end]).isspace():
                between = between or " "
                continue
            if root and root not in self._revealed:
                made += [Proposal(cursor, start, RULE), Proposal(start, end, HIDDEN_TEXT)]
                cursor = end
                continue
            if cursor < start:
                made.append(Proposal(cursor, start, RULE, between))
            if replacement is not None:
                made.append(Proposal(start, end, RULE, replacement))
            elif not preformatted:
                made.extend(self._collapse(start, end))
            cursor, between = end, ""
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


def _attributes(text: str) -> list[tuple[str, str]]:
    """Names in lower case, and values without their quotes and references."""
    return [
        (name.lower(), html.unescape(quoted or single or bare))
        for name, quoted, single, bare in _ATTRIBUTE.findall(text)
    ]


def _character(reference: str) -> tuple[int, str]:
    """How much of the source a reference takes, and its character; 0 where it is no reference."""
    if reference[1] == "#" or reference[1:] in html5:
        return len(reference), html.unescape(reference)
    for size in range(min(len(reference), 7), 2, -1):  # the old ones need no semicolon
        if reference[1:size] in html5:
            return size, html5[reference[1:size]]
    return 0, ""
