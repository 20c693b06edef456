"""People whom the model cuts before their last character (邹静|之, 秦顺|全): words in, words out.

The character after a name is asked about in three ways: whether the longer name can speak by itself, and whether the
model sees that name, or the shorter one, where a comma says that it ends there. One that reads on as a word of its own
(李娜|进四强) loses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.asked import Ask, Tagged
from annotation.given import characters
from annotation.glued import AROUND
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.speakers import speaks
from annotation.titled import TITLE

ALONE = 0.4  # what the longer name must have by itself
WHOLE, BEHIND = 0.5, 0.3  # what it must have before a comma, and how far the shorter one may be ahead there
LOST, LOST_VERB = 0.42, 0.2  # how far it may be behind there and alone together: 李娜|进 may be a verb
BEFORE_TITLE = 0.2  # by itself, where a title follows: 吴奶|信|奶奶
_SURNAMES = lexicon("surnames")
# Characters that follow names and seldom end them, and those that begin titles.
_WORDS = frozenset(
    "的了在是和与跟同及或等说问道把被给对向从将让叫用也都又还就要会能可去来走看想有没不很太最更已曾正却只便为因以于到得着过"
    "我你他她这那哪谁每各几两一二三四五六七八九十个位名们里上下前后内外时"
)
_OF_TITLE = _WORDS | frozenset("副总老大小前原新女男首众诸任当做兼称请找见告接陪访劝骂打帮求听送扶嫁娶带教替代")
_HAN = re.compile("[一-龥]+")
# A word of its own with what follows it: 李简|之前, 张彦|尚有, 甄寰|长得.
_OWN = re.compile("之[前后间时际外中所类一]|尚[有未无不可需存待在欠]|长[得着期大]|[半才即均未可再更正]")
_AFTER = re.compile("奶奶|爷爷|太太|夫人|老人|大爷|大娘|大婶|大叔|大妈|阿姨|叔叔|家的")


def reread(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    """方鸿|渐|下了船, 阿什沃|思|太太: a person and the character after, where the model is surer of both."""
    found: list[Word] | None = None
    for index in range(len(words) - 2, -1, -1):
        if words[index].tag != "PER":
            continue
        start, end, _, score = words[index]
        after = words[index + 1]
        if (
            not 2 <= end - start <= 4
            or after.start != end
            or after.end != end + 1
            or after.tag in ("w", "PER")
            or _HAN.match(text, end) is None
        ):
            continue
        if _is_longer(text, start, end, after.tag, ask):
            found = found or list(words)
            found[index : index + 2] = [Word(start, after.end, "PER", score)]
    return found or words


def _is_longer(text: str, start: int, end: int, label: str, ask: Ask) -> bool:
    """Whether the character at `end`, a word with that tag, is the name's last."""
    last = text[end]
    if _HAN.fullmatch(text, start, end) is None:
        return False
    if last not in _OF_TITLE and (TITLE.match(text, end + 1) or _AFTER.match(text, end + 1)):
        return speaks(text[start : end + 1], ask) >= BEFORE_TITLE
    if (
        end - start > 2
        or text[start] not in _SURNAMES
        or last in _WORDS
        or last not in characters()
        or _OWN.match(text, end)
    ):
        return False
    alone = speaks(text[start : end + 1], ask)
    if alone < ALONE:
        return False
    first = max(0, start - AROUND)
    before, behind = (ask(f"{text[first:edge]}，{text[edge : end + 1 + AROUND]}") for edge in (end, end + 1))
    shorter, longer = _person(before, start - first, end - first), _person(behind, start - first, end + 1 - first)
    if label != "v" and longer >= WHOLE and longer > shorter - BEHIND:
        return True
    return longer + alone > shorter + speaks(text[start:end], ask) - (LOST_VERB if label == "v" else LOST)


def _person(words: Tagged, start: int, end: int) -> float:
    """The probability of the person there."""
    return next((score for a, b, label, score in words if (a, b, label) == (start, end, "PER")), 0.0)
