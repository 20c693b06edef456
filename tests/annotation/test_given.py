"""Whoever is called by the given name alone is found by what that person does, and a thing is not."""

import pytest

from annotation.given import again, given
from tests.annotation.pieces import words_of


def people(text, words):
    return [text[word.start : word.end] for word in words if word.tag == "PER"]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["秀芝/n", "低/a", "着头/v", "，/w"], []),
        (["秀芝/n", "坐在/v", "炕/n"], ["秀芝"]),
        (["他/r", "娶了/v", "春芳/n"], ["春芳"]),
        (["春/n", "芳/n", "蹲在/v", "地头/n"], ["春芳"]),
        (["学生/n", "坐在/v", "教室/n"], []),  # 生 ends what people are, not who
        (["阳光/n", "的/u", "手/n"], []),
        (["同志/n", "说，/v"], []),
        (["石凳/n", "的/u", "脸/n"], []),  # 凳 is in no given name
    ],
)
def test_a_word_like_a_given_name_is_one_beside_what_a_person_does(pieces, found):
    text, words = words_of(*pieces)
    assert people(text, given(text, words)) == found


def test_who_is_named_once_is_named_by_the_same_characters_again():
    text, words = words_of("春芳/PER:0.9", "笑/v", "，/w", "春/n", "芳/n", "走/v", "，/w", "春芳/n")
    assert people(text, again(text, words)) == ["春芳"] * 3


def test_a_name_the_model_is_unsure_of_names_nobody_else():
    text, words = words_of("高峰/PER:0.2", "，/w", "高峰/n")
    assert people(text, again(text, words)) == ["高峰"]
