"""Dates by rule: a text in, its DATE spans out, with the borders the guideline draws, each with its value.

A date is a point (2024年9月25日上午, 明年的10月份, 2024年一季度, 正月初五) or two points with 至 or a dash between
(2023-2027年, 10月18日至20日). date_points.py reads a point; here they are found, and two of them joined.

A date has to be placed on a calendar by a number. Not marked: 近日, 今天, 今年, 年底, 周五, 春节 without a year;
durations (三年, 24小时); a clock time without a day; the years of a plan (“十四五”). In the span: 北京时间, the part of
the day, the clock, a weekday between date and clock, 初, 底, 上旬, 份, 度. Outside: 截至, 起, 前, 后, 内, 以来, 期间.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from annotation.date_points import AROUND, BETWEEN, CLOCK_ALONE, ERAS, POINT, Point, read_point, read_time
from annotation.numerals import DIGIT, NUMERAL, POWER, Approx, Edges, behind, outside

VERSION = "0.1.0"


class Date(NamedTuple):
    """A date at `[start, end)` of the text, in code points.

    `value` is ISO 8601 where it can be, and TIMEX3 beyond it, with X for what the text does not say: `2024-09-25`,
    `XXXX-10-18`, `2024-09-25TMO`, `2024-09-25T15:30`, `XXXX-Q3`, `2024-H1`, `1937-WI`, `198X`, `BC0221`,
    `lunar:XXXX-01-05`; a period is `2023/2027`. `mod` is `START`, `MID` or `END` for 初, 中旬 and 底, both sides' for a
    period. `approx` is `about` for 左右, 许 and 前后, `less` for 前 and 以前, `more` for 后 and 起.
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


def day_of(published_at: str | None) -> date | None:
    """The day of an ISO 8601 time; None where it names none, as 2024-09 does not."""
    try:
        return date.fromisoformat((published_at or "")[:10])
    except ValueError:
        return None


# Where a point may begin: at a figure, and at a word of `POINT` by its first two characters: the first, and what has to
# follow. All of the first are one class of the pattern, so that `re` passes quickly over the rest of a text.
_FIGURES = f"{DIGIT}{NUMERAL}{POWER}"
_BEGINNINGS = (
    (_FIGURES, f"[{_FIGURES}]{{0,39}}"),
    ("今去明前后後同当當次翌本上来來", "(?=年)"),
    ("今明昨后後前当當次翌即", "(?=[日天晚早晨])"),
    ("本上下当當次同", "(?=月)"),
    ("上下这這", "(?=[个個])"),
    ("上本", "(?=个|[ \u00a0\u3000]?世)"),
    ("上下", "(?=半)"),
    ("前", f"(?=[{DIGIT}{NUMERAL}十])"),
    ("第", f"(?=[{DIGIT}{NUMERAL}])"),
    ("正腊臘冬", "(?=[ \u00a0\u3000]?月)"),
    ("闰閏", ""),
    ("农夏", "(?=历)"),
    ("農", "(?=曆)"),
    ("大", "(?=年)"),
    ("公", "(?=[历曆元])"),
    ("西", "(?=元)"),
    ("北", "(?=京)"),
    ("当當", "(?=地)"),
    ("美", "(?=[东西])"),
    ("东西", "(?=部)"),
    ("格", "(?=林)"),
    *((name[0], f"(?={name[1:]})") for name in ERAS),
)
_CANDIDATE = re.compile(
    f"[{''.join(heads for heads, _ in _BEGINNINGS)}](?:"
    + "|".join(f"(?<=[{heads}]){rest}" for heads, rest in _BEGINNINGS)
    + ")"
)


_STOPS = outside(POINT, BETWEEN, CLOCK_ALONE, _CANDIDATE)


def find_dates(text: str, published: date | None = None, at: Iterable[int] | None = None) -> Iterator[Date]:
    """The dates of the text in order, without overlaps; or at least those of them that begin `at` these offsets, which
    ascend: only the words before each are read then.

    Years, months and days that the text names by their distance (今年9月, 上月20日) are resolved where the day is given
    on which the text was `published`; a date that does not say its year (10月18日) stays open even then.
    """
    cursor = 0
    for place in (len(text),) if at is None else at:
        cursor = cursor if at is None else behind(_STOPS, text, place, cursor)
        while cursor <= place and (candidate := _CANDIDATE.search(text, cursor)) and candidate.start() <= place:
            end, found = _read_at(text, candidate.start(), published)
            cursor = end or candidate.end()
            if found:
                yield found


def date_at(text: str, place: int, published: date | None) -> Date | None:
    """The date of `find_dates` that begins there, for a short text."""
    cursor = 0
    while (candidate := _CANDIDATE.search(text, cursor)) and candidate.start() <= place:
        end, found = _read_at(text, candidate.start(), published)
        if candidate.start() == place:
            return found
        cursor = end or candidate.end()
    return None


def _read_at(text: str, start: int, published: date | None) -> tuple[int, Date | None]:
    """Where the point or the period ends that begins there, 0 for none; and the date that it makes, if it makes one."""
    first = read_point(text, start, published)
    if first is None:
        return 0, None
    found = _join(text, start, first, published)
    return (found.end, found) if found else (start + first.length, None)


def _join(text: str, start: int, first: Point, published: date | None) -> Date | None:
    """The point, or with the one behind 至 or a dash the period; None where the first needs a second and has none."""
    end = start + first.length
    between = BETWEEN.match(text, end)
    second = read_point(text, between.end(), published, behind=first) if between and not first.last else None
    if between and second and _fit(first, second):
        if not second.dated:
            second = second._replace(year=first.year)
        elif not first.dated and not first.complete:
            first = first._replace(year=second.year)
        if second.level == "day" and not second.month:
            second = second._replace(month=first.month)
        if not first.month and not first.complete:
            first = first._replace(month=second.month)
        mod = f"{first.mod}/{second.mod}" if first.mod or second.mod else ""
        return _date(text, start, between.end() + second.length, f"{first.value()}/{second.value()}", mod)
    if not first.complete:
        return None
    if between and first.time[1:2].isdecimal():
        clock = CLOCK_ALONE.match(text, between.end())
        if clock:
            until = first._replace(time=read_time(clock.groupdict(), clock[0]))
            return _date(text, start, clock.end(), f"{first.value()}/{until.value()}", "")
    return _date(text, start, end, first.value(), first.mod)


def _fit(first: Point, second: Point) -> bool:
    """Whether the two make one period: 10月18日 and 20日, 2024年1 and 9月, 7月1日 and 9月底; not 2023年 and 5月."""
    if not second.complete or second.last:
        return False
    if first.level == second.level:
        return first.level != "day" or bool(second.month or first.month or not first.complete)
    return first.level == "day" and second.level == "month" and bool(second.mod)


def _date(text: str, start: int, end: int, value: str, mod: str) -> Date:
    match = _ABOUT.search(text, max(0, start - 2), start) or _BEHIND.match(text, end)
    return Date(start, end, value, mod, match.lastgroup if match else "none")  # type: ignore[arg-type]


_ABOUT = re.compile("(?P<about>(?<![节節合签簽预預公契履违違])[约約]|大概)$")
_BEHIND = re.compile("(?P<about>左右|前后|前後|[许許])|(?P<less>[以之]?前)|(?P<more>[以之]?[后後]|起)")
# No word that says what a date is reaches over one of them.
EDGES = Edges.of(_STOPS & outside(_ABOUT, _BEHIND, *AROUND))
