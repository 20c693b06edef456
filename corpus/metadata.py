"""What the page says about its article: title, publisher, author, date. Nothing is invented; null where it is mute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import add
from urllib.parse import urlsplit

import numpy as np

from corpus.characters import BUCKETS, bucket_of, buckets_of
from corpus.html import Hints
from corpus.lines import Line
from corpus.page_dates import read_date
from corpus.rules import bylines, comments, repeats, teasers
from corpus.triggers import Pattern

OUTSIDE = "outside_article"
MISMATCH_BELOW = 0.25  # share of the title's character pairs that the article must have

_NUMBERED = re.compile(r"^第[\d一二三四五六七八九十百千零]{1,6}[章回节集]|[(（]\d{1,2}[)）]$")
_LEAST_PAIRS = 4
_WHOLE = 600  # Han characters of an article that says all its title says
_NOT_WORDS = re.compile(r"[\W_]+")
_TITLE_FIELD = re.compile(r"^(?:标题|题目)\s*:\s*(.{4,80}?)\s*\|?$")
_ORIGINAL_TITLE = re.compile(r"原标题\s*:\s*([^|]{4,80})")
_SITE_NAME = re.compile(r"\s*(?:[_|｜»>]|--+|——|-(?=[^-]{2,12}$)| - )\s*")
_PUBLISHER = Pattern(r"(?:来源|稿源|出处|来自)\s*:\s*([^\s|,;:()\[\]【】/=\"']{2,24})(?![^\s|,;:()\[\]【】/])")
_NO_PUBLISHER = re.compile("转载文章|转载|互联网|网络|网络转载|原创|本站|本站原创|未知|不详")
_NAME = r"[\u4e00-\u9fff·]{2,8}|[\u4e00-\u9fff] {1,4}[\u4e00-\u9fff]|[A-Za-z][\w.-]{2,24}"
_REPORTERS = r"[\u4e00-\u9fff]{2,4}(?:[、 ][\u4e00-\u9fff]{2,4}){0,4}"
# Where the author stands, the surest first: a field, reporters on a line, in parentheses, a name alone in parentheses.
_AUTHORS = (
    re.compile(
        rf"(?:作者|撰文|撰稿人?|文)\s*[:/]\s*((?:{_NAME})(?:[、 ][\u4e00-\u9fff]{{2,4}}){{0,4}}?)"
        r"(?=$|[\s|,;:()\[\]【】/])"
        r"|(?:^|[|·\s])(?:由\s*([\u4e00-\u9fffA-Za-z][\w.-]{1,15}?)\s*(?:发布|发表|撰写)于?|[Bb]y\s+([\u4e00-\u9fff]{2,8})(?=$|[\s|,]))"
    ),
    re.compile(rf"(?<!小)记者\s*[:/]?\s*({_REPORTERS})\s*(?:$|[|/](?:文|图|摄))"),
    re.compile(
        rf"[(\[【〔][^()\[\]。]{{0,16}}记者\s*[:/]?\s*({_REPORTERS})(?=\s*[)\]】〕/／]|\s+(?:通讯员|实习|摄影|记者))"
    ),
    re.compile(r"^[(\[]([\u4e00-\u9fff]{2,4})[)\]]$"),
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦"
    "贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季庄牛樊葛邢安齐梅卞温柳单鲍"
)
# A source that is a person: a surname with one or two characters, none of which ends the name of a paper or an office.
_FULL_NAME = re.compile(
    rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,1}}[\u4e00-\u9fff](?<![报网社台刊局部院校厅委办处室站县市区省州司])"
)
_FROM_A_PERSON = re.compile(rf"(?:来源|来自|出处)\s*:\s*({_FULL_NAME.pattern})(?=$|[\s|,;:()\[\]【】/])")
_NAME_IN_TITLE = re.compile(r"([\u4e00-\u9fff·]{2,4}):\S")
_NOBODY = re.compile("佚名|匿名|未知|不详|本站|网络|管理员|编辑|待续|未完|完毕|原创|转载|图片|资料图|admin")
_SAID = re.compile(r"发布|发表|发稿|时间|日期|更新|刊发|来源|作者|阅读|浏览|点击|publish|posted|date", re.I)
_CLOCK = re.compile(r"今天是|现在是|当前时间|北京时间:|欢迎您|农历")
_META_DATES = (
    "article:published_time",
    "datepublished",
    "og:release_date",
    "publishdate",
    "pubdate",
    "publish_time",
    "weibo:article:create_at",
    "date",
    "dc.date",
    "citation_date",
    "citation_publication_date",
)
# What the software of public bodies and portals writes, then what schema.org and the Open Graph do.
_META_PUBLISHERS = ("contentsource", "articlesource", "source", "mediaid", "ld:publisher", "og:site_name", "sitename")
_NO_SITE = re.compile("微信公众平台|.{21,}|.*://.*")
_META_AUTHORS = ("citation_author", "citation_authors", "dc.creator", "ld:author", "author", "article:author")
_META_TITLES = ("og:title", "twitter:title", "headline", "citation_title", "dc.title")
_OPENING = 8  # lines of the article above its first sentence
_LINES_ABOVE = 15
_LONGEST_TITLE = 80
_TITLE_READ = 4 * _LONGEST_TITLE  # of a <title>: a page may put a novel there
_HEADINGS_READ = 100
_LINES_BELOW = 6
_HEADLINE = 8  # Han characters


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
    first = _first_sentence(body)
    last = body[-1].start if body else 0
    above = [line for line in lines if line.start < first]
    opening = [line for line in body if line.start < first]
    before = [line for line in above if line.start < opening[0].start] if opening else above
    below = [line for line in lines if line.start > first and line.rule in (bylines.RULE, None)]
    after = list(_behind(lines, last))
    behind = [line.plain for line in after]
    dated_behind = [line.plain for line in after if not _is_headline(line)]
    signed = [line.plain for line in body[-2:] if bylines.is_signed_on(line)]
    said = "".join(line.words for line in body)
    title = _title(text, before, opening, lines, said, hints)
    if title:
        words = _words(title)
        for line in lines:
            if line.words == words and len(line.plain) <= 2 * _LONGEST_TITLE and (line.rule or not line.is_sentence):
                line.rule = repeats.TITLE
    inside = body[min(_OPENING, len(body)) - 1].start if body else 0
    header = [line for line in lines if first < line.start < inside and line.rule == bylines.RULE]
    header += [line for line in above[:-_LINES_ABOVE] if line.rule == bylines.RULE][-3:] + above[-_LINES_ABOVE:]
    bylined = [line.plain for line in header]
    dated = [line.plain for line in header if not (line.rule in (teasers.RULE, OUTSIDE) and _is_headline(line))]
    footer = [line.plain for line in reversed(below) if _PUBLISHER.may_match(line)]
    return Metadata(
        title,
        _publisher(bylined, footer) or _publisher_of_markup(hints),
        _author(bylined, body, behind, hints, title),
        _date(hints, dated, dated_behind, signed),
        site_of(url),
        title is None or _belongs(title, body),
    )


def site_of(url: str | None) -> str | None:
    """The host of an address, None where it has none."""
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:  # http://[::1
        return None


def _behind(lines: Sequence[Line], last: int) -> Iterator[Line]:
    """The first lines after the article, up to those that belong to other articles or to readers."""
    for line in [line for line in lines if line.start > last][:_LINES_BELOW]:
        if teasers.section_head(line) or comments.comment_head(line):
            return
        yield line


def _is_headline(line: Line) -> bool:
    """Of another article, perhaps, with its date."""
    return line.han >= _HEADLINE and not line.is_sentence and not _SAID.search(line.plain)


def _first_sentence(body: Sequence[Line]) -> int:
    """Where the running text begins; the title, the date and the author often stand above it, inside the article."""
    for line in body[:_OPENING]:
        if line.is_sentence or (line.clauses >= 2 and line.han >= 20):
            return line.start
    return body[min(_OPENING, len(body)) - 1].start if body else 0


def _belongs(title: str, body: Sequence[Line]) -> bool:
    """Does the article have enough of the title's pairs? A short one has fewer, and some titles say nothing."""
    plain = _NUMBERED.sub("", title)
    enough = MISMATCH_BELOW * min(1.0, sum(line.han for line in body) / _WHOLE)
    return len(_words(plain)) <= _LEAST_PAIRS or coverage(plain, body) >= enough


