"""What made the suggestions for a text less sure than others: a text and its Doc in; flags, by their names, out.

They stand in the table of suggestions, in `doc._.flags`, and counted in the summary of `preannotate`.

    empty                  white space alone, or nothing
    unreadable_characters  control characters, code points that are no characters, or U+FFFD where one was lost
    long_sentence          a sentence of over 512 characters, which the models read in pieces
    unanswered             the endpoint gave no answer of the right form for a passage
    failed:PART            a part of the pipeline failed on this text; the others suggested without it
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotation.sentences import has_long_sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

FAILED, UNANSWERED = "failed:", "unanswered"
_KEY = "jiaozhu_flags"  # in doc.user_data, what the parts said

# Cc but tab, line feed and carriage return; surrogates; U+FFFD; noncharacters (Unicode 16.0, section 23.7).
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)


def flag(doc: Doc, name: str) -> None:
    """Put a flag on the document; twice is once."""
    held = doc.user_data.setdefault(_KEY, [])
    if name not in held:
        held.append(name)


def flags_of(text: str, doc: Doc | None = None) -> tuple[str, ...]:
    """The flags of a text, and those that the parts of the pipeline put on its Doc, in the order of the table above."""
    found = []
    if not text.strip():
        found.append("empty")
    if _NO_TEXT.search(text):
        found.append("unreadable_characters")
    if has_long_sentence(text):
        found.append("long_sentence")
    if doc is not None:
        found += sorted(doc.user_data.get(_KEY, ()), key=lambda name: name.startswith(FAILED))
    return tuple(found)
