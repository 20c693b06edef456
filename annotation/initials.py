"""Several places by one character each, and what is a country's by its first: words in; words out, each apart.

湘鄂赣, 巴以冲突, 哈、吉、塔三国: the model takes them for people or cuts them; 美航母, 台商, 粤S牌照 for things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.countries import COUNTRY, PROVINCE
from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import UNSURE
from annotation.walk import laid

_LIMIT = {"PER": 0.9, "LOC": 0.98, "ORG": UNSURE}  # of the model's, beyond which its name stays
_ALL = f"{COUNTRY}{PROVINCE}孟柬老新马菲哈吉塔土墨智秘阿约黎也卡捷匈波荷比西葡挪瑞丹芬希塞罗保深穗汉杭甬蓉宁苏"
# Neighbours that are named together.
_TOGETHER = lexicon("initials")
_RUN = re.compile("|".join(sorted(_TOGETHER, key=lambda run: (-len(run), run))))
# Of these only the whole is a place, or a road.
_SITE = re.compile("城际|铁路|高铁|高速|公路|线|高原|走廊|边区|根据地|地区|大桥|通道|航[线班]|冀|角|经济")
_LONG = re.compile(
    f"[{COUNTRY}孟柬老新]{{3,6}}(?=经济走廊|[三四五六]国|联合军演|峰会)|[{PROVINCE}]{{3,6}}(?=[三四五六七八九]省|[交边]界)"
)
_MARKED = re.compile(
    f"(?<![一-龥])(?:[{_ALL}]、){{1,6}}[{_ALL}](?=[两二三四五六七八九]?(?:国|省|省区|省市|地)(?![家际内道]))"
)
# What belongs to a country.
_OWN = re.compile(
    "[美英法德俄日韩朝印越菲伊叙乌台澳以](?:外长|防长|财长|航母|战机|军机|军舰|潜艇|国防部长|驻华大使|媒体|媒(?=[：，称报体])|船(?=又|[，、在闯靠])|商(?=[，、在投协]|[一-龥]先生)|资企业|军(?=封锁|空袭|袭击|占领|轰炸|坦克|士兵|发言人|炮击|撤出|进攻|击毙|打死|入侵))"
)
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?=[A-Z](?:·|牌|[A-Z0-9]{5}(?![A-Z0-9])))"
)


def initials(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """湘|鄂|赣, 巴|以|冲突, 美|航母: a place by each character."""
    loose = {(start, end): free for start, end, free in sorted(_found(text))}

    def instead(end: int, over: Sequence[Word]) -> Sequence[Word]:
        start = over[0].start
        if not loose[start, end] and (
            over[-1].end != end or any(w.end - w.start > 1 and w.score > _LIMIT.get(w.tag, 1.0) for w in over)
        ):
            return ()
        return [Word(i, i + 1, "LOC", 0.7) if text[i] != "、" else Word(i, i + 1, "w", 0.0) for i in range(start, end)]

    return laid(words, loose, instead)


def _found(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _RUN.finditer(text):
        if not _SITE.match(text, match.end()):
            yield *match.span(), False
    for pattern in (_LONG, _MARKED):
        for match in pattern.finditer(text):
            if match[0] not in divisions().codes:
                yield *match.span(), True
    for match in _OWN.finditer(text):
        yield match.start(), match.start() + 1, True
    for match in _PLATE.finditer(text):
        yield *match.span(), True
