"""`jiaozhu exports build`, `verify` and `diff` as a person calls them: what they print, and how they end."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from annotation.log import append, read_log
from exports.checks import PROMISES
from tests.calling import call as jiaozhu
from tests.exports.making import PRIVATE_PAGES, PRIVATE_SPANS, make, write_workspace


@pytest.fixture
def workspace(tmp_path):
    """A workspace with a corpus, a log and a label scheme of its own; returns its folder."""
    make(tmp_path)
    write_workspace(tmp_path, "dataset", 'name = "样例"\nmax_chars = 20\n')
    return tmp_path


def one_line(done):
    """The error a user's mistake ends with: one line, exit code 2."""
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    return line


def test_build_and_verify_take_everything_from_the_workspace(workspace):
    built = jiaozhu(workspace, "exports", "build", "--json")
    assert built.returncode == 0, built.stderr
    summary = json.loads(built.stdout)
    assert summary["annotations"]["published"] == 6
    assert sum(split["documents"] for split in summary["splits"].values()) == 6
    assert "# 样例" in (workspace / "dataset" / "README.md").read_text()
    checked = jiaozhu(workspace, "exports", "verify", "--json")
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["passed"]
    assert {check["name"] for check in json.loads(checked.stdout)["checks"]} == set(PROMISES)


def test_a_dataset_elsewhere_is_held_against_the_corpus_and_the_log_that_are_named(workspace):
    jiaozhu(workspace, "exports", "build", "-o", "elsewhere")
    asked = (["elsewhere"], ["elsewhere", "--corpus", "corpus"])
    asked += (["elsewhere", "--corpus", "corpus", "--log", "annotations/log.jsonl"],)
    names = [
        {
            check["name"]
            for check in json.loads(jiaozhu(workspace, "exports", "verify", *one, "--json").stdout)["checks"]
        }
        for one in asked
    ]
    log, corpus = ({name for name in PROMISES if name.startswith(kind)} for kind in ("log", "corpus"))
    assert names == [set(PROMISES) - log - corpus, set(PROMISES) - log, set(PROMISES)]
    assert "name their corpus too" in one_line(
        jiaozhu(workspace, "exports", "verify", "elsewhere", "--log", "annotations/log.jsonl")
    )


