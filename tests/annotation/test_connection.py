"""Whatever is wrong with the server or the token, a user reads one line with a remedy, and never a token."""

import base64
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest

from annotation import connection
from annotation.connection import address, connected, read_token
from annotation.labels import load_labels
from annotation.project import require_project
from corpus.errors import JiaozhuError
from tests.annotation.proxy import proxied

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
def serving(answer, encryption=None):
    """A server of a few lines: `answer(path, headers)` gives the status and the body of every GET and POST.

    The body of a 302 is where it leads. With `encryption` it speaks TLS.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answer(self.path, self.headers)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):  # a client that does not trust us
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        if encryption:
            server.socket = encryption.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http{'s' * bool(encryption)}://127.0.0.1:{server.server_port}"
        server.shutdown()


def version(release="1.23.2", **more):
    return json.dumps({"release": release, "label-studio-os-package": {}, "edition": "Community", **more})


TOKEN = "cafe" * 10


def refusal(desk, url) -> str:
    """The line in which a connection to this address ends; the token is not in it."""
    with pytest.raises(JiaozhuError) as caught, connected(desk.workspace, url):
        pass
    said = str(caught.value)
    assert said.startswith(url)
    assert TOKEN not in said
    assert "\n" not in said
    return said.removeprefix(f"{url}: ")


@pytest.fixture
def _token(monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", TOKEN)
    monkeypatch.setattr("annotation.transport.PATIENCE", 0.1)
    connection._warn.cache_clear()


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, "<html>nginx</html>", "answers (status 200), but is not a Label Studio; check the address"),
        (200, '{"version": 3}', "answers (status 200), but is not a Label Studio; check the address"),
        (200, '["label-studio-os-package"]', "answers (status 200), but is not a Label Studio; check the address"),
        (404, version(), "answers (status 404), but is not a Label Studio; check the address"),
        (401, "{}", "asks for a login before Label Studio can answer (status 401); give an address behind that"),
        (502, "<h1>Bad Gateway</h1>", "Label Studio is not well (status 502); look at its log"),
        (200, version("1.19.0"), "is Label Studio 1.19.0; 1.22 to 1.23 are tested, so update the server"),
        (200, version("0.9"), "is Label Studio 0.9; 1.22 to 1.23 are tested, so update the server"),
        (200, version("2.21", edition="Enterprise"), "is Label Studio Enterprise, where a push cannot see"),
    ],
)
def test_whatever_else_answers_at_the_address_is_one_line_that_says_what_it_is(desk, status, body, said):
    with serving(lambda *_: (status, body)) as url:
        assert refusal(desk, url).startswith(said)


@pytest.mark.usefixtures("_token")
def test_a_page_to_log_in_before_the_server_is_named_without_what_its_address_hides(desk):
    def answer(path, _):
        return (200, "<form>") if path.startswith("/login") else (302, "/login?next=/api/version&secret=5ec7e7")

    with serving(answer) as url:
        said = refusal(desk, url)
    assert said == f"sends us on to {url}/login, which is not a Label Studio; is it a login page before one?"


@pytest.mark.usefixtures("_token")
def test_an_address_that_only_leads_to_label_studio_is_refused_with_the_one_to_give(desk):
    def answer(path, _):
        return (200, version()) if path.startswith("/inner") else (302, f"/inner{path}")

    with serving(answer) as url:
        assert refusal(desk, url) == f"sends us on to {url}/inner; give that address"


@pytest.mark.usefixtures("_token")
def test_a_redirect_in_a_circle_is_one_line(desk):
    with serving(lambda path, _: (302, path)) as url:
        assert refusal(desk, url) == "sends us round in a circle; check the address"


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize(
    ("release", "warned"),
    [
        ("1.22.0", ""),
        ("1.23.9", ""),
        ("1.24.0", "is Label Studio 1.24.0, newer than 1.22 to 1.23, which are tested; going on"),
        ("10.0.0.dev3+x", "is Label Studio 10.0.0.dev3+x, newer than 1.22 to 1.23, which are tested; going on"),
        ("", "does not say which release of Label Studio it is; 1.22 to 1.23 are tested, going on"),
        ("\x1b[31mnonsense", "does not say which release of Label Studio it is; 1.22 to 1.23 are tested, going on"),
    ],
)
def test_a_release_that_nobody_tested_is_told_once_and_used(desk, capsys, release, warned):
    asked = []

    def answer(path, _):
        asked.append(path)
        return 200, version(release) if path == "/api/version" else "{}"

    with serving(answer) as url:
        for _ in range(2):
            with connected(desk.workspace, url):
                pass
    assert capsys.readouterr().err == (f"jiaozhu: {url}: {warned}\n" if warned else "")
    assert len(asked) > 2  # it was asked who we are


@pytest.mark.usefixtures("_token")
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed; it makes the certificate")
def test_what_is_wrong_with_the_encryption_is_said(desk, tmp_path):
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    made = subprocess.run(make, cwd=tmp_path, capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    encryption.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(lambda *_: (200, version()), encryption) as url:
        assert refusal(desk, url).startswith("its certificate was not accepted (self-signed certificate")
    with serving(lambda *_: (200, version())) as url:
        said = refusal(desk, url.replace("http://", "https://"))
    assert said.startswith("no encrypted connection could be made (")
    assert said.endswith("is the address http://?")


def personal_token(expires: int, kind: str = "refresh") -> str:
    """A token in the form of Label Studio's; nobody signed it."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"token_type": kind, "exp": expires})
    return ".".join(
        [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts] + ["c2ln"]
    )


