"""Shops, inns and schools named by plain words (三棱|书屋, 蒲公英|邮局), as tales name them: words in; words out.

The model takes such a name for the thing that it says (音乐酒吧 is one). It is asked about the word before alone, as a
company: it hears one in 三棱公司, and none in 音乐公司. Each house is an ORG.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from annotation.asked import Ask
from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import alternatives
from annotation.mending import NAMED, RULE, UNSURE
from annotation.openings import matches
from annotation.sounds import COUNTRIES, abroad
from annotation.walk import Walk

_HAN = re.compile("[一-龥]+")
COMPANY, SPEAKS = "公司", "说："
SURE, ALONE, SPEAKER = 0.12, 0.2, 0.5  # of the model: that it is a company's name, that it is a person's
_HOUSE = re.compile(rf"(?:{alternatives('houses')})(?![生们牌片词语费业界课员主长])")
# What only a house has; what stands before it is its name, without a word for what it is.
_STAFF = re.compile(r"(?:的)?(?:账房|掌柜|伙计|跑堂|厨子|招牌|东家|少东家|门面|铺面|仓库|分号|总号|老字号|字号)")
_OLD = frozenset("号记斋堂")  # how the old ones end
_INSIDE = frozenset(("n", "nz", "nw", "vn", "an", "a", "m", "v", "LOC", "PER", "ORG", "TIME", "q"))
_NO_STEM = re.compile(
    r"[的了着过在到往去从叫是把被给对向和与跟这那哪每各某几数本该]|[边口角旁里上下外前后味式型种级类用营立办家]$|^[一二两三四五六七八九十几半][个家间所座爿片条]"
    r"|^(?:露天|皮影|美发|双语|黑白|流动|连锁|网红|老字号|中心|希望|附属|实验|百年|农民工|子弟|职工|机关|部队|工厂|公社|大队|社区|小区|城乡|城镇|乡镇)"
)


def houses(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """三棱|书屋, 向日葵小学: a house whose word before is one that a company would bear."""
    found = [match.span() for match in matches(_HOUSE, text)]
    found += [(match.start(), match.start()) for match in matches(_STAFF, text)]
    if not found:
        return words
    starts = [word.start for word in words]
    spans: dict[int, int] = {}  # the end of each by the number of its first word
    for start, end in found:
        last = bisect_left(starts, end) - 1
        if last < 0 or words[last].end != end or (words[last].tag in NAMED and words[last].score > UNSURE):
            continue
        sure = {
            index: _is_borne(text[words[index].start : start], start == end, ask)
            for index in _stems(text, words, bisect_right(starts, start - 1) - 1, start)
        }
        if borne := [index for index, score in sure.items() if score > 0]:
            spans[max(borne, key=lambda index: (words[index].tag != "v", sure[index]))] = end
    walk = Walk(words, sorted(spans))
    for word in walk:
        walk.take(word.start, spans[walk.index], "ORG", RULE)
    return walk.made


def _stems(text: str, words: Sequence[Word], index: int, end: int) -> Iterator[int]:
    """The numbers of the words that a name before `end` may begin with; the word of that number covers its last one."""
    cursor = end
    while index >= 0 and end - words[index].start < 5 and words[index].tag in _INSIDE:
        word = words[index]
        if cursor != end and word.end != cursor:
            return
        stem = text[word.start : end]
        if stem in divisions().codes or stem in COUNTRIES or stem in abroad():
            return
        verb = word.tag == "v" and word.end - word.start == 1
        if len(stem) > 1 and not verb and _HAN.fullmatch(stem) and not _NO_STEM.search(stem):
            yield index
        cursor = word.start
        index -= 1


def _is_borne(stem: str, alone: bool, ask: Ask) -> float:
    """How sure the model is that a company bears that name, or a person; 0 where it is not."""
    company = _said(stem, COMPANY, "ORG", len(stem) + len(COMPANY), ask)
    if alone:
        return company if company >= (SURE if stem[-1] in _OLD else ALONE) else 0.0
    person = _said(stem, SPEAKS, "PER", len(stem), ask)
    return max(company if company >= SURE else 0.0, person if person >= SPEAKER else 0.0)


def _said(stem: str, after: str, label: str, size: int, ask: Ask) -> float:
    return next((score for start, end, tag, score in ask(stem + after) if (start, end, tag) == (0, size, label)), 0.0)
