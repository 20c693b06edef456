"""The model's words, brought nearer to names where their form or their neighbours say more: words in, words out.

Each repair is a rule for a kind of name; what it makes is a word like the model's, so that the grammars after it need
not know. Those of countries, foreign names and sites have files of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from annotation import bodies
from annotation.countries import COUNTRY, abroad_bodies, countries, states, teams
from annotation.divisions import divisions
from annotation.given import again, given
from annotation.groups import Word
from annotation.initials import initials
from annotation.introduced import introduced
from annotation.joined import joined
from annotation.latin import latin
from annotation.lexicon import alternatives, lexicon
from annotation.mending import NAMED, RULE, TITLED, UNSURE
from annotation.posts import campuses, handles, makers
from annotation.routes import routes
from annotation.sites import sites
from annotation.sounds import COUNTRIES, abroad, foreign, sounds
from annotation.titled import titled
from annotation.towns import towns
from annotation.townships import townships
from annotation.troops import troops
from annotation.walk import Walk, tagged

SURNAMES = lexicon("surnames")
_CITIES = lexicon("cities")
_DOUBLE = lexicon("double_surnames")
_JAPANESE = lexicon("japanese_surnames")


def repair(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """The words with every repair, one after the other; they cover what they covered."""
    for step in STEPS:
        words = step(text, words)
    return words


# Known names ---------------------------------------------------------------------------------------------------------

_EVENT = re.compile(
    "(?:冬季?|夏季?)?(?:奥运会|奥运|冬奥会|残奥会|亚运会|世博会|大运会|世界杯|电影节|峰会|和会|会议|空难|地震|大学)"
)


_LISTED = frozenset(("PER", "nz"))


_SITES = lexicon("famous_sites")
_SITE_HEADS = frozenset(name[:2] for name in _SITES)


def listed(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """Sites that are no other word, which the model takes for things or cuts: 鸟巢, 山|海关; 巴黎|奥运会."""
    codes = divisions().codes
    wanted = [i for i, (at, _, tag, _) in enumerate(words) if tag in _LISTED or text[at : at + 2] in _SITE_HEADS]
    walk = Walk(words, wanted)
    for word in walk:
        start, end, tag, score = word
        last = stop = end
        headed, found = text[start : start + 2] in _SITE_HEADS, False
        for after in words[walk.index : walk.index + 4] if headed else ():
            if after.start != stop and after is not word:
                break
            stop = after.end
            if stop - start > 8:
                break
            if text[start:stop] in _SITES:
                found, last = True, stop
        if not found and headed and tag != "nw":
            for size in (6, 5, 4, 3):  # 山|海关, 秦淮|河边: the end may stand inside a word
                if (name := text[start : start + size]) in _SITES:
                    found, last = True, start + len(name)
                    break
        if found and not (tag in NAMED and end > last):
            if last == end and tag in NAMED and score > (UNSURE if tag == "LOC" else 0.9):
                walk.put(word._replace(score=max(score, 0.8)))
            else:
                walk.take(start, last, "LOC", max(score, 0.7))
            continue
        if (
            tag == "PER"
            and end - start == 2
            and text[start:end] in _CITIES
            and text[start - 1 : start] in ("在", "到", "赴", "往")
        ):
            walk.put(Word(start, end, "LOC", RULE))
            continue
        if tag == "nz" and end - start > 1:
            piece = text[start:end]
            if piece in abroad() or piece in COUNTRIES or (piece in codes and _EVENT.match(text, end)):
                walk.put(Word(start, end, "LOC", 0.7))
                continue
            event = _EVENT.search(piece)
            if event is not None and event.end() == len(piece) and event.start() > 1:
                city = piece[: event.start()]
                if city in abroad() or city in COUNTRIES or city in codes or city in _CITIES:
                    cut = start + event.start()
                    walk.put(Word(start, cut, "LOC", 0.7), Word(cut, end, "nz", 0.0))
    return walk.made


# People -------------------------------------------------------------------------------------------------------------

_RUNS_ON = re.compile("[笑哭叹冷怒喝骂][道着]|[笑哭][说了]|[超太真好][远帅美强猛甜酷拼牛逗]|牛[逼掰叉]")  # 贾母笑|道
_HEADS = frozenset(("PER", "ORG", "nz", "LOC"))  # what a name of two words may begin with
_TITLE_AFTER = re.compile(rf"(?:{alternatives('titles')}|某|氏|家|姓|太太|夫人|老板|哥|姐|叔|婶|爷|奶|嫂|爸|妈)")


def people(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """高|建成: a surname by itself is the beginning of a name; 劳动模|范徐虎: a title ends inside it."""
    words = [_without_title(text, word) if word.tag == "PER" else word for word in words]
    walk = Walk(words, tagged(words, _HEADS))
    for word in walk:
        start, end, tag, score = word
        after = walk.after
        if (
            after is not None
            and tag == "PER"
            and end - start == 2
            and text[start:end] in _DOUBLE
            and after.end - end < 3
            and after.tag in ("n", "nz", "a", "an", "vn", "nw", "PER")
            and not _TITLE_AFTER.match(text, end)
        ):
            walk.take(start, after.end, "PER", max(score, RULE))
            continue
        if after is not None:
            beyond = words[walk.index + 2].tag if walk.index + 2 < len(words) else ""
            japanese = tag in ("ORG", "nz", "LOC") and after.tag == "PER" and text[start:end] in _JAPANESE
            like_and = tag == "PER" and end - start == 2 and text[end : after.end] in ("同", "和", "与")
            if (japanese and TITLED.search(text, max(0, start - 5), start)) or (
                like_and and text[start] in SURNAMES and beyond in ("p", "v", "d")
            ):  # 总裁|松下|康雄, 谭嗣|同|在
                walk.take(start, after.end, "PER", max(score, RULE))
                continue
        if tag != "PER":
            continue
        if end - start > 2 and _RUNS_ON.match(text, end - 1):
            walk.put(Word(start, end - 1, "PER", max(score, RULE)), Word(end - 1, end, "d", 0.0))
        elif end - start == 2 and text[end - 1] in "从把给被向" and score < UNSURE:
            walk.put(Word(start, end - 1, "n", 0.0), Word(end - 1, end, "p", 0.0))  # 骑着马|从|鲁昂
        elif (
            after is not None
            and end - start == 1
            and text[start] in SURNAMES
            and after.end - end < 3
            and after.tag in ("v", "n", "a", "nz", "vn", "an", "ad", "LOC", "ORG", "PER", "nw")
            and not _TITLE_AFTER.match(text, end)
            and (after.end - end == 2 or TITLED.search(text, max(0, start - 5), start))
        ):
            walk.take(start, after.end, "PER", max(score, RULE))
    return walk.made


def _without_title(text: str, word: Word) -> Word:
    start, end, _, _ = word
    if end - start > 2 and text[start + 1] in SURNAMES and TITLED.search(text, max(0, start - 5), start + 1):
        return word._replace(start=start + 1)
    return word


# Lists --------------------------------------------------------------------------------------------------------------


def pieces(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """回|民街: a place of one character that stands for no country or province heads the next; 老|耿头 is a man."""
    single = [i for i, (at, end, tag, _) in enumerate(words) if end - at == 1 and (tag == "LOC" or text[at] in "老小")]
    walk = Walk(words, single)
    for word in walk:
        start, end, tag, _ = word
        after = walk.after
        if after is None:
            continue
        if tag == after.tag == "LOC" and text[start] not in _NO_HEAD:
            walk.take(start, after.end, "LOC", RULE)
        elif text[start] in "老小" and after.tag not in NAMED and _OLD.fullmatch(text, end, after.end):
            walk.take(start, after.end, "PER", RULE)
    return walk.made


_NO_HEAD = frozenset(
    COUNTRY + "哈吉塔土波捷匈罗保希挪瑞芬丹荷比葡西智秘阿古墨奥黎约卡也华京津沪渝冀豫云辽"
    "黑湘皖鲁新浙赣鄂桂甘晋陕吉闽贵粤川青藏琼宁蜀滇黔秦蓉穗杭甬汉"
    "连在从到离沿对向同和朝往由去把被给让跟与及"
)
_OLD = re.compile(f"[{''.join(sorted(SURNAMES))}](?:头|汉|头儿|头子|爹|爷子|太爷|奶奶)")


def _first_of_list(text: str, words: Sequence[Word]) -> list[Word]:
    """伏|明霞、郭晶晶: what stands before a person and 、 and looks like a name is one."""
    found: list[Word] = []
    for index, word in enumerate(words):
        if (
            word.tag == "w"
            and text[word.start : word.end] == "、"
            and index + 1 < len(words)
            and words[index + 1].tag == "PER"
            and found
            and found[-1].tag not in NAMED
        ):
            for size in (3, 2):
                start = word.start - size
                held = [w for w in found[-3:] if w.start >= start]
                before = found[-1 - len(held)] if len(found) > len(held) else None
                if (
                    start >= 0
                    and held
                    and held[0].start == start
                    and text[start] in SURNAMES
                    and all(w.tag in ("n", "nz", "nw", "v", "a", "an", "vn", "q", "f", "ad") for w in held)
                    and (size == 3 or len(held) == 1)
                    and (before is None or before.tag == "w" or TITLED.search(text, max(0, start - 5), start))
                ):
                    del found[-len(held) :]
                    found.append(Word(start, word.start, "PER", RULE))
                    break
        found.append(word)
    return found


def lists(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """湘江、资水、沅江: what stands between two places or people is one too."""
    if "、" not in text:
        return words
    found = _first_of_list(text, words)
    for index in range(2, len(found) - 2):
        word = found[index]
        if (
            word.tag in NAMED
            or not 2 <= word.end - word.start <= 4
            or word.tag not in ("n", "nz", "nw", "vn", "an", "a", "v")
        ):
            continue
        if text[word.start - 1] != "、" or text[word.end] not in "、和":
            continue
        left, right = found[index - 2], found[index + 2]
        if (
            left.tag == right.tag
            and left.tag in ("LOC", "PER")
            and left.end == word.start - 1
            and right.start == word.end + 1
        ):
            if left.tag == "PER" and text[word.start] not in SURNAMES:
                continue
            found[index] = Word(word.start, word.end, left.tag, RULE)
    return found


# What is no name ----------------------------------------------------------------------------------------------------

_NO_NAME = lexicon("no_names")
_TITLES = lexicon("titles")
_MEASURED = re.compile("[0-9０-９一二三四五六七八九十百千万几多][里亩米丈尺斤]")


def common(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """维吾尔族, 早安, 三十|里山路: peoples, greetings and measures, which the model takes for names."""
    return [
        Word(word.start, word.end, "n", 0.0) if word.tag in NAMED and _is_common(text, word) else word for word in words
    ]


# Days of the old calendar, which are women's names too.
_TERMS = lexicon("solar_terms")
_OF_TERM = re.compile("那天|这天|当天|那日|这日|时节|节气|前后|过后|之后|以后|一过|未满|到了|前夕|之夜|来临|将至")
_INTO = re.compile("[进出回返靠离入]")
_SHIP = re.compile("[船舰艇轮]")
_EUROS = re.compile("[一二三四五六七八九十两几半百千万0-9]+欧")


def _is_common(text: str, word: Word) -> bool:
    start, end, tag, score = word
    name = text[start:end]
    if end - start < 5 and text[start - 1 : start] == "[" and text[end : end + 1] == "]" and score < 0.9:
        return True  # 给力！[威武]
    if name in _NO_NAME or (tag == "PER" and name in _TITLES):
        return True
    if name in _TERMS:
        return _OF_TERM.match(text, end) is not None
    if tag == "ORG":
        return name.endswith("族") or (name == "滴滴" and text[end : end + 1] in tuple("答嗒滴"))
    if tag == "LOC":
        if name == "港":
            return (
                text[start - 1 : start] in tuple("进出回返靠离入")
                and _SHIP.search(text, max(0, start - 15), start) is not None
            )
        if name == "半山":
            return text[end : end + 1] in ("腰", "坡", "上")
        return _EUROS.match(text, start, end) is not None or _MEASURED.match(text, max(0, start - 1)) is not None
    return (
        score < 0.15 and len(name) > 3 and "·" not in name and not name.isascii() and sounds().fullmatch(name) is None
    )


STEPS: tuple[Callable[[str, Sequence[Word]], Sequence[Word]], ...] = (
    common,
    bodies.known,
    listed,
    towns,
    campuses,
    townships,
    abroad_bodies,
    initials,
    countries,
    people,
    titled,
    foreign,
    states,
    routes,
    sites,
    teams,
    troops,
    pieces,
    introduced,
    given,
    handles,
    makers,
    latin,
    joined,
    lists,
    again,
)
