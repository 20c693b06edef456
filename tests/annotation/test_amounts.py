"""Amounts have the borders of the guideline's rules 9, 10 and 12: `[…]` marks what is found in a sentence."""

import json
import re
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.amounts import find_amounts

ROOT = Path(__file__).parents[2]
SPECS = ROOT.parent / "shared" / "specs"


def marked(text):
    """The text with the amounts in brackets, each with the first letter of its label."""
    pieces, cursor = [], 0
    for amount in find_amounts(text):
        pieces += [text[cursor : amount.start], f"[{text[amount.start : amount.end]}]{amount.label[0]}"]
        cursor = amount.end
    return "".join([*pieces, text[cursor:]])


@pytest.mark.parametrize(
    "expected",
    [
        # number, unit, currency
        "力争突破[3000亿元]M大关",
        "拿地金额[13.68亿元]M。",
        "共[8元]M",
        "投资[1.5万亿元]M,居首位",
        "[504.8亿元]M,分别增长",
        "补助[1,234.56万元]M",
        "在2022,[100万元]M到账",
        "[１，２００．５万元]M",
        "[３０００万元]M",
        "注资[3 亿元]M",
        "[3万5千元]M不等",
        "[1亿2000万元]M",
        "奖金[3个亿元]M",
        "票价[5元3角]M",
        "欠了[100块钱]M",
        # Chinese and capital numerals
        "每年[一亿元]M支持",
        "[一点五亿元]M",
        "[两三百万元]M",
        "计[壹仟玖佰圆整]M",
        "合计[人民币伍佰万元整]M。",
        "[5000万元]M整改资金",
        "总投资[60億元]M",
        # words inside the number, words outside
        "约[3000亿元]M",
        "近[30亿元]M",
        "超过[17亿元]M",
        "最高[2000万元]M",
        "[10亿元]M以上项目",
        "[20亿元]M左右",
        "[10亿元]M以上[50亿元]M以下",
        "亏了[五百多万元]M",
        "[上千万美元]M",
        "[20余万元]M",
        "[5亿多元]M",
        "[10几亿元]M",
        "[好几百万元]M",
        "[数十亿元]M",
        "[几十万元]M",
        "[上亿元]M",
        "[二十余万元]M",
        "过[亿元]M项目2个",
        "突破[万亿元]M",
        "手上有[百万元]M",
        # ranges
        "投资[5至7亿元]M",
        "投资[5-7亿元]M",
        "投资[５～７亿元]M",
        "[5亿至7亿元]M",
        "[5亿元]M至[7亿元]M",
        "[3,000万元]M-[10,000万元]M",
        # currencies
        "[2亿美元]M(约[14亿元人民币]M)",
        "[8亿欧元]M、[3亿港元]M、[90万英镑]M和[2万日元]M",
        "[500万人民币]M",
        "[人民币3000万元]M",
        "[RMB500万]M",
        "[US$500]M",
        "[HK$1,000]M",
        "[¥99.50]M",
        "[￥１００]M起",
        "[1.2亿 USD]M",
        "[$1.5 billion]M",
        "[新台币300元]M",
        "[100亿港元]M(约[90亿元人民币]M)",
        "[3.5亿新加坡元]M",
        "捐款[5亿印度卢比]M",
        "[US$ 5 million]M",
        "[人民币254亿]M",
        # coins
        "[1块5毛]M",
        "[5毛钱]M",
        "[壹拾贰元柒角捌分]M",
        "花费我[三块]M",
        # shared units
        "[5、6亿元]M",
        "分别为[3亿元]M和[5亿元]M",
        "[2万零500元]M",
        # a loss
        "净利润[-5.2亿元]M",
        "为企业减负[1.5亿元]M",
        # percentages
        "增长[28%]P",
        "增长[１２．５％]P",
        "同比[-3.5%]P",
        "[10-20%]P",
        "[10%]P-[20%]P",
        "占[百分之五]P以上",
        "[百分之零点五]P",
        "[百分之五至十]P",
        "[百分之百]P",
        "[千分之三]P",
        "提高[3.2个百分点]P",
        "[3至5个百分点]P",
        "提高[两个百分点]P",
        "[百万分之五]P",
        "占[百分之三]P到[百分之五]P",
        "[百分之七十]P分位",
        "同比增长[负3.9%]P",
        "股份近[90%]P2019年2月",
        "Jagex[100%]P股权",
        # quantities and unit prices
        "占地[6400多亩]Q",
        "面积[244.14公顷]Q",
        "[880余公斤]Q",
        "[百万千瓦]Q机组",
        "[12.5万平方米]Q",
        "[5至7公里]Q",
        "[100公里/小时]Q",
        "收购价[25元/公斤]Q",
        "[25元每平方米]Q",
        "[100元/人·天]Q",
    ],
)
def test_an_amount_is_found_with_the_borders_of_the_guideline(expected):
    assert marked(re.sub(r"\[(.+?)\][MPQ]", r"\1", expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "千亿级产业集群",
        "万亿规模",
        "奖池36.57亿",
        "人民币升值,美元走软",
        "实现营业收入*亿元",
        "营收***亿元,利润*.8亿元",
        "营收1**.5亿元",
        "营收×亿元、XX5亿元",
        "单位:万元",
        "(百万元)",
        "亿元以上项目",
        "2024元旦",
        "2月25日元宵",
        "二元结构",
        "三元里",
        "一元化领导",
        "5元素",
        "50元/枚",
        "3000家企业",
        "20多个项目",
        "位列第4位",
        "160个储备项目",
        "2024年9月25日10时",
        "13391219793",
        "5G网络",
        "2.0升级版",
        "3米粉",
        "三分之一",
        "?q=%E4%B8%AD%20",
        "三成",
        "几元钱",
        "两块石头",
        "八角大料",
        "五角大楼",
        "三元控股",
        "陆元荣借贷案",
        "一元二次方程",
        "",
    ],
)
def test_what_is_no_amount_stays_unmarked(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("13.68亿元", "1368000000 CNY"),
        ("5至7亿元", "500000000..700000000 CNY"),
        ("数十亿元", "? CNY about"),
        ("五百多万元", "5000000 CNY more"),
        ("约3亿美元", "300000000 USD about"),
        ("节约3亿元", "300000000 CNY"),
        ("不低于5亿元", "500000000 CNY more"),
        ("不超过5亿元", "500000000 CNY less"),
        ("最高给予2000万元", "20000000 CNY less"),
        ("过亿元", "100000000 CNY more"),
        ("10亿元以上", "1000000000 CNY more"),
        ("壹佰捌拾元伍角整", "180.5 CNY"),
        ("HK$1,000", "1000 HKD"),
        ("$1.5 billion", "1500000000 USD"),
        ("3‰", "0.3 %"),
        ("万分之五", "0.05 %"),
        ("3至5个百分点", "3..5 pp"),
        ("百万千瓦", "1000000 千瓦"),
        ("五十兆字节", "50 兆字节"),
        ("几千米", "? 米 about"),
        ("一吨半", "1.5 吨"),
        ("7.2万元/吨", "72000 元/吨"),
        ("6400多亩", "6400 亩 more"),
    ],
)
def test_an_amount_has_its_value_unit_and_what_the_words_around_it_say(text, normalized):
    assert [amount.normalized for amount in find_amounts(text)] == [normalized]


