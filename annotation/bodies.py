"""Bodies that every reader knows (annotation/bodies.txt): the model's words in; out, those that are one as such.

A name that stands alone on its line can be nothing else. One with kinds behind a tab is also a word, a place, a person
or goods, and is a body only where something beside it says so: what only a body has (绿茶|门店), another body in a list
(湖人、勇士), its full form elsewhere in the text, or talk of its trade. The mark on goods is none: 一罐红牛, 小米14.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE, UNSURE
from annotation.quoted import quoted_names
from annotation.sounds import abroad
from annotation.walk import Walk

TABLE = Path(__file__).with_name("bodies.txt")
CAMPUS = "campus"  # a university by its short form, which is nothing else
MAKER = "maker"  # nothing else either, but its mark stands on goods
_SURE = frozenset((CAMPUS, MAKER))
_PRINT = frozenset(("media",))
_NONE = frozenset(("",))  # the kinds of what is no name
_LONGEST = 20  # characters of a name
REACH = 40  # characters around a name in which its trade is spoken of


@cache
def bodies() -> Mapping[str, frozenset[str]]:
    """The kinds of each name, none for one that can be nothing else; read on the first call."""
    table: dict[str, frozenset[str]] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        name, _, kinds = line.partition("\t")
        table[name] = frozenset(kinds.split())
    return table


def of_kind(kind: str) -> frozenset[str]:
    """The names of a kind."""
    return frozenset(name for name, kinds in bodies().items() if kind in kinds)


@cache
def known_bodies() -> frozenset[str]:
    """The names that can be nothing else: each is a body, whatever it touches."""
    return frozenset(name for name, kinds in bodies().items() if kinds <= _SURE)


@cache
def words_too() -> frozenset[str]:
    """The names of companies that are words, places or people too."""
    return frozenset(
        name for name, kinds in bodies().items() if kinds - _SURE - {"team", "school", "goods", "media", "hospital"}
    )


@cache
def _heads() -> frozenset[str]:
    return frozenset(name[:2] for name in bodies())


@cache
def _towns() -> frozenset[str]:
    """Those of the names that are towns."""
    listed = frozenset[str]().union(*map(lexicon, ("cities", "towns", "weak_towns", "countries")))
    return frozenset(bodies().keys() & (listed | abroad() | divisions().codes.keys()))


class _Hit(NamedTuple):
    """A name of the table at `[start, end)` of the text."""

    start: int
    end: int
    kinds: frozenset[str]


def known(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """追觅|的|实验室, 勇士、凯尔特人: known bodies, whatever the model takes them for; 一罐|红牛 is none."""
    heads = _heads()
    wanted = [
        i
        for i, (at, _, tag, score) in enumerate(words)
        if text[at : at + 2] in heads or (tag == "ORG" and score < UNSURE)
    ]
    hits: dict[int, list[_Hit]] = {}
    cursor = 0
    for index in wanted:
        if words[index].start >= cursor and (found := _hits(text, words, index)):
            hits[index] = found
            cursor = found[-1].end
    chains = _chains(text, words, [hit for found in hits.values() for hit in found])
    walk = Walk(words, wanted)
    for word in walk:
        found = hits.get(walk.index, [])
        if not found:
            walk.put(*_within(text, word))
            continue
        if len(found) > 1:
            walk.put(*(Word(hit.start, hit.end, "ORG", RULE) for hit in found))
            continue
        hit = found[0]
        tag, score = word.tag, word.score
        least = UNSURE if tag == "ORG" or CAMPUS in hit.kinds else 0.9
        kept = word.end == hit.end and tag in NAMED and score > least
        sure = hit.kinds <= _SURE
        meant = not sure and (_is_one_of(hit, chains[hit.start]) or _is_meant(text, hit))
        if meant and "team" in hit.kinds and text[hit.start : hit.end] in _towns():  # 罗马、米兰: clubs in a match only
            meant = SPORT.search(text, max(0, hit.start - REACH), hit.end + REACH) is not None
        if not meant and _is_goods(text, hit):
            if word.end == hit.end and tag == "ORG":
                walk.put(word._replace(tag="nz", score=0.0))
        elif sure and not _is_act(text, hit):
            if not kept or (tag == "PER" and CAMPUS not in hit.kinds):
                walk.take(hit.start, hit.end, "ORG", max(score, 0.7))
            elif CAMPUS not in hit.kinds:
                walk.put(word._replace(score=max(score, 0.8)))  # 切尔西: also a town abroad
        elif sure:
            walk.put(word._replace(tag="v", score=0.0))
        elif meant or (not kept and _is_spoken_of(text, hit, tag)):
            walk.take(hit.start, hit.end, "ORG", max(score, RULE) if tag == "ORG" else RULE)
    return walk.made


# Tags of words that may be a body by a common word, and trades so plain that any word may.
_TAGS = frozenset(("n", "nz", "nw", "vn", "ORG", "PER", "LOC"))
_PLAIN = frozenset(("telecom", "phone", "bank", "post"))


_CUT = re.compile(r"[A-Za-z][A-Za-z]|\d\d")
_TRADE = re.compile("产业|行业|市场|企业|工业|制造|技术|产品|[进出]口|领域|商[会品]|协会|业")


def _hits(text: str, words: Sequence[Word], index: int) -> list[_Hit]:
    """The longest name that begins with the word and ends with one; else the names that the word is made of."""
    table = bodies()
    start = end = words[index].start
    found: _Hit | None = None
    for word in words[index : index + 6]:
        if word.start != end or word.end - start > _LONGEST:
            break
        end = word.end
        kinds = table.get(text[start:end])
        if kinds is not None and (
            _CUT.match(text, end - 1) or (text.startswith("中国", start) and _TRADE.match(text, end))
        ):
            continue  # CCTV1|0, 中国电子|产业
        if kinds == _PRINT and end - start < 4 and (text[start - 1 : start] != "《" or text[end : end + 1] != "》"):
            continue  # 今天, 作品: magazines only as such
        if kinds is not None:
            found = _Hit(start, end, kinds)
    if found is not None:
        return [] if _is_quoted(text, found.start, found.end + 1) else [found]  # 东方网|力
    word = words[index]
    if _is_quoted(text, word.start, word.end):
        return []  # 新日|恒力
    return _sequence(text, word) if word.end - word.start > 3 and (word.tag in NAMED or word.tag == "nz") else []


def _is_quoted(text: str, start: int, least: int) -> bool:
    """Whether a listed company's name begins there, and ends at `least` or later."""
    names = quoted_names().get(text[start : start + 2], ())
    return any(start + len(name) >= least and text.startswith(name, start) for name in names)


