"""People: a text and the words of `jiaozhu_lac` in; PERSON spans out, without titles, wherever the document has them.

The model knows most names. What it adds to them (主席, 才, 利用) is cut off, what is no name is left out, one after a
title is read by its surname, and whoever is named once is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from annotation.groups import Found, Words, simple_of, suggest, words_of
from annotation.lexicon import alternatives, lexicon
from annotation.occurrences import occurrences
from annotation.sounds import is_foreign
from annotation.titled import TITLE

VERSION = "0.5.10"
GROUP = "people"
LATIN = 0.45  # a name in Latin letters with that score has evidence of its own (annotation/latin.py)

SURNAMES = lexicon("surnames")
_DOUBLE = re.compile(alternatives("double_surnames"))
_TITLE = alternatives("titles")
_JAPANESE = lexicon("japanese_surnames")
_ENDS_TITLE = re.compile(rf"(?:{_TITLE})$")
# They stand behind a surname, as titles do, and seldom become what somebody is called (郭举人 does).
_TRADE = (
    "指导|姑娘|捕头|裁缝|木匠|铁匠|石匠|屠户|会计|干事|郎中|道长|阁老|大人"
    "|教头|侍郎|尚书|御史|总监|总编|店长|班长|法医|讲师"
)
# A verb or an adverb that the model took for the end of a name: 张根生|才, 李敏|利用.
_TAIL = re.compile(r"(?<=.{3})[才已尚私犯仍又还将曾也说称]$|(?<=.{2})(?:[已犯]|利用|担任|表示|介绍|协议|先后|分别)$")
_TITLE_END = re.compile(rf"(?:{_TITLE}|{_TRADE}|夫妇|夫人|太太|老板|氏|[总导]|爵爷|大帝|[男女]神|欧巴)$")
_AFTER_SURNAME = re.compile(rf"{_TITLE}|太太|夫人|老板|某|[总导](?![统理督共体是会之部能一要览有师游航弹])")
_AFTER_TITLE = re.compile(rf"(?:{_TITLE})(?=[\u4e00-\u9fff]{{2,4}})")
_SAYS = re.compile(
    r"介绍|表示|说|认为|告诉|指出|强调|坦言|透露|出席|带队|担任|主持|在[会接座现致]|[，。、；：）)（(\n]|等|率|与|和|解释|回忆|建议|提醒|作了|回应|宣布|代理|带领|率领|获得|荣获|当选|接受"
)
_DOTS = "·•・‧"
_DOTTED = re.compile(rf"[\u4e00-\u9fff]{{1,10}}(?:[{_DOTS}][\u4e00-\u9fffA-Z]{{1,10}}\.?)+")
_STARTS_TITLE = re.compile(rf"[\u4e00-\u9fff]{{0,8}}(?:{_TITLE})")
_STARTS_ROLE = re.compile(
    r"(?:王储|国王|女王|总统|总理|首相|外长|上将|中将|少将|将军|主席|议长|亲王|教皇|主教|神父|名将|球星)"
)
_SAID = re.compile(r"(?:说|表示|称|指出|认为|告诉|介绍|在|于|的|是|与|和|对|将|则|也)[\u4e00-\u9fff]*$")
_NOT_PERSON = re.compile(
    r"(?:集团|公司|银行|科技|投资|控股|药业|大学|学院|医院|路|街|村|镇|县|区|市|省|港|山|河|湖|江|海|杯|奖|队|团|社|报|网|号|座|星|节|族|教|派|寺|庙|桥|楼|宫|殿|塔|园|馆)$"
)


def find_people(text: str, words: Words) -> list[Found]:
    """The people of the text in order, without overlaps; `score` is the model's own, or that of the rule."""
    found: dict[tuple[int, int], float] = {}
    for start, end, score in _by_model(text, words):
        found[start, end] = score
    on = {i: span for span in found for i in range(*span)}
    for match in _DOTTED.finditer(text) if any(dot in text for dot in _DOTS) else ():
        span = _dotted(text, words, *match.span())
        if span is not None:
            for held in {on[i] for i in range(*span) if i in on}:
                found.pop(held, None)
            found[span] = 0.8
    ends = {end for _, end in found}
    for match in _AFTER_TITLE.finditer(text):
        stop = _read_name(text, words, match.end()) if match.start() not in ends else None  # 孙|先生 has its name
        if stop is not None:
            found.setdefault((match.end(), stop), 0.75)
    known = {text[start:end] for start, end in found if end - start > 2}
    for name, at in occurrences(text, known):
        found.setdefault((at, at + len(name)), 0.85)
    kept: list[Found] = []
    for (start, end), score in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        if not kept or start >= kept[-1].end:
            kept.append(Found(start, end, "PERSON", score))
    return kept


def is_chinese_name(name: str) -> bool:
    """Whether the characters can be a Chinese name: a surname and one or two more."""
    if _DOUBLE.match(name):
        return 3 <= len(name) <= 4
    return 2 <= len(name) <= 3 and name[0] in SURNAMES


