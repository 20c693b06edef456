"""Lines in, a matrix of numbers out: what `corpus.body` weighs to tell an article's lines from the rest of a page.

Every number is the line's own shape (length, punctuation, links), the verdict of the rules on it, or a sum of these over
the lines around it. None is a list of words, so that they mean the same on a page of any kind. All are linear in the
length of the page.
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
_FLAGS = {"link": LINK, "heading": HEADING, "list": LIST, "boilerplate": BOILERPLATE, "content": CONTENT, "main": MAIN}
_BREAKS = (comments.RULE, notices.RULE, sharing.RULE)
_NOTICE_WORDS = "版权 著作权 转载 侵权 授权 未经 许可 法律责任 注明 本站 本网 网友 观点 立场 追究 声明 网站".split()
_MOST_COUNTED = 160  # Han characters; a paragraph twice as long is not twice as sure
_LONGEST_READ = 2_000  # characters of a line
_BUCKETS = 1 << 16  # for pairs of characters; two pairs that share one cost nothing but a little noise

# Classes of characters, by code point.
_DIGIT, _SEPARATOR, _SPACE, _COMMA, _STOP, _COLON, _QUOTE, _HAN = range(1, 9)
_CLASSES = np.zeros(0x10000, np.uint8)
_CLASSES[0x3400:0xA000] = _HAN
for _class, _characters in (
    (_DIGIT, "0123456789"),
    (_SEPARATOR, "|>»·•/_-←→"),
    (_SPACE, " "),
    (_COMMA, ",、"),
    (_STOP, "。!?"),
    (_COLON, ":;"),
    (_QUOTE, "“”「」《》"),
):
    _CLASSES[[ord(_character) for _character in _characters]] = _class


def features(lines: Sequence[Line]) -> dict[str, Column]:
    """Named columns, one number a line; all zero or near it between 0 and 1. The rules have named their lines already."""
    columns = _own(lines)
    columns.update(_around(columns))
    return columns


def _own(lines: Sequence[Line]) -> dict[str, Column]:
    codes, starts, lengths = _characters(lines)
    classes = _CLASSES[np.minimum(codes, 0xFFFF)]
    first = classes[starts]

    def count(which: int) -> Column:
        return np.add.reduceat(classes == which, starts, dtype=np.float64)

    han = np.fromiter((line.han for line in lines), np.float64, len(lines))
    sentence = np.fromiter((line.is_sentence for line in lines), np.float64, len(lines))
    ruled = [line.rule for line in lines]
    columns = {
        "length": np.log1p(han) / 5,
        "clauses": np.fromiter((min(line.clauses, 6) / 6 for line in lines), np.float64, len(lines)),
        "ends_sentence": np.fromiter((line.ends_sentence for line in lines), np.float64, len(lines)),
        "ellipsis": np.fromiter((line.ends_in_ellipsis for line in lines), np.float64, len(lines)),
        "sentence": sentence,
        "mass": np.minimum(han, _MOST_COUNTED) / _MOST_COUNTED,
        "han": count(_HAN) / lengths,
        "digits": count(_DIGIT) / lengths,
        "separators": count(_SEPARATOR) / lengths,
        "spaces": count(_SPACE) / lengths,
        "comma": np.minimum(count(_COMMA), 1),
        "stop": np.minimum(count(_STOP), 1),
        "colon": np.minimum(count(_COLON), 1),
        "quote": np.minimum(count(_QUOTE), 1),
        "bullet": np.fromiter((teasers.bullet(line) for line in lines), np.float64, len(lines)),
        "opens_odd": ((first == 0) | (first == _SEPARATOR)).astype(np.float64),
        "opens_number": (first == _DIGIT).astype(np.float64),
        "tiny": (lengths <= 4).astype(np.float64),
        "notice_words": np.fromiter((_notice_words(line) for line in lines), np.float64, len(lines)),
        "signature": np.fromiter((bylines.signature(line) for line in lines), np.float64, len(lines)),
        "head": np.fromiter((line.rule == teasers.RULE and teasers.teaser_head(line) for line in lines), np.float64),
        "comments_head": np.fromiter((comments.comment_head(line) for line in lines), np.float64, len(lines)),
        "free": np.fromiter((rule is None for rule in ruled), np.float64, len(lines)),
    }
    for rule in RULES:
        columns[f"rule:{rule}"] = np.fromiter((name == rule for name in ruled), np.float64, len(lines))
    for name, flag in _FLAGS.items():
        columns[name] = np.fromiter((line.shares.get(flag, 0.0) for line in lines), np.float64, len(lines))
    columns["markup"] = np.fromiter((bool(line.shares) for line in lines), np.float64, len(lines))
    again = columns[f"rule:{repeats.BODY}"] + columns[f"rule:{repeats.LINE}"]
    trust = np.where(columns["free"] > 0, 1.0, 0.3) * (1 - again)
    running = sentence * (1 - columns["link"]) * columns["mass"] * trust
    columns["running"] = running
    wording = columns["notice_words"]
    usual = float((wording * running).sum() / (running.sum() or 1.0))  # an article may be about copyright
    columns["notice_words"] = np.maximum(0.0, wording - 1.5 * usual)
    columns["agreement"] = _agreement(codes, classes, starts, running > 0.15)
    return columns


def _notice_words(line: Line) -> float:
    """How much of a sentence's wording is that of notices; 0 to 1."""
    if line.han < 8:
        return 0.0
    return min(5, sum(word in line.plain for word in _NOTICE_WORDS)) / 5