def _sequence(text: str, word: Word) -> list[_Hit]:
    """国安|泰山|申花: the names that the word is made of, the longest first; none where a piece of it is unknown."""
    table = bodies()
    found: list[_Hit] = []
    start = word.start
    while start < word.end:
        stop = next((end for end in range(word.end, start + 1, -1) if text[start:end] in table), None)
        if stop is None:
            return []
        found.append(_Hit(start, stop, table[text[start:stop]]))
        start = stop
    sure = any(hit.kinds <= _SURE for hit in found)
    return found if sure or frozenset.intersection(*(hit.kinds for hit in found)) else []


def _within(text: str, word: Word) -> list[Word]:
    """宜家|人, 郑州|富士康, 三星|手机: a known name at the head of an unsure one or of goods, or behind a city."""
    start, end, tag, score = word
    table = bodies()
    if tag == "nz" and (product := _PRODUCT.search(text, start + 2, end)) is not None:
        cut = product.start()
        kinds = table.get(text[start:cut])
        if kinds is not None and (kinds <= _SURE or "goods" not in kinds):
            return [Word(start, cut, "ORG", RULE), Word(cut, end, "n", 0.0)]
    if tag != "ORG" or end - start < 3:
        return [word]
    for cut in range(start + 2, end):
        if table.get(text[start:cut], frozenset()) & _THINGS and _GOODS.fullmatch(text, cut, end):
            return [word._replace(tag="nz", score=0.0)]  # 南孚电池
    if text[end - 1] in "讯电" and table.get(text[start : end - 1], _NONE) <= _SURE:
        return [Word(start, end - 1, "ORG", RULE), Word(end - 1, end, "n", 0.0)]  # 科技日报|讯
    if score >= UNSURE:
        return [word]
    sure = known_bodies()
    for stop in range(min(end - 1, start + 8), start + 1, -1):
        short = end - stop < 3 or text[stop - 1] == "社"  # 塔斯社|阿斯塔纳电
        if short and text[start:stop] in sure and not (_ENDING.search(text, stop, end) or _CUT.match(text, stop - 1)):
            return [Word(start, stop, "ORG", RULE), Word(stop, end, "n", 0.0)]
    for size in (2, 3) if end - start < 12 else ():
        if text[start + size : end] in sure and text[start : start + size] in divisions().codes:
            return [Word(start, start + size, "LOC", RULE), Word(start + size, end, "ORG", RULE)]
    return [word]


