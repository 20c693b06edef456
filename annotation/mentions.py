"""Other names of what a text has named: its aliases, its brands, its neighbours in a list, and itself again.

In: a text with its borders (`Edges`) and the organizations found so far. Out: further ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.companies import NO_COMPANY
from annotation.names import BRAND, DEPARTMENT, GENERIC, INDUSTRY, LAST, Edges, Name, covered
from annotation.occurrences import occurrences

_ALIAS = re.compile(
    r"[（(](?:以?下简?称|简称|下称|以下称|又称|原名|原称|曾用名|原|前身为|即)?(?:为)?[:：]?[“\"「]?([^（）()，。；“”\"「」\n]{2,16}?)[”\"」]?(?:或[“\"][^”\"]{2,12}[”\"])?[）)]"
)

_ALIAS_WORD = re.compile(r"下?称|简称")


def aliases(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """The short name in parentheses after a full one, or after 以下简称."""
    text = edges.text
    for name in found:
        match = _ALIAS.match(text, name.end)
        if match is None:
            continue
        alias, full = match[1], text[name.start : name.end]
        said = _ALIAS_WORD.search(match[0]) is not None
        if alias in ("公司", "本公司", "集团", "上市公司", "发行人", "标的公司", "甲方", "乙方") or alias.isdigit():
            continue
        if GENERIC.fullmatch(alias):
            continue
        if said or _abbreviates(alias, full) or (LAST.search(alias + " ") and not GENERIC.fullmatch(alias[:-2])):
            yield Name(match.start(1), match.end(1), "alias")


def _abbreviates(short: str, full: str) -> bool:
    """Whether the characters of `short` stand in `full` in their order."""
    rest = iter(full)
    return len(short) < len(full) and all(char in rest for char in short)


_CORE_END = re.compile(
    rf"(?:[（(][^（）()]*[）)]|股份|有限|责任|公司|集团|控股|(?:{INDUSTRY})|工程|技术|服务|管理|工业|商业|文化|贸易|供应链|产业|设备|系统|精密|计算|制造|供应)+$"
)


def again(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """Every other mention of what was found, and the brands of full company names."""
    text = edges.text
    taken = covered(found)
    wanted: dict[str, str] = {}
    for name in found:
        full = text[name.start : name.end]
        if name.kind == "listed" or not name.sure:
            continue
        if len(full) > 2 or name.kind in ("alias", "government"):
            wanted[full] = "again"
        if name.kind == "legal" or full.endswith(("集团", "银行", "公司")):
            for brand in _brands_of(edges, name):
                if not NO_COMPANY.fullmatch(brand) and not GENERIC.fullmatch(brand):
                    wanted.setdefault(brand, "brand")
    for full in list(wanted):
        if (match := DEPARTMENT.search(full)) is not None and match.end() == len(full):
            wanted.setdefault(match[0], "department")
    for words, at in occurrences(text, wanted):
        end, kind = at + len(words), wanted[words]
        if taken.isdisjoint(range(at, end)) and _stands_alone(edges, at, end, kind):
            yield Name(at, end, "again" if kind == "again" else "brand")
    for match in DEPARTMENT.finditer(text):
        if match[0] in wanted and match.start() not in taken and _stands_alone(edges, *match.span(), "department"):
            yield Name(*match.span(), "again")


def _brands_of(edges: Edges, name: Name) -> Iterator[str]:
    """What a company's full name may be shortened to: without its place, its branch and its legal form."""
    text = edges.text
    start = name.start
    while (place := edges.by_start.get(start)) is not None and place.end < name.end:
        start = place.end
    full, whole = text[start : name.end], text[name.start : name.end]
    bare = re.sub(r"[（(][^（）()]*[）)]", "", full)
    cut = re.sub(r"(?:股份)?(?:有限责任公司|有限公司)$|集团(?:股份)?(?:有限)?公司$|公司$", "", bare)
    if 3 <= len(cut) < len(whole):
        yield cut
    if cut.endswith("集团") and len(cut) > 4:
        yield cut[:-2]
    for size in (6, 5, 4):
        if size < len(cut):
            match = re.search(rf"(?:{INDUSTRY})$", cut[:size])
            if match is not None and match.start() >= 2:
                yield cut[:size]
    core = _CORE_END.sub("", bare)
    if 3 <= len(core) <= 6:
        yield core
        if start > name.start:
            yield text[name.start : start] + core


