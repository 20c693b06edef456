"""Figures and words that the page hides: `营业收入*亿元`, `国j-a全`. Nothing to remove; the document is flagged."""

from __future__ import annotations

import re

_MASKED = re.compile(
    r"""[\u3400-\u9fff(（,，、]\ ?[*＊×xX]{1,4}\ ?                          # a figure, before its unit
          (?:[万亿千百]?[元家个名人次张户亩吨项] | [万亿%市区县造省])
      | [\u3400-\u9fff](?!a-z)[a-z]{1,2}-[a-z]{1,2}[\u3400-\u9fff]       # two syllables by their first letters
      | [\u3400-\u9fff][*＊]{1,3}[\u3400-\u9fff]                         # a part of a name""",
    re.X,
)
_EMPHASIS = re.compile(r"\*\*[^*\n]{1,200}\*\*")  # Markdown's


def is_masked(text: str) -> bool:
    """Does an asterisk stand for a figure or a name, or a code for a word?"""
    if "**" in text:
        text = _EMPHASIS.sub("", text)
    return bool(_MASKED.search(text))
