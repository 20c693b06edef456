"""Passages cover a document exactly, are no longer than asked, and never cut an entity."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import JiaozhuError
from exports.passages import cut as cut_all


def codes32(text):
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def cut_together(documents, max_chars):
    """The passages of each of these `(text, spans)`, in its own offsets, cut side by side with the others."""
    begins = np.cumsum([0, *(len(text) for text, _ in documents)])
    spans = [
        (begin + start, begin + end)
        for begin, (_, found) in zip(begins, documents, strict=False)
        for start, end in found
    ]
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    borders = cut_all(codes32("".join(text for text, _ in documents)), begins, (starts, ends), max_chars).tolist()
    pairs = list(pairwise(borders))
    return [
        [(low - begin, high - begin) for low, high in pairs if begin <= low and high <= end]
        for begin, end in pairwise(begins.tolist())
    ]


def cut(text, spans, max_chars):
    return cut_together([(text, spans)], max_chars)[0]


@st.composite
def texts_with_spans(draw):
    """A text of sentences, clauses and none of both, and flat spans anywhere in it."""
    text = draw(st.text(alphabet="甲乙丙𠮷3。！？；…!?;，、,”）\n", max_size=80))
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = [pair for pair in pairwise(borders) if draw(st.booleans())]
    return text, spans


@given(texts_with_spans(), st.integers(1, 30))
def test_passages_cover_the_text_exactly_whatever_stands_in_it(made, max_chars):
    text, spans = made
    passages = cut(text, spans, max_chars)
    assert "".join(text[start:end] for start, end in passages) == text
    assert all(start < end for start, end in passages)
    assert [end for _, end in passages[:-1]] == [start for start, _ in passages[1:]]


@given(texts_with_spans(), st.integers(1, 30))
def test_every_entity_lies_whole_in_one_passage(made, max_chars):
    text, spans = made
    passages = cut(text, spans, max_chars)
    for start, end in spans:
        assert sum(low <= start and end <= high for low, high in passages) == 1


@given(texts_with_spans(), st.integers(1, 30))
def test_a_passage_longer_than_asked_is_one_entity_that_is_longer(made, max_chars):
    text, spans = made
    for passage in cut(text, spans, max_chars):
        assert passage[1] - passage[0] <= max_chars or passage in spans


@pytest.mark.parametrize(
    ("text", "max_chars", "passages"),
    [
        ("短句。", 10, ["短句。"]),
        ("一句。二句。三句。", 6, ["一句。二句。", "三句。"]),
        ("他说：“好。”然后走了。", 7, ["他说：“好。”", "然后走了。"]),
        ("真的?!假的;没有", 6, ["真的?!", "假的;没有"]),
        ("标题\n\n正文在此", 6, ["标题\n\n", "正文在此"]),
        ("很长的一句，没有句号、只有逗号", 8, ["很长的一句，", "没有句号、", "只有逗号"]),
        ("投资3,000万元", 5, ["投资3,0", "00万元"]),
        ("没有任何标点的句子", 4, ["没有任何", "标点的句", "子"]),
    ],
)
def test_a_cut_is_at_a_sentence_end_else_a_clause_end_else_anywhere(text, max_chars, passages):
    assert [text[start:end] for start, end in cut(text, [], max_chars)] == passages


def test_a_sentence_end_inside_an_entity_is_no_border():
    text = "他在哇！公司上班。"
    assert cut(text, [], 5) == [(0, 4), (4, 9)]
    assert cut(text, [(2, 6)], 5) == [(0, 2), (2, 7), (7, 9)]


@given(st.lists(texts_with_spans(), max_size=4), st.integers(1, 30))
def test_a_document_is_cut_alike_whatever_stands_beside_it(documents, max_chars):
    assert cut_together(documents, max_chars) == [cut(text, spans, max_chars) for text, spans in documents]


@given(texts_with_spans(), st.integers(1, 30))
def test_a_cut_is_where_the_rules_put_it(made, max_chars):
    """The rules of the documentation, with regular expressions and a character at a time."""
    text, spans = made
    inside = {place for start, end in spans for place in range(start + 1, end)}
    patterns = (r"(?:[。！？；…!?;]+[”’」』）)》】]*|\n)\n*", r"[，、]|,(?!\d)", r"(?s:.)")
    expected, begin = [], 0
    while begin < len(text):
        end, limit = len(text), begin + max_chars
        if limit < len(text):
            for pattern in patterns:
                places = [found.end() for found in re.finditer(pattern, text) if found.end() not in inside]
                fitting = [place for place in places if begin < place <= limit]
                if fitting or pattern is patterns[-1]:
                    end = fitting[-1] if fitting else next(place for place in places if place > limit)
                    break
        expected.append((begin, end))
        begin = end
    assert cut(text, spans, max_chars) == expected


def test_a_passage_of_no_characters_cannot_be_asked_for():
    with pytest.raises(JiaozhuError, match="max_chars is 0"):
        cut("甲", [], 0)
