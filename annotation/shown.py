"""The text as models and grammars of names are shown it: a text in; as many characters, in calmer form, out.

Posts set spaces where prose has commas, and the grammars are written in Simplified characters. One character stands for
one, so that offsets stay.
"""

from __future__ import annotations

import re
from functools import cache

_HAN = "\u3400-\u9fff"
_PAUSE = re.compile(f"(?<=[{_HAN}][{_HAN}])[ \u3000](?=[{_HAN}][{_HAN}])")


@cache
def _to_simplified() -> dict[int, str]:
    """Each character that no Simplified text has, and its Simplified form; 乾 and 著, which both have, stay."""
    from opencc import OpenCC

    every = list(map(chr, range(0x3400, 0xA000)))
    pairs = zip(every, OpenCC("t2s").convert("\n".join(every)).split("\n"), strict=True)  # one call: twice as fast
    return {ord(char): simple for char, simple in pairs if simple != char and len(simple) == 1 and not _is_common(char)}


def _is_common(char: str) -> bool:
    """Whether the character is of the set for Simplified texts (GB/T 2312-1980)."""
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@cache
def _not_simplified() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _to_simplified()))}]")


def simplified(text: str) -> str:
    """The text with Simplified characters, one for one."""
    if text.isascii() or _not_simplified().search(text) is None:  # a tenth of the time that `translate` takes
        return text
    return text.translate(_to_simplified())


def paused(text: str) -> str:
    """The text with a comma for each single space between words in Chinese characters: 刚下飞机，重庆下雪了.

    Names are not written so; 王 强, set in columns, keeps its space.
    """
    return _PAUSE.sub("，", text) if " " in text or "\u3000" in text else text
