"""What leads to other articles: previous and next, related articles, columns, truncated summaries with their titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.lines import Line
from corpus.spans import AlignedText, Proposal
from corpus.triggers import Pattern

RULE = "related_teaser"

_LEAST_HEADLINE = 10  # Han characters
_THINGS = (
    "(?:文章|阅读|新闻|链接|栏目|推荐|报道|资讯|内容|专题|信息|主题|稿件|视频|图片|图集|组图|帖子|话题|产品|搜索|标签)"
)
_HEADS = Pattern(
    r"[【\[<◆●■▼▲]?\s*(?:"
    + "|".join(
        (
            # before and after this one
            "[上下](?:一?[篇条则章]|一[个张页期])|[前后]一[篇条]|上下篇",
            # near it
            f"(?:与此)?相关{_THINGS}|(?:延伸|扩展|拓展|关联|继续|推荐|深度)阅读|同类{_THINGS}|本文相关|更多(?:相关)?{_THINGS}|更多(?:精彩)?(?=:|>|》|$)",
            # what everybody reads
            f"(?:热门|热点|最新|精彩|精选|随机|其他|今日|昨日|本周|本月|一周|图片|头条|编辑|小编|频道|新闻|站内|为[您你]|相似){_THINGS}",
            "(?:热门|最新)(?:城市|点击|更新|发布|评论|排行)|猜[您你](?:喜欢|想看|感兴趣)|[您你]可能[还也]?(?:会)?(?:喜欢|感兴趣|想看)|大家(?:都|正)?在[看搜]",
            "(?:\\d+小时|[周月日总])?(?:点击|阅读|新闻|热文|热门|浏览|关注|热度)?排行榜?|热榜|热搜榜?|往期(?:回顾|推荐|精彩|文章)|今日热[点榜]|本周热|看过.{0,6}还看",
        )
    )
    + r")\s*[】\]>》▼▲]*\s*(?::|$|\s|>|\()",
    tried="at start",
)
# Words that open a headline as well; alone on their line they head a column.
_BARE_HEAD = Pattern(
    r"[【\[]?\s*(?:推荐|热点|热门|最新|精选|头条|专题|看点|视频|图集|猜你喜欢)\s*[】\]>》:]*", tried="whole"
)
_PREVIOUS_NEXT = re.compile(r"[上下]一[篇条]\s{0,3}[:：]")
_BEFORE_PREVIOUS_NEXT = frozenset(" \n。！？!?)）】…")
_SOURCE_AND_DATE = Pattern(
    r"(?=[^\d]{2})[^。,!?]{0,16}\s*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?"
)
# A colon of a headline stands after more characters than the name of a field has.
_HEADLINE_AND_DATE = Pattern(r"(?:[^|:]|(?<=[\u3400-\u9fff“”]{6}):)*[\s(\[](?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}[)\]]?")
_UP_TO = re.compile(r"截[至止]|自|于|从")
_LONGEST_TRAILER = 400
_LINKED = 6  # characters of a title
_MORE = Pattern(
    r"(?:阅读|查看|浏览)(?:全文|详[细情]|更多|原文)|[\[(【]\s*(?:详[细情]|全文|更多)\s*[\])】]"
    r"|(?:^|\s)(?:详[细情]|全文)\s*>+|(?i:read more)"
)
_COUNT = re.compile(r"[(\[]\s*\d[\d,]*\s*(?:次|篇|条|人|阅读|评论)?\s*[)\]]$")
_LEAST_COUNTED = 4
_LONGEST_MORE = 60
_LEAST_SUMMARIES = 3
_CUT_OFF = Pattern(r"…|\.\.")
HEADS = (_HEADS, _BARE_HEAD)
TEASERS = (_CUT_OFF,)
DATES = (_SOURCE_AND_DATE, _HEADLINE_AND_DATE)


def teaser_head(line: Line) -> bool:
    """`相关文章`, `上一篇: …`: what follows belongs to other articles."""
    text = line.plain
    if len(text) >= 80 or (line.is_sentence and line.clauses > 1):
        return False
    return bool(_HEADS.match(line) or (len(text) <= 8 and _BARE_HEAD.fullmatch(line)))


def section_head(line: Line) -> bool:
    """A head of what follows: `延伸阅读：某文` in mid-text has its one article beside it, and heads nothing."""
    head = _HEADS.match(line)
    return teaser_head(line) and not (head and head[0].endswith((":", ">")) and len(line.plain) - head.end() >= _LINKED)


def teaser(line: Line) -> bool:
    """A summary cut off in mid-sentence, with or without `[详细]`; one cut off at both ends, as search engines do."""
    if line.plain.startswith("…") and line.plain.endswith("…") and line.han >= _LEAST_HEADLINE:
        return True
    return line.ends_in_ellipsis and (line.han >= 12 or line.plain[-1] in "])】>")


def source_and_date(line: Line) -> bool:
    """`齐鲁晚报 2023-06-19` alone on a line, as it stands under a teaser, or a date behind the teaser's title."""
    if _UP_TO.match(line.plain.lstrip("(")):
        return False
    if line.han >= _LEAST_HEADLINE and not line.is_sentence and _HEADLINE_AND_DATE.fullmatch(line):
        return True
    return bool(_SOURCE_AND_DATE.fullmatch(line))


def teaser_titles(lines: Sequence[Line]) -> Iterator[Line]:
    """The titles above teasers: up to two short lines without an end, where the next line is a teaser."""
    for index, line in enumerate(lines):
        if line.rule != RULE or not (teaser(line) or line.plain.endswith("…")):
            continue
        for above in reversed(lines[max(0, index - 2) : index]):
            if above.rule is not None or above.is_sentence or len(above) > 60:
                break
            yield above


def summaries(lines: Sequence[Line]) -> Iterator[Line]:
    """The summaries of a list of articles: cut off in mid-sentence, each with a way to its whole text below it."""
    likely = [index for index, line in enumerate(lines) if not line.without & _MORE.bit]
    more = [index for index in likely if len(lines[index]) <= _LONGEST_MORE and _MORE.search(lines[index])]
    if len(more) < _LEAST_SUMMARIES:
        return
    for index in more:
        for above in lines[max(0, index - 2) : index]:
            if above.rule is None and above.plain.endswith(("…", "...")):
                yield above


def counted(lines: Sequence[Line]) -> Iterator[Line]:
    """Titles in a row, each with how often it was read or answered behind it: `某文(1024)`."""
    run: list[Line] = []
    for line in lines:
        if line.plain[-1] in ")]" and not line.is_sentence and line.han >= _LEAST_COUNTED and _COUNT.search(line.plain):
            run.append(line)
            continue
        if len(run) >= _LEAST_SUMMARIES:
            yield from run
        run = []
    if len(run) >= _LEAST_SUMMARIES:
        yield from run


def previous_and_next(page: AlignedText) -> Iterator[Proposal]:
    """`上一篇: … 下一篇: …` at the end of a line that also holds the article, to the line's end."""
    if "一篇" not in page.text and "一条" not in page.text:
        return
    for match in _PREVIOUS_NEXT.finditer(page.text):
        start = match.start()
        if start and page.text[start - 1] not in _BEFORE_PREVIOUS_NEXT:
            continue
        end = page.text.find("\n", start, start + _LONGEST_TRAILER)
        if end < 0 and len(page.text) - start < _LONGEST_TRAILER:
            end = len(page.text)
        if end >= 0:
            yield Proposal(start, end, RULE)
