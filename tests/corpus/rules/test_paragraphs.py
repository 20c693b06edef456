"""A space after a sentence's end in a long Chinese line is a lost paragraph break; other spaces are not."""

import pytest

from corpus.rules.paragraphs import paragraphs
from corpus.spans import AlignedText

LONG = "项目总投资六十亿元，将引进上下游产业链优质企业，打造北方业务中心，带动就业三千人" * 4


def cleaned(text: str) -> str:
    page = AlignedText.of(text)
    return page.apply(paragraphs(page)).text


@pytest.mark.parametrize("end", ["。", "！", "？", "!", "?", "。”", "……", "。）"])
def test_a_space_after_the_end_of_a_sentence_becomes_a_break(end):
    assert cleaned(f"{LONG}{end} 近日，项目开工。") == f"{LONG}{end}\n近日，项目开工。"


def test_a_numbered_heading_after_a_break_is_a_paragraph_of_its_own():
    assert cleaned(f"{LONG}。 一、发展现状 全市现有企业多家。") == f"{LONG}。\n一、发展现状\n全市现有企业多家。"
    assert cleaned(f"{LONG}。 （二）主要问题 融资难。") == f"{LONG}。\n（二）主要问题\n融资难。"


@pytest.mark.parametrize(
    "text",
    [
        "短行。 不动。",
        f"{LONG}，与Yahoo! 奇摩合作",
        f"{LONG} 与前文之间没有句号",
        f"{LONG}。See also U.S. 的做法",
        f"{LONG}。 and so on",
        f"{LONG}，一、发展现状 全市现有企业",
    ],
)
def test_other_spaces_are_left_alone(text):
    assert cleaned(text) == text


def test_no_hostile_line_takes_time(text, busy_with):
    assert busy_with(text.of, paragraphs) == []
