"""Organizations: a text, its words and its places in; ORG spans out, with the borders the guideline draws.

The statistical model knows that something is an organization and often not where it ends: 济南市工业|和信息化局. A grammar of
last words (局 大学 有限公司 联盟 …) goes back over the model's words to the first one of the name. What one document calls
by a full name it calls by a short one elsewhere, so names found are looked for again, with their aliases and brands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.groups import Found, Word, Words, suggest, suggested, words_of
from annotation.places import GROUP as PLACES
from annotation.places import Place, divisions, find_divisions, find_places

VERSION = "0.2.0"
GROUP = "organizations"


class Name(NamedTuple):
    """An organization at `[start, end)`, code points; `kind` says which rule found it, and so how far to trust it."""

    start: int
    end: int
    kind: str


# What each kind is worth before `jiaozhu_settle` weighs it with the model's word.
SCORES = {
    "government": 0.9,
    "legal": 0.9,
    "suffix": 0.85,
    "alias": 0.9,
    "brand": 0.75,
    "again": 0.8,
    "listed": 0.7,
    "model": 0.6,
}

# Government ---------------------------------------------------------------------------------------------------------

_LEVEL = "省市区县州旗"
# What departments are for, long and short; 局, 厅, 委 … follow.
_FIELD = (
    "工业和信息化|经济和信息化|工信|经信|发展和改革|发展改革|发改|科学技术|科技|财政|教育|公安|民政|司法|人力资源和社会保障|人力资源社会保障|人社|自然资源|生态环境|环境保护|环保"
    "|住房和城乡建设|住房城乡建设|城乡建设|住建|交通运输|交通|水利|水务|农业农村|农业|商务|文化和旅游|文旅|文化|卫生健康|卫生和计划生育|卫健|卫计|卫生|退役军人事务|应急管理|应急|审计"
    "|国有资产监督管理|国资|市场监督管理|市场监管|工商行政管理|质量技术监督|统计|医疗保障|医保|信访|体育|林业和草原|林业|税务|国税|地税|金融监督管理|地方金融监督管理|金融监管|金融|大数据"
    "|行政审批服务|行政审批|城市管理|城管|外事|侨务|海洋与渔业|海洋发展|海洋|渔业|畜牧|粮食和物资储备|粮食|能源|气象|地震|药品监督管理|食品药品监督管理|药监|知识产权|投资促进|招商|口岸"
    "|乡村振兴|扶贫|民族宗教|宗教|机关事务|园林|规划|国土资源|国土|房产|房管|邮政|烟草|盐务|档案|文物|广播电视|广电|新闻出版|宣传|组织|统战|政法|网信|编制|督查|国家安全|消防|监狱"
)
_UNIT = "局|厅|委员会|委|办公室|办|部|院|总队|支队"
_BODY = (
    "人民政府|政府|人大常委会|人民代表大会常务委员会|人民代表大会|人大|政协|党委|纪委监委|纪委|监委|委员会|委(?!托|派|任|屈|婉|员|身|曲|以)|人民法院|中级人民法院|高级人民法院"
    "|法院|人民检察院|检察院|公安局|公安厅|总工会|工商联|工商业联合会|妇联|妇女联合会|团委|科协|文联|残联|红十字会|管委会|管理委员会|武警总队|消防救援支队|消防救援总队"
)
_INNER = (
    r"(?:(?:党组|党委)(?!书记|成员|副书记|委员))?"
    r"(?:新闻办公室|新闻办|办公厅|办公室|信息中心|服务中心|指挥部|研究室|宣传部|组织部|统战部|政法委|网信办|[\u4e00-\u9fff]{2,8}(?:分局|支队|大队|派出所|部|处|科)(?![长学理分]))?"
)
_OFFICE = re.compile(rf"(?:(?:{_FIELD})(?:{_UNIT})(?![长])|{_BODY})(?!长(?![江沙春]))")
_SHORT_BODY = re.compile(
    rf"(?<![各全我本该两几多何某其0-9０-９一二三四五六七八九十])[{_LEVEL}](?={_OFFICE.pattern}|(?:{_FIELD})(?:局|厅))"
)
_DEPARTMENT = re.compile(rf"(?:{_FIELD})(?:局|厅|委|办)(?![长事理公员法案])")
_CENTRAL = re.compile(
    r"中共中央(?:[\u4e00-\u9fff]{2,6}(?:部|办公厅|委员会))?|党中央|国务院(?:[\u4e00-\u9fff]{2,10}(?:办公室|办公厅|中心|委员会|参事室))?|全国人大常委会|全国人大|全国政协|中央军委|中央纪委|中纪委"
    r"|最高人民法院|最高人民检察院|最高法|最高检|外交部|国防部|国家发展和改革委员会|国家发展改革委|国家发改委|教育部|科学技术部|科技部|工业和信息化部|工信部|国家民委|公安部|民政部|司法部|财政部|人力资源和社会保障部"
    r"|人社部|自然资源部|生态环境部|住房和城乡建设部|住房城乡建设部|住建部|交通运输部|水利部|农业农村部|商务部|文化和旅游部|文旅部|国家卫生健康委员会|国家卫生健康委|国家卫健委|退役军人事务部|应急管理部|审计署"
    r"|中国人民银行|证监会|银保监会|银监会|保监会|中国证监会|中国银保监会|国家金融监督管理总局|国家税务总局|国家市场监督管理总局|市场监管总局|国家统计局|国家知识产权局|国家药监局|国家药品监督管理局|国家能源局|国家医保局"
    r"|国家外汇管理局|外汇局|海关总署|国资委|国务院国资委|国家铁路局|中国民航局|民航局|国家邮政局|中央气象台|中央政治局|中央银行"
)
# A body named by its place or its country.
_STATE = re.compile(r"国家|中国|中央|全国|中共|联合国|世界|国际|中华")

# Last words ---------------------------------------------------------------------------------------------------------

_LEGAL = re.compile(r"(?:有限责任公司|有限公司|集团总公司|总公司|集团公司|分公司|[（(]有限合伙[）)]|会计师事务所|律师事务所|合作社)")
_LAST = re.compile(
    r"(?P<company>公司|集团(?![军队化式])|酒店(?![业服管])|商行|厂(?![商房家区长矿址]))"
    r"|(?P<school>大学(?![生城校学])|学院(?!派)|研究院|研究所|研究中心|科学院|工程院|设计院|勘察院|中学(?!生)|小学(?!生)|幼儿园|附中|党校|职业学校|技工学校|实验室|图书馆|博物馆|美术馆|纪念馆|文化馆|档案馆|少年宫)"
    r"|(?P<health>医院|卫生院|疾控中心|疾病预防控制中心|妇幼保健院|卫生服务中心|血液中心|血站)"
    r"|(?P<finance>银行(?![卡业家间存系类])|分行|支行|证券交易所|交易所|信用社|农商行|保险公司|基金会|交易中心)"
    r"|(?P<association>协会|学会|商会|联合会|促进会|研究会|理事会|组委会|联盟(?![国])|俱乐部|委员会|总工会|基金会|工作委员会|领导小组)"
    r"|(?P<media>日报社?|晚报|晨报|早报|商报|时报|都市报|周刊|电视台|广播电台|电台|通讯社|新闻网|新闻社|出版社|杂志社|报社|乐团|剧院|剧团|歌舞团)"
    r"|(?P<office>管委会|管理委员会|检察院|法院|海关(?!总署)|派出所|公安分局|分局|支队|总队|指挥部|委员会|总局|监管局|监督局|管理局|发展局|办公室|服务中心|检测中心|测试中心|检验中心|研究中心|直属库"
    r"|[局厅署](?![长面势部限中])|人民政府|政府)"
)
_GENERIC = re.compile(
    r"(?:该|本|各|某|这家|一家|两家|多家|等|其|我|此|原|全资|控股|参股|上市|非上市|母|子|分|总|大型|中小|龙头|骨干|民营|私营|国有|国营|外资|合资|独资|跨国|海外|境外|国外|国内|互联网|科技|高科技|保险|证券|基金|投资|管理|物流|房地产"
    r"|地产|建筑|施工|物业|能源|石油|石化|电力|电信|通信|旅游|运输|客运|货运|快递|航空|航运|贸易|外贸|广告|文化|传媒|影视|游戏|软件|网络|医药|制药|汽车|钢铁|煤炭|化工|食品|农业|制造|服务|咨询|租赁|担保|信托|资产|发电|供电|燃气|自来水"
    r"|商业|政策性|股份制|城市|农村|地方|村镇|外国|中央|国家|重点|综合|专科|三甲|公立|私立|民办|公办|高等|普通|著名|知名|一流|师范|理工|医科|定点|附属|教学|社区|乡镇|中心|基层|行业|产业|企业|技术|创新|工程|国家级|省级|市级|联合|共建|建设|高校"
    r"|老年|职业|专业|学生|家长|业主|居民|村民|专门|常务|组织|筹备|评审|专家|仲裁|发起|战略|区域|区块链|人工智能|大数据|生物|医疗|健康|教育|培训|体育|足球|篮球|健身|车友|全国|世界|国际|中国|新|老|大|小|地区|当地|本地|境内|主要|各级|所有|有关|相关|一些|许多|不少|部分|其他|其它|任何)*"
)
# Roles and classes that stand before a name and are none of it.
_ROLE = re.compile(
    r".*(?:股东|子公司|孙公司|母公司|关联公司|关联方|实控人|控制人|交易对方|持有人|发起人|出资方|投资方|收购方|巨头|龙头|企业|厂商|运营商|供应商|经销商|制造商|服务商|客户|伙伴|机构|单位|券商|主体|方面|原告|被告|第三人|上诉人|申请人|被申请人|记者|作者|通讯员"
    r"|法人|委托人|受托人|公司(?!法)|以及|其中|包括|分别|旗下|下属|所属|隶属|校友|毕业生|创始人|董事长|总经理|主席|总裁|专家|教授|院士|代表|知名|著名|国内|国外|国产|老牌|新兴|独角兽|头部|首家|第一家|一家|这家|总部|来自|当地|本土|本市|本省)(?=.)",
    re.DOTALL,
)
_INSIDE = frozenset(("n", "nz", "nw", "vn", "an", "ORG", "PER", "s", "a", "j", "f", "LOC"))
# Verbs that are parts of names: 发展和改革委员会, 监督管理局, 保护协会.
_NAME_VERBS = frozenset(
    "发展 改革 管理 监督 服务 建设 投资 保护 合作 促进 研究 设计 检测 检验 检疫 评估 测试 联合 交易 应急 保障 运营 制造 开发 控股 进出口 出版 演出 救援 救助 康复 采购 流通 安全 处理 贸易 教育 租赁 创业 创新 收藏 登山 广播 互联 测绘 勘察 勘测 设 审批 防治 预防 控制 "
    "质量 仲裁 调解 结算 招商 拍卖 咨询 拍 储备 供电 发电 输变电 造船 动力 直属 再生 循环 传播 传媒 协作 交流 种植 养殖 畜牧 执法 稽查 登记 监管 统战 监测".split()
)
_FOREIGN_OK = ("office", "school", "media")

# Brands -------------------------------------------------------------------------------------------------------------

_INDUSTRY = (
    "科技|智能|医疗|医药|药业|制药|生物|新能源|能源|电子|电器|电气|汽车|重工|重机|机械|航空|航天|农业|食品|乳业|酒业|米业|化工|化学|石化|新材料|新材|股份|控股|实业|置业|地产|物业|物流|资本|创投|投资|资产|证券|期货|信托|保险|人寿|财险|传媒|网络"
    "|软件|信息|通信|通讯|光电|半导体|环保|环境|水务|电力|电池|储能|装备|数据|教育|文旅|国际|动力|钢铁|矿业|铝业|铜业|钢构|建设|建工|影业|影视|娱乐|游戏|体育|服饰|家居|百货|商贸|微电|光学|激光|健康|造船|船舶|油气|燃气|发展|集团|银行|基金|快递|速运|金服|金融|租赁"
    "|支付|电商|电装|家电|照明|玻璃|水泥|纸业|轮胎|轴承|种业|牧业|渔业|饲料|烘焙|餐饮|酒店|影院|出行|新闻|云|汇通|大数据|云计算"
)
_BRAND = re.compile(rf"(?:{_INDUSTRY})(?![\u4e00-\u9fff]?(?:产业|行业|领域|项目|园|板块|市场|人才|体系|革命))")
_AFTER_BRAND = re.compile(
    r"(?:公告|发布|披露|宣布|表示|称|股权|股票|股份|的?\d+(?:\.\d+)?%|[一二三]季度|的?全部股权|持有|持股|收购|质押|增持|减持|涨停|跌停|股价|市值|上市|董事长|总经理|副总|总裁|CEO|创始人|董秘|董事会|总工程师|负责人|项目负责人|财务总监|首席|控股股东|官方|方面|旗下|回应|中标|签约|获|完成|[（(]\d{6}|[（(]以下简称|[（(]\d{6}\.S)"
)
_BEFORE_BRAND = re.compile(
    r"(?:收购|持有的?|股东|控股股东|子公司|孙公司|认购|出售|购买|增持|减持|起诉|转让给|旗下|券商|增资|并购|投资了?|入股|参股|控股|联手|携手|牵手|发行人|平台|品牌|公司|企业|[与和、]|东家|巨头|转让|持)$"
)
_TICKER = re.compile(r"[（(](?:股票代码[:：]?)?(?:\d{6}|\d{4,5}\.HK|[0368]\d{5}\.S[HZ]|\d{6}\.(?:SH|SZ|BJ)|HK\d{4,5}|NASDAQ[:：]\w+|NYSE[:：]\w+)[，,。.\w]*?[）)]")
_ALIAS = re.compile(
    r"[（(](?:以?下简?称|简称|下称|以下称|又称|原名|原称|曾用名|原|前身为|即)?(?:为)?[:：]?[“\"「]?([^（）()，。；“”\"「」\n]{2,16}?)[”\"」]?(?:或[“\"][^”\"]{2,12}[”\"])?[）)]"
)
_ALIAS_WORD = re.compile(r"下?称|简称")


def find_organizations(text: str, words: Words, places: Sequence[Place], table: Sequence[Place]) -> list[Name]:
    """The organizations of the text in order, without overlaps.

    `places` are those found, `table` every mention of a division, inside names too.
    """
    edges = _Edges(text, words, places, table)
    found = [*_government(edges), *_central(text), *_by_last_word(edges), *_by_model(edges)]
    found = _joined(edges, _apart(found))
    found = _apart([*found, *_brands(edges, found), *_tickers(edges, found)])
    found = _apart([*found, *_aliases(edges, found)])
    found = _apart([*found, *_listed(edges, found)])
    return _apart([*found, *_again(edges, found)])


class _Edges:
    """The text with everything that can begin a name: words, places by start and by end."""

    def __init__(self, text: str, words: Words, places: Sequence[Place], table: Sequence[Place]) -> None:
        self.text = text
        self.words = words
        self.by_end: dict[int, Place] = {}
        self.by_start: dict[int, Place] = {}
        for place in (*places, *(place for place in table if place.kind != "weak")):
            self.by_end.setdefault(place.end, place)
            self.by_start.setdefault(place.start, place)
        for word in words.all:
            if word.tag == "LOC" and word.end not in self.by_end:
                self.by_end[word.end] = Place(word.start, word.end, "model", None, word.score)

    def chain(self, end: int) -> int:
        """Where the places that end at `end` begin: 山东省|青岛市."""
        while (place := self.by_end.get(end)) is not None and place.start < end:
            end = place.start
        return end

    def is_home(self, place: Place) -> bool:
        """Whether the place is a division of China or 中国 itself: names begin with those, seldom with foreign ones."""
        name = self.text[place.start : place.end]
        return name in divisions().codes or name in ("中国", "我国") or place.kind in ("zone", "full", "short")


def _government(edges: _Edges) -> Iterator[Name]:
    """济南市工业和信息化局, 省委, 市工信局, 洛阳市政府, 山东省工业和信息化厅消费品产业处."""
    text, words = edges.text, edges.words
    for end, place in list(edges.by_end.items()):
        match = _OFFICE.match(text, end)
        if match is None or place.kind == "weak":
            continue
        if match[0] in ("政府", "委", "委员会", "人大") and not (place.kind in ("full", "zone") or text[end - 1] in _LEVEL):
            continue  # 中国政府, 美国政府: a country and a common noun
        yield Name(edges.chain(end), _inner(text, words, match.end()), "government")
    for match in _SHORT_BODY.finditer(text):
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
        if word.start >= end and word.tag not in ("n", "vn", "nz", "ORG", "an", "a", "j", "nw", "LOC") and word.end - word.start > 1:
            return end
        index += 1
    return stop if words.ends_at(stop) else end


def _central(text: str) -> Iterator[Name]:
    for match in _CENTRAL.finditer(text):
        yield Name(*match.span(), "government")


def _by_last_word(edges: _Edges) -> Iterator[Name]:
    """Names that end in a word for what they are; the words before it, as far as they can be its name."""
    text, words = edges.text, edges.words
    for match in _LEGAL.finditer(text):
        start = _stem(edges, match.start(), "legal")
        if start is not None and start < match.start():
            yield Name(start, match.end(), "legal")
    for match in _LAST.finditer(text):
        kind = match.lastgroup or ""
        if not words.ends_at(match.end()) and not _LEGAL.match(text, match.start()):
            continue
        start = _stem(edges, match.start(), kind)
        if start is None or start >= match.start():
            continue
        if _is_named(edges, start, match.start(), kind):
            yield Name(start, match.end(), "suffix")


def _stem(edges: _Edges, start: int, kind: str) -> int | None:
    """Where the name whose last word stands at `start` begins."""
    text = edges.text
    begin = start
    anchor: int | None = None
    steps = 0
    cursor = start
    index = edges.words.index_at(start - 1) if start else -1
    while index >= 0 and steps < 10:
        word = edges.words.all[index]
        if word.end < cursor:
            break
        index -= 1
        steps += 1
        place = edges.by_end.get(word.end)
        if place is not None and (place.start <= word.start or word.tag != "ORG"):
            if not edges.is_home(place) and begin != start and kind not in _FOREIGN_OK:
                break
            begin = anchor = place.start
            while index >= 0 and edges.words.all[index].start >= begin:
                index -= 1
            cursor = begin
            before = edges.by_end.get(begin)
            if before is None:
                if kind not in ("legal", "company", "office", "association"):
                    continue
                break
            continue
        piece = text[word.start : min(word.end, start)]
        if word.tag == "ORG":
            begin = anchor = word.start
        elif word.tag == "w" and piece in ("）", ")") and kind in ("legal", "company"):
            opening = max(text.rfind("（", 0, word.start), text.rfind("(", 0, word.start))
            if opening < 0 or word.start - opening > 10:
                break
            while index >= 0 and edges.words.all[index].start >= opening:
                index -= 1
            cursor = opening
            continue
        elif word.tag in _INSIDE or piece in _NAME_VERBS or (kind == "legal" and word.tag in ("xc", "nz")):
            begin = word.start
        elif word.tag == "c" and piece in ("和", "与", "及") and kind in ("office", "association", "school"):
            before = edges.words.all[index] if index >= 0 else None
            if before is None or before.tag in ("LOC", "ORG", "PER", "w") or before.end in edges.by_end:
                break
        elif word.tag == "m" and piece.startswith("第"):
            begin = word.start
        elif piece in ("省", "市", "区", "县", "州") and edges.words.starts_at(word.start):
            begin = anchor = word.start
            break
        elif word.tag in ("v", "d", "p") and len(piece) == 1 and kind == "legal" and begin == start:
            begin = word.start
        else:
            break
        cursor = word.start
    stem = text[begin:start]
    if kind in ("office",) and anchor is None and not _STATE.match(stem):
        return None
    if anchor is not None and kind in ("office", "school", "health"):
        begin = max(begin, min(anchor, start)) if _plain(edges, begin, anchor) else begin
    role = _ROLE.match(text[begin:start])
    if role is not None and not edges.words.known:
        begin += role.end()
    elif role is not None and (edges.words.starts_at(begin + role.end()) or edges.words.over(begin, begin + role.end() + 1)):
        begin += role.end()
    while begin < start:  # a verb at the head rules the name, it is none of it
        word = edges.words.over(begin, begin + 1)
        if word is None or word.start != begin or word.tag not in ("v", "f", "s") or word.end >= start:
            break
        begin = word.end
    return begin


def _plain(edges: _Edges, start: int, end: int) -> bool:
    """Whether only common words stand there: what they are before, a place begins the name."""
    return start < end


def _is_named(edges: _Edges, start: int, end: int, kind: str) -> bool:
    """Whether the stem is a name and not a class (上市公司, 各大医院, 科技集团)."""
    text, words = edges.text, edges.words
    stem = text[start:end]
    if text[start] in _LEVEL and len(stem) >= 1 and words.starts_at(start):
        return text[start - 1 : start] not in tuple("各全我本该0123456789")
    generic = _GENERIC.match(stem)
    if generic is not None and generic.end() == len(stem):
        return False
    index = words.index_at(start)
    while 0 <= index < len(words.all) and words.all[index].start < end:
        word = words.all[index]
        if word.tag in ("ORG", "nz", "PER", "LOC") or (word.end in edges.by_end and edges.by_end[word.end].start >= start):
            return True
        if word.tag == "m" and text[word.start] == "第" and len(stem) > 2:
            return True
        index += 1
    return kind != "office" and (_STATE.match(stem) is not None and len(stem) > 3)


def _by_model(edges: _Edges) -> Iterator[Name]:
    """What the model calls an organization, without titles and roles, and not where it is only a class."""
    text = edges.text
    for word in edges.words.all:
        if word.tag != "ORG":
            continue
        start, end = Words.trim(text, word.start, word.end)
        name = text[start:end]
        if end - start < 2 or not any(map(str.isalpha, name)) or name.isdigit():
            continue
        generic = _GENERIC.match(name)
        last = _LAST.search(name)
        if generic is not None and (generic.end() == len(name) or (last and generic.end() >= last.start() and last.end() == len(name))):
            if not (last and last.start() and text[start] in _LEVEL) and name not in ("中央银行",):
                continue
        role = _ROLE.match(name)
        if role is not None and len(name) - role.end() > 3 and name[: role.end()].endswith(("股东", "企业", "记者")):
            start += role.end()
        place = edges.by_start.get(start)
        if place is not None and place.end == end:
            continue  # a place by the table
        yield Name(start, end, "model")


def _joined(edges: _Edges, found: Sequence[Name]) -> list[Name]:
    """Neighbours that are one: 中国建设银行股份有限公司|宜昌分行, 青岛|海湾职业技术学院."""
    text = edges.text
    joined: list[Name] = []
    for name in found:
        before = joined[-1] if joined else None
        if before is not None and before.end == name.start and _continues(text, name):
            joined[-1] = Name(before.start, name.end, "suffix" if before.kind == "model" else before.kind)
            continue
        place = edges.by_end.get(name.start)
        if place is not None and place.kind in ("full", "short") and place.start >= (before.end if before else 0):
            local = re.search(r"(?:学院|医院|中学|小学|分行|支行|晚报|日报|晨报|电视台|有限公司|局|厅|法院|检察院|分公司|供电公司|农商行|商会|协会)$", text[name.start : name.end])
            own = name.start in edges.by_start or _STATE.match(text, name.start)
            if local and not own:
                name = Name(edges.chain(name.start), name.end, name.kind)
        joined.append(name)
    return joined


def _continues(text: str, name: Name) -> bool:
    piece = text[name.start : name.end]
    return not re.match(rf"[{_LEVEL}](?:委|政府|人大|政协)|国务院|中央军委|中共中央|全国", piece)


# Short names --------------------------------------------------------------------------------------------------------


def _brands(edges: _Edges, found: Sequence[Name]) -> Iterator[Name]:
    """世纪华通, 绿垄农业, 诺林医疗: a stem that is no common word, then a branch of business, then the end of a word."""
    text, words = edges.text, edges.words
    taken = _covered(found)
    for match in _BRAND.finditer(text):
        end = match.end()
        if not words.known or not words.ends_at(end) or end - 1 in taken:
            continue
        stem: list[Word] = []
        index = words.index_at(match.start())
        if index >= 0 and words.all[index].start == match.start():
            index -= 1
        edge = None
        while index >= 0 and len(stem) < 4:
            word = words.all[index]
            if (edge is not None and word.end != edge) or word.start in taken or match.start() - word.start > 4:
                break
            if word.tag in ("w", "u", "p", "c", "r", "d", "m", "q", "TIME", "xc") and not (word.tag == "p" and not stem):
                break
            if word.tag in ("v", "vn", "n", "a", "s", "f") and stem:
                break
            stem.append(word)
            edge = word.start
            if word.tag in ("nz", "ORG", "PER") and word.end - word.start > 1:
                break
            index -= 1
        if not stem:
            continue
        start = stem[-1].start
        name = text[start:end]
        body = text[start : match.start()]
        if not 2 <= len(body) <= 6 or (generic := _GENERIC.match(body)) is not None and generic.end() == len(body):
            continue
        after = _AFTER_BRAND.match(text, end) is not None
        before = _BEFORE_BRAND.search(text, max(0, start - 6), start) is not None
        tags = {word.tag for word in stem}
        odd = bool(tags & {"nz", "ORG", "PER"}) or all(word.end - word.start == 1 for word in stem)
        place = edges.by_start.get(start)
        if place is not None and place.end >= match.start():
            if not (after and before) or place.kind == "full":
                continue
        if text.count(name) > 1 and (odd or after or before):
            after = True
        if (odd and (after or before)) or (after and before) or (odd and len(body) >= 2 and tags & {"nz", "ORG"}):
            yield Name(start, end, "brand")


def _tickers(edges: _Edges, found: Sequence[Name]) -> Iterator[Name]:
    """A name before its stock code: 东方日升(300118)."""
    text, words = edges.text, edges.words
    taken = _covered(found)
    for match in _TICKER.finditer(text):
        start = end = match.start()
        index = words.index_at(end - 1) if end else -1
        while index >= 0 and words.all[index].end == start and end - words.all[index].start <= 6:
            word = words.all[index]
            if word.tag in ("w", "u", "p", "c", "r", "d", "m", "TIME") or word.start in taken:
                break
            start = word.start
            index -= 1
        if 2 <= end - start <= 6 and not _GENERIC.fullmatch(text[start:end]):
            yield Name(start, end, "brand")


def _aliases(edges: _Edges, found: Sequence[Name]) -> Iterator[Name]:
    """The short name in parentheses after a full one, or after 以下简称."""
    text = edges.text
    for name in found:
        match = _ALIAS.match(text, name.end)
        if match is None:
            continue
        alias, full = match[1], text[name.start : name.end]
        said = _ALIAS_WORD.search(match[0]) is not None
        if alias in ("公司", "本公司", "集团", "上市公司", "发行人", "标的公司", "甲方", "乙方") or alias.isdigit():
            continue
        if _GENERIC.fullmatch(alias):
            continue
        if said or _abbreviates(alias, full) or _LAST.search(alias + " ") and not _GENERIC.fullmatch(alias[:-2]):
            yield Name(match.start(1), match.end(1), "alias")


def _abbreviates(short: str, full: str) -> bool:
    """Whether the characters of `short` stand in `full` in their order."""
    rest = iter(full)
    return len(short) < len(full) and all(char in rest for char in short)


_CORE_END = re.compile(
    rf"(?:[（(][^（）()]*[）)]|股份|有限|责任|公司|集团|控股|(?:{_INDUSTRY})|工程|技术|服务|管理|工业|商业|文化|贸易|供应链|产业|设备|系统|精密|计算|制造|供应)+$"
)


def _again(edges: _Edges, found: Sequence[Name]) -> Iterator[Name]:
    """Every other mention of what was found, and the brands of full company names."""
    text, words = edges.text, edges.words
    taken = _covered(found)
    wanted: dict[str, str] = {}
    for name in found:
        full = text[name.start : name.end]
        if name.kind == "listed":
            continue
        if len(full) > 2 or name.kind in ("alias", "government"):
            wanted[full] = "again"
        if name.kind == "legal" or full.endswith(("集团", "银行", "公司")):
            for brand in _brands_of(edges, name):
                wanted.setdefault(brand, "brand")
    for full in list(wanted):
        if (match := _DEPARTMENT.search(full)) is not None and match.end() == len(full):
            wanted.setdefault(match[0], "department")
    for name, kind in wanted.items():
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if taken.isdisjoint(range(at, end)) and _stands_alone(edges, at, end, kind):
                yield Name(at, end, "again" if kind == "again" else "brand")
            at = text.find(name, end)
    for match in _DEPARTMENT.finditer(text):
        if match[0] in wanted and match.start() not in taken and _stands_alone(edges, *match.span(), "department"):
            yield Name(*match.span(), "again")


def _brands_of(edges: _Edges, name: Name) -> Iterator[str]:
    """What a company's full name may be shortened to: without its place, its branch and its legal form."""
    text = edges.text
    start = name.start
    while (place := edges.by_start.get(start)) is not None and place.end < name.end:
        start = place.end
    full, whole = text[start : name.end], text[name.start : name.end]
    bare = re.sub(r"[（(][^（）()]*[）)]", "", full)
    cut = re.sub(r"(?:股份)?(?:有限责任公司|有限公司)$|集团(?:股份)?(?:有限)?公司$|公司$", "", bare)
    if 3 <= len(cut) < len(whole):
        yield cut
    if cut.endswith("集团") and len(cut) > 4:
        yield cut[:-2]
    for size in (6, 5, 4):
        if size < len(cut):
            match = re.search(rf"(?:{_INDUSTRY})$", cut[:size])
            if match is not None and match.start() >= 2:
                yield cut[:size]
    core = _CORE_END.sub("", bare)
    if 3 <= len(core) <= 6:
        yield core
        if start > name.start:
            yield text[name.start : start] + core


