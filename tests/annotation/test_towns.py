"""Known places: whatever the model takes them for where they are nothing else, elsewhere where something says so."""

from __future__ import annotations

import pytest

from annotation.towns import known, towns
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        # nothing else, in one word, in several, or what the model takes for people
        (["雷克雅/PER:0.1", "未克/d", "，/w"], ["雷克雅未克"]),
        (["双廊/n", "真/d", "美/a"], ["双廊"]),
        (["天水/LOC:0.4", "围/v", "的/u"], ["天水围"]),
        (["乔尔玛/PER:0.83", "堵/v", "了/u"], ["乔尔玛"]),
        (["《/w", "白鹿原/nw", "》/w"], ["白鹿原"]),
        (["八大局/m", "卖/v"], ["八大局"]),
        (["昆都士的/LOC:0.1", "塔利班/ORG:0.8"], ["昆都士"]),
        (["昆都士/LOC:0.04", "的/u"], ["昆都士"]),
        # a word, a person or a village elsewhere: by what is beside it
        (["住/v", "在/p", "建水/v"], ["建水"]),
        (["建水/v", "的/u", "豆腐/n"], ["建水"]),
        (["台州/LOC:0.8", "路桥/n", "做/v"], ["台州", "路桥"]),
        (["合肥/LOC:0.9", "、/w", "凤凰/nz"], ["合肥", "凤凰"]),
        (["定/v", "在/p", "巴斯/PER:0.56", "，/w"], ["巴斯"]),
        (["凉山/LOC:0.9", "雨季/n", "，/w", "昭觉/n", "断/v"], ["凉山", "昭觉"]),
        # and without it
        (["北京/LOC:0.9", "雨季/n", "，/w", "昭觉/n", "断/v"], ["北京"]),
        (["凤凰/nz", "涅槃/v"], []),
        (["修/v", "路桥/n", "的/u", "人/n"], []),
        (["巴斯/PER:0.56", "说/v"], []),
        (["在/p", "巴斯/PER:0.56", "看来/v"], []),
        (["到/v", "和平/n", "年代/n"], []),
        (["住/v", "在/p", "丽春/n", "院/n"], []),
        (["牙买/LOC:0.2", "加人/v"], ["牙买加"]),
        (["索马/LOC:0.4", "里/f", "南部/f"], ["索马里"]),
        # the model's own names stay
        (["江山/PER:0.95", "说/v"], []),
        (["色达/LOC:0.9", "县/n"], ["色达"]),
        (["双廊客栈/ORG:0.8"], []),
    ],
)
def test_known_places_are_found_where_they_stand_as_places(pieces: list[str], found: list[str]) -> None:
    text, words = words_of(*pieces)
    made = towns(text, words)
    assert [text[word.start : word.end] for word in made if word.tag == "LOC"] == found
    assert "".join(text[word.start : word.end] for word in made) == text


def test_no_country_of_two_characters_is_in_the_tables() -> None:
    kinds, lengths = known()
    assert not {"美国", "日本"} & kinds.keys()
    assert all(len(name) > 1 for name in kinds)
    assert all(len(name) in lengths[name[:2]] for name in kinds)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["住在/v", "莫尔顿/PER:0.7", "，/w"], ["莫尔顿"]),
        (["在/p", "莫尔顿/PER:0.7", "看来/v"], []),
        (["前往/v", "莫尔顿/PER:0.95", "，/w"], []),
        (["见到/v", "莫尔顿/PER:0.7", "，/w"], []),
    ],
)
def test_where_one_lives_is_nobody(pieces: list[str], found: list[str]) -> None:
    text, words = words_of(*pieces)
    assert [text[word.start : word.end] for word in towns(text, words) if word.tag == "LOC"] == found


def test_what_stands_before_a_known_place_is_none_of_it() -> None:
    text, words = words_of("全雄安/PER:0.2", "我/r")
    assert [text[word.start : word.end] for word in towns(text, words) if word.tag == "LOC"] == ["雄安"]
