"""People whom the model takes for things because it has not met them (贺言, 匡饼): words in, words out.

The model is asked about the word alone, as somebody who speaks: it takes 石头 of `石头说：` for a thing still, and
贺言 of `贺言说：` for a person. Asked is only about what opens a clause and acts there, or is all that is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.asked import Ask
from annotation.given import DOES
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE

SPEAKS = "说："
SURE, SURER = 0.3, 0.4  # of the model; where less speaks for a person
_KIND = frozenset(("n", "nz", "nw", "a", "an", "vn", "ad", "q", "f"))
_OPENS = frozenset(("w", "c", "TIME"))
# What a person does more often than a thing, where the word begins with a surname.
_ACTS = re.compile(
    r"瞥|看[了见着]|望[了着见]|听[了见着说]|给|把|对|向|朝|跟|拿[起着了出]|放下|回[来到头答]|伸手|伸出|摇|点了|叹|曰|揉|擦|递|接过|掏出|摘下|脱下|披上|喝[了着]"
    r"|吃[了着]|写[了着]|想[着起到了]|知道|觉得|以为|记得|认得|决定|答应|拒绝|沉默|犹豫|愣|怔|起身|睡|醒|病|死了|没来|没有?[说来去接回]|来了|来得?了?没|换[上下]|穿[上着]|戴[上着]|攻入|打进|低[着下]?头|上前|转身|出嫁|嫁人|闻言|不肯|不敢|终于|忽然|突然|连忙"
)
# What is done to people, and what they are to others.
_MEETS = re.compile(
    r"(?:[遇碰撞看][见到上]|[爱看相]中|爱上|认识|结识|嫁给|许给|娶|收到|拜见|拜访|惦记|想念|怀念|打发|差遣|辞别|告别|找到?|住着|来了个"
    r")[了着过]?$"
)
_MET = frozenset(("w", "u", "v", "p", "d", "c", "r"))
_KIN_OF = re.compile("[他她](?:爹|娘|妈|爸|[表堂]?[哥姐弟妹兄]|媳妇|男人|婆娘?|奶|爷|叔|婶|舅|姨|嫂|儿子|女儿|闺女)")
_REST = frozenset(("n", "v", "a", "nz", "vn", "an"))  # what is left of a name that the model cuts
_BEYOND = frozenset(("v", "d", "p"))
_SURNAMES = lexicon("surnames")
_NO_NAMES = lexicon("no_names") | lexicon("roles") | lexicon("titles")
_HAN = re.compile("[一-龥]{2,3}")


def speakers(text: str, words: Sequence[Word], ask: Ask) -> list[Word]:
    """贺言|瞥见, 匡|饼|笑道: a word, or a surname and a word, of which the model says that it can speak."""
    found = list(words)
    last = "w"
    where: list[int] = []
    for index, (start, end, name, score) in enumerate(words):
        if (
            (name in _KIND and (last in _OPENS or (last in "vu" and _MEETS.search(text, max(0, start - 4), start))))
            or (name == "PER" and score < UNSURE)
            or (name == "m" and text[end : end + 1] in ("他", "她"))
        ):
            where.append(index)
        last = name
    for index in reversed(where):
        if found[index].tag == "PER":
            made, count = _longer(text, found, index, ask), 2
        else:
            made, count = _person(text, found, index, 2, ask), 2
            if made is None:
                made, count = _person(text, found, index, 1, ask), 1
        if made is not None:
            found[index : index + count] = [made]
    return found


def _person(text: str, words: Sequence[Word], index: int, count: int, ask: Ask) -> Word | None:
    """The person whom the `count` words from `index` on name, if they do."""
    last = index + count - 1
    if last + 1 >= len(words):
        return None
    start, end = words[index].start, words[last].end
    if not 2 <= end - start <= 3 or words[last + 1].start != end or words[last].tag not in _KIND:
        return None
    if count == 2 and not (words[index].end - start == 1 and text[start] in _SURNAMES):
        return None
    before, after = text[max(0, start - 4) : start], text[end : end + 2]
    called = before.endswith("“") and after in ("，”", "！”")  # “阿满，”他说
    if DOES.match(text, end) or called or _KIN_OF.match(text, end):
        least = SURE
    elif _ACTS.match(text, end):
        least = SURE if text[start] in _SURNAMES else SURER
    elif words[last + 1].tag in _MET and _MEETS.search(before):
        least = SURE
    else:
        return None
    if _HAN.fullmatch(text, start, end) is None or text[start:end] in _NO_NAMES or speaks(text[start:end], ask) < least:
        return None
    return Word(start, end, "PER", RULE)


def _longer(text: str, words: Sequence[Word], index: int, ask: Ask) -> Word | None:
    """扎西旺|堆: an unsure person and the character after, where the model is surer of both together."""
    word = words[index]
    if index + 2 >= len(words):
        return None
    after, beyond = words[index + 1], words[index + 2]
    if not (after.start == word.end == after.end - 1 and after.tag in _REST and beyond.tag in _BEYOND):
        return None
    whole = text[word.start : after.end]
    if not 3 <= len(whole) <= 6 or _HAN.match(whole) is None:
        return None
    both = speaks(whole, ask)
    return Word(word.start, after.end, "PER", RULE) if both > UNSURE and both > speaks(whole[:-1], ask) else None


def speaks(name: str, ask: Ask) -> float:
    """The probability of the model that who speaks is a person, whatever else the text says."""
    words = ask(name + SPEAKS)
    return next((score for start, end, label, score in words if (start, end, label) == (0, len(name), "PER")), 0.0)
