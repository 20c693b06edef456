"""Who is named after a role or kin is found where the model would hear that name speak, or where it reads like one."""

import pytest

from annotation.bearers import bearers
from annotation.lac import tag
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["喇嘛/n", "贡桑/n", "告诉/v"], ["贡桑"]),
        (["二/m", "少爷/n", "承宗/v", "什么/r"], ["承宗"]),
        (["茶农翁/n", "立春/TIME", "每天/TIME"], ["翁立春"]),  # the surname stands in the word before
        (["老/a", "同事/n", "游金/n", "水/n", "拿/v"], ["游金水"]),
        (["总经理/n", "昝云飞/v", "按/v"], ["昝云飞"]),
        (["六/m", "名/q", "矿工/n", "升井/v", "后/f"], []),
        (["学生/n", "宿舍/n", "楼/n"], []),
        (["同学/n", "们/n", "都/d"], []),
        (["记者/n", "采访/v", "了/u"], []),
        (["老师傅/n", "做饭/v", "，/w"], []),
        (["妻子/n", "的/u", "荷香/n"], []),
        (["硕士/n", "毕业生/n", "同等学力/n"], []),
        (["裁判/n", "文书/n", "网上/s"], []),
    ],
)
def test_a_name_after_what_its_bearer_is_is_found_and_no_common_word_is(pieces, found):
    text, words = words_of(*pieces)
    made = bearers(text, words, lambda sentence: tag([sentence])[0])
    assert [text[word.start : word.end] for word in made if word.tag == "PER"] == found
    assert "".join(text[word.start : word.end] for word in made) == text
