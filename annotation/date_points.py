"""Points in time (2024年9月25日上午, 正月初五): a text and a place in it in; the point that starts there out.

Its grammar is one compiled expression; every repetition in it is bounded, so the time is linear. dates.py finds the
places, and makes a period of two points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from annotation.numerals import DIGIT, NUMERAL, POWER, read_number, read_year

# For speed, what may be missing is written (?:…|) and not (?:…)?: a repetition keeps all groups at each step.
_N = "〇零○一二三四五六七八九"
_S = "[ \u00a0\u3000]?"
_TO = rf"{_S}起?(?:[-－–—~～﹣−]{{1,2}}|至|到){_S}"
_NOT_INSIDE = rf"(?<![{DIGIT}{NUMERAL}{POWER}.．第])"

_YEAR = (
    f"(?:[1１][{DIGIT}]{{3}}|[2２][0０1１][{DIGIT}]{{2}}|[一二][{_N}OＯ0]{{3}}|[一二两兩]千零[{_N}十]{{1,3}})"  # 二OO八
)
_MONTH = "(?:[1１][0-2０-２]|[0０]?[1-9１-９]|十[一二]?|[一二三四五六七八九])"
_DAY = (
    f"(?:[12１２][{DIGIT}]|[3３][01０１]|[0０]?[1-9１-９]"
    f"|[一二三]?十[{_N}]?|廿[{_N}]?|卅一?|初[{_N}十]|[一二三四五六七八九])"
)
_QUARTER = "[一二三四1-4１-４]"
_PAIRS = "|".join(
    f"{a}、{b}" for row in ([str(n) for n in range(1, 13)], list("一二三四五六七八九")) for a, b in pairwise(row)
)

ERAS = {
    "民国": 1912, "宣统": 1909, "光绪": 1875, "同治": 1862, "咸丰": 1851, "道光": 1821, "嘉庆": 1796, "乾隆": 1736,
    "雍正": 1723, "康熙": 1662, "顺治": 1644, "崇祯": 1628, "天启": 1621, "万历": 1573, "隆庆": 1567, "嘉靖": 1522,
    "正德": 1506, "弘治": 1488, "成化": 1465, "永乐": 1403, "洪武": 1368, "开元": 713, "贞观": 627,
    "令和": 2019, "平成": 1989, "昭和": 1926, "明治": 1868,
}  # fmt: skip

_EDGE_YEAR = (
    "年?(?:初(?![步级級期中心创創夏春秋冬次稿审審衷])|底(?![部盘盤线線层層薪子])|末(?![端位梢日班尾]))|年中(?![国國])"
)
_EDGE_MONTH = "[上中下]旬|初(?![步级級期中心创創夏春秋冬次稿审審衷])|底(?![部盘盤线線层層薪子])|末(?![端位梢日班尾])"
_EDGE_AGE = "初期?(?![步级級中心创創])|[末前后後]期|末(?![端位梢日班尾])|中[叶葉期]|中后期|[上下]半[叶葉]"
_PART = (
    "凌晨|清晨|早晨|早上|早间|上午|中午|午间|午后|下午|傍晚|晚间|晚上|夜间|夜里|深夜|午夜|晚間|夜間|夜裡|午後"
    "|[当當]?晚(?![于於会會宴报報年期餐稻婚些了])|夜(?![市景色班])"
)
_HOUR = f"(?:[01０１]?[{DIGIT}]|[2２][0-4０-４]|二?十[{_N}]?|[{_N}两兩])"
_MINUTE = f"(?:[{DIGIT}]{{1,2}}|[二三四五]?十[{_N}]?|零[{_N}])"
_CLOCK = rf"""(?:
    (?P<hour>{_HOUR}){_S}(?:[时時](?![代期间間间隔速])|[点點](?![建意要希评評多几]))
      (?:{_S}(?P<minute>{_MINUTE}){_S}分?(?:{_S}{_MINUTE}秒|)|半|整|)
    |(?P<hour2>[01０１]?[{DIGIT}]|[2２][0-4０-４])[:：](?P<minute2>[0-5０-５][{DIGIT}])(?:[:：][0-5０-５][{DIGIT}]|)(?![{DIGIT}:：])
)"""
_WEEKDAY = "(?:周|星期|[礼禮]拜)[一二三四五六日天]"
_TIME = rf"""(?:
    (?:[,，]?{_WEEKDAY}|{_S}[(（]{_WEEKDAY}[)）](?={_S}(?:{_PART}|{_HOUR}[时時点點:：]))|)
    (?:{_S}(?P<part>{_PART})|)
    (?:[ \u00a0\u3000T]?{_CLOCK}|)
)"""

_IN_MONTH = rf"""(?:
    份?{_S}(?P<day>{_DAY}){_S}[日号號](?![线線])
    |份?(?P<bare_day>{_DAY})(?={_TO}{_DAY}{_S}[日号號])
    |(?<=[一二三四五六七八九十正腊臘冬]月)(?P<lunar_day>初[{_N}十]|[一二]?十[{_N}]?|廿[{_N}]?|三十)(?![{_N}{POWER}个個多余餘几幾名人家年月点點时時分%％元米吨斤岁])
    |份?{_S}(?P<edge_month>{_EDGE_MONTH})
)"""
_IN_YEAR = rf"""(?:
    {_S}[的之]?{_S}(?:农历|農曆|夏历|)(?:(?P<leap>[闰閏])|)(?P<month>{_MONTH}|[正腊臘冬])
        {_S}月(?![龄齡饼餅嫂球租薪供卡票息])(?:{_IN_MONTH}|份|)
    |{_S}[的之]?{_S}(?P<bare_month>{_MONTH})(?={_TO}{_MONTH}{_S}月)
    |{_S}(?P<month_pair>{_PAIRS}){_S}月份?
    |{_S}[的之]?{_S}(?P<half>[上下])半年度?
    |{_S}[的之]?{_S}第?(?P<quarter>{_QUARTER}){_S}季(?:度|(?![报報]))(?:(?P<edge_quarter>[初末])|)
    |{_S}[Qq](?P<quarter2>[1-4１-４])(?![{DIGIT}])
    |{_S}(?P<quarter_pair>一、二|二、三|三、四){_S}季度
    |{_S}第?(?P<bare_quarter>{_QUARTER})(?={_TO}第?{_QUARTER}{_S}季度?)
    |{_S}[的之]?前(?P<quarters>[二两兩三23]){_S}[个個]?季度?
    |{_S}[的之]?前(?P<months>{_MONTH}|两|兩){_S}[个個]?月
    |{_S}(?P<festival>元旦|春[节節]|元宵节?|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|重阳节?|除夕)
    |{_S}(?P<season>[春夏秋冬])(?:[天季]|(?![\u3400-\u9fff]))
    |(?P<edge_year>{_EDGE_YEAR})
    |度(?![假过過量日])
)"""
POINT = re.compile(
    rf"""
    (?:(?:北京|当地|當地|美[东西]|[东西]部|格林尼治)[时時][间間]{_S}|)
    (?:(?P<lunar>农历|農曆|夏历)|)(?:公[历曆]|)
    (?P<body>
        {_NOT_INSIDE}(?:
            (?P<iso_year>(?:19|20)\d\d)(?P<dash>[-/.])(?P<iso_month>0?[1-9]|1[0-2])(?P=dash)
                (?P<iso_day>[12]\d|3[01]|0?[1-9])(?![\d]|[-/.]\d)
            |(?P<fiscal>{_YEAR}){_S}(?:财|財|学|學|会计|會計)年度?
            |(?P<bare_year>{_YEAR})(?={_TO}{_YEAR}{_S}(?:[财財学學])?年)
            |(?:(?P<decade_century>[{DIGIT}]{{1,2}}|[{_N}十]{{1,3}}|[上本])个?{_S}世[纪紀]{_S}|)
                (?P<decade>[1-9１-９][0０]|[一二三四五六七八九]十){_S}年代(?:(?P<edge_decade>{_EDGE_AGE})|)
            |(?P<year_decade>[12][0-9]{{2}})0{_S}年代(?:(?P<edge_year_decade>{_EDGE_AGE})|)
            |(?P<century>[12１２]?[{DIGIT}]|二?十[{_N}]?|[{_N}]){_S}世[纪紀](?![经經]济|海上|人才)(?:(?P<edge_century>{_EDGE_AGE})|)
            |(?:(?P<that_month>[本上下当當次同]|[上下这這][个個])月的?|){_S}(?<![:：/])(?P<only_day>{_DAY}){_S}(?P<day_sign>[日号號])(?![线線游遊元圆圓])
            |(?P<far_day>{_DAY})(?={_TO}{_DAY}{_S}日)
            |(?P<that_day>[今明昨后後前当當次翌即])(?:[日天]|(?=[晚早晨]))[早晨]?(?={_S}(?:{_PART}|){_S}{_HOUR}[时時点點:：])
            |大年(?P<new_year_day>初[{_N}十]|三十)
        )
        |(?:
            {_NOT_INSIDE}(?:公元|西元|)(?P<year>{_YEAR}){_S}年(?!代)
            |{_NOT_INSIDE}(?P<plain_year>20[{DIGIT}]{{2}})(?=[Qq][1-4１-４])
            |(?:公元|西元)(?:(?P<before>前)|)(?P<old_year>[{DIGIT}]{{1,4}}|[{_N}十百千]{{1,8}}){_S}年
            |(?P<era>{"|".join(ERAS)})(?P<reign>元|[{_N}十]{{1,3}}|[{DIGIT}]{{1,2}}){_S}年
            |(?P<that_year>[今去明前后後同当當次翌本上来來])年度?
            |{_NOT_INSIDE}(?P<short_year>[{DIGIT}]{{2}}|[{_N}]{{2}}){_S}年(?!代)(?:(?={_S}{_MONTH}{_S}月)|(?<=[0０零〇][{DIGIT}{_N}]年))
            |{_NOT_INSIDE}
        )
        (?:{_IN_YEAR}|)
    )
    {_TIME}
    """,
    re.VERBOSE,
)
_NAMES = tuple(POINT.groupindex)  # every group has one
BETWEEN = re.compile(_TO)
CLOCK_ALONE = re.compile(_CLOCK, re.VERBOSE)


class Point(NamedTuple):
    """One point, read. `level` is what its last part is: year, month, day, quarter, …; `length` in code points."""

    length: int
    level: str
    year: str
    month: str = ""
    day: str = ""
    tail: str = ""
    time: str = ""
    mod: str = ""
    lunar: bool = False
    dated: bool = False  # it says a year, be it 今年
    last: str = ""  # of a point that is a period by itself (前三季度), its last part
    complete: bool = True  # False for 2023 in 2023-2027年, which says its unit on the right side only

    def value(self) -> str:
        """ISO 8601 or beyond it, as `Date.value` says."""
        first = ("lunar:" if self.lunar else "") + "-".join(filter(None, self[2:6])) + self.time
        return f"{first}/{'-'.join([self.year, self.last])}" if self.last else first


_YEARS_AWAY = {"今": 0, "本": 0, "去": -1, "上": -1, "明": 1, "来": 1, "來": 1, "前": -2, "后": 2, "後": 2}
_MONTHS_AWAY = {"本": 0, "这": 0, "這": 0, "上": -1, "下": 1}
_DAYS_AWAY = {"今": 0, "昨": -1, "明": 1, "前": -2, "后": 2, "後": 2}
_FESTIVALS = {
    "元旦": "01-01", "五一": "05-01", "劳动": "05-01", "国庆": "10-01", "國慶": "10-01",
    "春节": "L01-01", "春節": "L01-01", "元宵": "L01-15", "端午": "L05-05", "中秋": "L08-15", "重阳": "L09-09",
}  # fmt: skip
_SEASONS = {"春": "SP", "夏": "SU", "秋": "FA", "冬": "WI"}
_MODS = {
    "初": "START",
    "上": "START",
    "前": "START",
    "中": "MID",
    "底": "END",
    "末": "END",
    "下": "END",
    "后": "END",
    "後": "END",
}
_PARTS = {
    "凌": "NI", "清": "MO", "早": "MO", "上": "MO", "中": "MI", "午": "MI", "午后": "AF", "午後": "AF", "午夜": "NI",
    "下": "AF", "傍": "EV", "晚": "EV", "当": "EV", "當": "EV", "夜": "NI", "深": "NI",
}  # fmt: skip
_LUNAR_MONTHS = {"正": "01", "冬": "11", "腊": "12", "臘": "12"}
# What makes a number of days or months a duration, or another thing that 日 and 月 end.
_DURATION_BEFORE = re.compile("[续續近期满滿每逾隔历歷经經共需限足前后後过過起个個]$")
_DURATION_BEHIND = re.compile("[内內]|[之以][内內后後]|[后後游均线線龄益常夜程历曆期本]")
_HISTORY = re.compile("[的之]?(?:历史|歷史|文明|古|老|来|來|[以之]?[上前]|左右|树龄|樹齡|间)")
_HISTORY_BEFORE = re.compile("[有约約近达達超过過余今]$")
AROUND = (_DURATION_BEFORE, _DURATION_BEHIND, _HISTORY, _HISTORY_BEFORE)
RELATIVE = frozenset([*_YEARS_AWAY, *_MONTHS_AWAY, *_DAYS_AWAY])  # a point without any of them needs no day


_Holds = Callable[[str, int, int], bool]  # whether the words around leave it a date: a text, where it begins and ends


def read_point(text: str, start: int, published: date | None, behind: Point | None = None) -> Point | None:
    """The point that starts there, or None. `behind` is the point on the left side, where this is the right one."""
    match = POINT.match(text, start)
    if match is None:
        return None
    end = match.end("body")
    day = published if published and not RELATIVE.isdisjoint(match[0]) else None
    point, holds = _read(match.groups(), match[0], end - start, day, behind is not None)
    return point if holds is None or holds(text, start, end) else None


@lru_cache(maxsize=1 << 12)  # the same dates come again and again
def _read(
    groups: tuple[str | None, ...], words: str, end: int, published: date | None, right: bool
) -> tuple[Point | None, _Holds | None]:
    """The point that these words say, whose body ends at `end`, and what has to hold of the words around them."""
    found = {name: value for name, value in zip(_NAMES, groups, strict=True) if value is not None}
    if not found["body"]:
        return None, None
    year = _year_of(found, published)
    time = read_time(found, words) if len(words) > end else ""
    if "only_day" in found or "far_day" in found or "that_day" in found:
        return _day_alone(found, words, end, time, published, right)
    if "new_year_day" in found:
        month = "12" if found["new_year_day"] == "三十" else "01"
        return Point(len(words), "day", year, month, _two(found["new_year_day"]), time=time, lunar=True), None
    if "iso_year" in found:
        month, day = _two(found["iso_month"]), _two(found["iso_day"])
        return Point(len(words), "day", year, month, day, time=time, dated=True), None
    if "decade" in found or "year_decade" in found or "century" in found:
        early = "century" in found and len(year) == 4 and year[0] == "0"
        edge = found.get("edge_decade") or found.get("edge_year_decade") or found.get("edge_century")
        level = "century" if "century" in found else "decade"
        return Point(end, level, year, mod=_mod(edge), dated=True), _is_era if early else None
    dated = not _YEAR_NAMES.isdisjoint(found)
    point = _in_year(found, words, end, year, time)
    if point is None:
        if not dated or "that_year" in found:
            return None, None
        if "bare_year" in found:
            return Point(end, "year", year, complete=False, dated=True), None
        holds = (_is_no_age if year.endswith("00") else _is_no_length) if "year" in found else None
        return Point(end, "year", year, mod=_mod(found.get("edge_year")), dated=True), holds
    alone = None if dated or right else _stands_alone(point, found)
    return point._replace(dated=dated), alone


_YEAR_NAMES = {"year", "plain_year", "old_year", "era", "that_year", "short_year", "fiscal", "bare_year"}


def _year_of(found: dict[str, str], published: date | None) -> str:
    """The year in four characters, with X for figures that are not said; `BC0221` before the common era."""
    for name in ("year", "plain_year", "iso_year", "fiscal", "bare_year"):
        if name in found:
            return f"{read_year(found[name]):04}"
    if "old_year" in found:
        return ("BC" if "before" in found else "") + f"{read_year(found['old_year']) or 0:04}"
    if "era" in found:
        reign = 1 if found["reign"] == "元" else read_year(found["reign"]) or 1
        return f"{ERAS[found['era']] + reign - 1:04}"
    if "that_year" in found and published and found["that_year"] in _YEARS_AWAY:
        return f"{published.year + _YEARS_AWAY[found['that_year']]:04}"
    if "short_year" in found:
        return f"XX{read_year(found['short_year']):02}"
    if "century" in found:
        return f"{(_integer(found['century']) or 1) - 1:02}XX"
    if "year_decade" in found:
        return found["year_decade"] + "X"
    if "decade" in found:
        century = found.get("decade_century", "")
        if century in ("上", "本"):
            count = published.year // 100 - (century == "上") if published else None
        else:
            count = (_integer(century) or 1) - 1 if century else None
        return f"{'XX' if count is None else f'{count:02}'}{(_integer(found['decade']) or 0) // 10}X"
    return "XXXX"


def _in_year(found: dict[str, str], words: str, end: int, year: str, time: str) -> Point | None:
    """What stands behind the year, or without one: month, quarter, half, festival; None where nothing does."""
    if "month" in found:
        return _month(found, words, end, year, time)
    if "bare_month" in found:
        return Point(end, "month", year, _two(found["bare_month"]), complete=False)
    if "month_pair" in found:
        first, last = map(_two, found["month_pair"].split("、"))
        return Point(end, "month", year, first, last=last)
    if "half" in found:
        return Point(end, "half", year, tail="H1" if found["half"] == "上" else "H2")
    for name in ("quarter", "quarter2", "bare_quarter"):
        if name in found:
            tail = f"Q{_integer(found[name])}"
            edge = _mod(found.get("edge_quarter"))
            return Point(end, "quarter", year, tail=tail, mod=edge, complete=name != "bare_quarter")
    if "quarter_pair" in found:
        first, last = (f"Q{_integer(part)}" for part in found["quarter_pair"].split("、"))
        return Point(end, "quarter", year, tail=first, last=last)
    if "quarters" in found:
        return Point(end, "quarter", year, tail="Q1", last=f"Q{_integer(found['quarters'])}")
    if "months" in found:
        return Point(end, "month", year, "01", last=_two(found["months"]))
    if "festival" in found and "that_year" not in found and year != "XXXX":
        day = _FESTIVALS.get(found["festival"][:2], "")
        month, _, day_of_month = day.removeprefix("L").partition("-")
        return Point(end, "day" if day else "year", year, month, day_of_month, lunar=day.startswith("L"))
    if "season" in found and "that_year" not in found and year != "XXXX":
        return Point(end, "season", year, tail=_SEASONS[found["season"]])
    return None


def _month(found: dict[str, str], words: str, end: int, year: str, time: str) -> Point | None:
    name = found["month"]
    month = _LUNAR_MONTHS.get(name) or _two(name)
    day = found.get("day") or found.get("bare_day") or found.get("lunar_day")
    lunar = "lunar" in found or "leap" in found or name in _LUNAR_MONTHS
    if not day:
        if name in _LUNAR_MONTHS:
            return None
        return Point(end, "month", year, month, mod=_mod(found.get("edge_month")), lunar=lunar)
    lunar = lunar or day[0] in "初廿" or ("lunar_day" in found and year == "XXXX")
    if "bare_day" in found:
        return Point(end, "day", year, month, _two(day), lunar=lunar, complete=False)
    return Point(len(words), "day", year, month, _two(day), time=time, lunar=lunar)


def _day_alone(
    found: dict[str, str], words: str, end: int, time: str, published: date | None, right: bool
) -> tuple[Point | None, _Holds | None]:
    """A day without its month: 18日, 本月18日, 4日晚, 今天上午9时; None where the number of days is a duration."""
    if "that_day" in found:
        away = _DAYS_AWAY.get(found["that_day"])
        if published is None or away is None:
            return Point(len(words), "day", "XXXX", "XX", "XX", time=time), None
        day = published + timedelta(days=away)
        return Point(len(words), "day", f"{day:%Y}", f"{day:%m}", f"{day:%d}", time=time), None
    if "far_day" in found:
        return Point(end, "day", "XXXX", "XX", _two(found["far_day"]), complete=False), None
    number = found["only_day"]
    year, month = "XXXX", "XX"
    holds = None
    if "that_month" in found:
        away = _MONTHS_AWAY.get(found["that_month"][0])
        if published and away is not None:
            months = published.year * 12 + published.month - 1 + away
            year, month = f"{months // 12:04}", f"{months % 12 + 1:02}"
    elif not right and not time:
        if (len(number) == 1 and not number.isdecimal()) or found["day_sign"] != "日":
            return None, None
        holds = _is_no_span
    return Point(len(words), "day", year, "" if right else month, _two(number), time=time), holds


# The words around ---------------------------------------------------------------------------------------------------


def _stands_alone(point: Point, found: dict[str, str]) -> _Holds | None:
    """When a month, quarter or half without a year is a date: 9月, 三季度; not 近三月, 每季度, 之前三个月."""
    if point.day or point.lunar:
        return None
    if point.level == "month":
        return _is_no_count if "months" in found else _is_month
    if point.level == "quarter":
        return _is_quarter if "度" in found["body"] or not point.complete else _begins
    return _is_half


def _is_era(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] == "元"


def _is_no_length(text: str, start: int, end: int) -> bool:
    return not (_HISTORY.match(text, end) and _HISTORY_BEFORE.search(text, max(0, start - 1), start))


def _is_no_age(text: str, start: int, end: int) -> bool:
    return not _HISTORY.match(text, end)


def _is_no_span(text: str, start: int, end: int) -> bool:
    return not (_DURATION_BEFORE.search(text, max(0, start - 1), start) or _DURATION_BEHIND.match(text, end))


def _is_no_count(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 1) : start]
    return before not in "以之此目提日年月先从從的最" or not before


def _is_month(text: str, start: int, end: int) -> bool:
    if text[end - 1] == "月" and text[end : end + 1] in ("内", "內", "有"):
        return False
    return not _DURATION_BEFORE.search(text, max(0, start - 1), start)


def _is_quarter(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 1) : start]
    return not before or before not in "上下每某任续續"


def _begins(text: str, start: int, end: int) -> bool:
    return not start


def _is_half(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] != "每"


# Parts --------------------------------------------------------------------------------------------------------------


def _mod(edge: str | None) -> str:
    """START, MID or END of 年初, 中旬, 底, 末期, 中后期, …"""
    return _MODS[edge.removeprefix("年")[0]] if edge else ""


def read_time(found: Mapping[str, str | None], words: str) -> str:
    """`T15:30`, `T15`, `TAF`, or nothing, of the words that end with the time."""
    hour = _integer(found.get("hour") or found.get("hour2") or "")
    part = found.get("part") or ""
    late = (_PARTS.get(part) or _PARTS[part[0]]) if part else ""
    if hour is None:
        return f"T{late}" if late else ""
    if (
        (late in ("AF", "EV") and hour < 12)
        or (late == "MI" and hour < 4)
        or (part[:1] in "夜深" and part and 5 < hour < 12)
    ):
        hour += 12
    minute = 30 if words.endswith("半") else _integer(found.get("minute") or found.get("minute2") or "")
    return f"T{hour:02}" if minute is None else f"T{hour:02}:{minute:02}"


@lru_cache(maxsize=256)
def _two(text: str) -> str:
    return f"{_integer(text.removeprefix('初')) or 0:02}"


def _integer(text: str) -> int | None:
    """The whole number, None for no characters or none that make one."""
    number = read_number(text) if text else None
    return int(number.low) if number and number.low is not None else None