def _stands_alone(edges: Edges, start: int, end: int, kind: str) -> bool:
    """Whether the borders are borders of words, and nothing before makes a class of it."""
    text, words = edges.text, edges.words
    if kind == "department" and text[start - 1 : start] in tuple("各市省区县州旗级门等0123456789一二三四五六七八九十"):
        return False
    if text[start - 1 : start] in tuple("各0123456789"):
        return False
    if start in edges.zoned or end - 1 in edges.zoned:
        return False  # 云药 in 东港云药科技城
    starts = words.starts_at(start) or start in edges.by_end
    return (starts and words.ends_at(end)) or (kind == "again" and len(text[start:end]) > 3)


# “新声科技”和“蓝鲸数据”: beside a name in quotes, another.
_BETWEEN_QUOTES = re.compile(r"[”\"」](?:、|和|与|及|以及)?[“\"「]([^”\"」、，。]{2,8})[”\"」]")

_END_OF_ITEM = re.compile(r"[、，。；：\n（）()“”]|和|与|以及|及|等")

_START_OF_ITEM = re.compile(
    r".*(?:[、，。；：\n（）()“”的]|包括|其中|以及|为|有|由|与|和|是|向|对|给|在|如)", re.DOTALL
)


def listed(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """A name between 、 in a list of organizations, or before the first of them."""
    text = edges.text
    starts, ends = {name.start for name in found}, {name.end for name in found}
    taken = covered(name for name in found if name.kind != "model")
    for end in sorted(ends):
        if (quotes := _BETWEEN_QUOTES.match(text, end)) is not None:
            yield from _item(edges, quotes.start(1), quotes.end(1), taken)
        if text[end : end + 1] != "、":
            continue
        stop = _END_OF_ITEM.search(text, end + 1, end + 13)
        if stop is None:
            continue
        after = stop.start()
        sure = text[after] in "、和与" and after + 1 in starts
        if sure or (text[after] in "等、" and len(ends.intersection(range(end - 39, end + 1))) > 1):
            yield from _item(edges, end + 1, after, taken)
    for start in sorted(starts):
        if start and text[start - 1] == "、":
            item = _START_OF_ITEM.match(text, max(0, start - 12), start - 1)
            if item is not None:
                yield from _item(edges, item.end(), start - 1, taken)


def _item(edges: Edges, start: int, end: int, taken: set[int]) -> Iterator[Name]:
    words = edges.words
    if not 2 <= end - start <= 8 or any(i in taken for i in range(start, end)):
        return
    index = words.index_at(start)
    pieces = [word for word in words.all[index : index + 6] if start <= word.start and word.end <= end]
    if not pieces or pieces[0].start != start or pieces[-1].end != end:
        return
    place = edges.by_start.get(start)
    if place is not None and place.end == end:
        return
    tags = [word.tag for word in pieces]
    brand = BRAND.search(edges.text[start:end])
    branch = brand is not None and brand.end() == end - start and brand.start() > 1
    name = edges.text[start:end]
    if GENERIC.fullmatch(name) or NO_COMPANY.fullmatch(name):
        return
    if all(tag in ("n", "nz", "nw", "LOC", "PER", "ORG", "vn", "v", "a", "ad") for tag in tags) and (
        branch or any(tag in ("nz", "ORG", "nw") for tag in tags) or (len(tags) > 1 and "LOC" in tags)
    ):
        yield Name(start, end, "listed")
