"""Dates by rule: a text in, its DATE spans out, with the borders the guideline draws, each with its value.

A date is a point (2024年9月25日上午, 明年的10月份, 2024年一季度, 正月初五) or two points with 至 or a dash between (2023-2027年, 10月18日至20日).
The grammar of a point is one compiled expression; every repetition in it is bounded, so the time is linear.

A date has to be placed on a calendar by a number. Not marked: 近日, 今天, 今年, 年底, 周五, 春节 without a year; durations (三年, 24小时);
a clock time without a day; the years of a plan (“十四五”). In the span: 北京时间, the part of the day, the clock, a weekday between date and
clock, 初, 底, 上旬, 份, 度. Outside: 截至, 起, 前, 后, 内, 以来, 期间.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from annotation.numerals import DIGIT, NUMERAL, POWER, Approx, read_number, read_year

VERSION = "0.1.0"


class Date(NamedTuple):
    """A date at `[start, end)` of the text, in code points.

    `value` is ISO 8601 where it can be, and TIMEX3 beyond it, with X for what the text does not say: `2024-09-25`, `XXXX-10-18`,
    `2024-09-25TMO`, `2024-09-25T15:30`, `XXXX-Q3`, `2024-H1`, `1937-WI`, `198X`, `lunar:XXXX-01-05`; a period is `2023/2027`.
    `mod` is `START`, `MID` or `END` for 初, 中旬 and 底; of a period, both sides'. `approx` is `about` for 左右 and 前后, `less` for
    前 and 以前, `more` for 后 and 起.
    """

    start: int
    end: int
    value: str
    mod: str
    approx: Approx

    @property
    def normalized(self) -> str:
        """Value, `mod` and, where it is not `none`, `approx`: `2022 END`."""
        return " ".join([self.value, *([self.mod] if self.mod else []), *([self.approx] * (self.approx != "none"))])


# A point ------------------------------------------------------------------------------------------------------------

_N = "〇零○一二三四五六七八九"
_S = "[ \u00a0\u3000]?"
_TO = rf"{_S}起?(?:[-－–—~～﹣−]{{1,2}}|至|到){_S}"
_NOT_INSIDE = rf"(?<![{DIGIT}{NUMERAL}{POWER}.．第])"

_YEAR = f"(?:[1１][{DIGIT}]{{3}}|[2２][0０1１][{DIGIT}]{{2}}|[一二][{_N}OＯ0]{{3}}|[一二两兩]千零[{_N}十]{{1,3}})"
_MONTH = "(?:[1１][0-2０-２]|[0０]?[1-9１-９]|十[一二]?|[一二三四五六七八九])"
_DAY = (
    f"(?:[12１２][{DIGIT}]|[3３][01０１]|[0０]?[1-9１-９]|[一二三]?十[{_N}]?|廿[{_N}]?|卅一?|初[{_N}十]|[一二三四五六七八九])"
)
_QUARTER = "[一二三四1-4１-４]"
_PAIRS = "|".join(
    f"{a}、{b}"
    for row in ([str(n) for n in range(1, 13)], list("一二三四五六七八九"))
    for a, b in zip(row, row[1:], strict=False)
)

_ERAS = {
    "民国": 1912, "宣统": 1909, "光绪": 1875, "同治": 1862, "咸丰": 1851, "道光": 1821, "嘉庆": 1796, "乾隆": 1736, "雍正": 1723,
    "康熙": 1662, "顺治": 1644, "崇祯": 1628, "天启": 1621, "万历": 1573, "隆庆": 1567, "嘉靖": 1522, "正德": 1506, "弘治": 1488,
    "成化": 1465, "永乐": 1403, "洪武": 1368, "开元": 713, "贞观": 627, "令和": 2019, "平成": 1989, "昭和": 1926, "明治": 1868,
}  # fmt: skip

_EDGE_YEAR = "年?(?:初(?![步级級期中心创創夏春秋冬次稿审審衷])|底(?![部盘盤线線层層薪子])|末(?![端位梢日班尾]))|年中(?![国國])"
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
      (?:{_S}(?P<minute>{_MINUTE}){_S}分?(?:{_S}{_MINUTE}秒)?|半|整|许|許)?
    |(?P<hour2>[01０１]?[{DIGIT}]|[2２][0-4０-４])[:：](?P<minute2>[0-5０-５][{DIGIT}])(?:[:：][0-5０-５][{DIGIT}])?(?![{DIGIT}:：])
)"""
_WEEKDAY = "(?:周|星期|[礼禮]拜)[一二三四五六日天]"
_TIME = rf"""(?:
    (?:[,，]?{_WEEKDAY}|{_S}[(（]{_WEEKDAY}[)）](?={_S}(?:{_PART}|{_HOUR}[时時点點:：])))?
    (?:{_S}(?P<part>{_PART}))?
    (?:[ \u00a0\u3000T]?{_CLOCK})?
)"""

