"""One token for each code point, and the text comes back as it was."""

import pickle

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import DocBin

from annotation.characters import NAME, CharacterTokenizer


def blank():
    return spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": NAME}}})


NLP = blank()
HARD = [
    "",
    " ",
    "  两个 空格\n\n\t制表\r\n",
    "𠮷野家😀👨‍👩‍👧e\u0301\u200b\ufeff\u3000全角",
    "\x00\x1f\u2028\u2029\x85",
    "济南市,投资5亿元。",
]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_comes_back_and_token_i_is_character_i(text):
    doc = NLP.make_doc(text)
    assert doc.text == text
    assert [token.text for token in doc] == list(text)
    assert [token.idx for token in doc] == list(range(len(text)))


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_come_back_from_a_saved_doc(text):
    stored = DocBin(docs=[NLP.make_doc(text)]).to_bytes()
    (doc,) = DocBin().from_bytes(stored).get_docs(NLP.vocab)
    assert doc.text == text


def test_any_slice_is_a_span():
    doc = NLP.make_doc("中国 北京大学\n")
    for start in range(len(doc)):
        for end in range(start + 1, len(doc) + 1):
            assert doc.char_span(start, end).text == doc.text[start:end]


def test_a_pipeline_with_it_is_saved_and_loaded(tmp_path):
    NLP.to_disk(tmp_path / "pipeline")
    for loaded in (spacy.load(tmp_path / "pipeline"), blank().from_bytes(NLP.to_bytes())):
        assert isinstance(loaded.tokenizer, CharacterTokenizer)
        assert [token.text for token in loaded.make_doc("北京 a\n")] == list("北京 a\n")


def test_it_goes_to_another_process():
    copy = pickle.loads(pickle.dumps(NLP.tokenizer))
    assert copy("北京").text == "北京"
