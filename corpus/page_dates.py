"""A line of a page in, the date it names out, as ISO 8601: what the line says and no part more."""

from __future__ import annotations

import re
from datetime import date

_TIME = (
    r"(?:T|[\s(|-]*(?:星期.|周.|礼拜.)?[\s)|-]*)"
    r"(?:(凌晨|早上|上午|中午|下午|晚上?)?\s*([01]?\d|2[0-3])[:时]([0-5]\d)(?:[:分]([0-5]\d))?\s?(PM|pm|p\.m\.)?)?"
)
_DATE = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)\s?[-/.年]\s?(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
    r"|(3[01]|[12]\d|0?[1-9])/(1[0-2]|0?[1-9])/((?:19|20)\d\d)(?!\d))" + _TIME
)
# Years of the Republic begin in 1912; Taiwan's pages count them.
_REPUBLIC = re.compile(
    r"(?:民国|民國|中华民国|中華民國)\s?(\d{2,3})\s?[-/.年]\s?(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
    + _TIME
)
_DIGITS = "〇零○Ｏ一二三四五六七八九"
_IN_WORDS = re.compile(rf"([{_DIGITS}]{{4}})年([一二三四五六七八九十]{{1,2}})月([一二三四五六七八九十]{{1,3}})日")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_ENGLISH = re.compile(
    rf"(?<![a-z]){_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)|(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+((?:19|20)\d\d)(?!\d)",
    re.I,
)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?\s*")


def read_date(text: str) -> str | None:
    """The first date in `text`, with its time where it has one; `6/2/2022` is the sixth of February.

    Also 民国112年9月14日, 二〇二四年三月五日, `March 5, 2024`, and, as the whole text, `20240305`. None where the day
    does not exist, or no year is said.
    """
    if match := _DATE.search(text):
        year, month, day, day_first, month_second, year_last, *time = match.groups()
        return _iso(year or year_last, month or month_second, day or day_first, time)
    if match := _REPUBLIC.search(text):
        year, month, day, *time = match.groups()
        return _iso(str(int(year) + 1911), month, day, time)
    if match := _IN_WORDS.search(text):
        digits = "".join(str(max(0, _DIGITS.index(digit) - 3)) for digit in match[1])
        return _iso(digits, str(_tens(match[2])), str(_tens(match[3])), [])
    if match := _ENGLISH.search(text):
        named, day, year, day_first, named_second, year_last = match.groups()
        month = _MONTHS.index((named or named_second).lower()) + 1
        return _iso(year or year_last, str(month), day or day_first, [])
    if match := _COMPACT.fullmatch(text):
        year, month, day, *time = match.groups()
        return _iso(year, month, day, [None, *time, None])
    return None


def _iso(year: str, month: str, day: str, time: list[str | None]) -> str | None:
    try:
        said = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
    if not time or time[1] is None:
        return said
    half, hour, minute, second, pm = time
    hours = int(hour or 0) + 12 * (bool(pm or half in ("下午", "晚", "晚上")) and int(hour or 0) < 12)
    return f"{said}T{hours:02}:{minute}" + (f":{second}" if second else "")


def _tens(words: str) -> int:
    """十, 十一, 二十, 三十一, 五."""
    tens, _, ones = words.rpartition("十")
    if "十" not in words:
        return _DIGITS.index(words) - 3 if len(words) == 1 else 0
    return 10 * (_DIGITS.index(tens) - 3 if tens in _DIGITS and tens else 1) + (
        _DIGITS.index(ones) - 3 if ones and ones in _DIGITS else 0
    )