def _characters(lines: Sequence[Line]) -> tuple[NDArray[np.uint32], NDArray[np.intp], Column]:
    """Code points of all lines, a newline after each; where each line starts, and its length."""
    texts = [line.plain[:_LONGEST_READ] for line in lines]
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter((len(text) + 1 for text in texts), np.intp, len(texts))
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
    return np.add.reduceat(pair & seen, starts, dtype=np.float64) / np.maximum(pairs, 1)


def _around(own: dict[str, Column]) -> dict[str, Column]:
    running, free, link, main = own["running"], own["free"], own["link"], own["main"]
    hit = 1 - free
    short = ((own["length"] < np.log1p(9) / 5) & (own["sentence"] == 0)).astype(np.float64)
    sources = {
        "running": running,
        "hit": hit,
        "short": short,
        "link": link,
        "length": own["length"],
        "byline": own["rule:byline"],
        "notice_words": own["notice_words"],
        "agreement": own["agreement"],
        "main": main,
        "number": own["opens_number"],
    }
    columns: dict[str, Column] = {}
    for name, values in sources.items():
        sums = np.concatenate([[0.0], np.cumsum(values)])
        for low, high in ((-1, -1), (1, 1), (-3, -1), (1, 3), (-10, -1), (1, 10), (-5, 5), (-30, 30)):
            columns[f"{name}[{low},{high}]"] = _mean(sums, low, high)
    total = running.sum() or 1.0
    upto = np.cumsum(running) / total
    before, after = upto - running / total, 1 - upto
    columns["before"] = np.sqrt(np.clip(before, 0, 1))
    columns["after"] = np.sqrt(np.clip(after, 0, 1))
    columns["inside"] = np.sqrt(np.clip(np.minimum(before, after), 0, 1))
    columns["nothing_before"] = (before < 0.01).astype(np.float64)
    columns["nothing_after"] = (after < 0.01).astype(np.float64)
    heads = np.maximum(own["head"], own["comments_head"])
    breaks = np.maximum.reduce([heads, *(own[f"rule:{rule}"] for rule in _BREAKS)])
    begins = int(np.argmax(upto > 0.1))
    ends = len(after) - 1 - int(np.argmax((1 - before > 0.1)[::-1]))
    for name, values in (("heads", heads), ("breaks", breaks)):
        passed = np.cumsum(values)
        columns[f"{name}_since"] = np.clip(passed - passed[begins], 0, 3) / 3
        columns[f"{name}_until"] = np.clip(passed[ends] - passed, 0, 3) / 3
    columns["main*free"] = main * (1 - link) * free
    columns["main*hit"] = main * hit
    columns["main*link"] = main * link
    columns["main*short"] = main * short * (1 - link)
    columns["running*outside"] = own["markup"] * (1 - main) * (running > 0)
    columns["inside*hit"] = columns["inside"] * hit
    columns["inside*link"] = columns["inside"] * link
    columns["inside*short"] = columns["inside"] * short
    columns["agreement*other"] = own["agreement"] * (running == 0)
    return columns


def _mean(sums: Column, low: int, high: int) -> Column:
    """The mean over lines `i + low` to `i + high`, those that exist; 0 where there are none. `sums` begins with 0."""
    count = len(sums) - 1
    index = np.arange(count)
    first = np.clip(index + low, 0, count)
    last = np.clip(index + high + 1, 0, count)
    means: Column = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    return means
