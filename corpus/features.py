"""Lines in, a matrix of numbers out: what `corpus.body` weighs to tell an article's lines from the rest of a page.

Every number is the line's own shape (length, commas, links), the verdict of the rules on it, its agreement with the
page's running text, or a mean of these over the lines around it. They mean the same on a page of any kind, and take
linear time. Those that made no difference on pages the weights had not seen are gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.characters import BUCKETS, Codes, Mask, Places, bucket_of
from corpus.html import BOILERPLATE, LINK, MAIN
from corpus.lines import Line, Lines
from corpus.rules import (
    bylines,
    comments,
    contact_ads,
    navigation,
    notices,
    repeats,
    sharing,
    spam,
    teasers,
    truncation,
)
from corpus.triggers import Pattern

Column: TypeAlias = NDArray[np.float64]  # a number a line
Columns: TypeAlias = NDArray[np.float64]  # a row a feature, a column a line

RULES = (
    bylines.RULE,
    comments.RULE,
    contact_ads.RULE,
    navigation.RULE,
    notices.RULE,
    repeats.BODY,
    repeats.LINE,
    sharing.RULE,
    spam.SPAM_LINKS,
    spam.SPIDER_POOL,
    teasers.RULE,
    truncation.RULE,
)
_NOTICE_WORDS = re.findall(
    r"\S+", "版权 著作权 转载 侵权 授权 未经 许可 法律责任 注明 本站 本网 网友 观点 立场 追究 声明 网站"
)
_NOTICE = Pattern("|".join(_NOTICE_WORDS))
_WINDOWS = (
    ("running", -30, 30),
    ("notice_words", -1, -1),
    ("notice_words", 1, 1),
    ("notice_words", -5, 5),
    ("agreement", -3, -1),
    ("agreement", 1, 3),
    ("agreement", -5, 5),
    ("main", -10, -1),
    ("main", 1, 10),
    ("number", -30, 30),
)
_MOST_COUNTED = 160  # Han characters; a paragraph twice as long is not twice as sure
_LONGEST_READ = 2_000  # characters of a line
_SHORT = float(np.log1p(9)) / 5  # `length` of nine Han characters


_OWN = ("length", "ellipsis", "sentence", "comma", "number", "free", "head", "link", "boilerplate", "main")
_OF_RULES = tuple(f"rule:{rule}" for rule in RULES)
_OF_PAGE = ("notice_words", "running", "agreement")
_OF_WINDOWS = tuple(f"{name}[{low},{high}]" for name, low, high in _WINDOWS)
_OF_PLACE = (
    "heads_since",
    "heads_until",
    "inside",
    "agreement*other",
    "nothing_after*other",
    "share*other",
    "main*free",
    "main*short",
)
NAMES = (*_OWN, *_OF_RULES, *_OF_PAGE, *_OF_WINDOWS, *_OF_PLACE)


def features(lines: Lines) -> Columns:
    """A row of numbers for each of `NAMES`, a column a line, most between 0 and 1.

    `lines` are not empty, and have their rules already.
    """
    columns = np.zeros((len(NAMES), len(lines)))
    row = dict(zip(NAMES, columns, strict=True))
    row["free"][:] = 1
    ruled = [index for index, line in enumerate(lines) if line.rule is not None]
    for index in ruled:
        columns[_ROW_OF_RULE.get(lines[index].rule or "", _ROW_OF_RULE[repeats.LINE]), index] = 1  # a title is one
    row["free"][ruled] = 0
    for index in ruled:
        line = lines[index]
        if any(head.may_match(line) for head in _HEADS) and _is_head(line) and not _leads_on(lines, index):
            row["head"][index] = 1
    _own(lines, row)
    _of_page(lines, row)
    _windows(row, columns[_WINDOW_ROWS])
    _of_place(row)
    return columns


_HEADS = (*teasers.HEADS, *comments.PATTERNS)
_ROW_OF_RULE = {rule: NAMES.index(name) for rule, name in zip(RULES, _OF_RULES, strict=True)}
_WINDOW_ROWS = slice(NAMES.index(_OF_WINDOWS[0]), NAMES.index(_OF_WINDOWS[0]) + len(_WINDOWS))


def _own(lines: Lines, row: dict[str, Column]) -> None:
    np.log1p(lines.han, out=row["length"])
    row["length"] /= 5
    row["ellipsis"][:] = lines.is_cut_off
    row["sentence"][:] = lines.is_sentence
    row["comma"][:] = lines.has_comma
    row["number"][:] = lines.has_number
    if any(line.shares for line in lines):
        for name, flag in (("link", LINK), ("boilerplate", BOILERPLATE), ("main", MAIN)):
            row[name][:] = [line.shares.get(flag, 0.0) for line in lines]


def _of_page(lines: Lines, row: dict[str, Column]) -> None:
    said = row[f"rule:{repeats.BODY}"] + row[f"rule:{repeats.LINE}"]
    trust = np.where(row["free"] > 0, 1.0, 0.3) * (1 - said)
    running = row["sentence"] * (1 - row["link"]) * np.minimum(lines.han, _MOST_COUNTED) / _MOST_COUNTED * trust
    if len(places := np.flatnonzero(_NOTICE.may_match_in(lines.without) & (lines.han >= 8))):
        words = np.zeros(len(lines))
        words[places] = [_notice_words(lines[index]) for index in places.tolist()]
        usual = float((words * running).sum() / (running.sum() or 1.0))  # an article may be about copyright
        np.maximum(0.0, words - 1.5 * usual, out=row["notice_words"])
    row["running"][:] = running
    row["agreement"][:] = _agreement(lines, running > 0.15)


def _is_head(line: Line) -> bool:
    return teasers.section_head(line) or comments.comment_head(line)


def _leads_on(lines: Sequence[Line], head: int) -> bool:
    """`延伸阅读：`, one title, and the text goes on."""
    after = lines[head + 1 : head + 3]
    return (
        len(after) == 2
        and lines[head].plain[-1] == ":"
        and not after[0].is_sentence
        and after[1].is_sentence
        and after[1].clauses > 1
        and not comments.comment_head(lines[head])
    )


def _notice_words(line: Line) -> float:
    """How much of a sentence's wording is that of notices; 0 to 1."""
    return min(sum(word in line.plain for word in _NOTICE_WORDS), 5) / 5


