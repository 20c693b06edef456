"""UTF-8 that was read as GBK, once or several times over: recognised by its bytes, removed, never guessed at.

Read back into GBK, mojibake gives bytes that are UTF-8 again; Chinese text hardly ever does. Rare characters packed
together say where to look, the bytes decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.rules.traditional import to_simplified
from corpus.spans import AlignedText, Proposal

RULE = "mojibake"

_UTF8_SEQUENCES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE = re.compile(r"[^\n]+")
_MIN_SHARE = 0.6  # of the bytes of a stretch that must be UTF-8; plain Chinese in GBK has under 0.1
_LINE_SHARE = 0.3  # of a line; then what stands between its stretches is part of the damage


@cache
def _dense() -> re.Pattern[str]:
    """Six or more characters outside GB 2312's common level, in either script, with at most four others in between."""
    han = "".join(map(chr, range(0x4E00, 0x9FA6)))
    simplified = to_simplified(han)
    rare = "".join(c for c, s in zip(han, simplified, strict=True) if not _is_common(s))
    # The private use area and the replacement character stand for bytes that GBK lacks.
    rare_class = f"[{re.escape(rare)}\ue000-\uf8ff\ufffd]"
    other = f"[^{re.escape(rare)}\ue000-\uf8ff\ufffd\\n]"
    return re.compile(f"(?:{rare_class}+{other}{{0,4}}){{5,}}{rare_class}+")


def _is_common(character: str) -> bool:
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= encoded[0] <= 0xD7


def mojibake(page: AlignedText) -> Iterator[Proposal]:
    """Stretches of mojibake, and the whole line where they are a large part of it."""
    for line in _LINE.finditer(page.text):
        if line.end() - line.start() < 12:
            continue
        stretches = [m for m in _dense().finditer(page.text, *line.span()) if utf8_share(m[0]) >= _MIN_SHARE]
        if sum(m.end() - m.start() for m in stretches) > _LINE_SHARE * (line.end() - line.start()):
            yield Proposal(line.start(), line.end(), RULE)
        else:
            for match in stretches:
                yield Proposal(match.start(), match.end(), RULE)


def utf8_share(text: str) -> float:
    """The share of the bytes of `text` in GBK that form multi-byte UTF-8 sequences; 0 to 1."""
    encoded = text.encode("gb18030", "ignore")
    return sum(map(len, _UTF8_SEQUENCES.findall(encoded))) / len(encoded) if encoded else 0.0
