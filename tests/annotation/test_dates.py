"""Dates have the borders of the guideline's rule 11, marked `[…]`, and a value that says no more than the text."""

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from annotation import characters, rules
from annotation.dates import find_dates

ROOT = Path(__file__).parents[2]
SPECS = ROOT.parent / "shared" / "specs"
MARK = re.compile(r"\[\[([^\[\]|\n]+)\|([A-Z]+)\]\]")


def found(text, published=None):
    return [(text[d.start : d.end], d.normalized) for d in find_dates(text, published)]


def marked(text):
    pieces, cursor = [], 0
    for d in find_dates(text):
        pieces += [text[cursor : d.start], f"[{text[d.start : d.end]}]"]
        cursor = d.end
    return "".join([*pieces, text[cursor:]])


@pytest.mark.parametrize(
    "expected",
    [
        # days, with their part and their clock
        "[9月25日上午],新闻办",
        "[2024年9月25日]开工",
        "[9月10日晚间]公告",
        "[11月4日晚]公告",
        "[2015年4月17号]",
        "[二〇二四年三月五日]",
        "[２０２４年９月２５日]",
        "[2019 年 8 月 27 日]",
        "[2019-10-30 15:04:05]发布",
        "[2019/8/15]",
        "[北京时间6月15日凌晨3时],决赛",
        "[11月8日（周五）上午9时]开会",
        "[11月8日]（周五）",
        "[2008年8月8日晚8时整]",
        "[30日清晨4时]许",
        "[今天上午9时30分]",
        "[4日晚]公告",
        "[18日],记者",
        "[本月18日]",
        "截至[8月27日]",
        "[6月5日]晚会",
        "[9月1日]起",
        "[2024年2月25日]元宵",
        # months, quarters, halves, years
        "[明年的10月份]竣备",
        "[同年7月]",
        "[今年5月中旬]",
        "[11月底]前",
        "[4月]",
        "[1、2月份]",
        "[2024年一季度]净息差",
        "[第三季度]增持",
        "[三季度末]",
        "[2019Q3]",
        "[今年上半年]",
        "作为[上半年]最高",
        "[2024年前三季度]",
        "[今年前五个月]",
        "[2022年底]规上企业",
        "[2017年年底]",
        "[2023年度]业绩",
        "于[2024年]内发布",
        "[1949年]以前",
        "[2023年]初步建成",
        "[07年]",
        # longer, older and lunar
        "[20世纪80年代初]",
        "[上世纪90年代]",
        "[2020年代]",
        "[1937年冬天]",
        "[公元前221年]",
        "[光绪二十六年]",
        "[民国三年五月]",
        "[正月初五]",
        "[大年三十]",
        "[农历八月十五]",
        "[2024年春节]前",
        "[2023财年]",
        # periods
        "[2023-2027年]",
        "[2023年1-6月]",
        "[2024年1至9月]",
        "[10月18日至20日]",
        "[2009 年 到 2010 年]",
        "[2012年7月至11月]",
        "[9月2日起至12月31日]止",
        "[7月20日8时至21日8时]",
        "[12月12日上午8:00-10:00]",
        "[2018年10月至今年10月]",
        "[2021年]、[2022年]和[2023年]",
        "[2020年]至今",
        "[2023-2024学年]",
    ],
)
def test_a_date_is_found_with_the_borders_of_the_guideline(expected):
    assert marked(re.sub(r"[\[\]]", "", expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "近日,目前,未来,近年来",
        "今天、昨日、今年、去年、当天、同年",
        "年底、月底、年初",
        "周五、上周、星期一",
        "春节、国庆",
        "三年、三到五年、近5年、连续6年",
        "24小时、两个月、36小时",
        "近三月、每季度、三个季度、上一季度",
        "连续15日、30日内、90个自然日、5日均线",
        "十四五期间",
        "上午9时",
        "比分3:2",
        "12号楼",
        "五日游",
        "有1500年历史",
        "8月嫂、12月龄",
        "21世纪经济报道",
        "2024级新生",
        "电话2019-1030",
        "版本2019.10.30.1",
        "504.8亿元",
        "13391219793",
        "",
    ],
)
def test_what_no_number_puts_on_a_calendar_stays_unmarked(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024年9月25日", "2024-09-25"),
        ("二〇二四年三月五日", "2024-03-05"),
        ("10月18日", "XXXX-10-18"),
        ("18日", "XXXX-XX-18"),
        ("9月25日上午", "XXXX-09-25TMO"),
        ("8月8日晚8时", "XXXX-08-08T20"),
        ("3月15日下午3点半", "XXXX-03-15T15:30"),
        ("9月1日零时", "XXXX-09-01T00"),
        ("2019-10-30 15:04:05", "2019-10-30T15:04"),
        ("12日午间", "XXXX-XX-12TMI"),
        ("2024年3月", "2024-03"),
        ("5月中旬", "XXXX-05 MID"),
        ("2022年底", "2022 END"),
        ("2024年一季度", "2024-Q1"),
        ("第三季度", "XXXX-Q3"),
        ("2024年上半年", "2024-H1"),
        ("2024年前三季度", "2024-Q1/2024-Q3"),
        ("2024年前10个月", "2024-01/2024-10"),
        ("2023-2027年", "2023/2027"),
        ("2023年1-6月", "2023-01/2023-06"),
        ("10月18日至20日", "XXXX-10-18/XXXX-10-20"),
        ("2012年7月至11月", "2012-07/2012-11"),
        ("10月30日至2019年11月4日", "XXXX-10-30/2019-11-04"),
        ("2018年10月至今年10月", "2018-10/XXXX-10"),
        ("9月25日10时至12时", "XXXX-09-25T10/XXXX-09-25T12"),
        ("2022年底至2023年初", "2022/2023 END/START"),
        ("20世纪80年代初", "198X START"),
        ("九十年代", "XX9X"),
        ("2020年代", "202X"),
        ("19世纪", "18XX"),
        ("1937年冬天", "1937-WI"),
        ("公元前221年", "BC0221"),
        ("光绪二十六年", "1900"),
        ("咸丰三年五月", "1853-05"),
        ("16年10月", "XX16-10"),
        ("正月初五", "lunar:XXXX-01-05"),
        ("2024年国庆节", "2024-10-01"),
        ("2024年春节", "lunar:2024-01-01"),
        ("2024年左右", "2024 about"),
        ("11月底前", "XXXX-11 END less"),
        ("2025年后", "2025 more"),
    ],
)
def test_a_value_says_what_the_text_says_and_no_more(text, value):
    assert [v for _, v in found(text)] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("今年9月", "2024-09"),
        ("明年3月", "2025-03"),
        ("去年前三季度", "2023-Q1/2023-Q3"),
        ("本月18日", "2024-01-18"),
        ("上月20日", "2023-12-20"),
        ("今天上午9时", "2024-01-05T09"),
        ("昨晚8点", "2024-01-04T20"),
        ("上世纪90年代", "199X"),
        ("10月18日", "XXXX-10-18"),
        ("同年7月", "XXXX-07"),
    ],
)
def test_a_distance_is_resolved_where_the_day_of_publication_is_known(text, value):
    assert [v for _, v in found(text, date(2024, 1, 5))] == [value]


