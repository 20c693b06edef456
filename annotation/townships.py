"""Towns behind the division that they lie in, or by their full names: words in; words out, 大理|双廊 apart.

The model takes the two for one place, for a person or a body, or knows only the first. A table
(annotation/townships.txt, made by tests/benchmarks/make_townships.py) says which towns, townships and streets lie in
which county, without 镇, 乡 and 街道, and which of their names are also words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.mending import NAMED, RULE, UNSURE
from annotation.walk import Walk

TABLE = Path(__file__).with_name("townships.txt")
LONGEST = 6  # characters of a name in the table
SUREST = 0.9  # a body or a person behind a division of which the model is surer stays

PEOPLE = (
    "(?:满|回|蒙古|朝鲜|壮|苗|瑶|侗|土家|布依|彝|白|傣|哈尼|傈僳|拉祜|佤|纳西|景颇|普米|怒|独龙|布朗|阿昌|德昂|基诺|藏|羌|门巴|珞巴|东乡|保安"
    "|撒拉|土|裕固|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|乌孜别克|塔塔尔|俄罗斯|达斡尔|鄂温克|鄂伦春|赫哲|畲|黎|仡佬|水|毛南|仫佬|民|各)族"
)
_OF_PEOPLE = re.compile(f"(?:{PEOPLE})+$")
_KIND = re.compile(f"(?:{PEOPLE})*[镇乡](?![长镇乡])|苏木|街道(?!办)")
_MAY_BE_FULL = re.compile("[镇乡]|苏木|街道(?!办)")
_LEVEL = tuple("省市县区州旗盟")
# Behind a town, what makes it a part of a longer name: a body, a road, or a site that is not split from its city.
_LONGER = re.compile(
    "[东西南北中]?(?:站|机场|港)|火车|高铁|地铁|街道办|办事处|派出所|(?:人民)?政府|党[委校]|纪委|人大|法[院庭]|检察|税务|工商|供电|农商"
    "|(?:第?[一二三四五六七八九十]|中心|实验|民族|外国语|职业|技工|附属)*(?:[小中]学|学校|大学|学院|幼儿园|医院|卫生院)"
    "|[\u4e00-\u9fff]{0,4}(?:公司|集团|银行|股份|有限|工厂|研究[所院]|博物馆|图书馆)"
    "|[东西南北中一二三四]?路|大[道街桥]|[街村组桥河湖山岛江寺]"
)
_NO_SHORT = frozenset(("新城", "新区", "新村", "城区", "老城", "古城"))  # 滨海|新城 is a zone
_NAMES = NAMED | {"nz", "nw"}
_MAY_BE_DIVISION = _NAMES | {"n", "v"}
_OTHERS = frozenset(("ORG", "PER"))
_FUNCTION = frozenset(("p", "c", "r", "m", "q", "t", "TIME", "u", "w", "d", "xc"))  # no name, whatever the table has


@cache
def _lines() -> dict[str, str]:
    """The lines of the table by the character with which their names begin; read on the first call."""
    return {line[0]: f" {line} " for line in TABLE.read_text("utf-8").splitlines()}


def _find(name: str) -> tuple[str, bool] | None:
    """The adcodes of the counties that have such a town, each behind a mark, and whether the name is also a word."""
    line = _lines().get(name[:1], "")
    for star in ("", "*"):
        start = line.find(f" {name}{star}:")
        if start >= 0:
            start += len(name) + len(star) + 1
            return line[start : line.index(" ", start)].replace(":", ","), bool(star)
    return None


def _is_in(adcodes: str, division: str) -> bool:
    """Whether one of the counties is the division with that adcode, or lies in it."""
    digits = 2 if division.endswith("0000") else 4 if division.endswith("00") else 6
    return f",{division[:digits]}" in adcodes


@cache
def _heads() -> frozenset[str]:
    """The first characters of divisions."""
    return frozenset(pair[0] for pair in divisions().by_pair)


def townships(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """单县|终兴, 大理|双廊, 墨脱|格当乡, 猫场镇: a town is a place of its own."""
    by_pair, heads = divisions().by_pair, _heads()
    full = _full_names(text, words)
    wanted = [
        index
        for index, (start, _, tag, _) in enumerate(words)
        if tag in _MAY_BE_DIVISION and text[start] in heads and text[start : start + 2] in by_pair
    ]
    if full:
        wanted = sorted({*wanted, *(index for index, word in enumerate(words) if word.start in full)})
    walk = Walk(words, wanted)
    for start, end, tag, _ in walk:
        if end <= (stop := full.get(start, 0)):
            if tag != "LOC" or end < stop:
                walk.take(start, stop, "LOC", RULE)
            continue
        for at, name in _divisions(text, start):
            if (town := _town(text, at, name, walk)) is not None:
                _split(text, walk, at, town)
            if town is not None or at >= end:
                break
    return walk.made


def _full_names(text: str, words: Sequence[Word]) -> dict[int, int]:
    """Where a town of the table stands by its full name, whole words long: where it starts, and ends."""
    found: dict[int, int] = {}
    at: dict[int, Word] = {}
    ends: frozenset[int] = frozenset()
    for match in _MAY_BE_FULL.finditer(text):
        if not at:
            at = {word.start: word for word in words}
            ends = frozenset(word.end for word in words)
        stop = match.start()
        if match.end() not in ends:
            continue
        if text[stop - 1 : stop] == "族" and (people := _OF_PEOPLE.search(text, max(0, stop - 9), stop)) is not None:
            stop = people.start()
        for start in range(max(0, stop - LONGEST), stop - 1):
            word = at.get(start)
            if word is None:
                continue
            held = _find(text[start:stop])
            if held is not None and (word.tag in _NAMES if held[1] else stop - 1 not in at):
                found[start] = match.end()
                break
    return found


def _divisions(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The divisions that stand there one behind the other, each with where it ends: 佛山|顺德."""
    by_pair = divisions().by_pair
    while True:
        name = next((name for name in by_pair.get(text[start : start + 2], ()) if text.startswith(name, start)), None)
        if name is None:
            return
        start += len(name)
        if name[-1] not in _LEVEL and text[start : start + 1] in _LEVEL:
            start += 1  # 大理|州, and 临桂|县, which is none any more
        yield start, name


