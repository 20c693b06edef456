"""Sentences cover a text, in order, each within the limit."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.sentences import split_sentences


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
