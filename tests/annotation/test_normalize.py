"""Values of decided spans: one canonical form for each label, the same as the pipeline's, None where there is none."""

import subprocess
import sys

import pytest

import annotation
from annotation.amounts import find_amounts
from annotation.dates import find_dates
from annotation.normalize import normalize, normalize_all


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


def test_no_spacy_is_loaded_for_it():
    code = "import annotation.normalize, sys; print('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"False"
