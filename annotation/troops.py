"""Troops and schools by their number (第四十一师, 六团二营, 三十七中), which the model takes for counts.

Words in; words out, each of them an ORG.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotation.groups import Word
from annotation.mending import RULE
from annotation.walk import Walk

_NUMBER = "[一二三四五六七八九十百零〇0-9]"
_ARM = "(?:步兵|骑兵|炮兵|龙骑兵|装甲|坦克|工兵|警卫|独立|预备|教导|补充|混成|特务|近卫|山地|空降|机械化)"
_WHOSE = "(?:[日国共伪敌美英苏德晋川桂滇湘粤]军|解放军|红军|八路军|新四军|志愿军)?"
# 三军, 一团, 一连, 三班 are other things as well: these need 第, 新 or what they are part of.
_TROOPS = re.compile(
    rf"{_WHOSE}(?:(?:第{_NUMBER}+|新(?:编第)?{_NUMBER}+|{_ARM}第?{_NUMBER}+){_ARM}?"
    r"(?:集团军|野战军|方面军|军(?![事需装人体阀])|兵团|师团|师(?![傅生长父母兄弟])|旅(?![客行游途店馆社长])|联队|团(?![长员队伙])|支队|纵队|[营连](?![长业]))"
    rf"|(?<![第{_NUMBER}])[二三四五六七八九十][一二三四五六七八九十]*(?:团|师|旅)(?=第?{_NUMBER}+[营连]))"
    rf"(?:第?{_NUMBER}+(?:师|旅|团|营|连|排|大队|中队)(?!长))*"
)
_BARE = re.compile(
    "(?<![第一二三四五六七八九十百零〇0-9])(?:[二三四五六七八九十][一二三四五六七八九十]*[团营](?![长员队伙圆结聚购火糟长业养利])"
    "|[二三四五六七八九十][一二三四五六七八九十]+师(?![傅生长父母兄弟大范资]))"
)
_SCHOOL = re.compile(
    "(?<![第一二三四五六七八九十百零〇0-9年月])[县市区]?[一二三四五六七八九十][一二三四五六七八九十百零〇]*中"
    "(?=的?(?:操场|校[园门长舍服]|学生|老师|同学|教学楼|教室|食堂|宿舍|图书馆|礼堂|大门|门口|高[一二三]|初[一二三])"
    "|读书|念书|上学|上[初高]中|毕业|教书|补习|复读|的时候)"
)
# What all of them have; most texts have none.
_NUMBERED = re.compile(f"{_NUMBER}[集野方军兵师旅联团支纵营连步骑炮龙装坦工警独预教补混特近山空机中]")
_WAR = re.compile(
    "团部|营部|[团营连师旅军]长|司令|阵地|部队|战士|士兵|枪|炮|撤退|撤出|突围|冲锋|高地|敌人|鬼子|炊事班|警卫员"
)
REACH = 30  # characters around a bare number of troops in which the war is spoken of


def troops(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """二团|三|营, 日军|第三十七|师团: troops with their number; 二团 where the war is spoken of; 三十七中|的操场."""
    if _NUMBERED.search(text) is None:
        return words
    spans = {match.start(): match.end() for match in _TROOPS.finditer(text)}
    taken = {i for start, end in spans.items() for i in range(start, end)}
    for match in _BARE.finditer(text):
        around = text[max(0, match.start() - REACH) : match.start()] + text[match.end() : match.end() + REACH]
        if match.start() not in taken and _WAR.search(around):
            spans[match.start()] = match.end()
    spans.update(match.span() for match in _SCHOOL.finditer(text))
    walk = Walk(words, [i for i, word in enumerate(words) if word.start in spans] if spans else ())
    for word in walk:
        stop = spans[word.start]
        if word.end <= stop + 1 and not (word.tag == "ORG" and word.end >= stop):
            walk.take(word.start, stop, "ORG", RULE)
    return walk.made
