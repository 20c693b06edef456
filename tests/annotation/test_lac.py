"""Names and dates by LAC: offsets that hold, scores that are the model's own, dates that the guideline calls dates."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.lac import MAX_SENTENCE, _load, _Marginals, find_names, is_date, split_sentences, tag

SENTENCES = [
    "9月25日上午,济南市政府新闻办举行新闻发布会。",
    "济南市工业和信息化局党组书记、局长汲佩德介绍,下一步将在山东大学设立研究院",
    "全市 生物医药\t产业😀规模突破3000亿元!",
]


def found(text):
    return [(text[name.start : name.end], name.label) for name in find_names(text)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_words_are_those_of_lac_itself(sentence):
    assert [(sentence[t.start : t.end], t.tag) for t in tag(sentence)] == _load().run(sentence)


def test_people_places_organizations_and_dates_are_found_at_their_places():
    text = "张明远在北京市工作。\n2024年9月25日,他访问了山东大学。"
    assert found(text) == [
        ("张明远", "PERSON"),
        ("北京市", "LOC"),
        ("2024年9月25日", "DATE"),
        ("山东大学", "ORG"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='北京大学山东省青岛市张明2024年9月25日近日,。;！\n 的\t《》"”和aé😀\u200b', max_size=80))
def test_names_lie_in_the_text_in_order_apart_and_without_marks_around_them(text):
    cursor = 0
    for name in find_names(text):
        assert cursor <= name.start < name.end <= len(text)
        piece = text[name.start : name.end]
        assert piece[0] not in ' \n\t《》"”,。;！'
        assert piece[-1] not in ' \n\t《》"”,。;！'
        assert 0 <= name.score <= 1
        cursor = name.end


def test_a_score_is_the_share_of_all_paths_through_the_model():
    generator = np.random.default_rng(5)
    emissions, transitions = generator.normal(size=(4, 3)), generator.normal(size=(3, 3))
    inside = np.array([False, True, False])
    marginals = _Marginals(emissions, transitions, inside)

    def weight(path):
        steps = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        return np.exp(steps + sum(emissions[i, tag] for i, tag in enumerate(path)))

    paths = list(itertools.product(range(3), repeat=4))
    total = sum(weight(path) for path in paths)
    for start, end in itertools.combinations(range(5), 2):
        for piece in itertools.product(range(3), repeat=end - start):
            through = [path for path in paths if path[start:end] == piece and (end == 4 or not inside[path[end]])]
            share = sum(weight(path) for path in through) / total
            assert marginals.of(start, list(piece)) == pytest.approx(share, abs=1e-4)


@given(st.text(alphabet="文字,，。！?\n ”", max_size=200), st.integers(1, 20))
def test_sentences_cover_the_text_without_gap_and_keep_the_limit(text, limit):
    spans = list(split_sentences(text, limit))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(0 < end - start <= limit for start, end in spans)


def test_a_sentence_ends_after_its_closing_quote():
    text = "他说:“好。”然后走了!\n第二段"
    assert [text[a:b] for a, b in split_sentences(text)] == ["他说:“好。”", "然后走了!\n", "第二段"]


def test_a_long_sentence_is_cut_after_its_last_comma_within_the_limit():
    text = "一二三,四五六,七八九十"
    assert [text[a:b] for a, b in split_sentences(text, 8)] == ["一二三,四五六,", "七八九十"]


def test_a_name_beyond_the_limit_of_a_sentence_is_still_found_at_its_place():
    text = "天" * (MAX_SENTENCE - 3) + "," + "我在北京大学读书"
    assert ("北京大学", "ORG") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024年9月25日",
        "二〇二四年",
        "11月2日",
        "明年的10月份",
        "同年7月",
        "去年同期",
        "2022年1-10月",
        "9月25日上午10时",
        "20世纪90年代",
        "第三季度",
        "上半年",
        "昨天下午",
        "本月底",
        "星期三",
        "除夕",
        "2020年以来",
        "8:30",
        "2024-09-23",
    ],
)
def test_what_can_be_placed_on_a_calendar_is_a_date(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "近日",
        "日前",
        "目前",
        "当前",
        "未来",
        "近年来",
        "近年",
        "早年",
        "此前",
        "三年",
        "三到五年",
        "未来三年",
        "近10年",
        "20年",
        "24小时",
        "24小时内",
        "两个月",
        "3个季度",
        "几天",
        "十分钟",
        "连日来",
    ],
)
def test_vague_times_and_durations_are_no_dates(text):
    assert not is_date(text)


def test_vague_times_are_not_suggested_in_a_sentence():
    assert found("近日,目前和未来三年都不算日期。") == []


def test_a_date_that_the_model_cuts_is_one():
    assert ("明年的10月份", "DATE") in found("工程将在明年的10月份完工。")


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "😀😀", "。。。", "\u200b"])
def test_a_text_without_letters_has_no_names(text):
    assert found(text) == []