class Town(NamedTuple):
    """A town of the table that ends at `end`; `full` by its full name, `own` by one that is no word."""

    end: int
    full: bool
    own: bool


def _town(text: str, start: int, division: str, walk: Walk) -> Town | None:
    """The town that begins at `start` and lies in the division, the longest."""
    if f" {text[start : start + 2]}" not in _lines().get(text[start : start + 1], ""):
        return None
    for size in range(min(LONGEST, len(text) - start), 1, -1):
        end = start + size
        held = _find(text[start:end])
        if held is not None and any(_is_in(held[0], code) for code in divisions().codes[division]):
            kind = _KIND.match(text, end)
            if kind is not None and kind.end() in walk.ends:  # not 杨木川|乡下
                return Town(kind.end(), True, not held[1])
            return None if text[start:end] in _NO_SHORT else Town(end, False, not held[1])
    return None


def _split(text: str, walk: Walk, at: int, town: Town) -> None:
    """The division that ends at `at` and the town behind it as two places, whatever the model's words are there."""
    start, end = walk.words[walk.index].start, town.end
    held = [word for word in walk.words[walk.index : walk.index + LONGEST + 4] if word.start < end]
    if held[-1].end > end and held[-1].start < at and held[-1].tag == "LOC":
        end = held[-1].end  # 大理|双廊古镇
    behind = [word for word in held if word.end > at]
    named = any(word.tag in _NAMES for word in behind)
    if (
        not (town.own or town.full or any(word.tag in ("LOC", "nz", "nw") for word in behind))
        or (held[-1].end != end and not (held[-1].end == end + 1 and text[end] == "人"))
        or _LONGER.match(text, town.end)
        or any(word.tag in _OTHERS and word.score > (UNSURE if word.start < at else SUREST) for word in held)
        or (town.end - at == 2 and behind[-1].start == at and behind[-1].tag in _FUNCTION)
        or (held[0].tag not in _NAMES and not (town.own and (named or town.end - at > 2)))
    ):
        return
    score = max(word.score if word.tag == "LOC" else 0.0 for word in held)
    walk.put(Word(start, at, "LOC", max(score, RULE)))
    walk.take(at, end, "LOC", max(score, RULE))
