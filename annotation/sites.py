"""Sites: words in; words out, a place with the word for what it is (浅水湾|饭店), a city without (上海|和平饭店).

The model leaves off what a site ends in where it is no name by itself, and takes a city and its site for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.countries import PROVINCE
from annotation.divisions import divisions
from annotation.given import DOES
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE, TITLED, UNSURE
from annotation.sounds import is_foreign
from annotation.walk import Walk

COUNTRIES = lexicon("countries")

_SITE = re.compile(
    r"(?:[侗苗羌藏瑶村古]寨|故城|旧址|蓄滞?洪区|行洪区|训练场|渔村|渔场|[农林牧茶]场|商业街|美食街|酒吧街|花市|度假村|滑雪场|影视城|水利枢纽|电站|船闸|栈道|观景台|森林公园|湿地|哨所|大?饭店|宾馆|酒店|客栈|庄园|田庄|城堡|古堡|教堂|广场|公园|动物园|植物园|游乐园|乐园|欢乐谷|体育场|体育馆|体育中心|会堂|大礼堂|大厦|大楼|球场|景区|社区|垭口|[金银铜铁铅锌锡煤锂钨钼镍磷盐]矿|稀土矿|石墨矿|气田|页岩气田|(?:服装|建材|家具|水产|粮油|花卉|茶叶|果蔬|蔬菜|汽配|小商品|农产品|农贸|皮革|面料|五金|药材|中药材|木材|钢材|珠宝|玉石|二手车|古玩)?(?:专业|综合|批发|交易)*市场(?![化份经价监营准主需])|展馆|展示中心|示范电站|矿山公园|铁路(?![局公部总集建网运客货系职沿])|高铁(?![站票])|火车站|汽车站|地铁站|高铁站|轻轨站|公交站|服务区|收费站|立交桥|菜市场|夜市|车站|码头|监狱|水库|水电站|核电站|油田|煤矿"
    r"|大街|大道|胡同|老街|步行街|古镇|古城|古村|城楼|军港|渔港|山庄|别墅|公馆|王府|书院|茶馆|酒楼|陵园|公墓|墓地|大堤|大坝|灌区|运河|遗址|校区|家属院|大院|小区|花园|新村|街道(?!办)|草原|沙漠|高原|群岛|海峡|海湾|海滩|半岛|湖畔|瀑布|峡谷|冰川|雪山|火山|口岸|隧道|路口|海沟|[东西南北中]路|高速(?:公路|路口)?(?![发增运行推成扩列铁]))"
    r"(?![业界式会型主])"
)
# After the name of a city these are sites, the others only something in it.
_CITY_SITE = re.compile(
    "火车站|汽车站|地铁站|高铁站|[东西南北中]路|口岸|体育场|体育馆|动物园|植物园|大礼堂|饭店|宾馆|监狱|草原|沙漠|高原|群岛|海峡|半岛|古城"
)
# Railways and roads by the first characters of what they join.
_LINE = re.compile(
    f"[{PROVINCE}杭甬深广穗汉昆蓉兰陇海包成福厦株柳焦枝襄洛连石太济青郑合武九秦同胶哈大长图滨绥沈丹邯内怀南番瓦日]{{2,3}}"
    "(?:城际铁路|铁路|高铁|高速公路|高速|公路|通道|线(?![索路条下人上])|线(?=上[，的]))"
)
# A mine by itself, which the model takes for a company; a coal mine is more often whose men one meets.
_WORKS = re.compile(
    "(?!.*(?:公司|集团|[局厂院校]))[\u4e00-\u9fff]{2,8}(?:[金银铜铁铅锌锡锂钨钼镍磷]矿|稀土矿|石墨矿|气田)"
)
_TAGS = NAMED | {"nz"}
_NO_SITE_PLACE = frozenset(("中国", "全国"))
_OUTSIDE = re.compile("[河江湖溪][边畔岸上里中底面水]|山[里上下中间]")
_ENDINGS = frozenset("站渡桥寺庙沟崖坡屯庄村岭坳洼湾滩塘营铺集堡寨河江湖山峰洞潭泉街巷庵祠塔亭阁")
_HAMLET = frozenset("沟屯庄村崖坳洼寨堡渡铺湾岭峪圩塬坞")
# What begins in the middle of a name: 凤凰|山体育公园.
_BEHIND = re.compile("[山湖河江](?:体育|公园|森林|湿地|大道|大桥|广场|景区|隧道|水库|机场|火车站)")
_HEAD = frozenset(("LOC", "PER", "n", "nz", "a", "v", "nw", "vn"))
_VILLAGE = re.compile(".家[集庄屯沟村堡寨铺洼湾营坪坡岭桥渡坳窑塘埠港巷峪圩坞湖]")
# Offices of old.
_YAMEN = re.compile("(?<=.{2})(?:[府县州]衙|衙门|镇抚司|布政司|按察司|巡检司|织造[府局]|总督府|巡抚衙门)$")
# What hamlets end in and people do not: 柳集, 陈寨, 李坑.
_NO_GIVEN = re.compile("[一-龥][集寨坑埔屯沟洼堰墟圩坪塬峪崖坳坝堡店铺厂庄塘湾滩甸垸埠]")
_HAMLET_END = re.compile("[沟屯庄渡洼寨崖庵峪塬坞圩岭坳村镇]")  # of what `_AFTER_GOING` finds, its third character
_GOING = re.compile("[在到从往回进]了?$|[去过出]了$|离开了?$|直奔$")
_AFTER_GOING = re.compile(
    "(?![这那一两三几每各小大老新旧古破本邻全山后前上下半对别某我你他它])(?:[\u4e00-\u9fff]{2}[沟屯庄渡洼寨崖庵峪塬坞圩岭坳]|(?!度假|地球|奥运|世博|亚运)[\u4e00-\u9fff]{2}[村镇])(?![长民子头])"
)
SURNAMES = lexicon("surnames")
_JAPANESE = lexicon("japanese_surnames")
_OF_CLAN = re.compile("家(?:祠堂|宗祠|大院|老宅|大宅|花园|胡同)")
_CLAN = re.compile(f".{_OF_CLAN.pattern}")
_INNER = re.compile("[宫院府观寺庙殿阁轩楼堂庄园祠庵][里外内前后上下中边旁]")
_BARE_SITE = re.compile(
    "(?:人民|工人|首都|国家|奥林匹克|劳动|中山|解放|胜利|五一|八一|革命|英雄)(?:体育场|体育馆|大会堂|文化宫|公园|广场|大剧院|图书馆|会堂|大街|大道)"
)


def sites(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """浅水湾|饭店, 桑菲尔德|庄园, 秦淮|河边: a place with what it is; 上海和平饭店 is a city and a site."""
    starts = {match.start() for match in _BARE_SITE.finditer(text)}
    starts.update(match.start() - 1 for match in _OF_CLAN.finditer(text))
    starts.update(match.start() - 2 for match in _HAMLET_END.finditer(text))
    walk = Walk(words, [i for i, word in enumerate(words) if word.tag in _TAGS or word.start in starts])
    for word in walk:
        start, end, tag, score = word
        if tag != "PER" and (bare := _BARE_SITE.match(text, start)) is not None and bare.end() in walk.ends:
            walk.take(start, bare.end(), "LOC", 0.7)
            continue
        if (
            end - start < 4
            and text[start] in SURNAMES
            and (clan := _CLAN.match(text, start))
            and clan.end() in walk.ends
        ):
            walk.take(start, clan.end(), "LOC", RULE)  # 白|家|祠堂
            continue
        if (
            tag not in NAMED
            and end - start < 5
            and _GOING.search(text, max(0, start - 3), start)
            and (hamlet := _AFTER_GOING.match(text, start)) is not None
            and hamlet.end() in walk.ends
        ):
            walk.take(start, hamlet.end(), "LOC", RULE)  # 回了|核桃|沟
            continue
        if (
            tag == "LOC"
            and (last := walk.before) is not None
            and last.end == start
            and 1 < end - last.start < 11
            and last.tag in _HEAD
            and _BEHIND.match(text, start, end)
        ):
            walk.join(Word(last.start, end, "LOC", max(score, RULE)))  # 凤凰|山体育公园
            continue
        if tag == "LOC" and _YAMEN.search(text, start, end):
            walk.put(Word(start, end, "ORG", max(score, RULE)))  # 宁波府衙
            continue
        if tag == "PER" and (
            (end - start == 3 and score < 0.9 and _VILLAGE.match(text, start, end))
            or (end - start == 2 and _NO_GIVEN.match(text, start, end) and _is_hamlet(text, start, end))
        ):
            walk.put(Word(start, end, "LOC", RULE))
            continue
        if tag == "ORG" and score < UNSURE and end - start > 3 and _WORKS.fullmatch(text, start, end):
            walk.put(Word(start, end, "LOC", RULE))  # 甲基卡锂矿
            continue
        if (
            tag in ("PER", "ORG")
            and score < UNSURE
            and end - start > 1
            and text[end : end + 1] in _HAMLET
            and text[end : end + 1]
            and end + 1 in walk.ends
        ):
            walk.take(start, end + 1, "LOC", RULE)  # 黑瞎子|沟
            continue
        if (
            end - start < 3
            and (end - start == 2 or tag == "LOC")
            and tag in ("LOC", "ORG", "nz")
            and (line := _LINE.match(text, start))
            and line.end() in walk.ends
        ):
            walk.take(start, line.end(), "LOC", RULE)  # 浙赣|铁路
            continue
        if tag in NAMED and end - start > 1 and (tag != "PER" or score < 0.9):
            match = _SITE.match(text, end)
            city = tag == "LOC" and (text[start:end] in COUNTRIES or text[start:end] in divisions().codes)
            if (
                match is not None
                and match.end() in walk.ends
                and (not city or _CITY_SITE.match(text, end))
                and text[start:end] not in _NO_SITE_PLACE
                and (tag != "ORG" or score < UNSURE)
            ):
                walk.take(start, match.end(), "LOC", max(RULE, score if tag == "LOC" else 0.0))
                continue
            if (
                tag == "LOC"
                and not city
                and end < len(text)
                and _OUTSIDE.match(text, end)
                and end + 2 in walk.ends
                and text[end - 1] not in "河江湖溪山"
            ):
                walk.take(start, end + 1, "LOC", max(score, RULE))
                continue
            if (
                tag == "LOC"
                and not city
                and end + 1 in walk.ends
                and text[end : end + 1] in _ENDINGS
                and text[end - 1] not in _ENDINGS
            ):
                walk.take(start, end + 1, "LOC", max(score, RULE))
                continue
            if not city and score < 0.6 and _INNER.match(text, end) and end + 2 in walk.ends:
                walk.take(start, end + 1, "LOC", RULE)
                continue
            if tag in ("LOC", "ORG") and end - start > 4 and (tag == "LOC" or score < 0.8):
                pieces = _city_apart(text, start, end, tag, score)
                if pieces:
                    walk.put(*pieces)
    return walk.made


def _is_hamlet(text: str, start: int, end: int) -> bool:
    """Whether the name that ends as a hamlet's does is no foreigner's, and its bearer says nothing."""
    name = text[start:end]
    return not (
        is_foreign(name) or name in _JAPANESE or TITLED.search(text, max(0, start - 5), start) or DOES.match(text, end)
    )


_APART = re.compile(
    r".{1,6}(?:[农林牧茶]场|训练场|盆地|体育馆|体育场|山|峰|岭|峡谷|瀑布|草原|大?饭店|宾馆|酒店|广场|公园|大厦|大楼|路|大街|大道|街|胡同|寺|庙|教堂|山庄|小区|花园|村|乡|镇|村委会|[湾滩岛寺湖]|步行街|夜市)$"
)


def _city_apart(text: str, start: int, end: int, tag: str, score: float) -> list[Word]:
    """上海|和平饭店: the city and its site, where the site has a name of two characters or more."""
    for size in (4, 3, 2):
        city, rest = text[start : start + size], text[start + size : end]
        if len(rest) > 2 and (city in COUNTRIES or city in divisions().codes) and _APART.fullmatch(rest):
            kind = _SITE.search(rest)
            if kind is not None and kind.start() < 2:
                return []  # 北京大饭店
            return [
                Word(start, start + size, "LOC", max(score, 0.7)),
                Word(start + size, end, "LOC", max(score, RULE)),
            ]
    return []