@pytest.mark.usefixtures("_token")
def test_a_server_below_a_path_is_asked_there_with_a_personal_access_token_too(desk, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", personal_token(4_000_000_000))
    short, seen = personal_token(4_000_000_000, "access"), []

    def answer(path, headers):
        seen.append((path, headers["Authorization"]))
        return 200, {"/label/api/version": version(), "/label/api/token/refresh/": json.dumps({"access": short})}.get(
            path, "{}"
        )

    with serving(answer) as url, connected(desk.workspace, f"{url}/label"):
        pass
    assert seen[0] == ("/label/api/version", None)
    assert seen[1][0] == "/label/api/token/refresh/"
    assert [path for path, sent in seen if sent == f"Bearer {short}"] == ["/label/api/current-user/whoami"]


@pytest.mark.usefixtures("_token")
def test_a_personal_access_token_that_has_expired_is_told_so(desk, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", personal_token(1_600_000_000))
    with serving(lambda *_: (200, version())) as url:
        said = refusal(desk, url)
    assert said == "the personal access token has expired; make a new one in Account & Settings"


@pytest.mark.slow
def test_a_newer_release_is_told_on_every_command_that_asks_it_and_the_work_goes_on(label_studio, ready):
    with proxied(label_studio.url) as proxy:
        proxy.rule = lambda _, request: "release 1.99.1" if request == "GET /api/version" else None
        for command in ("push", "pull", "status"):
            connection._warn.cache_clear()  # a line is said once a run, and these are three runs in one process
            done = ready.run(command, "--url", proxy.url)
            assert done.returncode == 0
            assert done.stderr == (
                f"jiaozhu: {proxy.url}: is Label Studio 1.99.1, newer than 1.22 to 1.23, which are tested; going on\n"
            )


@pytest.mark.slow
@pytest.mark.parametrize("command", [("push",), ("pull",)], ids=" ".join)
def test_a_user_without_rights_to_the_project_is_one_line(label_studio, ready, command):
    assert ready.run("push").returncode == 0
    with proxied(label_studio.url) as proxy:
        proxy.rule = lambda _, request: (
            "403" if request.startswith("GET /api/projects/") and "?" not in request else None
        )
        done = ready.run(*command, "--url", proxy.url)
    assert "this user may not do that" in one_line(done, label_studio.token)


@pytest.mark.slow
def test_a_project_that_was_deleted_is_one_line_and_the_log_stays(label_studio, ready):
    ready.run("push")
    with connected(ready.workspace) as client:
        project = require_project(client, ready.workspace.studio.project, load_labels())
        [task] = client.tasks.list(project=project.id)
        client.annotations.create(task.id, result=[])
        ready.run("pull")
        before = ready.workspace.log.read_bytes()
        client.projects.delete(project.id)
    said = one_line(ready.run("pull"), label_studio.token)
    assert f"no project is called '{ready.workspace.studio.project}'" in said
    assert ready.json("status")["why"] == said.removeprefix("jiaozhu: ")
    assert ready.workspace.log.read_bytes() == before


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
            return 200, version()
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
