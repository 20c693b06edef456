"""Companies by their short names: a text with its borders in; the names that its sentences give away out.

A short name has no last word that says what it is (世纪云通, 绿垄农业, 江苏远大). What gives it away is a branch of
business after a stem that is no common word, a stock code, or a sentence where only a company can stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from annotation.divisions import divisions
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.names import ACTS, BRAND, GENERIC, Edges, Name, covered
from annotation.openings import matches
from annotation.people import is_chinese_name
from annotation.places import COUNTRIES

AFTER_BRAND = re.compile(
    r"(?:记者|讯[，（(]|公告|发布|披露|宣布|表示|称|股权|股票|股份|的?\d+(?:\.\d+)?%|[一二三]季度|的?全部股权|持有|持股|收购|质押|增持|减持|涨停|跌停|股价|市值|上市|董事长|总经理|副总|总裁|CEO|创始人|董秘|董事会|总工程师|负责人|项目负责人|财务总监|首席|控股股东|官方|方面|旗下|回应|中标|签约|获|完成|领投|跟投|不服|上诉|辩称|诉称|败诉|胜诉|[（(]\d{6}|[（(]以下简称|[（(]\d{6}\.S)"
)

BEFORE_BRAND = re.compile(
    r"(?:收购|持有的?|股东|控股股东|子公司|孙公司|认购|出售|购买|增持|减持|起诉|转让给|旗下|券商|增资|并购|投资了?|入股|参股|控股|联手|携手|牵手|发行人|平台|品牌|公司|企业|[与和、]|东家|巨头|转让|持|判令|判决|驳回了?)$"
)

_TICKER = re.compile(
    r"[（(](?:股票代码[:：]?)?(?:\d{6}|\d{4,5}\.HK|[0368]\d{5}\.S[HZ]|\d{6}\.(?:SH|SZ|BJ)|HK\d{4,5}|NASDAQ[:：]\w+|NYSE[:：]\w+)[，,。.\w]*?[）)]"
)


def brands(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """世纪云通, 绿垄农业: a stem that is no common word, then a branch of business, then the end of a word."""
    text, words = edges.text, edges.words
    if not words.known:
        return
    models = {name.end: name for name in found if name.kind == "model"}
    taken = covered(name for name in found if name.kind != "model")
    business = is_business(text)
    seen: dict[str, list[tuple[int, int, bool, bool]]] = {}
    for match in matches(BRAND, text):
        end = match.end()
        if not words.ends_at(end) or end - 1 in taken:
            continue
        held = models.get(match.start())
        if held is not None and (match["strong"] or stands_out(edges, held.start, end)):
            # 秦风|汽车: the model has the stem only
            yield Name(held.start, end, "brand")
            continue
        stem = _brand_stem(edges, match.start(), end, taken)
        if stem is None:
            continue
        start, odd, unsure = stem
        if NO_COMPANY.fullmatch(text, start, match.start()):
            continue
        after = AFTER_BRAND.match(text, end) is not None
        before = BEFORE_BRAND.search(text, max(0, start - 6), start) is not None
        strong = match["strong"] is not None
        evidence = (after or unsure or (before and odd)) if strong else (after and odd)
        if business and strong and not evidence and stands_out(edges, start, end):
            odd = evidence = True
        seen.setdefault(text[start:end], []).append((start, end, odd, evidence))
        if after and before:
            seen[text[start:end]].append((start, end, True, True))
    for mentions in seen.values():
        if any(odd and evidence for *_, odd, evidence in mentions):
            yield from {Name(start, end, "brand") for start, end, *_ in mentions}


_BUSINESS = re.compile(
    r"股份|股权|股东|公告|质押|减持|增持|持股|上市公司|收购|并购|融资|涨停|跌停|年报|重组|A股|IPO|证券|股价|净利润|停牌"
    r"|被告|原告|诉讼|起诉|债权|持仓|董事|[（(]\d{6}"
)

_AFTER_NAME = re.compile(
    r"[，。、；：:,;（(）)”\n]|的(?:持股|股权|股份|股东|收购|投资|公告|函告|控股)|\s?的?\d+(?:\.\d+)?%|公告|披露|发布|宣布|表示|回应|提出|持有|持股|所持|累计|本次|计划|将|拟|未|已|曾|分别|通过|以|因|就|与|及|和|向|从|在|于|新增|合计|作为|出资|完成|签署|签订|发生|股份|股权|首席|董事|总经理|CEO|创始人|实现|获|共|等|主营|业务|应|便|感到|支付|发放|收到|对(?!于)|被|给|仅|还|均|正|拿|让|开始|负责|不|又|再|此|总体|有限|收购|并购|购买|出售|转让|质押|起诉|受让|认购|[增减]持|参与|发起|募集|买入|卖出|入股|控股|联合|之[前后]|先|曾|又"
)

_BEFORE_NAME = frozenset(("w", "p", "c", "u", "v", "m", "r", "TIME", "d", "f"))

# What stands after a place and makes no company of the two.
_PLACE_TAIL = re.compile(
    r"[\u4e00-\u9fff]*(?:企业|公司|市民|警方|地区|政府|法院|人民|居民|经济|市场|方面|总部|股市|基地|工厂|项目|分部|各地|城市|农村|机场|会议|证监|监管|当地|业务|投资|客户|消费|制造|出口|进口|学生|学者|媒体|记者|专家|代表|商人|交易|上市|注册|成立|召开|举行|设立|开业|国际|大学|中心|本地|全境|境内|周边|等地|两地|三地|队员|球队|男篮|女排|警察|网友|网民|用户|车主|房价|楼市|天气|高速|高铁|地铁)"
)


@lru_cache(maxsize=4)  # three rules ask it of the same text
def is_business(text: str, more_than: int = 1) -> bool:
    """Whether the text is of shares and deals, where a place with two more characters is a company (江苏远大)."""
    head = min(len(text), 4000)
    return sum(1 for _ in _BUSINESS.finditer(text, 0, head)) > max(more_than, head // 400)


def stands_out(edges: Edges, start: int, end: int) -> bool:
    """Whether what stands before and after leaves the characters as a whole part of the sentence."""
    index = edges.words.index_at(start) - 1
    before = edges.words.all[index] if index >= 0 else None
    outside = (
        before is None
        or before.end < start
        or before.tag in _BEFORE_NAME
        or BEFORE_BRAND.search(edges.text, max(0, start - 6), start)
    )
    return bool(outside) and (end == len(edges.text) or _AFTER_NAME.match(edges.text, end) is not None)


def placed(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """In news of companies, a place and two more characters: 江苏远大, 常州德润, 阳谷华泰."""
    text, words = edges.text, edges.words
    if not words.known or not is_business(text):
        return
    taken = covered(name for name in found if name.kind != "model")
    codes = divisions().codes
    for word in words.all:
        start, end = word.start, word.end
        name = text[start:end]
        if word.tag not in ("LOC", "ORG") or start in taken:
            continue
        if name in codes or name == "中国":
            if codes.get(name) and name[-1] in "省市县区州":
                continue
            end += 2
            if not words.ends_at(end) or end in taken or end - 1 in taken:
                continue
            index = words.index_at(start) + 1
            held = [w for w in words.all[index : index + 3] if w.end <= end]
            if not held or any(not _may_be_company(text, w) for w in held):
                continue
        elif not (word.tag == "LOC" and len(name) == 4 and name[:2] in codes):
            continue
        rest = text[start + 2 : end]
        if (
            len(rest) != 2
            or _PLACE_TAIL.match(rest)
            or GENERIC.fullmatch(rest)
            or NO_COMPANY.fullmatch(rest)
            or rest in codes
        ):
            continue
        if rest[-1] in "市县区省镇乡村路街港湾山河江湖海" or not stands_out(edges, start, end):
            continue
        yield Name(start, end, "listed")


_LATIN = re.compile(
    r"(?<![A-Za-z0-9.])(?<![A-Za-z,.] )[A-Z][A-Za-z]{2,}(?: (?:&|de|of|[A-Z][A-Za-z]+)){0,7}(?![A-Za-z0-9])"
)

_NO_NAME = lexicon("latin_words")


def latin(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """In news of companies, a foreign name by itself: KKR, Walgreens."""
    if not is_business(edges.text):
        return
    taken = covered(found)
    for match in _LATIN.finditer(edges.text):
        start, end = match.span()
        if match[0] not in _NO_NAME and start not in taken and end - 1 not in taken and stands_out(edges, start, end):
            index = edges.words.index_at(start)
            if edges.words.known and edges.words.all[index].tag in ("nz", "ORG", "PER", "v", "n"):
                yield Name(start, end, "listed")


def _brand_stem(edges: Edges, start: int, end: int, taken: set[int]) -> tuple[int, bool, bool] | None:
    """Where the stem before a branch of business at `[start, end)` begins, and whether it is no common word."""
    text, words = edges.text, edges.words
    stem: list[Word] = []
    index = words.index_at(start)
    if index >= 0 and words.all[index].start == start:
        index -= 1
    cursor = start
    while index >= 0 and len(stem) < 4:
        word = words.all[index]
        if word.end < cursor or word.start in taken or start - word.start > 5:
            break
        single = word.end - word.start == 1
        if word.tag in ("w", "u", "c", "r", "TIME", "xc", "q", "m") or (
            word.tag in ("p", "d") and (stem or not single)
        ):
            break
        if stem and not single and word.tag not in ("nz", "PER", "ORG", "LOC"):
            break
        if (
            stem
            and single
            and word.tag in ("v", "p", "d")
            and not (stem[-1].end - stem[-1].start == 1 and word.tag == "v")
        ):
            break
        if (
            word.tag == "PER"
            and not single
            and word.end - word.start > 2
            and is_chinese_name(text[word.start : word.end])
        ):
            break
        stem.append(word)
        cursor = word.start
        if word.tag in ("nz", "ORG", "PER", "LOC") and not single:
            break
        index -= 1
    if not stem:
        return None
    begin = stem[-1].start
    body = text[begin:start] or text[begin:end][:-2]
    if not 2 <= len(body) <= 6:
        return None
    place = edges.by_start.get(begin)
    rest = text[place.end : start] if place is not None and place.end < start else body
    generic = GENERIC.match(rest)
    if (generic is not None and generic.end() == len(rest)) or (place is not None and place.kind == "full"):
        return None
    if place is not None and place.end >= start and (place.kind != "model" or text[begin : place.end] in COUNTRIES):
        return None
    odd = any(w.tag in ("nz", "ORG", "PER", "LOC") for w in stem) or all(w.end - w.start == 1 for w in stem)
    # The model sees a name in the stem, and is not sure of what.
    unsure = any(w.tag in ("ORG", "PER", "LOC") and w.score < 0.5 for w in stem)
    return begin, odd, unsure


# Where a company must stand, whatever its name looks like: 收购X100%股权, 股东X以…, X发布公告.
_SHARE = re.compile(
    r"\s?(?:的)?\s?(?<!\d)\d+(?:\.\d+)?%(?:的)?(?:股权|股份|的股|权益|表决权|出资)|的?(?:全部|部分|少数|剩余|多数)?股权(?!投资|转让款|质押式|激励)|的?股票(?!质押|市场|代码|期权|交易)|控股股东|股价"
)

_BEFORE_COMPANY = re.compile(
    r"(?:收购|并购|出售|购买|受让|增持|减持|认购|入股|参股|起诉|控告)了?(?!的)|(?:控股股东|(?<![大小各的])股东|全资子公司|控股子公司|子公司|孙公司|旗下的?|原告|被告|上诉人|发行人|运营主体|独角兽|竞争对手|收购方|受让方|出让方|交易对方)[:：]?"
)

_SAYS_COMPANY = re.compile(
    r"(?:发布|披露)(?:了)?(?:关于|公告|重组|业绩|年报|财报|一季报|半年报|提示|声明)|公告[称，,显]|发布公告|回应称|(?:拟|计划)(?:收购|发行|减持|增持|出资|募资|以|向|将|受让|转让)|(?:控股)?股东|董事会|董事长|(?:20\d\d年)?(?:年报|财报|半年报|三季报|招股书)"
)

# Before a name and none of it: 隔膜企业|上海恩捷, 部分|雪岭.
_ROLE = re.compile(
    r"[\u4e00-\u9fff]{0,4}(?:企业|平台|主体|厂商|子公司|巨头|龙头|股东|品牌|账户)(?=.{2})"
    r"|(?:部分|全部|其|该|提供|获知|买入|卖出|抛售|决定|计划|采用|持有?|为|由|将|向|对|被|即|而|但|并|且|于|从|自|拟|已|曾)(?=.{2})"
)

_THING = re.compile(r"(?:品牌|项目|事件|供应商|服务商|厂商|财团|最大|份额|系列|巨额|公司[大股]?)$")

# None of these words is made of others: what can be read in two ways each time is read in 2^n ways in all.
NO_COMPANY = re.compile(
    r"(?:公司|上市公司|标的|资产|股份|股票|股权|权益|企业|项目|业务|债券|债权|土地|房产|房屋|商品|产品|服务|基金|其|该|本|上述|相关|部分|全部|剩余|少数|多数|目标公司|集团|子公司|平台|资金|现金|部门|机构|个人|投资者|控制权|经营权|所有权|非公开|公开|定向|协议|方案"
    r"|交易|发行|二级市场|大宗|集中竞价|控股|参股|全资|董事|监事|高管|员工|管理层|银行|数量|总股本|流通股|限售股|比例|资本|所持|持有|直接|间接|合计|累计|方面|以上|以下|之一|名单|大会|会议|代表|身份|利益|权利|人士|公告|消息|记者|市场|价格|行为|结构|情况|事项|双方|各方|对方|一方|第一|第二|第三|大|小|新|老|原|前|现|报告期|两市|股数|账户|贷款|计划|采用|问题|或许|运营|主体|社会|公众|发行人|经营性|注册|出资额|额"
    r"|管理层|流通|接到|收到|拟向|向|按照|根据|部分|约定|提供|买入|卖出|抛售|决定|要求|获知|在|为|及|和|与|或|内|外|其他|其它|董监高|实控人|控制人|一致行动人|A股|B股|H股|MBO|CEO)+"
)


def framed(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """Names that nothing but their sentence gives away, in news of companies."""
    text, words = edges.text, edges.words
    taken = covered(name for name in found if name.kind != "model")
    for frame in (_SHARE, _SAYS_COMPANY):
        for match in matches(frame, text):
            start = end = match.start()
            index = words.index_at(end - 1) if end else -1
            while index >= 0 and words.all[index].end == start and end - words.all[index].start <= 8:
                word = words.all[index]
                if (
                    not _may_be_company(text, word)
                    or (word.tag == "v" and word.end - word.start > 1)
                    or word.start in taken
                    or _BEFORE_COMPANY.fullmatch(text, word.start, word.end)
                ):
                    break
                start = word.start
                index -= 1
            if frame is _SHARE or index < 0 or words.all[index].tag == "w":
                yield from _company(edges, start, end, strict=frame is not _SHARE)
    for match in matches(_BEFORE_COMPANY, text):
        start = end = match.end()
        if not words.ends_at(start):
            continue
        index = words.index_at(start)
        while 0 <= index < len(words.all) and words.all[index].start == end and words.all[index].end - start <= 8:
            word = words.all[index]
            if not _may_be_company(text, word) or word.start in taken or (word.tag in ("v", "vd") and end > start):
                break
            end = word.end
            index += 1
        yield from _company(edges, start, end, strict=True)


def _may_be_company(text: str, word: Word) -> bool:
    single = word.end - word.start == 1
    if text[word.start : word.end] in ACTS:
        return False
    return word.tag in ("n", "nz", "nw", "LOC", "PER", "ORG", "vn", "v", "a", "an") or (
        word.tag in ("xc", "m", "f", "s") and single and text[word.start].isalpha()
    )


def _company(edges: Edges, start: int, end: int, *, strict: bool) -> Iterator[Name]:
    """The characters as a company's name where they are one; `strict` wants a word that is no common one."""
    text, words = edges.text, edges.words
    while (role := _ROLE.match(text, start, end - 1)) is not None:
        start = role.end()
    if text[end - 2 : end] in ("全部", "部分", "剩余"):
        end -= 2
    name = text[start:end]
    if not 2 <= end - start <= 8 or NO_COMPANY.fullmatch(name) or GENERIC.fullmatch(name):
        return
    if _THING.search(name):
        return
    if name in divisions().codes or name in COUNTRIES or not (words.starts_at(start) and words.ends_at(end)):
        return
    held = words.all[words.index_at(start) : words.index_at(end - 1) + 1]
    if len(held) == 1 and held[0].tag in ("v", "vn", "a", "an", "f", "s"):
        return
    if any(
        word.tag == "PER"
        and (
            word.score > 0.6
            or word.end - word.start > 2
            or (word.score > 0.2 and word.start == start and word.end == end)
        )
        and is_chinese_name(text[word.start : word.end])
        for word in held
    ):
        return
    if strict and not any(
        word.tag in ("nz", "nw", "LOC", "PER", "ORG") or (len(held) > 1 and word.end - word.start == 1) for word in held
    ):
        return
    if NO_COMPANY.match(name) and not any(word.tag in ("nz", "LOC", "PER", "ORG") for word in held):
        return
    yield Name(start, end, "listed")