def _agreement(lines: Lines, running: Mask) -> Column:
    """The share of each line's pairs of Han characters that stand in the page's running text, outside the line."""
    starts, ends = lines.starts, np.minimum(lines.ends, lines.starts + _LONGEST_READ)
    pair = lines.is_han[:-1] & lines.is_han[1:]  # a character and the next one; lines have none between them
    for index in np.flatnonzero(ends < lines.ends).tolist():
        pair[ends[index] - 1 : lines.ends[index]] = False
    places = np.flatnonzero(pair)
    line_of = starts.searchsorted(places, "right") - 1
    bucket = bucket_of(lines.codes[places], lines.codes[places + 1])
    inside = running[line_of]
    once, twice = _occurrences(bucket[inside])
    seen = np.where(inside, twice[bucket], once[bucket])
    pairs = np.bincount(line_of, minlength=len(starts))
    shared = np.bincount(line_of, seen, minlength=len(starts))
    return np.asarray(shared / np.maximum(pairs, 1))


def _occurrences(buckets: Codes) -> tuple[Mask, Mask]:
    """The buckets that occur, and those that occur more than once."""
    once, twice = np.zeros((2, BUCKETS), bool)
    once[buckets] = True
    last = np.empty(BUCKETS, np.int32)
    index = np.arange(len(buckets))
    last[buckets] = index
    twice[buckets[last[buckets] != index]] = True
    return once, twice


_LOWS = np.array([low for _, low, _ in _WINDOWS])[:, None]
_HIGHS = np.array([high for _, _, high in _WINDOWS])[:, None]


def _windows(row: dict[str, Column], out: Columns) -> None:
    """The mean of a column over lines `i + low` to `i + high`, those that exist; 0 where there are none."""
    count = out.shape[1]
    sums = np.zeros((len(_WINDOWS), count + 1))
    np.cumsum([row[name] for name, _, _ in _WINDOWS], axis=1, out=sums[:, 1:])
    first, last, sizes = _usual_places(count) if count <= _USUAL else _places(count)
    flat = sums.ravel()
    np.divide(flat[last] - flat[first], sizes, out=out)


def _places(count: int) -> tuple[Places, Places, Places]:
    """Where the windows of all lines begin and end among their sums, one row after the other, and their sizes."""
    index = np.arange(count)
    first = np.minimum(np.maximum(index + _LOWS, 0), count)
    last = np.minimum(np.maximum(index + _HIGHS + 1, 0), count)
    row = np.arange(len(_WINDOWS))[:, None] * (count + 1)
    return first + row, last + row, np.maximum(last - first, 1)


_USUAL = 200  # lines of a page; pages with as many lines share their windows
_usual_places = lru_cache(maxsize=_USUAL)(_places)


def _of_place(row: dict[str, Column]) -> None:
    """Where the line stands: after how much of the running text and how many heads of other sections."""
    running, link, main = row["running"], row["link"], row["main"]
    total = running.sum() or 1.0
    upto = np.cumsum(running) / total
    before, after = upto - running / total, 1 - upto
    if row["head"].any():
        begins = int(np.argmax(upto > 0.1))
        ends = len(after) - 1 - int(np.argmax((1 - before > 0.1)[::-1]))
        heads = np.cumsum(row["head"])
        row["heads_since"][:] = np.minimum(np.maximum(heads - heads[begins], 0), 3) / 3
        row["heads_until"][:] = np.minimum(np.maximum(heads[ends] - heads, 0), 3) / 3
    row["inside"][:] = np.sqrt(np.maximum(np.minimum(before, after), 0))
    other = running == 0
    row["agreement*other"][:] = row["agreement"] * other
    row["nothing_after*other"][:] = (after < 0.01) * other
    row["share*other"][:] = np.sqrt(running.mean()) * other
    if main.any():
        in_main = main * (1 - link)
        row["main*free"][:] = in_main * row["free"]
        row["main*short"][:] = in_main * ((row["length"] < _SHORT) * (1 - row["sentence"]))
