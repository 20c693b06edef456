"""Whatever is wrong with the server or the token, a user reads one line with a remedy, and never a token."""

import http.server
import json
import os
import socket
import threading
from contextlib import contextmanager

import pytest

from annotation.connection import address, read_token
from corpus.errors import JiaozhuError

COMMANDS = (("push",), ("pull",), ("replay", "log.jsonl"))


@pytest.fixture
def ready(desk, document):
    """A desk where only the server can be wrong."""
    desk.write(document("济南大学\n", [("济南大学", "ORG")]))
    (desk.workspace.root / "log.jsonl").touch()
    return desk


def one_line(done, token: str) -> str:
    """The message of a failed command, which must be its only output."""
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert token not in line
    return line


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_server_that_is_not_there_is_one_line(ready, command):
    token = "c0ffee" * 6
    done = ready.run(*command, "--url", f"http://127.0.0.1:{free_port()}", LABEL_STUDIO_API_KEY=token)
    assert "cannot be reached" in one_line(done, token)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_token_is_one_line(label_studio, ready, command):
    token = "bad0" * 10
    assert "token was not accepted" in one_line(ready.run(*command, LABEL_STUDIO_API_KEY=token), token)


@pytest.mark.slow
def test_the_token_of_the_file_opens_the_server_and_is_in_no_output(label_studio, ready):
    done = ready.run("push")
    assert done.returncode == 0
    assert label_studio.token not in done.stdout + done.stderr
    assert label_studio.token not in label_studio.server.login.with_name("server.log").read_text("utf-8", "replace")


@contextmanager
def serving(answer):
    """A server of a few lines: `answer(path, headers)` gives the status and the body of every GET."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answer(self.path, self.headers)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.slow
def test_a_server_that_is_no_label_studio_is_told_so_and_never_sees_the_token(ready):
    seen = []
    token = "beef" * 10

    def answer(path, headers):
        seen.append(str(headers))
        return 200, "<html>hello</html>"

    with serving(answer) as url:
        done = ready.run("pull", "--url", url, LABEL_STUDIO_API_KEY=token)
    assert "is not a Label Studio" in one_line(done, token)
    assert seen
    assert all(token not in headers for headers in seen)


@pytest.mark.slow
def test_a_server_that_repeats_the_token_in_its_refusal_does_not_bring_it_to_the_screen(ready):
    token = "f00d" * 10

    def answer(path, headers):
        if path == "/api/version":
            return 200, '{"label-studio-os-package": {}}'
        return 400, json.dumps({"detail": f"bad header: {headers['Authorization']}"})

    with serving(answer) as url:
        done = ready.run("pull", "--url", url, LABEL_STUDIO_API_KEY=token)
    assert "refused a request (status 400): bad header: Token …" in one_line(done, token)


def test_a_token_file_that_others_can_read_is_refused_with_the_remedy(desk, monkeypatch):
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    path = desk.workspace.studio.token_file
    path.parent.mkdir(parents=True)
    path.write_text("5ec7e7\n")
    path.chmod(0o644)
    with pytest.raises(JiaozhuError, match=r"chmod 600") as caught:
        read_token(desk.workspace)
    assert "5ec7e7" not in str(caught.value)
    path.chmod(0o600)
    assert read_token(desk.workspace) == "5ec7e7"
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "other")
    assert read_token(desk.workspace) == "other"


@pytest.mark.parametrize("content", ["", "two words\n", "汉字\n"])
def test_a_file_without_a_token_is_refused(desk, monkeypatch, content):
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    path = desk.workspace.studio.token_file
    path.parent.mkdir(parents=True)
    path.touch(0o600)
    path.write_text(content, "utf-8")
    with pytest.raises(JiaozhuError, match="no Label Studio token"):
        read_token(desk.workspace)


def test_the_address_is_the_one_given_then_that_of_the_environment_then_that_of_the_workspace(desk, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://environment:1/")
    assert address(desk.workspace, "http://given:1") == "http://given:1"
    assert address(desk.workspace) == "http://environment:1"
    monkeypatch.delenv("LABEL_STUDIO_URL")
    assert address(desk.workspace) == desk.workspace.studio.url


@pytest.mark.slow
def test_our_running_server_is_found_without_an_address(label_studio, desk, monkeypatch):
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    assert address(desk.workspace) == label_studio.url != desk.workspace.studio.url


@pytest.mark.parametrize(
    "url", ["localhost:8080", "ftp://x", "http://me:secret@x", "http://x?token=secret", "http://x:y"]
)
def test_an_address_that_is_none_or_holds_a_secret_is_refused_without_showing_it(desk, url):
    with pytest.raises(JiaozhuError, match="must look like http://host:port") as caught:
        address(desk.workspace, url)
    assert "secret" not in str(caught.value)
    assert os.linesep not in str(caught.value)
