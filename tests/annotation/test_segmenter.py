"""pkuseg as a second opinion: borders of organizations move to those of its words, and only where it is chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import load_pipeline
from annotation.groups import Word
from annotation.segmenter import REACH, snap
from annotation.words import is_installed
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation


def test_an_organization_ends_where_a_word_ends_that_is_near():
    words = [Word(0, 3, "ORG", 0.6), Word(3, 4, "n", 0.0), Word(4, 5, "v", 0.0)]
    assert snap(words, [2, 4, 5]) == [Word(0, 4, "ORG", 0.6), Word(4, 5, "v", 0.0)]
    assert snap([Word(0, 5, "ORG", 0.6)], [3, 7]) == [
        Word(0, 3, "ORG", 0.6),
        Word(3, 5, "n", 0.0),
    ]


def test_a_border_that_is_far_and_other_words_stay():
    words = [Word(0, 8, "ORG", 0.6), Word(8, 11, "LOC", 0.9)]
    assert snap(words, [8 - REACH - 1, 10]) == words


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["ORG", "n"]))), st.sets(st.integers(1, 40)))
def test_words_cover_the_same_text(pieces, ends):
    words, cursor = [], 0
    for length, tag in pieces:
        words.append(Word(cursor, cursor + length, tag, 0.5))
        cursor += length
    made = snap(words, sorted(end for end in ends if end <= cursor))
    edges = [0, *(edge for word in made for edge in (word.start, word.end)), cursor]
    assert edges[::2] == edges[1::2]
    assert all(word.start < word.end for word in made)


def test_the_setting_must_mean_something():
    with pytest.raises(JiaozhuError, match='segmenter must be "lac" or "pkuseg", not \'jieba\''):
        load_pipeline(Annotation(segmenter="jieba"))


def test_a_missing_model_is_told_before_a_text_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAOZHU_WORDS_MODEL", str(tmp_path / "nowhere"))
    with pytest.raises(JiaozhuError, match="make words-model"):
        load_pipeline(Annotation(segmenter="pkuseg"))


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="pkuseg's model is not set up (make words-model)")
def test_the_pipeline_runs_with_it_and_says_so_in_its_version():
    nlp = load_pipeline(Annotation(segmenter="pkuseg"))
    assert [ent.text for ent in nlp("济南市工业和信息化局举行新闻发布会。").ents] == ["济南市工业和信息化局"]
    assert "segmenter" in nlp.meta["version"]
