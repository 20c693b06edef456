"""What the text says somebody or something is called is a name of that kind, whatever its words mean."""

import pytest

from annotation.introduced import introduced
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["他/r", "外号/n", "叫/v", "铁算盘/n", "，/w"], ["铁算盘/PER"]),
        (["有个/v", "女子/n", "，/w", "名/n", "唤/v", "翠/a", "莺儿/n", "。/w"], ["翠莺儿/PER"]),
        (["老大/n", "叫/v", "木勺/n", "，/w"], ["木勺/PER"]),
        (["通信兵/n", "叫/v", "小豆子/a", "，/w"], ["小豆子/PER"]),
        (["我/r", "叫/v", "芒果/ORG:0.9", "，/w"], ["芒果/PER"]),
        (["人称/v", "“/w", "铁面/n", "判官/n", "”/w", "的/u", "柳/PER:0.9"], ["铁面判官/PER", "柳/PER"]),
        (["就叫/v", "刁卫民吧/nz", "。/w"], ["刁卫民/PER"]),
        (["一/m", "秀才/n", "，/w", "姓/v", "卢名守拙/PER:0.4", "，/w"], ["守拙/PER"]),
        (["一/m", "条/q", "河/n", "，/w", "名叫/v", "白练/n", "，/w"], ["白练/LOC"]),
        (["小镇/n", "叫/v", "落霞/n", "，/w"], ["落霞/LOC"]),
        (["一间/m", "叫/v", "外婆/n", "冰室/n", "的/u", "铺子/n"], ["外婆冰室/ORG"]),
        (["字号/n", "大德昌/LOC:0.2", "，/w"], ["大德昌/ORG"]),
    ],
)
def test_it_is_a_name_of_the_kind_of_what_bears_it(pieces, found):
    text, words = words_of(*pieces)
    made = introduced(text, words)
    assert [f"{text[word.start : word.end]}/{word.tag}" for word in made if word.tag in ("PER", "LOC", "ORG")] == found
    assert "".join(text[word.start : word.end] for word in made) == text


@pytest.mark.parametrize(
    "pieces",
    [
        ["名叫/v", "石门村/n", "，/w"],
        ["外号/n", "叫/v", "得/u", "人人/r", "都知道/v"],
        ["妻子/n", "叫/v", "吃饭/v", "，/w"],
        ["他/r", "叫/v", "出租车/n", "，/w"],
        ["我/r", "叫/v", "妈妈/n", "，/w"],
        ["隔壁/n", "的/u", "狗/n", "叫/v", "张飞/PER:0.9", "，/w"],
        ["台风/n", "叫/v", "海燕/PER:0.6", "，/w"],
    ],
)
def test_what_is_only_called_for_and_what_an_animal_is_called_is_none(pieces):
    text, words = words_of(*pieces)
    assert not [word for word in introduced(text, words) if word.tag in ("PER", "LOC", "ORG")]