def _stands_alone(edges: _Edges, start: int, end: int, kind: str) -> bool:
    """Whether the borders are borders of words, and nothing before makes a class of it."""
    text, words = edges.text, edges.words
    if kind == "department" and text[start - 1 : start] in tuple("各市省区县州旗级门等0123456789一二三四五六七八九十"):
        return False
    if text[start - 1 : start] in tuple("各0123456789") and kind != "again":
        return False
    starts = words.starts_at(start) or start in edges.by_end
    return (starts and words.ends_at(end)) or (kind == "again" and len(text[start:end]) > 3)


_SEPARATOR = re.compile(r"[、和与及以]|等")
_END_OF_ITEM = re.compile(r"[、，。；：\n（）()“”]|和|与|以及|及|等")


def _listed(edges: _Edges, found: Sequence[Name]) -> Iterator[Name]:
    """A name between 、 in a list of organizations."""
    text, words = edges.text, edges.words
    ends = {name.end for name in found}
    starts = {name.start for name in found}
    taken = _covered(found)
    for end in sorted(ends):
        if text[end : end + 1] != "、":
            continue
        start = end + 1
        if start in taken:
            continue
        stop = _END_OF_ITEM.search(text, start, start + 12)
        if stop is None or not 2 <= stop.start() - start <= 8:
            continue
        after = stop.start()
        if any(i in taken for i in range(start, after)):
            continue
        sure = text[after] == "、" and after + 1 in starts or text[after] in "和与" and after + 1 in starts
        if not sure and not (text[after : after + 1] == "等" and sum(1 for e in ends if end - 40 < e <= end) > 1):
            continue
        index = words.index_at(start)
        pieces = [w for w in words.all[index : index + 6] if start <= w.start and w.end <= after]
        if not pieces or pieces[0].start != start or pieces[-1].end != after:
            continue
        if (place := edges.by_start.get(start)) is not None and place.end == after:
            continue
        if all(w.tag in ("n", "nz", "nw", "LOC", "PER", "ORG", "vn", "v", "a") for w in pieces) and any(
            w.tag in ("nz", "LOC", "PER", "ORG", "nw") for w in pieces
        ):
            yield Name(start, after, "listed")


