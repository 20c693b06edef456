"""Half-width punctuation back to full-width beside Chinese, one for one; numbers, addresses and Latin keep theirs."""

from __future__ import annotations

import re

from corpus.spans import AlignedText

_WIDE = r"\u3400-\u9fff\u3000-\u303f“”‘’…—，。、；：？！（）％%"
# The mark comes first, so that the search skips from mark to mark; then what stands before or after it.
_MARKS = re.compile(
    rf"[,;:?!](?:(?<=[{_WIDE}].)(?<!%:(?=\d))|(?<=[{_WIDE}] .)|(?= ?[{_WIDE}])|(?<=[A-Za-z0-9].)$)", re.M
)
_PARENTHESES = re.compile(r"[()\n]")
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\uffef,;:?!()]+(?:[,;:?!()]+[^\s\u3000-\uffef,;:?!()]+)*", re.I)
_FULL = dict(zip(",;:?!()", "，；：？！（）", strict=True))
_LONGEST_ASIDE = 300


def full_width(page: AlignedText) -> AlignedText:
    """Marks that touch a Han character or full-width mark on either side; parentheses by pairs."""
    text = page.text
    kept = [match.span() for match in _URL.finditer(text)] if "://" in text or "www." in text.lower() else []

    def in_an_address(place: int) -> bool:
        return any(start <= place < end for start, end in kept)

    def widened(match: re.Match[str]) -> str:
        mark, place = match[0], match.start()
        if (kept and in_an_address(place)) or (text[place - 1 : place].isascii() and _is_latin(text, place)):
            return mark
        return _FULL[mark]

    wide = _MARKS.sub(widened, text)
    if "(" in text or ")" in text:
        characters = list(wide)
        for place in _parentheses(wide):
            if not in_an_address(place):
                characters[place] = _FULL[wide[place]]
        wide = "".join(characters)
    return page if wide == text else page.substitute(wide)


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
