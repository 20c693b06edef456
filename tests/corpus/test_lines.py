"""What a line says about itself: where it stands, how much Chinese it has, whether it ends, whether it tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.lines import Line, split_lines
from corpus.spans import AlignedText


def lines_of(text: str) -> list[Line]:
    return split_lines(AlignedText.of(text), None)


@given(st.text(alphabet="汉a， \n\u3000：…。", max_size=60))
def test_every_character_that_is_no_white_space_is_in_one_line(text):
    lines = lines_of(text)
    shown = "".join(text[line.start : line.end] for line in lines)
    assert shown.split() == "".join(text.split("\n")).split() or "".join(shown.split()) == "".join(text.split())
    for line in lines:
        assert len(line) == line.end - line.start == len(line.plain)
        assert text[line.start : line.end].strip() == text[line.start : line.end]


def test_plain_is_the_line_with_half_width_marks_and_digits():
    (line,) = lines_of("　来源：（新华社），２０２４年｜第１版　")
    assert line.plain == "来源:(新华社),2024年|第1版"
    assert (line.start, line.end) == (1, 19)


def test_han_characters_and_clauses_are_counted():
    (line,) = lines_of("近日，GDP增长5%，其中工业增长8.1%；预计全年达到目标。")
    assert (line.han, line.clauses) == (18, 4)


@pytest.mark.parametrize(
    "text", ["完成了。", "是吗？", "“走吧！”", "（见下表。）", "包括以下内容：", "他沉默了……", "甲；"]
)
def test_the_end_of_a_sentence_is_seen_through_closing_marks(text):
    assert lines_of(text)[0].ends_sentence


@pytest.mark.parametrize("text", ["标题", "甲，", "Time:", "】", "...", "10:", "来源：新华社"])
def test_other_ends_are_no_end_of_a_sentence(text):
    assert not lines_of(text)[0].ends_sentence


@pytest.mark.parametrize(
    "text",
    ["企业相关...[详细]", "提质...", "坐满了老人…", "光伏项目……[查看全文]", "项目...阅读更多>>", "项目…【详情】"],
)
def test_a_cut_off_line_ends_in_an_ellipsis(text):
    assert lines_of(text)[0].ends_in_ellipsis


@pytest.mark.parametrize("text", ["他沉默了……", "...的整数", "甲…乙", "[详细]", "他说……然后走了。"])
def test_the_chinese_ellipsis_and_dots_inside_do_not_cut_off(text):
    assert not lines_of(text)[0].ends_in_ellipsis


@pytest.mark.parametrize(
    "text",
    [
        "据介绍，该项目总投资60亿元。",
        "记者从会上获悉，项目已开工。",
        "甲方到了，乙方也到了，丙方没有来。",
        "6月13日，大会在济南召开。",
    ],
)
def test_a_sentence_that_reports_tells(text):
    assert lines_of(text)[0].tells


@pytest.mark.parametrize(
    "text", ["转载请注明出处。", "首页 新闻", "据介绍", "请长按二维码，关注我们，不错过精彩内容。"]
)
def test_what_speaks_to_the_reader_or_is_no_sentence_does_not_tell(text):
    assert not lines_of(text)[0].tells


@pytest.mark.parametrize("text", ["欢迎关注", "请扫码", "长按识别", "您的位置", "本文来源", "如有侵权"])
def test_words_to_the_reader_are_known(text):
    assert lines_of(text)[0].to_reader


@pytest.mark.parametrize("text", ["企业申请上市", "他被邀请出席", "用户点击了链接", "受到欢迎的新品", "市民扫描了证件"])
def test_the_same_characters_in_other_words_are_no_words_to_the_reader(text):
    assert not lines_of(text)[0].to_reader


@pytest.mark.parametrize("piece", ["…", "...", "。)", " ", "，", "汉，", "”", "\n", "x"])
def test_a_hostile_text_takes_no_time(piece):
    import time

    text = "汉" + piece * (200_000 // len(piece)) + "x"
    start = time.process_time()
    lines_of(text)
    assert time.process_time() - start < 1
