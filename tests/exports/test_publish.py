"""What is published is what was verified, whole, under a licence; what fails leaves nothing and shows no token."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.folder import files_of
from exports.build import build_dataset
from tests.exports.hub import OWN, SIGNATURE, TOKEN, XET_TOKEN, hub
from tests.exports.making import SCHEME, make

pytestmark = pytest.mark.slow

NAME = "someone/chinese-ner"
OVER_XET = {"HF_HUB_DISABLE_XET": "0"}


@pytest.fixture(scope="module")
def licensed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("licensed")
    made = make(folder)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME, license_id="cc-by-4.0", forms=["conll"])
    return folder / "dataset"


@pytest.fixture
def server():
    with hub() as running:
        yield running


def run(server, folder, *arguments, token=TOKEN, name=NAME, **environment):
    """`jiaozhu exports publish …` as a user runs it, against the server."""
    named = {"HF_TOKEN": token} if token else {}
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING"))}
    result = subprocess.run(
        [sys.executable, "-m", "jiaozhu", "exports", "publish", name, str(folder), *arguments],
        env={
            **clean,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "HF_ENDPOINT": server.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HOME": str(folder.parent / "hf"),
            **named,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert TOKEN not in result.stdout + result.stderr
    assert SIGNATURE not in result.stdout + result.stderr
    assert XET_TOKEN not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def refused(result):
    """The one line of a command that was refused."""
    assert result.returncode == 2, result.stdout + result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("jiaozhu: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def contents(folder):
    return {name: (folder / name).read_bytes() for name in [*files_of(folder), "SHA256SUMS"]}


def test_without_push_the_files_are_shown_with_sizes_and_sums_and_nothing_is_sent(server, licensed):
    said = run(server, licensed, token="")
    assert said.returncode == 0, said.stderr
    assert "nothing was sent" in said.stdout
    shown = json.loads(run(server, licensed, "--json", token="").stdout)
    assert [item["path"] for item in shown["files"]] == sorted(contents(licensed))
    assert shown["size"] == sum(map(len, contents(licensed).values()))
    assert shown["published"] is None
    assert server.calls == []


def test_exactly_the_verified_files_arrive_in_one_commit_of_a_private_repository(server, licensed):
    done = json.loads(run(server, licensed, "--push", "--json").stdout)["published"]
    assert server.files(NAME) == OWN | contents(licensed)
    assert len(server.commits[NAME]) == 2
    assert server.private[NAME] is True
    assert done["commit"] == server.commits[NAME][-1][0]
    assert done["files"] == len(contents(licensed))
    again = run(server, licensed, "--push")
    assert again.returncode == 0, again.stderr
    assert len(server.commits[NAME]) == 2


def test_over_xet_the_same_files_arrive(server, licensed):
    said = run(server, licensed, "--push", **OVER_XET)
    assert said.returncode == 0, said.stderr
    assert server.files(NAME) == OWN | contents(licensed)
    assert len(server.commits[NAME]) == 2
    assert any("/xorbs/" in call for call in server.calls)
    assert not any("PUT" in call for call in server.calls)


def test_a_refusal_over_xet_is_one_line_and_nothing_is_half_published(server, licensed):
    server.trouble = ("xet-write-token", 403)
    line = refused(run(server, licensed, "--push", **OVER_XET))
    assert "nothing was published: 403, this token may not write there" in line
    assert server.files(NAME) == OWN


def test_a_repository_that_may_ignore_files_is_not_published_to_by_halves(server, licensed):
    server.create(NAME, True, {".gitignore": b"*.svg\n"})
    line = refused(run(server, licensed, "--push"))
    assert "the .gitignore there" in line
    assert len(server.commits[NAME]) == 1


def test_no_hub_or_none_that_may_be_asked_is_one_line(server, licensed):
    line = refused(run(server, licensed, "--push", HF_ENDPOINT="http://127.0.0.1:9"))
    assert "nothing was published" in line
    assert "cannot be reached" in line
    assert "HF_HUB_OFFLINE" in refused(run(server, licensed, "--push", HF_HUB_OFFLINE="1"))
    assert server.calls == []


def test_a_repository_is_public_only_where_that_is_said_and_an_old_one_stays_as_it_is(server, licensed):
    server.create("someone/open", False)
    assert run(server, licensed, "--push", name="someone/open").returncode == 0
    assert server.private["someone/open"] is False
    assert run(server, licensed, "--push", "--public", name="someone/new").returncode == 0
    assert server.private["someone/new"] is False


def test_files_of_an_older_dataset_are_removed_by_the_same_commit(server, licensed):
    server.create(NAME, True, {"data/train-00000-of-00002.parquet": b"old", "README.md": b"old"})
    said = run(server, licensed, "--push")
    assert "removed there: data/train-00000-of-00002.parquet" in said.stdout
    assert server.files(NAME) == OWN | contents(licensed)
    assert len(server.commits[NAME]) == 2


def test_a_token_file_must_be_the_users_alone(server, licensed, tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o644)
    assert "others can read this token" in refused(run(server, licensed, "--push", "--token-file", str(file), token=""))
    file.chmod(0o600)
    assert run(server, licensed, "--push", "--token-file", str(file), token="").returncode == 0
    assert "no token of the Hub" in refused(run(server, licensed, "--push", token=""))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "README.md").write_text("mine"), "promises are broken, the first is sums"),
        (lambda folder: (folder / "notes.txt").write_text("mine"), "promises are broken, the first is"),
    ],
)
def test_a_broken_promise_stops_it_before_anything_is_sent(server, licensed, tmp_path, spoil, reason):
    spoilt = shutil.copytree(licensed, tmp_path / "spoilt")
    spoil(spoilt)
    assert reason in refused(run(server, spoilt, "--push"))
    assert server.calls == []


def test_without_a_licence_or_with_a_strange_name_nothing_is_sent(server, licensed, tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    assert "states no licence; set [exports] license" in refused(run(server, tmp_path / "dataset", "--push"))
    assert "no repository of the Hub" in refused(run(server, licensed, "--push", name="some one/x"))
    assert "say whose it is" in refused(run(server, licensed, "--push", name="dataset"))
    assert server.calls == []


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (("repos/create", 401), "401, the Hub does not know this token"),
        (("repos/create", 403), "403, this token may not write there"),
        (("PUT /objects/", 400), "publish again"),
        (("POST .*/commit/", 500), "500, the Hub has an error of its own"),
        (("POST .*/commit/", 412), "412, somebody else changed it meanwhile"),
    ],
)
def test_a_refusal_of_the_hub_is_one_line_and_nothing_is_half_published(server, licensed, trouble, reason):
    server.trouble = trouble
    line = refused(run(server, licensed, "--push"))
    assert "nothing was published" in line
    assert reason in line
    assert all(len(commits) == 1 for commits in server.commits.values())
    server.trouble = None
    assert run(server, licensed, "--push").returncode == 0
    assert server.files(NAME) == OWN | contents(licensed)


def test_a_wrong_token_is_told_by_the_hub_and_not_shown(server, licensed):
    line = refused(run(server, licensed, "--push", token="hf_another"))
    assert "401" in line
    assert "hf_another" not in line


def test_an_upload_that_is_cut_leaves_nothing_and_the_next_one_goes_through(server, licensed):
    server.trouble = ("PUT /objects/", "cut")
    line = refused(run(server, licensed, "--push"))
    assert "nothing was published" in line
    assert server.files(NAME) == OWN
    server.trouble = None
    assert run(server, licensed, "--push").returncode == 0
    assert server.files(NAME) == OWN | contents(licensed)


def test_a_commit_whose_answer_was_lost_is_found_and_compared(server, licensed):
    server.trouble = ("POST .*/commit/", "lost")
    said = run(server, licensed, "--push")
    assert said.returncode == 0, said.stderr
    assert "published and compared" in said.stdout
    assert server.files(NAME) == OWN | contents(licensed)


def test_a_file_that_arrived_changed_is_named(server, licensed, monkeypatch):
    commit = server.commit
    monkeypatch.setattr(server, "commit", lambda name, files: commit(name, files | {"README.md": b"other"}))
    line = refused(run(server, licensed, "--push"))
    assert "1 files are not what was verified, the first is README.md" in line
