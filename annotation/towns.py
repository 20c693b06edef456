"""Known places that the model misses, cuts or takes for people: words in; words out, each such place one word.

A name that is nothing else (雷克雅未克, 双廊) is a place wherever it stands; one that is also a word, a person or one
of many villages (凤凰, 建水) only where something beside it says so. The names: annotation/towns.txt (made by
tests/benchmarks/make_towns.py), abroad.txt, divisions.tsv, lexicon.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE
from annotation.sounds import COUNTRIES, abroad

TABLE = Path(__file__).with_name("towns.txt")
SURE, WEAK, TOWN = "sure", "weak", "town"
# Up to which score of the model's a person of two characters, and of more, is a place all the same.
PERSON, LONG_PERSON, WHERE_ONE_GOES = 0.6, 0.9, {SURE: 0.8, WEAK: 0.8, TOWN: 0.3}
_SKIPPED = frozenset(("w", "m", "p", "u", "c", "r", "xc", "TIME", "q", "nw"))


@cache
def known() -> tuple[dict[str, str], dict[str, int]]:
    """The kind of each place, and the length of the longest by its first two characters; read on the first call."""
    kinds = dict.fromkeys(TABLE.read_text("utf-8").split(), TOWN)
    kinds |= dict.fromkeys(abroad(), WEAK)
    words, persons = lexicon("division_words"), lexicon("division_names")
    for name, kind in divisions().kinds.items():
        if kind == "weak" and name not in words:
            kinds[name] = WEAK if name in persons else SURE
    kinds |= dict.fromkeys(lexicon("cities") | lexicon("weak_towns"), WEAK)
    kinds |= dict.fromkeys(lexicon("towns"), SURE)
    for name in COUNTRIES:
        kinds.pop(name, None)
    heads: dict[str, int] = {}
    for name in kinds:
        heads[name[:2]] = max(heads.get(name[:2], 0), len(name))
    return kinds, heads


# One goes to a place, or is there.
_TO = re.compile(
    r"(?:[在到去往从自赴抵回离住至驻飞逛游]|来自|途经|路过|开往|位于|坐落于|产自|出生于|生于|距离?|发往|寄往|送往|运往|向"
    r"|进入|老家|家乡|故乡)[了过]?$"
)
# What only a place has.
_THERE = re.compile(
    r"人(?![家们民生士口工群物才])|话(?![题筒剧说])|方言|口音|县城|县委|一带|段(?=[侧堵封])|火车站|高铁站|特产|境内|附近|方向|等地"
    r"|山区|籍|街头|当地|[下降有]?[大中小暴]?[雨雪霜](?=[，。！？]|$)|地震|震感|[那这]边|以[东西南北]|[东西南北]部|老家|机场|景区"
    r"|来的|[两二三四五六七八九几]?个?(?:乡镇|县市|县区)"
    r"|的(?:海|天气|天空|夜|雪|风|[春夏秋冬]天|街|路上|山|水|河|朋友|[米面]粉|面条|豆腐|茶|酒|瓜|杏|枣|羊|牛肉|辣|小吃|特产|方言"
    r"|房|[东西南北]边|农村|乡下|村|古城|老街)"
)
_PERSON = re.compile(
    "看来|眼[里中]|身[边上后]|面前|手[里中上下]|家|心[里中]|的[带领指手家身眼脸心]|[说道问]|先生|女士|老师|教授|同学"
)
_AND = frozenset("、和与及—－")
# What makes another name of a short one before it: 丽春|院.
_HOUSE = frozenset("院寺庙宫楼阁堂店馆庵府厂矿桥塔")


def towns(text: str, words: Sequence[Word]) -> list[Word]:
    """雷克雅|未克 is one; 在|建水 and 印度|金奈 are places."""
    kinds, heads = known()
    hits = [i for i, word in enumerate(words) if text[word[0] : word[0] + 2] in heads and word[2] not in _SKIPPED]
    if not hits:
        return list(words)
    ends = {word[1] for word in words}
    found: list[Word] = []
    done = 0
    for index in hits:
        if index < done:
            continue
        word = words[index]
        longest = heads[text[word.start : word.start + 2]]
        for stop in range(min(word.start + longest, len(text)), word.start + 1, -1):
            kind = kinds.get(text[word.start : stop])
            if kind is not None and stop in ends:
                found += words[done:index]
                done = index
                if _may_be(text, word, stop, kind) and (
                    (kind == SURE and _is_free(text, word, stop)) or _stands(text, word.start, stop, found)
                ):
                    found.append(Word(word.start, stop, "LOC", max(RULE, word.score if word.tag == "LOC" else 0.0)))
                    while done < len(words) and words[done].end <= stop:
                        done += 1
                break
    found += words[done:]
    return found


def _may_be(text: str, word: Word, stop: int, kind: str) -> bool:
    """Whether the model allows the place: it has no such place already, and no other name of which it is sure."""
    start, end, tag, score = word
    if tag == "LOC":
        return stop > end
    if tag == "ORG":
        return stop >= end and score < 0.3
    if tag == "PER":
        limit = (PERSON if stop - start == 2 else LONG_PERSON) if kind == SURE else UNSURE
        if _TO.search(text, max(0, start - 4), start) and not _PERSON.match(text, stop):
            limit = WHERE_ONE_GOES[kind]
        return stop >= end and score < limit
    return True


def _is_free(text: str, word: Word, stop: int) -> bool:
    """Whether nothing says that what is a place elsewhere is none here."""
    if word.tag == "PER":
        return not _PERSON.match(text, stop)
    return word.tag != "v" or stop > word.end or stop - word.start > 2


def _stands(text: str, start: int, stop: int, before: Sequence[Word]) -> bool:
    """Whether what stands beside it says that the name is a place."""
    if text[stop : stop + 1] in _HOUSE:
        return False
    if _THERE.match(text, stop):
        return True
    if _TO.search(text, max(0, start - 4), start) and not _PERSON.match(text, stop):
        return True
    last = before[-1] if before else None
    if last is None or last.end != start:
        return False
    if last.tag == "LOC":
        return last.end - last.start > 1
    return text[last.start : start] in _AND and len(before) > 1 and before[-2].tag == "LOC"
