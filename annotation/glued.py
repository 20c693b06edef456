"""Names that touch, as posts write them: 周杰伦昆凌, 东京品川, which the model takes for one.

The model is asked again with the mark that the post leaves out: a text and its words in; the same words, each name
apart, out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.asked import Ask
from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE
from annotation.sounds import abroad, sounds
from annotation.towns import known
from annotation.walk import Walk

AROUND = 12  # characters on either side that the model is shown again
SURE = {"PER": 0.75, "LOC": 0.4}  # of both names, with the mark between
WORTH, SUREST = 0.15, 0.8  # the score of a word about which it is asked; below it is seldom a name at all
KNOWN = 0.9  # below it two known places are apart, without asking
LEAST, MOST = 4, 9  # characters of two or three names
_SURNAMES = lexicon("surnames")
_COUNTRIES = lexicon("countries")
_CITIES = lexicon("cities")
_NO_SURNAME = frozenset("小老阿大二")


def unglued(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """The words with 肖战|王一博 as two people, 东京|品川 as two places; they cover what they covered."""
    wanted = [i for i, (at, end, tag, _) in enumerate(words) if tag in SURE and LEAST - 1 <= end - at <= MOST]
    walk = Walk(words, wanted)
    for word in walk:
        start, end, label, score = word
        if label == "LOC" and score < KNOWN and (places := _known_cut(text, word, walk.ends)) is not None:
            cut, stop = places
            walk.put(Word(start, cut, "LOC", max(score, RULE)))
            walk.take(cut, stop, "LOC", max(score, RULE))
        elif end - start >= LEAST:
            walk.put(*_apart(text, word, ask))
    return walk.made


_SITES = lexicon("famous_sites")
_LEVEL = ("乡", "镇")


def _known_cut(text: str, word: Word, ends: set[int]) -> tuple[int, int] | None:
    """Where a second place begins and ends if both are known: 大理|双廊, 京都|锦市场 although the model cuts 京都锦."""
    start, end = word.start, word.end
    kinds, lengths = known()
    if text[start:end] in kinds or text[start:end] in divisions().codes:
        return None
    for size in (2, 3, 4, 5):
        cut = start + size
        if cut >= end or not _is_town(text[start:cut]):
            continue
        for length in (*lengths.get(text[cut : cut + 2], ()), end - cut):
            stop = cut + length
            if length == 2 and text[stop - 1 : stop] in ("路", "街", "巷"):
                continue  # 解放|西街 is one
            if stop >= end and stop in ends and (text[cut:stop] in kinds or text[cut:stop] in _SITES):
                return cut, stop + (text[stop : stop + 1] in _LEVEL and stop + 1 in ends)
    return None


def _cuts(text: str, word: Word) -> list[int]:
    """Where a second name may begin."""
    start, end, label, score = word
    name = text[start:end]
    if not WORTH < score < SUREST:
        return []
    if label == "PER" and text[start] not in _NO_SURNAME and name.isalpha() and not name.isascii():
        foreign = sum(char is not None for char in map(sounds().match, name))
        between = range(start + 2, end - 1) if 2 * foreign <= len(name) else ()
        return [cut for cut in between if text[start] in _SURNAMES or text[cut] in _SURNAMES]
    if label == "LOC" and 2 * WORTH < score < UNSURE and name not in abroad() and name not in divisions().codes:
        return [
            start + size
            for size in (4, 3, 2)
            if size < len(name) - 1 and _is_town(name[:size]) and not _OF_TOWN.match(name, size)
        ]
    return []


def _is_town(name: str) -> bool:
    return name in _COUNTRIES or name in divisions().codes or name in abroad() or name in _CITIES


# After a town these make one name of both, or none: 南京|南站, 上海|市区.
_OF_TOWN = re.compile(
    r"[东西南北中老新大小]?[站城区路街港桥口门河江湖山岛海湾县市州镇乡村郊]$"
    r"|.*(?:机场|地区|[市城郊景校港矿]区|新区|高新|开发区|经济|工业|高速|铁路|公路|国际|火车|地铁|一带|图书馆|博物|大学|学院|医院|中学"
    r"|公司|集团|银行|自治|特别|共和)"
)


def _apart(text: str, word: Word, ask: Ask) -> Iterator[Word]:
    """The two names of which the model is surest, or the word as it was; a name of those may be two again."""
    start, end, label, _ = word
    first, last = max(0, start - AROUND), end + AROUND
    cuts = _cuts(text, word)
    asked = [ask(f"{text[first:cut]}、{text[cut:last]}") for cut in cuts]
    best: tuple[float, int, float, float] | None = None
    for cut, made in zip(cuts, asked, strict=True):
        scores = {(a + first, b + first): score for a, b, name, score in made if name == label}
        left, right = scores.get((start, cut)), scores.get((cut + 1, end + 1))
        if left is not None and right is not None and min(left, right) >= SURE[label]:
            best = max(best or (0.0, 0, 0.0, 0.0), (min(left, right), cut, left, right))
    if best is None:
        yield word
        return
    _, cut, left, right = best
    for piece in (Word(start, cut, label, left), Word(cut, end, label, right)):
        yield from _apart(text, piece, ask) if piece.end - piece.start >= LEAST else (piece,)
