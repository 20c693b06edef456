"""Links sold on other people's pages: rows of porn and gambling keywords, and spider-pool footers."""

from __future__ import annotations

import re

from corpus.lines import Line

SPAM_LINKS = "spam_links"
SPIDER_POOL = "spider_pool"

_SPAM = re.compile(
    r"在线(?:观看|播放|视频|入口|免费)|免费(?:观看|视频|看片|高清|完整版|阅读小说|影视)|高清(?:完整版|无码|免费)|国产(?:精品|自拍|在线|福利|视频|午夜|欧美|av)"
    r"|无码|有码|一区二区|三区|午夜(?:福利|影|视频|剧场)|福利(?:视频|在线|影院|片)|成人(?:视频|影|小说|网站|直播|在线|电影|av|免费)|情色|激情(?:小说|视频|网|图)|人妻|少妇"
    r"|毛片|黄色|黄片|av[^a-z]|娱乐城|娱乐平台|娱乐官网|博彩|赌场|赌城|赌博|棋牌|彩票|百家乐|老虎机|六合彩|彩金|捕鱼|投注|真人(?:视讯|娱乐|荷官)|时时彩|北京赛车|私服|代孕",
    re.I,
)
_POOL = re.compile(r"蜘蛛池|站群")
_PLACE = re.compile(r"^[\u4e00-\u9fff]{1,6}[县市区旗州盟省]$")


def spam_links(line: Line) -> bool:
    """Two or more different keywords of the trade in a line that says nothing."""
    if line.ends_sentence or line.plain.count("。") > 1:
        return False
    hits = set(_SPAM.findall(line.plain.lower()))
    return len(hits) >= 3 or (len(hits) == 2 and line.clauses <= 4)


def spider_pool(line: Line) -> bool:
    """A row of place names or keywords for crawlers, mostly counties, between bars."""
    if _POOL.search(line.plain) and len(line.plain) > 20:
        return True
    items = [item.strip() for item in re.split(r"[|、,\s]", line.plain) if item.strip()]
    places = sum(1 for item in items if _PLACE.match(item))
    return len(items) >= 10 and places * 2 > len(items) and "。" not in line.plain