def test_without_corpus_and_log_the_workspaces_dataset_is_verified_by_itself(workspace):
    jiaozhu(workspace, "exports", "build")
    shutil.rmtree(workspace / "corpus")
    checked = jiaozhu(workspace, "exports", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "25 of 25 promises hold" in checked.stdout


def test_build_and_verify_print_tables_without_colours_into_a_pipe(workspace):
    built = jiaozhu(workspace, "exports", "build", "-o", "elsewhere")
    assert built.returncode == 0, built.stderr
    assert "ORG" in built.stdout
    assert "6 published" in built.stdout
    checked = jiaozhu(workspace, "exports", "verify", "elsewhere")
    assert "25 of 25 promises hold" in checked.stdout
    assert "\x1b" not in built.stdout + checked.stdout


def test_verify_ends_with_1_where_a_promise_does_not_hold(workspace):
    jiaozhu(workspace, "exports", "build")
    with (workspace / "dataset" / "README.md").open("a") as file:
        file.write("one more line\n")
    checked = jiaozhu(workspace, "exports", "verify", "--json")
    assert checked.returncode == 1
    assert [check["name"] for check in json.loads(checked.stdout)["checks"] if not check["passed"]] == ["sums"]


def test_after_a_pull_the_dataset_has_to_be_built_again(workspace):
    jiaozhu(workspace, "exports", "build")
    log = workspace / "annotations" / "log.jsonl"
    append(log, [replace(next(read_log(log)), status="deleted", updated_at="2026-11-09T00:00:00Z")])
    checked = jiaozhu(workspace, "exports", "verify", "--json")
    assert checked.returncode == 1
    assert [check["name"] for check in json.loads(checked.stdout)["checks"] if not check["passed"]] == ["log-current"]
    jiaozhu(workspace, "exports", "build")
    assert jiaozhu(workspace, "exports", "verify").returncode == 0


def test_further_forms_are_written_where_the_command_or_the_workspace_asks_for_them(workspace):
    built = jiaozhu(workspace, "exports", "build", "--forms", "conll, chat", "--json")
    assert built.returncode == 0, built.stderr
    forms = workspace / "dataset" / "forms"
    assert sorted(path.name for path in forms.iterdir()) == ["chat", "conll"]
    config = workspace / "jiaozhu.toml"
    config.write_text(config.read_text() + 'forms = ["flair"]\n')
    assert jiaozhu(workspace, "exports", "build").returncode == 0
    assert [path.name for path in forms.iterdir()] == ["flair"]
    assert "36 of 36 promises hold" in jiaozhu(workspace, "exports", "verify").stdout
    assert jiaozhu(workspace, "exports", "build", "--forms", "").returncode == 0
    assert not forms.exists()


def test_diff_prints_what_differs_and_ends_with_1_where_it_is_asked_to(workspace):
    jiaozhu(workspace, "exports", "build", "-o", "old")
    log = workspace / "annotations" / "log.jsonl"
    log.write_text(log.read_text().replace('"label":"PERSON"', '"label":"ORG"', 1))
    jiaozhu(workspace, "exports", "build", "-o", "new")
    same = jiaozhu(workspace, "exports", "diff", "old", "old", "--exit-code", "--json")
    assert (same.returncode, json.loads(same.stdout)["different"]) == (0, False)
    told = jiaozhu(workspace, "exports", "diff", "old", "new", "--markdown", "changes/next.md")
    assert told.returncode == 0, told.stderr
    assert "retyped: '张明' PERSON → '张明' ORG" in told.stdout
    assert "spans: 0 added, 0 removed, 0 moved, 1 retyped" in told.stdout
    assert "| `PERSON` | `ORG` | 1 |" in (workspace / "changes" / "next.md").read_text()
    assert [path.name for path in (workspace / "changes").iterdir()] == ["next.md"]
    asked = jiaozhu(workspace, "exports", "diff", "old", "new", "--exit-code", "--json")
    assert asked.returncode == 1
    assert json.loads(asked.stdout)["retyped"] == [{"old": "PERSON", "new": "ORG", "count": 1}]


def test_personal_data_is_masked_unless_the_command_or_the_workspace_says_otherwise(workspace):
    make(workspace / "private", PRIVATE_PAGES, PRIVATE_SPANS)
    build = ["exports", "build", "--corpus", "private/corpus", "--log", "private/annotations/log.jsonl"]
    assert json.loads(jiaozhu(workspace, *build, "--json").stdout)["masked"] == {"email": 1, "phone": 4}
    assert json.loads(jiaozhu(workspace, *build, "--json", "--keep-personal-data").stdout)["masked"] == {}
    config = workspace / "jiaozhu.toml"
    config.write_text(config.read_text() + "mask_personal_data = false\n")
    assert "personal data masked: nothing" in jiaozhu(workspace, *build, "--force").stdout


def test_annotators_have_pseudonyms_unless_the_workspace_says_otherwise(workspace):
    log = workspace / "annotations" / "log.jsonl"
    log.write_text(log.read_text().replace('"annotator":"annotator-1"', '"annotator":"wang@example.org"'))
    config = workspace / "jiaozhu.toml"
    spans = workspace / "dataset" / "provenance" / "train-00000-of-00001.parquet"
    plain = config.read_text()
    for setting, name in ("", "annotator-1"), ('annotators = "as_logged"\n', "wang@example.org"):
        config.write_text(plain + setting)
        assert jiaozhu(workspace, "exports", "build").returncode == 0
        assert set(pq.read_table(spans)["annotator"].to_pylist()) == {name}
    config.write_text(plain + 'annotators = "names"\n')
    assert "[exports] annotators is 'names'" in one_line(jiaozhu(workspace, "exports", "build"))


def test_an_annotation_of_another_text_is_carried_over_unless_it_is_to_be_left_out(workspace):
    log = workspace / "annotations" / "log.jsonl"
    log.write_text(log.read_text().replace('"text_sha256":"', '"text_sha256":"0', 1))
    carried = jiaozhu(workspace, "exports", "build", "--json")
    assert carried.returncode == 0
    assert json.loads(carried.stdout)["annotations"]["carried"] == 1
    assert (
        "Of the published ones 1 were made on what an older cleaner"
        in (workspace / "dataset" / "README.md").read_text()
    )
    skipped = jiaozhu(workspace, "exports", "build", "--skip-stale", "--json")
    assert skipped.returncode == 0
    assert json.loads(skipped.stdout)["annotations"]["stale"] == 1


def test_a_refused_annotation_is_named_on_stderr_and_the_rest_goes_on(workspace):
    log = workspace / "annotations" / "log.jsonl"
    log.write_text(log.read_text().replace('"label":"PERSON"', '"label":"[red]GPE"', 1))
    built = jiaozhu(workspace, "exports", "build", "--json")
    assert built.returncode == 0
    assert json.loads(built.stdout)["annotations"]["refused"] == 1
    [line] = built.stderr.splitlines()
    assert "label '[red]GPE' is not in the scheme" in line


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["build", "--log", "none.jsonl"], "none.jsonl: no annotation log here"),
        (["build", "--corpus", "none"], "no Parquet table here"),
        (["build", "-o", "annotations"], "is no dataset of jiaozhu"),
        (["build", "--forms", "conllu"], "there is no form 'conllu'; the forms are conll, spacy, gliner,"),
        (["verify", "none"], "none: no such folder"),
        (["diff", "none", "none"], "none: no such folder"),
        (["verify", "annotations"], "annotations: no dataset here"),
    ],
)
def test_a_users_mistake_ends_with_one_line(workspace, arguments, reason):
    assert reason in one_line(jiaozhu(workspace, "exports", *arguments))


