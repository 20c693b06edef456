"""Half-width punctuation back to full-width beside Chinese, one for one; numbers, addresses and Latin keep theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.spans import AlignedText

_WIDE = r"\u3400-\u9fff\u3000-\u303f“”‘’…—，。、；：？！（）％%"
_MARKS = re.compile(rf"(?<=[{_WIDE}])( ?)[,;:?!]|[,;:?!](?= ?[{_WIDE}])|(?<=[A-Za-z0-9])[,;:?!](?=$)", re.M)
_PARENTHESES = re.compile(r"[()]")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\uffef]+", re.I)
_FULL = str.maketrans(",;:?!()", "，；：？！（）")


def full_width(page: AlignedText) -> AlignedText:
    """Marks that touch a Han character or full-width mark on either side; parentheses by pairs."""
    text = page.text
    protected = [match.span() for match in _URL.finditer(text)]
    places = [*_marks(text), *_parentheses(text)]
    if protected:
        places = [p for p in places if not any(start <= p < end for start, end in protected)]
    if not places:
        return page
    characters = list(text)
    for place in places:
        characters[place] = text[place].translate(_FULL)
    return page.substitute("".join(characters))


def _marks(text: str) -> Iterator[int]:
    for match in _MARKS.finditer(text):
        place = match.end() - 1
        if text[place] != ":" or not (text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()):
            yield place


def _parentheses(text: str) -> Iterator[int]:
    """A pair is full-width if Chinese touches it from outside or stands in it; a single one if Chinese touches it."""
    wide = re.compile(f"[{_WIDE}]")
    stack: list[int] = []
    for match in _PARENTHESES.finditer(text):
        place = match.start()
        if match[0] == "(":
            stack.append(place)
            continue
        start = stack.pop() if stack else None
        after = wide.match(text, place + 1)
        if start is None:
            if after or wide.match(text, place - 1):
                yield place
            continue
        before = start > 0 and wide.match(text, start - 1)
        if before or after or wide.search(text, start, place):
            yield start
            yield place
    for start in stack:
        if start > 0 and wide.match(text, start - 1):
            yield start
