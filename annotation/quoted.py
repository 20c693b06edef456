"""Listed companies by the short names they are quoted under: a text with its borders in; those that it means out.

The list (annotation/quoted.txt, made by tests/benchmarks/make_quoted.py) knows the names, not what they mean: 机器人
and 山东高速 are also common words. So a sentence must speak of the company, or the text of shares and deals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from annotation.companies import AFTER_BRAND, BEFORE_BRAND, is_business, stands_out
from annotation.divisions import divisions
from annotation.names import BRAND, ENDINGS, Edges, Name, last_end

TABLE = Path(__file__).with_name("quoted.txt")

# Names that are sites and roads as often as the companies that run them.
_SITE = re.compile(r"(?:机场|港|高速|高铁|铁路|路桥|[城街桥山湖界关])$")


@cache
def quoted_names() -> dict[str, tuple[str, ...]]:
    """The names by their first two characters, the longer first; read on the first call."""
    by_pair: dict[str, list[str]] = {}
    for name in sorted(TABLE.read_text("utf-8").split(), key=lambda name: (-len(name), name)):
        if name not in divisions().codes:
            by_pair.setdefault(name[:2], []).append(name)
    return {pair: tuple(names) for pair, names in by_pair.items()}


def quoted(edges: Edges) -> Iterator[Name]:
    """The quoted names of the text that mean the company, where the model's words let them stand."""
    text, words = edges.text, edges.words
    by_pair = quoted_names()
    business: bool | None = None
    cursor = 0
    places = (*words.starts, *edges.by_end) if words.known else range(len(text))
    for start in sorted({place for place in places if text[place : place + 2] in by_pair}):
        if start < cursor:
            continue
        name = next((name for name in by_pair[text[start : start + 2]] if text.startswith(name, start)), None)
        if name is None:
            continue
        end = start + len(name)
        if not _ends(edges, start, end) or ENDINGS.match(text, end):
            continue
        if business is None:
            business = is_business(text)
        index = words.index_at(start)
        held = [word for word in words.all[index : index + 4] if word.start < end]
        named = AFTER_BRAND.match(text, end) or BEFORE_BRAND.search(text, max(0, start - 6), start)
        odd = not words.known or any(word.tag in ("ORG", "nz", "PER", "nw") for word in held)
        odd = odd or (len(held) > 1 and any(word.end - word.start == 1 for word in held))
        common = len(held) == 1 and held[0].tag not in ("ORG", "nz", "nw", "PER", "LOC")
        branch = BRAND.search(name)
        if _SITE.search(name) or common:
            sure = named is not None and business
        elif branch is not None and branch.end() == len(name) and odd:
            sure = True
        else:
            sure = named is not None or ((business or odd) and len(name) > 3)
            sure = sure or (business and stands_out(edges, start, end))
        if sure:
            cursor = end
            yield Name(start, end, "quoted")


def _ends(edges: Edges, start: int, end: int) -> bool:
    """Whether a word ends with the name; one that the model took for a name may run over its end."""
    words = edges.words
    if words.ends_at(end):
        return True
    word = words.over(end - 1, end + 1)
    return end - start > 3 and word is not None and word.tag in ("ORG", "PER", "nz", "nw", "LOC")


def without(edges: Edges, found: Sequence[Name], known: Sequence[Name]) -> Iterator[Name]:
    """Of what was found, what no quoted name contradicts: the model's 涪陵榨菜股份 and 万达 give way."""
    taken = {i: name for name in known for i in range(name.start, name.end)}
    for name in found:
        over = taken.get(name.start) or taken.get(name.end - 1)
        whole = edges.text[name.start : name.end]
        if (
            over is None
            or name.kind not in ("model", "brand", "listed")
            or last_end(whole) == len(whole) > over.end - over.start
        ):
            yield name
