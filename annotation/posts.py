"""What posts of the social web name in their own way: words in, words out, handles whole and teams by their nicknames.

@平安北京 is one name, whatever it is made of; 火箭 is a team where the post is of a match, a rocket elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.bodies import REACH, SPORT, of_kind
from annotation.groups import Word
from annotation.lexicon import alternatives
from annotation.mending import NAMED, RULE, UNSURE
from annotation.walk import Walk

_HANDLE = re.compile(r"[@＠]([\u4e00-\u9fffA-Za-z0-9·_-]{2,16})(?=[\s：:，,。！!？?…；;】）)@＠#【\[]|$)")
_MEDIUM = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:新闻|日报|晚报|晨报|早报|快报|时报|商报|周刊|周末|杂志|娱乐|体育|财经|科技|军事|汽车|视频|音乐|电影|卫视|电视台|频道|电台|网|在线|发布|警方|公安|交警|消防|法院|检察|大学|学院|公司|集团|银行|客服|官方|官微|出版社|博物馆|剧院|航空|铁路|地铁|医院|俱乐部|公交|天气|气象|海事|环保|疾控|卫健|城管|税务|司法|供电|电力|文旅|应急|政务|共青团)$"
)


_POLICE = re.compile("平安[\u4e00-\u9fff]{2,4}")


def handles(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """@平安|北京, @头条|新闻: a handle that ends in what publishes, or begins with a body, is one body."""
    if "@" not in text and "＠" not in text:
        return words
    spans = {match.start(1): match.end(1) for match in _HANDLE.finditer(text)}
    walk = Walk(words, range(len(words)))
    for word in walk:
        stop = spans.get(word.start)
        if (
            stop is not None
            and word.end <= stop
            and stop in walk.ends
            and (
                (word.tag == "ORG" and word.end < stop)
                or (word.tag != "PER" and _MEDIUM.search(text, word.start, stop))
                or _POLICE.fullmatch(text, word.start, stop)
            )
        ):
            walk.take(word.start, stop, "ORG", 0.7)
        elif word.tag == "PER" and any(
            a <= word.start < b and (word.start, word.end) != (a, b) for a, b in spans.items()
        ):
            walk.put(word._replace(tag="n", score=0.0))  # @胖虎|不胖: called so, and nobody's name
    return walk.made


_TEAMS = of_kind("team")
_TAGS = frozenset(("n", "nz", "nw", "PER", "LOC", "v", "vn"))
_KIND = re.compile("比赛|项目|联赛|锦标赛|世锦赛|[总半]?决赛|世界杯|运动|选手|队员|冠军|亚军|金牌|铜牌|银牌|奖牌")

# What only a maker or a seller has.
_MAKER = re.compile(
    r"的?(?:售后|客服|官网|官方|旗舰店|专柜|门店|快递员|信用卡|发布会|员工|股价|财报|总部|代言人|创始人|手机|业务员|店员|服务员|外卖|会员卡|老板娘?)"
)


def makers(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """火箭|防守, 某牌|售后: a team where its game is spoken of, a brand before what only its maker has."""
    wanted = [
        i for i, (at, end, tag, _) in enumerate(words) if tag == "nz" or (tag in _TAGS and text[at:end] in _TEAMS)
    ]
    walk = Walk(words, wanted)
    for start, end, tag, score in walk:
        if not 2 <= end - start <= 4:
            continue
        team = text[start:end] in _TEAMS and (tag not in NAMED or score < UNSURE)
        if (team and not _KIND.match(text, end) and SPORT.search(text, max(0, start - REACH), end + REACH)) or (
            tag == "nz" and _MAKER.match(text, end) and _NO_BRAND.search(text, start, end) is None
        ):
            walk.put(Word(start, end, "ORG", RULE))
    return walk.made


_NO_BRAND = re.compile(rf"(?:{alternatives('common_industries')}|版|款|型|级|号|式|系|类|智能)$")

_CAMPUSES = of_kind("campus")
_CAMPUSES_TOO = of_kind("school")
_CAMPUS_HEADS = frozenset(name[:2] for name in _CAMPUSES | _CAMPUSES_TOO)
_ON_CAMPUS = re.compile(
    r"的?(?:学[生子姐长弟妹]|同学|[男女]生|校[友园长区门庆花草]|教授|老师|导师|博士|硕士|研究生|本科|毕业|新生|大[一二三四]|食堂|宿舍|寝室|图书馆|教学楼|实验室|操场|体育馆|[东南西北]门|樱花|银杏|附[中小属]|录取|招生|保研|考研|分数线|法学院|医学院|商学院|[\u4e00-\u9fff]{2,3}校区)"
)
_AND = "和跟与"
_TO_CAMPUS = re.compile(r"(?:考上?了?|报考|保送|毕业于|就读于?|母校|考研|录取)(?:了|的是|到)?$")


def campuses(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """听说|北邮|食堂, 我们|山大|的男生: universities by their short forms."""
    walk = Walk(words, [i for i, (at, *_) in enumerate(words) if text[at : at + 2] in _CAMPUS_HEADS])
    for start, end, tag, score in walk:
        if tag in NAMED and score > UNSURE and end - start > 1 and text[end - 1] not in _AND:
            continue
        for size in (5, 4, 3, 2):
            stop = start + size
            known = text[start:stop] in _CAMPUSES
            if not known and text[start:stop] not in _CAMPUSES_TOO:
                continue
            near = _ON_CAMPUS.match(text, stop) is not None
            joins = known and stop < end and text[stop] in _AND  # 川大和|电子科大
            if (
                (stop in walk.ends and known)
                or near
                or joins
                or (stop in walk.ends and _TO_CAMPUS.search(text, max(0, start - 5), start))
            ):
                walk.take(start, stop, "ORG", 0.7)
                break
    return walk.made
