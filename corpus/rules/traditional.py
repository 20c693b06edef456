"""Traditional characters to Simplified, one for one, and whether a machine had made them from Simplified.

OpenCC does the characters and its phrases; what it leaves because Traditional distinguishes two words (著, 瞭, 藉) is
decided here by the word it stands in.
"""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from corpus.records import Script
from corpus.spans import AlignedText

# 著 is zhù (write, notable) in these; elsewhere it is the particle 着.
_ZHU = r"(?<![显卓昭土原名专论编合译遗新拙巨所撰])著(?![名作称述者])(?!有[^，。,；;]{0,8}[《〈])(?!等身|书立说|书者)"
_WORDS = (
    (re.compile(_ZHU), "着"),
    (re.compile(r"瞭(?!望|哨)"), "了"),
    (re.compile(r"(?<![狼慰蕴枕])藉(?!藉)"), "借"),
)
_HAN = re.compile(r"[\u3400-\u9fff]")
# Both standards of Traditional accept these, so they say nothing about a machine.
_VARIANTS = frozenset("著着裏裡裹為爲衛衞衆眾羣群峯峰麪麵臺台綫線産產說説僞偽啓啟牀床鈎鉤繮韁絶絕鷄雞秘祕强強録錄")


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def to_simplified(text: str) -> str:
    """OpenCC's Traditional to Simplified; always as long as `text`."""
    converted: str = _converter("t2s").convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(map(_one, text))


@cache
def _one(character: str) -> str:
    converted: str = _converter("t2s").convert(character)
    return converted if len(converted) == 1 else character


@cache
def _by_script() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Characters that only Traditional uses, and characters that only Simplified uses."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    simplified = "".join(map(_one, han))
    traditional_only = {t for t, s in zip(han, simplified, strict=True) if t != s}
    simplified_only = {s for t, s in zip(han, simplified, strict=True) if t != s} - traditional_only
    # 后, 里, 干 and their like are words in Traditional too.
    simplified_only = {s for s in simplified_only if _converter("s2t").convert(s) != s}
    simplified_only -= set("后里干余于云台谷范系只几丑斗向回面松须卜沈冬当伙家曲仆朱表克致奸并")
    return re.compile(f"[{''.join(sorted(traditional_only))}]"), re.compile(f"[{''.join(sorted(simplified_only))}]")


def simplify(page: AlignedText) -> tuple[AlignedText, Script]:
    """The page in Simplified characters, and the script it was in."""
    text = page.text
    traditional_only, simplified_only = _by_script()
    traditional = len(traditional_only.findall(text))
    if traditional * 50 < len(_HAN.findall(text)) or traditional < len(simplified_only.findall(text)):
        return page.substitute(_particles(text)) if "著" in text else page, "hans"
    simplified = to_simplified(text)
    script: Script = "hant-converted" if _by_machine(text, simplified, traditional) else "hant"
    return page.substitute(_particles(simplified)), script


def _particles(text: str) -> str:
    for pattern, character in _WORDS:
        text = pattern.sub(character, text)
    return text


def _by_machine(text: str, simplified: str, traditional: int) -> bool:
    """Does the text keep Simplified forms (于, 并, 关系 as 關系) where a writer of Traditional would not?"""
    proper: str = _converter("s2t").convert(simplified)
    if len(proper) != len(text):
        return False
    slips = sum(1 for a, b in zip(text, proper, strict=True) if a != b and not (a in _VARIANTS and b in _VARIANTS))
    return slips * 100 > traditional
