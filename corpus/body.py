"""Which lines of a page are the article.

Every line gets a score: a weighted sum of its features (`corpus.features`) with the weights of `corpus.weights`,
learned from pages whose articles were taken by hand (`tests/benchmarks/train_body.py`). The article is the run of lines
with the greatest sum of scores (maximum subsequence segmentation, Pasternack and Roth, WWW 2009), so a sub-heading
between paragraphs stays and a teaser after them does not. Lines that a rule recognises are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

import numpy as np

from corpus.features import NAMES, Column, features
from corpus.html import BOILERPLATE, LINK
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
from corpus.weights import INTERCEPT, WEIGHTS

OUTSIDE = "outside_article"

# In this order; the first rule that recognises a line names it. A rule is asked only where one of its patterns may
# match.
LINE_RULES: tuple[tuple[str, Callable[[Line], bool], Sequence[Pattern]], ...] = (
    (spam.SPIDER_POOL, spam.spider_pool, spam.POOLS),
    (spam.SPAM_LINKS, spam.spam_links, spam.LINKS),
    (contact_ads.RULE, contact_ads.contact_ad, contact_ads.PATTERNS),
    (truncation.RULE, truncation.truncation, truncation.PATTERNS),
    (teasers.RULE, teasers.teaser_head, teasers.HEADS),
    (teasers.RULE, teasers.teaser, teasers.TEASERS),
    (teasers.RULE, teasers.source_and_date, teasers.DATES),
    (sharing.RULE, sharing.sharing, sharing.PATTERNS),
    (notices.RULE, notices.notice, notices.PATTERNS),
    (bylines.RULE, bylines.byline, bylines.PATTERNS),
    (navigation.RULE, navigation.navigation, navigation.PATTERNS),
    (comments.RULE, comments.comment_head, comments.PATTERNS),
)
# Rules whose lines also stand inside articles (rows of a table, references, dates): the weights may overrule them.
_DOUBTFUL = frozenset({bylines.RULE, navigation.RULE, notices.RULE, repeats.LINE})
_SURE = 0.8  # a doubtful line with a greater score stays
_ALIEN = -1.5  # a line inside the article with a smaller score goes
_FEW = 12  # lines; on so short a page the weights, which look around a line, see too little
_MOST = 6.0  # no line counts for more than this
# What is put between an article's paragraphs does not end it.
_INSERTED = frozenset({contact_ads.RULE, sharing.RULE, truncation.RULE})
_MOST_INSERTED = 1.0


def choose(lines: Lines) -> Sequence[Line]:
    """The lines of the article, in order; every other line has its `rule` set."""
    if not lines:
        return []
    recognise(lines)
    weighed = scores(lines)
    lengths = lines.ends - lines.starts
    inserted = np.array([line.rule in _INSERTED for line in lines])
    least = np.where(inserted, -_MOST_INSERTED, -_MOST)
    first, last = _best_run((np.minimum(np.maximum(weighed, least), _MOST) * np.sqrt(1 + lengths)).tolist())
    few = len(lines) < _FEW
    closing: set[int] = set()
    while 0 < last < len(lines):
        size = bylines.closing(lines, last) or int(few and _goes_on(lines[last]))
        if not size:
            break
        closing.update(range(last, last + size))
        last += size
    for index, (line, score) in enumerate(zip(lines, weighed.tolist(), strict=True)):
        line.score = score
        inside = first <= index < last
        if index in closing or (inside and bylines.signed_and_dated(lines, index)):
            line.rule = None
            continue
        if line.rule is None:
            if not inside or (score < _ALIEN and not bylines.signature(line)) or _says_nothing(line):
                line.rule = OUTSIDE
        elif inside and line.rule in _DOUBTFUL and score > _SURE and not _is_sure(line):
            line.rule = None
    return [line for line in lines[first:last] if line.rule is None]


def _says_nothing(line: Line) -> bool:
    """No letter and no digit: what is left of a picture or a table, `![]()`. Dots may be an answer."""
    return not line.words and "…" not in line.plain


def _is_sure(line: Line) -> bool:
    return bylines.fields(line) or (line.rule == navigation.RULE and navigation.sure(line))


def _goes_on(line: Line) -> bool:
    """One more sentence after the article, which no rule knows and no link holds."""
    apart = line.shares.get(LINK, 0.0) + line.shares.get(BOILERPLATE, 0.0)
    return line.is_sentence and line.rule is None and apart < 0.5


def recognise(lines: Lines) -> None:
    """Set the `rule` of every line that one of the rules knows. `lines` are not empty."""
    for line in lines:
        line.rule = None
    which: list[int] = (_PLACES @ ((lines.without & _BITS) != _BITS)).tolist()
    for line, places in zip(lines, which, strict=True):
        for name, recognises in _rules_at(places):
            if recognises(line):
                line.rule = None if bylines.signature(line) else name
                break
    for teaser in [*teasers.summaries(lines), *teasers.counted(lines)]:
        teaser.rule = teasers.RULE
    for title in list(teasers.teaser_titles(lines)):
        title.rule = teasers.RULE
    for line, rule in repeats.repeats(lines):
        line.rule = line.rule or rule


_Rule: TypeAlias = tuple[str, Callable[[Line], bool]]
# The bits of each rule's patterns: where all are in a line's `without`, the rule cannot know the line.
_BITS = np.array([sum({pattern.bit for pattern in patterns}) for _, _, patterns in LINE_RULES], np.uint64)[:, None]
_PLACES = 1 << np.arange(len(LINE_RULES))


@cache  # of 2 ** len(LINE_RULES) values at most
def _rules_at(places: int) -> tuple[_Rule, ...]:
    """The rules that may know a line, in their order."""
    return tuple((name, rule) for index, (name, rule, _) in enumerate(LINE_RULES) if places >> index & 1)


def scores(lines: Lines) -> Column:
    """How much each line looks like a part of the article; above 0 it does. `lines` are not empty."""
    weighed: Column = INTERCEPT + VECTOR @ features(lines)
    return weighed


def vector_of(weights: Mapping[str, float]) -> Column:
    """The weights in the order of the features; a feature without one counts for nothing."""
    return np.array([weights.get(name, 0.0) for name in NAMES])


VECTOR = vector_of(WEIGHTS)


def _best_run(scores: Sequence[float]) -> tuple[int, int]:
    """`[first, last)` of the run with the greatest sum; empty where no score is above zero."""
    best, best_run = 0.0, (0, 0)
    total, first = 0.0, 0
    for index, score in enumerate(scores):
        if total <= 0.0:
            total, first = 0.0, index
        total += score
        if total > best:
            best, best_run = total, (first, index + 1)
    return best_run
