"""People called by their given name alone, which the model takes for things (桂枝, 杏花): words in, words out.

The characters of given names (annotation/given.txt, made by tests/benchmarks/make_given.py) say that a word can be one;
what it does, or whose it is, says that it is. Whoever is named once is named by the same word again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE, UNSURE
from annotation.walk import Walk

TABLE = Path(__file__).with_name("given.txt")

# A word before which only a person stands.
DOES = re.compile(
    r"(?:[笑哭冷怒忙又也就便却都还只]|没有?|一声不吭地?|低声|高声|轻轻地?|慢慢地?|连忙|赶紧|忽然|突然){0,4}"
    r"(?:说[：:，,“道着了不]|[说答问骂喊]道|[：:]“|笑了|笑着|哭了|哭着|叹了|骂了|想[，,了]|抬起?头|[点摇低抬]了?[点摇低抬]?头|咳嗽|转过?身|站[在起着了]|坐[在起着下了]|蹲[在下着]|跪[在下着]"
    r"|躺[在下着]|走[进出到过]|跑[进出到过]|瞪着?|抹着?|咬着|推开|抱[着起]|端[着起]|拎[着起]|捧[着起]|背[着起]|挑[着起]|赶着|挥着?手|不?说话|不?作声|不吭声|嫁[到给人]|娶了?|出嫁|点着?了?烟|[他她](?:爹|娘|妈|爸)|家的|媳妇|的(?:爹|娘|媳妇|男人|婆婆|眼睛|脸|手|肩|头发|声音|背影|话))"
)
# A word after which somebody is named.
_WHOSE = re.compile(
    r"(?:娶了?|嫁给了?|名叫|叫做?|丫头|丫鬟|媳妇|妻子|丈夫|儿子|女儿|妹妹|弟弟|姐姐|侄子|侄女|孙子|孙女|小名)$"
)
_PLAIN = frozenset("人生家子国民兵士友军女雄官手心天里上下中力光")
_COMMON = lexicon("titles") | lexicon("no_names") | frozenset(("阳光", "月光", "春风", "文化", "金银", "平安", "喜悦"))
_KIND = frozenset(("n", "nz", "nw", "a", "an", "vn"))


@cache
def characters() -> frozenset[str]:
    """The characters of nine given names in ten; read on the first call."""
    return frozenset(TABLE.read_text("utf-8").strip())


def given(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """桂枝|抬头, 娶了|水莲: a word in the characters of given names beside what a person does or is."""
    known = characters()
    wanted = [i for i, (at, end, tag, _) in enumerate(words) if end - at < 3 and tag in _KIND and text[at] in known]
    walk = Walk(words, wanted)
    for start, end, _, _ in walk:
        before, after = walk.before, walk.after
        if end - start == 2:
            if (
                text[start + 1] in known
                and text[start + 1] not in _PLAIN
                and text[start:end] not in _COMMON
                and (
                    (DOES.match(text, end) and (before is None or before.tag in ("w", "c", "TIME", "v", "u")))
                    or _WHOSE.search(text, max(0, start - 3), start)
                )
            ):
                walk.put(Word(start, end, "PER", RULE))
        elif (
            after is not None
            and after.end - end == 1
            and after.tag in _KIND
            and text[end] in known
            and text[end] not in _PLAIN
            and (before is None or before.tag == "w")
            and DOES.match(text, after.end)
        ):
            walk.take(start, after.end, "PER", RULE)  # 土|根|蹲在
    return walk.made


def again(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """根宝 … 根|宝: whoever the text names by two characters is named by them again, in one word or in two."""
    names = {text[w.start : w.end] for w in words if w.tag == "PER" and w.end - w.start == 2 and w.score >= UNSURE}
    walk = Walk(
        words, [i for i, word in enumerate(words) if text[word.start : word.start + 2] in names] if names else ()
    )
    for start, end, tag, _ in walk:
        if end - start == 2:
            if tag not in NAMED and tag != "nw":
                walk.put(Word(start, end, "PER", RULE))
        elif end - start == 1 and (after := walk.after) is not None and after.end - end == 1:
            walk.take(start, after.end, "PER", RULE)
    return walk.made
