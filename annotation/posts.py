"""What posts of the social web name in their own way: words in, words out, handles whole and teams by their nicknames.

@平安北京 is one name, whatever it is made of; 火箭 is a team where the post is of a match, a rocket elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.groups import Word
from annotation.lexicon import alternatives, lexicon
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


_TEAMS = lexicon("teams")
_TAGS = frozenset(("n", "nz", "nw", "PER", "LOC", "v", "vn"))
_SPORT = re.compile(
    r"比分|\d[-:：比]\d|[一二三四五六七八九十两]比[零一二三四五六七八九]|[主客]场|夺冠|冠军|联赛|教练|季后赛|决赛|助攻|篮板|三分|绝杀|进球|射门|破门|点球|任意球"
    r"|门将|后卫|前锋|中锋|裁判|球[员迷队星]|防守|进攻|转会|赛季|加时|险胜|大胜|惨败|战胜|击败|横扫|[中英]超|[西意德法]甲|[欧亚]冠|NBA|CBA|踢|[打看输赢进]球|[领]先|扳平|出线|小组赛|外援|双打|扣杀"
)
_KIND = re.compile("比赛|项目|联赛|锦标赛|世锦赛|[总半]?决赛|世界杯|运动|选手|队员|冠军|亚军|金牌|铜牌|银牌|奖牌")
REACH = 40  # characters around a team in which its game is spoken of

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
        if (team and not _KIND.match(text, end) and _SPORT.search(text, max(0, start - REACH), end + REACH)) or (
            tag == "nz" and _MAKER.match(text, end) and _NO_BRAND.search(text, start, end) is None
        ):
            walk.put(Word(start, end, "ORG", RULE))
    return walk.made


# Companies called by a common word, and what their customers speak of.
_CALLED = {
    **dict.fromkeys(
        ("移动", "电信", "联通"),
        re.compile(
            r"流量|话费|网速|资费|套餐|营业厅|信号|充值|1008[68]|100[01]0|客服|欠费|停机|[345]G|手机卡|SIM|运营商|宽带|短信"
        ),
    ),
    **dict.fromkeys(
        ("苹果", "小米", "荣耀", "锤子", "金立", "一加"),
        re.compile(
            r"手机|iOS|iPhone|iPad|安卓|刷机|MIUI|发布会|新机|旗舰|乔布斯|库克|雷军|罗永浩|老罗|[果米锤]粉|Mac"
            r"|App Store|系统更新|充电器|三星|华为|客服"
        ),
    ),
    **dict.fromkeys(
        ("平安", "人保", "太平洋"), re.compile(r"保险|[车寿]险|业务员|理赔|投保|保单|客户经理|贷款|信用卡")
    ),
    **dict.fromkeys(
        ("天天", "百世", "圆通", "申通", "汇通", "德邦"), re.compile(r"快递|快件|包裹|派[件送]|签收|丢件|物流|单号")
    ),
}
_NOT_CALLED = re.compile("[端互支硬电设应办通终医诈平]|网络|中心")
_OTHER_USE = re.compile("[吃喝煮啃咬甜酸种口斤颗箱粥树]|[把根]$")


def is_called(text: str, start: int, end: int) -> bool:
    """Whether the common word is a company there: 给|移动|打电话 where the post is of 流量."""
    spoken = _CALLED.get(text[start:end])
    return (
        spoken is not None
        and _NOT_CALLED.match(text, end) is None
        and spoken.search(text, max(0, start - REACH), end + REACH) is not None
        and _OTHER_USE.search(text[max(0, start - 4) : start]) is None
        and _OTHER_USE.search(text[end : end + 4]) is None
    )


def called(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """Companies called by a common word, where their customers speak."""
    if not any(name in text for name in _CALLED):
        return words
    return [
        Word(word.start, word.end, "ORG", RULE)
        if word.end - word.start == 2
        and (word.tag not in NAMED or word.score < UNSURE)
        and is_called(text, word.start, word.end)
        else word
        for word in words
    ]


_NO_BRAND = re.compile(rf"(?:{alternatives('common_industries')}|版|款|型|级|号|式|系|类|智能)$")

_CAMPUSES = lexicon("campuses")
_CAMPUSES_TOO = lexicon("campuses_too")
_CAMPUS_HEAD = re.compile("|".join(sorted({name[:2] for name in _CAMPUSES | _CAMPUSES_TOO})))
_ON_CAMPUS = re.compile(
    r"的?(?:学[生子姐长弟妹]|同学|[男女]生|校[友园长区门庆花草]|教授|老师|导师|博士|硕士|研究生|本科|毕业|新生|大[一二三四]|食堂|宿舍|寝室|图书馆|教学楼|实验室|操场|体育馆|[东南西北]门|樱花|银杏|附[中小属]|录取|招生|保研|考研|分数线|法学院|医学院|商学院|[\u4e00-\u9fff]{2,3}校区)"
)
_AND = "和跟与"
_TO_CAMPUS = re.compile(r"(?:考上?了?|报考|保送|毕业于|就读于?|母校|考研|录取)(?:了|的是|到)?$")


def campuses(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """听说|北邮|食堂, 我们|山大|的男生: universities by their short forms."""
    heads = {match.start() for match in _CAMPUS_HEAD.finditer(text)}
    walk = Walk(words, [i for i, word in enumerate(words) if word.start in heads] if heads else ())
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
