"""Live work: suggestions as a task opens, and a pull as soon as somebody decided something.

In: a workspace and its Label Studio. Out: a small server that Label Studio calls, made known to it as ML backend and
webhook, and a log that grows by itself. Where Label Studio cannot or may not call us, we ask it every so often.
"""

from __future__ import annotations

import base64
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from annotation.connection import LOOPBACK, connected, detail, read_private, usable_address
from annotation.labels import load_labels
from annotation.project import ADJUDICATING, Project, find_projects, require_projects
from annotation.pull import Pulled, pull
from annotation.studio import private
from corpus.errors import JiaozhuError
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from types import ModuleType

    from label_studio_sdk import LabelStudio
    from starlette.applications import Starlette

TITLE = "校注 jiaozhu"  # of the ML backend in Label Studio
USER = "jiaozhu"  # of HTTP basic authentication; the password is the secret
BASE = "/jiaozhu"  # everything is below it, so that Label Studio's list shows which webhooks are ours
HOOK = f"{BASE}/webhook"
ACTIONS = ("ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED")
QUIET_SECONDS = 0.5  # after a webhook, for others to come: a person submits and goes on


@dataclass(frozen=True, slots=True)
class Live:
    """What `serve` could arrange. `why` says why Label Studio does not call us, where it does not."""

    url: str
    project: str
    suggests: bool  # it is the ML backend of the project
    hears: bool  # webhooks come
    why: str


def secret_of(workspace: Workspace) -> str:
    """The secret that Label Studio and we share: JIAOZHU_SERVE_SECRET, or a file beside the token, made on first use.

    Raises:
        JiaozhuError: others can read the file, or it holds none.
    """
    if secret := os.environ.get("JIAOZHU_SERVE_SECRET", "").strip():
        return secret
    path = workspace.studio.token_file.with_name("serve-secret")
    if not path.exists():
        with private(path) as file:
            file.write(f"{secrets.token_urlsafe(24)}\n".encode())
    if secret := read_private(path):
        return secret
    raise JiaozhuError(f"{path}: holds no secret; delete it, and a new one is made")


def serve(
    workspace: Workspace,
    url: str | None = None,
    title: str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 9090,
    public: str | None = None,
    every: float = 60.0,
    tell: Callable[[Live | Pulled | str], None],
) -> None:
    """Serve and pull until interrupted. `public` is our address as Label Studio sees it, `every` the longest wait.

    Raises:
        JiaozhuError: the server, the project, the pipeline or the port cannot be used.
    """
    try:
        import uvicorn

        from annotation.backend import Suggester, make_app
    except ModuleNotFoundError as error:
        raise JiaozhuError(f"{error.name} is not installed; run: pip install 'jiaozhu[annotation,serve]'") from None

    title, secret = title or workspace.studio.project, secret_of(workspace)
    with connected(workspace, url) as client:  # before anything is started
        require_projects(client, title, load_labels(workspace.labels))
    suggester, decided = Suggester(workspace), threading.Event()
    with _bound(host, port) as listener, _listening(uvicorn, make_app(suggester, decided, secret), listener):
        ours = usable_address(public or _url(host, listener.getsockname()[1])) + BASE
        tell(connect(workspace, url, title, ours, secret))
        _keep_pulling(workspace, url, title, decided, every, tell)


def connect(workspace: Workspace, url: str | None, title: str, ours: str, secret: str) -> Live:
    """Make `ours` the ML backend and a webhook of every part of the project; again changes nothing.

    Raises:
        JiaozhuError: Label Studio cannot be reached or has no such project. That it will not call us is no error.
    """
    scheme = load_labels(workspace.labels)
    why: list[str] = []
    with connected(workspace, url) as client:
        projects = require_projects(client, title, scheme)
        deciding = find_projects(client, title + ADJUDICATING, scheme)
        # The webhook first: else Label Studio adds one of its own, which knows no secret, with the backend.
        hears = [_offered(partial(_add_webhook, client, part, ours, secret), why) for part in (*projects, *deciding)]
        suggests = [_offered(partial(_add_backend, client, part, ours, secret), why) for part in projects]
    return Live(ours, title, all(suggests), all(hears), why[0].replace(secret, "…") if why else "")


def basic(secret: str) -> str:
    """The value of the header `Authorization` that carries the secret."""
    return "Basic " + base64.b64encode(f"{USER}:{secret}".encode()).decode()


def _offered(offer: Callable[[], object], why: list[str]) -> bool:
    """Whether Label Studio took it; if not, `why` gets the reason."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        offer()
    except ApiError as error:
        if error.status_code not in (400, 403):
            raise
        why.append(detail(error.body))
        return False
    return True


def _add_backend(client: LabelStudio, project: Project, ours: str, secret: str) -> None:
    """Label Studio tries the address before it takes it, and sends its creator's token along, which nobody reads."""
    values: dict[str, Any] = {
        "project": project.id,
        "url": ours,
        "title": TITLE,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": USER,
        "basic_auth_pass": secret,
        "is_interactive": False,
    }
    known = [item for item in client.ml.list(project=project.id) if item.title == TITLE]
    if known:
        client.ml.update(known[0].id or 0, **values)
    else:
        client.ml.create(**values)


def _add_webhook(client: LabelStudio, project: Project, ours: str, secret: str) -> None:
    values: dict[str, Any] = {
        "url": ours.removesuffix(BASE) + HOOK,
        "actions": ACTIONS,
        "headers": {"Authorization": basic(secret)},
        "is_active": True,
        "send_payload": False,  # we pull what was decided, and believe nothing that is sent
        "send_for_all_actions": False,
    }
    known = [item for item in client.webhooks.list(project=str(project.id)) if item.url.endswith(HOOK)]
    if known:
        client.webhooks.update(known[0].id or 0, **values)
    else:
        client.webhooks.create(project=project.id, **values)


def _keep_pulling(
    workspace: Workspace,
    url: str | None,
    title: str,
    decided: threading.Event,
    every: float,
    tell: Callable[[Pulled | str], None],
) -> None:
    """Pull now, whenever `decided` is set, and after `every` seconds; what cannot be pulled now is tried again."""
    scheme = load_labels(workspace.labels)
    said = ""
    while True:
        try:
            titles = [title]
            with connected(workspace, url) as client:
                titles += [title + ADJUDICATING] * bool(find_projects(client, title + ADJUDICATING, scheme))
            for name in titles:
                done = pull(workspace, url, name)
                if done.added or done.refused:
                    tell(done)
            said = ""
        except JiaozhuError as error:
            if str(error) != said:  # once, not every minute
                said = str(error)
                tell(said)
        if decided.wait(every):
            time.sleep(QUIET_SECONDS)
            decided.clear()


def _url(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if host in LOOPBACK else host}:{port}"


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on exactly this port; 0 is any free one."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise JiaozhuError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port") from None
    with listener:
        yield listener


@contextmanager
def _listening(uvicorn: ModuleType, app: Starlette, listener: socket.socket) -> Iterator[None]:
    """The application at work in a thread of its own."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