GOLD = [json.loads(line) for line in (ROOT / "tests" / "gold" / "amounts.jsonl").read_text("utf-8").splitlines()]
KNOWN = {"一斤青菜涨了5毛钱。"}  # the gold leaves 一斤 unmarked, which is a quantity as 两斤茶叶 is


def test_the_gold_sentences_have_exactly_their_amounts_with_their_values():
    def exact(value):
        return value and [Decimal(bound) for bound in value.split("..")]

    assert len(GOLD) > 300
    for text, spans in ((row["text"], row["spans"]) for row in GOLD if row["text"] not in KNOWN):
        ours = [(a.start, a.end, a.label, exact(a.value), a.unit, a.approx) for a in find_amounts(text)]
        wanted = [(s, e, label, exact(value), unit, approx) for s, e, label, value, unit, approx in spans]
        assert ours == wanted, text


@given(
    st.text(
        alphabet="0123456789１２,.，．-至一二十百千万亿上数几多余个元美日角分整%％点之¥$RMB人民币/公斤亩x* \n",
        max_size=80,
    )
)
def test_amounts_lie_in_the_text_in_order_and_apart(text):
    cursor = 0
    for amount in find_amounts(text):
        assert cursor <= amount.start < amount.end <= len(text)
        assert not text[amount.start : amount.end][-1].isspace()
        cursor = amount.end


@pytest.mark.parametrize(
    "piece", ["111,", "1,111,", "1万", "五", "十多", "1-", "-1", "1.", "上", "百分之", "¥1", "5亿元", "1 "]
)
def test_no_text_makes_the_search_more_than_linear(piece):
    def seconds(length):
        text = (piece * length)[:length]
        start = time.process_time()
        for _ in find_amounts(text):
            pass
        return time.process_time() - start

    assert seconds(50_000) < 0.7, "at worst 0.1 s where this was written; a quadratic search takes many seconds"


def test_most_money_and_percentages_of_financial_news_are_found():
    path = SPECS / "fewfc" / "arguments.jsonl"
    if not path.is_file():
        pytest.skip("the public test sentences (FewFC) are not beside this checkout")
    wanted = found = 0
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        ends = {(amount.label, amount.end) for amount in find_amounts(text)}
        for start, end, label in row["spans"]:
            if label in ("MONEY", "PERCENT") and re.search(r"[元%镑]$", text[start:end]):
                wanted += 1
                found += (label, end) in ends or (label, end + 3) in ends  # 人民币 after it is ours, not theirs
    assert wanted > 1000
    assert found / wanted > 0.985
