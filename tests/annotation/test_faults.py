"""Whatever breaks, and whenever: after one more run of the same command nothing is lost, doubled or torn."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import push
from annotation.studio import studio
from annotation.tasks import Region, result
from corpus.errors import JiaozhuError
from corpus.workspace import Workspace, load_workspace
from tests.annotation.proxy import once, proxied
from tests.conftest import REPOSITORY, Desk, migrated, studio_settings

pytestmark = pytest.mark.slow

FAULTS = ["cut", "drop", "500", "502 although done", "429", "silence"]


def launch(desk, *arguments: str, url: str) -> subprocess.Popen[str]:
    """`jiaozhu annotation …`, started and not waited for."""
    return subprocess.Popen(
        [sys.executable, "-m", "jiaozhu", "--config", str(desk.config), "annotation", *arguments, "--url", url],
        cwd=desk.workspace.root,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 90) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode, out, err


def with_settings(desk: Desk, **values: int) -> Desk:
    with desk.config.open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in values.items())
    return Desk(load_workspace(desk.config))


def corpus_of(document, count: int) -> list:
    return [document(f"第{number}篇：济南大学在山东。\n", [("济南大学", "ORG")]) for number in range(count)]


def tasks_of(desk, url: str) -> list:
    with connected(desk.workspace, url) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        return list(client.tasks.list(project=project.id, fields="all", include="id,data,predictions,annotations"))


def annotate_all(desk, url: str) -> None:
    with connected(desk.workspace, url) as client:
        for number, task in enumerate(tasks_of(desk, url)):
            start = task.data["text"].index("山东")
            drawn = [result(Region("a", start, start + 2, "LOC"), "", "manual")]
            client.annotations.create(task.id, result=drawn, lead_time=1.0, was_cancelled=number % 7 == 3)


def assert_each_pushed_once(desk, url: str, documents) -> None:
    tasks = tasks_of(desk, url)
    assert sorted(task.data["doc_id"] for task in tasks) == sorted(document.doc_id for document in documents)
    assert [len(task.predictions) for task in tasks] == [1] * len(documents)


def assert_each_in_the_log_once(desk, url: str) -> None:
    with connected(desk.workspace, url) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        exported = client.projects.exports.download_sync(project.id, export_type="JSON", download_all_tasks=True)
        notes = [note for task in json.loads(b"".join(exported)) for note in task["annotations"]]
    assert notes
    assert sorted((record.annotation, record.updated_at) for record in desk.records) == sorted(
        (note["unique_id"], note["updated_at"]) for note in notes
    )


def attempt(run: Callable[[], object]) -> str:
    """The message of the one error that a run may end in; empty where it ended well."""
    try:
        run()
    except JiaozhuError as error:
        return str(error)
    return ""


@pytest.fixture
def _brisk(monkeypatch):
    """The same care in less time: our own test server needs no ten seconds for four tasks."""
    monkeypatch.setattr("annotation.push.SETTLE_SECONDS", 1.0)


def finish_in_one_line(run: subprocess.Popen[str]) -> None:
    """A run that a fault ended says so in one line; one that outlived it says nothing."""
    code, _, err = finish(run)
    assert code in (0, 2)
    assert len(err.splitlines()) == (1 if code else 0), err


@pytest.mark.usefixtures("_brisk")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_meets_a_fault_and_one_more_run_makes_it_whole(label_studio, desk, document, fault):
    desk = with_settings(desk, batch=4, timeout=3)
    documents = corpus_of(document, 12)
    desk.write(*documents)
    with proxied(label_studio.url) as proxy:
        proxy.rule = once("/import", fault, 2)
        attempt(lambda: push(desk.workspace, proxy.url))
        assert proxy.faults == 1
    again = push(desk.workspace, label_studio.url)
    assert again.pushed + again.already == len(documents)
    assert_each_pushed_once(desk, label_studio.url, documents)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pull_meets_a_fault_and_one_more_run_makes_it_whole(label_studio, desk, document, fault):
    desk = with_settings(desk, timeout=3)
    documents = corpus_of(document, 6)
    desk.write(*documents)
    push(desk.workspace)
    annotate_all(desk, label_studio.url)
    with proxied(label_studio.url) as proxy:
        proxy.rule = once("/export", fault)
        assert attempt(lambda: pull(desk.workspace, proxy.url)) == ""  # it only reads, so it can always ask again
        assert proxy.faults == 1
    pull(desk.workspace, label_studio.url)
    assert_each_in_the_log_once(desk, label_studio.url)


@pytest.mark.usefixtures("_brisk")
def test_a_fault_of_any_request_ends_in_one_line_at_worst(label_studio, desk, document):
    desk = with_settings(desk, batch=3, timeout=3)
    documents = corpus_of(document, 6)
    desk.write(*documents)
    with proxied(label_studio.url) as proxy:
        for number, fault in enumerate(["cut", "drop", "500", "429"] * 2, 1):
            proxy.seen.clear()
            proxy.rule = lambda seen, _, number=number, fault=fault: fault if seen == number else None
            assert "\n" not in attempt(lambda: push(desk.workspace, proxy.url))
    push(desk.workspace, label_studio.url)
    assert_each_pushed_once(desk, label_studio.url, documents)


def test_a_server_that_stays_away_is_one_line(label_studio, desk, document, monkeypatch):
    monkeypatch.setattr("annotation.transport.PATIENCE", 2.0)
    desk = with_settings(desk, timeout=1)
    desk.write(*corpus_of(document, 2))
    with proxied(label_studio.url) as proxy:
        proxy.rule = lambda number, _: "silence" if number > 2 else None
        said = attempt(lambda: push(desk.workspace, proxy.url))
        proxy.rule = lambda number, _: "drop" if number > 2 else None
        broken = attempt(lambda: pull(desk.workspace, proxy.url))
    assert "did not answer within 1 s" in said
    assert "the connection to Label Studio broke" in broken
    assert "\n" not in said + broken


def test_fifty_runs_killed_at_random_points_lose_and_double_nothing(label_studio, desk, document):
    chance = random.Random(5)
    documents = corpus_of(document, 15)
    desk = with_settings(desk, batch=3)
    desk.write(*documents)
    # Each run is a process of its own, forked from one that has imported everything: starting 50 would take minutes.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["annotation.pull", "annotation.push", "annotation.transport", "label_studio_sdk"])
    kills = 0
    with proxied(label_studio.url) as proxy:
        for round_ in range(5):
            settings = replace(desk.workspace.studio, project=f"{desk.workspace.studio.project} {round_}")
            at_work = Desk(replace(desk.workspace, studio=settings))
            at_work.workspace.log.unlink(missing_ok=True)
            for run, requests in ((push, 14), (pull, 8)):
                if run is pull:
                    annotate_all(at_work, label_studio.url)
                for _ in range(5):
                    last = len(proxy.seen) + chance.randrange(1, requests)
                    late = chance.choice([0.0, chance.uniform(0, 0.2)])
                    process = processes.Process(target=run, args=(at_work.workspace, proxy.url))
                    process.start()
                    while len(proxy.seen) < last and process.is_alive():
                        time.sleep(0.002)
                    process.join(late)
                    process.kill()
                    process.join()
                    kills += 1
                run(at_work.workspace)
                assert_each_pushed_once(at_work, label_studio.url, documents)
            assert_each_in_the_log_once(at_work, label_studio.url)
    assert kills == 50


def test_commands_killed_at_random_points_lose_and_double_nothing(label_studio, desk, document):
    """The fifty above are calls; these are the commands that people run, from their first import on."""
    chance = random.Random(8)
    documents = corpus_of(document, 12)
    desk = with_settings(desk, batch=3)
    desk.write(*documents)
    ended = []
    with proxied(label_studio.url) as proxy:
        for command, run, requests in (("push", push, 12), ("pull", pull, 7)):
            if run is pull:
                annotate_all(desk, label_studio.url)
            for _ in range(3):
                last = len(proxy.seen) + chance.randrange(1, requests)
                process = launch(desk, command, url=proxy.url)
                while len(proxy.seen) < last and process.poll() is None:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.1))
                process.kill()
                ended.append(finish(process)[0])
            run(desk.workspace)
            assert_each_pushed_once(desk, label_studio.url, documents)
        assert_each_in_the_log_once(desk, label_studio.url)
    assert ended.count(-signal.SIGKILL) >= 4


def test_a_log_cut_at_any_byte_is_whole_after_one_more_pull(label_studio, desk, document):
    desk.write(*corpus_of(document, 5))
    push(desk.workspace)
    annotate_all(desk, label_studio.url)
    pull(desk.workspace)
    whole = desk.workspace.log.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        desk.workspace.log.write_bytes(whole[:cut])
        assert pull(desk.workspace).mended == (cut < len(whole) - 1)
        assert sorted(desk.workspace.log.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_two_pushes_at_once_make_each_task_once(label_studio, desk, document):
    desk = with_settings(desk, batch=5)
    documents = corpus_of(document, 20)
    desk.write(*documents)
    runs = [launch(desk, "push", "--json", url=label_studio.url) for _ in range(2)]
    done = [finish(run) for run in runs]
    assert [code for code, _, _ in done] == [0, 0]
    assert sorted(json.loads(out)["pushed"] for _, out, _ in done) == [0, len(documents)]
    assert_each_pushed_once(desk, label_studio.url, documents)


def test_two_machines_that_push_at_once_leave_each_task_once_after_one_more_run(
    label_studio, desk, document, tmp_path, monkeypatch
):
    desk = with_settings(desk, batch=5)
    documents = corpus_of(document, 20)
    desk.write(*documents)
    elsewhere = tmp_path / "elsewhere"  # another machine has another folder, so that neither waits for the other
    elsewhere.mkdir()
    config = desk.config.read_text("utf-8").replace(str(label_studio.settings.folder), str(elsewhere / "data"))
    (desk.workspace.root / "other.toml").write_text(config, "utf-8")
    other = Desk(load_workspace(desk.workspace.root / "other.toml"))
    runs = [launch(desk, "push", url=label_studio.url)]
    monkeypatch.setattr(Desk, "config", property(lambda self: self.workspace.root / "other.toml"))
    runs.append(launch(other, "push", url=label_studio.url))
    for run in runs:
        finish_in_one_line(run)
    push(desk.workspace)
    assert_each_pushed_once(desk, label_studio.url, documents)


def test_two_pulls_at_once_write_each_line_once(label_studio, desk, document):
    desk.write(*corpus_of(document, 8))
    push(desk.workspace)
    annotate_all(desk, label_studio.url)
    runs = [launch(desk, "pull", url=label_studio.url) for _ in range(2)]
    assert [finish(run)[0] for run in runs] == [0, 0]
    assert_each_in_the_log_once(desk, label_studio.url)


def test_a_server_killed_and_started_again_in_the_middle_of_a_push_and_of_a_pull(tmp_path, desk, document):
    shutil.copytree(migrated(), tmp_path / "server")
    settings = studio_settings(tmp_path / "server")
    documents = corpus_of(document, 16)
    desk.config.write_text(
        f'[studio]\nproject = "{desk.workspace.studio.project}"\nfolder = "{settings.folder}"\n'
        f'token_file = "{settings.token_file}"\nvenv = "{settings.venv}"\nbatch = 4\n'
    )
    desk = Desk(load_workspace(desk.config))
    desk.write(*documents)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    killed = threading.Event()

    def kill_at(part: str, number: int, pid: int) -> None:
        """Kill the server while it answers the `number`-th request with this part in it."""
        killed.clear()
        reach = once(part, "here", number)

        def kill() -> None:
            os.killpg(pid, signal.SIGKILL)
            killed.set()

        def rule(seen: int, request: str) -> None:
            if reach(seen, request):
                threading.Timer(0.03, kill).start()

        proxy.rule = rule

    with proxied(f"http://127.0.0.1:{port}") as proxy:
        with studio(Workspace(studio=settings), port) as server:
            kill_at("/import", 2, server.pid)
            run = launch(desk, "push", url=proxy.url)
            assert killed.wait(60)
        with studio(Workspace(studio=settings), port) as server:
            finish_in_one_line(run)
            push(desk.workspace)
            assert_each_pushed_once(desk, server.url, documents)
            annotate_all(desk, server.url)
            kill_at("/export", 1, server.pid)
            run = launch(desk, "pull", url=proxy.url)
            assert killed.wait(60)
        with studio(Workspace(studio=settings), port) as server:
            finish_in_one_line(run)
            pull(desk.workspace)
            assert_each_in_the_log_once(desk, server.url)