def _covered(found: Iterable[Name]) -> set[int]:
    return {i for name in found for i in range(name.start, name.end)}


_ORDER = {"alias": 0, "legal": 1, "government": 1, "suffix": 1, "brand": 2, "again": 2, "listed": 3, "model": 3}


def _apart(found: Iterable[Name]) -> list[Name]:
    """Without overlaps: the longest first, since the outermost is what is labelled."""
    kept: list[Name] = []
    covered: set[int] = set()
    for name in sorted(found, key=lambda n: (n.start - n.end, _ORDER[n.kind], n.start)):
        span = range(name.start, name.end)
        if name.start < name.end and covered.isdisjoint(span):
            covered.update(span)
            kept.append(name)
    return sorted(kept)


@Language.component("jiaozhu_organizations")
def suggest_organizations(doc: Doc) -> Doc:
    """ORG in `doc.spans["organizations"]`, with the rule of each in `attrs["kinds"]`."""
    text, words = doc.text, words_of(doc)
    table = find_divisions(text, words)
    if PLACES in doc.spans:
        kinds = doc.spans[PLACES].attrs["kinds"]
        held = zip(suggested(doc, PLACES), kinds, strict=True)
        places = [Place(item.start, item.end, kind, None, item.score) for item, kind in held]
    else:
        places = find_places(text, words)
    found = find_organizations(text, words, places, table)
    suggest(doc, GROUP, f"jiaozhu-organizations@{VERSION}", [Found(n.start, n.end, "ORG", SCORES[n.kind]) for n in found])
    doc.spans[GROUP].attrs["kinds"] = [name.kind for name in found]
    return doc


__all__ = ["find_organizations", "pairwise", "suggest_organizations"]
