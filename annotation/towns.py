"""Known places that the model misses, cuts or takes for people: words in; words out, each such place one word.

A name that is nothing else (雷克雅未克, 双廊) is a place wherever it stands; one that is also a word, a person or one
of many villages (凤凰, 建水) only where something beside it says so. The names: annotation/towns.txt (made by
tests/benchmarks/make_towns.py), abroad.txt, divisions.tsv, lexicon.toml.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE
from annotation.sounds import COUNTRIES, abroad, sounds
from annotation.walk import Walk

TABLE = Path(__file__).with_name("towns.txt")
UNSURE_ENOUGH = 0.9  # of the model: beyond, its people stay people
NEAR = 40  # words before and behind in which a place of the same prefecture says that a name is one
DOUBTED = 0.2  # of the model's longer place: below, it is the known one and something else
SURE, WEAK, TOWN = "sure", "weak", "town"
# Up to which score of the model's a person of two characters, and of more, is a place all the same.
PERSON, LONG_PERSON, WHERE_ONE_GOES = 0.6, 0.9, {SURE: 0.9, WEAK: 0.8, TOWN: 0.6}
_SKIPPED = frozenset(("w", "u", "xc", "TIME", "r"))
_SELDOM = frozenset(("m", "p", "c", "q", "nw"))  # in such a word only what is nothing else is a place


@cache
def known() -> tuple[dict[str, str], dict[str, tuple[int, ...]]]:
    """The kind of each place, and how long those are that have the same first two characters, the longest first.

    Read on the first call.
    """
    kinds = dict.fromkeys(TABLE.read_text("utf-8").split(), TOWN)
    kinds |= dict.fromkeys(abroad(), WEAK)
    words, persons = lexicon("division_words"), lexicon("division_names")
    for name, kind in divisions().kinds.items():
        if kind == "weak" and name not in words:
            kinds[name] = WEAK if name in persons else SURE
    kinds |= dict.fromkeys(lexicon("cities") | lexicon("weak_towns"), WEAK)
    kinds |= dict.fromkeys(lexicon("towns"), SURE)
    for name in COUNTRIES:
        if len(name) > 2:
            kinds[name] = SURE
        else:
            kinds.pop(name, None)
    lengths: dict[str, set[int]] = {}
    for name in kinds:
        lengths.setdefault(name[:2], set()).add(len(name))
    return kinds, {pair: tuple(sorted(held, reverse=True)) for pair, held in lengths.items()}


# One goes to a place, or is there.
_TO = re.compile(
    r"(?:(?<![存实正现潜])在|(?<![得收达拿接受看想买找遇见感听提说等轮猜做])到|(?<![失过除减下出回进上])去|(?<![以交])往|(?<![服遵])从"
    r"|(?<![各亲独私擅])自|(?<![驳收召撤挽赎])回|(?<![记抓顶挡站不稳])住|(?<![甚以])至|(?<![旅手网端页])游|[赴抵离驻飞逛]|来自|途经|路过|开往|位于|坐落于|产自|出生于|生于|距离?|发往|寄往|送往|运往|向"
    r"|进入|老家|家乡|故乡|定都|建都|迁都|困守|驻守|镇守|攻克|收复|兵临|围攻|光复)[了过]?$"
)
# What only a place has.
_THERE = re.compile(
    r"人(?![家们民生士口工群物才])|话(?![题筒剧说])|方言|口音|县城|县委|一带|段(?=[侧堵封])|火车站|高铁站|特产|境内|附近|方向|等地"
    r"|山区|籍|街头|当地|[下降有]?[大中小暴]?[雨雪霜](?=[，。！？]|$)|地震|\s?有?震感|有[霜雾风](?=[，。！？]|$)|[那这]边|以[东西南北]|[东西南北]部|老家|机场|景区"
    r"|来的|[两二三四五六七八九几]?个?(?:乡镇|县市|县区)"
    r"|的(?:海|天气|天空|夜|雪|风|[春夏秋冬]天|街|路上|山|水|河|朋友|[米面]粉|面条|豆腐|茶|酒|瓜|杏|枣|羊|牛肉|辣|小吃|特产|方言"
    r"|房|[东西南北]边|农村|乡下|村|古城|老街|老[街城房宅屋榕])"
)
_PERSON = re.compile(
    "看来|眼[里中]|身[边上后]|面前|手[里中上下]|家|心[里中]|的[带领指手家身眼脸心]|[说道问]|先生|女士|老师|教授|同学"
)
_SITES = lexicon("famous_sites")
_AND = frozenset("、和与及—－")
# What makes another name of a short one before it: 丽春|院.
_HOUSE = frozenset("院寺庙宫楼阁堂店馆庵府厂矿桥塔")


def towns(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """雷克雅|未克 is one; 在|建水 and 印度|金奈 are places, and 莫尔顿 where one lives; 全|雄安 are two."""
    kinds, lengths = known()
    walk = Walk(
        words,
        [
            i
            for i, (at, _, tag, score) in enumerate(words)
            if tag not in _SKIPPED and (text[at : at + 2] in lengths or 0.0 < score < UNSURE_ENOUGH)
        ],
    )
    made: set[int] = set()  # where the places end that were found
    for word in walk:
        start, end, tag, score = word
        for size in lengths.get(text[start : start + 2], ()):
            stop = start + size
            kind = kinds.get(text[start:stop])
            if stop <= end and tag == "LOC":
                if (
                    kind == SURE
                    and text[start:stop] not in COUNTRIES
                    and score < (RULE if stop == end else DOUBTED if size > 2 else 0.0)
                ):
                    walk.take(start, stop, "LOC", RULE)  # of which the model is less sure than the table
                if kind is not None or stop < end:
                    break
                continue
            if kind is None or (
                stop not in walk.ends and not (kind == SURE and size > 2 and text[stop : stop + 1] == "人")
            ):
                continue
            if _may_be(text, word, stop, kind) and (
                (kind == SURE and _is_free(text, word, stop))
                or (
                    tag not in _SELDOM
                    and (
                        _stands(text, stop, walk, made)
                        or _is_near(text, start, stop, words[max(0, walk.index - NEAR) : walk.index + NEAR])
                    )
                )
            ):
                walk.take(start, stop, "LOC", max(RULE, score if tag == "LOC" else 0.0))
                made.add(stop)
            break
        else:
            if tag == "PER" and _goes_there(text, word):
                walk.put(Word(start, end, "LOC", RULE))
            elif tag in ("PER", "LOC") and score < UNSURE and text[start] in _INTO and _is_known(text[start + 1 : end]):
                walk.put(Word(start, start + 1, "p", 0.0), Word(start + 1, end, "LOC", max(RULE, score)))
    return walk.made


# What stands before a place and the model takes into its name.
_INTO = frozenset("全环比沿在到从由去往赴离于连和与跟及把被让给像爱恋")


def _is_known(name: str) -> bool:
    """Whether it is a place whatever stands beside it."""
    return len(name) > 1 and (
        divisions().kinds.get(name) in ("full", "short") or name in _SITES or known()[0].get(name) == SURE
    )


# Where one is, goes or comes from, and what is said next of a place: of a person it is something else.
_GO = frozenset("在到达往回自经抵赴去开了于")
_IN = re.compile(
    r"(?:住在|定在|位于|坐落在|来到|去到|回到|赶到|飞到|搬到|抵达|前往|飞往|开往|返回|来自|途经|撤到|逃到|抵|赴|往|去|飞回|离开了?"
    r"|[^正现存实好自内所潜爱不都还就也只又常老]在)$"
)
_AT = re.compile(
    r"[，。！？、；,!?]|$|举行|召开|会[晤谈见]|闭幕|开幕|附近|一带|境内|以[东西南北]|郊[外区]|[东西南北]部|火车站|机场|港"
    r"|的(?:街|路上|海|冬|夏|春|秋|一[家座条间]|老城)|度假|旅[行游]|出差|出生|长大|作战|登陆|下车|转[车机]|过[夜年]|从军|当兵"
    r"|待了|呆了|住了?|上岸|上学|读书|开了|打工"
)


def _goes_there(text: str, word: Word) -> bool:
    """Whether one lives in whom the model takes for somebody, or goes there: 住在|伯斯."""
    start, end, _, score = word
    return (
        score < UNSURE_ENOUGH
        and 2 <= end - start <= 7
        and text[start - 1 : start] in _GO
        and _AT.match(text, end) is not None
        and _IN.search(text, max(0, start - 4), start) is not None
        and (score < UNSURE or sounds().fullmatch(text, start, end) is not None)
    )


def _is_near(text: str, start: int, stop: int, words: Sequence[Word]) -> bool:
    """Whether one of the words is a place of the same prefecture, of which the model is sure: 凉山 … 昭觉."""
    codes = divisions().codes
    own = {code[:4] for code in codes.get(text[start:stop], ())}
    return bool(own) and any(
        word.tag == "LOC"
        and word.score > UNSURE
        and not own.isdisjoint(code[:4] for code in codes.get(text[word.start : word.end], ()))
        for word in words
    )


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
    return word.tag not in ("v", "p", "c", "q") or stop - word.start > 2 or (stop > word.end and word.tag == "v")


def _stands(text: str, stop: int, walk: Walk, made: Collection[int]) -> bool:
    """Whether what stands beside the name that ends there says that it is a place; `made`: where others end."""
    start = walk.words[walk.index].start
    if text[stop : stop + 1] in _HOUSE:
        return False
    if _THERE.match(text, stop) or (_TO.search(text, max(0, start - 4), start) and not _PERSON.match(text, stop)):
        return True
    last = walk.before
    if last is None or last.end != start:
        return False
    if last.tag == "LOC":
        return last.end - last.start > 1
    if text[last.start : start] not in _AND:
        return False
    return last.start in made or (walk.index > 1 and walk.words[walk.index - 2].tag == "LOC")
