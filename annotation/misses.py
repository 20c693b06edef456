"""Near misses of the shipped guideline, as far as the words of a span alone can tell.

In: a span's label and words. Out: what is wrong with it by which rule, what to cut off its ends, and how seldom the
rule has exceptions. A workspace with a label scheme of its own has another guideline, and is not measured by this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBERS = "MONEY PERCENT QUANTITY"
NAMES = "ORG LOC PERSON"
EVERY = f"{NUMBERS} {NAMES} DATE"
TITLE = (
    "(?:副|总)?(?:局长|厅长|处长|部长|主任|书记|市长|省长|县长|区长|校长|院长|行长|主席|会长|秘书长|总工程师|教授|董事长"
    "|总经理|总裁|记者)"
)
MARKS = "，。、；：,;:!！?？"
COUNTED = "家个项名位人次件种条所"
CLASS = "(?:[省市区县]直|各)?(?:部门|单位|企业|高校|院校|医院|银行|公司|机构)"

# The whole span is no entity.
WRONG = (
    ("MONEY", r"人民币|[美欧日港]元|港币|元", "rule 9: a currency without a number", 0.9),
    ("MONEY", r"[*＊×xX].*", "rule 9: a masked amount", 0.9),
    ("MONEY", r".*亿级|.*亿规模", "rule 9: a size, no amount", 0.8),
    ("LOC", r"[全我本][国省市县区州旗镇村]", "rule 6: no name of a place", 0.95),
    ("LOC", r".+[、，,].+", "rule 5: places stand apart", 0.9),
    ("DATE", r"近日|目前|未来|近年来?|日前|近期|当前|如今|现在", "rule 11: no date", 0.95),
    ("DATE", r"(?:[一二三四五六七八九十两几到至]+|\d{1,2})(?:年|个月|天|周)", "rule 11: a duration", 0.6),
    ("QUANTITY", r"第.+", "rule 12: an order", 0.9),
    ("QUANTITY", rf"[\d.,万亿千百十多余几数]+[{COUNTED}](?:企业|项目)?", "rule 12: a count", 0.85),
    ("ORG", CLASS, "rule 3: a class of bodies", 0.8),
)
# What stands at an end belongs outside: the first part is cut off the beginning, the second off the end.
OUTSIDE = (
    (NUMBERS, r"约|近|超过?|突破|达到?|最高|逾|不足|不低于|不超过", r"以上|以下|左右|上下", "rule 9: outside", 0.9),
    ("ORG", "", TITLE, "rule 4: a title, outside", 0.9),
    (EVERY, rf"[{MARKS}]", rf"[{MARKS}]", "marks at the edge, outside", 0.95),
)
PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "〈": "〉", '"': '"'}
BRACKETS = {"（": "）", "(": ")"}


@dataclass(frozen=True, slots=True)
class Miss:
    """What is wrong. `cut` and `tail` are characters to take off the ends (negative: to add); None: it is no entity."""

    why: str
    score: float
    cut: int | None
    tail: int = 0


_WRONG = [(set(labels.split()), re.compile(pattern), why, score) for labels, pattern, why, score in WRONG]
_OUTSIDE = [
    (set(labels.split()), re.compile(f"({head})?.*?({tail})?", re.DOTALL), why, score)
    for labels, head, tail, why, score in OUTSIDE
]


def miss(label: str, words: str, behind: str) -> Miss | None:
    """The first rule that the span misses; `behind` is the character behind it, empty at the end of the text."""
    for labels, pattern, why, score in _WRONG:
        if label in labels and pattern.fullmatch(words):
            return Miss(why, score, None)
    if label in NAMES.split() and len(words) > 2 and PAIRS.get(words[0]) == words[-1] and words[-1] not in words[1:-1]:
        return Miss("rule 8: outer marks, outside", 0.95, 1, 1)
    for labels, pattern, why, score in _OUTSIDE:
        if label in labels and (found := pattern.fullmatch(words)):
            cut, tail = len(found[1] or ""), len(found[2] or "")
            if 0 < cut + tail < len(words):
                return Miss(why, score, cut, tail)
    for opening, closing in BRACKETS.items():
        if words.count(opening) > words.count(closing) and behind == closing:
            return Miss("rule 7: a parenthesis cut in two", 0.9, 0, -1)
    return None
