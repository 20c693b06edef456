"""Lines in, a matrix of numbers out: what `corpus.body` weighs to tell an article's lines from the rest of a page.

Every number is the line's own shape (length, commas, links), the verdict of the rules on it, its agreement with the
page's running text, or a mean of these over the lines around it. They mean the same on a page of any kind, and take
linear time. Those that made no difference on pages the weights had not seen are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.html import BOILERPLATE, CONTENT, HEADING, LINK, LIST, MAIN
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
_BREAKS = (comments.RULE, notices.RULE, sharing.RULE)
_NOTICE_WORDS = tuple(
    "版权 著作权 转载 侵权 授权 未经 许可 法律责任 注明 本站 本网 网友 观点 立场 追究 声明 网站".split()
)
_WINDOWS = (
    ("running", -30, 30),
    ("hit", -30, 30),
    ("link", -3, -1),
    ("link", 1, 3),
    ("link", -10, -1),
    ("link", 1, 10),
    ("notice_words", -1, -1),
    ("notice_words", 1, 1),
    ("notice_words", -10, -1),
    ("notice_words", 1, 10),
    ("agreement", -10, -1),
    ("agreement", 1, 10),
)
_MOST_COUNTED = 160  # Han characters; a paragraph twice as long is not twice as sure
_LONGEST_READ = 2_000  # characters of a line
_BUCKETS = 1 << 16  # for pairs of characters; two pairs that share one cost nothing but a little noise

_DIGIT, _COMMA, _HAN = 1, 2, 3  # classes of characters, by code point
_CLASSES = np.zeros(0x10000, np.uint8)
_CLASSES[0x3400:0xA000] = _HAN
_CLASSES[ord("0") : ord("9") + 1] = _DIGIT
_CLASSES[[ord(","), ord("、")]] = _COMMA


def features(lines: Sequence[Line]) -> dict[str, Column]:
    """Named columns with a number a line, most between 0 and 1. `lines` are not empty, and have their rules already."""
    columns = _own(lines)
    return columns | _around(columns)


def _own(lines: Sequence[Line]) -> dict[str, Column]:
    codes, starts, lengths = _characters(lines)
    classes = _CLASSES[np.minimum(codes, 0xFFFF)]
    digits = np.add.reduceat(classes == _DIGIT, starts, dtype=np.float64)
    commas = np.add.reduceat(classes == _COMMA, starts, dtype=np.float64)
    han = np.array([line.han for line in lines], np.float64)
    sentence = np.array([line.is_sentence for line in lines], np.float64)
    shares = [line.shares for line in lines]
    columns = {
        "length": np.log1p(han) / 5,
        "ellipsis": np.array([line.ends_in_ellipsis for line in lines], np.float64),
        "sentence": sentence,
        "digits": digits / lengths,
        "comma": np.minimum(commas, 1),
        "free": np.array([line.rule is None for line in lines], np.float64),
        "head": np.array([line.rule is not None and _is_head(line) for line in lines], np.float64),
    }
    names = np.array([RULES.index(line.rule) if line.rule else -1 for line in lines])
    for index, rule in enumerate(RULES):
        columns[f"rule:{rule}"] = (names == index).astype(np.float64)
    for name, flag in (("link", LINK), ("boilerplate", BOILERPLATE), ("content", CONTENT), ("main", MAIN)):
        columns[name] = np.array([share.get(flag, 0.0) for share in shares], np.float64)
    said = columns[f"rule:{repeats.BODY}"] + columns[f"rule:{repeats.LINE}"]
    trust = np.where(columns["free"] > 0, 1.0, 0.3) * (1 - said)
    running = sentence * (1 - columns["link"]) * np.minimum(han, _MOST_COUNTED) / _MOST_COUNTED * trust
    words = np.array([_notice_words(line) for line in lines], np.float64)
    usual = float((words * running).sum() / (running.sum() or 1.0))  # an article may be about copyright
    columns["notice_words"] = np.maximum(0.0, words - 1.5 * usual)
    columns["running"] = running
    columns["agreement"] = _agreement(codes, classes, starts, running > 0.15)
    return columns


def _is_head(line: Line) -> bool:
    return teasers.teaser_head(line) or comments.comment_head(line)


def _notice_words(line: Line) -> float:
    """How much of a sentence's wording is that of notices; 0 to 1."""
    if line.han < 8:
        return 0.0
    return min(5, sum(word in line.plain for word in _NOTICE_WORDS)) / 5


