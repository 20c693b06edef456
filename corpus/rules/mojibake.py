"""UTF-8 that was read as GBK or as Latin-1, once or several times over: recognised by its bytes, removed or repaired.

Read back into the wrong encoding, mojibake gives bytes that are UTF-8 again; Chinese text hardly ever does. Rare
characters packed together say where to look, the bytes decide. It is repaired only where every byte of an unbroken
stretch reads as common Chinese after one round; never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from corpus.characters import CharacterClass, Mask, table_of, table_with
from corpus.rules.traditional import to_simplified
from corpus.spans import AlignedText, Proposal

RULE = "mojibake"

_UTF8_SEQUENCES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE = re.compile(r"[^\n]{12,}")
# Lead and continuation bytes as Latin-1 and Windows show them; some of the latter may have been lost.
_LATIN_LEAD = CharacterClass(r"[\xc2-\xf4]")
_LATIN = re.compile(
    r"[\xc2-\xf4][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]{1,3}(?:[\xc2-\xf4][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]{1,3}){3,}"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MIN_SHARE = 0.6  # of the bytes of a stretch that must be UTF-8; plain Chinese in GBK has under 0.1
_LINE_SHARE = 0.3  # of a line; then what stands between its stretches is part of the damage
_COMMON_SHARE = 0.9  # of a repaired stretch's Han characters
_LEAST_REPAIRED = 4  # characters


_LOST = r"\ue000-\uf8ff\ufffd"  # private use area, replacement character: for bytes that GBK lacks
_DENSE = 6  # rare characters
_APART = 4  # others between two of them


@cache
def _rare() -> str:
    """Han characters outside GB 2312's common level, in either script."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    simplified = to_simplified(han)
    return "".join(c for c, s in zip(han, simplified, strict=True) if not _is_common(s))


@cache
def _dense() -> re.Pattern[str]:
    """Six or more rare characters with at most four others in between."""
    rare = _rare() + _LOST
    return re.compile(f"[{rare}](?:[^{rare}\\n]{{0,{_APART}}}[{rare}]){{{_DENSE - 1},}}")


def _rare_table() -> Mask:
    return table_with(_rare()) | table_of(f"[{_LOST}]")


_RARE = CharacterClass(_rare_table)


def _may_be_dense(text: str) -> bool:
    """Do six rare characters stand close together, perhaps with a line end in between?"""
    if not _RARE.is_in(text):
        return False
    places = np.flatnonzero(_RARE.where(text))
    return bool((places[_DENSE - 1 :] - places[: 1 - _DENSE] <= (_DENSE - 1) * (_APART + 1)).any())


def _is_common(character: str) -> bool:
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= encoded[0] <= 0xD7


def mojibake(page: AlignedText) -> Iterator[Proposal]:
    """Stretches of mojibake, and the whole line where they are a large part of it; what is certain is put right."""
    text = page.text
    if _may_be_dense(text):
        dense = _dense()
        for line in _LINE.finditer(text):
            yield from _of_line(text, *line.span(), [m.span() for m in dense.finditer(text, *line.span())])
    if not _LATIN_LEAD.is_in(text):
        return
    for match in _LATIN.finditer(text):
        yield Proposal(*match.span(), RULE, _repaired(match[0], _latin_bytes) or "")


def _of_line(text: str, start: int, end: int, candidates: list[tuple[int, int]]) -> Iterator[Proposal]:
    stretches = [(low, high) for low, high in candidates if utf8_share(text[low:high]) >= _MIN_SHARE]
    if not stretches:
        return
    repairs = [
        (match.start(), match.end(), repaired)
        for match in _NOT_ASCII.finditer(text, start, end)
        if any(match.start() <= low < match.end() for low, _ in stretches)
        and (repaired := _repaired(match[0], lambda piece: piece.encode("gb18030")))
    ]
    for low, high, repaired in repairs:
        yield Proposal(low, high, RULE, repaired)
    stretches = [s for s in stretches if not any(low <= s[0] < high for low, high, _ in repairs)]
    if not repairs and sum(high - low for low, high in stretches) > _LINE_SHARE * (end - start):
        stretches = [(start, end)]
    for low, high in stretches:
        yield Proposal(low, high, RULE)


def utf8_share(text: str) -> float:
    """The share of the bytes of `text` in GBK that form multi-byte UTF-8 sequences; 0 to 1."""
    encoded = text.encode("gb18030", "ignore")
    return sum(map(len, _UTF8_SEQUENCES.findall(encoded))) / len(encoded) if encoded else 0.0


def _repaired(stretch: str, to_bytes: Callable[[str], bytes]) -> str | None:
    """What the stretch said, if one round back gives nothing but common Chinese and its marks."""
    try:
        text = to_bytes(stretch).decode("utf-8")
    except UnicodeError:
        return None
    han = _HAN.findall(to_simplified(text))
    if len(text) < _LEAST_REPAIRED or len(han) * 2 < len(text) or not text.isprintable():
        return None
    return text if sum(map(_is_common, han)) >= _COMMON_SHARE * len(han) else None


def _latin_bytes(stretch: str) -> bytes:
    """Windows-1252 as browsers have it: its five holes are the C1 controls."""
    return b"".join(c.encode("latin-1") if ord(c) < 0x100 else c.encode("cp1252") for c in stretch)
