"""Readings in parentheses after the characters they belong to, also split and doubled: `创新(chuàngxīn)`, `了(le)(le)`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus.spans import AlignedText, Proposal

RULE = "pinyin"

_IN_PARENTHESES = re.compile(r"[(（]\s*([A-Za-z\u00c0-\u024f\u0300-\u030c\u1e00-\u1eff'’· -]{1,80}?)\s*[)）]")
_TONES = re.compile(r"[\u0300\u0301\u0304\u030c]")
_SYLLABLES = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:iang|iong|uang|ang|eng|ian|iao|ing|ong|uai|uan|van|ai|an|ao|ei|en|er|ia|ie|in|iu"
    r"|ou|ua|ue|ui|un|uo|ve|vn|a|e|i|o|u|v)|m|n|ng)+"
)


def pinyin(page: AlignedText) -> Iterator[Proposal]:
    """Parenthesised pinyin with tone marks; without them only where the page has readings and one stands just before."""
    found: list[tuple[int, int, bool]] = []
    for match in _IN_PARENTHESES.finditer(page.text):
        letters = unicodedata.normalize("NFD", match[1].lower())
        toned = bool(_TONES.search(letters))
        letters = re.sub(r"[\s'’·-]", "", _TONES.sub("", letters)).replace("u\u0308", "v").replace("ü", "v")
        if letters and _SYLLABLES.fullmatch(letters):
            found.append((match.start(), match.end(), toned))
    toned_readings = sum(toned for _, _, toned in found)
    for start, end, toned in found:
        after_han = start > 0 and ("\u3400" <= page.text[start - 1] <= "\u9fff" or page.text[start - 1] in ")）")
        if after_han and (toned or toned_readings >= 3):
            yield Proposal(start, end, RULE)
