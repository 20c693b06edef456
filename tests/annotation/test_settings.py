"""What `[annotation]` chooses: parts, the user's list, a CRF; what is wrong is one clear line before a text is read."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import spacy
from typer.testing import CliRunner

import annotation
from annotation.crf import train
from annotation.evaluate import evaluate, predictor
from annotation.gold import read_gold
from annotation.pipeline import model_of, suggest
from annotation.settle import probability
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation
from jiaozhu import app

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "benchmarks"))

from fit_scores import calibration_error, seeds, suggestions  # noqa: E402

GOLD = read_gold(ROOT / "samples" / "articles")
SENTENCES = read_gold(ROOT / "tests" / "gold" / "sentences.txt")
TEXT = "2024年9月25日,张明远在青岛市宣布投资5至7亿元。"


@pytest.fixture(scope="module")
def crf(tmp_path_factory):
    """A model that has learned enough to take part."""
    path = tmp_path_factory.mktemp("crf") / "model.crf"
    train([(item.text, item.spans) for item in GOLD[:4]], path)
    return path


def test_parts_can_be_left_out_and_the_model_s_name_says_so():
    nlp = annotation.load_pipeline(Annotation(skip=("people", "dates")))
    assert {span.label for span in suggest(nlp, TEXT)} == {"LOC", "MONEY"}
    assert "people." not in model_of(nlp)
    assert "places." in model_of(nlp)


def test_without_a_statistical_model_the_grammars_remain():
    nlp = annotation.load_pipeline(Annotation(model="none"))
    assert "jiaozhu_lac" not in nlp.pipe_names
    assert {"MONEY", "DATE", "LOC"} <= {span.label for span in suggest(nlp, TEXT)}


def test_nothing_below_the_minimum_score_is_suggested():
    text = "".join(item.text for item in SENTENCES)
    sure = suggest(annotation.load_pipeline(Annotation(min_score=0.9)), text)
    every = suggest(annotation.load_pipeline(Annotation(min_score=0.0)), text)
    assert min(span.score for span in sure) >= 0.9
    assert len(sure) < len(every)


def test_names_of_the_list_are_suggested_with_their_id_and_their_own_source(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text("青禾谷\tLOC\tL-1\n谷雨行动\tORG\n", "utf-8")
    nlp = annotation.load_pipeline(Annotation(list=path))
    found = {e.text: e for e in nlp("谷雨行动在青禾谷落户。").ents}
    assert (found["青禾谷"].label_, found["青禾谷"].kb_id_) == ("LOC", "L-1")
    assert found["谷雨行动"].label_ == "ORG"
    assert all(e._.source.startswith("jiaozhu-list@") and e._.score > 0.9 for e in found.values())
    assert found["青禾谷"]._.source.partition("@")[2] in model_of(nlp)


def test_a_known_name_inside_a_longer_one_gives_way(tmp_path):
    path = tmp_path / "names.tsv"
    path.write_text("济南市\tORG\n", "utf-8")
    found = annotation.load_pipeline(Annotation(list=path))("济南市工业和信息化局发文。").ents
    assert [e.text for e in found] == ["济南市工业和信息化局"]


@pytest.mark.slow
def test_with_a_crf_of_other_texts_the_pipeline_suggests_better_than_without(tmp_path):
    crf = tmp_path / "model.crf"
    train([(item.text, item.spans) for item in [*GOLD, *SENTENCES[::2]]], crf)
    gold = SENTENCES[1::2]
    with_it, without = (evaluate(predictor(s)[0], gold) for s in (Annotation(crf=crf), Annotation()))
    assert with_it.total.f1 >= without.total.f1  # 0.892 and 0.886 when this was written
    assert with_it.effort["actions"] <= without.effort["actions"]


@pytest.mark.slow
def test_each_half_of_the_articles_teaches_what_helps_the_other(tmp_path):
    for half in (0, 1):
        train([(item.text, item.spans) for item in GOLD[half::2]], tmp_path / "half.crf")
        with_it, without = (
            evaluate(predictor(s)[0], GOLD[1 - half :: 2]) for s in (Annotation(crf=tmp_path / "half.crf"), None)
        )
        assert with_it.total.f1 >= without.total.f1


def test_agreement_makes_surer_and_a_label_of_the_user_s_own_comes_from_the_crf(tmp_path):
    texts = [f"{day}日,青岛市医院给张明远服用阿司匹林肠溶片{count}片。" for day in range(1, 9) for count in range(1, 9)]
    train(
        [(t, [(t.index("阿"), t.index("阿") + 7, "DRUG"), (t.index("青"), t.index("青") + 5, "ORG")]) for t in texts],
        tmp_path / "drug.crf",
    )
    text = "9日,青岛市医院给李子涵服用阿司匹林肠溶片2片。"
    without = {span.text: span for span in suggest(annotation.load_pipeline(), text)}
    with pytest.raises(JiaozhuError, match=r"drug\.crf: knows DRUG, and the scheme has only ORG"):
        annotation.load_pipeline(Annotation(crf=tmp_path / "drug.crf"))
    scheme = (ROOT / "annotation" / "labels.toml").read_text("utf-8")
    scheme += '\n[[label]]\nname = "DRUG"\nshown = "药品"\nhotkey = "d"\ncolour = "#000000"\n'
    (tmp_path / "labels.toml").write_text(scheme, "utf-8")
    shutil.copy(ROOT / "annotation" / "guideline.zh.md", tmp_path)
    nlp = annotation.load_pipeline(Annotation(crf=tmp_path / "drug.crf"), tmp_path / "labels.toml")
    found = {span.text: span for span in suggest(nlp, text)}
    assert found["阿司匹林肠溶片"].label == "DRUG"
    assert found["阿司匹林肠溶片"].source.startswith("jiaozhu-crf@1.")
    assert found["青岛市医院"].score > without["青岛市医院"].score


def test_what_the_grammars_never_find_is_suggested_once_corrections_have_taught_it(tmp_path):
    texts = [
        f"{month}月{day}日,蓝色火焰{act}。" for month in range(1, 10) for day in (3, 8) for act in ("开张", "上新")
    ]
    marked = [(text, [(0, text.index(","), "DATE"), (text.index("蓝"), text.index("焰") + 1, "ORG")]) for text in texts]
    train(marked, tmp_path / "brand.crf")
    text = "昨天,蓝色火焰停业。"
    with_it = suggest(annotation.load_pipeline(Annotation(crf=tmp_path / "brand.crf")), text)
    assert "蓝色火焰" not in [span.text for span in suggest(annotation.load_pipeline(), text)]
    assert ("蓝色火焰", "ORG") in [(span.text, span.label) for span in with_it]


@pytest.mark.slow
def test_scores_stay_calibrated_with_a_voter(tmp_path):
    gold = seeds() or pytest.skip("the seeds are not here (../shared); they are not ours to commit")
    train([(item.text, item.spans) for item in [*GOLD, *SENTENCES]], tmp_path / "model.crf")
    scored = [(probability(c), right) for c, right in suggestions(gold, Annotation(crf=tmp_path / "model.crf"))]
    assert calibration_error(scored) <= 0.05


def test_a_pipeline_with_list_and_crf_is_saved_whole(crf, tmp_path):
    names = tmp_path / "names.tsv"
    names.write_text("谷雨行动\n", "utf-8")
    nlp = annotation.load_pipeline(Annotation(crf=crf, list=names))
    nlp.to_disk(tmp_path / "pipeline")
    names.unlink()
    loaded = spacy.load(tmp_path / "pipeline")
    assert suggest(loaded, f"谷雨行动在{TEXT}") == suggest(nlp, f"谷雨行动在{TEXT}")
    assert model_of(loaded) == model_of(nlp)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Annotation(crf=Path("no.crf")), r"no\.crf: cannot be read"),
        (Annotation(list=Path("no.tsv")), r"no\.tsv: cannot be read"),
        (Annotation(skip=("person",)), "skip has no part 'person'; the parts are amounts"),
        (Annotation(min_score=1.5), "min_score must be from 0 to 1"),
        (Annotation(labels={"PER": "HUMAN"}), r"PER is to be 'HUMAN', and the scheme has no such label"),
    ],
)
def test_what_is_wrong_is_said_before_a_text_is_read(settings, reason):
    with pytest.raises(JiaozhuError, match=reason):
        annotation.load_pipeline(settings)


def test_the_commands_read_the_section_and_the_flags_win(crf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jiaozhu.toml").write_text('[annotation]\ncrf = "missing.crf"\n')
    (tmp_path / "gold.txt").write_text("[[济南市|LOC]]投资[[5亿元|MONEY]]。\n")
    run = CliRunner().invoke
    broken = run(app, ["annotation", "evaluate", "gold.txt"])
    assert broken.exit_code == 2 or isinstance(broken.exception, JiaozhuError)
    shown = run(app, ["annotation", "evaluate", "gold.txt", "--crf", str(crf), "--json"])
    assert shown.exit_code == 0, shown.output
    assert ".crf.1." in json.loads(shown.output)["model"]
    assert json.loads(shown.output)["labels"]["all"]["f1"] == 1
