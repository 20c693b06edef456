"""What the project ships works on a fresh clone: the samples give the dataset, without a server, byte for byte."""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from annotation.labels import load_labels
from annotation.log import latest, read_log
from corpus.build import build_corpus
from corpus.folder import files_of
from corpus.store import read_rows
from corpus.workspace import load_workspace
from exports.build import build_dataset
from exports.verify import verify_dataset

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "samples"))
from make_log import article_of, unmark  # noqa: E402

WORKSPACE = load_workspace(ROOT / "jiaozhu.toml")


def build(folder):
    build_corpus(WORKSPACE.pages, folder / "corpus")
    build_dataset(folder / "corpus", WORKSPACE.log, folder / "exports", load_labels(), name="samples")
    return folder / "exports"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    return folder / "corpus", build(folder)


def test_the_committed_log_gives_a_dataset_that_keeps_every_promise(built):
    corpus, dataset = built
    assert [check for check in verify_dataset(dataset, corpus, WORKSPACE.log) if not check.passed] == []


def test_every_sample_article_is_published_but_the_syndicated_copy(built):
    corpus, dataset = built
    documents = {row["doc_id"] for row in read_rows(corpus / "documents") if row["is_canonical"]}
    published = {row["doc_id"] for file in (dataset / "data").iterdir() for row in read_rows(file, ["doc_id"])}
    assert published == documents
    assert len(documents) == 17


def test_the_same_log_and_pages_give_the_same_bytes_in_another_folder(built, tmp_path):
    again = build(tmp_path)
    for name in files_of(built[1]):
        assert sha256((built[1] / name).read_bytes()).digest() == sha256((again / name).read_bytes()).digest(), name


def test_the_log_decides_what_the_articles_mark(built):
    documents = {row["doc_id"]: row for row in read_rows(built[0] / "documents")}
    for record in latest(read_log(WORKSPACE.log)):
        source = documents[record.doc_id]["source"]
        text, spans = unmark(article_of(source).read_text("utf-8"))
        assert text == documents[record.doc_id]["text"], source
        assert [(span.start, span.end, span.label) for span in record.spans] == spans, source


def test_every_make_target_is_listed_by_help_with_a_line():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    inner = {"studio-venv", "browser"}  # steps of `make test`
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M)) - inner
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = dict(re.findall(r"^  make (\S+)\s+(\S.*)$", said, re.M))
    assert set(listed) == targets
    for target in ("setup", "demo", "test", "corpus", "studio", "push", "pull", "exports", "report", "bench", "lint"):
        assert listed[target]
