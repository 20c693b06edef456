"""A drawn span ends where the name ends: one rule for everybody, and nothing that belongs to a name goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.edges import trim


def trimmed(words: str) -> str:
    text = f"前{words}后"
    start, end = trim(text, 1, 1 + len(words))
    return text[start:end]


@pytest.mark.parametrize(
    ("drawn", "kept"),
    [
        ("济南大学，", "济南大学"),
        (" \t济南大学\u3000\n", "济南大学"),
        ("\u200b济南\ufeff", "济南"),
        ("、济南、", "济南"),
        ("（山东省立医院）", "山东省立医院"),
        ("山东省立医院）", "山东省立医院"),
        ("（山东省立医院", "山东省立医院"),
        ("《人民日报》", "人民日报"),
        ("《人民日报》，", "人民日报"),
        ("“长三角”", "长三角"),
        ('"长三角"', "长三角"),
        ('"长三角', "长三角"),
        ("((甲))", "甲"),
        ("《甲》和《乙》", "《甲》和《乙》"),
        ("(甲)(乙)", "(甲)(乙)"),
        ("3000亿元。", "3000亿元"),
        ("，。", ""),
        ("《》", ""),
    ],
)
def test_what_is_not_part_of_the_name_goes(drawn, kept):
    assert trimmed(drawn) == kept


@pytest.mark.parametrize(
    "name",
    [
        "英特尔（中国）有限公司",
        "北京大学（深圳）",
        "《财经》杂志",
        "“一带一路”国际合作高峰论坛",
        '"十四五"规划办',
        "Yahoo!",
        "Apple Inc.",
        "28%",
        "-3.5%",
        "*ST华仪",
        "¥300",
        "8:30",
        "C++",
        "e\u0301",
        "👨‍👩‍👧",
    ],
)
def test_what_belongs_to_a_name_stays(name):
    assert trimmed(name) == name


@given(st.text(alphabet="甲乙A!，。 （）()《》“”\"'\u200b[]", max_size=12), st.text(max_size=3), st.text(max_size=3))
def test_a_trimmed_span_lies_in_the_drawn_one_and_trimming_it_again_changes_nothing(words, before, behind):
    text = before + words + behind
    start, end = trim(text, len(before), len(before) + len(words))
    assert len(before) <= start <= end <= len(before) + len(words)
    assert trim(text, start, end) == (start, end)
