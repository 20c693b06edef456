"""Lines in, a matrix of numbers out: what `corpus.body` weighs to tell an article's lines from the rest of a page.

Every number is the line's own shape (length, commas, links), the verdict of the rules on it, its agreement with the
page's running text, or a mean of these over the lines around it. They mean the same on a page of any kind, and take
linear time. Those that made no difference on pages the weights had not seen are gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

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

Column: TypeAlias = NDArray[np.float64]

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
_BUCKETS = 1 << 16  # for pairs of characters; two pairs that share one cost nothing but a little noise

_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


def features(lines: Sequence[Line]) -> dict[str, Column]:
    """Named columns with a number a line, most between 0 and 1. `lines` are not empty, and have their rules already."""
    columns = _own(lines)
    return columns | _around(columns)


def _own(lines: Sequence[Line]) -> dict[str, Column]:
    han = np.array([line.han for line in lines], np.float64)
    sentence = np.array([line.is_sentence for line in lines], np.float64)
    columns = {
        "length": np.log1p(han) / 5,
        "ellipsis": np.array([line.ends_in_ellipsis for line in lines], np.float64),
        "sentence": sentence,
        "comma": np.array(["," in line.plain for line in lines], np.float64),
        "number": np.array([_NUMBER.match(line.plain) is not None for line in lines], np.float64),
        "free": np.array([line.rule is None for line in lines], np.float64),
        "head": np.array([line.rule is not None and _is_head(line) for line in lines], np.float64),
    }
    names = np.array([RULES.index(line.rule) if line.rule else -1 for line in lines])
    for index, rule in enumerate(RULES):
        columns[f"rule:{rule}"] = (names == index).astype(np.float64)
    for name, flag in (("link", LINK), ("boilerplate", BOILERPLATE), ("main", MAIN)):
        columns[name] = np.array([line.shares.get(flag, 0.0) for line in lines], np.float64)
    said = columns[f"rule:{repeats.BODY}"] + columns[f"rule:{repeats.LINE}"]
    trust = np.where(columns["free"] > 0, 1.0, 0.3) * (1 - said)
    running = sentence * (1 - columns["link"]) * np.minimum(han, _MOST_COUNTED) / _MOST_COUNTED * trust
    words = _notice_words(lines)
    usual = float((words * running).sum() / (running.sum() or 1.0))  # an article may be about copyright
    columns["notice_words"] = np.maximum(0.0, words - 1.5 * usual)
    columns["running"] = running
    columns["agreement"] = _agreement(lines, running > 0.15)
    return columns


def _is_head(line: Line) -> bool:
    return teasers.teaser_head(line) or comments.comment_head(line)


def _notice_words(lines: Sequence[Line]) -> Column:
    """How much of each sentence's wording is that of notices; 0 to 1."""
    page = "\n".join(line.plain for line in lines)
    words = [word for word in _NOTICE_WORDS if word in page]
    if not words:
        return np.zeros(len(lines))
    counts = (sum(word in line.plain for word in words) if line.han >= 8 else 0 for line in lines)
    return np.array([min(5, count) / 5 for count in counts], np.float64)


def _agreement(lines: Sequence[Line], running: NDArray[np.bool_]) -> Column:
    """The share of each line's pairs of Han characters that stand in the page's running text, outside the line."""
    texts = [line.plain[:_LONGEST_READ] for line in lines]
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.array([len(text) + 1 for text in texts], np.intp)
    starts = np.cumsum(sizes) - sizes
    han = (codes >= _FIRST_HAN) & (codes <= _LAST_HAN)
    pair = np.zeros(len(codes), bool)
    pair[:-1] = han[:-1] & han[1:]
    bucket = np.zeros(len(codes), np.uint32)
    bucket[:-1] = (codes[:-1] * np.uint32(1021) + codes[1:]) & np.uint32(_BUCKETS - 1)
    inside = np.repeat(running, sizes)
    seen = np.bincount(bucket[pair & inside], minlength=_BUCKETS)[bucket] > inside
    pairs = np.add.reduceat(pair, starts, dtype=np.float64)
    return np.asarray(np.add.reduceat(pair & seen, starts, dtype=np.float64) / np.maximum(pairs, 1))


def _around(own: dict[str, Column]) -> dict[str, Column]:
    running, link, main = own["running"], own["link"], own["main"]
    sums = {name: np.concatenate([[0.0], np.cumsum(own[name])]) for name in {name for name, _, _ in _WINDOWS}}
    columns = {f"{name}[{low},{high}]": _mean(sums[name], low, high) for name, low, high in _WINDOWS}
    total = running.sum() or 1.0
    upto = np.cumsum(running) / total
    before, after = upto - running / total, 1 - upto
    begins = int(np.argmax(upto > 0.1))
    ends = len(after) - 1 - int(np.argmax((1 - before > 0.1)[::-1]))
    heads = np.cumsum(own["head"])
    columns["heads_since"] = np.minimum(np.maximum(heads - heads[begins], 0), 3) / 3
    columns["heads_until"] = np.minimum(np.maximum(heads[ends] - heads, 0), 3) / 3
    columns["inside"] = np.sqrt(np.maximum(np.minimum(before, after), 0))
    other = (running == 0).astype(np.float64)
    short = (own["length"] < _SHORT) * (1 - own["sentence"])
    columns["agreement*other"] = own["agreement"] * other
    columns["nothing_after*other"] = (after < 0.01) * other
    columns["share*other"] = np.sqrt(running.mean()) * other
    columns["main*free"] = main * (1 - link) * own["free"]
    columns["main*short"] = main * (1 - link) * short
    return columns


def _mean(sums: Column, low: int, high: int) -> Column:
    """The mean over lines `i + low` to `i + high`, those that exist; 0 where there are none. `sums` begins with 0."""
    count = len(sums) - 1
    index = np.arange(count)
    first = np.minimum(np.maximum(index + low, 0), count)
    last = np.minimum(np.maximum(index + high + 1, 0), count)
    return np.asarray((sums[last] - sums[first]) / np.maximum(last - first, 1))
