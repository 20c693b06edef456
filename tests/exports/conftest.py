import shutil
from dataclasses import replace

import pytest

from annotation.log import append
from exports.build import build_dataset
from tests.exports.making import NOISE, SCHEME, make, write_corpus


@pytest.fixture
def made(tmp_path):
    """A fresh corpus and log."""
    return make(tmp_path)


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    made = make(folder)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME, max_chars=20)
    return made, folder / "dataset"


@pytest.fixture
def dataset(_built, tmp_path):
    """A dataset of the small corpus, in a copy that the test may spoil."""
    return shutil.copytree(_built[1], tmp_path / "dataset")


@pytest.fixture
def corpus_of_dataset(_built):
    """The corpus that `dataset` was built from; not to be spoilt."""
    return _built[0]


PARTS = {
    "exports.ranges.LEAST": 1,
    "exports.build.OF_PROCESS": 1,
    "exports.gather.OF_BATCH": 7,
    "exports.log_columns.BLOCK": 3_000,
}


@pytest.fixture
def parts(monkeypatch):
    """Small datasets are made like large ones: in all ranges and on several processes."""
    for name, value in PARTS.items():
        monkeypatch.setattr(name, value)


def make_many(folder):
    """A corpus of forty documents in small groups of rows, a log with every fate of an annotation but a broken line."""
    pages = [
        f"{NOISE}山东省科技厅与海川银行{number}。{NOISE}\n双方投资{number}亿元,电话13912345{number:03d}。\n"
        for number in range(40)
    ]
    spans = [[("山东省科技厅", "ORG"), ("海川银行", "ORG"), (f"{number}亿元", "MONEY")] for number in range(40)]
    made = make(folder, pages, spans)
    write_corpus(made.corpus, made.documents, 5)
    first, second, third, fourth = made.records[:4]
    later = "2026-11-02T09:00:00Z"
    append(
        made.log,
        [
            replace(first, annotation="second", annotator="annotator-2", updated_at=later),
            replace(second, updated_at=later, spans=(replace(second.spans[0], label="GPE"),)),
            replace(third, updated_at=later, status="skipped"),
            replace(fourth, annotation="stranger", doc_id="0123456789abcdef"),
        ],
    )
    return made


@pytest.fixture
def many(tmp_path):
    """The corpus and the log of `make_many`."""
    return make_many(tmp_path)


@pytest.fixture(scope="session")
def _standing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("standing")
    made = make_many(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PARTS.items():
            patch.setattr(name, value)
        build_dataset(made.corpus, made.log, folder / "out" / "dataset", SCHEME, max_chars=20, removed=True)
    return folder, made


@pytest.fixture
def standing(_standing, parts, tmp_path):
    """The same, with a dataset made of it in parts, in `out/dataset`; all in a copy that the test may change."""
    folder, made = _standing
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    corpus, log = (tmp_path / path.relative_to(folder) for path in (made.corpus, made.log))
    return replace(made, corpus=corpus, log=log, documents=list(map(dict, made.documents)))
