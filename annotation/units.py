"""Currencies and units of measure: a name in a text in; its ISO 4217 code, or its base unit with the factor to it, out.

The names are in Simplified Chinese; `simplify` brings the Traditional characters that they use into that form.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

CURRENCIES = {
    **dict.fromkeys(("元", "圆", "块", "块钱", "人民币", "RMB", "CNY", "¥", "￥"), "CNY"),
    **dict.fromkeys(("美元", "美圆", "美金", "美币", "USD", "$", "US$"), "USD"),
    **dict.fromkeys(("欧元", "EUR", "€"), "EUR"),
    **dict.fromkeys(("英镑", "GBP", "£"), "GBP"),
    **dict.fromkeys(("港元", "港币", "港圆", "HKD", "HK$"), "HKD"),
    **dict.fromkeys(("日元", "日圆", "日币", "JPY"), "JPY"),
    **dict.fromkeys(("韩元", "韩圆", "韩币", "KRW", "₩"), "KRW"),
    **dict.fromkeys(("台币", "台元", "新台币", "新台元", "TWD", "NT$"), "TWD"),
    **dict.fromkeys(("澳门元", "澳门币", "MOP"), "MOP"),
    **dict.fromkeys(("澳元", "澳大利亚元", "澳币", "AUD", "A$"), "AUD"),
    **dict.fromkeys(("加元", "加拿大元", "加币", "CAD", "C$"), "CAD"),
    **dict.fromkeys(("新元", "新加坡元", "新币", "SGD", "S$"), "SGD"),
    **dict.fromkeys(("新西兰元", "纽元", "NZD"), "NZD"),
    **dict.fromkeys(("瑞士法郎", "瑞郎", "法郎", "CHF"), "CHF"),
    **dict.fromkeys(("卢布", "俄罗斯卢布", "₽"), "RUB"),
    **dict.fromkeys(("卢比", "印度卢比"), "INR"),
    **dict.fromkeys(("泰铢", "泰国铢"), "THB"),
    **dict.fromkeys(("林吉特", "马来西亚林吉特", "马币", "令吉"), "MYR"),
    **dict.fromkeys(("迪拉姆", "阿联酋迪拉姆"), "AED"),
    **dict.fromkeys(("里亚尔", "沙特里亚尔"), "SAR"),
    **dict.fromkeys(("比索", "墨西哥比索"), "MXN"),
    "巴基斯坦卢比": "PKR",
    "印尼盾": "IDR",
    "印尼卢比": "IDR",
    "越南盾": "VND",
    "菲律宾比索": "PHP",
    "阿根廷比索": "ARS",
    "里拉": "TRY",
    "土耳其里拉": "TRY",
    "兰特": "ZAR",
    "南非兰特": "ZAR",
    "瑞典克朗": "SEK",
    "挪威克朗": "NOK",
    "丹麦克朗": "DKK",
    "雷亚尔": "BRL",
    "巴西雷亚尔": "BRL",
    "伊朗里亚尔": "IRR",
    "科威特第纳尔": "KWD",
    "奈拉": "NGN",
    "坚戈": "KZT",
    "谢克尔": "ILS",
    "格里夫纳": "UAH",
    "兹罗提": "PLN",
    "比特币": "XBT",  # no country's, so not in the standard; its markets write it so
}
"""ISO 4217 by name, sign or code. A sign or name that several countries share has its most usual one."""

_MU = Fraction(2000, 3)
_BASES: dict[str, dict[str, Fraction | int]] = {
    "平方米": {
        "平方米": 1, "㎡": 1, "m²": 1, "平米": 1, "平方公尺": 1, "平方公里": 10**6, "平方千米": 10**6, "km²": 10**6,
        "平方厘米": Fraction(1, 10**4), "平方毫米": Fraction(1, 10**6), "亩": _MU, "公亩": 100, "公顷": 10**4,
    },
    "米": {
        "米": 1, "m": 1, "公尺": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": Fraction(1, 100),
        "公分": Fraction(1, 100), "cm": Fraction(1, 100), "毫米": Fraction(1, 1000), "mm": Fraction(1, 1000),
        "微米": Fraction(1, 10**6), "纳米": Fraction(1, 10**9), "nm": Fraction(1, 10**9), "海里": 1852,
        "英里": Fraction(1609344, 1000), "英尺": Fraction(3048, 10**4), "英寸": Fraction(254, 10**4),
    },
    "公斤": {
        "公斤": 1, "千克": 1, "kg": 1, "吨": 1000, "公吨": 1000, "克": Fraction(1, 1000), "g": Fraction(1, 1000),
        "毫克": Fraction(1, 10**6), "mg": Fraction(1, 10**6), "微克": Fraction(1, 10**9), "斤": Fraction(1, 2),
        "市斤": Fraction(1, 2), "两": Fraction(1, 20), "克拉": Fraction(1, 5000),
    },
    "立方米": {
        "立方米": 1, "m³": 1, "升": Fraction(1, 1000), "公升": Fraction(1, 1000), "毫升": Fraction(1, 10**6),
        "立方厘米": Fraction(1, 10**6), "立方分米": Fraction(1, 1000),
    },
    "千瓦": {
        "千瓦": 1, "kW": 1, "KW": 1, "瓦": Fraction(1, 1000), "兆瓦": 1000, "MW": 1000, "吉瓦": 10**6, "GW": 10**6,
    },
    "千瓦时": {
        "千瓦时": 1, "kWh": 1, "瓦时": Fraction(1, 1000), "Wh": Fraction(1, 1000), "兆瓦时": 1000, "MWh": 1000,
        "吉瓦时": 10**6, "GWh": 10**6,
    },
    "伏": {"伏": 1, "千伏": 1000, "kV": 1000, "兆伏": 10**6},
    "赫兹": {
        "赫兹": 1, "Hz": 1, "千赫兹": 1000, "千赫": 1000, "兆赫兹": 10**6, "兆赫": 10**6, "MHz": 10**6, "GHz": 10**9,
    },
    "摄氏度": {"摄氏度": 1, "℃": 1},
}  # fmt: skip
MEASURES = {unit: (base, Fraction(factor)) for base, units in _BASES.items() for unit, factor in units.items()}
"""The base unit and the factor to it, of each unit that means one thing only."""

_TRADITIONAL = "圓塊錢鎊歐韓門幣銖盧亞馬臺畝頃噸時裏釐納攝蘭爾羅圎兩堅謝茲＄"
_SIMPLIFIED = "圆块钱镑欧韩门币铢卢亚马台亩顷吨时里厘纳摄兰尔罗圆两坚谢兹$"
_SIMPLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplify(name: str) -> str:
    """The name in Simplified characters, one for one."""
    return name.translate(_SIMPLE)


def in_base_unit(value: Decimal, unit: str) -> tuple[Decimal, str] | None:
    """The value in the unit's base (亩 and 公顷 in 平方米, 吨 in 公斤); None for a unit without one, as 元/公斤.

    Exact where the factor is a decimal; 亩, which is 2000/3 平方米, to 28 digits.
    """
    found = MEASURES.get(simplify(unit))
    if found is None:
        return None
    base, factor = found
    return value * factor.numerator / factor.denominator, base


def spelling(name: str) -> str:
    """A regular expression for the name in Simplified or Traditional characters."""
    return "".join(
        f"[{char}{''.join(t for t, s in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if s == char)}]" for char in name
    )
