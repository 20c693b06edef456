"""People and towns in Latin letters are names where they stand alone in Chinese, and no part of anything else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotation
from annotation.groups import Word
from annotation.latin import latin, table

NLP = annotation.load_pipeline()


def names(text):
    return [f"{span.text}/{span.label_}" for span in NLP(text).ents]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("组里就Sharon一个人没带伞", ["Sharon/PERSON"]),
        ("Nora失眠了，Gary在打呼噜", ["Nora/PERSON", "Gary/PERSON"]),
        ("Derek、Helen和Bobby三个人", ["Derek/PERSON", "Helen/PERSON", "Bobby/PERSON"]),
        ("我们组的Fiona姐从不加班", ["Fiona姐/PERSON"]),
        ("kevin老师的剪刀很贵", ["kevin/PERSON"]),
        ("系里新来的Dr. Adeyemi爱讲冷笑话", ["Adeyemi/PERSON"]),
        ("房东Mrs. Hargreaves养了三只猫", ["Hargreaves/PERSON"]),
        ("客户Brian Tan晚上到", ["Brian Tan/PERSON"]),
        ("室友Mahsa做的饭真香", ["Mahsa/PERSON"]),
        ("Grace说她下周请假", ["Grace/PERSON"]),
        ("去Bristol念书的第一年", ["Bristol/LOC"]),
        ("十一想飞New York", ["New York/LOC"]),
    ],
)
def test_a_name_in_latin_letters_is_found_where_it_stands_alone(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "老板说Please call me David",
        "买了一条Ralph Lauren的裙子",
        "我的微信是kevin1990",
        "周末追完了Emily in Paris第三季",
        "听说Julia语言真快",
        "楼下新开了Lily奶茶",
        "邻居家的狗叫Toby",
        "Mark一下，回头再看",
        "今天穿的Dr. Martens磨脚",
        "我们部门的HR在开会",
    ],
)
def test_what_is_called_like_a_person_is_none(text):
    assert not [name for name in names(text) if name.endswith("/PERSON")]


def test_each_name_of_the_table_has_one_kind():
    assert set(table().values()) == {"given", "word", "place"}
    assert (table()["Kevin"], table()["Grace"], table()["Edinburgh"]) == ("given", "word", "place")


@given(
    st.lists(st.sampled_from(["Zoe", "Kevin", "说", " ", "、", "Mrs. ", "G.E.M.", "London", "我们", "3", "@", "tony"]))
)
def test_the_words_cover_what_they_covered(pieces):
    text = "".join(pieces)
    edges = sorted({0, len(text), *range(0, len(text), 3)})
    words = [Word(a, b, "n", 0.0) for a, b in pairwise(edges)]
    made = latin(text, words)
    assert "".join(text[word.start : word.end] for word in made) == text
    assert all(word.start < word.end for word in made)