def coverage(title: str, body: Sequence[Line]) -> float:
    """The share of the title's neighbouring character pairs that stand in the article; 0 to 1."""
    article = "".join([line.plain for line in body])
    return _pairs_in(_words(title), article, _buckets_in(article))


def _buckets_in(text: str) -> bytes:
    """1 at the buckets of the text's pairs of characters."""
    table = np.zeros(BUCKETS, np.uint8)
    table[buckets_of(text)] = 1
    return table.tobytes()


def _pairs_in(words: str, text: str, buckets: bytes) -> float:
    """The share of the pairs of `words` in `text`; most of the others are known by the text's buckets."""
    pairs = list(map(add, words, words[1:]))
    found = sum(buckets[bucket_of(ord(pair[0]), ord(pair[1]))] and pair in text for pair in pairs)
    return found / len(pairs) if pairs else 0.0


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", text)


def _title(
    text: str, above: Sequence[Line], opening: Sequence[Line], lines: Sequence[Line], said: str, hints: Hints | None
) -> str | None:
    """The candidate that the article, its place and the markup speak for, most of all where several of them agree.

    `above`: the lines before the article; `opening`: its own above its first sentence.
    """
    repeated = Counter([line.words for line in lines if len(line.plain) <= _LONGEST_TITLE])
    stated = _words(hints.title) if hints else ""
    buckets = _buckets_in(said)
    candidates: dict[str, tuple[float, str]] = {}  # by their words
    voices: dict[str, set[str]] = {}

    def propose(candidate: str, voice: str, bonus: float) -> None:
        candidate = candidate.strip(" |[]【】")
        words = _words(candidate)
        if not 4 <= len(candidate) <= _LONGEST_TITLE or not words:
            return
        rest = said.replace(words, "", 1)  # a heading inside the article speaks for itself
        votes = bonus + 2 * _pairs_in(words, rest, buckets) + 0.4 * (repeated[words] > 1)
        if voice != "title" and words in stated and len(words) >= 0.3 * len(stated):
            votes += 0.6
        if words != stated and stated.endswith(words) and len(words) < 0.5 * len(stated):  # the site's name
            votes -= 1.2
        voices.setdefault(words, set()).add(voice)
        if words not in candidates or votes > candidates[words][0]:
            candidates[words] = (votes, candidate)

    places = [(line, 0.3 - 0.04 * distance) for distance, line in enumerate(reversed(above[-_LINES_ABOVE:]))]
    places += [(line, 0.3 - 0.2 * distance) for distance, line in enumerate(opening)]
    for line, bonus in places:
        if field := _TITLE_FIELD.match(line.plain) or _ORIGINAL_TITLE.search(line.plain):
            start = line.start + field.start(1)
            propose(text[start : start + len(field[1])], "field", 1.0 if field.re is _TITLE_FIELD else 0.0)
        elif not line.is_sentence and line.clauses < 2 and line.rule in (None, OUTSIDE, repeats.LINE):
            propose(text[line.start : line.end], "line", bonus)
    if hints:
        near = {line.words for line in (*above, *opening)}
        for _, heading in hints.headings[:_HEADINGS_READ]:
            propose(heading, "heading", 0.6 if _words(heading) in near else 0.1)
        for name in _META_TITLES:
            propose(hints.meta.get(name, ""), "meta", 0.8)
        page_title = hints.title[:_TITLE_READ]
        cuts = [match.start() for match in _SITE_NAME.finditer(page_title)]
        for cut in [len(page_title), *cuts]:  # the site's name is at the end
            propose(page_title[:cut], "title", 0.5)
        for part in _SITE_NAME.split(page_title)[1:]:
            propose(part, "title", 0.3)
    if not candidates:
        return None
    best = max(candidates, key=lambda words: candidates[words][0] + 0.5 * (len(voices[words]) - 1))
    return candidates[best][1]