_IN_MONTH = rf"""(?:
    份?{_S}(?P<day>{_DAY}){_S}[日号號](?![线線游遊元圆圓])
    |份?(?P<bare_day>{_DAY})(?={_TO}{_DAY}{_S}[日号號])
    |(?<=月)(?P<lunar_day>初[{_N}十]|[一二]?十[{_N}]?|廿[{_N}]?|三十)(?![{_N}{POWER}个個多余餘几幾名人家年月点點时時分%％元米吨斤岁])
    |份?{_S}(?P<edge_month>{_EDGE_MONTH})
)"""
_IN_YEAR = rf"""(?:
    {_S}[的之]?{_S}(?:农历|農曆|夏历)?(?P<leap>[闰閏])?(?P<month>{_MONTH}|[正腊臘冬])
        {_S}月(?![龄齡饼餅嫂球租薪供卡票息])(?:{_IN_MONTH}|份)?
    |{_S}[的之]?{_S}(?P<bare_month>{_MONTH})(?={_TO}{_MONTH}{_S}月)
    |{_S}(?P<month_pair>{_PAIRS}){_S}月份?
    |{_S}[的之]?{_S}(?P<half>[上下])半年度?
    |{_S}[的之]?{_S}第?(?P<quarter>{_QUARTER}){_S}季(?:度|(?![报報]))(?P<edge_quarter>[初末])?
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
_POINT = re.compile(
    rf"""
    (?:(?:北京|当地|當地|美[东西]|[东西]部|格林尼治)(?:[时時][间間]){_S})?
    (?:公[历曆元]|西元)?
    (?:
        {_NOT_INSIDE}(?P<iso>(?P<iso_year>(?:19|20)\d\d)(?P<dash>[-/.])(?P<iso_month>0?[1-9]|1[0-2])(?P=dash)
            (?P<iso_day>[12]\d|3[01]|0?[1-9]))(?![\d]|[-/.]\d){_TIME}
        |(?:
            (?:
                {_NOT_INSIDE}(?P<year>{_YEAR}){_S}年(?!代)
                |{_NOT_INSIDE}(?P<plain_year>20[{DIGIT}]{{2}})(?=[Qq][1-4１-４])
                |(?:(?<=公元)|(?<=西元))(?P<bc>前)?(?P<era_year>[{DIGIT}]{{1,4}}|[{_N}十百千]{{1,8}}){_S}年
                |(?P<era>{"|".join(_ERAS)})(?P<reign>元|[{_N}十]{{1,3}}|[{DIGIT}]{{1,2}}){_S}年
                |(?P<that_year>[今去明前后後同当當次翌本上来來])年度?(?=[的之]?{_S}
                    (?:{_MONTH}{_S}(?:月|{_TO})|[正腊臘闰閏]|{_MONTH}、|[上下]半年|第?{_QUARTER}(?:{_S}季|{_TO}|、)|前|[Qq][1-4]))
                |{_NOT_INSIDE}(?P<short_year>[{DIGIT}]{{2}}|[{_N}]{{2}}){_S}年(?={_S}{_MONTH}{_S}月|(?<=[0０零〇][{DIGIT}{_N}]年))
            ){_IN_YEAR}?
            |{_NOT_INSIDE}(?P<fiscal>{_YEAR}){_S}(?:财|財|学|學|会计|會計)年度?
            |{_NOT_INSIDE}(?P<bare_year>{_YEAR})(?={_TO}{_YEAR}{_S}(?:[财財学學])?年)
            |{_NOT_INSIDE}(?:(?P<century>[{DIGIT}]{{1,2}}|[{_N}十]{{1,3}}|[上本])个?{_S}世[纪紀]{_S})?
                (?P<decade>[1-9１-９][0０]|[一二三四五六七八九]十){_S}年代(?P<edge_decade>{_EDGE_AGE})?
            |{_NOT_INSIDE}(?P<year_decade>[12][{DIGIT}]{{2}}0){_S}年代(?P<edge_decade2>{_EDGE_AGE})?
            |{_NOT_INSIDE}(?P<only_century>[12１２]?[{DIGIT}]|二?十[{_N}]?|[{_N}]){_S}世[纪紀](?!经济|海上|[經]|人才|博学)
                (?P<edge_century>{_EDGE_AGE})?
            |(?:(?P<that_month>[本上下当當次同]|[上下这這][个個])月(?:的)?
                |(?<![{DIGIT}{NUMERAL}{POWER}.．第:：/])){_S}(?P<only_day>{_DAY}){_S}(?P<day_sign>[日号號])(?![线線游遊元圆圓])
            |(?P<other_month>[本上下当當次同])月{_S}(?P<other_edge>[上中下]旬)
            |(?<![{DIGIT}{NUMERAL}{POWER}.．第:：/])(?P<only_bare_day>{_DAY})(?={_TO}{_DAY}{_S}日)
            |(?P<that_day>[今明昨后後前当當次翌即])(?:[日天]|(?=[晚早晨]))(?:[早晨])?(?={_S}(?:{_PART})?{_S}{_HOUR}[时時点點:：])
            |大年(?P<new_year_day>初[{_N}十]|三十)
            |{_NOT_INSIDE}(?:(?:农历|農曆|夏历)|(?<![\u3400-\u9fff]的)){_IN_YEAR.replace("(?P<", "(?P<x_")}
        ){_TIME.replace("(?P<", "(?P<t_")}
    )
    """,
    re.VERBOSE,
)
