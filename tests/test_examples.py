"""The examples in docs/ run as they are written, on a tiny model made here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exports.build import build_dataset
from tests.exports.making import SCHEME, make

torch = pytest.importorskip("torch", reason="torch is not here; make test runs this in .venv-huggingface")
transformers = pytest.importorskip("transformers", reason="transformers is not here; make test runs this there too")

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "examples" / "train_transformers.py"
PLACES = ["济南", "青岛", "烟台", "潍坊", "临沂", "德州", "滨州", "菏泽", "泰安", "日照"]
WINDOW = 24  # shorter than the passages, so that windows overlap


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transformers")
    pages, spans = [], []
    for year in range(2011, 2016):
        for place in PLACES:
            pages.append(f"[首页]{year}年,{place}云舟公司在{place}投资{year}万元。\n记者王芳报道。\n")
            spans.append([(f"{place}云舟公司", "ORG"), (f"{year}万元", "MONEY"), ("王芳", "PERSON")])
    made = make(folder, pages, spans)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME)
    return folder / "dataset", "".join(pages)


@pytest.fixture(scope="module")
def model(dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(dataset[1]) - set("\n"))]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = transformers.BertTokenizerFast(vocab=vocabulary, do_lower_case=False, model_max_length=WINDOW)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
    )
    transformers.BertForTokenClassification(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def test_the_transformers_example_learns_the_dataset_and_writes_a_model(dataset, model, tmp_path):
    command = [sys.executable, str(SCRIPT), str(dataset[0]), "--model", str(model), "-o", str(tmp_path / "made")]
    result = subprocess.run(
        [*command, "--epochs", "12", "--batch", "8", "--learn-rate", "0.003"],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    losses = [float(loss) for loss in re.findall(r"loss ([0-9.]+)", result.stdout)]
    assert losses[-1] < losses[0] / 5
    said = json.loads((tmp_path / "made" / "scores.json").read_text("utf-8"))
    assert said["split"] == "test"
    assert said["scores"]["all"]["f1"] > 0.9
    made = transformers.AutoModelForTokenClassification.from_pretrained(tmp_path / "made")
    assert set(made.config.id2label.values()) >= {"O", "B-ORG", "I-ORG"}


def test_the_example_reads_spans_of_either_scheme_and_over_white_space():
    sys.path.insert(0, str(SCRIPT.parent))
    from train_transformers import spans

    assert spans(["B-ORG", "I-ORG", "O", "B-LOC", "B-LOC"]) == [(0, 2, "ORG"), (3, 4, "LOC"), (4, 5, "LOC")]
    assert spans(["B-ORG", None, "I-ORG", None]) == [(0, 3, "ORG")]
    assert spans(["S-ORG", "B-ORG", "E-ORG", "S-LOC"]) == [(0, 1, "ORG"), (1, 3, "ORG"), (3, 4, "LOC")]
