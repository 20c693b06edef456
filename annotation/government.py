"""Bodies of the state: a text with its words and places in; their names out, down to the innermost office.

济南市工业和信息化局, 省委, 市工信局 are bodies; 7市工信局 is a class of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotation.groups import Words
from annotation.names import BODY, FIELD, LEVEL, MANY, UNIT, Edges, Name
from annotation.openings import matches

_INNER = (
    r"(?:(?:党组|党委)(?!书记|成员|副书记|委员))?"
    r"(?:新闻办公室|新闻办|办公厅|办公室|信息中心|服务中心|指挥部|研究室|宣传部|组织部|统战部|政法委|网信办|[\u4e00-\u9fff]{2,8}(?:分局|支队|大队|派出所|部|处|科)(?![长学理分]))?"
)

_OFFICE = re.compile(rf"(?:(?:{FIELD})(?:{UNIT})(?![长])|{BODY})(?!长(?![江沙春]))")

_SHORT_BODY = re.compile(
    rf"(?<![各全我本该两几多何某其0-9０-９一二三四五六七八九十])(?<!各[省市区县])[{LEVEL}](?={_OFFICE.pattern}|(?:{FIELD})(?:局|厅))"
)


def _each(heads: str, tail: str) -> str:
    """Alternatives that each begin with plain text, which `re` finds ten times as fast as a group of beginnings."""
    return "|".join(head + tail for head in heads.split("|"))


_CENTRAL = re.compile(
    r"中共中央(?:[\u4e00-\u9fff]{2,6}(?:部|办公厅|委员会))?|党中央|国务院(?:安委会|食安委|国资委|港澳办|台办|侨办|扶贫办|新闻办|法制办|联防联控机制|[\u4e00-\u9fff]{2,10}(?:办公室|办公厅|中心|委员会|参事室))?|全国人大常委会|全国人大|全国政协|中央军委|中央纪委|中纪委"
    r"|最高人民法院|最高人民检察院|最高法|最高检|外交部|国防部|国家发展和改革委员会|国家发展改革委|国家发改委|教育部|科学技术部|科技部|工业和信息化部|工信部|国家民委|公安部|民政部|司法部|财政部|人力资源和社会保障部"
    r"|人社部|自然资源部|生态环境部|住房和城乡建设部|住房城乡建设部|住建部|交通运输部|水利部|农业农村部|商务部|文化和旅游部|文旅部|国家卫生健康委员会|国家卫生健康委|国家卫健委|退役军人事务部|应急管理部|审计署"
    r"|中国人民银行|证监会|银保监会|银监会|保监会|中国证监会|中国银保监会|国家金融监督管理总局|国家税务总局|国家市场监督管理总局|市场监管总局|国家统计局|国家知识产权局|国家药监局|国家药品监督管理局|国家能源局|国家医保局"
    r"|国家外汇管理局|外汇局|海关总署|国资委|国务院国资委|国家铁路局|中国民航局|民航局|国家邮政局|全国(?:青联|妇联|学联|侨联|文联|残联|工商联|总工会)|团中央|中宣部|中组部|国家体育总局|体育总局|国家广电总局|广电总局|国家网信办|中央网信办|国台办|国新办|国家林草局|国家文物局|国家疾控局|中央气象台|中央政治局|中央银行"
    rf"|{_each('机械|化学|冶金|煤炭|电力|石油|轻|纺织|电子|航空|航天|兵器|建筑材料|森林', '工业部')}"
    r"|化工部|冶金部|铁道部|交通部|邮电部|煤炭部|电力部|水电部|纺织部|地矿部|地质矿产部|卫生部|文化部|农业部|林业部|建设部|劳动部|人事部|监察部|国内贸易部|内贸部|外贸部|外经贸部|对外经济贸易部|信息产业部|国土资源部|环境保护部|环保部"
    r"|国家(?:计委|科委|体委|教委|经委|经贸委|体改委|计生委)|国务院特区办"
    rf"|{_each('轻工|纺织|国内贸易', '总会')}|{_each('人民|光明|经济|法制|工人|农民', '日报社')}"
    r"|解放军报社|独联体|欧共体|北约|欧盟|东盟|欧佩克|阿盟|海合会|安理会|世贸组织|世卫组织|上合组织|国际奥委会|国际足联|亚足联|欧足联|国际田联"
)


def state_bodies(edges: Edges) -> Iterator[Name]:
    """Every body of the state that its place, its level or its bare name gives away."""
    yield from _of_places(edges)
    yield from _central(edges)
    yield from _commissions(edges)


def _of_places(edges: Edges) -> Iterator[Name]:
    """济南市工业和信息化局, 省委, 市工信局, 洛阳市政府, 山东省工业和信息化厅消费品产业处."""
    text, words = edges.text, edges.words
    for end, place in list(edges.by_end.items()):
        match = _OFFICE.match(text, end)
        if match is None or place.kind == "weak":
            continue
        if match[0] in ("政府", "委", "委员会", "人大") and not (
            place.kind in ("full", "zone") or text[end - 1] in LEVEL
        ):
            continue  # 中国政府, 美国政府: a country and a common noun
        yield Name(edges.chain(end), _inner(text, words, match.end()), "government")
    for match in matches(_SHORT_BODY, text):
        start = match.start()
        if not words.starts_at(start):
            continue
        office = _OFFICE.match(text, start + 1)
        if office is not None:
            yield Name(start, _inner(text, words, office.end()), "government")


_INNER_MATCH = re.compile(_INNER)


def _inner(text: str, words: Words, end: int) -> int:
    """The end with the office inside the body: …厅消费品产业处, …政府新闻办."""
    match = _INNER_MATCH.match(text, end)
    if match is None or not match[0]:
        return end
    stop = match.end()
    index = words.index_at(end)
    while 0 <= index < len(words.all) and words.all[index].start < stop:
        word = words.all[index]
        if word.start >= end and (
            word.tag == "u"
            or (word.tag not in ("n", "vn", "nz", "ORG", "an", "a", "j", "nw", "LOC") and word.end - word.start > 1)
        ):
            return end
        index += 1
    return stop if words.ends_at(stop) else end


def _central(edges: Edges) -> Iterator[Name]:
    """The bodies of the state that are called by their bare name."""
    for match in _CENTRAL.finditer(edges.text):
        if edges.words.starts_at(match.start()) and edges.text[match.end() : match.end() + 1] not in ("门", "长", "署"):
            yield Name(*match.span(), "government")


_COMMISSION = re.compile(
    r"团[省市县区]委|(?:卫健|发改|经信|国资|住建|文旅|教工|政法|网信|编|外事|农|科)委|发展改革委|卫生健康委(?!员)|网信办|编办"
)


def _commissions(edges: Edges) -> Iterator[Name]:
    """卫健委, 发改委 by themselves, which are no classes."""
    for match in matches(_COMMISSION, edges.text):
        start, end = match.span()
        if (
            edges.words.starts_at(start)
            and edges.words.ends_at(end)
            and edges.text[start - 1 : start] not in MANY | set(LEVEL)
        ):
            yield Name(start, end, "government")
