"""Suggestions come as a task is opened and decisions as they are made; whoever has no secret, or lies, gets nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import require_project
from annotation.push import find_tasks, push
from annotation.serve import BASE, basic
from annotation.tasks import Region, result, suggestions_of
from corpus.errors import JiaozhuError
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow

SECRET = "known-only-to-the-two-of-us"
TEXT = "11月20日，云州市科技局总工程师林远舟表示，全市今年将投入3000亿元。\n"


@contextmanager
def backend(workspace):
    """The backend at work; its address, and the event a webhook sets."""
    import uvicorn

    from annotation.backend import Suggester, make_app
    from annotation.serve import _bound, _listening

    decided = threading.Event()
    with (
        _bound("127.0.0.1", 0) as listener,
        _listening(uvicorn, make_app(Suggester(workspace), decided, SECRET), listener),
    ):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{BASE}", decided


def data_of(document) -> dict[str, str]:
    return {"doc_id": document.doc_id, "text_sha256": str(document.row["text_sha256"]), "text": document.text}


def test_what_has_no_secret_or_lies_gets_nothing_and_the_rest_the_suggestions_of_our_own_text(desk, document):
    known, other = document(TEXT, has_suggestions=False), document("云州大学\n", [("云州", "LOC")])
    desk.write(known, other)
    headers = {"Authorization": basic(SECRET)}
    with backend(desk.workspace) as (url, decided), httpx.Client(base_url=url, headers=headers) as client:
        for wrong in ("", "Basic", "Basic !", basic(SECRET + "x"), basic("")):
            for method, path in (("GET", "/health"), ("POST", "/setup"), ("POST", "/predict"), ("POST", "/webhook")):
                assert httpx.request(method, url + path, headers={"Authorization": wrong}).status_code == 401
        assert not decided.is_set()
        assert client.get("/health").json()["status"] == "UP"

        right = data_of(known)
        lies = [
            right | {"text_sha256": "0" * 64},
            right | {"doc_id": "f" * 64},
            right | {"doc_id": ["x"]},
            right | {"blind": True},
            {},
            None,
        ]
        tasks = [{"id": 1, "data": right | {"text": "另一篇"}}, *({"id": 2, "data": lie} for lie in lies), "task"]
        answer = client.post("/predict", json={"tasks": tasks}).json()
        model = client.post("/setup", json={"access_token": "5ec7e7"}).json()["model_version"]
        [[prediction], *nothing] = answer["results"]
        assert nothing == [[]] * 7
        assert prediction["model_version"] == model
        found = suggestions_of(known.doc_id, TEXT, prediction, load_labels())
        assert {("云州市科技局", "ORG"), ("3000亿元", "MONEY")} <= {(s.text, s.label) for s in found.values()}

        [[made]] = client.post("/predict", json={"tasks": [{"data": data_of(other)}]}).json()["results"]
        assert (made["model_version"], made["result"][0]["value"]["labels"]) == (other.model, ["LOC"])  # preannotate's

        for body, status in (
            (b"{", 400),
            (b"[" * 100_000, 400),
            (b"{}", 400),
            (b'{"tasks": []}', 400),
            (json.dumps({"tasks": [{}] * 1001}).encode(), 413),
            (b" " * (33 << 20), 413),
        ):
            assert client.post("/predict", content=body).status_code == status
        assert client.get("/predict").status_code == 405
        assert not decided.is_set()
        assert client.post("/webhook", json={"action": "ANNOTATION_CREATED"}).status_code == 200
        assert decided.is_set()


@contextmanager
def serving(desk, *arguments: str):
    """`jiaozhu annotation serve` as a user runs it; the first line it says, and a function for the next."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}
    command = [sys.executable, "-m", "jiaozhu", "--config", str(desk.config), "annotation", "serve", "--json"]
    process = subprocess.Popen(
        [*command, "--port", "0", *arguments],
        env={**clean, "PYTHONPATH": str(REPOSITORY), "JIAOZHU_SERVE_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts its background jobs with Ctrl-C ignored; tests may run in one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        first = process.stdout.readline()
        assert first, process.stderr.read()
        yield json.loads(first), process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()


def wait_for(condition, seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def test_an_opened_task_has_suggestions_and_what_is_decided_is_in_the_log_at_once(label_studio, desk, document):
    plain = document(TEXT, has_suggestions=False)
    desk.write(plain)
    push(desk.workspace)
    with serving(desk, "--every", "600") as (said, _), connected(desk.workspace) as client:
        assert (said["suggests"], said["hears"], said["why"]) == (True, True, "")
        project = require_project(client, desk.workspace.studio.project, load_labels())
        [task] = find_tasks(client, project, [plain.doc_id])[plain.doc_id]
        assert list(client.predictions.list(task=task.id)) == []

        opened = client.tasks.get(str(task.id))  # what the page asks for as it opens
        [shown] = opened.predictions
        found = suggestions_of(plain.doc_id, plain.text, shown.model_dump(), load_labels())
        assert "云州市科技局" in {suggestion.text for suggestion in found.values()}

        drawn = [result(Region("a", 7, 13, "ORG"), "", "manual")]
        client.annotations.create(task.id, result=drawn)
        wait_for(lambda: len(desk.records) == 1, 10)
        assert [span.text for span in desk.records[0].spans] == [TEXT[7:13]]


def test_serving_again_adds_no_second_backend_and_no_second_webhook(label_studio, desk, document):
    desk.write(document(TEXT, has_suggestions=False))
    push(desk.workspace)
    urls = []
    for _ in range(2):
        with serving(desk) as (said, _):
            urls.append(said["url"])
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        assert [item.url for item in client.ml.list(project=project.id)] == urls[1:]
        assert [item.url for item in client.webhooks.list(project=str(project.id))] == [f"{urls[1]}/webhook"]


def test_where_label_studio_may_not_call_us_we_ask_it(label_studio, desk, document):
    plain = document(TEXT, has_suggestions=False)
    desk.write(plain)
    push(desk.workspace)
    arguments = ("--every", "1", "--public", "http://10.0.0.1:9090")
    with serving(desk, *arguments) as (said, _), connected(desk.workspace) as client:
        assert (said["suggests"], said["hears"]) == (False, False)
        assert said["why"]
        project = require_project(client, desk.workspace.studio.project, load_labels())
        [task] = find_tasks(client, project, [plain.doc_id])[plain.doc_id]
        client.annotations.create(task.id, result=[])
        wait_for(lambda: len(desk.records) == 1, 15)


def test_a_busy_port_is_one_line(label_studio, desk, document):
    desk.write(document(TEXT))
    push(desk.workspace)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = desk.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "choose another --port" in line


def test_a_secret_is_made_once_for_its_owner_alone(desk, monkeypatch):
    from annotation.serve import secret_of

    monkeypatch.delenv("JIAOZHU_SERVE_SECRET", raising=False)
    first = secret_of(desk.workspace)
    path = desk.workspace.studio.token_file.with_name("serve-secret")
    assert len(first) >= 24
    assert secret_of(desk.workspace) == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(JiaozhuError, match="chmod 600") as caught:
        secret_of(desk.workspace)
    assert first not in str(caught.value)