_PRODUCT = re.compile(
    r"(?:手机|电脑|电视机?|空调|冰箱|汽车|相机|笔记本|平板|快递|外卖|客服|充电宝|路由器|手环|耳机|[信银储][用行蓄]卡|宽带"
    r"|专柜|门店|旗舰店|超市|顺风车|专车|快车|司机|股票|财报|员工|小哥|[A-Za-z0-9][A-Za-z0-9+ -]*)$"
)

# What makes another name of a brand before it: 京东|物流, 腾讯|公司.
_ENDING = re.compile(
    "公司|集团|银行|股份|科技|物流|航空|大学|学院|医院|中心|组织|[社报网局厂店院队所馆行署委会处部室团党军矿盟]"
)


# Lists ---------------------------------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"[、/|]|[和与及跟]|以及|还有|[ \u3000]|(?i:vs)\.?|")


def _chains(text: str, words: Sequence[Word], hits: Sequence[_Hit]) -> dict[int, list[_Hit]]:
    """For each name, by its start, those that stand in a list with it, itself among them, and the model's bodies."""
    if all(hit.kinds <= _SURE for hit in hits):
        return {}
    held = {
        word.start: _Hit(word.start, word.end, frozenset()) for word in words if word.tag == "ORG" and word[3] > UNSURE
    }
    held |= {hit.start: hit for hit in hits}
    chains: dict[int, list[_Hit]] = {}
    chain: list[_Hit] = []
    for start in sorted(held):
        hit = held[start]
        if not chain or start - chain[-1].end > 2 or not _BETWEEN.fullmatch(text, chain[-1].end, start):
            chain = []
        chain.append(hit)
        chains[start] = chain
    return chains


def _is_one_of(hit: _Hit, chain: Sequence[_Hit]) -> bool:
    """Whether the names beside it are bodies of its kind: 湖人|勇士|凯尔特人."""
    if len(chain) < 2:
        return False
    others = [other for other in chain if other is not hit]
    touching = any(other.end == hit.start or other.start == hit.end for other in others)
    if "school" in hit.kinds:
        return any(CAMPUS in other.kinds for other in others)
    if any(other.kinds <= _SURE - {CAMPUS} for other in others) and (not touching or len(chain) > 2):
        return True
    alike = sum(1 for other in others if other.kinds & hit.kinds)
    return alike > (0 if "team" in hit.kinds else 1)


# What is said of a body ----------------------------------------------------------------------------------------------

