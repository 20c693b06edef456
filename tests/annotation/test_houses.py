"""A shop, an inn or a school with a name is a body; one that is only of a kind is none."""

import pytest

from annotation.houses import houses
from annotation.lac import find_words, tag


def bodies(text):
    words = houses(text, find_words([text])[0], lambda sentence: tag([sentence])[0])
    assert "".join(text[word.start : word.end] for word in words) == text
    return [text[word.start : word.end] for word in words if word.tag == "ORG"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三叶书屋为他办了一场读者会。", ["三叶书屋"]),
        ("刺猬说它要去蒲公英邮局寄信。", ["蒲公英邮局"]),
        ("镇上的同福客栈点着灯。", ["同福客栈"]),
        ("隆昌号的账房先生打得一手好算盘。", ["隆昌号"]),
        ("他在旧书店里坐了一下午。", []),
        ("街角的音乐酒吧关了门。", []),
        ("乡村小学来了一位老师。", []),
        ("手机广告越来越多。", []),
        ("门口的伙计打着哈欠。", []),
        ("上海茶馆很多。", []),
    ],
)
def test_a_house_has_a_name_where_a_company_could_bear_it(text, expected):
    assert bodies(text) == expected
