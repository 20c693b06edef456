"""Organizations: a text, its words and its places in; ORG spans out, with the borders the guideline draws.

The statistical model knows that something is an organization, seldom where it ends: 济南市工业|和信息化局. A
grammar of last words (局 大学 有限公司 联盟 …) goes back over the model's words to the first of the name. Bodies of the
state are found in government.py, companies' short names in companies.py and quoted.py, further names of what was found
in mentions.py; adjacent.py splits and joins neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from annotation.adjacent import joined, split, with_part, without_country
from annotation.bodies import known_bodies, words_too
from annotation.companies import AFTER_BRAND, BEFORE_BRAND, brands, framed, is_business, latin, placed, tickers
from annotation.government import state_bodies
from annotation.groups import DIVISIONS, Found, Words, simple_of, suggest, suggested, words_of
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE
from annotation.mentions import again, aliases, listed
from annotation.names import (
    ACTS,
    BRAND,
    COMPANY,
    DEPARTMENT,
    GENERIC,
    LAST,
    LEGAL,
    LEVEL,
    LONGEST,
    MANY,
    STATE,
    Edges,
    Name,
    apart,
    bare,
    last_end,
)
from annotation.openings import matches
from annotation.places import COUNTRIES, Place, find_divisions, find_places
from annotation.places import GROUP as PLACES
from annotation.quoted import quoted, without

VERSION = "0.7.3"

GROUP = "organizations"

# What each kind is worth before `jiaozhu_settle` weighs it with the model's word.
SCORES = {
    "government": 0.9,
    "legal": 0.9,
    "suffix": 0.85,
    "alias": 0.9,
    "brand": 0.75,
    "quoted": 0.8,
    "known": 0.8,
    "again": 0.8,
    "listed": 0.7,
    "model": 0.6,
}

# Roles and classes that stand before a name and are none of it.
_ROLE = re.compile(
    r".*(?:股东|子公司|孙公司|母公司|关联公司|关联方|实控人|控制人|交易对方|持有人|发起人|出资方|投资方|收购方|巨头|龙头|企业|厂商|运营商|供应商|经销商|制造商|服务商|客户|伙伴|机构|单位|券商|主体|方面|原告|被告|第三人|上诉人|申请人|被申请人|被?执行人|[招投中]标人|采购人|中标候选人|卖方|买方|业主单位|第[一二三四五]名|记者|作者|通讯员"
    r"|法人|委托人|受托人|公司(?!法)|以及|其中|包括|分别|旗下|下属|附属(?!医院|学校|小学|中学|幼儿园|第)|所属|隶属|校友|毕业生|创始人|董事长|总经理|主席|总裁|专家|教授|院士|代表|知名|著名|国内|国外|国产|老牌|新兴|独角兽|头部|首家|第一家|一家|这家|总部|来自|当地|本土|本市|本省)(?=.)",
    re.DOTALL,
)

_INSIDE = frozenset(("n", "nz", "nw", "vn", "an", "ORG", "PER", "s", "a", "j", "f", "LOC"))

# Verbs that are parts of names: 发展和改革委员会, 监督管理局, 保护协会.
_NAME_VERBS = lexicon("name_verbs")

_FOREIGN_OK = ("office", "school", "media")


def find_organizations(text: str, words: Words, places: Sequence[Place], table: Sequence[Place]) -> list[Name]:
    """The organizations of the text in order, without overlaps.

    `places` are those found, `table` every mention of a division, inside names too.
    """
    edges = Edges(text, words, places, table)
    structured = [*state_bodies(edges), *_by_last_word(edges)]
    found = joined(edges, apart(split(edges, [*structured, *_by_model(edges, structured)])))
    found = [with_part(edges, name) for name in found]
    known = list(quoted(edges))
    found = apart([*without(edges, found, known), *known])
    found = apart([*found, *brands(edges, found), *tickers(edges, found)])
    found = apart([*found, *framed(edges, found), *placed(edges, found), *latin(edges, found)])
    found = apart([*found, *aliases(edges, found)])
    found = apart([*found, *listed(edges, found)])
    found = apart(without_country(edges, [*found, *again(edges, found)]))
    return [name._replace(kind="known") if _is_known(text, name) else name for name in found]


def _is_known(text: str, name: Name) -> bool:
    """Whether what the model found is a body that every reader knows: so it is, wherever it stands."""
    return name.kind == "model" and text[name.start : name.end] in known_bodies()


def _by_last_word(edges: Edges) -> Iterator[Name]:
    """Names that end in a word for what they are; the words before it, as far as they can be its name."""
    text, words = edges.text, edges.words
    for match in matches(LEGAL, text):
        start = _stem(edges, match.start(), "legal")
        if start is not None and start < match.start() and match.end() - start <= LONGEST:
            yield Name(start, match.end(), "legal")
    for match in matches(LAST, text):
        kind = match.lastgroup or ""
        if not words.ends_at(match.end()) and not LEGAL.match(text, match.start()):
            continue
        start = _stem(edges, match.start(), kind)
        if start is None or start >= match.start() or match.end() - start > LONGEST:
            continue
        if (text[start] in LEVEL and text[start - 1 : start] in MANY) or _MANY_OF.match(text, start, match.end()):
            continue  # 5|市工信局, 七市教育局: a class
        if DEPARTMENT.fullmatch(text, start, match.end()):
            continue  # 各市|工信局: by itself only what _by_model and `again` say
        if match[0] in _LOOSE and _is_place(edges, start, match.start()):
            continue
        if _is_named(edges, start, match.start(), kind):
            yield Name(start, match.end(), "suffix")


_LOOSE = frozenset(("工厂", "厂", "办公室", "培训中心"))
_OF_PLACE = re.compile("(?:新|老|两地|三地|四地|一期|二期|三期|总部)?")


def _is_place(edges: Edges, start: int, end: int) -> bool:
    """Whether places are all that stands before a works or an office: 重庆|厂, 香港|中环|办公室 have no name."""
    cursor, text = start, edges.text
    before = next(edges.words.back_from(start), None)
    if before is not None and before.tag == "ORG":
        return False  # 长城汽车|平湖工厂
    while (place := edges.by_start.get(cursor)) is not None and place.kind != "zone" and place.end <= end:
        if place.kind == "full":
            return False
        cursor = place.end
    return cursor > start and _OF_PLACE.fullmatch(text, cursor, end) is not None


def _stem(edges: Edges, start: int, kind: str) -> int | None:
    """Where the name whose last word stands at `start` begins."""
    text = edges.text
    begin = start
    anchor: int | None = None
    sure = False  # whether the model has an organization there
    steps = 0
    cursor = start
    index = edges.words.index_at(start - 1) if start else -1
    while index >= 0 and steps < 10:
        word = edges.words.all[index]
        if word.end < cursor or start - word.start > LONGEST or "\n" in text[word.start : word.end]:
            break
        index -= 1
        steps += 1
        place = edges.by_end.get(word.end)
        if place is not None and word.end <= start and (place.start <= word.start or word.tag != "ORG"):
            if not edges.is_home(place) and begin != start and kind not in _FOREIGN_OK:
                break
            begin = anchor = place.start
            while index >= 0 and edges.words.all[index].start >= begin:
                index -= 1
            cursor = begin
            before = edges.by_end.get(begin)
            if before is None:
                if kind not in ("legal", "company", "office", "association"):
                    continue
                break
            continue
        piece = text[word.start : min(word.end, start)]
        if word.tag == "PER" and cursor != start and (kind != "legal" or word.score > 0.7):
            break
        if piece in ("省", "市", "区", "县", "州"):
            begin = anchor = word.start
            break
        if word.tag == "ORG":
            if sure and word.score < UNSURE / 2:
                break  # 求问|协和医院
            sure = word.score > UNSURE
            begin = anchor = word.start
        elif word.tag == "w" and piece in ("）", ")") and kind in ("legal", "company"):
            least = max(0, start - LONGEST)
            opening = max(text.rfind("（", least, word.start), text.rfind("(", least, word.start))
            inner = text[opening + 1 : word.start]
            rest = GENERIC.fullmatch(text, word.end, start) is not None  # no name by itself: (开发)集团有限公司
            if opening < 0 or not (
                opening + 1 in edges.by_start
                or inner in COUNTRIES
                or inner in ("中国", "集团", "控股")
                or (rest and len(inner) <= 6)
            ):
                break
            while index >= 0 and edges.words.all[index].start >= opening:
                index -= 1
            cursor = opening
            continue
        elif word.tag == "v" and anchor == cursor:
            break  # 国资委|联合|产业基金: a verb between two names
        elif word.tag in _INSIDE or piece in _NAME_VERBS or (kind == "legal" and word.tag in ("xc", "nz")):
            begin = word.start
        elif word.tag == "c" and piece in ("和", "与", "及") and kind in ("office", "association"):
            left = edges.words.all[index] if index >= 0 else None
            if left is None or left.tag in ("LOC", "ORG", "PER", "w") or left.end in edges.by_end:
                break
        elif (word.tag == "m" and piece.startswith("第")) or (
            word.tag in ("v", "d", "p") and len(piece) == 1 and kind == "legal" and begin == start
        ):
            begin = word.start
        else:
            break
        cursor = word.start
    stem = text[begin:start]
    if kind == "office" and anchor is None and not STATE.match(stem):
        return None
    if anchor is not None and kind in ("office", "school", "health"):
        begin = anchor  # what stands before the place is no part of the name
    if begin not in edges.by_start and begin != anchor:
        role = _ROLE.match(text, begin, start if anchor is None else anchor + 1)  # a role before 上海力鸿企业, not 企业
        if role is not None and role.end() < start - 1:
            begin = role.end()
    while begin < start:  # a verb at the head rules the name, it is none of it
        head = edges.words.over(begin, begin + 1)
        if head is None or head.start != begin or head.end >= start:
            break
        if head.tag not in ("v", "f", "s") and text[begin : head.end] not in ACTS:
            break
        if text.startswith("股权投资", begin):
            break
        begin = head.end
    return begin


_CLASS = re.compile(r"(?:[性型级类座家所个]|上市|中小|国有|民营|参股|全资|经纪|经理人|以上|以下)$")


def _is_named(edges: Edges, start: int, end: int, kind: str) -> bool:
    """Whether the stem is a name and not a class (上市公司, 各大医院, 科技集团)."""
    text, words = edges.text, edges.words
    stem = text[start:end]
    if text[start] in LEVEL and words.starts_at(start) and words.ends_at(start + 1):
        return text[start - 1 : start] not in tuple("各全我本该0123456789")
    generic = GENERIC.match(stem)
    if (generic is not None and generic.end() == len(stem)) or _CLASS.search(stem):
        return False
    index = words.index_at(start)
    while 0 <= index < len(words.all) and words.all[index].start < end:
        word = words.all[index]
        if word.tag in ("ORG", "nz", "PER", "LOC") or (
            word.end in edges.by_end and edges.by_end[word.end].start >= start
        ):
            return True
        if word.tag == "m" and text[word.start] == "第" and len(stem) > 2:
            return True
        index += 1
    return kind != "office" and (STATE.match(stem) is not None and len(stem) > 3)


def _by_model(edges: Edges, structured: Sequence[Name]) -> Iterator[Name]:
    """What the model calls an organization, without titles and roles, and not where it is only a class."""
    text = edges.text
    by_start = {name.start: name for name in structured}
    sure = {word.start for word in edges.words.all if word.tag == "ORG" and word.score > UNSURE}
    for word in edges.words.all:
        if word.tag != "ORG" or (word.score < UNSURE / 2 and word.end in sure):
            continue  # 求问|协和医院
        start, end = Words.trim(text, word.start, word.end)
        name = text[start:end]
        if not 2 <= end - start <= LONGEST or not any(map(str.isalpha, name)) or name.isdigit():
            continue
        generic = GENERIC.match(name)
        last = last_end(name)
        if generic is not None and (generic.end() == len(name) or (last == len(name) and bare(name) <= generic.end())):
            level = last and text[start] in LEVEL and len(name) > 3
            bank = word.score > 0.7 and name.endswith("银行")
            if not (
                level
                or bank
                or (STATE.match(name) and len(name) > 3)
                or name in known_bodies()
                or (name in words_too() and word.score >= RULE)
            ):
                continue
        role = _ROLE.match(name)
        if role is not None and len(name) - role.end() > 3 and name[: role.end()].endswith(("股东", "企业", "记者")):
            start += role.end()
        if text[start] in LEVEL and text[start - 1 : start] in MANY:
            continue  # 5|市工信局: a class
        if _MANY_OF.match(name):
            continue  # 七市教育局
        if word.score < RULE and name in words_too() and not _is_meant(edges, start, end):
            continue
        if DEPARTMENT.fullmatch(name):
            if text[start - 1 : start] not in LEVEL:
                yield Name(start, end, "again", False)
            continue
        place = edges.by_start.get(start)
        if place is not None and place.end == end:
            continue  # a place by the table
        zone = edges.zoned.get(start)
        if zone is not None and end <= zone.end:
            continue
        shorter = by_start.get(start)
        if shorter is not None and shorter.end < end and last != len(name):
            continue  # 高陵区委|书记: the grammar knows where it ends
        if last != len(name):
            if (
                place is not None
                and place.kind == "full"
                and place.end < end
                and edges.words.over(start, end) is not None
            ):
                brand = BRAND.search(name)
                if brand is None or brand.end() != len(name):
                    continue  # 酒泉市|新能源消纳
            if (board := _BOARD.search(text[start:end])) is not None and board.start() > 1:
                end = start + board.start()
            elif last > 0 and len(name) - last <= 3 and _TAIL.fullmatch(name[last:]):
                end = start + last
        yield from _cut(edges, start, end, word.score)


_MANY_OF = re.compile(rf"[{''.join(sorted(MANY))}]+个?[{LEVEL}](?=.*[局厅委办]$)")

_TO = re.compile(r"(?<=.{3})向(?=.{3,}(?:法院|局|委员会|院|会)$)")

# A company whose name is a common word too.
_THING = re.compile(r"公司|集团|手机|电脑|汽车|系统|产品|官网|门店|员工|股|用户|发布会|新款|供应链|供应商|中国区")


def _is_meant(edges: Edges, start: int, end: int) -> bool:
    """Whether the sentence, or the whole text, speaks of the company and not of the thing."""
    text = edges.text
    return (
        _THING.match(text, end) is not None
        or AFTER_BRAND.match(text, end) is not None
        or BEFORE_BRAND.search(text, max(0, start - 6), start) is not None
        or is_business(text[max(0, start - 100) : end + 100], more_than=0)
    )


_VERB = re.compile(
    r"(?<=.{2})(?:向(?=.{3})|拟|(?<![交究务])所$|持有|转让|质押|受让|督促|诉讼|起诉|收购|减持|增持|认购|总体|合计|累计|[一二三两]家|旗下|(?<=公司|集团|证券|科技|控股|银行|地产)股份$|控股股东|[因将被就](?=.{2}))"
)


def _cut(edges: Edges, start: int, end: int, score: float) -> Iterator[Name]:
    """The model's name without the verb it ran into: 东瀛电装|向|云岭省高级人民法院, 远川科技|股份."""
    text = edges.text
    if text[end - 1] == "所" and text[end : end + 1] in ("持", "属", "有"):
        end -= 1
    if text[end - 2 : end] == "股份" and COMPANY.search(text[start : end - 2]):
        end -= 2
    match = _VERB.search(text[start:end]) if score < 0.7 else _TO.search(text[start:end])
    if match is None:
        yield Name(start, end, "model", score > 0.8)
        return
    yield Name(start, start + match.start(), "model", score > 0.8)
    if match[0] == "向":
        yield Name(start + match.end(), end, "model", score > 0.8)