_HAS = (
    r"的?(?:公司|集团|总部|创始人|联合创始人|官方|官网|官微|官宣|客服|售后|CEO|总裁|董事长|高管|股价|财报|法务部?|公关|"
    r"发布会|代言人|专卖店|旗舰店|直营店|体验店|门店|分店|专柜|加盟[店商]|业务员|快递员|店员|信用卡|会员卡|老员工|前员工|"
    r"工程师|程序员|产品经理|供应商|生产线|代工厂|研发|实验室|律师|老粉)"
)
_OF = r"(?:旗下的?|前东家|老东家|东家|跳槽[到去]|入职了?|就职于|任职于|供职于|创办了?|创立了?|友商|巨头|厂商|大厂)"
_AFTER = {
    "": re.compile(_HAS),
    "team": re.compile(
        r"的?(?:球[迷员队星衣]|[主客]场|主帅|主教练|俱乐部|后卫|前锋|中锋|门将|外援|更衣室|青训|名宿|旧将|死忠|夺冠|"
        r"[0-9一二三四五六七八九十]+[-:：比][0-9零一二三四五六七八九十])"
    ),
    "food": re.compile(r"的?(?:门口|排队|等位|点单|点餐|外带|服务员|店里|菜单|招牌菜|鸭子|包间|吃了?[顿过])"),
    "shop": re.compile(r"的?(?:门口|收银|会员日|满减|打折|促销|大促|货架|免税店|购物卡)"),
    "net": re.compile(
        r"的?(?:面试|offer|裁员|加班|食堂|[P T]\d|期权|工位|实习|校招|秋招|算法岗|开分|短评|[一二三四五]轮)"
    ),
    "car": re.compile(r"的?(?:4[sS]店|车主|经销商|车机|新车|试驾|自动泊车|自动驾驶|智驾|续航|换电|充电桩|座椅|底盘)"),
    "hospital": re.compile(
        r"的?(?:专家?号|号(?![称召]|码)|门诊|急诊|住院部|医生|大夫|主任|护士|病房|[骨眼儿牙]科|皮肤科|口腔科|产科)"
    ),
}
_BEFORE = {
    "": re.compile(rf"{_OF}$"),
    "team": re.compile(
        r"(?:[对赢输]了?|[战力]?[胜克]|击败|不敌|送走|淘汰|逆转|绝杀|横扫|转会|加盟|效力于?|客战|迎战|支持|主队是?)$"
    ),
    "food": re.compile(r"(?:[在去到]|约在|吃了?顿|请客)$"),
    "shop": re.compile(r"(?:逛了?[逛会]?|去了?趟)$"),
}
_MEALS = re.compile(r"(?:吃|聚餐|请客|排队|等位|点了|过生日|相亲)")

_ISSUE = re.compile(
    r"杂志|编辑部|编辑|主编|创刊|增刊|月刊|双月刊|季刊|[（(]?[12〇一二][0-9〇零一二三四五六七八九]{3}[年.,，]|第?[0-9一二三四五六七八九十]+期"
)
_PRINTED = re.compile(
    r"(?:发表[于在]|刊[于载]于?|[原转]?载于?|散见于?|选自|登[于在]|登上|投给了?|主编)(?:《[^》]{1,12}》[、和及与]?)*《$"
)

