"""Which lines of a page are the article.

Every line gets a score: a weighted sum of its features (`corpus.features`) with the weights of `corpus.weights`,
learned from pages whose articles were taken by hand (`tests/benchmarks/train_body.py`). The article is the run of lines
with the greatest sum of scores (maximum subsequence segmentation, Pasternack and Roth, WWW 2009), so a sub-heading
between paragraphs stays and a teaser after them does not. Lines that a rule recognises are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from corpus.features import Column, features
from corpus.html import BOILERPLATE, LINK
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
from corpus.weights import INTERCEPT, WEIGHTS

OUTSIDE = "outside_article"

# In this order; the first rule that recognises a line names it.
LINE_RULES: tuple[tuple[str, Callable[[Line], bool]], ...] = (
    (spam.SPIDER_POOL, spam.spider_pool),
    (spam.SPAM_LINKS, spam.spam_links),
    (contact_ads.RULE, contact_ads.contact_ad),
    (truncation.RULE, truncation.truncation),
    (teasers.RULE, teasers.teaser_head),
    (teasers.RULE, teasers.teaser),
    (teasers.RULE, teasers.source_and_date),
    (sharing.RULE, sharing.sharing),
    (notices.RULE, notices.notice),
    (bylines.RULE, bylines.byline),
    (navigation.RULE, navigation.navigation),
    (comments.RULE, comments.comment_head),
)
# Rules whose lines also stand inside articles (rows of a table, references, dates): the weights may overrule them.
_DOUBTFUL = frozenset({bylines.RULE, navigation.RULE, notices.RULE, repeats.LINE})
_SURE = 0.8  # a doubtful line with a greater score stays
_ALIEN = -1.5  # a line inside the article with a smaller score goes
_FEW = 12  # lines; on so short a page the weights, which look around a line, see too little
_MOST = 6.0  # no line counts for more than this


def choose(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of the article, in order; every other line has its `rule` set."""
    if not lines:
        return []
    recognise(lines)
    for line, score in zip(lines, scores(lines).tolist(), strict=True):
        line.score = score
    first, last = _best_run([max(-_MOST, min(line.score, _MOST)) * (1 + len(line)) ** 0.5 for line in lines])
    few = len(lines) < _FEW
    while 0 < last < len(lines) and (bylines.signature(lines[last]) or (few and _goes_on(lines[last]))):
        last += 1
    for index, line in enumerate(lines):
        inside = first <= index < last
        if line.rule is None:
            if not inside or (line.score < _ALIEN and not bylines.signature(line)):
                line.rule = OUTSIDE
        elif inside and line.rule in _DOUBTFUL and line.score > _SURE:
            line.rule = None
    return [line for line in lines[first:last] if line.rule is None]


def _goes_on(line: Line) -> bool:
    """One more sentence after the article, which no rule knows and no link holds."""
    apart = line.shares.get(LINK, 0.0) + line.shares.get(BOILERPLATE, 0.0)
    return line.is_sentence and line.rule is None and apart < 0.5


def recognise(lines: Sequence[Line]) -> None:
    """Set the `rule` of every line that one of the rules knows."""
    for line in lines:
        line.rule = None
        if not bylines.signature(line):
            line.rule = next((name for name, recognises in LINE_RULES if recognises(line)), None)
    for title in list(teasers.teaser_titles(lines)):
        title.rule = teasers.RULE
    for line, rule in repeats.repeats(lines):
        line.rule = line.rule or rule


def scores(lines: Sequence[Line]) -> Column:
    """How much each line looks like a part of the article; above 0 it does. `lines` are not empty."""
    columns = features(lines)
    return np.asarray(sum((weight * columns[name] for name, weight in WEIGHTS.items()), np.full(len(lines), INTERCEPT)))


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
