"""What leads to other articles: previous and next, related articles, columns, truncated summaries with their titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.lines import Line
from corpus.spans import AlignedText, Proposal

RULE = "related_teaser"

_HEADS = re.compile(
    r"^[【\[<◆●■]?\s*(?:上一?[篇条则]|下一?[篇条则]|前一篇|后一篇|相关(?:文章|阅读|新闻|链接|栏目|推荐|报道|资讯|内容|专题|信息|主题|稿件)|推荐(?:阅读|文章|新闻|内容)?|热门(?:推荐|文章|新闻|点击|资讯|阅读|城市)"
    r"|热点(?:推荐|新闻|排行|文章)?|最新(?:文章|新闻|更新|资讯|发布|评论)|延伸阅读|猜你(?:喜欢|感兴趣)|点击排行|阅读排行|[\w\d]{0,4}排行榜?|精彩推荐|更多(?:新闻|精彩|相关|>|》)|往期回顾|随机文章|编辑推荐|图片新闻|今日(?:新闻|热点|推荐)|本周热|新闻排行|其他文章|大家都在看|为您推荐)"
    r"\s*[】\]>》]*\s*(?::|$|\s|>|\()"
)
_PREVIOUS_NEXT = re.compile(r"(?:^|[\s。!?)】…])(?:上一篇|下一篇|上一条|下一条)\s*[:：]")
_SOURCE_AND_DATE = re.compile(
    r"^[^。,!?]{0,16}\s*(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?$"
)
_BULLET = re.compile(r"^(?:[·•●◆■□▪>»-]|\d{1,2}[.、 ])\s*\S")


def teaser_head(line: Line) -> bool:
    """`相关文章`, `上一篇: …`: what follows belongs to other articles."""
    return len(line) < 80 and bool(_HEADS.match(line.plain))


def teaser(line: Line) -> bool:
    """A summary cut off in mid-sentence, with or without `[详细]`."""
    return line.ends_in_ellipsis and (line.han >= 12 or line.plain.endswith("]"))


def source_and_date(line: Line) -> bool:
    """`齐鲁晚报 2023-06-19` alone on a line, as it stands under a teaser."""
    return bool(_SOURCE_AND_DATE.match(line.plain))


def bullet(line: Line) -> bool:
    """A headline in a list: a bullet or a rank before it, no end of sentence."""
    return len(line) < 50 and not line.ends_sentence and bool(_BULLET.match(line.plain))


def teaser_titles(lines: Sequence[Line]) -> Iterator[Line]:
    """The titles above teasers: up to two short lines without an end, where the next line is a teaser."""
    for index, line in enumerate(lines):
        if line.rule != RULE or not teaser(line):
            continue
        for above in reversed(lines[max(0, index - 2) : index]):
            if above.rule is not None or above.is_sentence or len(above) > 60:
                break
            yield above


def previous_and_next(page: AlignedText) -> Iterator[Proposal]:
    """`上一篇: … 下一篇: …` at the end of a line that also holds the article, to the line's end."""
    for match in _PREVIOUS_NEXT.finditer(page.text):
        start = match.start() + (match[0][0] not in "上下")
        end = page.text.find("\n", start)
        end = len(page.text) if end < 0 else end
        if end - start < 400:
            yield Proposal(start, end, RULE)
