"""Which lines of a page are the article.

Every line gets a score: sentences count for it, what a rule recognises and what links elsewhere counts against it. The
article is the run of lines with the greatest sum (maximum subsequence segmentation, Pasternack and Roth, WWW 2009), so a
sub-heading between paragraphs stays and a teaser after them does not. Lines a rule recognises are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpus.html import BOILERPLATE, HEADING, LINK
from corpus.lines import Line
from corpus.rules import bylines, contact_ads, navigation, notices, repeats, sharing, spam, teasers, truncation

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
)

_RECOGNISED = -3.0
_BREAK = -12.0  # what stands after a head of related articles belongs to them
_SHORT = -0.7
_LINKED = -3.0
_BULLET = -1.5
_LONGEST_COUNTED = 160.0  # Han characters; a paragraph twice as long is not twice as sure


def choose(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of the article, in order; every other line has its `rule` set."""
    for line in lines:
        if not bylines.signature(line):
            line.rule = next((name for name, recognises in LINE_RULES if recognises(line)), None)
    for title in list(teasers.teaser_titles(lines)):
        title.rule = teasers.RULE
    for line, rule in repeats.repeats(lines):
        line.rule = line.rule or rule
    for line in lines:
        line.score = _score(line)
    first, last = _best_run([line.score for line in lines])
    for index, line in enumerate(lines):
        if line.rule is None and not first <= index < last:
            line.rule = OUTSIDE
    return [line for line in lines[first:last] if line.rule is None]


def _score(line: Line) -> float:
    if line.rule is not None:
        return _BREAK if teasers.teaser_head(line) else _RECOGNISED
    linked = line.shares.get(LINK, 0.0)
    if line.is_sentence and linked < 0.6:
        score = 1.0 + min(line.han, _LONGEST_COUNTED) / 40.0
        return score * (1.0 - 0.5 * line.shares.get(BOILERPLATE, 0.0))
    if bylines.signature(line):
        return -_SHORT
    if linked > 0.6:
        return _LINKED
    if teasers.bullet(line):
        return _BULLET
    if line.shares.get(HEADING, 0.0) > 0.5:
        return _SHORT / 2
    return _SHORT


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
