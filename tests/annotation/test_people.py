"""People: no titles, whole foreign names, the same person everywhere in a document."""

import pytest

from annotation.groups import Word, Words
from annotation.lac import find_words
from annotation.people import find_people, is_chinese_name


def names(text):
    return [text[found.start : found.end] for found in find_people(text, Words(find_words([text])[0]))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("济南市科技局总工程师张根生介绍。", ["张根生"]),
        ("总经理托马斯·贝克尔说,工厂即将投产。", ["托马斯·贝克尔"]),
        ("财务总监佐藤健一希望放宽额度。", ["佐藤健一"]),
        ("记者段思雨、摄影李明在现场。", ["段思雨", "李明"]),
        ("孙先生和朱女士都来了。", ["孙", "朱"]),
        ("《哈利·波特》上映。", []),
        ("该公司的产品不错。", []),
    ],
)
def test_a_person_is_named_without_title(text, expected):
    assert names(text) == expected


def test_who_is_named_once_is_found_again():
    assert names("董事长裘国梁出席。会后，裘国梁坦言压力很大。") == ["裘国梁", "裘国梁"]


@pytest.mark.parametrize(
    ("name", "chinese"),
    [("张三", True), ("欧阳修", True), ("司马相如", True), ("的一", False), ("张三李四", False), ("张", False)],
)
def test_a_chinese_name_begins_with_a_surname(name, chinese):
    assert is_chinese_name(name) is chinese


def test_a_title_of_old_is_cut_off_whatever_the_surname():
    text = "雒大夫来了"
    words = Words([Word(0, 3, "PER", 0.3), Word(3, 4, "v", 0.0)])
    assert [text[found.start : found.end] for found in find_people(text, words)] == ["雒"]


def test_without_words_nobody_is_found():
    assert find_people("张根生说", Words(None)) == []
