"""HTML's character references left in a text, `&nbsp;`, `&ldquo;`, also escaped twice: back to their characters."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from corpus.spans import AlignedText, Proposal

RULE = "markup"

# Only those that name punctuation, spaces and quotes, and numbers: a text may well say R&D; or &copy= in an address.
_REFERENCE = re.compile(
    r"&(?:amp;)?((?:nbsp|ensp|emsp|thinsp|quot|apos|ldquo|rdquo|lsquo|rsquo|laquo|raquo|hellip|mdash|ndash|middot|bull"
    r"|amp|lt|gt|times|deg|#\d{2,6}|#[xX][\da-fA-F]{2,5});)"
)


def entities(page: AlignedText) -> Iterator[Proposal]:
    """Each becomes its character, which stands where its first one stood."""
    if "&" not in page.text:
        return
    for match in _REFERENCE.finditer(page.text):
        character = html.unescape("&" + match[1])
        if len(character) == 1 and character != "\ufffd":  # what a number that is no character gives
            yield Proposal(*match.span(), RULE, character)