# Talk of its trade, where the name seldom is another word.
_TRADES = {
    "telecom": re.compile(
        r"流量|话费|网速|资费|套餐|营业厅|信号|充值|1008[68]|100[01]0|客服|欠费|停机|[345]G|手机卡|SIM|运营商|宽带|短信"
    ),
    "phone": re.compile(
        r"手机|iOS|iPhone|iPad|安卓|刷机|MIUI|发布会|新机|旗舰|乔布斯|库克|雷军|罗永浩|老罗|[果米锤]粉|Mac"
        r"|App Store|系统更新|充电器|三星|华为|客服"
    ),
    "bank": re.compile(r"保险|[车寿]险|业务员|理赔|投保|保单|客户经理|贷款|信用卡"),
    "post": re.compile(r"快递|快件|包裹|派[件送]|签收|丢件|物流|单号"),
    "hospital": re.compile(r"挂号|门诊|急诊|大夫|手术|住院|专家号|抢号|病房|确诊|化疗|主治"),
    "net": re.compile(r"互联网|程序员|大厂|裁员|跳槽|面试|offer|App|APP|产品经理|期权|校招"),
    "game": re.compile(r"游戏|手游|玩家|氪金|服务器|外挂|开服|削弱|策划|Steam|主机"),
    "film": re.compile(r"艺人|签约|票房|出品|经纪|唱片|专辑|影业|导演"),
    "shop": re.compile(r"满减|打折|促销|会员日|免税店|专柜|收银|超市|货架|商场|团购|买书|下单|包邮|送货|到货|正版"),
    "car": re.compile(r"4S店|提车|试驾|车主|SUV|电车|油车|轿车|车展|销量|续航"),
}
SPORT = re.compile(
    r"比分|\d[-:：比]\d|[一二三四五六七八九十两]比[零一二三四五六七八九]|[主客]场|夺冠|冠军|联赛|教练|季后赛|决赛|助攻|篮板|三分|绝杀|进球|射门|破门|点球|任意球"
    r"|门将|后卫|前锋|中锋|裁判|球[员迷队星]|防守|进攻|转会|赛季|加时|险胜|大胜|惨败|战胜|击败|横扫|[中英]超|[西意德法]甲|[欧亚]冠|NBA|CBA|踢|[打看输赢进]球|[领]先|扳平|出线|小组赛|外援|双打|扣杀"
)
_NOT_CALLED = re.compile("[端互支硬电设应办通终医诈平芯游广场]|网络|中心")
_OTHER_USE = re.compile("[吃喝煮啃咬甜酸种口斤颗箱粥树]|[把根]$")
_FULL = re.compile("公司|集团|有限|股份|俱乐部|官方|客服|官网")  # 现代物流 is none: a trade follows any word


def _is_meant(text: str, hit: _Hit) -> bool:
    """Whether what touches the name is what only a body has or meets, or the text has its full form elsewhere."""
    start, end, kinds = hit
    if kinds == {"school"}:
        return False
    near = max(0, start - 6)
    for kind in ("", *sorted(kinds)):
        after, before = _AFTER.get(kind), _BEFORE.get(kind)
        if after is not None and after.match(text, end):
            return True
        if before is not None and before.search(text, near, start) and (kind != "food" or _MEALS.match(text, end)):
            return True
    if "media" in kinds and text[end : end + 1] == "》":  # 《收获》杂志, 载《十月》2016年第3期
        return (
            _ISSUE.match(text, end + 1) is not None or _PRINTED.search(text, max(0, start - REACH), start) is not None
        )
    if kinds <= {"team", "media", "hospital"}:
        return False
    at = text.find(name := text[start:end])
    while at >= 0:
        if _FULL.match(text, at + len(name)) or _is_longer(text, at, at + len(name)):
            return True
        at = text.find(name, at + 1)
    return False


def _is_longer(text: str, start: int, end: int) -> bool:
    """Whether a longer name of the table, which can be nothing else, begins there: 现代|汽车."""
    sure = known_bodies()
    return any(text[start:stop] in sure for stop in range(end + 1, min(end + 6, len(text)) + 1))


def _is_spoken_of(text: str, hit: _Hit, tag: str) -> bool:
    """Whether the words around speak of the body's trade: 给|移动|打电话 where the post is of 流量."""
    start, end, kinds = hit
    return (
        ((tag in _TAGS and tag != "LOC") or bool(kinds & _PLAIN))
        and _spoken(text, hit)
        and _NOT_CALLED.match(text, end) is None
        and _OTHER_USE.search(text[max(0, start - 4) : start]) is None
        and _OTHER_USE.search(text[end : end + 4]) is None
    )


def _spoken(text: str, hit: _Hit) -> bool:
    low, high = max(0, hit.start - REACH), hit.end + REACH
    return any(kind in _TRADES and _TRADES[kind].search(text, low, high) for kind in hit.kinds)


