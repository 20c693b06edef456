"""The connection to a Label Studio: which one, with which token, and every error of it as one clear line.

In: a workspace, the environment, an address a user gave. Out: the SDK's client within `connected`, the one place where
errors of the server, the network and the SDK become `JiaozhuError`. A token is never part of a message.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from annotation.studio import running
from corpus.errors import JiaozhuError
from corpus.workspace import Workspace

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

CONNECT_SECONDS = 10.0  # to be connected; how long an answer may take is `[studio] timeout`
OLDEST = (1, 22)  # release of Label Studio that is tested, and the first that is taken
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def address(workspace: Workspace, url: str | None = None) -> str:
    """The address to use: the one given, LABEL_STUDIO_URL, our running server's, or `[studio] url`."""
    ours = running(workspace.studio.folder)
    return usable_address(url or os.environ.get("LABEL_STUDIO_URL") or (ours.url if ours else workspace.studio.url))


def usable_address(found: str) -> str:
    """The address without a slash at its end; a JiaozhuError where it is none, or holds a secret."""
    try:
        parts = urlsplit(found)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable or "@" in found or "?" in found:
        raise JiaozhuError("the address must look like http://host:port, without a login or token in it")
    return found.rstrip("/")


def read_token(workspace: Workspace) -> str:
    """The token: LABEL_STUDIO_API_KEY, or the first line of `[studio] token_file`, which nobody else may read."""
    if token := os.environ.get("LABEL_STUDIO_API_KEY", "").strip():
        return token
    path = workspace.studio.token_file
    if token := read_private(path):
        return token
    raise JiaozhuError(
        f"{path}: no Label Studio token; start one with `jiaozhu annotation studio`, or set LABEL_STUDIO_API_KEY"
    )


def read_private(path: Path) -> str:
    """The one word that the file holds; empty where it holds none. A JiaozhuError where others can read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise JiaozhuError(f"{path}: others can read this secret (mode {mode:o}); run: chmod 600 {path}")
        word = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return word if word.isascii() and word.isprintable() and len(word.split()) == 1 else ""


@contextmanager
def connected(workspace: Workspace, url: str | None = None) -> Iterator[LabelStudio]:
    """The client of a Label Studio that answered, is one, and took the token.

    Raises:
        JiaozhuError: any of that failed, or a later call within the block did.
    """
    try:
        import httpx
        from label_studio_sdk import LabelStudio
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError

        from annotation.transport import PatientClient
    except ImportError:
        raise JiaozhuError("the Label Studio client is not installed; run: pip install 'jiaozhu[studio]'") from None
    where = address(workspace, url)
    token = read_token(workspace)
    local = urlsplit(where).hostname in LOOPBACK  # a proxy of the environment cannot reach our own machine
    try:
        timeout = httpx.Timeout(workspace.studio.timeout, connect=CONNECT_SECONDS)
        with PatientClient(timeout=timeout, follow_redirects=True, trust_env=not local) as http:
            _check_server(http, where)
            # `PatientClient` tries again, with more care than the SDK, which would make the tasks of an import twice.
            client = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=where, api_key=token, max_retries=0, httpx_client=http
            )
            client.users.whoami()
            yield client
    except ApiError as error:
        raise JiaozhuError(_reason(where, error.status_code, error.body).replace(token, "…")) from None
    except httpx.TimeoutException:
        raise JiaozhuError(
            f"{where}: Label Studio did not answer within {workspace.studio.timeout} s ([studio] timeout); "
            "is it overloaded? run the command again"
        ) from None
    except httpx.ConnectError:
        raise JiaozhuError(
            f"{where}: Label Studio cannot be reached; run `jiaozhu annotation studio`, or give --url"
        ) from None
    except httpx.HTTPError as error:
        raise JiaozhuError(
            f"{where}: the connection to Label Studio broke ({type(error).__name__}); run the command again, "
            "nothing is lost or done twice"
        ) from None
    except (ParsingError, json.JSONDecodeError):
        raise JiaozhuError(
            f"{where}: an answer of Label Studio could not be read; is it a release newer than 1.23?"
        ) from None


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Wait until no other run of this workspace sends tasks: two that look first and send then would send twice."""
    folder = workspace.studio.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "push.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed, or its process is killed
        yield


def _check_server(http: httpx.Client, where: str) -> None:
    """Before the token is sent anywhere: is it a Label Studio at all?"""
    answer = http.get(f"{where}/api/version")
    try:
        said = answer.json() if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or "label-studio-os-package" not in said:
        raise JiaozhuError(f"{where}: answers, but is not a Label Studio; check the address")
    if reason := too_old(where, said):
        raise JiaozhuError(reason)


def too_old(where: str, said: Mapping[str, object]) -> str:
    """Why a server that says this of itself cannot be used, in one line; empty where it can, or says nothing."""
    found = re.match(r"(\d+)\.(\d+)", release := str(said.get("release") or ""))
    if not found or (int(found[1]), int(found[2])) >= OLDEST:
        return ""
    return (
        f"{where}: is Label Studio {release}; from {'.'.join(map(str, OLDEST))} on it is tested, so update the server"
    )


def _reason(where: str, status: int | None, body: object) -> str:
    """One line for what the server refused; its headers hold a session and are never shown."""
    if status == 401:
        return (
            f"{where}: the token was not accepted; check LABEL_STUDIO_API_KEY or the token file "
            "(a legacy token must be enabled in the organization's settings)"
        )
    if status == 403:
        return f"{where}: this user may not do that; ask an administrator of the project"
    if status == 404:
        return f"{where}: no longer there (404); was the project or a task deleted meanwhile?"
    if status == 429 or (status or 0) >= 500:
        return f"{where}: Label Studio is not well (status {status}); look at its log, then run the command again"
    return f"{where}: Label Studio refused a request (status {status}): {detail(body)}"


def detail(body: object) -> str:
    """What the server says was wrong, in one line."""
    said = body if isinstance(body, dict) else {}
    return " ".join(str(said.get("validation_errors") or said.get("detail") or "no detail given").split())[:300]
