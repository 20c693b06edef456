"""Links sold on other people's pages: rows of porn and gambling keywords, and spider-pool footers."""

from __future__ import annotations

import re

from corpus.lines import Line
from corpus.triggers import Pattern

SPAM_LINKS = "spam_links"
SPIDER_POOL = "spider_pool"

# Every alternative begins with a plain character: the search then skips ahead by first characters.
_SPAM = Pattern(
    "|".join(
        (
            # video sites
            "在线(?:观看|播放|视频|入口|免费)|免费(?:观看|视频|看片|高清|完整版|阅读小说|影视)|高清(?:完整版|无码|免费|在线)",
            "国产(?:精品|自拍|在线|福利|视频|午夜|欧美|av)|欧美(?:日韩|性|激情|精品)|日韩(?:精品|欧美|无码|无砖|一区)|亚洲(?:精品|一区|第一|综合|无码|欧美)",
            "无码|有码|一区二?三?区?|二区三区|三区|午夜(?:福利|影|视频|剧场)|福利(?:视频|在线|影院|片|姬)|超碰|久久(?:精品|综合|热)|大香蕉|草榴",
            # adult
            "成人(?:视频|影|小说|网站|直播|在线|电影|av|免费)|情色|激情(?:小说|视频|网|图)|人妻|少妇|毛片|黄色(?:网站|视频|小说|电影)|黄片|裸聊|约炮|楼凤",
            "av(?![a-z])",
            # gambling
            "娱乐城|娱乐平台|娱乐官网|博彩|赌场|赌城|赌博|棋牌|彩票|百家乐|老虎机|六合彩|彩金|捕鱼|投注|真人(?:视讯|娱乐|荷官)|时时彩|北京赛车|体育(?:下注|投注|官网)",
            # other trades
            "私服|代孕|代开发票|办证|迷药|刷单|外挂",
        )
    ),
    re.I,
)
_POOL = Pattern("蜘蛛池|站群")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,6}[县市区旗州盟省]")
_ITEMS = re.compile(r"[|,\s]+")
_PLACES = Pattern(r"[县市区旗州盟省][|,\s]")  # in every line where most items are places
_LEAST_PLACES = 10
LINKS = (_SPAM,)
POOLS = (_POOL, _PLACES)


def spam_links(line: Line) -> bool:
    """Different keywords of the trade, packed together in a line that says nothing; a report on it says something."""
    if (line.ends_sentence and (line.clauses > 6 or line.tells)) or line.plain.count("。") > 1:
        return False
    text = line.plain.lower()
    found = [
        match[0]
        for match in _SPAM.regex.finditer(text)
        if match[0] != "av" or not text[match.start() - 1 : match.start()].isalpha()
    ]
    kinds = len(set(found))
    if line.ends_sentence:
        return kinds >= 4
    return kinds >= 3 or (kinds == 2 and sum(map(len, found)) * 3 >= len(text.replace(" ", "")))


def spider_pool(line: Line) -> bool:
    """A row of place names or keywords for crawlers, mostly counties, between bars. A list in a report has 、."""
    text = line.plain
    if line.ends_sentence or "。" in text or len(text) < 20:
        return False
    if _POOL.search(line, 40):
        return True
    if "|" not in text and "," not in text and " " not in text:
        return False
    items = [item for item in _ITEMS.split(text) if item]
    if len(items) < _LEAST_PLACES:
        return False
    return sum(1 for item in items if _PLACE.fullmatch(item)) * 2 > len(items)
