"""Figures and words that the page hides: `营业收入*亿元`, `国j-a全`. Nothing to remove; the document is flagged."""

from __future__ import annotations

import re

from corpus.characters import CharacterClass

_MARK, _BEFORE = CharacterClass("[*＊×xX-]"), CharacterClass(r"[\u3400-\u9fff(（,，、a-z]")
# The mark comes first, so that the search skips from mark to mark; then what stands before it.
_MASKED = re.compile(
    r"""[*＊×xX] (?: (?<=[\u3400-\u9fff(（,，、].) | (?<=[\u3400-\u9fff(（,，、]\ .) )    # a figure, before its unit
        [*＊×xX]{0,3} \ ? (?: [万亿千百]?[元家个名人次张户亩吨项] | [万亿%％市区县造省] )
      | [*＊] (?<=[\u3400-\u9fff].) [*＊]{0,2} [\u3400-\u9fff]                       # a part of a name
      | - (?<=[\u3400-\u9fff][a-z].) [a-z]{1,2} [\u3400-\u9fff] (?<!a-z.)            # two syllables by their letters
      | - (?<=[\u3400-\u9fff][a-z][a-z].) [a-z]{1,2} [\u3400-\u9fff]""",
    re.X,
)
_EMPHASIS = re.compile(r"\*\*[^*\n]{1,200}\*\*")  # Markdown's


def is_masked(text: str) -> bool:
    """Does an asterisk stand for a figure or a name, or a code for a word?"""
    if not _MARK.is_in(text):
        return False
    before = _BEFORE.where(text)
    before[1:] |= before[:-1]  # one character may stand between
    if not (_MARK.where(text)[1:] & before[:-1]).any():
        return False
    if "**" in text:
        text = _EMPHASIS.sub("", text)
    return bool(_MASKED.search(text))
