"""What models and grammars are shown stands character for character on the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import load_pipeline
from annotation.pipeline import suggest
from annotation.shown import paused, simplified

SPACED = "刚下飞机 重庆下雪了"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_every_character_stands_where_it_stood(text: str) -> None:
    assert len(simplified(text)) == len(paused(text)) == len(text)


def test_traditional_characters_become_simplified_and_those_of_both_stay() -> None:
    assert simplified("臺灣大學的學生，乾隆、顯著") == "台湾大学的学生，乾隆、显著"
    assert simplified("plain ASCII") == "plain ASCII"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SPACED, "刚下飞机，重庆下雪了"),
        ("记者 王 强 报道", "记者 王 强 报道"),
        ("用iPhone 拍的 good", "用iPhone 拍的 good"),
    ],
)
def test_a_space_between_words_is_a_pause_and_one_in_a_name_is_none(text: str, shown: str) -> None:
    assert paused(text) == shown


@pytest.mark.parametrize(
    ("traditional", "text"),
    [
        ("中國駐南斯拉夫大使館發表聲明", "中国驻南斯拉夫大使馆发表声明"),
        ("臺北市政府與廣東省財政廳簽約", "台北市政府与广东省财政厅签约"),
        (f"總統馬英九說，{SPACED}", f"总统马英九说，{SPACED}"),
    ],
)
def test_a_text_in_traditional_characters_gets_the_suggestions_of_its_simplified_form(
    traditional: str, text: str
) -> None:
    nlp = load_pipeline()
    found = suggest(nlp, traditional)
    assert [(span.start, span.end, span.label) for span in found] == [
        (span.start, span.end, span.label) for span in suggest(nlp, text)
    ]
    assert found
    assert all(span.text == traditional[span.start : span.end] for span in found)
