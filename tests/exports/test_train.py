"""What is trained on a dataset is measured strictly, comes whole or not at all, and the CRF is the same every time."""

import json
import re
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from annotation.crf import Crf
from annotation.gold import Entity
from corpus.errors import JiaozhuError
from corpus.folder import files_of
from exports.build import build_dataset
from exports.examples import Example, read_examples, read_labels, share
from exports.pictures import curve_svg
from exports.scores import errors_table, score, scores_table
from exports.train import Point, evaluate_model, train
from tests.exports.making import SCHEME, make

PLACES = ["济南", "青岛", "烟台", "潍坊", "临沂", "德州", "滨州", "菏泽", "泰安", "日照", "威海", "聊城"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Twelve pages a year of one pattern, that anything learns."""
    folder = tmp_path_factory.mktemp("learn")
    pages, spans = [], []
    for year in range(2011, 2017):
        for place in PLACES:
            pages.append(f"[首页]{year}年,{place}云舟公司在{place}投资{year}万元。记者王芳报道。\n")
            spans.append([(f"{place}云舟公司", "ORG"), (f"{year}万元", "MONEY"), ("王芳", "PERSON")])
    made = make(folder, pages, spans)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME)
    return folder / "dataset"


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    return train(dataset, tmp_path_factory.mktemp("model") / "crf", "crf", epochs=30)


def sums(folder: Path) -> dict[str, str]:
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in files_of(folder)}


def test_a_crf_learns_what_the_dataset_shows(trained):
    total = trained.scores.total
    assert total.f1.value > 0.95
    assert total.f1.low <= total.f1.value <= total.f1.high
    assert trained.scores.labels["LOC"].f1.value is None
    assert [point.documents for point in trained.curve] == sorted({point.documents for point in trained.curve})
    assert trained.curve[-1].f1 == total.f1


def test_the_same_dataset_gives_the_same_folder_byte_for_byte(trained, dataset, tmp_path):
    train(dataset, tmp_path / "again", "crf", epochs=30)
    assert sums(tmp_path / "again") == sums(trained.output)


def test_the_folder_holds_the_model_that_preannotation_takes_and_says_how_good_it_is(trained, dataset):
    assert files_of(trained.output) == ["README.md", "errors.jsonl", "learning-curve.svg", "model.crf", "scores.json"]
    assert Crf.load(trained.output / "model.crf").about.id == trained.model
    said = json.loads((trained.output / "scores.json").read_text("utf-8"))
    assert said == json.loads(json.dumps(trained.as_dict()))
    card = (trained.output / "README.md").read_text("utf-8")
    assert trained.dataset in card
    assert "| ORG | " in card
    model, scores = evaluate_model(trained.output, dataset)
    assert (model.id, scores) == (trained.model, trained.scores)
    assert evaluate_model(trained.output / "model.crf", dataset, "validation")[1].split == "validation"


@pytest.mark.slow
def test_a_spacy_pipeline_learns_it_too_and_is_loaded_by_spacy_alone(dataset, tmp_path):
    import spacy

    trained = train(dataset, tmp_path / "model", "spacy", epochs=12, curve=False)
    assert trained.scores.total.f1.value > 0.8
    assert trained.curve == ()
    nlp = spacy.load(tmp_path / "model" / "model")
    [example, *_] = read_examples(dataset, "test")
    doc = nlp(example.text)
    assert doc.text == example.text
    assert evaluate_model(tmp_path / "model", dataset)[1] == trained.scores


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"kind": "bert"}, "no model 'bert'; it must be crf or spacy"),
        ({"kind": "crf", "split": "train"}, "not measured on what it learned from"),
        ({"kind": "crf", "split": "dev"}, "has no split 'dev'; it has train, validation, test"),
    ],
)
def test_what_cannot_be_trained_says_why(dataset, tmp_path, options, reason):
    with pytest.raises(JiaozhuError, match=reason):
        train(dataset, tmp_path / "model", **options)
    assert not (tmp_path / "model").exists()


def test_too_few_examples_no_dataset_and_a_strange_folder_are_named(tmp_path, trained, dataset):
    made = make(tmp_path, spans=[[], [("青岛港务局", "ORG")], [], [], [], []])
    build_dataset(made.corpus, made.log, tmp_path / "small", SCHEME)
    with pytest.raises(JiaozhuError, match=r"has [01] entities, at least 10 are needed"):
        train(tmp_path / "small", tmp_path / "model", "crf")
    with pytest.raises(JiaozhuError, match="no dataset here"):
        train(tmp_path, tmp_path / "model", "crf")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(JiaozhuError, match="choose another folder"):
        train(dataset, tmp_path / "mine", "crf", epochs=1, curve=False)
    with pytest.raises(JiaozhuError, match="no model here"):
        evaluate_model(tmp_path / "mine", dataset)
    with pytest.raises(JiaozhuError, match="has no label 'GPE'"):
        evaluate_model(trained.output, dataset, labels=["GPE"])


def test_a_model_of_other_labels_is_compared_only_on_those_that_are_named(tmp_path, trained, dataset):
    other = make(tmp_path, spans=[[("山东省科技厅", "ORG")], *[[] for _ in range(5)]])
    scheme = type(SCHEME)("1", tuple(item for item in SCHEME.labels if item.name != "MONEY"), "")
    build_dataset(other.corpus, other.log, tmp_path / "dataset", scheme)
    with pytest.raises(JiaozhuError, match=r"the model has the label 'MONEY'.*--label"):
        evaluate_model(trained.output, tmp_path / "dataset", "train")
    assert list(evaluate_model(trained.output, tmp_path / "dataset", "train", ["ORG"])[1].labels) == ["ORG"]


def example(number, text, *spans):
    return Example(f"p{number}", f"d{number}", text, tuple(Entity(*span) for span in spans))


def test_a_span_counts_only_with_both_borders_and_its_label():
    examples = [example(1, "甲公司和乙公司", (0, 3, "ORG"), (4, 7, "ORG")), example(2, "张明", (0, 2, "PERSON"))]
    found = [[Entity(0, 3, "ORG"), Entity(4, 6, "ORG")], [Entity(0, 2, "ORG")]]
    scores = score("test", examples, found, ["ORG", "PERSON"])
    org = scores.labels["ORG"]
    assert (org.gold, org.found, org.exact) == (2, 3, 1)
    assert org.precision.value == pytest.approx(1 / 3, abs=1e-5)
    assert (org.recall.value, org.f1.value) == (0.5, 0.4)
    assert scores.labels["PERSON"].precision.value is None
    assert scores.kinds()["ORG"] == {"border": 1, "type": 0, "missed": 0, "spurious": 0}
    assert scores.kinds()["PERSON"] == {"border": 0, "type": 1, "missed": 0, "spurious": 0}
    assert scores_table(scores)[1][0][:3] == ["ORG", "2", "3"]
    assert errors_table(scores)[1] == [["ORG", "1", "0", "0", "0"], ["PERSON", "0", "1", "0", "0"]]


def test_a_smaller_share_of_the_documents_lies_inside_a_greater_one():
    examples = [example(number // 2, "甲") for number in range(20)]
    shares = [{item.doc_id for item in share(examples, part)} for part in (0.01, 0.25, 0.5, 1.0)]
    assert [len(found) for found in shares] == [1, 3, 5, 10]
    assert all(small <= great for small, great in pairwise(shares))


def test_a_curve_of_one_point_or_without_intervals_can_be_drawn(trained):
    whole = trained.curve[-1]
    for points in ([whole], list(trained.curve), [Point(1, 10, type(whole.f1)(None, why="none")), whole]):
        picture = curve_svg([(point.documents, point.f1) for point in points])
        assert not re.search("nan|None", picture)
        assert picture.count("<circle") == sum(point.f1.value is not None for point in points)


def test_labels_are_the_schemes(dataset):
    assert read_labels(dataset) == list(SCHEME.names)
