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

from corpus.characters import HAN, Mask, codes_of, table_of
from corpus.html import BOILERPLATE, LINK, MAIN
from corpus.lines import Line
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
from corpus.triggers import BUCKETS, Pattern, buckets_of

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
_NUMBER = re.compile(r"\d|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]")
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


def features(lines: Sequence[Line]) -> Columns:
    """A row of numbers for each of `NAMES`, a column a line, most between 0 and 1.

    `lines` are not empty, and have their rules already.
    """
    columns = np.zeros((len(NAMES), len(lines)))
    row = dict(zip(NAMES, columns, strict=True))
    _own(lines, row)
    rules = columns[len(_OWN) : len(_OWN) + len(RULES)]
    names = np.array([_INDEX_OF_RULE.get(line.rule or "", -1) for line in lines])
    np.equal(names, np.arange(len(RULES))[:, None], out=rules)
    _of_page(lines, row)
    first = NAMES.index(_OF_WINDOWS[0])
    _windows(row, columns[first : first + len(_WINDOWS)])
    _of_place(row)
    return columns


_INDEX_OF_RULE = {rule: index for index, rule in enumerate(RULES)}


def _own(lines: Sequence[Line], row: dict[str, Column]) -> None:
    row["length"][:] = [line.han for line in lines]
    np.log1p(row["length"], out=row["length"])
    row["length"] /= 5
    row["ellipsis"][:] = [line.ends_in_ellipsis for line in lines]
    row["sentence"][:] = [line.is_sentence for line in lines]
    row["comma"][:] = ["," in line.plain for line in lines]
    row["number"][:] = [_NUMBER.match(line.plain) is not None for line in lines]
    row["free"][:] = [line.rule is None for line in lines]
    row["head"][:] = [
        line.rule is not None and _is_head(line) and not _leads_on(lines, i) for i, line in enumerate(lines)
    ]
    if any(line.shares for line in lines):
        for name, flag in (("link", LINK), ("boilerplate", BOILERPLATE), ("main", MAIN)):
            row[name][:] = [line.shares.get(flag, 0.0) for line in lines]


def _of_page(lines: Sequence[Line], row: dict[str, Column]) -> None:
    han = np.array([line.han for line in lines], np.float64)
    said = row[f"rule:{repeats.BODY}"] + row[f"rule:{repeats.LINE}"]
    trust = np.where(row["free"] > 0, 1.0, 0.3) * (1 - said)
    running = row["sentence"] * (1 - row["link"]) * np.minimum(han, _MOST_COUNTED) / _MOST_COUNTED * trust
    if any(_NOTICE.may_match(line) for line in lines):
        words = _notice_words(lines)
        usual = float((words * running).sum() / (running.sum() or 1.0))  # an article may be about copyright
        row["notice_words"][:] = np.maximum(0.0, words - 1.5 * usual)
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


def _notice_words(lines: Sequence[Line]) -> Column:
    """How much of each sentence's wording is that of notices; 0 to 1."""
    counts = [
        sum(word in line.plain for word in _NOTICE_WORDS) if line.han >= 8 and _NOTICE.may_match(line) else 0
        for line in lines
    ]
    return np.minimum(np.array(counts, np.float64), 5) / 5


def _agreement(lines: Sequence[Line], running: NDArray[np.bool_]) -> Column:
    """The share of each line's pairs of Han characters that stand in the page's running text, outside the line."""
    texts = [line.plain[:_LONGEST_READ] for line in lines]
    codes = codes_of("\n".join(texts) + "\n")
    sizes = np.array(list(map(len, texts)), np.intp) + 1
    starts = np.cumsum(sizes) - sizes
    han = table_of(HAN)[codes]
    pair = np.zeros(len(codes), bool)
    pair[:-1] = han[:-1] & han[1:]
    bucket = np.zeros(len(codes), np.intp)
    bucket[:-1] = buckets_of(codes)
    inside = np.repeat(running, sizes)
    once, twice = _occurrences(bucket[pair & inside])
    seen = np.where(inside, twice[bucket], once[bucket])
    pairs = np.add.reduceat(pair.astype(np.intp), starts)
    shared = np.add.reduceat((pair & seen).astype(np.intp), starts)
    return np.asarray(shared / np.maximum(pairs, 1))


def _occurrences(buckets: NDArray[np.intp]) -> tuple[Mask, Mask]:
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
    first, last, sizes = _places(count)
    flat = sums.ravel()
    np.divide(flat[last] - flat[first], sizes, out=out)


@lru_cache(maxsize=64)
def _places(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Where the windows of all lines begin and end among their sums, one row after the other, and their sizes."""
    index = np.arange(count)
    first = np.minimum(np.maximum(index + _LOWS, 0), count)
    last = np.minimum(np.maximum(index + _HIGHS + 1, 0), count)
    row = np.arange(len(_WINDOWS))[:, None] * (count + 1)
    return first + row, last + row, np.maximum(last - first, 1)


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
