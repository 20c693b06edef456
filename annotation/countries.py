"""Countries and who acts for them: words in, words out.

中方 and 美军 begin with a place, 刚果|民主|共和国 is one, 古巴|队 and 中国驻南斯拉夫大使馆 are bodies; the model has
common words, pieces or one name where there are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE, UNSURE
from annotation.sounds import sounds
from annotation.walk import Walk

COUNTRIES = lexicon("countries")
COUNTRY = "中美英法德俄日韩朝印苏越泰缅菲澳加意巴以伊港澳台乌叙蒙欧埃"  # by one character

# Countries by one character -----------------------------------------------------------------------------------------

_SIDE = re.compile(f"([{COUNTRY}])[方军]$|[{COUNTRY}菲墨巴]籍$")
_NO_SIDE = frozenset(("中军", "加方", "台军", "港方", "加军"))
_TO = re.compile(
    "(?:访|驻|赴|旅|留|对|援|侵|抵|反|亲|联|涉|来|在|回)[华美日俄英法德韩朝印苏越港澳台欧沪粤]$|[进离返抵赴来在留驻]京$"
)
_NO_TO = frozenset(("来日", "在台", "联合", "来印", "回台", "回印", "在印", "涉台", "抵台"))
_OFFICIAL = re.compile(
    f"([{COUNTRY}])(?:外长|总统|首相|总理|国防部长|财长|防长|外交部长|政府|大使|股市|媒体|海军|空军|陆军|军方)$"
)
_PAIR = re.compile(f"[{COUNTRY}]{{2,4}}$")
_NO_PAIR = frozenset(
    ("中法", "中意", "中加", "中以", "以德", "德意", "加德", "日中", "以法", "中台", "台中", "英德", "以日", "以中")
)


_MANY = re.compile(
    f"[{COUNTRY}]{{2,5}}(?=[两双三四五六七八][国军边地]|关系|贸易|首脑|元首|领导人|友好|合作|联合声明|联军|建交|战争|边境|边界|谈判|会谈|双方|军队|海军)"
)


PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋陕蒙吉闽贵粤川青藏琼宁蜀滇黔疆港澳台"  # the same within China
_PROVINCES = re.compile(f"[{PROVINCE}]{{2,5}}(?=[两二三四五六七八九][省地市区]|[交边]界|毗邻)")

# Leagues, cups and markets: 意|甲, 欧|冠, 美|股.
_OF_ONE = re.compile(
    "(?:[英西意德法荷葡俄土比苏巴阿中韩日澳][甲超乙]|[欧亚][冠洲]?(?:杯|冠|联)|[美港沪深日韩英德][股指市债]|[英西意德法]国德比|[澳法美]网)(?:联赛)?$"
)
_NO_OF_ONE = frozenset(
    (
        "中超市",
        "美指",
        "英市",
        "德市",
        "日市",
        "美市",
        "韩市",
        "日指",
        "深指",
        "英指",
        "港指",
        "日股",
        "中乙",
        "英债",
        "韩债",
        "深债",
        "沪债",
        "深股",
        "沪股",
    )
)
# What all of these begin with.
_FIRST = frozenset(COUNTRY + PROVINCE + "墨访驻赴旅留对援侵抵反亲联涉来在回进离返西荷葡土比阿亚深")


def countries(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """中|方, 美|军, 访|华, 印|巴: a country by one character is a place."""
    walk = Walk(words, [i for i, (at, end, _, _) in enumerate(words) if text[at] in _FIRST and 2 <= end - at <= 5])
    for word in walk:
        start, end, tag, score = word
        size = end - start
        if tag in ("w", "m", "TIME", "c"):
            continue
        piece = text[start:end]
        if (
            (many := _MANY.match(text, start)) is not None
            and many.end() <= end
            and piece[: many.end() - start] not in divisions().codes
        ):
            rest = [Word(many.end(), end, "n", 0.0)] if many.end() < end else []
            walk.put(*_each(start, many.end()), *rest)
        elif (many := _PROVINCES.match(text, start)) is not None and many.end() == end:
            walk.put(*_each(start, end))  # 闽粤赣|三省
        elif (
            size == 2
            and (tag not in NAMED or (piece[1] == "籍" and score < UNSURE))
            and _SIDE.match(piece)
            and piece not in _NO_SIDE
        ):
            walk.put(Word(start, start + 1, "LOC", 0.8), Word(start + 1, end, "n", 0.0))
        elif size == 2 and (tag not in NAMED or score < UNSURE) and _TO.match(piece) and piece not in _NO_TO:
            walk.put(Word(start, start + 1, "v", 0.0), Word(start + 1, end, "LOC", 0.8))
        elif (
            _OF_ONE.match(piece) and piece not in _NO_OF_ONE
            if size == 2
            else tag in ("n", "nz", "ORG") and _OFFICIAL.match(piece) and piece not in divisions().codes
        ):
            walk.put(Word(start, start + 1, "LOC", 0.7), Word(start + 1, end, "n", 0.0))
        elif (
            _PAIR.match(piece)
            and (tag in NAMED or tag in ("nz", "j"))
            and piece not in COUNTRIES
            and piece not in divisions().codes
            and piece not in _NO_PAIR
            and len(set(piece)) == size
            and (tag != "PER" or score < UNSURE)
        ):
            walk.put(*_each(start, end))
    return walk.made


def _each(start: int, end: int) -> Iterator[Word]:
    """A place for each character."""
    return (Word(i, i + 1, "LOC", 0.7) for i in range(start, end))


# Countries and towns by their whole name ----------------------------------------------------------------------------

_STATE = re.compile(
    r"(?:人民|民主|伊斯兰|联邦|社会主义|阿拉伯|合众|合作)*(?:共和国|王国|公国|酋长国|联邦(?!调查|储备|政府|法院|参议|众议|制|德国)|联合酋长国)"
)
_OF_PLACE = re.compile(r"(?<=..)(?:人|籍|裔|队员|姑娘|小伙)$")


def states(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """刚果|民主|共和国 is one, 芝加哥|人 are two."""
    walk = Walk(words, [i for i, (at, end, tag, _) in enumerate(words) if tag == "LOC" and end - at > 1])
    for word in walk:
        start, end, _, score = word
        match = _STATE.match(text, end)
        if (
            match is not None
            and match.end() in walk.ends
            and (text[start:end] in COUNTRIES or sounds().fullmatch(text, start, end) is not None)
        ):
            walk.take(start, match.end(), "LOC", max(score, 0.8))
        elif (tail := _OF_PLACE.search(text, start, end)) is not None:
            walk.put(word._replace(end=tail.start()), Word(tail.start(), end, "n", 0.0))
    return walk.made


# Missions and companies abroad --------------------------------------------------------------------------------------

_NATION = "|".join(sorted(COUNTRIES | {"中国"}, key=lambda name: (-len(name), name)))
_MISSION = re.compile(
    rf"(?P<from>{_NATION}|[{COUNTRY}])常?驻(?P<to>{_NATION}|[华{COUNTRY}]|联合国)(?:(?P<body>大使馆|使馆|总领事馆|领事馆|使团|代表团|代表处|办事处)|(?P<who>大使|总领事|武官|代表|记者|军))"
)
_COMPANY = re.compile(r"(?:集团|公司|银行|汽车|电子|航空|石油|化工|药业|钢铁|重工|商社|证券|保险|基金|株式会社)$")
# A country and a branch of business are one name: 英国广播公司, 法国电力集团.
OF_COUNTRY = re.compile(
    r"(?:广播|航空|航天|石油|天然气|电信|电力|电视|铁路|邮政|烟草|矿业|钢铁|通信|通讯|保险|人寿|工商|商业|国家|国民|中央|联邦|进出口|石化|化工|海运|航运|造船|开发|投资|证券|汽车|电子|电影|出版|唱片|新闻|农业|产业|兴业|劝业|长期|信用|储蓄|外贸|外换|租赁)*"
    r"(?:集团|公司|银行|汽车|电子|航空|石油|化工|药业|钢铁|重工|商社|证券|保险|基金)"
)
_ACT = re.compile(r"(?<=..)(?:投资|建厂|设厂|举行|召开|访问|开会|演出|登陆|演唱会)$")


# What a country has one of.
_NATIONAL = re.compile(
    r"(?:国家杜马|杜马|国会|议会|参议院|众议院|上院|下院|最高法院|宪法法院|中央银行|央行|国务院|外交部|国防部|财政部|内政部|司法部|商务部|能源部|教育部|卫生部|环境部|科学院|奥委会|足协|足球协会|总统府|国家银行|国家电视台|国家安全委员会|国家通讯社|红十字会|驻华大使馆|驻华使馆)(?!长)"
)
_OF_STATE = re.compile("(?:前?(?:总统|总理|首相|国王|外长|国防部长)|首都|首府|政府|军队|人民|[东西南北中]部|境内|全国)")
_FORCES = re.compile(r"(?:政府军?|军队|军方|当局|警方|海军|空军|陆军|军)$")


def abroad_bodies(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """中国驻南斯拉夫大使馆 is one body; 韩国|三星集团 and 瑞典|驻|华|大使 begin with a place."""
    missions = {match.start(): match for match in _MISSION.finditer(text)} if "驻" in text else {}
    walk = Walk(words, [i for i, word in enumerate(words) if word.tag in NAMED or word.start in missions])
    for word in walk:
        start, end, tag, score = word
        match = missions.get(start)
        if match is not None:
            if match["body"] is not None:
                walk.take(start, match.end(), "ORG", 0.8)
            else:
                walk.put(
                    Word(start, match.end("from"), "LOC", 0.8),
                    Word(match.end("from"), match.start("to"), "v", 0.0),
                    Word(*match.span("to"), "ORG" if match["to"] == "联合国" else "LOC", 0.8),
                )
                walk.take(*match.span("who"), "n", 0.0)
            continue
        if tag == "ORG" and end - start > 4 and _COMPANY.search(text, start, end):
            size = next((size for size in (6, 5, 4, 3, 2) if text[start : start + size] in COUNTRIES), 0)
            if size and end - start - size > 2 and not OF_COUNTRY.fullmatch(text, start + size, end):
                walk.put(Word(start, start + size, "LOC", max(score, RULE)), word._replace(start=start + size))
                continue
        if tag == "LOC" and score < UNSURE and (act := _ACT.search(text, start, end)) is not None:
            walk.put(word._replace(end=act.start()), Word(act.start(), end, "v", 0.0))
            continue
        if tag in ("LOC", "ORG") and (text[start:end] in COUNTRIES or text[start:end] in COUNTRY):
            body = _NATIONAL.match(text, end)
            if body is not None and body.end() in walk.ends:
                walk.take(start, body.end(), "ORG", 0.8)
                continue
        if (
            tag == "ORG"
            and (force := _FORCES.search(text, start, end)) is not None
            and text[start : force.start()] in COUNTRIES
        ):
            walk.put(Word(start, force.start(), "LOC", max(score, RULE)), Word(force.start(), end, "n", 0.0))
        elif tag == "ORG" and text[start:end] in COUNTRIES and _OF_STATE.match(text, end):
            walk.put(Word(start, end, "LOC", max(score, RULE)))
        elif text.startswith(("”号", "”级", "”轮", "”舰"), end) and text[start - 1 : start] == "“":
            walk.put(Word(start, end, "nz", 0.0))  # a ship
    return walk.made


# Teams --------------------------------------------------------------------------------------------------------------

_TEAM = re.compile(
    r"(?:国家|青年|国奥|奥运|省|市)?(?:男子|女子|男|女)?(?:足球|篮球|排球|乒乓球?|羽毛球|游泳|体操|跳水|登山|击剑|拳击|柔道|摔跤|跆拳道|马术|赛艇|皮划艇|帆船|自行车|滑雪|速滑|短道速滑|花样滑冰|冰壶|网球|艺术体操|田径|举重|射击|围棋|冰球|曲棍球|垒球|手球|水球|(?<=[男女])[足篮排乒羽])?"
    r"(?:代表|国家|联|二|一|青年)?队(?![员长伍形列友医服旗报内里际])|(?:男|女)[足篮排乒](?![球])"
)


def teams(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """古巴|队, 八一队, 世贸|组织: a place and 队 is who plays for it."""
    walk = Walk(words, [i for i, (at, end, tag, _) in enumerate(words) if tag in ("LOC", "ORG") and end - at > 1])
    for start, end, tag, score in walk:
        if tag == "LOC" and text[end - 1] == "队" and end - start > 2:
            walk.put(Word(start, end, "ORG", max(score, RULE)))
        elif (
            tag == "ORG"
            and text.startswith("组织", end)
            and end + 2 in walk.ends
            and text[end - 1] not in "局馆处院会司所"
        ):
            walk.take(start, end + 2, "ORG", max(score, RULE))
        elif (match := _TEAM.match(text, end)) is not None and match.end() in walk.ends:
            walk.take(start, match.end(), "ORG", max(score, RULE))
    return walk.made
