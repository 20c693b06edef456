"""The CRF: the same examples make the same bytes, what it learned it suggests, and its file is checked."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from annotation import characters
from annotation import crf as module
from annotation.crf import ABOUT, GROUP, MAX_PIECE, WEIGHTS, Crf, _packed, features, held_out, pieces, train
from annotation.evaluate import evaluate
from annotation.gold import Entity, read_gold
from corpus.errors import JiaozhuError, SpanError

GOLD = read_gold(Path(__file__).parents[2] / "samples" / "articles")
EXAMPLES = [(item.text, item.spans) for item in GOLD[::2]]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("crf") / "model.crf"
    return path, train(EXAMPLES, path)


@pytest.fixture(scope="module")
def crf(model):
    return Crf.load(model[0])


def test_what_it_learned_it_suggests_and_half_the_articles_teach_it_the_other_half(crf):
    def predict(texts):
        return [[Entity(*found[:3]) for found in crf.predict(text)] for text in texts]

    assert evaluate(predict, GOLD[::2]).total.f1 > 0.98
    assert evaluate(predict, GOLD[1::2]).total.f1 > 0.7  # 0.78 when this was written


@pytest.mark.parametrize(("most", "texts"), [(10_000, 24), (100, 12), (1, 1)])
def test_a_second_look_learns_from_other_texts_of_at_most_so_many_characters(monkeypatch, most, texts):
    learn, learned = module._learn, []

    def recorded(taught, *others):
        learned.append({text for text, _ in taught})
        return learn(taught, *others)

    monkeypatch.setattr(module, "LEARNED", most)
    monkeypatch.setattr(module, "_learn", recorded)
    examples = [(f"{name}在开会", [(0, 2, "LOC")]) for name in map("".join, product("东西南北", "京江山河", "甲乙"))]
    assert len(examples) == 32
    found = list(held_out(examples, 4, iterations=3))
    assert len(found) == len(examples)
    assert len(learned) == 4
    for number, taught in enumerate(learned):
        assert taught.isdisjoint(text for text, _ in examples[number::4])
        assert len(taught) == texts  # of six characters each


@pytest.mark.slow
def test_the_same_examples_make_the_same_bytes_in_another_process(model, tmp_path):
    code = (
        "import json, sys; from pathlib import Path; from annotation.crf import train;"
        "train([(t, s) for t, s in json.load(sys.stdin)], Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, tmp_path / "again.crf"],
        input=json.dumps(EXAMPLES),
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7"},
    )
    assert (tmp_path / "again.crf").read_bytes() == model[0].read_bytes()


def test_the_model_says_what_it_is_and_another_one_has_another_name(model, crf, tmp_path):
    about = model[1]
    assert crf.about == about
    assert about.id == f"jiaozhu-crf@1.{about.weights[:12]}"
    assert about.texts == len(EXAMPLES)
    assert about.spans["ORG"] == sum(span.label == "ORG" for item in GOLD[::2] for span in item.spans)
    other = train(EXAMPLES[:2], tmp_path / "other.crf", name="ours")
    assert other.id.startswith("ours@1.")
    assert (other.weights, other.examples) != (about.weights, about.examples)


def test_nothing_is_left_beside_the_model(model):
    assert [file.name for file in model[0].parent.iterdir()] == ["model.crf"]


def test_scores_are_probabilities_and_what_was_learned_is_surer_than_what_was_not(crf):
    def mean(items):
        scores = [found.score for item in items for found in crf.predict(item.text)]
        assert all(0 < score <= 1 for score in scores)
        return sum(scores) / len(scores)

    assert mean(GOLD[::2]) > mean(GOLD[1::2])


@given(st.text(alphabet="济南市张明远局公司2024年5亿元(),。;\n \t\u3000\u200b\x00😀𠮷\ud800", max_size=60))
def test_any_text_gives_spans_in_order_apart_and_inside(crf, text):
    assert len(features(text)) == len(text)
    cursor = 0
    for found in crf.predict(text):
        assert cursor <= found.start < found.end <= len(text)
        cursor = found.end


def test_a_sentence_means_the_same_wherever_it_stands(crf):
    text = GOLD[1].text
    alone, after = crf.predict(text), crf.predict("。\n" + text)
    assert [(f.start + 2, f.end + 2, *f[2:]) for f in alone] == [tuple(f) for f in after]


def test_full_width_marks_are_read_as_half_width_ones(crf):
    assert features("增长28%(同比)") == features("增长２８％（同比）")


def test_a_span_over_the_end_of_a_sentence_is_learned_whole():
    text = "《为什么？怎么办》出版。"
    assert list(pieces(text)) == [(0, 5), (5, 12)]
    assert list(pieces(text, [(1, 8, "BOOK")])) == [(0, 12)]


def test_a_long_text_without_an_end_is_read_in_pieces(crf):
    found = crf.predict("济南市工业和信息化局" * 1_000)
    assert found
    assert found[-1].end > 10_000 - MAX_PIECE
    assert all(f.end - f.start <= MAX_PIECE for f in found)


def test_a_user_s_own_label_is_learned(tmp_path):
    about = train([("服用阿司匹林肠溶片后好转。", [(2, 9, "DRUG")])] * 3, tmp_path / "m.crf")
    assert about.labels == ("DRUG",)
    assert [(f.start, f.end, f.label) for f in Crf.load(tmp_path / "m.crf").predict("服用阿司匹林肠溶片。")] == [
        (2, 9, "DRUG")
    ]


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([(0, 9, "ORG")], r"example 1: ORG \[0, 9\) lies outside its text of 4"),
        ([(2, 2, "ORG")], "lies outside"),
        ([(0, 4, "ORG"), (1, 2, "LOC")], r"example 1: LOC \[1, 2\) overlaps"),
    ],
)
def test_a_span_that_cannot_be_is_refused_with_its_example(spans, reason, tmp_path):
    with pytest.raises(SpanError, match=reason):
        train([("北京大学", [(0, 4, "ORG")]), ("北京大学", spans)], tmp_path / "m.crf")
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_learn_is_said(tmp_path):
    with pytest.raises(JiaozhuError, match="2 texts hold no span"):
        train([("北京", []), ("", [])], tmp_path / "m.crf")


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(JiaozhuError, match="cannot be written"):
        train(EXAMPLES[:1], tmp_path / "nowhere" / "m.crf")


def damaged(kind, path, crf):
    if kind == "missing":
        return
    if kind == "features":
        path.write_bytes(_packed(replace(crf.about, features="0"), crf.weights))
    elif kind == "weights":
        path.write_bytes(_packed(crf.about, crf.weights[:-1] + b"x"))
    elif kind == "text":
        path.write_text("not a model")
    else:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(ABOUT, "{}" if kind == "about" else "[")
            file.writestr(WEIGHTS, b"")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", r"cannot be read \(No such file"),
        ("features", "made for features '0'"),
        ("weights", "damaged"),
        ("text", "not a CRF model of ours"),
        ("about", "not a CRF model of ours"),
        ("json", "not a CRF model of ours"),
    ],
)
def test_a_broken_model_is_one_clear_line_that_names_it(kind, reason, crf, tmp_path):
    path = tmp_path / "m.crf"
    damaged(kind, path, crf)
    with pytest.raises(JiaozhuError, match=reason) as raised:
        Crf.load(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)


def test_the_component_writes_its_group_and_is_saved_with_the_pipeline(model, crf, tmp_path):
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}})
    nlp.add_pipe("jiaozhu_crf", config={"path": str(model[0])})
    nlp.to_disk(tmp_path / "pipeline")
    text = GOLD[1].text
    for pipeline in (nlp, spacy.load(tmp_path / "pipeline")):
        doc = pipeline(text)
        group = doc.spans[GROUP]
        assert group.attrs["source"] == model[1].id
        assert [(s.start_char, s.end_char, s.label_) for s in group] == [f[:3] for f in crf.predict(text)]
