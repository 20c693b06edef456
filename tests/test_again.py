"""`make exports` again: what has not changed is left alone, and a change has made anew what hangs on it and no more."""

import json
import shutil
from pathlib import Path

import pytest

from tests.calling import call

SAMPLES = Path(__file__).parents[1] / "samples"
NOTHING = ("unchanged, nothing to do", "unchanged, nothing to do", "verified before, nothing to do")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The samples as somebody's own workspace, with a dataset."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(SAMPLES / "pages", folder / "pages")
    shutil.copytree(SAMPLES / "annotations", folder / "annotations")
    (folder / "jiaozhu.toml").write_text('[paths]\npages = ["pages"]\n\n[exports]\nlicense = "cc0-1.0"\n', "utf-8")
    make_exports(folder)
    return folder


def make_exports(desk):
    """What each command of the target says."""
    commands = (("corpus", "build"), ("exports", "build"), ("exports", "verify", "--once"))
    done = [call(desk, *command) for command in commands]
    assert [result.returncode for result in done] == [0, 0, 0]
    return [result.stdout for result in done]


def files(desk):
    return {path: path.stat().st_mtime_ns for path in (desk / "build").rglob("*") if path.is_file()}


def test_nothing_changed_so_nothing_is_done(desk):
    before = files(desk)
    for said, wanted in zip(make_exports(desk), NOTHING, strict=True):
        assert said.startswith(wanted)
    assert files(desk) == before


def test_of_a_new_page_only_that_one_is_cleaned_and_the_dataset_is_made_and_verified(desk):
    (desk / "pages" / "more.txt").write_text((SAMPLES / "pages" / "clean-1.txt").read_text("utf-8") * 2, "utf-8")
    corpus, dataset, verified = make_exports(desk)
    assert "19 pages have not changed and were not cleaned again" in corpus
    assert "17 published" in dataset
    assert "promises hold" in verified
    assert [said.startswith(wanted) for said, wanted in zip(make_exports(desk), NOTHING, strict=True)] == [True] * 3


def test_after_a_new_line_of_the_log_the_corpus_is_left_alone(desk):
    log = desk / "annotations" / "log.jsonl"
    record = json.loads(log.read_text("utf-8").splitlines()[-1])
    record |= {"updated_at": "2030-01-01T00:00:00.000000Z", "spans": record["spans"][:-1]}
    with log.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    before = {path: time for path, time in files(desk).items() if "corpus" in path.parts}
    corpus, dataset, verified = make_exports(desk)
    assert corpus.startswith(NOTHING[0])
    assert "17 published" in dataset
    assert "promises hold" in verified
    assert {path: time for path, time in files(desk).items() if "corpus" in path.parts} == before
