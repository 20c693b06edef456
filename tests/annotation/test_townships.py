"""A town is a place of its own behind the division that it lies in, and by its full name; words and bodies are not."""

import pytest

from annotation.lac import find_words
from annotation.townships import townships


def places(text):
    words = townships(text, find_words([text])[0])
    assert "".join(text[word.start : word.end] for word in words) == text
    return [text[word.start : word.end] for word in words if word.tag == "LOC"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大理双廊的客栈涨价了。", ["大理", "双廊"]),
        ("伊犁州那拉提的草青了。", ["伊犁州", "那拉提"]),
        ("俺娘家是单县终兴的。", ["单县", "终兴"]),
        ("邮车一周进一趟墨脱格当乡。", ["墨脱", "格当乡"]),
        ("我老家在潮阳关埠。", ["潮阳", "关埠"]),
        ("公司搬到绍兴市滨海新城。", ["绍兴市", "滨海新城"]),
        ("他生于乃东索珠镇。", ["乃东", "索珠镇"]),
        ("昨天宽甸满族自治县杨木川乡下了大雪。", ["宽甸满族自治县", "杨木川"]),
    ],
)
def test_a_town_behind_its_division_is_a_place_of_its_own(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "努力把上海建设成为国际金融中心。",  # 建设 is a street in few cities, and a word everywhere
        "贵州茅台盘中跌破1400元。",
        "大理双廊小学今天开学。",
        "我爸在东莞厚街医院上班。",
        "上海双廊怎么走？",  # lies in 大理
        "小城镇的感觉真好。",
        "市里拨款绿化街道。",
    ],
)
def test_no_town_is_made_of_words_of_bodies_or_of_a_name_from_elsewhere(text):
    assert townships(text, words := find_words([text])[0]) == words


def test_a_full_name_of_the_table_is_a_place_wherever_it_stands():
    assert places("他们来到损失惨重的单晶河乡。") == ["单晶河乡"]
    assert places("无罪释放的程海乡农民。") == ["程海乡"]