# Goods ---------------------------------------------------------------------------------------------------------------

_COUNTED = re.compile(
    r"[一二两三四五六七八九十百几半整每这那0-9][罐瓶杯听盒箱袋包双条件台部辆支碗桶根颗斤块把床套顶只款枚片粒管]"
    r"(?:[\u4e00-\u9fff]{1,2}的|[冰新旧热老小大])?$|个$"
)
_USED = re.compile(r"[喝穿戴涂抹擦抽骑泡嚼](?:[了着过上]|的是?|[个点]|一?口)?$")
_DRIVEN = re.compile(r"(?:[开用换买吃](?:[了着过上]|的是?)?|背着?)$")
_MODEL = re.compile(
    r" ?(?:[A-Za-z]{1,6} ?\d{1,4}|\d{1,3}[A-Za-z+]"
    r"|\d{1,3}(?![\d.,，%％:：年月日号天个万亿元块点分家人位名次场比级届岁倍股折款只所条篇期轮强-]))"
)
_GOODS = re.compile(
    r"的?(?:空调|冰箱|洗衣机|电视|电饭[煲锅]|微波炉|热水器|油烟机|吸尘器|风扇|插[座排]|电池|耳机|充电[器宝头]|手环|平板|"
    r"键盘|鼠标|剃须刀|牙[刷膏]|鞋|球鞋|外套|T恤|[牛运]?[仔动]?裤|羽绒服|包包|口红|面膜|面霜|香水|洗[发面][水奶膏]|[牛酸]奶|奶粉|"
    r"矿泉水|方便面|泡面|红烧牛肉面|可乐|啤酒|白酒|冰棍|雪糕|月饼|粽子|火腿肠|辣酱|酱油|榨菜|饼干|巧克力|糖)"
)


def _is_goods(text: str, hit: _Hit) -> bool:
    """Whether the name is the mark on a thing: counted, used, eaten, driven, or with the number of a model."""
    start, end, kinds = hit
    if kinds & {"team", "school", CAMPUS}:
        return False
    near = max(0, start - 8)
    things = kinds & _THINGS
    return (
        (bool(things) and _COUNTED.search(text, near, start) is not None)
        or (bool(things) and _USED.search(text, near, start) is not None)
        or (bool(things - {MAKER}) and _DRIVEN.search(text, near, start) is not None)
        or (bool(things - {"goods"}) and _MODEL.match(text, end) is not None)
        or ("phone" in kinds and _is_eaten(text, start, end) and not _spoken(text, hit))
        or (bool(things) and _GOODS.match(text, end) is not None)
    )


# What is done with apples and millet.
_EATEN = re.compile(
    "[吃喝煮熬炒煎炖削啃尝种甜酸脆糯粥饭汁皮籽核果菜肉蛋奶糖醋豆瓜梨桃树]|[一二两三四五六七八九十半几0-9][斤颗棵箱个只块克粒袋盒瓶片碗]"
)
# What one does with a search engine.
_SEARCHED = re.compile("(?:百度|谷歌)(?:一下|了?一?下|呗|[了过到吧啊嘛]?(?=[，。！？!?…]|$))")
_SEARCHES = re.compile("(?:[别会去先再能没要快自]|自己|可以)$")


def _is_act(text: str, hit: _Hit) -> bool:
    """Whether the name is what one does: 自己|百度, 百度|一下."""
    act = _SEARCHED.match(text, hit.start)
    return act is not None and (
        text[act.end() - 1] in "下呗" or _SEARCHES.search(text, max(0, hit.start - 2), hit.start) is not None
    )


_THINGS = frozenset((MAKER, "goods", "phone", "car", "home"))


def _is_eaten(text: str, start: int, end: int) -> bool:
    """Whether what stands before or behind the name, not its own 果 and 米, is what is done with fruit."""
    return any(_EATEN.search(text, low, high) is not None for low, high in ((max(0, start - 6), start), (end, end + 8)))
