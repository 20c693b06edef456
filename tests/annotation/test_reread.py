"""A name that the model cuts before its last character is whole again, and a word behind a name stays outside."""

from functools import partial

import pytest

from annotation.lac import tag
from annotation.reread import reread
from tests.annotation.pieces import words_of as pieces_of

words_of = partial(pieces_of, score=0.6)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["她/r", "在/p", "读/v", "李清/PER", "照/v"], ["李清照"]),
        (["作家/n", "臧克/PER", "家/n", "来信/v"], ["臧克家"]),
        (["阿什沃/PER", "思/v", "太太/n", "放下/v", "茶杯/n"], ["阿什沃思"]),  # a title says where the name ends
        (["李娜/PER", "进/v", "四/m", "强/a", "啦/xc"], ["李娜"]),
        (["王刚/PER", "任/v", "主任/n"], ["王刚"]),
        (["周敏/PER", "和/c", "我/r"], ["周敏"]),
        (["马亮/PER", "副/n", "主任/n"], ["马亮"]),
        (["陈静/PER", "，/w", "你/r"], ["陈静"]),
        (["认识/v", "李简/PER", "之/u", "前/f", "，/w"], ["李简"]),
        (["控制人/n", "张彦/PER", "尚/d", "有/v", "质押/vn"], ["张彦"]),
    ],
)
def test_the_longer_name_stands_where_the_model_sees_both_as_well(pieces, found):
    text, words = words_of(*pieces)
    made = reread(text, words, lambda sentence: tag([sentence])[0])
    assert [text[word.start : word.end] for word in made if word.tag == "PER"] == found
    assert "".join(text[word.start : word.end] for word in made) == text
