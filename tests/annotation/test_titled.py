"""People called by their surname and a title, or a word for kin, or 老."""

import pytest

from annotation.lac import find_words
from annotation.mending import mend
from annotation.titled import titled


def people(text):
    words = titled(text, mend(text, find_words([text])[0]))
    return [text[word.start : word.end] for word in words if word.tag == "PER"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("易主席一句话，大盘跌了三个点。", ["易"]),
        ("尚经理在群里问谁迟到了。", ["尚"]),
        ("柏总监把方案退了回来。", ["柏"]),
        ("看大门的牛爷爷笑了。", ["牛爷爷"]),
        ("周末去老黄家吃面。", ["老黄"]),
    ],
)
def test_a_title_makes_a_name_of_a_surname(text, expected):
    assert people(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "支队长表示，案件正在侦办。",  # one word, and the title is of a 支队
        "和主任谈了半天。",
        "他曾任校长多年。",
        "班主任打来电话。",
        "老师和老农都来了。",
        "全总经理级别的人都到了。",
    ],
)
def test_what_is_a_word_before_a_title_is_no_name(text):
    assert people(text) == []


def test_the_words_cover_the_text_as_before():
    text = "证监会易主席、太医院的吴供奉和老秦都来了。"
    words = titled(text, find_words([text])[0])
    assert "".join(text[word.start : word.end] for word in words) == text
