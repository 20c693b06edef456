"""Values of decided spans: one canonical form for each label, the same as the pipeline's, None where there is none."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotation
from annotation.amounts import find_amounts
from annotation.dates import day_of, find_dates
from annotation.gold import read_gold
from annotation.normalize import normalize, normalize_all

SAMPLES = Path(__file__).parents[2] / "samples/articles"
GOLD = sorted((Path(__file__).parents[1] / "gold").glob("*.txt"))
LABELS = ["MONEY", "PERCENT", "QUANTITY", "DATE"]
NUMBERS = [
    "约",
    "近",
    "3",
    "5",
    "1,2",
    "０",
    "．",
    ".",
    "2024",
    "9",
    "25",
    "五",
    "十",
    "百",
    "千",
    "万",
    "亿",
    "多",
    "两",
    "A",
    "x",
    "*",
    "(",
    "-",
    "至",
    "、",
    ",",
    "，",
    "。",
    "的",
    "以上",
    "左右",
    "前",
    "第",
]
UNITS = [
    "元",
    "美元",
    "港币",
    "人民币",
    "块",
    "角",
    "分",
    "$",
    "%",
    "个百分点",
    "百分之",
    "亩",
    "平方米",
    "米",
    "吨",
    "年",
    "月",
    "日",
    "上午",
    "时",
    "点",
    "去年",
    "同年",
    "底",
    "初",
    "一季度",
    "世纪",
    "年代",
    "正月",
    "市",
]
PIECES = st.sampled_from([*NUMBERS, *UNITS, "\n"])


@pytest.mark.parametrize(
    ("label", "text", "value"),
    [
        ("MONEY", "3000万元", "30000000 CNY"),
        ("MONEY", "壹仟玖佰圆整", "1900 CNY"),
        ("MONEY", "5至7亿元", "500000000..700000000 CNY"),
        ("MONEY", "1.2亿美元", "120000000 USD"),
        ("MONEY", "五百多万元", "5000000 CNY more"),
        ("MONEY", "数十亿元", "? CNY about"),
        ("PERCENT", "百分之五", "5 %"),
        ("PERCENT", "3.2个百分点", "3.2 pp"),
        ("QUANTITY", "6400多亩", "6400 亩 more"),
        ("DATE", "2022年12月8日", "2022-12-08"),
        ("DATE", "2022年底", "2022 END"),
        ("DATE", "2023-2027年", "2023/2027"),
        ("LOC", "济南市", "adcode:370100"),
        ("LOC", "青岛", "adcode:370200"),
        ("LOC", "长三角", None),
        ("LOC", "鼓楼区", None),  # there are several
        ("ORG", "济南市", None),
        ("PERSON", "张明远", None),
        ("MONEY", "", None),
        ("DATE", "近日", None),
        ("DRUG", "5亿元", None),
    ],
)
def test_each_label_has_its_form(label, text, value):
    assert normalize(label, text) == value


def test_the_day_of_publication_gives_the_year():
    assert normalize("DATE", "9月25日") == "XXXX-09-25"
    assert normalize("DATE", "今年9月25日", "2024-10-01T08:00") == "2024-09-25"
    assert normalize("DATE", "9月25日", "2024-10-01") == "XXXX-09-25"  # the text names no year, so it may be another


def test_a_span_that_a_person_drew_wider_keeps_the_amount_in_it_but_not_a_piece_of_a_date():
    assert normalize("MONEY", "约3亿元") == "300000000 CNY about"
    assert normalize("MONEY", "5亿美元(约36亿元人民币)") is None
    assert normalize("DATE", "2024年9月以来的半年") is None


def spans_of(text, *wanted):
    return [(text.index(words), text.index(words) + len(words), label) for words, label in wanted]


def test_the_words_around_say_more():
    text = "山东省济南市市中区投资约3亿元,福建省福州市鼓楼区投资超过5亿元。"
    wanted = (("市中区", "LOC"), ("3亿元", "MONEY"), ("福州市", "LOC"), ("鼓楼区", "LOC"), ("5亿元", "MONEY"))
    assert normalize_all(text, spans_of(text, ("济南市", "LOC"), *wanted)) == [
        "adcode:370100",
        "adcode:370103",
        "300000000 CNY about",
        "adcode:350100",
        "adcode:350102",
        "500000000 CNY more",
    ]


def test_it_is_the_value_that_the_pipeline_gave():
    text = "2024年9月25日,济南市历下区宣布投资5至7亿元,增长28%,占地约300亩。"
    for span in (doc := annotation.load_pipeline()(text)).ents:
        expected = span._.value or (f"adcode:{span._.adcode}" if span._.adcode else None)
        spans = [(s.start_char, s.end_char, s.label_) for s in doc.ents]
        assert normalize_all(text, spans)[spans.index((span.start_char, span.end_char, span.label_))] == expected


def test_values_hold_no_white_space_but_single_spaces():
    text = "3 亿元, 5 至 7 亿元, 2024 年 9 月 25 日上午, 28 %, 350 公里/小时"
    values = [a.normalized for a in find_amounts(text)] + [d.normalized for d in find_dates(text)]
    assert len(values) == 5
    assert all(value == " ".join(value.split()) for value in values)


def read_at(find, text, places):
    """What is found at some offsets, and that nothing is found which reading the whole text would not find."""
    whole = list(find(text))
    some = list(find(text, at=sorted(places)))
    assert set(some) <= set(whole)
    assert some == sorted(some, key=lambda item: item.start)
    return [item for item in some if item.start in places], [item for item in whole if item.start in places]


@pytest.mark.parametrize("find", [find_amounts, find_dates])
@given(text=st.lists(PIECES, max_size=40).map("".join), data=st.data())
def test_reading_around_the_spans_finds_what_reading_the_whole_text_finds(find, text, data):
    places = data.draw(st.sets(st.integers(0, len(text))))
    some, whole = read_at(find, text, places)
    assert some == whole
    some, whole = read_at(find, text, {item.start for item in find(text)})
    assert some == whole


@pytest.mark.parametrize("find", [find_amounts, find_dates])
def test_reading_around_each_character_of_the_samples_finds_everything(find):
    for text in (item.text for item in read_gold(SAMPLES)):
        assert list(find(text, at=range(len(text)))) == list(find(text))
        for item in find(text):
            assert item in list(find(text, at=[item.start]))


def by_the_whole_text(text, spans, day):
    """The values as a reading of the whole text gives them."""
    found = {a[:3]: a.normalized for a in find_amounts(text)}
    found |= {(d.start, d.end, "DATE"): d.normalized for d in find_dates(text, day)}
    values = []
    for start, end, label in spans:
        value, own = found.get((start, end, label)), text[start:end]
        if value is None and label == "DATE":
            value = next((d.normalized for d in find_dates(own, day) if (d.start, d.end) == (0, len(own))), None)
        elif value is None:
            inside = [a.normalized for a in find_amounts(own) if a.label == label]
            value = inside[0] if len(inside) == 1 else None
        values.append(value)
    return values


WORDS = [
    "不到",
    "能破",
    "花了",
    "合约",
    "合同",
    "历史",
    "之后",
    "以内",
    "复始",
    "荣",
    "哪里",
    "今年",
    "上月",
    "吗",
    "…",
]
DAY = "2024-10-01"


@given(text=st.lists(st.one_of(PIECES, st.sampled_from(WORDS)), max_size=40).map("".join), data=st.data())
def test_a_span_has_the_value_that_reading_the_whole_text_gives_it(text, data):
    borders = {place for item in [*find_amounts(text), *find_dates(text)] for place in (item.start, item.end)}
    drawn = st.one_of(st.sampled_from(sorted(borders or {0})), st.integers(0, len(text)))
    places = sorted(data.draw(st.sets(drawn, max_size=12)))
    labels = data.draw(st.lists(st.sampled_from(LABELS), min_size=len(places), max_size=len(places)))
    spans = [(*edges, label) for edges, label in zip(pairwise(places), labels, strict=False)]
    assert normalize_all(text, spans, DAY) == by_the_whole_text(text, spans, day_of(DAY))


def test_the_samples_and_the_gold_have_the_values_that_reading_their_whole_texts_gives():
    gold = [item for path in (SAMPLES, *GOLD) for item in read_gold(path)]
    assert sum(len(item.spans) for item in gold) > 2_000
    for item in gold:
        found = [*find_amounts(item.text), *((d.start, d.end, "DATE") for d in find_dates(item.text))]
        spans = {
            (start + left, end + right, label)
            for start, end, label, *_ in (*found, *item.spans)
            if label in LABELS
            for left, right in ((0, 0), (-1, 0), (0, 1), (1, -1))
            if 0 <= start + left < end + right <= len(item.text)
        }
        for span in sorted(spans):
            assert normalize_all(item.text, [span], DAY) == by_the_whole_text(item.text, [span], day_of(DAY)), span


@pytest.mark.parametrize("amount", ["3元,", "3元 ", "三元-", "9块、"])
def test_a_text_where_every_amount_could_go_on_in_the_next_is_read_in_linear_time(amount):
    text = amount * 10_000
    spans = [(a.start, a.end, a.label) for a in find_amounts(text)]
    started = process_time()
    normalize_all(text, spans)
    assert process_time() - started < 3  # a minute where each span reads everything before it


def test_no_spacy_is_loaded_for_it():
    code = "import annotation.normalize, sys; print('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"False"