def _publisher(*groups: Sequence[str]) -> str | None:
    for texts in groups:
        for text in texts:
            match = _PUBLISHER.regex.search(text)
            if match and not _NO_PUBLISHER.fullmatch(match[1]) and not _FULL_NAME.fullmatch(match[1]):
                return match[1]
    return None


def _publisher_of_markup(hints: Hints | None) -> str | None:
    for name in _META_PUBLISHERS if hints else ():
        said = " ".join(hints.meta.get(name, "").split()) if hints else ""
        if len(said) >= 2 and not _NO_SITE.fullmatch(said) and not _NO_PUBLISHER.fullmatch(said):
            return said
    return None


def _author(
    header: Sequence[str], body: Sequence[Line], behind: Sequence[str], hints: Hints | None, title: str | None
) -> str | None:
    """From a byline above or behind the article, its markup, the reporters in its first lines or its last ones."""
    opening = [line.plain for line in body[:_OPENING]]
    ending = [line.plain for line in body[-2:]] + list(behind)
    field, reporters, in_parentheses, alone = _AUTHORS
    tries = [
        (field, [*reversed(header), *ending]),
        (_FROM_A_PERSON, [*reversed(header), *ending]),
        (reporters, [text for text in [*reversed(header), *opening, *ending] if len(text) <= 60]),
        (in_parentheses, [*header, *opening, *ending]),
        (alone, ending),
    ]
    for pattern, texts in tries:
        for text in texts:
            if (match := pattern.search(text)) and (name := _person(next(filter(None, match.groups())))):
                return name
        if pattern is _FROM_A_PERSON:
            if hints and (name := _author_of_markup(hints, header, body)):
                return name
            if name := _named_in_title(header, title):
                return name
    return None


