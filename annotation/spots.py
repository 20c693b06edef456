"""Streets, bridges and hamlets that the model takes for things (嘟噜|河, 冲霄|楼): words in; words out.

The model is asked about the word alone, as where one goes: it takes 马路 of `从上海到马路。` for a thing still, and
冲霄楼 for a place. Asked is only about what ends in a word for such a place and is no common one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.asked import Ask
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE

FROM, TO = "从上海到", "。"
SURE = 0.4  # of the model
_ENDS = frozenset("路街巷桥寺庙峰岭河湖江山岛庄村镇乡屯沟坡坪湾港口关塔亭楼阁苑里坊洲渡塘潭泉溪峡谷崖滩宫庵观")
_KIND = frozenset(("n", "nz", "v", "a", "vn", "q", "f", "s"))
_HAN = re.compile("[一-龥]{3,4}")
_COMMON = re.compile(
    r"(?:单行|柏油|水泥|石板|盘山|高速|环城|林荫|沥青|砂石|泥|土|山|弯|快速|人行|机动车|乡村|进村|回家|上坡|下坡|铁)路"
    r"|(?:步行|小吃|美食|商业|酒吧|老)街|(?:[一二三四五六七八九十][号星层]|教学|办公|宿舍|写字|居民|航站|住院|门诊|筒子|烂尾|大|小)楼|(?:独木|立交|天|石|木|铁|浮|吊|小)桥"
    r"|(?:路|出|入|门|窗|井|洞|巷|村|街|胡同|十字路|三岔路|窗|收费|检票|登机|进站|安检|风|渡)口|.*(?:家|城|乡|屋|心|夜|梦|水|山|村|手|嘴|眼|怀|口袋|房|车|院|店|校|厂|河|湖|江|海)里"
    r"|[小大老新古旧本邻全外内].|.*(?:山村|渔村|小镇|故乡|家乡|老乡|同乡|他乡|下乡|水乡|火山|冰山|雪山|江山|泰山|河山|茶山|矿山|荒山|人山|靠山|海湾|港湾|奖杯|渠道)"
)
_NO_SPOTS = lexicon("common_spots")
_COUNTED = re.compile("[个座这那哪条十百千万两三四五六七八九几某各每张口道里片首出部杯碗支]$")


def spots(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """嘟噜|河, 冲霄|楼: a word, or two, that ends as places do and of which the model says that one goes there."""
    found = list(words)
    wanted = [i for i, (_, end, tag, _) in enumerate(words) if tag in _KIND and text[end - 1] in _ENDS]
    for index in reversed(wanted):
        start, end = words[index].start, words[index].end
        first = index
        if end - start == 1 and index and words[index - 1].end == start and words[index - 1].tag in _KIND:
            first -= 1
            start = words[first].start
        if (
            _HAN.fullmatch(text, start, end)
            and not _COMMON.fullmatch(text, start, end)
            and text[start:end] not in _NO_SPOTS
            and not _COUNTED.search(text[max(0, start - 1) : start])
        ):
            name = text[start:end]
            at = len(FROM)
            answer = ask(f"{FROM}{name}{TO}")
            if any((a, b, label) == (at, at + len(name), "LOC") and score >= SURE for a, b, label, score in answer):
                found[first : index + 1] = [Word(start, end, "LOC", RULE)]
    return found
