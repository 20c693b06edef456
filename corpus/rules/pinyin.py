"""Readings in parentheses after their characters, also split and doubled: `创新(chuàngxīn)`, `了(le)(le)`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import numpy as np

from corpus.characters import CharacterClass
from corpus.spans import AlignedText, Proposal

RULE = "pinyin"

# ɑ and ɡ, the breve and the apostrophes are what pages write for a, g, the third tone and the syllable border.
_LETTER = r"[A-Za-z\u00c0-\u024f\u0251\u0261\u0300-\u030c\u1e00-\u1eff'’· -]"
_IN_PARENTHESES = re.compile(rf"[(（]({_LETTER}{{1,80}})[)）]")
_OPENS, _IS_LETTER = CharacterClass("[(（]"), CharacterClass(_LETTER)
_TONES = re.compile("[\u0300\u0301\u0304\u0306\u030c]")
_BORDERS = re.compile(r"[\s'’·-]+")
_LETTERS = str.maketrans({"ɑ": "a", "ɡ": "g"})
_GKH = "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"
_JQX = "i ia ian iang iao ie in ing iong iu u uan ue un"
_ZCS = "a ai an ang ao e ei en eng i ong ou u uan ui un uo"
_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    **dict.fromkeys(("g", "k", "h"), _GKH),
    **dict.fromkeys(("j", "q", "x"), _JQX),
    **dict.fromkeys(("z", "c", "s"), _ZCS),
    **dict.fromkeys(("zh", "ch", "sh"), f"{_ZCS} ua uai uang"),
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ao ei en eng o u",
}
_SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
_LONGEST_SYLLABLE = 6
# Syllables that carry no tone: particles, suffixes and second halves of words.
_WITHOUT_TONE = (
    "ba bian bo chu dao de di duo fang fu ga ge guo hu huo jia lai la le li liang "
    "lou ma me men mian na ne nen pi qi qian qu ren sao sha shang shen sheng shi shou shu "
    "si tai tou wa wang wo wu xi xia xiang xin ya yi zhe zhi zhang zi zo"
)
_NEUTRAL = frozenset(_WITHOUT_TONE.split())
_LEAST_TONED = 3


def pinyin(page: AlignedText) -> Iterator[Proposal]:
    """Parenthesised pinyin with tone marks; without them only particles and suffixes, where the page has readings."""
    text = page.text
    if not _OPENS.is_in(text):
        return
    found: list[tuple[int, int, bool]] = []
    for start in np.flatnonzero(_OPENS.where(text)[:-1] & _IS_LETTER.where(text)[1:]).tolist():
        if not (match := _IN_PARENTHESES.match(text, start)):
            continue
        letters = unicodedata.normalize("NFD", match[1]).translate(_LETTERS)
        toned = bool(_TONES.search(letters))
        letters = _BORDERS.sub("", _TONES.sub("", letters)).replace("u\u0308", "v")
        if not toned and letters not in _NEUTRAL:
            continue
        syllables = _count_syllables(letters.lower())
        if syllables and _has_word_for(text, match.start(), syllables):
            found.append((match.start(), match.end(), toned))
    readings = sum(toned for _, _, toned in found)
    for start, end, toned in found:
        if toned or readings >= _LEAST_TONED:
            yield Proposal(start, end, RULE)


def _has_word_for(text: str, place: int, syllables: int) -> bool:
    """Does a word as long as its reading stand before `place`, or its last part after a reading of the first?"""
    start = place
    while start > 0 and place - start < syllables and "\u3400" <= text[start - 1] <= "\u9fff":
        start -= 1
    return place - start == syllables or (start > 0 and text[start - 1] in ")）")


@cache
def _count_syllables(letters: str) -> int:
    """Into how few syllables the letters fall, a final r (huār) counted with its syllable; 0 if they do not."""
    fewest = {0: 0}
    for end in range(1, len(letters) + 1):
        counts = [
            fewest[start] + 1
            for start in range(max(0, end - _LONGEST_SYLLABLE - 1), end)
            if start in fewest and _is_syllable(letters[start:end])
        ]
        if counts:
            fewest[end] = min(counts)
    return fewest.get(len(letters), 0)


def _is_syllable(letters: str) -> bool:
    return letters in _SYLLABLES or (letters.endswith("r") and letters[:-1] in _SYLLABLES)
