"""Half-width punctuation back to full-width beside Chinese, one for one; numbers, addresses and Latin keep theirs."""

from __future__ import annotations

import re

import numpy as np

from corpus.characters import CharacterClass, Codes, codes_of, table_of, text_of
from corpus.spans import AlignedText

_WIDE = r"\u3400-\u9fff\u3000-\u303f“”‘’…—，。、；：？！（）％%"
_MARK, _PARENTHESIS = CharacterClass(r"[,;:?!]"), CharacterClass(r"[()]")
_END = ord("\n")
_PARENTHESES = re.compile(r"[()\n]")
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\uffef,;:?!()]+(?:[,;:?!()]+[^\s\u3000-\uffef,;:?!()]+)*", re.I)
_FULL = np.arange(0x110000, dtype=np.int32)
_FULL[codes_of(",;:?!()")] = codes_of("，；：？！（）")
_LONGEST_ASIDE = 300


def full_width(page: AlignedText) -> AlignedText:
    """Marks that touch a Han character or full-width mark on either side; parentheses by pairs."""
    text = page.text
    codes = codes_of(text)
    kept = [match.span() for match in _URL.finditer(text)] if "://" in text or "www." in text.lower() else []

    def in_an_address(place: int) -> bool:
        return any(start <= place < end for start, end in kept)

    places = [
        place
        for place in _marks_beside_chinese(text, codes)
        if not (kept and in_an_address(place)) and not (text[place - 1 : place].isascii() and _is_latin(text, place))
    ]
    if _PARENTHESIS.is_in(text):
        places += [place for place in _parentheses(_widened(codes, places)) if not in_an_address(place)]
    return page.substitute(_widened(codes, places)) if places else page


def _widened(codes: Codes, places: list[int]) -> str:
    codes = codes.copy()
    codes[places] = _FULL[codes[places]]
    return text_of(codes)


def _marks_beside_chinese(text: str, codes: Codes) -> list[int]:
    """Marks with Chinese before or after them, perhaps over a space, or with a letter or digit before a line's end."""
    if not _MARK.is_in(text):
        return []
    places = np.flatnonzero(_MARK.where(text))
    padded = np.full(len(codes) + 4, _END, np.int32)
    padded[2:-2] = codes
    second_before, before, after, second_after = (padded[places + shift] for shift in (0, 1, 3, 4))
    wide = table_of(f"[{_WIDE}]")
    in_time = (before == ord("%")) & (codes[places] == ord(":")) & table_of(r"\d")[after]
    beside = (wide[before] & ~in_time) | wide[after]
    over_space = ((before == ord(" ")) & wide[second_before]) | ((after == ord(" ")) & wide[second_after])
    at_end = table_of("[A-Za-z0-9]")[before] & (after == _END)
    found: list[int] = places[beside | over_space | at_end].tolist()
    return found


def _is_latin(text: str, place: int) -> bool:
    """Does the mark end a Latin quotation in Chinese quotation marks, or a line without Chinese?"""
    if place == 0:
        return False
    after = text[place + 1 : place + 2]
    if after in ("”", "’"):
        start = text.rfind("“" if after == "”" else "‘", max(0, place - _LONGEST_ASIDE), place)
    elif after in ("", "\n"):
        start = max(text.rfind("\n", 0, place), place - _LONGEST_ASIDE)
    else:
        return False
    return not _HAN.search(text, max(0, start), place)


def _parentheses(text: str) -> list[int]:
    """A pair is full-width if Chinese touches it from outside or stands in it; a single one if Chinese touches it."""
    places: list[int] = []
    stack: list[int] = []

    def touches(place: int) -> bool:
        return place >= 0 and bool(_WIDE_CHARACTER.match(text, place))

    for match in _PARENTHESES.finditer(text):
        place = match.start()
        if match[0] == "(":
            stack.append(place)
        elif match[0] == "\n":
            places += [start for start in stack if touches(start - 1)]
            stack.clear()
        elif not stack:
            if touches(place + 1) or touches(place - 1):
                places.append(place)
        else:
            start = stack.pop()
            inside = _WIDE_CHARACTER.search(text, start, min(place, start + _LONGEST_ASIDE))
            if inside or touches(start - 1) or touches(place + 1):
                places += [start, place]
    return places + [start for start in stack if touches(start - 1)]
