"""Railways, roads, rivers and campuses, by what is said of them (落脚河|沿岸): words in; words out, each one place.

The model has seen the great ones; the others it cuts where it meets a common word in them (成|昆线, 对落脚河|沿岸).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.countries import PROVINCE
from annotation.groups import Word
from annotation.mending import NAMED, RULE, UNSURE
from annotation.walk import laid

# Railways and roads by the first characters of what they join.
_ENDS = f"{PROVINCE}杭甬深广穗汉昆蓉兰陇海包成福厦株柳焦枝襄洛连石太济青郑合武九秦同胶哈大长图滨绥沈丹邯内怀南番"
_LINE = re.compile(
    f"(?<=[{_ENDS}]{{2}})(?:城际铁路|铁路|高铁|高速公路|高速(?![发增运行推成扩列])|公路|线(?![索路条下人上段缆程])|线(?=上[，的、]))"
)
_NO_LINE = frozenset(("连成", "成长", "大同", "青海", "长大", "南海", "大海", "广大", "内海", "海内", "海南", "青岛"))
# A river by what only a river has.
_RIVER = re.compile("[河江湖溪](?=沿岸|两岸|水位|干流|上游|下游|中游|河道|河段|湖面|水质|入[海河江湖]口)")
_BEFORE = "对沿在从到把向自过将被让和与及的是有为跨了于"
_NO_RIVER = re.compile(
    "[这那一二三四五六七八九十两几每各条座个主支全该某此其小大内江河湖我本与和着过来去里上下]|运$|护城$|[黑臭]|城市|农村|重点|省内|省级|入"
)
_HAN = re.compile("[一-龥]+")
# A school's grounds: 南大|鼓楼校区.
_CAMPUS = re.compile("(?<=[一-龥]{2})[校院]区")
_NO_CAMPUS = re.compile("[新老旧各大全本主分两三四多东西南北中我在到从回个的]$|学校|大学|学院|高校|中小")


def routes(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """成|昆线, 对落脚河|沿岸, 鼓楼|校区: one place each."""
    found = {*_lines(text), *_rivers(text), *_campuses(text)}
    if not found:
        return words
    begins = {word.start for word in words}
    # By where its first word begins: one character before, where a river's name may stand inside.
    spans = {(start - (inside and start not in begins), end): start for start, end, inside in sorted(found)}

    def instead(end: int, over: Sequence[Word]) -> Sequence[Word]:
        first, last = over[0], over[-1]
        start = spans[first.start, end]
        if last.end < end or (last.end > end and text[end] not in "上沿两"):
            return ()
        if any(word.tag in NAMED and word.score >= UNSURE for word in over) or first[:3] == (start, end, "LOC"):
            return ()
        before = [Word(first.start, start, "p", 0.0)] if first.start < start else []
        return [*before, Word(start, end, "LOC", RULE)]

    return laid(words, spans, instead)


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _LINE.finditer(text):
        start = match.start() - 2
        if text[start : start + 2] not in _NO_LINE:
            yield start, match.end(), False


def _rivers(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _RIVER.finditer(text):
        at = match.start()
        for size in (2, 3, 1):
            name = text[max(0, at - size) : at]
            if len(name) == size and _HAN.fullmatch(name) and not _NO_RIVER.search(name) and name[0] not in _BEFORE:
                yield at - size, at + 1, True


def _campuses(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _CAMPUS.finditer(text):
        for size in (3, 2):
            start = match.start() - size
            if start >= 0 and not _NO_CAMPUS.search(text[start : match.start()]):
                yield start, match.end(), False
