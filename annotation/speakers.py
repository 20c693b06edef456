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
SURE = 0.3  # of the model
_KIND = frozenset(("n", "nz", "nw", "a", "an", "vn", "ad", "q"))
_OPENS = frozenset(("w", "c", "TIME"))
# What a person does more often than a thing, where the word begins with a surname.
_ACTS = re.compile(
    r"瞥|看[了见着]|望[了着见]|听[了见着说]|给|把|对|向|朝|跟|拿[起着了出]|放下|回[来到头答]|伸手|伸出|摇|点了|叹|曰|揉|擦|递|接过|掏出|摘下|脱下|披上|喝[了着]"
    r"|吃[了着]|写[了着]|想[着起到了]|知道|觉得|以为|记得|认得|决定|答应|拒绝|沉默|犹豫|愣|怔|起身|睡|醒|病|死了|闻言|不肯|不敢|终于|忽然|突然|连忙"
)
_REST = frozenset(("n", "v", "a", "nz", "vn", "an"))  # what is left of a name that the model cuts
_BEYOND = frozenset(("v", "d", "p"))
_SURNAMES = lexicon("surnames")
_HAN = re.compile("[一-龥]{2,3}")


def speakers(text: str, words: Sequence[Word], ask: Ask) -> list[Word]:
    """贺言|瞥见, 匡|饼|笑道: a word, or a surname and a word, of which the model says that it can speak."""
    found = list(words)
    last = "w"
    where: list[int] = []
    for index, (_, _, name, score) in enumerate(words):
        if (last in _OPENS and name in _KIND) or (name == "PER" and score < UNSURE):
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
    acts = DOES.match(text, end) or (text[start] in _SURNAMES and _ACTS.match(text, end))
    called = text[start - 1 : start] == "“" and text[end : end + 2] in ("，”", "！”")  # “阿满，”他说
    if not (acts or called) or _HAN.fullmatch(text, start, end) is None or speaks(text[start:end], ask) < SURE:
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
