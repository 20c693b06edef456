"""Names that touch: what the model took for one is split, what are two pieces of one is joined.

[德国][莱茵储能], [恒川化学]与[齐东理工大学]; 中国建设银行股份有限公司|宜昌分行.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from annotation.bodies import bodies, known_bodies
from annotation.countries import OF_COUNTRY
from annotation.divisions import divisions
from annotation.names import BRAND, COMPANY, GENERIC, LEVEL, LONGEST, STATE, Edges, Name, bare, last_end
from annotation.offices import with_office
from annotation.places import COUNTRIES

_AND = re.compile(
    r"[和与及]|向(?=.{3})|(?:联合|会同|要约|收购|并购|[增减]持|质押给?|受让|[一二终]审|判决|裁定|判令|起诉|(?<![申投上公起])诉(?![讼求状])"
    r"|公告|(?P<role>旗下的?|名下的?|(?:[一二三两四五几]家|全资|控股|第[一二三]大|原)*(?:(?<!西门)[子孙]公司|股东)|一致行动人|独立第三方))+"
)


def split(edges: Edges, found: Iterable[Name]) -> Iterator[Name]:
    """What the model took for one: [德国][莱茵储能], [恒川化学]与[齐东理工大学]."""
    text = edges.text
    for name in found:
        start, end = name.start, name.end
        for match in _AND.finditer(text, start + 2, end):
            left = text[start : match.start()]
            if len(left) < 3 and match["role"] is None:
                continue
            brand = BRAND.search(left)
            branch = brand is not None and brand.end() == len(left) and not STATE.match(left)
            if branch and brand is not None:
                stem = left[: brand.start()]
                generic = GENERIC.match(stem)
                branch = (
                    len(stem) > 1 and not (generic and generic.end() == len(stem)) and stem not in divisions().codes
                )
            if branch or last_end(left) == len(left) > 3 or (match["role"] and not GENERIC.fullmatch(left)):
                yield Name(start, match.start(), name.kind)
                start = match.end()
        if start == name.start or (end - start > 1 and not GENERIC.fullmatch(text[start:end])):
            yield Name(start, end, name.kind)


def without_country(edges: Edges, found: Iterable[Name]) -> Iterator[Name]:
    """Companies without the country before them: [德国][莱茵储能]."""
    for name in found:
        piece = edges.text[name.start : name.end]
        for size in (4, 3, 2):
            rest = piece[size:]
            if piece[:size] in COUNTRIES and len(rest) > 2 and COMPANY.search(rest) and not OF_COUNTRY.fullmatch(rest):
                name = name._replace(start=name.start + size)
                break
        yield name


_PARTS = {
    "医院": re.compile("门诊部|[\u4e00-\u9fff]{2}分院"),
    "法院": re.compile("[\u4e00-\u9fff]{0,4}(?:法庭|[一二三四五六]庭|审判庭|执行局)(?![长审])"),
    "物馆": re.compile("[东西南北新老分]馆"),
    "分局": re.compile("[\u4e00-\u9fff]{2}(?:[机工车电]务段|车辆段|客运段|派出所|中队)(?!长)"),
    "路局": re.compile("[\u4e00-\u9fff]{2}(?:[机工车电]务段|车辆段|客运段)(?!长)"),
}
# Departments by what they are for, of schools, of bodies and works; a ward is left out, as patients name it apart.
_FACULTY = re.compile(
    "(?:中文|汉语言文学|历史|哲学|外文|外语|英语|日语|俄语|法语|德语|东语|西语|法律|法学|政治|国际政治|经济|社会学?|新闻|心理|物理|化学|数学"
    "|生物|地理|地质|天文|电子|电机|机械|土木|建筑|计算机|自动化|无线电|水利|化工|美术|音乐|声乐|戏剧|戏文|导演|表演|摄影|录音|文学|油画|国画"
    "|雕塑|版画|体育|教育|图书馆学|考古|艺术|管理|金融|会计|统计|工程物理|汽车|材料|环境|农学|园艺|林学|畜牧|兽医|医疗|护理|药学)系(?![列统])"
)
_OFFICE = re.compile(
    "(?:宣传|组织|人事|人力资源|保卫|财务|生产|技术|供销|销售|调度|行政|总务|后勤|设备|质检|安全|安监|计划|基建|教育|文艺|文教|机要|情报"
    "|法制|法规|政工|政治|业务|市场|研发|采购|外事|审计|监察|专题|编辑|评论|群工|财经|农工|农村工作|统战|刑侦|经侦|治安)[科处室股部](?![长员])"
    "|[一二三四五六七八九十][矿厂](?![长区])|(?:[\u4e00-\u9fff]{2}|[一二三四五六七八九十])车间(?!主任的)|工会(?![会主])"
)
_DEPARTMENTS = (
    (re.compile("(?:大学|学院|师院|[师农医理工科]大|[北清复]大)$"), _FACULTY),
    (re.compile("(?:[局厅委厂矿社部]|公司|集团|农场|电视台|分局|晚报|日报)$"), _OFFICE),
)


def with_part(edges: Edges, name: Name) -> Name:
    """The name with its part: a hospital's 门诊部, a court's 巡回法庭, a railway's 湖东机务段, a ministry's 高教司."""
    pattern = _PARTS.get(edges.text[name.end - 2 : name.end])
    match = pattern.match(edges.text, name.end) if pattern is not None else None
    if match is None:
        match = _department(edges.text, name)
        if match is not None and edges.words.ends_at(match.end()):
            return name._replace(end=match.end(), kind="suffix" if name.kind == "model" else name.kind)
        return with_office(edges, name)
    if not edges.words.ends_at(match.end()):
        return name
    index = edges.words.index_at(name.end)
    for word in edges.words.all[index : index + 4]:
        if word.end <= name.end or word.start >= match.end() or edges.text[word.start : word.end] == "巡回":
            continue
        if word.tag in ("v", "p", "c", "u", "d", "m", "r", "PER", "TIME", "w"):
            return name
    return name._replace(end=match.end(), kind="suffix" if name.kind == "model" else name.kind)


def _department(text: str, name: Name) -> re.Match[str] | None:
    """The department behind the name: 复旦大学|中文系, 矿务局|宣传科."""
    for body, department in _DEPARTMENTS:
        if (match := department.match(text, name.end)) is not None and body.search(text, name.start, name.end):
            return match
    return None


def joined(edges: Edges, found: Sequence[Name]) -> list[Name]:
    """Neighbours that are one: 中国建设银行股份有限公司|宜昌分行, 青岛|海湾职业技术学院."""
    text = edges.text
    whole: list[Name] = []
    for name in found:
        before = whole[-1] if whole else None
        if before is not None and before.end == name.start and _continues(edges, before, name):
            whole[-1] = Name(before.start, name.end, "suffix" if before.kind == "model" else before.kind)
            continue
        place = edges.by_end.get(name.start)
        if place is not None and place.kind in ("full", "short") and place.start >= (before.end if before else 0):
            local = re.search(
                r"(?:学院|医院|中学|小学|分行|支行|晚报|日报|晨报|电视台|有限公司|局|厅|法院|检察院|分公司|供电公司|农商行|商会|协会)$",
                text[name.start : name.end],
            )
            own = name.start in edges.by_start or STATE.match(text, name.start)
            piece = text[name.start : name.end]
            brand = name.kind == "model" and len(piece) <= 3 and place.kind == "short"
            if piece[-1] not in "协联艺办委院":  # 郑州|富士康, but 四川人艺
                brand = brand and piece not in known_bodies()
            if (local or brand) and not own:
                name = Name(edges.chain(name.start), name.end, name.kind)
        whole.append(name)
    return whole


_APART = re.compile(rf"[{LEVEL}](?:委|政府|人大|政协)|国务院|中央军委|中共中央|全国")


def _continues(edges: Edges, before: Name, name: Name) -> bool:
    """Whether the second is a part of the first (a branch, a faculty), or the first no more than its place."""
    text = edges.text
    piece = text[name.start : name.end]
    if piece in bodies() and last_end(piece) < len(piece) and text[before.start : before.end] in bodies():
        return False  # 北大|清华
    if _APART.match(piece) or name.end - before.start > LONGEST or piece == text[before.start : before.end]:
        return False
    if text[before.start : before.end] in divisions().codes:
        return True
    if before.kind == name.kind == "model" and name.end - before.start <= 6:
        return True  # 新日|恒力
    generic = GENERIC.match(piece)
    return name.start in edges.by_start or (generic is not None and generic.end() >= bare(piece)) or bare(piece) == 0
