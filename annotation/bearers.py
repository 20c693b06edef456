"""People whom the text names by what they are first (喇嘛|贡布, 前妻温|如许): words in; words out, each whole.

The model misses names that it has not met, and cuts those whose surname joins the word before. It is asked about the
name alone, as somebody who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.asked import Ask
from annotation.given import characters
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import NAMED, RULE
from annotation.speakers import speaks
from annotation.walk import Walk

SURE, CUT = 0.25, 0.2  # of the model: about a name, and about one that is cut behind its surname
_ROLES = lexicon("titles") | lexicon("addresses") | lexicon("roles")
_LAST = frozenset(role[-1] for role in _ROLES)
_SURNAMES = lexicon("surnames")
_BEGINS = frozenset(("n", "nz", "nw", "a", "an", "vn", "v"))
_BREAKS = NAMED | {"w", "u", "xc", "r", "p", "c"}
_HAN = re.compile("[一-龥]+")
_NO_NAME = re.compile(
    "(?:毕业|研究|留学|实习|[大中小]学)生|爱.*"
)  # what one is too, or loves: 硕士|毕业生, 女人|爱漂亮
_NO_ROLE = frozenset(("老师傅", "小师傅", "孩子王"))
_GOES_ON = re.compile("[们性化型式版类网库]|节目|工作|活动|代表团")


def bearers(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """领队|老猫, 茶农翁|立秋: what stands after a role or kin is a person where the model would hear it speak."""
    wanted = [
        index
        for index, (start, end, tag, _) in enumerate(words)
        if end - start > 1 and tag not in _BREAKS and (text[end - 1] in _LAST or text[end - 1] in _SURNAMES)
    ]
    walk = Walk(words, wanted)
    for word in walk:
        start = _end_of_role(text, word)
        if start is None:
            continue
        stops = list(_stops(text, words, walk.index + 1, start))
        sure, stop = max(((speaks(text[start:stop], ask), stop) for stop in stops), default=(0.0, 0))
        cut = start < word.end
        if sure < (CUT if cut else SURE):
            stop = next((stop for stop in stops if _is_full(text, words, walk.index + 1, start, stop)), 0)
        if stop:
            walk.put(word._replace(end=start))
            walk.take(start, stop, "PER", max(RULE, sure))
    return walk.made


def _end_of_role(text: str, word: Word) -> int | None:
    """Where the role ends that the word is or ends in; before its last character where that is a surname."""
    start, end = word.start, word.end
    if text[start:end] in _NO_ROLE:
        return None
    if text[end - 1] in _LAST and any(text[max(start, end - size) : end] in _ROLES for size in (2, 3)):
        return end
    cut = end - 1
    if cut - start > 1 and text[cut] in _SURNAMES and any(text[max(start, cut - n) : cut] in _ROLES for n in (2, 3)):
        return cut
    return None


def _stops(text: str, words: Sequence[Word], index: int, start: int) -> Iterator[int]:
    """Where a name may end that begins at `start` and goes on with the word of that number."""
    end = start + 1 if start < words[index - 1].end else start
    surname = text[start : start + 1] in _SURNAMES
    for word in words[index : index + 2]:
        if word.start > end or word.tag in _BREAKS or (word.start == start and word.tag not in _BEGINS):
            return
        if (word.start, word.end - start) == (start, 2) and word.tag in ("a", "an", "vn"):
            return  # 学者|高明
        if word.start == start and word.tag == "v":
            single = word.end - start == 1 and words[index + 1 : index + 2] and words[index + 1].tag in ("n", "a", "nz")
            if not (surname or single or _is_given(text[start : word.end])):
                return
        end = word.end
        if end - start > 3:
            return
        if (
            end - start > 1
            and _HAN.fullmatch(text, start, end)
            and not _GOES_ON.match(text, end)
            and not _NO_NAME.fullmatch(text, start, end)
        ):
            yield end


def _is_full(text: str, words: Sequence[Word], index: int, start: int, stop: int) -> bool:
    """Whether it is a surname with the characters of given names, whatever the model hears: 同事|游金|水."""
    cut = start < words[index - 1].end
    things = all(word.tag in ("n", "nz", "nw") for word in words[index : index + 2] if word.start < stop)
    return text[start] in _SURNAMES and (cut or things) and _is_given(text[start + 1 : stop])


def _is_given(name: str) -> bool:
    return len(name) == 2 and name[0] in characters() and name[1] in characters()