def _named_in_title(header: Sequence[str], title: str | None) -> str | None:
    """`周某：我的三十年` as the title, and the name alone on a line below it."""
    named = _NAME_IN_TITLE.match(title or "") or next((m for m in map(_NAME_IN_TITLE.match, header) if m), None)
    return named[1] if named and named[1] in header else None


def _person(name: str) -> str | None:
    if len(name) > 2 and len(name.replace(" ", "")) == 2:  # 赵 培
        name = name.replace(" ", "")
    return None if _NOBODY.fullmatch(name) else name


def _author_of_markup(hints: Hints, header: Sequence[str], body: Sequence[Line]) -> str | None:
    """Only a name that stands at the article, too: the element often names the maker of the site's software."""
    shown = _words("".join(header)) + "".join(line.words for line in body)
    if _FULL_NAME.fullmatch(person := hints.meta.get("ld:person", "")):
        return person
    for name in (*_META_AUTHORS, "ld:person"):
        author = " ".join(hints.meta.get(name, "").split())
        if 2 <= len(author) <= 40 and "://" not in author and _words(author) in shown:
            return _person(author)
    return None


def _date(hints: Hints | None, header: Sequence[str], behind: Sequence[str], signed: Sequence[str]) -> str | None:
    """The date that is said to be the article's, else the one in the markup or nearest above, else behind the article,
    else the one with which it is signed.

    A time on the page goes before the markup's, which is often in another zone.
    """
    shown = [text for text in reversed(header) if not _CLOCK.search(text)]
    said = _first_date([text for text in shown if _SAID.search(text)])
    if said:
        return said
    marked = None
    if hints:
        marked = _first_date([hints.meta[name] for name in _META_DATES if name in hints.meta])
        marked = marked or _first_date([value for _, value in hints.times[:1]])
    nearest = _first_date(shown)
    if nearest and (marked is None or nearest[:10] == marked[:10]):
        return nearest
    return marked or _first_date([text for text in behind if _SAID.search(text)]) or _first_date([*behind, *signed])


def _first_date(texts: Sequence[str]) -> str | None:
    return next((date for date in map(read_date, texts) if date), None)