def _by_model(text: str, words: Words) -> Iterator[tuple[int, int, float]]:
    """The model's people without titles."""
    for index, word in enumerate(words.all):
        if word.tag != "PER":
            continue
        start, end = Words.trim(text, word.start, word.end)
        while (title := _TITLE_END.search(text[start:end])) is not None and (
            title.start() > 1 or (title.start() == 1 and text[start] in SURNAMES and title[0] != "氏")
        ):
            end = start + title.start()
        head = _STARTS_ROLE.match(text, start, end)
        if head is not None and end - head.end() > 1:
            start = head.end()  # 王储|阿卜杜拉
        if (tail := _TAIL.search(text[start:end])) is not None and is_chinese_name(text[start : start + tail.start()]):
            end = start + tail.start()
        before = text[start - 1 : start]
        if (
            end - start == 2
            and before in SURNAMES
            and words.starts_at(start - 1)
            and words.all[index - 1].tag not in ("c", "p")
            and _ENDS_TITLE.search(text[max(0, start - 7) : start - 1])
        ):
            start -= 1  # 董事长曾|根生
        name = text[start:end]
        alone = len(name) < 2 and not (_AFTER_SURNAME.match(text, end) or TITLE.match(text, end))
        if alone or not any(map(str.isalpha, name)):
            continue
        if index + 1 < len(words.all) and ((len(name) == 2 and is_chinese_name(name)) or name[:2] in _JAPANESE):
            after = words.all[index + 1]  # 张明|远, 佐藤健|一
            more = after.start == end and after.end == end + 1 and after.tag in ("n", "a", "m", "nz", "d", "v")
            more = more and not (after.tag == "v" and _SAYS.match(text, end))
            titled = _ENDS_TITLE.search(text[max(0, start - 6) : start]) is not None
            if more and titled and (after.tag not in ("d", "v") or _SAYS.match(text, after.end)):
                end = after.end
        chinese = is_chinese_name(name) or "·" in name
        if not chinese and word.score < 0.7 and _NOT_PERSON.search(name) and not is_foreign(name):
            continue
        yield start, end, word.score if chinese else word.score * 0.8


def _dotted(text: str, words: Words, start: int, end: int) -> tuple[int, int] | None:
    """The name around the dots of 托马斯·贝克尔, as far as the model's words reach; None in titles of works."""
    if text[start - 1 : start] in ("《", "〈") or text[end : end + 1] in ("》", "〉"):
        return None
    held = [
        word
        for word in words.all[max(0, words.index_at(start)) : words.index_at(end) + 1]
        if word.end > start and word.start < end
    ]
    if not any(word.tag == "PER" for word in held):
        return None
    first = next(i for i in range(start, end) if text[i] in _DOTS)
    last = next(i for i in range(end - 1, start, -1) if text[i] in _DOTS)
    start = max(start, min((word.start for word in held if word.end >= first), default=start))
    end = min(end, max((word.end for word in held if word.start <= last + 1), default=end))
    while (title := _STARTS_TITLE.match(text, start, first)) is not None and title.end() < first:
        start = title.end()
    said = _SAID.search(text, last + 2, end)
    end = said.start() if said else end
    title = _TITLE_END.search(text[last + 2 : end])
    return start, last + 2 + title.start() if title is not None else end  # 德·雷纳尔|夫人


def _read_name(text: str, words: Words, start: int) -> int | None:
    """Where the name after a title ends: a surname, one or two characters, then what a person does."""
    if not words.known or not words.starts_at(start) or text[start] in "和与":
        return None
    index = words.index_at(start)
    surname = words.all[index].tag == "PER" and words.all[index].end - start == 1  # 律师|周|既白
    if words.all[index].tag == "PER" and not surname:
        return None
    for size in (3, 2):
        end = start + size
        if text[end - 1 : end] in (
            "说",
            "称",
            "在",
            "和",
            "与",
            "等",
            "就",
            "向",
            "对",
            "从",
            "将",
            "还",
            "也",
            "是",
            "为",
            "的",
        ):
            continue
        if is_chinese_name(text[start:end]) and words.ends_at(end) and _SAYS.match(text, end):
            index = words.index_at(start)
            held = [word for word in words.all[index : index + 3] if word.start < end]
            if held[0].tag == "p" and held[0].end - start == 1:
                held = held[1:]  # 主席|经|叔平
            tags = [word.tag for word in held]
            if surname:
                return end
            if not set(tags) & {"LOC", "ORG", "m", "TIME", "w", "p", "c", "u", "s", "f", "r"} and not (
                len(tags) == 1 and tags[0] in ("n", "v", "vn", "a", "d")
            ):
                return end
    return None


def kind_of(name: str) -> str:
    """`chinese` for what can be a Chinese name, `dotted` for a foreign one with its dot, `foreign` without, `other`."""
    if any(dot in name for dot in _DOTS):
        return "dotted"
    if is_chinese_name(name):
        return "chinese"
    return "foreign" if is_foreign(name) else "other"


@Language.component("jiaozhu_people")
def suggest_people(doc: Doc) -> Doc:
    """PERSON in `doc.spans["people"]`, with what each name looks like in `attrs["kinds"]`."""
    text = simple_of(doc)
    found = find_people(text, words_of(doc))
    suggest(doc, GROUP, f"jiaozhu-people@{VERSION}", found)
    doc.spans[GROUP].attrs["kinds"] = [
        "latin" if item.score > LATIN and text[item.start].isascii() else kind_of(text[item.start : item.end])
        for item in found
    ]
    return doc
