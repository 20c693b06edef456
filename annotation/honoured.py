"""People whose name a prize or a collection of works carries (张承志|文集, 蒲松龄|短篇小说奖): words in, words out.

The model takes the whole for a title. It is asked about what stands before that last word, as somebody who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.asked import Ask
from annotation.groups import Word
from annotation.mending import NAMED, RULE
from annotation.openings import matches
from annotation.speakers import speaks

SURE = 0.6  # of the model
_CARRIES = re.compile(
    "(?:[文全选][集]|文选|文存|评传|年谱|家书|日记|书信|自传|回忆录|诗选|散文选|作品选)(?=[》〉”])"
    "|(?:文学|长篇小说|短篇小说|小说|诗歌|散文|戏剧|科学|科技|医学|物理学|化学|和平|经济学|新闻|出版|数学|建筑|桥梁)奖"
)
_HAN = re.compile("[一-龥]{2,4}")


def honoured(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """《川端康成文集》, 诺贝尔|文学奖: who is named there is a person."""
    ends = [match.start() for match in matches(_CARRIES, text)]
    if not ends:
        return words
    found = list(words)
    for end in ends:
        index = next((i for i in range(len(found) - 1, -1, -1) if found[i].start < end), None)
        if index is None or (found[index].tag in NAMED and found[index].end == end):
            continue
        last = found[index]
        first = index
        while first and end - found[first].start < 3 and found[first - 1].end == found[first].start:
            first -= 1  # 茅以|升
        heard = [
            (speaks(text[found[i].start : end], ask), i)
            for i in range(first, index + 1)
            if _HAN.fullmatch(text, found[i].start, end) and found[i].tag not in NAMED
        ]
        sure, first = max(heard, default=(0.0, 0))
        if sure < SURE:
            continue
        rest = [Word(end, last.end, "n", 0.0)] if last.end > end else []
        found[first : index + 1] = [Word(found[first].start, end, "PER", RULE), *rest]
    return found
