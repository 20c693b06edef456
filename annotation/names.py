"""What the rules for names of organizations share: last words, classes, and the text with its borders.

In: a text with its words and places (`Edges`). Out: nothing by itself; organizations.py, companies.py and mentions.py
find names with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotation.divisions import divisions
from annotation.groups import Words
from annotation.lexicon import alternatives, lexicon
from annotation.places import COUNTRIES, Place


class Name(NamedTuple):
    """An organization at `[start, end)`, code points.

    `kind` says which rule found it, and so how far to trust it; `sure` whether other mentions may be found by it.
    """

    start: int
    end: int
    kind: str
    sure: bool = True


LEVEL = "省市区县州旗"

LONGEST = 64  # characters of a name; what a broken page repeats without end is none, and must not be read for ever

MANY = frozenset("各全我本该两几多何某其余0123456789０１２３４５６７８９二三四五六七八九十")

# What departments are for, long and short; 局, 厅, 委 … follow.
FIELD = alternatives("fields")

UNIT = "局|厅|委员会|委|办公室|办|部|院|总队|支队"

BODY = (
    "人民政府|政府|人大常委会|人民代表大会常务委员会|人民代表大会|人大|政协|党委|纪委监委|纪委|监委|委员会|委(?!托|派|任|屈|婉|员|身|曲|以)|人民法院|中级人民法院|高级人民法院"
    "|法院|人民检察院|检察院|公安局|公安厅|总工会|工商联|工商业联合会|妇联|妇女联合会|团委|科协|文联|残联|红十字会|管委会|管理委员会|武警总队|消防救援支队|消防救援总队|融媒体中心|融媒(?!体)|铁路公安[处局]|(?:绿化|环卫|市政|司法|税务|财政|工商|房管|农技|防疫|国土|水利|畜牧|林业|兽医|卫生监督)[所站](?!长)|供销社|供销合作社|军分区|军区|街道办事处|街道办|气象台|慈善总会"
)

DEPARTMENT = re.compile(rf"(?:{FIELD})(?:局|厅|委|办)(?![长事理公员法案])")

# A body named by its place or its country.
STATE = re.compile(r"国家|中国|中央|全国|中共|联合国|世界|国际|中华")

LEGAL = re.compile(
    r"(?:有限责任公司|有限公司|集团总公司|总公司|集团公司|分公司|[（(]有限合伙[）)]|(?:会计师|律师)(?:[（(][\u4e00-\u9fff]{2,4}[）)])?事务所(?:[（(]特殊普通合伙[）)])?|合作社)"
)

LAST = re.compile(
    r"(?P<company>公司|(?:建投|城投|交投|产投|国投|文旅投|旅投|水投|金控|国控|有色网?(?!金属))(?![资入放放建])|(?<=[\u4e00-\u9fff]{2})[一二三四五六七八九十]建(?![议设筑立成造国制])|产业基金|投资基金|引导基金|集团(?![军队化式])|酒店(?![业服管])|商行|洋行|票号|书店|书屋|书局|酒馆|冰室|茶餐厅|药铺|药房|当铺|钱庄|镖局|戏班|学堂|绸缎庄|照相馆|诊所|武馆|饭馆|面馆|布庄|米行|粮行|染坊|邮局|(?:工厂|(?<![设建办投进出])厂)(?![商房家区长矿址]))"
    r"|(?P<school>大学(?![生城校学])|学院(?!派)|研究院|研究所|研究中心|科学院|工程院|设计院|勘察院|中学(?!生)|小学(?!生)|幼儿园|附中|党校|职业学校|技工学校|实验室|图书馆|博物[馆院]|美术馆|纪念馆|文化馆|档案馆|少年宫)"
    r"|(?P<health>医院|卫生院|疾控中心|疾病预防控制中心|妇幼保健院|卫生服务中心|血液中心|血站|(?<=.{2})(?<!奥体|体育|会展|博览|购物)中心(?![城区镇市点站任小工主地位思内线组校]))"
    r"|(?P<finance>银行(?![卡业家间存系类])|分行|支行|证券交易所|交易所|信用社|农商行|保险公司|基金会|交易中心)"
    r"|(?P<association>协会|学会|商会|联合会|促进会|研究会|理事会|组委会|联盟(?![国])|俱乐部|委员会|总工会|基金会|工作委员会|领导小组)"
    r"|(?P<media>日报社?|晚报|晨报|早报|商报|时报|都市报|周刊|电视台|广播电台|电台|通讯社|新闻网|新闻社|出版社|杂志社|报社|乐团|剧院|剧团|歌舞团)"
    r"|(?P<office>管委会|管理委员会|检察院|法院|海关(?!总署)|派出所|公安分局|分局|支队|总队|指挥部|委员会|总局|监管局|监督局|管理局|发展局|办公室|服务中心|检测中心|测试中心|检验中心|研究中心|直属库"
    r"|[局署](?![长面势部限中])|(?<![餐客大展舞歌前门音正乐])厅(?![长堂])|人民政府|政府)"
)

# None of these words is made of others: what can be read in two ways each time is read in 2^n ways in all.
GENERIC = re.compile(
    r"(?:标的|关联|股份?|所?持|目标|私募|公募|社会|交易|回购|质押|上市|人民|核心|A股|港股|美股|这家|一家|两家|多家|等|其|我|此|原|全资|控股|参股|上市|非上市|母|子|分|总|大型|中小|龙头|骨干|民营|私营|国有|国营|外资|合资|独资|跨国|海外|境外|国外|国内|互联网|科技|高科技|电动|燃油|混动|智能|二手|商用|乘用|家用|保险|证券|基金|投资|管理|物流|房地产"
    r"|地产|建筑|施工|物业|能源|石油|石化|电力|电信|通信|旅游|运输|客运|货运|快递|航空|航运|贸易|外贸|广告|文化|传媒|影视|游戏|软件|网络|医药|制药|汽车|钢铁|煤炭|化工|食品|农业|制造|服务|咨询|租赁|担保|信托|资产|发电|供电|燃气|自来水"
    r"|商业|政策性|股份制|城市|农村|地方|村镇|外国|中央|国家|重点|综合|专科|三甲|公立|私立|民办|公办|高等|普通|著名|知名|一流|师范|理工|医科|定点|附属|教学|社区|乡镇|中心|基层|行业|产业|企业|技术|创新|工程|国家级|省级|市级|联合|共建|建设|高校"
    r"|老年|职业|专业|学生|家长|业主|居民|村民|专门|常务|组织|筹备|评审|专家|仲裁|发起|战略|区域|区块链|人工智能|大数据|生物|医疗|健康|教育|培训|体育|足球|篮球|健身|车友|全国|世界|国际|中国|新|老|大|小|地区|当地|本地|境内|主要|各级|所有|有关|相关|该|本|各|某|一些|许多|不少|部分|其他|其它|任何)*"
)

INDUSTRY = alternatives("industries")

# Words for a branch of business that are common words too: a name only where its sentence says so.
COMMON_INDUSTRY = alternatives("common_industries")

BRAND = re.compile(
    rf"(?:(?P<strong>{INDUSTRY})|{COMMON_INDUSTRY})(?![\u4e00-\u9fff]?(?:产业|行业|领域|项目|园|板块|市场|人才|体系|革命))"
)

COMPANY = re.compile(rf"(?:公司|集团|合作社|(?:{INDUSTRY}))$")

ACTS = lexicon("acts")

ENDINGS = re.compile(
    rf"(?:{LEGAL.pattern}|{LAST.pattern}|(?:{FIELD})(?:{UNIT})|(?:{BODY})|中心|分行|(?<=[省市区县])委|党委|团委|纪委|中央|部队|[队院所站社馆厂校网报部处科厅局署])"
)


def last_end(name: str) -> int:
    """Where the last word for an organization in the name ends; 0 where there is none."""
    end = 0
    for match in ENDINGS.finditer(name):
        end = match.end()
    return end


def bare(name: str) -> int:
    """Where the last of those words begins."""
    begin = len(name)
    for match in LAST.finditer(name):
        begin = match.start()
    return begin


class Edges:
    """The text with everything that can begin a name: words, places by start and by end."""

    def __init__(self, text: str, words: Words, places: Sequence[Place], table: Sequence[Place]) -> None:
        self.text = text
        self.words = words
        self.zoned = {i: p for p in places if p.kind == "zone" for i in range(p.start, p.end)}
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
        least = end - LONGEST
        while (place := self.by_end.get(end)) is not None and least <= place.start < end:
            end = place.start
        return end

    def is_home(self, place: Place) -> bool:
        """Whether the place is a division of China or 中国 itself: names begin with those, seldom with foreign ones.

        What the model is not sure of, or sees behind a division, is more likely a piece of the name (石河子市|瑞晨).
        """
        name = self.text[place.start : place.end]
        return (
            place.kind != "model"
            or (
                name not in COUNTRIES
                and (name in divisions().codes or len(name) > 2 or place.score < 0.5 or place.start in self.by_end)
            )
            or name == "中国"
        )


def covered(found: Iterable[Name]) -> set[int]:
    """The characters that the names stand on."""
    return {i for name in found for i in range(name.start, name.end)}


ORDER = {
    "alias": 0,
    "legal": 1,
    "government": 1,
    "suffix": 1,
    "quoted": 2,
    "brand": 2,
    "again": 2,
    "listed": 3,
    "model": 4,
}


def apart(found: Iterable[Name]) -> list[Name]:
    """Without overlaps: the longest first, since the outermost is what is labelled."""
    kept: list[Name] = []
    covered: set[int] = set()
    for name in sorted(found, key=lambda n: (n.start - n.end, ORDER[n.kind], n.start)):
        span = range(name.start, name.end)
        if name.start < name.end and covered.isdisjoint(span):
            covered.update(span)
            kept.append(name)
    return sorted(kept)
