"""Numbers as Chinese texts write them: the characters of one in, its value as Decimal out.

Amounts and dates share it. It reads 504.8亿, 1,200万, ５００, 3万5千, 两三百, 五百多万, 伍佰, 一点五亿, 上千万, 廿三
and 5至7亿, in Simplified and Traditional; a number that names no figure (数十亿) has no value. It looks for nothing:
a grammar says where a number is.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

Approx = Literal["none", "about", "more", "less"]

# For the character classes of a grammar.
DIGIT = "0-9０-９"
NUMERAL = "〇零○一二两兩三四五六七八九壹贰貳弐叁參肆伍陆陸柒捌玖"
POWER = "十百千万亿兆萬億拾佰仟廿卅"
VAGUE = "多余餘几幾数數来來"
TO = r"(?:\s?(?:[-－–—~～﹣−]{1,2}|至|到)\s?)"


def outside(*patterns: re.Pattern[str]) -> frozenset[str]:
    """Han characters and marks that none of the patterns names: no match of theirs reaches over one.

    Sound where the patterns take only what they name: a class of all Han characters, or of all but some, stands in
    nothing but look-arounds.
    """
    return frozenset(map(chr, _HAN)) - {char for pattern in patterns for char in pattern.pattern}


_HAN = range(0x3001, 0xA000)


def behind(stops: frozenset[str], text: str, place: int, cursor: int) -> int:
    """From where a scan that stood at `cursor` may go on, to find at `place` what it would have found there: behind the
    last of `stops` between the two.
    """
    while place > cursor and text[place - 1] not in stops:
        place -= 1
    return max(place, cursor)


class Edges(NamedTuple):
    """What finds the last one of some characters in a text, at the end of the match, and the first one."""

    last: re.Pattern[str]
    first: re.Pattern[str]

    @classmethod
    def of(cls, stops: frozenset[str]) -> Edges:
        """For some of the characters that `outside` chooses from."""
        others = re.escape("".join(char for char in map(chr, _HAN) if char not in stops))
        some = rf"[^\0-\u3000\ua000-\U0010ffff{others}]"
        return cls(re.compile(f".*{some}", re.DOTALL), re.compile(some))


_NEAR = 40


def around(edges: Edges, text: str, start: int, end: int) -> tuple[int, int] | None:
    """The part of the text from the last of the edges before a span to the first behind it, both included: where no
    match reaches over an edge, it is read there as in the whole text. None for a long part.
    """
    near = start - _NEAR if start > _NEAR else 0
    before = edges.last.match(text, near, start)
    behind = edges.first.search(text, end, end + _NEAR)
    if (before is None and near) or (behind is None and end + _NEAR < len(text)) or end - start > _NEAR:
        return None
    return before.end() - 1 if before else 0, behind.end() if behind else len(text)


class Number(NamedTuple):
    """A number from `low` to `high`, which are equal where it is no range, and None where it names no figure."""

    low: Decimal | None
    high: Decimal | None
    approx: Approx


_SIMPLE = str.maketrans(
    "０１２３４５６７８９．〇○两兩壹贰貳弐叁參肆伍陆陸柒捌玖拾佰仟萬億點餘幾數來個負ｋＫK－﹣−＋",
    "0123456789.零零二二一二二二三三四五六六七八九十百千万亿点余几数来个负kkk---+",
    " \u00a0\u3000,，个\t\n",
)
_TO = re.compile(TO)
_SIGN = re.compile(r"[-－﹣−负負+＋]")
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|点?[零一二三四五六七八九]+|.", re.DOTALL)
_PLAIN = re.compile(r"([0-9]+(?:\.[0-9]+)?)([十百千万亿兆]*)")
_UNTOLD = re.compile(r"好?[几数]")
_PAIR = re.compile(
    r"(?<![点零一二三四五六七八九0-9])(一二|二三|三四|四五|五六|六七|七八|八九|三五)(?![点零一二三四五六七八九])"
)
_SCALE = re.compile(r"[百千万亿兆]*$")
_FIGURES = {figure: str(value) for value, figure in enumerate("零一二三四五六七八九")}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_EXACT = Context(prec=100)  # every number of a grammar fits, and no setting of the caller's changes a value


@lru_cache(maxsize=1 << 16)  # the same numbers come again and again
def read_number(text: str) -> Number | None:
    """The value of a number; None where the characters make none.

    A range is two numbers with a dash, 至, 到 or 、 between; a bound without 万 or 亿 has that of the other (5至7亿).
    Two neighbouring figures are a range too (两三百). `approx` is `more` for 多, 余, 上 and a 几 behind a figure,
    `about` for 来 and for a number that names no figure (数十亿, 好几万).
    """
    plain = _PLAIN.fullmatch(text)
    if plain:
        value = _plain(plain)
        return Number(value, value, "none")
    sign = _SIGN.match(text)
    if sign:
        text = text[sign.end() :]
    bounds = [part.translate(_SIMPLE) for part in (text.split("、") if "、" in text else _TO.split(text, 1))]
    number = _read(bounds[0]) if len(bounds) == 1 else _read_range(bounds[0], bounds[-1])
    if number and number.low is not None and number.high is not None and sign and sign[0] not in "+＋":
        return Number(number.high.copy_negate(), number.low.copy_negate(), number.approx)
    return number


@lru_cache(maxsize=4096)
def read_year(text: str) -> int | None:
    """The year of figures in either script (二〇二四, 98, ２０２４, 二OO八), or of a number in words (两千零四)."""
    simple = text.translate(_SIMPLE).translate(_ROUND)
    figures = "".join(_FIGURES.get(char, char) for char in simple)
    if figures.isdecimal():
        return int(figures)
    number = read_number(simple)
    return int(number.low) if number and number.low is not None else None


_ROUND = str.maketrans("OＯoｏ", "零零零零")


def _read_range(low: str, high: str) -> Number | None:
    """The range of two bounds, in whichever order they stand."""
    ends = _SCALE.search(high)
    scale = ends[0] if ends else ""
    if any(char in low for char in _SMALL):
        scale = scale.lstrip("百千")
    first, last = _read(low), _read(high)
    if not first or not last or first.low is None or last.high is None:
        return None
    lowest, highest = first.low, last.high
    if scale and not any(char in low for char in _BIG):
        scaled = _read(low + scale)
        if scaled and scaled.low is not None and scaled.low < highest:
            lowest = scaled.low
    approx: Approx = last.approx if first.approx == "none" else first.approx
    return Number(min(lowest, highest), max(lowest, highest), approx)


def _read(text: str) -> Number | None:
    """The value of one number in simple characters, without sign."""
    plain = _PLAIN.fullmatch(text)
    if plain:
        value = _plain(plain)
        return Number(value, value, "none")
    if _UNTOLD.match(text):
        return Number(None, None, "about")
    approx: Approx = "none"
    if text.startswith("上") or any(char in text for char in "多余几数"):
        approx = "more"
        text = re.sub("^上|[多余几数]", "", text)
    elif "来" in text:
        approx = "about"
        text = text.replace("来", "")
    thousands = text.endswith("k")
    text = text.removesuffix("k")
    pair = None if "点" in text else _PAIR.search(text)
    if pair:
        ends = (text[: pair.start()] + figure + text[pair.end() :] for figure in pair[0])
        low, high = map(_evaluate, ends)
    else:
        low = high = _evaluate(text)
    if low is None or high is None:
        return None
    if thousands:
        low, high = low * 1000, high * 1000
    return Number(low, high, approx)


def _plain(plain: re.Match[str]) -> Decimal:
    return _EXACT.multiply(Decimal(plain[1]), _power(plain[2])) if plain[2] else Decimal(plain[1])


@lru_cache(maxsize=256)
def _power(text: str) -> Decimal:
    return _evaluate("1" + text) or Decimal(1)


@lru_cache(maxsize=4096)
def _evaluate(text: str) -> Decimal | None:
    """The value of figures and powers: below 万 they add up to a group; 万, 亿 and 兆 multiply it."""
    total = group = Decimal(0)
    figure: Decimal | None = None
    last = largest = 1  # the power before this place; the largest of 万, 亿, 兆 so far
    alone = False  # one figure that no zero announces: 一百二 is 120, 一百零二 is 102
    for piece in _TOKEN.findall(text):
        if piece[0].isdecimal():
            figure, alone = Decimal(piece), len(piece) == 1
        elif piece[0] == "点":
            if len(piece) == 1:
                return None
            whole = total + group + (figure or 0)
            total = group = Decimal(0)
            figure, alone = whole + Decimal("0." + "".join(map(_FIGURES.__getitem__, piece[1:]))), False
        elif piece[0] in _FIGURES:
            figure, alone = Decimal("".join(map(_FIGURES.__getitem__, piece))), len(piece) == 1
            if piece == "零":
                last = 1
        elif piece in _SMALL:
            group = _EXACT.add(group, _EXACT.multiply(1 if figure is None else figure, _SMALL[piece]))
            figure, last = None, _SMALL[piece]
        elif piece in _BIG:
            power = _BIG[piece]
            empty = figure is None and not group
            group = group + (figure or 0)
            if empty:  # 万亿, or a bare 万
                total = _EXACT.multiply(total or 1, power)
            elif power > largest:
                total = _EXACT.multiply(total + group, power)
            else:
                total = _EXACT.add(total, _EXACT.multiply(group, power))
            figure, group, last, largest = None, Decimal(0), power, max(power, largest)
        elif piece in "廿卅":
            group += 20 if piece == "廿" else 30
            figure, last = None, 10
        else:
            return None
    if figure is not None and alone and last >= 100:
        figure = figure * last / 10
    return _EXACT.add(_EXACT.add(total, group), figure or 0) if text else None
