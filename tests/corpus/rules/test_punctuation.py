"""Half-width marks beside Chinese become full-width; those of numbers, times, addresses and Latin stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.rules.punctuation import full_width
from corpus.spans import AlignedText


def cleaned(text: str) -> str:
    return full_width(AlignedText.of(text)).text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (
            "近日,项目开工;投资60亿元,其中贷款占28%,自筹占72%。",
            "近日，项目开工；投资60亿元，其中贷款占28%，自筹占72%。",
        ),
        ("他说:“走!”", "他说：“走！”"),
        ("为什么?因为(一期)快了!", "为什么？因为（一期）快了！"),
        ("国内生产总值(GDP)增长", "国内生产总值（GDP）增长"),
        ("(记者 张三)", "（记者 张三）"),
        ("产值达到5亿元 ,增长", "产值达到5亿元 ，增长"),
        ("采用GPT-4,效果更好", "采用GPT-4，效果更好"),
        ("他唱了KTV!", "他唱了KTV！"),
        ("“我要去KTV!”他说", "“我要去KTV！”他说"),
        ("一是a)甲", "一是a）甲"),
        ("(未完", "(未完"),
    ],
)
def test_marks_beside_chinese_are_widened(raw, clean):
    assert cleaned(raw) == clean


@pytest.mark.parametrize(
    "text",
    [
        "比例为3.5:1",
        "上午10:30开始",
        "共3,500万元",
        "比分3:2",
        "见http://example.com/a?b=1,2:3(x)!y 一文",
        "Hello, world! (yes)",
        "He said: yes, and no; why?\n下一行",
        "他高呼“Yes, we can!”",
        "f(x) = 3; g(y) = 4",
        "第1,2,3条",
        "50%:50%",
    ],
)
def test_numbers_times_addresses_and_latin_keep_theirs(text):
    assert cleaned(text) == text


def test_an_address_ends_where_the_sentence_goes_on():
    assert cleaned("登录http://example.com/a,查看详情") == "登录http://example.com/a，查看详情"


@given(st.text(alphabet="汉字a1 ,;:?!()\n“”%.:/wh。", max_size=60))
def test_one_for_one_and_nothing_but_marks_changes(text):
    clean = cleaned(text)
    assert len(clean) == len(text)
    for before, after in zip(text, clean, strict=True):
        assert before == after or (before in ",;:?!()" and after in "，；：？！（）")


def test_no_hostile_line_takes_time(text, busy_with):
    assert busy_with(text.of, full_width) == []
