"""Places inside the names of organizations: 济南市 in 济南市工业和信息化局.

In: the text of an entity. Out: the divisions that its name holds. People tag the outermost span alone; a
place inside it is derived here, by option, and never decides a tag.
"""

from __future__ import annotations

from functools import lru_cache

LABEL = "ORG"  # the only entities that are looked into
PLACE = "LOC"


@lru_cache(maxsize=100_000)  # names come again and again
def inner_places(text: str, label: str) -> tuple[tuple[int, int], ...]:
    """The places `[start, end)` in the text of an entity, in order, apart, none of them all of it.

    A division counts by its full or short name where it begins the name of the organization or follows another place
    there (山东|济南), and by its full name of three or more characters anywhere (中国银行上海市分行). A short name in
    the middle is as often a part of another word, and is left alone.
    """
    if label != LABEL:
        return ()
    from annotation.groups import Words
    from annotation.places import find_divisions

    found: list[tuple[int, int]] = []
    head = 0
    for place in find_divisions(text, Words(None)):
        start, end = place.start, place.end
        leads = start == head and place.kind in ("full", "short")
        if (leads or (place.kind == "full" and end - start >= 3)) and end - start < len(text):
            found.append((start, end))
            head = end if leads else head
    return tuple(found)
