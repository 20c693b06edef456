"""The administrative divisions of China: annotation/divisions.tsv in; names, full and short, and their adcodes out.

Needs no spaCy, so that whoever only wants the adcode of a name need not load it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annotation.lexicon import lexicon

TABLE = Path(__file__).with_name("divisions.tsv")

_SUFFIX = re.compile(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|"
    r"(?:[\u4e00-\u9fff]{1,5}族)*自治[州县旗]|地区|林区|特区|新区|[省市县区盟旗])$"
)
_PEOPLES = re.compile(
    r"(?:土家族|苗族|侗族|布依族|藏族|羌族|彝族|哈尼族|壮族|傣族|景颇族|白族|傈僳族|蒙古族|回族|朝鲜族|满族|土族|撒拉族|东乡族|保安族|裕固族"
    r"|哈萨克族?|柯尔克孜|锡伯|塔吉克|达斡尔族|鄂温克族|鄂伦春|瑶族|畲族|黎族|仡佬族|水族|毛南族|仫佬族|各族|拉祜族|佤族|布朗族|纳西族|独龙族|怒族|普米族|蒙古|联合)+$"
)
# Prefectures whose short name is a word, a person, a mountain or a brand as often as a city.
_WEAK = lexicon("weak_divisions")
# Full names that are common nouns.
_COMMON = lexicon("common_divisions")


@dataclass(frozen=True, slots=True)
class Divisions:
    """The names of divisions, full and short, with the adcodes that bear them; names by their first two characters."""

    codes: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    by_pair: dict[str, tuple[str, ...]]


@cache
def divisions() -> Divisions:
    """The table, read on the first call."""
    codes: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        code, name = line.split("\t")
        codes.setdefault(name, []).append(code)
        kinds[name] = "common" if name in _COMMON else "full"
    for name, held in list(codes.items()):
        short = short_name(name)
        if len(short) < 2 or short == name or kinds.get(short) == "full":
            continue
        above = any(code.endswith("00") for code in held)
        weak = short in _WEAK or not above
        codes.setdefault(short, []).extend(code for code in held if code not in codes.get(short, []))
        if kinds.get(short) != "short":
            kinds[short] = "weak" if weak else "short"
    by_pair: dict[str, list[str]] = {}
    for name in sorted(codes, key=lambda name: (-len(name), name)):
        by_pair.setdefault(name[:2], []).append(name)
    return Divisions(
        {name: tuple(held) for name, held in codes.items()},
        kinds,
        {pair: tuple(names) for pair, names in by_pair.items()},
    )


def short_name(name: str) -> str:
    """A division's name as texts shorten it: 青岛 for 青岛市, 恩施 for 恩施土家族苗族自治州."""
    short = _SUFFIX.sub("", name)
    if short != name and (name.endswith(("自治州", "自治县", "自治旗"))):
        short = _PEOPLES.sub("", name[: -len("自治州")]) or short
    return short


def adcodes(text: str, spans: Sequence[tuple[int, int]]) -> list[str | None]:
    """The adcode of each span that bears the name of a division, None where it is none or one of several.

    `spans` are code points of the text, ordered and apart. Several that share a name are told apart by the place right
    before (山东省|市中区), then by rank, then by the provinces that the others lie in.
    """
    codes = divisions().codes
    names = [codes.get(text[start:end], ()) for start, end in spans]
    if all(len(held) < 2 for held in names):
        return [held[0] if held else None for held in names]
    sure = {held[0][:2] for held in names if len(held) == 1}
    found: list[str | None] = []
    edge = -1
    for (start, end), held in zip(spans, names, strict=True):
        before = found[-1] if edge == start else None
        if before is not None:
            held = tuple(code for code in held if _within(code, before)) or held
        if len(held) > 1:
            higher = tuple(code for code in held if code.endswith("00"))
            held = (higher if len(higher) == 1 else tuple(code for code in held if code[:2] in sure)) or held
        found.append(held[0] if len(held) == 1 else None)
        edge = end
    return found


def _within(code: str, above: str) -> bool:
    return code != above and code.startswith(above.rstrip("0") if above.endswith("0000") else above[:4])
