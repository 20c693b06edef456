"""Amounts by rule: a text in, its MONEY, PERCENT and QUANTITY spans out, with the borders the guideline draws.

Amounts follow a grammar, so a rule finds them better than a model does. The grammar is one compiled expression. Every
repetition in it is bounded and a number is tried once only, from its first character, so the time is linear.
Numbers may be written 504.8亿, 1,200万, ５００, 五百多万, 伍佰万 or 上千万; the traditional forms are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

VERSION = "0.1.0"


class Amount(NamedTuple):
    """An amount at `[start, end)` of the text, in code points; `label` is MONEY, PERCENT or QUANTITY."""

    start: int
    end: int
    label: str


# Numbers ------------------------------------------------------------------------------------------------------------

_DIGIT = "0-9０-９"
_NUMERAL = "〇零○一二两兩三四五六七八九壹贰貳弐叁參肆伍陆陸柒捌玖"
_POWER = "十百千万亿兆萬億拾佰仟"
_VAGUE = "多余餘几幾数數来來"

_ARABIC = rf"""(?:
    (?:[{_DIGIT}]{{1,3}}(?:(?:,|(?<=[０-９])，)[{_DIGIT}]{{3}}){{1,6}}(?![{_DIGIT}])|[{_DIGIT}]{{1,20}})
    (?:[.．][{_DIGIT}]{{1,12}})?
)"""

# 3000多亿, 3万5千, 880余, 3个亿; the words for 多 and 余 are inside the number, those for 约 and 以上 are not.
_MIXED = rf"""(?:
    {_ARABIC}
    (?:[ ]?[{_VAGUE}]?[个個]?[{_POWER}]{{1,4}}{_ARABIC}?){{0,4}}
    [多余餘]?
)"""

# 五百多万, 一点五亿, 上千万, 好几十, 数百
_CHINESE = rf"""(?:
    (?:(?:(?<!以)上|(?<![总總人户戶次指基系份倍])[数數]|好?[几幾])(?=[{_POWER}]))?
    [{_NUMERAL}{_POWER}]{{1,24}}
    (?:[点點][{_NUMERAL}]{{1,12}}[{_POWER}]{{0,4}})?
    (?:[{_VAGUE}][{_POWER}]{{0,4}})?
)"""

_NUMBER = rf"(?:{_MIXED}|{_CHINESE})"

# What may not stand before a number: part of the same number, or the mask of a figure (*.8亿元, 1**5万元).
_BOUNDARY = rf"(?<![{_DIGIT}.．{_NUMERAL}{_POWER}*＊×■□●※#])(?<!(?<![A-Za-z])[xX])(?<![xX]{{2}})(?<![{_DIGIT}][多余餘])"
_TO = r"(?:\s?(?:[-－–—~～﹣−]{1,2}|至|到)\s?)"
_RANGE = rf"(?:{_NUMBER}{_TO})?{_NUMBER}"

# A minus belongs to the number; the dash of a range, of 10%-20% or of 2.0-5亿元 is none.
_SIGN = rf"(?:(?<![{_DIGIT}%％点點元圓圆年月日A-Za-z{_NUMERAL}{_POWER}])[-－﹣−+＋])?"

# Units --------------------------------------------------------------------------------------------------------------

_YUAN = rf"""(?:
    [元圆圓]
    (?!旦|宵|宇宙|素(?![食斋])|月份|月[{_DIGIT}{_NUMERAL}十])
    (?:[{_DIGIT}{_NUMERAL}]{{1,2}}[角毛](?:[{_DIGIT}{_NUMERAL}]{{1,2}}分)?|[{_NUMERAL}]{{1,2}}分)?
    (?:[整正](?![个個体體合理改顿頓治形修数數车車机機式常在]))?
    (?:人民[币幣])?
)"""
# 一元化, 二元结构, 三元里: a small Chinese number before 元 is more often no money at all.
_YUAN_WORDS = (
    "素|件|月|年|帅|老|首|朝|代|组|器|音|气|化|论|方程|里|桥|锂|次|结构|经济|材料|食品|股份|函数|体系|区|电池|复始"
)
_YUAN_SUFFIXED = "(?![素件首老区區])"  # 欧元区, 3新元素
_FOREIGN = rf"""(?:
    (?:美|欧|歐|港|日|韩|韓|澳|加|新|澳[门門]|新加坡|新西兰|加拿大|澳大利[亚亞])[元圆圓]{_YUAN_SUFFIXED}(?!旦|宵)
    |(?:港|韩|韓|日|台|臺|新台|新臺|澳[门門]|人民)[币幣]|美金|英[镑鎊]|日[圆圓]
    |(?:瑞士)?法郎|瑞郎|[卢盧]布|[卢盧]比|泰[铢銖]|比索|越南盾|印尼盾|林吉特|里拉|兰特|克朗|雷亚尔|迪拉姆|第纳尔|里亚尔
)"""
_CODE = r"(?:RMB|CNY|USD|EUR|HKD|JPY|GBP|KRW|AUD|CAD|CHF|SGD|TWD|MOP)"
_CURRENCY = rf"(?:{_FOREIGN}|{_CODE}(?![A-Za-z]|\s?[{_DIGIT}])|[块塊][钱錢]|{_YUAN})"

_LATIN_POWER = r"(?:\s?(?:million|billion|trillion|bn|mn|[MBK])(?![A-Za-z]))"
_SYMBOL = r"(?:(?:US|HK|NT|A|C|S)?[$＄]|[¥￥€£₩₽])"
_PREFIX = rf"(?:人民[币幣]|新?[港韩韓日台臺][币幣]|美金|(?<![A-Za-z])(?:{_SYMBOL}|{_CODE}))"

_PER_CENT = r"(?:%(?![0-9A-F]{2}(?!\d\d年))|[％﹪‰]|[个個]?百分[点點])"

_MEASURE = r"""(?:
    平方(?:公里|千米|厘米|毫米|英尺|米|公尺)|[公英]?[亩畝](?![产產均])|公[顷頃]|平米|㎡|km²|m²
    |立方(?:厘米|分米|米|公尺)|m³|毫升|公升|加仑|升(?![级級至到高值学學温溫幅降华華任为為格空旗职職天起入腾騰])
    |公里|千米|[厘毫微纳納]米|海里|英[里尺寸]|光年
    |米(?![粉饭飯其兰蘭勒线線面酒老字白黄黃色糠奇德尔爾家哈特歇罗羅格诺諾芾])
    |公?吨|公?噸|公斤|千克|毫克|微克|克拉|市?斤|盎司|克(?![服隆扣制製莱萊里拉勒])
    |[千兆吉]?瓦(?:[时時])?(?![解斯砾房片特])|[千兆]?伏(?![特笔筆击擊天案])|摄氏度|攝氏度|℃
    |(?:km|cm|mm|nm|kg|kWh|MWh|GWh|kW|KW|MW|GW|kV|KV|mAh|Ah|Wh|MHz|GHz|GB|TB|MB|PB)(?![A-Za-z])
)"""
_PER = r"""(?:
    公斤|千克|克拉|克|斤|吨|噸|亩|畝|公顷|平方米|平方公里|平米|平方|㎡|m²|立方米|立方|方|升
    |度|千瓦[时時]|千瓦|瓦|kWh|公里|千米|米|桶|盎司
)"""
_THING = r"""(?:
    人|名|户|天|日|月|年|季|周|次|小时|小時|分钟|时|時|秒|件|台|股|张|張|个|個|辆|輛|套|只|头
    |箱|瓶|袋|盒|间|晚|位|株|棵|片|份
)"""
# 25元/公斤, 100元/人·天, 3元每千瓦时: a price, not a sum of money.
_PRICE = (
    rf"(?:[/／](?:[{_DIGIT}]{{1,5}})?(?:{_PER}|{_THING})(?:[/／·](?:{_PER}|{_THING})){{0,2}}|每(?:{_PER}|{_THING}))"
)
_RATE = rf"(?:[/／](?:{_PER}|{_THING}|h|s)(?![A-Za-z]))?"

_GRAMMAR = re.compile(
    rf"""
    (?P<fraction>{_BOUNDARY}[百佰千仟万萬]分之{_RANGE})
    |(?P<prefixed>{_PREFIX}\s?{_BOUNDARY}{_SIGN}(?P<n1>{_RANGE})\s?{_CURRENCY}(?P<price1>{_PRICE})?)
    |(?P<symbol>(?<![A-Za-z])(?:{_SYMBOL}|{_CODE}\s?){_SIGN}{_RANGE}(?![{_DIGIT}]){_LATIN_POWER}?)
    |(?P<named>(?:人民[币幣]|港[币幣]|美金)\s?{_MIXED}(?<=[万亿萬億])(?![{_DIGIT}{_POWER}]))
    |{_BOUNDARY}(?P<sign>{_SIGN})(?P<number>{_RANGE})[ \u00a0\u3000]?
     (?:(?P<percent>{_PER_CENT})|[个個]?(?P<money>{_CURRENCY})(?P<price>{_PRICE})?|(?P<quantity>{_MEASURE}{_RATE}))
    """,
    re.VERBOSE,
)
_SMALL_YUAN = re.compile(rf"[{_NUMERAL}十]{{1,2}}元")
_NO_MONEY = re.compile(_YUAN_WORDS)
_DAY_OF_MONTH = re.compile(r"月\s?$")
_BARE = re.compile(rf"[{_POWER}]+")
_OTHER_PRICE = re.compile(r"[/／](?![\d\s])[^\W\d_]")


def find_amounts(text: str) -> Iterator[Amount]:
    """The amounts of the text in order, without overlaps."""
    for match in _GRAMMAR.finditer(text):
        label = _label(match, text)
        if label is not None:
            yield Amount(match.start(), match.end(), label)


def _label(match: re.Match[str], text: str) -> str | None:
    """What the match is, or None where its surroundings say that it is no amount."""
    if match["fraction"] or match["percent"]:
        return "PERCENT"
    if match["symbol"] or match["named"]:
        return "MONEY"
    if match["prefixed"]:
        return "QUANTITY" if match["price1"] else "MONEY"
    if not _has_digits(match, text):
        return None
    if match["quantity"] or match["price"]:
        return "QUANTITY"
    end = match.end()
    if _SMALL_YUAN.fullmatch(match[0]) and _NO_MONEY.match(text, end):
        return None
    if match["money"].startswith("日元") and _DAY_OF_MONTH.search(text, max(0, match.start() - 2), match.start()):
        return None
    if _OTHER_PRICE.match(text, end):  # a price by a unit nobody listed: better no label than a wrong one
        return None
    return "MONEY"


def _has_digits(match: re.Match[str], text: str) -> bool:
    """False for a unit that stands without its number: 单位:万元, (百万元), 亿元项目; 过亿元 and 百万元 have one."""
    if not _BARE.fullmatch(match["number"]) or match["number"] in ("十", "拾"):
        return True
    before = text[match.start() - 1 : match.start()]
    return (
        before in ("近", "超", "过", "過", "破", "逾", "达", "達")
        if len(match["number"]) == 1
        else before not in (":", "：", "(", "（")
    )
