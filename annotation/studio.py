"""A Label Studio of our own: installed, started without a question, and stopped again.

In: a workspace. Out: a server on 127.0.0.1 that keeps everything in `[studio] folder` (SQLite), with a password and a
token made on the first start. It runs in a virtual environment of its own, because its pins would hold back ours.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from rich.console import Console

from corpus.errors import JiaozhuError
from corpus.workspace import Workspace

CONSTRAINTS = Path(__file__).with_name("label-studio-constraints.txt")
EMAIL = "annotator@localhost"
HOST = "127.0.0.1"
START_SECONDS = 240  # the first start runs every migration: 35 s on two idle cores
STOP_SECONDS = 15
# Where it must not call even then: all that is not on the Internet (RFC 6890), apart from this machine.
NOT_CALLED = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `login` is the file (mode 600) with the e-mail and the password, a line each."""

    url: str
    pid: int
    login: Path


def install(venv: Path) -> Path:
    """Make the virtual environment where it is missing or unfinished; return its `label-studio`.

    Raises:
        JiaozhuError: pip could not install; shows the last line it said.
    """
    command, done = venv / "bin" / "label-studio", venv / ".complete"
    if command.exists() and (done.exists() or not (venv / ".installing").exists()):
        return command
    console = Console(stderr=True)
    console.print(f"Installing Label Studio into {venv}: about 2 minutes and 1 GB, once.", highlight=False)
    with console.status("pip install label-studio"):
        _run([sys.executable, "-m", "venv", "--clear", str(venv)], venv)
        (venv / ".installing").touch()
        _run([str(venv / "bin" / "pip"), "install", "--quiet", "--requirement", str(CONSTRAINTS)], venv)
        done.touch()
    return command


def _run(command: list[str], venv: Path) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        last = (result.stderr.strip() or result.stdout.strip() or "no output").splitlines()[-1]
        raise JiaozhuError(f"{venv}: Label Studio could not be installed ({last}); check the network and run it again")


def running(folder: Path) -> Server | None:
    """The server that runs on this data folder, or None. The lock, not the file, says whether it is alive."""
    lock = folder / "server.lock"
    if not lock.exists():
        return None
    with lock.open() as file:
        if _take(file, fcntl.LOCK_SH):
            return None
    try:
        said = json.loads((folder / "server.json").read_text("utf-8"))
        return Server(said["url"], said["pid"], folder / "login")
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def studio(workspace: Workspace, port: int | None = None, *, calls_local: bool = False) -> Iterator[Server]:
    """Start the server of this workspace, give its address, and stop it at the end.

    `port`: taken if free, refused if not; by default the one of `[studio] url` or, where that is busy, any free one.
    `calls_local`: it may call programs on this machine, as `annotation serve` is one.

    Raises:
        JiaozhuError: one already runs on this folder, the port is busy, or the server does not come up.
    """
    command = install(workspace.studio.venv)
    folder = workspace.studio.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "server.lock").open("w") as lock:
        if not _take(lock, fcntl.LOCK_EX):
            other = running(folder)
            where = f"at {other.url} (process {other.pid})" if other else "and is still starting"
            raise JiaozhuError(
                f"{folder}: a Label Studio already runs on this folder, {where}; use it, or stop it first"
            )
        port = _port(workspace.studio.url, port)
        url = f"http://{HOST}:{port}"
        environment = _environment(folder, *_credentials(folder, workspace.studio.token_file))
        if calls_local:
            environment |= {
                "USE_DEFAULT_BANNED_SUBNETS": "false",
                "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(NOT_CALLED),
            }
        arguments = ["start", "--no-browser", "--internal-host", HOST, "--port", str(port), "--data-dir", str(folder)]
        with private(folder / "server.log") as log:
            process = subprocess.Popen(  # noqa: S603
                [str(command), *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the whole group
                pass_fds=(lock.fileno(),),  # the lock lives as long as the server does, even if we are killed
            )
        try:
            (folder / "server.json").write_text(json.dumps({"url": url, "pid": process.pid}) + "\n", "utf-8")
            _wait(url, process, folder / "server.log")
            yield Server(url, process.pid, folder / "login")
        finally:
            _stop(process)
            (folder / "server.json").unlink(missing_ok=True)


def serve(server: Server) -> None:
    """Stay until the server ends, which is an error, or until an interrupt or SIGTERM, which is not."""
    while True:
        if not _alive(server.pid):
            raise JiaozhuError(f"Label Studio at {server.url} has ended; {_tail(server.login.with_name('server.log'))}")
        time.sleep(0.5)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it SIGTERM and a closed terminal do what Ctrl-C does, so that what was started is stopped."""

    numbers = (signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: object) -> None:
        for number in numbers:  # a closing terminal sends both; one must not break off the stopping the other began
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _take(file: IO[str], kind: int) -> bool:
    """Whether the lock could be had. `running` holds it for an instant, so a starting server tries twice."""
    for pause in (0.2, 0.0) if kind == fcntl.LOCK_EX else (0.0,):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(pause)
    return False


def _port(configured: str, wanted: int | None) -> int:
    """Label Studio moves to the next port in silence where one is busy, so we look first."""
    if wanted is not None:
        if _is_free(wanted):
            return wanted
        raise JiaozhuError(f"port {wanted} of {HOST} is busy; name another with --port, or none to have one chosen")
    address = urlsplit(configured)
    preferred = address.port if address.hostname in {HOST, "localhost"} and address.port else 8080
    if _is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _credentials(folder: Path, token_file: Path) -> tuple[str, str, str]:
    """E-mail, password and token; made before there is a database, read afterwards."""
    login = folder / "login"
    if not (folder / "label_studio.sqlite3").exists():
        for path, text in (
            (login, f"{EMAIL}\n{secrets.token_urlsafe(12)}\n"),
            (token_file, f"{secrets.token_hex(20)}\n"),
        ):
            if not path.exists():
                with private(path) as file:
                    file.write(text.encode())
    for path in (login, token_file):
        if not path.is_file():
            raise JiaozhuError(f"{path}: missing, though {folder} has a database; restore it, or move the folder away")
    email, password = login.read_text("utf-8").split()
    return email, password, token_file.read_text("utf-8").strip()


def private(path: Path) -> IO[bytes]:
    """Open a new file that only its owner can read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _environment(folder: Path, email: str, password: str, token: str) -> dict[str, str]:
    """The server's environment. It reads HOST, USERNAME or DJANGO_DB from any shell, so little of ours passes."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return kept | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": email,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
        "PYTHONUNBUFFERED": "1",
    }


_MOVED = "is in use."


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until `/health` answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    with Console(stderr=True).status("Starting Label Studio (the first start takes about half a minute)"):
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise JiaozhuError(f"Label Studio ended while starting (exit code {process.returncode}); {_tail(log)}")
            try:
                with direct.open(f"{url}/health", timeout=5) as answer:
                    if answer.status == 200 and f"server at {url}/" in log.read_text("utf-8", "replace"):
                        return
                # Something answers there, but it is not (yet) ours; ours says in its log where it listens.
                if _MOVED in log.read_text("utf-8", "replace"):
                    raise JiaozhuError(f"{url}: another server took the port while ours was starting; run it again")
                time.sleep(0.2)
            except OSError:
                time.sleep(0.2)
    raise JiaozhuError(f"Label Studio did not answer at {url} within {START_SECONDS} s; {_tail(log)}")


def _tail(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()][-3:]
    return f"{log} ends: {' | '.join(lines)}" if lines else f"{log} is empty"


def _alive(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, then end it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            continue
