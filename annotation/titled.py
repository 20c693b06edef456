"""People called by their surname and what they are: words in; words out, the surname apart from its title.

The model takes a surname of one character before a title for the common word that it also is (易|主席, 尚|经理), or
both for one word (牛爷爷). A title makes it a name; the few that are prepositions and verbs too must also open their
clause, and their bearer do something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE
from annotation.walk import Walk

SURNAMES = lexicon("surnames")

_TITLES = (lexicon("titles") | lexicon("addresses")) - lexicon("no_addresses")
TITLE = re.compile("|".join(sorted(_TITLES, key=lambda title: (-len(title), title))))
# Behind a surname they are part of what somebody is called: 牛爷爷.
_KIN = re.compile("爷爷|奶奶|大爷|大妈|大娘|大婶|大叔|大伯|阿姨|叔叔|伯伯|婶婶|嫂子|大嫂|大哥|大姐")
_BEHIND = {word[0] for word in (*_TITLES, *_KIN.pattern.split("|"))}
# Surnames that more often belong to the word before or after: 班|主任, 安全|局长.
_PARTS = frozenset("班家常党全代言车水项方后能应时双平经文终强国总连有老公干庄山花农店都牛马鱼羊木石米商法边东")
_NO_KIN = frozenset("家老总公干班")
_UNIT = re.compile("[队局部处科组班机店站所院厅馆社团连排营旅军舰]长")
# Those that are prepositions and verbs.
_VERBS = frozenset("任和与于向从对由被让给同及是成还当过为解")
_OPENS = re.compile(r"(?:^|[\s，。！？；：、“”‘’（）()…—,.!?;:「」【】@#~～]|[一-龥]{3}[者办任长席])$")
_DOES = re.compile("[在把给又也都说问笑来去走看拿鞠站坐喊讲答想]|表示|介绍|告诉|认为|指出")
_OLD = re.compile(f"老[{''.join(sorted(SURNAMES - _PARTS - frozenset('师年房别郎汤乡汉路')))}](?![头汉爷太奶板])")
# Where one may begin: at a surname before the first character of a title or a word for kin, or at 老 before a surname.
_BEGINS = re.compile(
    f"[{''.join(sorted(SURNAMES))}](?=[{''.join(sorted(_BEHIND))}])|老(?=[{''.join(sorted(SURNAMES))}])"
)


def titled(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """易|主席, 佟|老太爷: a surname before a title is a name; 牛爷爷, 老|秦: so it is with a word for kin, or 老."""
    starts = {match.start() for match in _BEGINS.finditer(text)}
    walk = Walk(words, [i for i, word in enumerate(words) if word.start in starts] if starts else ())
    for start, end, tag, score in walk:
        if tag in ("w", "m", "TIME", "ORG") or (tag in ("PER", "LOC") and score >= UNSURE):
            continue
        if text[start] != "老":
            stop = None if _is_piece(walk.before) else _called(text, start, end, walk.ends)
            if stop is not None:
                walk.take(start, stop, "PER", RULE)
        elif tag in ("a", "nz", "PER") and end - start < 3 and start + 2 in walk.ends and _OLD.match(text, start):
            walk.take(start, start + 2, "PER", RULE)
    return walk.made


def _is_piece(word: Word | None) -> bool:
    """Whether the word before a surname may be a part of the same name: 铁木|辛|将军."""
    if word is None:
        return False
    short = word.end - word.start == 1
    return word.tag in ("PER", "nz", "nw") or (short and word.tag in ("n", "a", "an", "LOC", "ORG"))


def _called(text: str, start: int, end: int, ends: set[int]) -> int | None:
    """Where the name ends that begins with the surname at `start`, if a title or a word for kin says that it is one.

    `end` is where its word does: in one word (支队长) the surname may belong to what the title is of.
    """
    surname, after = text[start], start + 1
    title = TITLE.match(text, after)
    kin = None if title is not None else _KIN.match(text, after)
    match = title or kin
    if match is None or match.end() not in ends or (end > after and _UNIT.match(text, after)):
        return None
    if surname in (_PARTS if title is not None else _NO_KIN):
        return None
    opens = surname not in _VERBS or _OPENS.search(text, max(0, start - 4), start) is not None
    does = surname not in _VERBS or _DOES.match(text, match.end()) is not None
    if not (opens and does):
        return None
    return after if title is not None else match.end()
