"""Offices of a body by the body's last character: a name with its text in; the name with its office out.

教育部|高教司, 中国疾控中心|传染病所, 同济大学|建筑与城市规划学院 are one body each, to the innermost; what stands
between must be words of which names are made.
"""

from __future__ import annotations

import re

from annotation.divisions import divisions
from annotation.lexicon import lexicon
from annotation.mending import UNSURE
from annotation.names import Edges, Name
from annotation.places import COUNTRIES

_OFFICE = re.compile(
    "[\u4e00-\u9fff]{1,7}?(?:(?<![公官打上])司|[^到好远近住去用何此深难害坏益长短]处|[室厅公]?办公室|[^本外内学文理工专百各]科)"
    "(?![长机令法学研技员室理置罚分于在境])"
    "|(?:派驻)?第[一二三四五六七八九十]+[\u4e00-\u9fff]{2,8}组(?![长织成])|[\u4e00-\u9fff]{2,12}分中心"
)
_FACULTY = re.compile(
    "[\u4e00-\u9fff]{2,14}?(?:学院|研究院|研究中心|研究所|[试实]验站|研究站|实验室|附属中学|附属小学)(?![院所](?!长))"
)
_BRANCH = re.compile(
    "[\u4e00-\u9fff]{2,12}?(?:证券)?营业部"
    "|[\u4e00-\u9fffA-Z0-9０-９]{2,16}?(?:项目(?:经理)?部|管理处|作业区|采油厂|采气厂|管理[一二三四五六七八九十]+区)"
    "|党[组委](?!副?书记|成员|委员|会议|理论|中心|召开|[、和与]|班子|办)"
)
_BY_LAST = {
    **dict.fromkeys("部委局厅署会", _OFFICE),
    "心": re.compile("[\u4e00-\u9fff]{2,6}所(?![有属在持以长需谓])"),
    "学": _FACULTY,
    **dict.fromkeys("司厂", _BRANCH),
}
# A town in brackets is part of the name of some universities and houses of finance: 香港中文大学（深圳）.
_CAMPUS = re.compile(
    r"(?:(?<=中文|工业|石油|地质|矿业|电力)大学|(?<=哈)工大|证券)[（(](?P<town>[\u4e00-\u9fff]{2,3})[）)]"
)
_NO_PART = frozenset(("p", "c", "u", "d", "r", "PER", "TIME", "w", "q", "xc"))
_VERBS = lexicon("name_verbs") | {"派驻", "试验", "传染病", "审评", "检查", "审查"}
# Those who belong to a body, and what it does: none of its offices begins so.
_PEOPLE = re.compile(
    "[原前]?(?:教授|副教授|校长|院长|学生|师生|毕业|校友|老师|博士|硕士|联合|携手|以及|专家|旗下|下属|所属|直属|各|与|和|及)"
)


def with_office(edges: Edges, name: Name) -> Name:
    """The name with its office, faculty, branch or town, where nothing between the two starts something else."""
    text, words = edges.text, edges.words
    if text[name.end : name.end + 1] in ("（", "("):
        campus = _CAMPUS.match(text, name.end - 2)
        known = campus is not None and (campus["town"] in divisions().codes or campus["town"] in COUNTRIES)
        return _to(name, campus.end()) if campus is not None and known else name
    pattern = _BY_LAST.get(text[name.end - 1])
    if pattern is None or name.end - name.start < 3 or not words.known:
        return name
    match = pattern.match(text, name.end)
    if match is None or not words.ends_at(match.end()) or _PEOPLE.match(text, name.end):
        return name
    index = words.index_at(name.end)
    for word in words.all[index : index + 8]:
        if word.start >= match.end():
            break
        if word.end <= name.end:
            continue
        piece = text[word.start : word.end]
        inner = word.start > name.end and word.end < match.end()
        if word.tag in _NO_PART and not (inner and piece in ("与", "和")) and piece != "所":
            return name
        if word.tag == "v" and word.end - word.start > 1 and piece not in _VERBS:
            return name
        if word.tag == "ORG" and word.start >= name.end and word.score > UNSURE:
            return name
    return _to(name, match.end())


def _to(name: Name, end: int) -> Name:
    return name._replace(end=end, kind="suffix" if name.kind == "model" else name.kind)
