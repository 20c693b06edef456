"""Where the names that a text has given away stand in it again: a text and names in; each name with each place out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

FEW = 64  # names that are looked for one by one, which is fast; more of them would read the text too often


def occurrences(text: str, names: Collection[str]) -> Iterator[tuple[str, int]]:
    """Each name with the offset, in code points, of each place where it stands; those of one name do not overlap.

    In an order that only the text and that of the names decide, in a time that grows with the text, however many names
    there are. A name has two characters or more.
    """
    if len(names) <= FEW:
        for name in names:
            at = text.find(name)
            while at >= 0:
                yield name, at
                at = text.find(name, at + len(name))
        return
    lengths: dict[str, set[int]] = {}  # by the first two characters; a name is then looked up, not compared
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    cursors = dict.fromkeys(names, 0)
    for at in range(len(text) - 1):
        for length in lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            if at >= cursors.get(name, at + 1):
                cursors[name] = at + length
                yield name, at