def _characters(lines: Sequence[Line]) -> tuple[NDArray[np.uint32], NDArray[np.intp], Column]:
    """Code points of all lines, a newline after each; where each line starts, and its length."""
    texts = [line.plain[:_LONGEST_READ] for line in lines]
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.array([len(text) + 1 for text in texts], np.intp)
    return codes, np.cumsum(sizes) - sizes, (sizes - 1).astype(np.float64)


def _agreement(
    codes: NDArray[np.uint32], classes: NDArray[np.uint8], starts: NDArray[np.intp], running: NDArray[np.bool_]
) -> Column:
    """The share of each line's pairs of Han characters that stand in the page's running text, outside the line."""
    han = classes == _HAN
    pair = np.zeros(len(codes), bool)
    pair[:-1] = han[:-1] & han[1:]
    bucket = np.zeros(len(codes), np.uint32)
    bucket[:-1] = (codes[:-1] * np.uint32(1021) + codes[1:]) & np.uint32(_BUCKETS - 1)
    inside = np.repeat(running, np.diff(starts, append=len(codes)))
    seen = np.bincount(bucket[pair & inside], minlength=_BUCKETS)[bucket] > inside
    pairs = np.add.reduceat(pair, starts, dtype=np.float64)
    found = np.add.reduceat(pair & seen, starts, dtype=np.float64)
    return np.asarray(found / np.maximum(pairs, 1))


def _around(own: dict[str, Column]) -> dict[str, Column]:
    running, free, link, main = own["running"], own["free"], own["link"], own["main"]
    own["hit"] = 1 - free
    sums = {name: np.concatenate([[0.0], np.cumsum(own[name])]) for name in {name for name, _, _ in _WINDOWS}}
    columns = {f"{name}[{low},{high}]": _mean(sums[name], low, high) for name, low, high in _WINDOWS}
    total = running.sum() or 1.0
    upto = np.cumsum(running) / total
    before, after = upto - running / total, 1 - upto
    inside = np.sqrt(np.clip(np.minimum(before, after), 0, 1))
    breaks = np.maximum.reduce([own["head"], *(own[f"rule:{rule}"] for rule in _BREAKS)])
    begins = int(np.argmax(upto > 0.1))
    ends = len(after) - 1 - int(np.argmax((1 - before > 0.1)[::-1]))
    for name, values in (("heads", own["head"]), ("breaks", breaks)):
        passed = np.cumsum(values)
        columns[f"{name}_since"] = np.clip(passed - passed[begins], 0, 3) / 3
        columns[f"{name}_until"] = np.clip(passed[ends] - passed, 0, 3) / 3
    columns["inside"] = inside
    columns["inside*link"] = inside * link
    columns["nothing_after"] = (after < 0.01).astype(np.float64)
    columns["main*free"] = main * (1 - link) * free
    columns["main*hit"] = main * (1 - free)
    columns["main*link"] = main * link
    return columns


def _mean(sums: Column, low: int, high: int) -> Column:
    """The mean over lines `i + low` to `i + high`, those that exist; 0 where there are none. `sums` begins with 0."""
    count = len(sums) - 1
    index = np.arange(count)
    first = np.clip(index + low, 0, count)
    last = np.clip(index + high + 1, 0, count)
    return np.asarray((sums[last] - sums[first]) / np.maximum(last - first, 1))
