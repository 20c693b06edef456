"""Traditional characters to Simplified, one for one, and whether a machine had made them from Simplified.

OpenCC does the characters and its phrases; what it leaves because Traditional distinguishes two words (著, 瞭, 藉) is
decided here by the word it stands in.
"""

from __future__ import annotations

import re
from functools import cache
from operator import ne

import numpy as np
from opencc import OpenCC

from corpus.characters import CharacterClass, Mask, codes_of, han_in, table_with
from corpus.records import Script
from corpus.spans import AlignedText

# 著 is zhù (write, notable) in these; elsewhere it is the particle 着.
_ZHU = re.compile(
    r"著(?<![显卓昭土原名专论编合译遗新旧近拙巨所撰共较知校]著)(?![名作称述者录])(?!有?[^，。,；;\n]{0,8}[《〈])(?!等身|书立说|书者|[)）]|$)",
    re.M,
)
_WORDS = (
    ("著", _ZHU, "着"),
    ("瞭", re.compile("瞭(?![望哨])"), "了"),
    ("藉", re.compile("藉(?<![狼慰蕴枕藉]藉)(?![藉田])"), "借"),
)
# Both standards of Traditional accept these, so they say nothing about a machine.
_VARIANTS = frozenset("著着裏裡裹為爲衛衞衆眾羣群峯峰麪麵臺台綫線産產說説僞偽啓啟牀床鈎鉤繮韁絶絕鷄雞秘祕強强録錄")
_ENOUGH = 1_000  # characters


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
def _variants() -> Mask:
    return table_with(_VARIANTS)


@cache
def _by_script() -> tuple[Mask, Mask]:
    """Tables of the characters that only Traditional uses, and of those that only Simplified uses."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    simplified = "".join(map(_one, han))
    traditional_only = {t for t, s in zip(han, simplified, strict=True) if t != s}
    simplified_only = {s for t, s in zip(han, simplified, strict=True) if t != s} - traditional_only
    # 后, 里, 干 and their like are words in Traditional too.
    simplified_only = {s for s in simplified_only if _converter("s2t").convert(s) != s}
    simplified_only -= set("后里干余于云台谷范系只几丑斗向回面松须卜沈冬当伙家曲仆朱表克致奸并")
    return table_with(traditional_only), table_with(simplified_only)


_TRADITIONAL = CharacterClass(lambda: _by_script()[0])
_SIMPLIFIED = CharacterClass(lambda: _by_script()[1])


def simplify(page: AlignedText) -> tuple[AlignedText, Script]:
    """The page in Simplified characters, and the script it was in."""
    text = page.text
    traditional = _TRADITIONAL.count(text)
    # Few Traditional characters are names and quotations; nearly every page has none.
    if not traditional or traditional * 50 < han_in(text) or traditional < _SIMPLIFIED.count(text):
        return page.substitute(_particles(text)) if "著" in text else page, "hans"
    simplified = to_simplified(text)
    script: Script = "hant-converted" if _by_machine(text, simplified) else "hant"
    return page.substitute(_particles(simplified)), script


def _particles(text: str) -> str:
    for character, pattern, particle in _WORDS:
        if character in text:
            text = pattern.sub(particle, text)
    return text


def _by_machine(text: str, simplified: str) -> bool:
    """Does the text keep Simplified forms (于, 并, 关系 as 關系) where a writer of Traditional would not?"""
    # A part from the middle tells enough, and is the article rather than what stands around it.
    start = max(0, (len(text) - _ENOUGH) // 2)
    text, simplified = text[start : start + _ENOUGH], simplified[start : start + _ENOUGH]
    proper: str = _converter("s2t").convert(simplified)
    if len(proper) != len(text):
        return False
    codes, proper_codes = codes_of(text), codes_of(proper)
    variants = _variants()
    slips = (codes != proper_codes) & ~(variants[codes] & variants[proper_codes])
    return bool(np.count_nonzero(slips) * 100 > sum(map(ne, text, simplified)))


def as_written(page: AlignedText) -> AlignedText:
    """The text with the Han characters of its raw page, where another one of the other script stands for them."""
    characters = list(page.text)
    for start, raw_start, length in page.runs:
        for offset, raw in enumerate(page.raw[raw_start : raw_start + length]):
            if raw != characters[start + offset] and "\u3400" <= raw <= "\u9fff":
                characters[start + offset] = raw
    return page.substitute("".join(characters))


def written(page: AlignedText, words: str | None) -> str | None:
    """`words` of the page's text as they stand in its raw page; as they are where they do not stand there whole."""
    start = page.text.find(words) if words else -1
    if words is None or start < 0:
        return words
    raw_start, raw_end = page.to_raw(start, start + len(words))
    return page.raw[raw_start:raw_end] if raw_end - raw_start == len(words) else words
