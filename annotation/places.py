"""Places: a text and the words of `jiaozhu_lac` in; LOC spans out, an administrative division with its adcode.

Three sources agree on the borders: the table of divisions (annotation/divisions.tsv), which splits 山东省|青岛市; a
grammar of zones, parks and regions by their last word (高新区, 产业园, 经济圈, 流域); and the statistical model for all
other places. A short name that is also a word or a surname (和平, 朝阳) is a place only where something else says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.divisions import adcodes, divisions
from annotation.groups import ADCODES, DIVISIONS, Found, Words, simple_of, suggest, words_of
from annotation.lexicon import lexicon
from annotation.openings import matches
from annotation.sounds import is_foreign
from annotation.towns import SURE, known

VERSION = "0.6.7"
GROUP = "places"


class Place(NamedTuple):
    """A place at `[start, end)`, code points; `adcode` (GB/T 2260) is None where it is no division, or several.

    `kind`: `full` and `short` names of divisions, `weak` for a short one that needs its context, `zone`, `model`.
    """

    start: int
    end: int
    kind: str
    adcode: str | None
    score: float


# What the model tags so is no name.
_PLAIN = frozenset(("a", "ad", "an", "d", "v", "vd"))
# A full name runs on into another word: 上海市|场, 济南市|民.
_RUNS_ON = re.compile(r"[市区县州省](?:[场民值]|长(?!\s?[江沙])|级|域|直|属)")


def find_divisions(text: str, words: Words) -> list[Place]:
    """Every division that the text may name, left to right, apart; the weak ones are not yet decided."""
    by_pair = divisions().by_pair
    found: list[Place] = []
    cursor = 0
    for start in words.starts if words.known else range(len(text)):
        if start < cursor or text[start : start + 2] not in by_pair:
            continue
        place = _division_at(text, words, start, found[-1] if found and cursor == start else None)
        while place is not None:
            found.append(place)
            cursor = place.end
            place = _division_at(text, words, cursor, place)
    return found


def _division_at(text: str, words: Words, start: int, before: Place | None) -> Place | None:
    """The division that the text may name there; `before` is the one that ends there."""
    kinds = divisions().kinds
    for name in divisions().by_pair.get(text[start : start + 2], ()):
        if not text.startswith(name, start):
            continue
        end, kind = start + len(name), kinds[name]
        if kind == "common" and (before is None or before.kind == "weak"):
            continue
        ends = words.ends_at(end)
        if kind == "full" and (len(name) < 3 or _RUNS_ON.match(text, end - 1)) and not ends:
            continue
        word = words.over(start, end)
        if kind in ("short", "weak") and word is not None:
            if word.tag in ("PER", "nw", "nz", "ORG") and (kind == "weak" or word.end > end):
                continue
            if word.tag in _PLAIN and word.end == end:
                kind = "weak"  # 平安/a: only in a list of places
            if not ends and word.tag not in ("LOC", "ORG", "n") and not table_has(text, end):
                continue
        return Place(start, end, "full" if kind == "common" else kind, None, 0.9)
    return None


def table_has(text: str, start: int) -> bool:
    """Whether the name of a division starts there."""
    return any(text.startswith(name, start) for name in divisions().by_pair.get(text[start : start + 2], ()))


def _with_codes(text: str, places: Sequence[Place]) -> list[Place]:
    """The places, each with its adcode where it has one."""
    codes = adcodes(text, [(place.start, place.end) for place in places])
    return [place._replace(adcode=code) for place, code in zip(places, codes, strict=True)]


COUNTRIES = lexicon("countries")

# Zones, parks, regions ----------------------------------------------------------------------------------------------

_ZONE = re.compile(
    r"""
    (?:国家级?)?(?:高新技术产业开发区|高新技术开发区|新技术开发区|高新区|经济技术开发区|经济开发区|经开区|开发区|技术产业园区
    |综合保税区|综保区|保税港?区|保税物流园区|出口加工区|自由贸易试验区|自贸试验区|自贸区|自贸港|片区|自由贸易港|合作区|航空港区|港区|临港区|示范区(?!域)
    |科教创新区|创新区|中央商务区|商务区|新城(?=[，。、；（(管的]|$)|新区(?!域))
    |(?:产业|工业|科技|物流|软件|创业|创新|创意|文化|海工|孵化|化工|农业|食品|医药|信息|电商|物联网|智慧|智能|制造|示范)园区?(?![林艺])
    |科技城|科创城|大学城|汽车城|光谷|生物谷|药谷|云谷|科创走廊|创新走廊|经济走廊|走廊
    |工业区|产业区|集聚区|经济特区|(?:国际)?(?:商贸|小商品|轻纺|中药|中药材|家具|服装|建材|五金|皮革|陶瓷)城|科学城|声谷|(?:国际)?陆港(?!集团|公司)|保税物流中心
    |(?:工业|智造|产业|科技|生态|空港|高铁)新城|产业基地(?=[，。、；的里内])
    |经济圈|都市圈|生活圈(?=建设)|城市群|经济带|经济区|大湾区|灌区|流域(?!面积)|平原|盆地|半岛|风景名胜区|风景区|旅游度假区|度假区
    |自然保护区|湿地公园|森林公园|国家公园|物流基地|(?:国际)?机场|奥体中心|体育中心|会展中心|博览中心|风电场|花卉小镇|特色小镇|小镇|开发区[东南西北]?区
    """,
    re.VERBOSE,
)
_REGION = re.compile(
    r"中国[（(][\u4e00-\u9fff]{2,4}[）)]自由贸易(?:试验区|港)|京津冀(?:地区)?|粤港澳大湾区|长三角(?:地区)?|珠三角(?:地区)?|环渤海(?:地区)?|长江经济带|京津地区|成渝地区双城经济圈|港澳台(?:地区)?|中华人民共和国"
)
_NATURE = re.compile("流域|平原|盆地|半岛|走廊|灌区|经济圈|都市圈|城市群|经济带")
_NAMED = ("LOC", "ORG", "PER", "nz")
_INSIDE = ("n", "vn", "nz", "LOC", "ORG", "PER", "s", "nw", "an", "f", "a", "j", "v")
_NO_NAME = lexicon("zone_words")
_GOING = frozenset("到至在入往赴抵从回离")


def find_zones(text: str, words: Words, known: Iterable[Place]) -> list[Place]:
    """Zones, parks and regions: a name, then a word that says what it is; one without a name is none."""
    starts = {place.end: place for place in known}
    full = {place.start: place for place in known if place.kind == "full"}
    found: list[Place] = []
    for match in _REGION.finditer(text):
        found.append(Place(*match.span(), "zone", None, 0.95))
    for match in matches(_ZONE, text):
        end = match.end()
        start = _zone_start(text, words, match.start(), end, starts)
        if start is None:
            continue
        while (place := full.get(start)) is not None and _has_name(words, place.end, match.start()):
            start = place.end
        start = _own_start(text, words, start, match.start(), starts, full)
        if found and found[-1].end == start and text.startswith("片区", match.start()):
            start = found.pop().start  # 湖南自贸试验区|长沙片区
        if end - start > 2:
            found.append(Place(start, end, "zone", None, 0.85))
    named = {text[place.end - 3 : place.end] for place in found if place.end - place.start > 3}
    taken = {i for place in found for i in range(place.start, place.end)}
    for match in re.finditer("高新区|经开区|开发区|航空港区|自贸区", text):
        if match[0][-3:] in named and match.start() not in taken:
            before = text[match.start() - 1 : match.start()]
            if before not in ("各", "级", "家", "个", "全", "多") and words.starts_at(match.start()):
                found.append(Place(*match.span(), "zone", None, 0.8))
    return found


def _has_name(words: Words, start: int, end: int) -> bool:
    """Whether a word that is a name stands there: then the division before it is a level of its own."""
    index = words.index_at(start)
    while 0 <= index < len(words.all) and words.all[index].start < end:
        if words.all[index].start >= start and words.all[index].tag in _NAMED:
            return True
        index += 1
    return False


_VENUE = re.compile("(?:国际)?机场|奥体中心|体育中心|会展中心|博览中心|风电场|商贸区|航空港|片区")  # with its city
_TOWN = re.compile("[镇乡]$|街道$|(?:公司|集团)$")


def _own_start(text: str, words: Words, start: int, kind: int, ends: dict[int, Place], full: dict[int, Place]) -> int:
    """Where the zone's own name begins, behind the levels above it: 昆山|花桥经济开发区, 穰东镇|服装产业园.

    `kind`: where the word for what it is begins.
    """
    if _VENUE.match(text, kind):
        return start
    while (
        (place := full.get(start)) is not None
        and place.end <= kind - 2
        and (text[place.end - 1] in "区县" or place.end in full)
    ):
        start = place.end
    index = words.index_at(start)
    while 0 <= index < len(words.all) and words.all[index].end <= kind - 2:
        word, after = words.all[index], words.all[min(index + 1, len(words.all) - 1)]
        level = _TOWN.search(text, word.start, word.end) is not None and word.tag in ("LOC", "ORG")
        below = word.tag == after.tag == "LOC" and (after.end >= kind or after.end in ends) and word.end - start > 1
        if not (level or below):
            break
        start = word.end
        index += 1
    return start


def _zone_start(text: str, words: Words, start: int, end: int, places: dict[int, Place]) -> int | None:
    """Where the name of the zone whose last word stands at `[start, end)` begins; None where it has none."""
    before = places.get(start)
    if before is not None and before.kind != "weak":
        return before.start
    if text[start - 1 : start] in ("市", "省", "区", "县") and words.starts_at(start - 1) and text[start] in "高经开":
        return start - 1 if text[start - 2 : start - 1] not in tuple("各全我本该0123456789") else None
    named: int | None = None
    if _NATURE.match(text, start) and words.starts_at(start):
        word = next(words.back_from(start), None)
        if word is not None and text[word.start : start] in _NO_NAME:
            return None
        if word is not None and 2 <= start - word.start <= 4 and word.tag in ("n", "nz", "m", "LOC", "s", "ORG", "PER"):
            left = words.over(word.start - 1, word.start) if word.start else None
            return left.start if left is not None and left.tag == "LOC" and left.end == word.start else word.start
    for word in words.back_from(start):
        if word.tag == "c" and text[word.start : word.end] in ("和", "与", "及") and named is None:
            continue
        if word.tag not in _INSIDE or end - word.start > 20:
            break
        piece = text[word.start : min(word.end, start)]
        if word.end <= start and (piece in _GOING or (word.tag == "PER" and word.end < start)):
            break  # 浦东机场|到|临港新片区, 主席|李明|到|首都机场
        if word.end > start:
            if word.tag in _NAMED:
                named = word.start
            continue
        if piece in _NO_NAME or (word.tag == "v" and len(piece) > 1) or (word.tag == "a" and len(piece) > 1):
            if word.tag in ("v", "vn", "a"):
                break
            continue
        if word.tag in _NAMED or (word.end in places and places[word.end].kind != "weak"):
            named = word.start
    if named is None:
        return None
    # 沿胶州湾…, 依托X: a word that took one character too many
    return named


# All together -------------------------------------------------------------------------------------------------------

# A side of a place is none of its name: 胶州湾|西岸, 祁连山|北麓.
_SIDE = re.compile(
    r"(?<=.{2})(?:[东西南北][岸麓侧端]|[东西南北中]部|沿岸|两岸|沿线|上游|中游|下游|境内|全境|腹地|一带|周边|附近|市区|城区|郊区|等地|(?<=县)城|(?<!路)段|(?<=湖)区|(?<=[湖江河海])[畔边滨])$"
)
_REST = re.compile(
    r"(?:市|城|郊|山|地|辖|景|东|西|南|北|中|沿海|边境)?[区部郊内外边]$|境内|全境|全域|各地|一带|方面|本地|当地|周边"
)


def find_places(text: str, words: Words, table: Sequence[Place]) -> list[Place]:
    """The places of the text in order, without overlaps; `table` is what `find_divisions` found in it."""
    zones = find_zones(text, words, table)
    model = [word for word in words.all if word.tag == "LOC"]
    taken = [(zone.start, zone.end) for zone in zones]
    kept: list[Place] = []
    ends = {place.start: place for place in table}
    for word in model:
        start, end = words.trim(text, word.start, word.end)
        if (side := _SIDE.search(text[start:end])) is not None:
            end = start + side.start()
        cursor = start
        while (
            (place := ends.get(cursor)) is not None and place.end <= end and (place.kind == "full" or place.end == end)
        ):
            kept.append(place._replace(kind="full" if place.kind == "full" else "short"))
            cursor = place.end
        if cursor == start and (place := ends.get(start)) is not None and place.end < end:
            chain, at = [], start
            while (place := ends.get(at)) is not None and place.end <= end:
                chain.append(place)
                at = place.end
            if at == end and not _OLD_TOWN.fullmatch(text, chain[-1].start, end):
                kept += [place._replace(kind="short") for place in chain]
                cursor = end
        if (
            cursor == start
            and (country := _country(text[start:end]))
            and end - start > country + 1
            and not _STATE.search(text, start, end)
            and not _BARE_SITE.fullmatch(text, start + country, end)
        ):
            kept.append(Place(start, start + country, "model", None, word.score))
            cursor = start + country
        if end - cursor > 1 or cursor == start < end:
            if cursor > start and _REST.fullmatch(text[cursor:end]):
                continue
            if cursor == start and len(text[start:end]) == 1 and not text[start:end].isalpha():
                continue
            kept.append(Place(cursor, end, "model", None, word.score))
    lists = _Lists(text, [place for place in (*kept, *table) if place.kind in ("full", "short")])
    for place in table:
        over = words.over(place.start, place.end)
        if over is not None and over.tag == "LOC":
            continue
        if place.kind == "weak" and not lists.holds(place, words):
            continue
        kept.append(place)
    kept += zones
    return _apart(_with_codes(text, _sites(text, sorted(_apart(kept, taken)))))


_SITE = re.compile(r"(?:站|(?<!航空)港)$|机场|大桥|隧道|体育[馆场]")
# Where a place's name is a word for something else: 北京时间, 长江学者.
_NO_PLACE = re.compile(r"北京(?=时间)|(?:长江|珠江|泰山|黄河|钱江|楚天|闽江|芙蓉)(?=”?学者)")


def _sites(text: str, places: Sequence[Place]) -> list[Place]:
    """The places, a site one with the city before it (上海|虹桥站), without those that are none."""
    kept: list[Place] = []
    for place in places:
        before = kept[-1] if kept else None
        if (no := _NO_PLACE.match(text, place.start)) is not None and no.end() == place.end:
            continue
        if (
            before is not None
            and before.end == place.start
            and before.kind == "short"
            and place.kind == "model"
            and _SITE.search(text[place.start : place.end])
        ):
            kept[-1] = place._replace(start=before.start)
        else:
            kept.append(place)
    return kept


_OLD_TOWN = re.compile("[古老新县]城|古镇|老街")
_BARE_SITE = re.compile("公园|花园|广场|大街|大道|街|路|宫|湖|河|山|岛|酒店|饭店|机场|车站|大桥|桥|教堂|学院|大学")
_STATE = re.compile("(?:共和国|王国|公国|联邦|酋长国|联盟)$")


def _country(name: str) -> int:
    """The length of the country the name begins with, 0 where it begins with none."""
    if name in COUNTRIES:
        return 0
    return next((size for size in (5, 4, 3, 2) if name[:size] in COUNTRIES and len(name) > size), 0)


class _Lists:
    """Which characters stand next to a place, with or without a 、 or 和 between."""

    def __init__(self, text: str, places: Iterable[Place]) -> None:
        self._text = text
        self._starts = {place.start for place in places}
        self._ends = {place.end for place in places}

    def holds(self, place: Place, words: Words) -> bool:
        """Whether the place is in a list with places, or follows one; its borders must be borders of words."""
        start, end = place.start, place.end
        if not (words.starts_at(start) and words.ends_at(end)):
            return False
        if start in self._ends and self._text[end : end + 1] in "市县区":
            return True
        return (self._text[start - 1 : start] in ("、", "和", "与", "及") and start - 1 in self._ends) or (
            self._text[end : end + 1] == "、" and end + 1 in self._starts
        )


def _apart(places: Iterable[Place], taken: Sequence[tuple[int, int]] = ()) -> list[Place]:
    """Without overlaps: a zone first, then the longer, then the earlier."""
    kept: list[Place] = []
    covered: set[int] = set()
    for place in sorted(places, key=lambda p: (p.kind != "zone", p.start - p.end, p.start)):
        span = range(place.start, place.end)
        if covered.isdisjoint(span):
            covered.update(span)
            kept.append(place)
    return sorted(kept)


def _shown_kind(text: str, place: Place) -> str:
    if place.kind != "model":
        return place.kind
    name = text[place.start : place.end]
    return "known" if known()[0].get(name) == SURE else "foreign" if is_foreign(name) else "model"


@Language.component("jiaozhu_places")
def suggest_places(doc: Doc) -> Doc:
    """LOC in `doc.spans["places"]`, with the adcodes in `attrs["adcodes"]`, None where a place has none."""
    words = words_of(doc)
    table = doc.user_data[DIVISIONS] = find_divisions(simple_of(doc), words)
    found = find_places(simple_of(doc), words, table)
    suggest(doc, GROUP, f"jiaozhu-places@{VERSION}", [Found(p.start, p.end, "LOC", p.score) for p in found])
    doc.spans[GROUP].attrs[ADCODES] = [place.adcode for place in found]
    doc.spans[GROUP].attrs["kinds"] = [_shown_kind(simple_of(doc), place) for place in found]
    return doc
