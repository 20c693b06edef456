"""What the page says about its article: title, publisher, author, date. Nothing is invented; what is not said is null."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from corpus.html import Hints
from corpus.lines import Line
from corpus.rules import bylines, repeats

TITLE = "title"
MISMATCH_BELOW = 0.25  # share of the title's character pairs that the article must have

_NOT_WORDS = re.compile(r"[\W_]+")
_TITLE_FIELD = re.compile(r"^(?:标题|题目)\s*:\s*(.{4,80}?)\s*\|?$")
_ORIGINAL_TITLE = re.compile(r"原标题\s*:\s*([^|]{4,80})")
_PUBLISHER = re.compile(r"(?:来源|稿源|出处|来自)\s*:\s*([^\s|,;:()\[\]【】/]{2,24})")
_AUTHOR = re.compile(
    r"(?:作者|记者|撰文|文/|文)\s*[:：/]\s*([\u4e00-\u9fff·]{2,8}(?:[、 ][\u4e00-\u9fff·]{2,4}){0,4}?)(?=$|[\s|,;:()\[\]【】/])"
)
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
    r"(?:\s*(?:上午|下午)?\s*([01]?\d|2[0-3])[:时]([0-5]\d)(?:[:分]([0-5]\d))?)?"
)
_SITE_NAME = re.compile(r"\s*(?:[_|｜»>]|--+|——|-(?=[^-]{2,12}$)| - )\s*")
_META_DATES = (
    "article:published_time",
    "og:release_date",
    "publishdate",
    "pubdate",
    "date",
    "dc.date",
    "citation_date",
)
_NOBODY = ("佚名", "匿名", "未知", "不详", "本站", "网络")
_LINES_ABOVE = 15


@dataclass(frozen=True, slots=True)
class Metadata:
    """Null where the page does not say. `published_at`: ISO 8601, a date, or a date and time as the page gives it."""

    title: str | None
    publisher: str | None
    author: str | None
    published_at: str | None
    site: str | None
    matches: bool  # the title belongs to the text


def read_metadata(
    text: str, lines: Sequence[Line], body: Sequence[Line], hints: Hints | None, url: str | None
) -> Metadata:
    """Read the fields, and name the lines that repeat the title: their `rule` becomes `title`.

    `lines` are those of `text`; `body` those of them that are the article.
    """
    first = body[0].start if body else 0
    above = [line for line in lines if line.start < first]
    below = [line for line in lines if line.start > first and line.rule in (bylines.RULE, None)]
    article = "".join(line.plain for line in body)
    title = _title(text, above, lines, article, hints)
    if title:
        words = _words(title)
        for line in lines:
            if line.rule is not None and _words(line.plain) == words:
                line.rule = TITLE
    header = [line.plain for line in above[-_LINES_ABOVE:]]
    return Metadata(
        title,
        _first(_PUBLISHER, header, [line.plain for line in reversed(below)])
        or (hints and hints.meta.get("og:site_name"))
        or None,
        _author(header, [line.plain for line in reversed(below)]),
        _date(hints, header),
        urlsplit(url).hostname if url else None,
        title is None or coverage(title, article) >= MISMATCH_BELOW,
    )


def coverage(title: str, article: str) -> float:
    """The share of the title's neighbouring character pairs that stand in the article; 0 to 1."""
    words = _words(title)
    pairs = [words[i : i + 2] for i in range(len(words) - 1)]
    return sum(pair in article for pair in pairs) / len(pairs) if pairs else 0.0


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", text)


def _title(text: str, above: Sequence[Line], lines: Sequence[Line], article: str, hints: Hints | None) -> str | None:
    """The candidate that the article, the page and its place speak for; the page's own markup counts as two voices."""
    repeated = Counter(_words(line.plain) for line in lines)
    candidates: dict[str, float] = {}

    def propose(candidate: str, bonus: float) -> None:
        candidate = candidate.strip(" |[]【】")
        if 4 <= len(candidate) <= 80:
            votes = bonus + 2 * coverage(candidate, article) + 0.4 * (repeated[_words(candidate)] > 1)
            candidates[candidate] = max(candidates.get(candidate, -1.0), votes)

    for distance, line in enumerate(reversed(above[-_LINES_ABOVE:])):
        if field := _TITLE_FIELD.match(line.plain) or _ORIGINAL_TITLE.search(line.plain):
            start = line.start + field.start(1)
            propose(text[start : start + len(field[1])], 1.0 if field.re is _TITLE_FIELD else 0.0)
        elif not line.is_sentence and line.rule in (None, "outside_article", repeats.LINE):
            propose(text[line.start : line.end], 0.3 - 0.04 * distance)
    if hints:
        for _, heading in hints.headings:
            propose(heading, 0.6)
        for name in ("og:title", "twitter:title"):
            propose(hints.meta.get(name, ""), 0.8)
        for part in _SITE_NAME.split(hints.title):
            propose(part, 0.5)
    return max(candidates, key=candidates.__getitem__) if candidates else None


def _first(pattern: re.Pattern[str], *groups: Sequence[str]) -> str | None:
    for texts in groups:
        for text in texts:
            if match := pattern.search(text):
                return match[1].strip()
    return None


def _author(*groups: Sequence[str]) -> str | None:
    author = _first(_AUTHOR, *groups)
    return None if author in _NOBODY else author


def _date(hints: Hints | None, header: Sequence[str]) -> str | None:
    """The date nearest above the article, else the one in the markup."""
    texts = [*reversed(header)]
    if hints:
        texts += [hints.meta[name] for name in _META_DATES if name in hints.meta]
    for text in texts:
        if match := _DATE.search(text):
            year, month, day, hour, minute, second = match.groups()
            date = f"{year}-{int(month):02}-{int(day):02}"
            if hour is None:
                return date
            return f"{date}T{int(hour):02}:{minute}" + (f":{second}" if second else "")
    return None
