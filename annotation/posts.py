"""What posts of the social web name in their own way: words in, words out, handles whole and teams by their nicknames.

@平安北京 is one name, whatever it is made of; 火箭 is a team where the post is of a match, a rocket elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.groups import Word
from annotation.lexicon import alternatives, lexicon
from annotation.mending import NAMED, RULE, UNSURE

_HANDLE = re.compile(r"[@＠]([\u4e00-\u9fffA-Za-z0-9·_-]{2,16})(?=[\s：:，,。！!？?…；;】）)@＠#【\[]|$)")
_MEDIUM = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:新闻|日报|晚报|晨报|早报|快报|时报|商报|周刊|周末|杂志|娱乐|体育|财经|科技|军事|汽车|视频|音乐|电影|卫视|电视台|频道|电台|网|在线|发布|警方|公安|交警|消防|法院|检察|大学|学院|公司|集团|银行|客服|官方|官微|出版社|博物馆|剧院|航空|铁路|地铁|医院|俱乐部)$"
)


def handles(text: str, words: Sequence[Word]) -> list[Word]:
    """@平安|北京, @头条|新闻: a handle that ends in what publishes, or begins with a body, is one body."""
    if "@" not in text and "＠" not in text:
        return list(words)
    spans = {match.start(1): match.end(1) for match in _HANDLE.finditer(text)}
    ends = {word.end for word in words}
    found: list[Word] = []
    cursor = 0
    for word in words:
        if word.start < cursor:
            continue
        stop = spans.get(word.start)
        if (
            stop is not None
            and word.end < stop
            and stop in ends
            and (word.tag == "ORG" or (word.tag != "PER" and _MEDIUM.search(text, word.start, stop)))
        ):
            cursor = stop
            found.append(Word(word.start, stop, "ORG", 0.7))
            continue
        found.append(word)
    return found


_TEAMS = lexicon("teams")
_SPORT = re.compile(
    r"比分|\d[-:：比]\d|[一二三四五六七八九十两]比[零一二三四五六七八九]|[主客]场|夺冠|冠军|联赛|教练|季后赛|决赛|助攻|篮板|三分|绝杀|进球|射门|破门|点球|任意球"
    r"|门将|后卫|前锋|中锋|裁判|球[员迷队星]|防守|进攻|转会|赛季|加时|险胜|大胜|惨败|战胜|击败|横扫|[中英]超|[西意德法]甲|[欧亚]冠|NBA|CBA|踢|[打看输赢进]球|[领]先|扳平|出线|小组赛|外援|双打|扣杀"
)
_KIND = re.compile("比赛|项目|联赛|锦标赛|世锦赛|[总半]?决赛|世界杯|运动|选手|队员|冠军|亚军|金牌|铜牌|银牌|奖牌")
REACH = 40  # characters around a team in which its game is spoken of

# What only a maker or a seller has.
_MAKER = re.compile(
    r"的?(?:售后|客服|官网|官方|旗舰店|专柜|门店|快递员|信用卡|发布会|员工|股价|财报|总部|代言人|创始人|手机)"
)


def makers(text: str, words: Sequence[Word]) -> list[Word]:
    """火箭|防守, 某牌|售后: a team where its game is spoken of, a brand before what only its maker has."""
    found: list[Word] = []
    for word in words:
        start, end, tag, score = word
        if tag in ("n", "nz", "nw", "PER", "LOC", "v", "vn") and 2 <= end - start <= 4:
            team = text[start:end] in _TEAMS and (tag not in NAMED or score < UNSURE)
            if team and not _KIND.match(text, end) and _SPORT.search(text, max(0, start - REACH), end + REACH):
                found.append(Word(start, end, "ORG", RULE))
                continue
            if tag == "nz" and _MAKER.match(text, end) and _NO_BRAND.search(text, start, end) is None:
                found.append(Word(start, end, "ORG", RULE))
                continue
        found.append(word)
    return found


_NO_BRAND = re.compile(rf"(?:{alternatives('common_industries')}|版|款|型|级|号|式|系|类|智能)$")
