"""Names of Tibetans, Mongols and Uyghurs, which are joined from words (扎西|旺堆, 阿不|都): words in, words out.

The model knows few of those words and cuts the names. Two of them side by side are a name; one alone is, where it means
nothing else in Chinese and no place is named by it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.groups import Word
from annotation.lexicon import alternatives, lexicon
from annotation.mending import RULE
from annotation.walk import Walk

_ONE = alternatives("joined_names")
_MORE = alternatives("joined_too")
_ALL = lexicon("joined_names") | lexicon("joined_too")
# Where one may begin.
_BEGINS = re.compile(
    f"[{''.join(sorted({name[0] for name in _ALL}))}](?=[{''.join(sorted({name[1] for name in _ALL}))}])"
)
_PLACE = re.compile("[县州镇乡村寺山河湖江区市旗盟路街桥峰站店营滩沟岭泊花]|草原|拉康|机场|牧场|德勒")
_LETS = re.compile("[他她它我你咱人这那大自]")  # 这才让|她明白
_JOINED = re.compile(rf"(?:{_ONE}|{_MORE}){{2,4}}|(?:{_ONE})")


def joined(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """扎西|旺|堆, 热依|扎: what is made of words of names alone is a name, where words end there too."""
    starts = {match.start() for match in _BEGINS.finditer(text) if _JOINED.match(text, match.start())}
    if not starts:
        return words
    walk = Walk(words, [index for index, word in enumerate(words) if word.start in starts])
    for word in walk:
        found = _JOINED.match(text, word.start)
        stop = found.end() if found is not None else 0
        if word.end > stop or stop not in walk.ends or (word.tag == "PER" and word.end == stop):
            continue
        if text[word.start : stop] == "才让" and _LETS.match(text, stop):
            continue
        if "·" not in (text[word.start - 1 : word.start], text[stop : stop + 1]) and not _PLACE.match(text, stop):
            walk.take(word.start, stop, "PER", RULE)
    return walk.made
