"""Amounts by rule: a text in, its MONEY, PERCENT and QUANTITY spans out, with the guideline's borders and values.

Amounts follow a grammar, so a rule finds them better than a model does. The grammar is one compiled expression. Every
repetition in it is bounded and a number is tried once only, from its first character, so the time is linear.
Numbers may be written 504.8亿, 1,200万, ５００, 五百多万, 伍佰万 or 上千万; the traditional forms are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from annotation.numerals import DIGIT, NUMERAL, POWER, TO, VAGUE, Approx, Edges, Number, behind, outside, read_number
from annotation.units import CURRENCIES, simplify, spelling

VERSION = "0.2.0"


class Amount(NamedTuple):
    """An amount at `[start, end)` of the text, in code points; `label` is MONEY, PERCENT or QUANTITY.

    Its value lies from `low` to `high`, which are equal where it is no range, and None where the text names no figure
    (数十亿元). MONEY counts whole units of the currency, and `unit` is its ISO 4217 code. PERCENT is the number before
    the sign, `unit` `%` (3‰ and 千分之三 are 0.3) or `pp` for 个百分点. QUANTITY has the unit as the text writes it
    (元/公斤); `annotation.units.in_base_unit` brings 亩 and 公顷 to one measure.

    `approx` is what the words around and inside say: `about` for 约, 近, 大概, 左右, 上下 and where no figure is named;
    `more` for 超过, 突破, 逾, 过, 不低于, 至少, 以上, and 多, 余, 上 inside; `less` for 最高, 不足, 不到, 低于, 不超过,
    以下, 以内. The word before goes before the one behind, and both before one inside.
    """

    start: int
    end: int
    label: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    approx: Approx

    @property
    def value(self) -> str | None:
        """The value as a decimal, or as `low..high`; None where the text names no figure."""
        if self.low is None or self.high is None:
            return None
        return _plain(self.low) if self.low == self.high else f"{_plain(self.low)}..{_plain(self.high)}"

    @property
    def normalized(self) -> str:
        """Value, unit and, where it is not `none`, `approx`: `500000000..700000000 CNY`, `28 %`, `6400 亩 more`."""
        return " ".join([self.value or "?", self.unit] + [self.approx] * (self.approx != "none"))


# For speed, what may be missing is written (?:…|) and not (?:…)?: a repetition keeps all groups at each step.

# Numbers ------------------------------------------------------------------------------------------------------------

_N = f"{NUMERAL}{POWER}"

_ARABIC = rf"""(?:
    (?:[{DIGIT}]{{1,3}}(?:(?:,|(?<=[０-９])，)[{DIGIT}]{{3}}){{1,6}}(?![{DIGIT}])|[{DIGIT}]{{1,30}}+)
    (?:[.．][{DIGIT}]{{1,12}}+|)
)"""

# 3000多亿, 3万5千, 2万零500, 880余, 3个亿; 多 and 余 are inside the number, 约 and 以上 are not.
_MIXED = rf"""(?:
    {_ARABIC}
    (?:[ ]?[{VAGUE}]?[个個]?[{POWER}]{{1,4}}(?:[零〇]?{_ARABIC}|)){{0,4}}
    [多余餘]?
)"""

# 五百多万, 一点五亿, 上千万, 好几十, 数百
_CHINESE = rf"""(?:
    (?:(?:(?<!以)上|(?<![总總人户戶次指基系份倍])[数數]|好?[几幾])(?=[{POWER}])|)
    [{_N}]{{1,24}}
    (?:[点點][{NUMERAL}]{{1,12}}[{POWER}]{{0,4}}|)
    (?:[{VAGUE}][{POWER}]{{0,4}}|)
)"""

_NUMBER = rf"(?:{_MIXED}|{_CHINESE})"

# What may not stand before a number: part of the same number, the mask of a figure (*.8亿元, 1**5万元), a %-escape.
_BOUNDARY = rf"(?<![{DIGIT}.．{_N}*＊×■□●※#%])(?<!(?<![A-Za-z])[xX])(?<![xX]{{2}})(?<![{DIGIT}][多余餘])"
_EITHER = "|".join(f"{a}、{b}" for row in ("123456789", "一二三四五六七八九") for a, b in pairwise(row))  # 5、6亿元
_RANGE = rf"""(?:
    (?<!\n)(?=[{DIGIT}{NUMERAL}]、)(?=(?:{_EITHER})(?![.．{DIGIT}]))[{DIGIT}{NUMERAL}]、{_NUMBER}
    |{_NUMBER}(?:{TO}(?![百佰千仟万萬]分之){_NUMBER}|)
)"""

# A minus belongs to the number; the dash of a range, of 10%-20% or of 2.0-5亿元 is none.
_SIGN = rf"""(?:
    (?<![{DIGIT}%％点點元圓圆年月日A-Za-z{_N}])[-－﹣−+＋]
    |(?:(?<![\u3400-\u9fff])|(?<=[为為是至到达達长長降跌率]))[负負](?=[{DIGIT}{_N}])
|)"""

# Units --------------------------------------------------------------------------------------------------------------

_YUAN = rf"""(?:
    [元圆圓]
    (?!旦|宵|宇宙|素(?![食斋])|月份|月[{DIGIT}{NUMERAL}十])
    (?:[{DIGIT}{NUMERAL}]{{1,2}}[角毛](?:[{DIGIT}{NUMERAL}]{{1,2}}分|)|[{NUMERAL}]{{1,2}}分|)
    (?:[整正](?![个個体體合理改顿頓治形修数數车車机機式常在])|)
    (?:人民[币幣]|\s?(?:RMB|CNY)(?![A-Za-z\d])|)
    |[块塊](?:[{DIGIT}{NUMERAL}][角毛]|)[钱錢]
    |[块塊][{DIGIT}{NUMERAL}][角毛](?:[{DIGIT}{NUMERAL}]分|)
    |[角毛分][钱錢]
    |(?<=[{DIGIT}])角(?![{DIGIT}度形楼樓星型钢鋼落色])
    |[块塊](?![\u3400-\u9fff{DIGIT}])
)"""
# 一元化, 二元结构, 三元里: a small Chinese number before 元 is more often no money at all.
_YUAN_WORDS = (
    "素|件|月|年|帅|老|首|朝|代|组|器|音|气|化|论|[一二三]次|方程|里|桥|锂|次|控股|集团|结构|经济|材料|食品|股份|函数|体系|区|电池"
    "|复始"
)
_CODE = r"(?:RMB|CNY|USD|EUR|HKD|JPY|GBP|KRW|AUD|CAD|CHF|SGD|TWD|MOP|NZD)"
_NAMES = sorted(
    (name for name in CURRENCIES if name[0] >= "\u4e00" and name not in ("元", "圆", "块", "块钱", "比特币")),
    key=len,
    reverse=True,
)
_FOREIGN = rf"""(?:
    (?:{"|".join(map(spelling, _NAMES))})
    (?![素首老区區])(?!旦|宵|件(?!套))
    (?:[{DIGIT}{NUMERAL}]{{1,2}}日本[銭钱錢]|又?[{DIGIT}{NUMERAL}十]{{1,3}}美分|)
)"""
_CURRENCY = rf"(?:{_FOREIGN}|比特[币幣]|{_CODE}(?![A-Za-z]|\s?[{DIGIT}])|{_YUAN})"

_LATIN_POWERS = {"million": 6, "billion": 9, "trillion": 12, "bn": 9, "mn": 6, "M": 6, "B": 9, "K": 3}
_LATIN_POWER = rf"(?:\s?(?P<power>{'|'.join(_LATIN_POWERS)})(?![A-Za-z]))"
_SIGNS = r"(?:(?:US|HK|NT|A|C|S|)[$＄]|[¥￥€£₩₽])"
_PREFIX = rf"(?:人民[币幣]|新?[港韩韓日台臺][币幣]|美金|(?<![A-Za-z])(?:{_SIGNS}|{_CODE}))"

_PER_CENT = r"(?:%(?![0-9A-F]{2}(?!\d\d年))|[％﹪‰]|[个個]?[ ]{0,2}百[ ]?分[ ]?[点點])"

_MEASURE = rf"""(?:
    平方(?:公里|千米|厘米|毫米|英尺|米|公尺|(?![公千厘毫英根差和项項程数數]))|[公英]?[亩畝](?![产產均])|公[顷頃]|平米|㎡|km²|m²
    |立方(?:厘米|分米|米|公尺)|m³|毫升|公升|加仑|升(?![级級至到高值学學尺温溫幅降华華任为為格空旗职職天起入腾騰])
    |公里|千米|[厘毫微纳納]米|公分(?![{DIGIT}])|海里|英[里尺寸]|光年
    |米(?![粉饭飯其兰蘭勒线線面酒老字白黄黃色糠奇德尔爾家哈特歇罗羅格诺諾芾])
    |公?吨|公?噸|公斤|千克|毫克|微克|克拉|市?斤|盎司|克(?![服隆扣制製莱萊里拉勒])
    |(?<!第一)[两兩](?=$|[^\u3400-\u9fff]|[银銀金黄黃白茶酒肉油面米半])
    |[千兆吉]?瓦(?:[时時])?(?![解斯砾房片特])|[千兆]?伏(?![特笔筆击擊天案])|摄氏度|攝氏度|℃|度(?=[电電])
    |[千兆吉]?(?:赫兹|赫茲|比特(?![币幣])|字[节節])|[千大]卡(?![车車])|[千兆]帕|[马馬]力|分[贝貝]|毫安[时時]?
    |(?:km|cm|mm|nm|kg|mg|kWh|MWh|GWh|kW|KW|MW|GW|kV|KV|mAh|Ah|Wh|MHz|GHz|GB|TB|MB|PB|CM|KM|KG|MM|m)(?![A-Za-z{DIGIT}])
)"""
_HALF = r"(?:(?<=[吨噸米斤里亩畝克升两兩])半(?![年月天日个個径徑导導夜数數山空岛島路边邊决決]))"
_PER = r"""(?:
    公斤|千克|克拉|克|斤|吨|噸|亩|畝|公顷|平方米|平方公里|平米|平方|㎡|m²|立方米|立方|方|升
    |度|千瓦[时時]|千瓦|瓦|kWh|公里|千米|米|桶|盎司
)"""
_THING = r"""(?:
    人|名|户|天|日|月|年|季|周|次|小时|小時|分钟|时|時|秒|件|台|股|张|張|个|個|辆|輛|套|只|头
    |箱|瓶|袋|盒|间|晚|位|株|棵|片|份
)"""
# 25元/公斤, 100元/人·天, 3元每千瓦时: a price, not a sum of money.
_PRICE = rf"(?:[/／](?:[{DIGIT}]{{1,5}}|)(?:{_PER}|{_THING})(?:[/／·](?:{_PER}|{_THING})){{0,2}}|每(?:{_PER}|{_THING}))"
_RATE = rf"(?:[/／](?:{_PER}|{_THING}|h|s)(?![A-Za-z])|)"

_KILO = r"(?:[ ]?[kKｋＫ](?![A-Za-z])|)"  # 12k个百分点
_GRAMMAR = re.compile(
    rf"""
    {_BOUNDARY}(?P<parts>[百佰千仟万萬]{{1,3}})[ ]{{0,2}}分[ ]?之[ ]{{0,2}}
        (?P<fraction>[{_N}点點]{{1,8}}(?:[ ][{_N}点點]{{1,8}}){{1,8}}(?![{_N}])|{_RANGE}(?<!百(?=分)){_KILO})
    |(?P<prefix>{_PREFIX})\s{{0,2}}{_BOUNDARY}(?P<prefixed>{_SIGN}{_RANGE})\s?(?P<named>{_CURRENCY})(?:(?P<price1>{_PRICE})|)
    |(?<![A-Za-z])(?P<symbol>{_SIGNS}\s?|{_CODE}\s?)(?P<bought>{_SIGN}{_RANGE})(?![{DIGIT}]){_LATIN_POWER}?
    |(?P<currency>人民[币幣]|港[币幣]|美金)\s?(?P<bare>{_MIXED})(?<=[万亿萬億])(?![{DIGIT}{POWER}])
    |{_BOUNDARY}(?P<spaced>[{_N}](?:[ ]?[{_N}点點]){{1,15}})[ ]{{0,4}}[个個][ ]{{0,2}}百[ ]?分[ ]?[点點]
    |{_BOUNDARY}(?P<number>{_SIGN}{_RANGE})
        (?:(?P<percent>{_KILO}[ \u00a0\u3000]{{0,4}}{_PER_CENT})
          |[ \u00a0\u3000]?(?:
            [个個]?(?P<money>{_CURRENCY})(?:(?P<price>{_PRICE})|)
            |(?P<quantity>{_MEASURE}{_RATE})(?:(?P<half>{_HALF})|)))
    """,
    re.VERBOSE,
)
# Where one may begin. Inside a run of figures none does, so the run is passed over as a whole.
_CANDIDATE = re.compile(rf"[{DIGIT}{_N}]{{1,40}}|[上数數好几幾负負人新港韩韓日台臺美$＄¥￥€£₩₽RCUEHJGKASTMN+＋\-－﹣−]")
_SMALL_YUAN = re.compile(rf"[{NUMERAL}十]{{1,2}}元")
_NO_MONEY = re.compile(_YUAN_WORDS)
_SURNAMES = "伍陆陸"  # capital numerals too: 陆元荣 is a person
_SPENT = re.compile(r"[花费費价價卖賣付赚賺欠买買收赔賠][^，。、；：！？,;:!?\n]{0,6}$")
_DAY_OF_MONTH = re.compile(r"月\s?$")
_BARE = re.compile(rf"[{POWER}]+")
_OTHER_PRICE = re.compile(r"[/／](?![\d\s])[^\W\d_]")


_STOPS = outside(_GRAMMAR, _CANDIDATE)


def find_amounts(text: str, at: Iterable[int] | None = None) -> Iterator[Amount]:
    """The amounts of the text in order, without overlaps; or at least those of them that begin `at` these offsets,
    which ascend: only the words before each are read then.
    """
    cursor = 0
    for place in (len(text),) if at is None else at:
        cursor = cursor if at is None else behind(_STOPS, text, place, cursor)
        while cursor <= place and (candidate := _CANDIDATE.search(text, cursor)) and candidate.start() <= place:
            end, amount = _read_at(text, candidate.start())
            cursor = end or candidate.end()
            if amount:
                yield amount


def amount_at(text: str, place: int) -> Amount | None:
    """The amount of `find_amounts` that begins there, for a short text."""
    cursor = 0
    while (candidate := _CANDIDATE.search(text, cursor)) and candidate.start() <= place:
        end, amount = _read_at(text, candidate.start())
        if candidate.start() == place:
            return amount
        cursor = end or candidate.end()
    return None


def _read_at(text: str, start: int) -> tuple[int, Amount | None]:
    """Where the match ends that begins there, 0 for none; and its amount, unless the words around say it is none."""
    match = _GRAMMAR.match(text, start)
    if match is None:
        return 0, None
    end = match.end()
    label, number, unit, conditions = _read(match.groups(), match[0])
    for holds in conditions:
        if not holds(text, start, end):
            return end, None
    low, high, inside = number
    return end, Amount(
        start, end, label, low, high, unit, "about" if low is None else _approx(text, start, end) or inside
    )


_Condition = Callable[
    [str, int, int], bool
]  # on the words around: of a text, where the amount begins and where it ends


@lru_cache(maxsize=1 << 13)  # the same amounts come again and again
def _read(groups: tuple[str | None, ...], words: str) -> tuple[str, Number, str, tuple[_Condition, ...]]:
    """Label, value and unit of a match of these words, and what has to hold of the words around, or it is no amount."""
    found = dict(zip(_GRAMMAR.groupindex, groups, strict=True))
    number = found["number"]
    if number is None:
        return *_read_marked(found), ()
    if found["percent"]:
        return "PERCENT", *_percentage(number, found["percent"]), ()
    conditions: tuple[_Condition, ...] = ()
    if _BARE.fullmatch(number) and number not in ("十", "拾"):
        conditions = (_is_one if len(number) == 1 else _is_no_heading,)
    if found["quantity"]:
        return "QUANTITY", *_measured(number, found["quantity"], bool(found["half"])), conditions
    money = found["money"] or ""
    if found["price"]:
        return "QUANTITY", _number(number), money + found["price"], conditions
    if _SMALL_YUAN.fullmatch(words):
        conditions += (_is_no_word, _is_no_name) if number in _SURNAMES else (_is_no_word,)
    if money.startswith("日元"):
        conditions += (_is_no_day,)
    if money in "块塊":
        conditions += (_is_spent,)
    return "MONEY", *_sum(number, money), (*conditions, _is_no_price)


def _read_marked(found: dict[str, str | None]) -> tuple[str, Number, str]:
    """Label, value and unit of an amount that something before its number shows."""
    said = {name: value or "" for name, value in found.items()}
    if said["parts"]:
        parts = _number(said["parts"]).low or Decimal(100)
        return "PERCENT", _scale(_number(said["fraction"]), 100 / parts), "%"
    if said["spaced"]:
        return "PERCENT", _number(said["spaced"]), "pp"
    if said["prefix"]:
        if said["price1"]:
            return "QUANTITY", _number(said["prefixed"]), said["named"] + said["price1"]
        number, code = _sum(said["prefixed"], said["named"])
        return "MONEY", number, _code(said["prefix"]) if code == "CNY" else code
    if said["symbol"]:
        power = Decimal(10) ** _LATIN_POWERS.get(said["power"], 0)
        return "MONEY", _scale(_number(said["bought"]), power), _code(said["symbol"])
    return "MONEY", _number(said["bare"]), _code(said["currency"])


def _is_one(text: str, start: int, end: int) -> bool:
    """A power alone is a number in 过亿元, and none in 亿元项目."""
    return text[start - 1 : start] in ("近", "超", "过", "過", "破", "逾", "达", "達")


def _is_no_heading(text: str, start: int, end: int) -> bool:
    """Powers are a number in 百万元, and none in 单位:万元 and (百万元)."""
    return text[start - 1 : start] not in (":", "：", "(", "（")


def _is_no_word(text: str, start: int, end: int) -> bool:
    return not _NO_MONEY.match(text, end)


def _is_no_name(text: str, start: int, end: int) -> bool:
    return not "\u3400" <= text[end : end + 1] <= "\u9fff"


def _is_no_day(text: str, start: int, end: int) -> bool:
    return not _DAY_OF_MONTH.search(text, max(0, start - 2), start)


def _is_spent(text: str, start: int, end: int) -> bool:
    """三块 is money behind 花 and 卖, and not in 三块石头."""
    return bool(_SPENT.search(text, max(0, start - 8), start))


def _is_no_price(text: str, start: int, end: int) -> bool:
    """A price by a unit nobody listed is none: better no label than a wrong one."""
    return not _OTHER_PRICE.match(text, end)


# Values -------------------------------------------------------------------------------------------------------------

_UNKNOWN = Number(None, None, "about")
_TENTHS = re.compile(rf"([{DIGIT}{NUMERAL}]{{1,2}})[角毛]")
_HUNDREDTHS = re.compile(rf"([{DIGIT}{NUMERAL}十]{{1,3}})(?:分|美分|日本[銭钱錢])")
_SMALL_COINS = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分": Decimal("0.01")}
_PREFIXED_UNIT = re.compile(r"瓦|米|克|伏|赫|比特|字[节節]|[卡帕]")


def _number(text: str) -> Number:
    return read_number(text) or _UNKNOWN


def _scale(number: Number, factor: Decimal | int) -> Number:
    if number.low is None or number.high is None or factor == 1:
        return number
    return Number(number.low * factor, number.high * factor, number.approx)


def _percentage(text: str, sign: str) -> tuple[Number, str]:
    sign = sign.lstrip(" \u00a0\u3000")
    if sign[0] in "kKｋＫ":
        text += "k"
    if sign.endswith("‰"):
        return _scale(_number(text), Decimal("0.1")), "%"
    return _number(text), "pp" if sign[-1] in "点點" else "%"


def _sum(text: str, currency: str) -> tuple[Number, str]:
    """The sum of a number and what stands behind it: 元, 美元, 元5角, 块5毛, 元整人民币, 毛钱."""
    number = _number(text)
    if currency[0] in _SMALL_COINS:
        return _scale(number, _SMALL_COINS[currency[0]]), "CNY"
    rest = Decimal(0)
    for part, worth in ((_TENTHS, "0.1"), (_HUNDREDTHS, "0.01")):
        found = part.search(currency) if len(currency) > 2 else None
        if found:
            rest += (_number(found[1]).low or 0) * Decimal(worth)
    if rest and number.low is not None and number.high is not None:
        number = Number(number.low + rest, number.high + rest, number.approx)
    return number, _code(currency)


@lru_cache(maxsize=4096)
def _code(currency: str) -> str:
    """The ISO 4217 code; the name may go on with 5角, 整 or 人民币."""
    name = simplify(currency.strip())
    code = CURRENCIES.get(name)
    return code or CURRENCIES.get(re.sub(rf"(?<=.)[又{DIGIT}{NUMERAL}].*", "", name), "CNY")


def _measured(text: str, unit: str, half: bool) -> tuple[Number, str]:
    """Number and unit, where 千 or 兆 at the end of the number may belong to the unit: 百万千|瓦 is 百万 千瓦."""
    if text[-1] in "千兆" and len(text) > 1 and text[-2] not in "上几幾数數" and _PREFIXED_UNIT.match(unit):
        text, unit = text[:-1], text[-1] + unit
    number = _number(text)
    if half and number.low is not None and number.high is not None:
        number = Number(number.low + Decimal("0.5"), number.high + Decimal("0.5"), number.approx)
    return number, unit


@lru_cache(maxsize=1 << 14)
def _plain(value: Decimal) -> str:
    """Without exponent or zeros at the end: 1E+9 and 1000000000.0 are 1000000000."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# The words around ---------------------------------------------------------------------------------------------------

