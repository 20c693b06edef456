"""What the source of an HTML page holds and no browser shows: which tags, and which rules of a style sheet, hide.

By style, by the attribute `hidden`, or under a name that hides by convention. `aria-hidden` hides from screen readers
only. What becomes of the text is decided in `corpus.html`.
"""

from __future__ import annotations

import re

HIDDEN_TEXT = "hidden_text"
_HIDING_STYLE = re.compile(r"(?<![-\w])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_STYLE = re.compile(r"""(?<![-\w])style\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_HIDDEN_ATTRIBUTE = re.compile(r"(?<![-\w=])hidden(?![-\w])", re.I)
_BRACE = re.compile(r"[{}]")
HIDING_NAMES = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"})
_SELECTOR = re.compile(r"[.#]([\w-]+)")


def hides(attributes: str) -> bool:
    """Does a tag with these attributes hide its element?"""
    attributes = attributes.lower()
    if "none" not in attributes and "hidden" not in attributes:
        return False
    style = _STYLE.search(attributes)
    if style and _HIDING_STYLE.search(style[1] or style[2] or ""):
        return True
    return bool(_HIDDEN_ATTRIBUTE.search(_QUOTED.sub("", attributes)))


def hiding_names(style: str) -> set[str]:
    """The classes and ids that a style sheet hides wherever they stand; rules for print and the like do not count."""
    names: set[str] = set()
    if not _HIDING_STYLE.search(style):
        return names
    depth = begins = opened = 0
    plain = True  # no block inside the block
    for brace in _BRACE.finditer(style):
        place = brace.start()
        if brace[0] == "{":
            plain = depth == 0
            opened = opened if depth else place
            depth += 1
            continue
        depth = max(0, depth - 1)
        if depth == 0:
            if plain and _HIDING_STYLE.search(style, opened, place):
                selectors = style[begins:opened].rsplit(";", 1)[-1].split(",")
                names.update(match[1] for match in map(_SELECTOR.fullmatch, map(str.strip, selectors)) if match)
            begins = place + 1
    return names