@pytest.mark.parametrize("path", sorted((ROOT / "samples" / "articles").glob("*.txt")), ids=lambda path: path.stem)
def test_the_dates_of_a_sample_are_exactly_the_marked_ones(path):
    raw = path.read_text("utf-8")
    text, spans, shift = MARK.sub(r"\1", raw), [], 0
    for mark in MARK.finditer(raw):
        start = mark.start() - shift
        shift += len(mark[0]) - len(mark[1])
        if mark[2] == "DATE":
            spans.append((start, start + len(mark[1])))
    assert [(d.start, d.end) for d in find_dates(text)] == spans


def test_the_component_gives_values_beside_the_spans_by_the_day_of_publication():
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}})
    nlp.add_pipe("jiaozhu_amounts")
    nlp.add_pipe("jiaozhu_dates")
    doc = nlp.make_doc("今年9月投资5亿元,增长28%")
    doc._.published_at = "2024-10-01T08:00:00+08:00"
    doc = nlp(doc)
    values = {name: group.attrs[rules.VALUES] for name, group in doc.spans.items()}
    assert values == {rules.AMOUNTS: ["500000000 CNY", "28 %"], rules.DATES: ["2024-09"]}
    assert [span.text for span in doc.spans[rules.DATES]] == ["今年9月"]


@pytest.mark.parametrize("published_at", [None, "", "2024", "2024-09", "yesterday"])
def test_a_time_of_publication_without_a_day_resolves_nothing(published_at):
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}})
    nlp.add_pipe("jiaozhu_dates")
    doc = nlp.make_doc("今年9月")
    doc._.published_at = published_at
    assert nlp(doc).spans[rules.DATES].attrs[rules.VALUES] == ["XXXX-09"]


ALPHABET = "0123456789１２〇一二三十廿年月日号时点分:-至到/.、今明去前上下本同半季度旬底初世纪代农历正腊春节晚午Q() \n"


@given(st.text(alphabet=ALPHABET, max_size=80), st.dates())
def test_dates_lie_in_the_text_in_order_and_apart(text, published):
    cursor = 0
    for d in find_dates(text, published):
        assert cursor <= d.start < d.end <= len(text)
        assert not text[d.start].isspace()
        assert not text[d.end - 1].isspace()
        cursor = d.end


@pytest.mark.parametrize(
    "piece",
    ["1", "11月", "1-", "1-1月", "今年", "2024年", "一二三", "2024-1-1", "1日至", "前", "1、", "第", "上", "1 "],
)
def test_no_text_makes_the_search_more_than_linear(piece):
    def seconds(length):
        text = (piece * length)[:length]
        start = time.process_time()
        for _ in find_dates(text):
            pass
        return time.process_time() - start

    assert seconds(50_000) < 1, "at worst 0.25 s where this was written; a quadratic search takes many seconds"


def test_most_dates_of_financial_news_are_found():
    path = SPECS / "fewfc" / "arguments.jsonl"
    if not path.is_file():
        pytest.skip("the public test sentences (FewFC) are not beside this checkout")
    wanted = hit = 0
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        spans = [(d.start, d.end) for d in find_dates(text)]
        for start, end, label in row["spans"]:
            # Theirs that ours must hold: with a calendar's number, and no word around it.
            if label == "DATE" and re.fullmatch(r"[今去明同当]?年?[0-9].*[年月日]|.*季度", text[start:end]):
                wanted += 1
                hit += any(a <= start and end <= b for a, b in spans)
    assert wanted > 700
    assert hit / wanted > 0.985
