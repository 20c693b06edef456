"""The same road on every server that people have: PostgreSQL, the release before, and both kinds of token."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotation import connection
from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import ADJUDICATING, require_project
from annotation.push import find_tasks, push
from annotation.studio import CONSTRAINTS, studio
from annotation.tasks import Region, result
from corpus.workspace import Workspace, load_workspace
from tests.conftest import REPOSITORY, Desk, migrated, studio_settings

pytestmark = pytest.mark.slow

BEFORE = REPOSITORY / "tests" / "label-studio-before.txt"
TOKEN = "0123456789abcdef" * 2 + "01234567"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def label_studio_of(venv: Path, folder: Path, **variables: str) -> Iterator[str]:
    """A Label Studio of this environment with a database of its own; its address."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": "a@example.org",
        "LABEL_STUDIO_PASSWORD": "a-long-password",
        "LABEL_STUDIO_USER_TOKEN": TOKEN,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
        **variables,
    }
    arguments = [
        "start",
        "--no-browser",
        "--internal-host",
        "127.0.0.1",
        "--port",
        str(port),
        "--data-dir",
        str(folder),
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(venv / "bin" / "label-studio"), *arguments], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 900  # every migration: a minute on idle cores
        while not _up(f"http://127.0.0.1:{port}/health"):
            assert process.poll() is None, (folder / "server.log").read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def as_postgres(*command: str) -> None:
    """PostgreSQL refuses to run as root, so root becomes its user; anybody else stays who they are."""
    person = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, capture_output=True, cwd="/", **person)