def test_a_broken_line_of_the_log_is_named_by_its_number_and_stops_only_a_strict_build(workspace):
    with (workspace / "annotations" / "log.jsonl").open("a") as file:
        file.write('{"doc_id":\n')
    built = jiaozhu(workspace, "exports", "build", "--json")
    assert built.returncode == 0
    assert json.loads(built.stdout)["annotations"]["broken"] == 1
    [line] = built.stderr.splitlines()
    assert "log.jsonl, line 7: not a record" in line
    assert "log.jsonl: line 7: not a record" in one_line(jiaozhu(workspace, "exports", "build", "--strict"))


def test_a_build_of_unchanged_inputs_does_nothing_and_says_so(workspace):
    rows = json.loads(jiaozhu(workspace, "exports", "build", "--json").stdout)["rows_sha256"]
    card = workspace / "dataset" / "README.md"
    before = card.stat().st_mtime_ns
    again = json.loads(jiaozhu(workspace, "exports", "build", "--json").stdout)
    assert (again["unchanged"], again["rows_sha256"]) == (True, rows)
    assert card.stat().st_mtime_ns == before
    assert "unchanged" not in json.loads(jiaozhu(workspace, "exports", "build", "--force", "--json").stdout)
    assert card.stat().st_mtime_ns > before


def test_what_was_verified_once_is_not_verified_again_until_it_changes(workspace):
    jiaozhu(workspace, "exports", "build")
    verify = ("exports", "verify", "--once", "--json")
    assert "unchanged" not in json.loads(jiaozhu(workspace, *verify).stdout)
    assert json.loads(jiaozhu(workspace, *verify).stdout)["unchanged"]
    with (workspace / "dataset" / "README.md").open("a") as file:
        file.write("more\n")
    again = jiaozhu(workspace, *verify)
    assert again.returncode == 1
    assert not json.loads(again.stdout)["passed"]
    assert jiaozhu(workspace, *verify).returncode == 1


def test_the_console_starts_without_a_heavy_library():
    code = "import jiaozhu, sys; print(sorted({'numpy', 'pyarrow', 'datasets', 'spacy', 'httpx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"[]"
