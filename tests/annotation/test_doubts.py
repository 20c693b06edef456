"""What is likely marked wrong is found with its reason; what is right, though it looks alike, is left in peace."""

import re

import pytest

from annotation.doubts import Marked, by_border, by_guideline, by_model, by_string

LABELS = {"机": "ORG", "地": "LOC", "人": "PERSON", "钱": "MONEY", "日": "DATE", "量": "QUANTITY"}


def marked(*texts: str) -> list[Marked]:
    """Documents as a test writes them: `[齐鲁银行|机]` is a span."""
    documents = []
    for number, text in enumerate(texts):
        plain, spans = "", []
        for before, words, label in re.findall(r"([^\[]*)(?:\[([^|]*)\|(.)\])?", text):
            plain += before
            if words:
                spans.append((len(plain), len(plain) + len(words), LABELS[label]))
                plain += words
        documents.append(Marked(f"d{number}", plain, tuple(spans)))
    return documents


def said(doubts) -> list[tuple[str, str, str, str]]:
    """Document, words, what they are marked as, and what they may be."""
    return [(d.doc_id, d.text, d.label, d.proposed[2] if d.proposed else "") for d in doubts]


def places(documents, doubts) -> list[tuple[str, str]]:
    """The words that are marked and those that are proposed."""
    texts = {document.doc_id: document.text for document in documents}
    return [(d.text, texts[d.doc_id][slice(*d.proposed[:2])] if d.proposed else "") for d in doubts]


def test_a_string_that_others_label_otherwise_is_doubted_where_it_is_in_the_minority():
    documents = marked("[高新区|地]。", "到[高新区|地]。", "在[高新区|机]。")
    [doubt] = by_string(documents)
    assert said([doubt]) == [("d2", "高新区", "ORG", "LOC")]
    assert doubt.score == pytest.approx(2 / 3, abs=1e-4)
    assert doubt.why == "LOC in 2 documents, ORG in 1"


def test_a_string_that_others_label_is_doubted_where_it_has_no_label():
    documents = marked("[青禾制药|机]开工。", "见[青禾制药|机]。", "青禾制药说，[青禾制药|机]好。")
    assert said(by_string(documents)) == [("d2", "青禾制药", "", "ORG")]


@pytest.mark.parametrize(
    "texts",
    [
        ("[青禾|机]。", "[青禾|地]。"),  # one against one says nothing
        ("[青禾市|地]。", "在[青禾市|地]。", "[青禾市工信局|机]。"),  # it is inside a longer name
        ("[28%|量]。", "增[28%|量]。", "增128%，28.5%。"),  # it is inside a longer number
        ("[青禾|地]。", "青禾。"),  # once is no rule
    ],
)
def test_what_only_looks_alike_is_left_in_peace(texts):
    assert list(by_string(marked(*texts))) == []


def test_a_border_is_doubted_where_the_rest_of_the_name_stands_beside_it():
    whole = "[济南市工信局|机]说。"
    documents = marked(whole, whole, "[济南市工信|机]局说。", "看[市工信局|机]。", "看济南市[工信局|机]。")
    whole_name = "济南市工信局"
    assert places(documents, by_border(documents)) == [("济南市工信", whole_name), ("工信局", whole_name)]


def test_a_short_name_is_no_border_error_where_the_rest_does_not_stand_there():
    documents = marked("[齐鲁银行股份有限公司|机]（[齐鲁银行|机]）。", "[齐鲁银行|机]说。", "[齐鲁银行|机]的股份有限。")
    assert list(by_border(documents)) == []


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("[青禾|机]大学说。", "青禾大学"),
        ("[齐鲁银行|机]股份有限公司说。", "齐鲁银行股份有限公司"),
        ("[青禾市卫健|机]委说。", "青禾市卫健委"),
        ("[青禾|机]大学生说。", None),
        ("[青禾大学|机]校长说。", None),
        ("[青禾|地]大学说。", None),  # rule 2: a place before an organization
    ],
)
def test_a_last_word_left_outside_is_seen_without_any_other_document(text, whole):
    documents = marked(text)
    assert [words for _, words in places(documents, by_border(documents))] == ([whole] if whole else [])


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("投资[约3000亿元|钱]。", "3000亿元"),
        ("[10亿元以上|钱]。", "10亿元"),
        ("用[人民币|钱]。", ""),
        ("惠及[全市|地]。", ""),
        ("[近年来|日]。", ""),
        ("有[3000家|量]。", ""),
        ("[济南、淄博|地]。", ""),
        ("[济南市科技局总工程师|机]说。", "济南市科技局"),
        ("[“青禾论坛”|机]。", "青禾论坛"),
        ("[英特尔（中国|机]）。", "英特尔（中国）"),
        ("[济南大学，|机]好。", "济南大学"),
        ("[科研院校|机]", None),
        ("[高校|机]。", ""),
    ],
)
def test_near_misses_of_the_guideline_are_named_with_what_is_right(text, proposed):
    documents = marked(text)
    found = places(documents, by_guideline(documents))
    assert [words for _, words in found] == ([] if proposed is None else [proposed])


@pytest.mark.parametrize(
    "text",
    [
        "[3000亿元|钱]，[五百多万元|钱]，[上千万美元|钱]",
        "[“一带一路”研究院|机]，[英特尔（中国）有限公司|机]，[北京大学医院|机]，[农业银行|机]",
        "[2026年|日]，[同年7月|日]，[11月20日|日]，[明年的10月份|日]",
        "[6400多亩|量]，[25元/公斤|量]，[244.14公顷|量]，[三居室|量]",
        "[全椒县|地]，[我国台湾|地]，[本溪市|地]，[高新区|地]",
        "[省委|机]，[市工信局|机]，[卫健委|机]，[近江银行|机]",
    ],
)
def test_what_follows_the_guideline_is_no_near_miss(text):
    assert list(by_guideline(marked(text))) == []


def test_a_model_of_the_other_documents_doubts_the_one_that_is_unlike_them():
    lines = [f"{name}市科技局在[{name}市|地]召开会议。" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"]
    right = [re.sub(r"^(.市科技局)", r"[\1|机]", line) for line in lines]
    documents = marked(*right[:-1], lines[-1])
    doubts = [doubt for doubt in by_model(documents) if doubt.score > 0.4]
    assert said(doubts) == [("d15", "巳市科技局", "", "ORG")]
    assert list(by_model(documents)) == list(by_model(documents))


def test_a_model_of_nothing_doubts_nothing():
    assert list(by_model(marked("[青禾|地]。"))) == []
    assert list(by_model(marked("甲。", "乙。"))) == []