@pytest.fixture(scope="module")
def postgres() -> Iterator[dict[str, str]]:
    """A cluster of our own; the variables that lead Label Studio to it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    programs += [Path(found).parent for found in [shutil.which("initdb")] if found and not programs]
    if not programs:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="jiaozhu-postgres."))
    port = str(free_port())
    password = folder / "password"
    password.write_text("only-for-this-test")
    for path in (folder, password) if os.geteuid() == 0 else ():
        shutil.chown(path, "postgres")
    control = str(programs[-1] / "pg_ctl")
    try:
        initdb = (str(programs[-1] / "initdb"), "-U", "label", "-A", "scram-sha-256", "--pwfile", str(password))
        as_postgres(*initdb, "-E", "UTF8", "--locale", "C.UTF-8", "-D", str(folder / "data"))
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        as_postgres(control, "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield {
                "DJANGO_DB": "default",
                "POSTGRE_HOST": "127.0.0.1",
                "POSTGRE_PORT": port,
                "POSTGRE_USER": "label",
                "POSTGRE_PASSWORD": "only-for-this-test",
                "POSTGRE_NAME": "postgres",
            }
        finally:
            as_postgres(control, "-D", str(folder / "data"), "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def walk(desk: Desk, document, url: str) -> None:
    """Push twice, decide, skip, change and delete, pull after each, adjudicate, and look at the status."""
    desk.config.write_text(f'[studio]\nproject = "{desk.workspace.studio.project}"\nurl = "{url}"\nbatch = 2\n')
    desk = Desk(load_workspace(desk.config))
    texts = ("𠮷野家在济南😀\t设店。\r\n\u3000e\u0301\u200b两处\n", "济南大学\n", "云州大学\n")
    sent = [document(text, [(text[:3], "ORG")]) for text in texts]
    desk.write(*sent)
    token = {"LABEL_STUDIO_API_KEY": os.environ["LABEL_STUDIO_API_KEY"]}
    assert desk.json("push", **token)["pushed"] == 3
    assert desk.json("push", **token)["already"] == 3
    with connected(desk.workspace, url) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        tasks = {doc_id: found[0].id for doc_id, found in find_tasks(client, project, [d.doc_id for d in sent]).items()}
        drawn = [result(Region("s0", 0, 3, "ORG"), "", "prediction")]
        made = client.annotations.create(tasks[sent[0].doc_id], result=drawn)
        client.annotations.create(tasks[sent[1].doc_id], result=[], was_cancelled=True)
        assert desk.json("pull", **token)["added"] == {"submitted": 1, "skipped": 1}
        assert desk.json("pull", **token)["added"] == {}
        assert {record.doc_id: [span.text for span in record.spans] for record in desk.records} == {
            sent[0].doc_id: ["𠮷野家"],
            sent[1].doc_id: [],
        }
        client.annotations.update(made.id, result=[result(Region("a", 4, 6, "LOC"), "", "manual")])
        assert desk.json("pull", **token)["added"] == {"submitted": 1}
        assert [span.text for span in desk.records[-1].spans] == ["济南"]
        client.annotations.delete(made.id)
        assert desk.json("pull", **token)["added"] == {"deleted": 1}
        people = [client.users.create(email=f"{name}@example.org", username=name).id for name in ("li", "wang")]
        for person, end, label in zip(people, (4, 2), ("ORG", "LOC"), strict=True):
            drawn = [result(Region("a", 0, end, label), "", "manual")]
            client.annotations.create(tasks[sent[2].doc_id], result=drawn, completed_by=person)
        assert desk.json("pull", **token)["added"] == {"submitted": 2}
        asked = desk.json("adjudicate", "--push", **token)
        assert (asked["disputed"], asked["asked"]["pushed"]) == (1, 1)
        title = desk.workspace.studio.project + ADJUDICATING
        deciding = require_project(client, title, load_labels())
        [task] = client.tasks.list(project=deciding.id)
        client.annotations.create(task.id, result=[result(Region("a", 0, 4, "ORG"), "", "manual")])
        assert desk.json("pull", "--adjudicated", **token)["added"] == {"submitted": 1}
        assert desk.json("adjudicate", **token)["decided"] == 1
        personal = client.tokens.create().token
    found = desk.json("status", LABEL_STUDIO_API_KEY=personal)
    assert found["why"] == ""
    assert (found["tasks"], found["done"], found["skipped"], found["left"]) == (3, 1, 1, 1)


def test_on_postgresql(postgres, desk, document, tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    with label_studio_of(studio_settings(tmp_path).venv, tmp_path / "server", **postgres) as url:
        walk(desk, document, url)


def test_on_the_release_before(desk, document, tmp_path, monkeypatch):
    venv = REPOSITORY / ".venv-studio-before"
    if not (venv / "ready").exists():
        reason = "the Label Studio before is not installed; `make test` does it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    shutil.copytree(migrated(BEFORE, venv), tmp_path / "server")
    settings = studio_settings(tmp_path / "server", venv)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", settings.token_file.read_text().strip())
    with studio(Workspace(studio=settings)) as server:
        with connected(desk.workspace, server.url) as client:
            assert client.versions.get().release == release_in(BEFORE)
        walk(desk, document, server.url)


def test_the_releases_that_are_named_as_tested_are_those_that_are_tested():
    assert release_in(BEFORE).split(".")[:2] == [str(number) for number in connection.OLDEST]
    assert release_in(CONSTRAINTS).split(".")[:2] == [str(number) for number in connection.NEWEST]


def release_in(requirements: Path) -> str:
    """The release of Label Studio that is pinned there."""
    [line] = [line for line in requirements.read_text("utf-8").splitlines() if line.startswith("label-studio==")]
    return line.removeprefix("label-studio==")


def test_a_personal_access_token_does_what_a_legacy_one_does(label_studio, desk, document):
    desk.write(document("济南大学\n", [("济南大学", "ORG")]))
    push(desk.workspace)
    with connected(desk.workspace) as client:
        personal = client.tokens.create().token
    assert personal != label_studio.token
    done = desk.run("push", "--json", LABEL_STUDIO_API_KEY=personal)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["already"] == 1
    assert personal not in done.stdout + done.stderr
    with connected(desk.workspace) as client:
        client.tokens.blacklist(refresh=personal)  # as a person revokes it
    done = desk.run("push", LABEL_STUDIO_API_KEY=personal)
    assert done.returncode == 2
    assert "the token was not accepted" in done.stderr
    assert personal not in done.stdout + done.stderr
