"""Foreign names, which are written by their sound: words in, words out, each such name whole and with what it names.

The model cuts those it has never seen (内|塔尼亚胡) and guesses at their label. A table of towns
(annotation/abroad.txt, made by tests/benchmarks/make_abroad.py) gives the characters, and tells a town where the
sentence says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE, TITLED, UNSURE

TABLE = Path(__file__).with_name("abroad.txt")
SURE = 0.8  # of the model: such a word is left as it is
SELDOM = 6  # a character in fewer towns is one of a translation
COUNTRIES = lexicon("countries")

# Characters in the names of towns that are translated, not written by their sound.
_TRANSLATED = "新东南北山大城港湖河金上中地岛公园路谷泉都三区"


@cache
def abroad() -> frozenset[str]:
    """Towns outside China; read on the first call."""
    return frozenset(TABLE.read_text("utf-8").split())


@cache
def sounds() -> re.Pattern[str]:
    """A run of characters that foreign names are written with."""
    counts = Counter(char for name in abroad() for char in name)
    used = {char for char, count in counts.items() if count >= SELDOM} - set(_TRANSLATED) | lexicon("sounds")
    return re.compile(f"[{''.join(sorted(used))}]+")


def is_foreign(name: str) -> bool:
    """Whether the whole name is written by its sound, in three characters or more."""
    return len(name) > 2 and sounds().fullmatch(name) is not None


_PLACE_BEFORE = re.compile(
    r"(?:在|到|抵|赴|往|飞|自|至|回|从|攻占|占领|位于|抵达|前往|离开|访问|逼近|首都|首府|城市|地区|小镇|省会|港口|重镇|州)$"
)
_PLACE_AFTER = re.compile(
    r"(?:市|省|州|郊|岛|河|山|港|机场|附近|地区|国家|山脉|境内|等地|举行|北部|南部|东部|西部|中部|检查站|街头|海岸|当地)"
)
_SAID = re.compile(r"(?:说|表示|称|指出|认为|强调|宣布|会见|先生|夫人|上校|教授|医生|小姐|太太)")
_PERSON_AFTER = re.compile(
    r"的(?:带领|领导|陪同|主持|率领|努力|帮助|支持|要求|安排|影响|目光|[家身手心眼脸])|看来|领导|陪同|主持|率领|执政|手[中里上]|身[边上]|家"
)
_FRAGMENT = frozenset(("PER", "LOC", "ORG", "nz", "nw", "n", "vn", "a", "ad", "an", "d", "f", "xc", "q", "r", "s"))


def foreign(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """Foreign names, whole and with what they name: a run of their characters around a word the model is unsure of."""
    pattern = sounds()
    found: list[Word] = []
    index, count = 0, len(words)
    for wanted, (start, end, tag, score) in enumerate(words):
        if wanted < index or (score >= SURE if tag in NAMED else end - start < 3):
            continue
        found += words[index:wanted]
        index = wanted
        word = words[index]
        if tag not in NAMED:
            found.append(_unseen(text, word, pattern))
            index += 1
            continue
        if not pattern.match(text, start, start + 1):
            found.append(word)
            index += 1
            continue
        longer = _town(text, word)
        if longer is not None:
            while index < count and words[index].end <= longer:
                index += 1
            found.append(Word(word.start, longer, "LOC", RULE))
            if index < count and words[index].start < longer:
                found.append(words[index]._replace(start=longer, tag="n", score=0.0))
                index += 1
            continue
        first = last = index
        if (
            word.score < UNSURE
            and text[word.start : word.end] not in abroad()
            and text[word.start : word.end] not in COUNTRIES
            and text[word.start : word.end] not in divisions().codes
        ):
            while first > 0 and len(found) and _is_piece(text, words[first - 1], pattern, found[-1]):
                first -= 1
                found.pop()
            while last + 1 < count and (
                _is_piece(text, words[last + 1], pattern, words[last + 1]) or _is_half(text, words[last : last + 2])
            ):
                last += 1
        start, end = words[first].start, words[last].end
        run = pattern.match(text, start, end)
        name = text[start:end]
        if run is None or run.end() < end or not 3 <= end - start <= 9:
            if first == last:
                found.append(word)
            else:
                found += words[first : last + 1]
            index = last + 1
            continue
        if first != last and end - start < 4:
            found += words[first : last + 1]
            index = last + 1
            continue
        found.append(Word(start, end, _kind(text, start, end, word, name), max(word.score, RULE)))
        index = last + 1
    return [*found, *words[index:]] if index else words


def _is_half(text: str, pair: Sequence[Word]) -> bool:
    """康斯坦|丁内斯库: whether two unsure people are the halves of one name; two of them would stand apart."""
    left, right = pair
    people = left.tag == right.tag == "PER" and left.end == right.start and max(left.score, right.score) < SURE
    return people and sounds().fullmatch(text, left.start, right.end) is not None


def _town(text: str, word: Word) -> int | None:
    """Where the town of the table ends that begins with a word the model is unsure of and goes on: 波哥|大."""
    if word.tag == "PER" or word.score > UNSURE:
        return None
    stops = range(min(word.start + 8, len(text)), max(word.end, word.start + 2), -1)
    return next((stop for stop in stops if text[word.start : stop] in abroad()), None)


def _unseen(text: str, word: Word, pattern: re.Pattern[str]) -> Word:
    """A word that the model takes for no name although it is written like a foreign one: 首都|摩加迪沙."""
    start, end, tag, _ = word
    if end - start < 3 or end - start > 8 or tag in ("m", "TIME", "w", "xc") or not pattern.fullmatch(text, start, end):
        return word
    name, before = text[start:end], text[max(0, start - 5) : start]
    if name in abroad() or name in COUNTRIES or (end - start > 3 and _PLACE_BEFORE.search(before)):
        return Word(start, end, "LOC", RULE)
    if end - start > 3 and TITLED.search(before):
        return Word(start, end, "PER", RULE)
    return word


def _is_piece(text: str, word: Word, pattern: re.Pattern[str], held: Word) -> bool:
    """Whether the word is a piece of a foreign name: in its characters, no sure name and no plain word."""
    if word is not held or word.tag not in _FRAGMENT or word.score > UNSURE:
        return False
    piece = text[word.start : word.end]
    return pattern.fullmatch(piece) is not None and piece not in _WORDS and len(piece) < 4


_WORDS = lexicon("no_sounds")


_TOWNS = ("堡", "格勒", "格拉", "港", "州")


def _kind(text: str, start: int, end: int, word: Word, name: str) -> str:
    """What a foreign name names: by what stands beside it, then by the table of towns, then by the model."""
    before, after = text[max(0, start - 5) : start], text[end : end + 4]
    if name in COUNTRIES:
        return "LOC"
    if TITLED.search(before) or (_SAID.match(after) and not _PLACE_BEFORE.search(before)):
        return "PER"
    if word.tag == "PER" and word.score < UNSURE and name.endswith(_TOWNS) and name in abroad():
        return "LOC"
    where = _PLACE_BEFORE.search(before) is not None and _PERSON_AFTER.match(after) is None
    if name in abroad() and (word.tag != "PER" or where or word.score < 0.1):
        return "LOC"
    if where and before.endswith(("在", "抵达", "前往", "访问", "首都", "首府")):
        return "LOC"
    if word.score < UNSURE and ((where and word.tag != "ORG") or _PLACE_AFTER.match(after)):
        return "LOC"
    return word.tag