_BEFORE = re.compile(
    r"""(?:
    (?P<less>不(?:到|足|及|超过|超過|超|高于|高於|多于|多於|大于|大於|逾|满|滿)|未(?:超过|超過|到|满|滿|及)
        |[低少小][于於]|至多|最多
        |最高(?:可|[达達]|不超[过過]|给予|給予|奖励|獎勵|补助|補助|补贴|補貼|资助|資助|支持|可[达達]|可获|可給予|可给予)?)
    |(?P<more>不(?:低于|低於|少于|少於|小于|小於|下)|至少|最低|最少|超过|超過|超出|突破|超|逾|[高多大][于於]|[^打突]破
        |(?<![不通经經路度])[过過])
    |(?P<about>(?<![节節条條合签簽公预預契履违違])[约約](?:合|为|為|占|有)?|合[约約]|(?<![最附临臨邻鄰靠远遠])近|接近|大概|大致|差不多)
    )[了达達]?\s?$""",
    re.VERBOSE,
)
_SILENT = outside(_BEFORE)  # no word before an amount ends with one of them
_BEHIND = re.compile(r"\s?(?:(?P<more>及?以上)|(?P<less>及?(?:以[下内內]|之[内內]))|(?P<about>左右|上下|前后))")


def _approx(text: str, start: int, end: int) -> Approx | None:
    silent = not start or text[start - 1] in _SILENT
    match = (None if silent else _BEFORE.search(text, max(0, start - 8), start)) or _BEHIND.match(text, end)
    return match.lastgroup if match else None  # type: ignore[return-value]  # the groups are its values


# No word that says what an amount is reaches over one of them, but those before 块: 花 and 买 stand farther away.
_AROUND = (_NO_MONEY, _DAY_OF_MONTH, _OTHER_PRICE, _BEFORE, _BEHIND)
EDGES = Edges.of(_STOPS & outside(*_AROUND))
