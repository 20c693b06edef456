"""Troops are named by their number; what is only counted is not."""

import pytest

from annotation.lac import find_words
from annotation.troops import troops


def bodies(text):
    words = troops(text, find_words([text])[0])
    assert "".join(text[word.start : word.end] for word in words) == text
    return [text[word.start : word.end] for word in words if word.tag == "ORG"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("命令下来，第四十一师当夜出发。", ["第四十一师"]),
        ("日军第九十八联队退到了河边。", ["日军第九十八联队"]),
        ("六团二营的战士守在山口。", ["六团二营"]),
        ("阵地丢了，七团已经撤退。", ["七团"]),
        ("桌上放着三团毛线。", []),
        ("他一连说了五遍，屋里乱成一团。", []),
        ("孩子念三班，老师姓杜。", []),
        ("“哪个部队的？”“三十七师的！”", ["三十七师"]),
        ("她在五十三中的操场上等他。", ["五十三中"]),
        ("那年他在县六中念书。", ["县六中"]),
        ("百发百中的老兵笑了。", []),
        ("二十一年中的老师傅。", []),
        ("三中全会开过了。", []),
    ],
)
def test_troops_are_bodies(text, expected):
    assert bodies(text) == expected
