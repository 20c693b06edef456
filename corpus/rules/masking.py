"""Figures and words that the page hides: `营业收入*亿元`, `国j-a全`. Nothing to remove; the document is flagged."""

from __future__ import annotations

import re

_MASKED = re.compile(
    r"[\u3400-\u9fff(（,，、约达]\s*[*＊×xX]{1,4}\s*(?:[万亿千百]?[元家个名人次张户亩吨项]|万|亿|%|市|区|县|造|省)|[\u3400-\u9fff][a-z]{1,2}-[a-z]{1,2}[\u3400-\u9fff]"
    r"|[\u3400-\u9fff][*＊]{1,3}[\u3400-\u9fff]"
)


def is_masked(text: str) -> bool:
    """Does an asterisk stand for a figure or a name, or a code for a word?"""
    return bool(_MASKED.search(text))