# A company under special treatment of its exchange: *ST and two characters, or three.
_MARKED = re.compile(r"(?<![A-Za-z])S?\*?ST[\u4e00-\u9fff]{2}")

_PAPER = re.compile(
    r"(?<=《)[\u4e00-\u9fff]{2,8}(?:日报|晚报|晨报|早报|时报|商报|青年报|都市报|周刊|新闻|电讯|杂志)(?=》)|(?<=《)[\u4e00-\u9fff]{2,4}报(?=》)"
)

_SOURCE = re.compile(r"(?:来源|稿源|转自|据)[:：]\s?([\u4e00-\u9fffA-Za-z]{2,12})(?=[）)\n])")


def tickers(edges: Edges, found: Sequence[Name]) -> Iterator[Name]:
    """A name before its stock code: 云海日升(300999)."""
    text, words = edges.text, edges.words
    taken = covered(name for name in found if name.kind != "model")
    for match in _SOURCE.finditer(text):
        yield Name(*match.span(1), "brand")
    for match in _PAPER.finditer(text):
        yield Name(*match.span(), "suffix")
    for match in _MARKED.finditer(text):
        end = match.end() + 1
        end = end if words.ends_at(end) and not words.ends_at(end - 1) else end - 1
        yield Name(match.start(), end, "brand")
    for match in _TICKER.finditer(text):
        start = end = match.start()
        index = words.index_at(end - 1) if end else -1
        while index >= 0 and words.all[index].end == start and end - words.all[index].start <= 6:
            word = words.all[index]
            if word.tag in ("w", "u", "p", "c", "r", "d", "m", "TIME") or word.start in taken:
                break
            if text[word.start : word.end] in ACTS:
                break
            start = word.start
            index -= 1
        if 2 <= end - start <= 6 and not GENERIC.fullmatch(text[start:end]):
            yield Name(start, end, "brand")