_TAIL = re.compile(
    r"书记|局长|厅长|部长|主任|院长|校长|行长|董事会?|监事会?|股东大会|合办|主办|承办|联合|共同|牵头|主席|会长|秘书长?|总?经理|副.?|原.?|党组|党委|合作|共建|举办|记者|教授"
)

_BOARD = re.compile(r"(?:董事会|监事会|股东大会|董事局)$")


@Language.component("jiaozhu_organizations")
def suggest_organizations(doc: Doc) -> Doc:
    """ORG in `doc.spans["organizations"]`, with the rule of each in `attrs["kinds"]`."""
    text, words = simple_of(doc), words_of(doc)
    table = doc.user_data.get(DIVISIONS) or find_divisions(text, words)
    if PLACES in doc.spans:
        kinds = doc.spans[PLACES].attrs["kinds"]
        held = zip(suggested(doc, PLACES), kinds, strict=True)
        places = [
            Place(i.start, i.end, "model" if kind in ("foreign", "known") else kind, None, i.score) for i, kind in held
        ]
    else:
        places = find_places(text, words, table)
    found = find_organizations(text, words, places, table)
    suggest(
        doc, GROUP, f"jiaozhu-organizations@{VERSION}", [Found(n.start, n.end, "ORG", SCORES[n.kind]) for n in found]
    )
    doc.spans[GROUP].attrs["kinds"] = [name.kind for name in found]
    return doc
