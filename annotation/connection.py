"""The connection to a Label Studio: which one, with which token, and every error of it as one clear line.

In: a workspace, the environment, an address a user gave. Out: the SDK's client within `connected`, the one place where
errors of the server, the network and the SDK become `JiaozhuError`. A token is never part of a message.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import ssl
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console

from annotation.studio import running
from corpus.errors import JiaozhuError, written
from corpus.workspace import Workspace

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

CONNECT_SECONDS = 10.0  # to be connected; how long an answer may take is `[studio] timeout`
# The releases of Label Studio on which the tests walk the whole road. An older one is refused, because nobody has seen
# that it keeps its answers to the same questions, and an update costs nothing; a newer one is taken with a warning.
OLDEST, NEWEST = (1, 22), (1, 23)
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
            # The slash: else the SDK looks for the exchange of tokens beside an address with a path, not below it.
            client = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=f"{where}/", api_key=token, max_retries=0, httpx_client=http
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
    except httpx.ConnectError as error:
        if reason := _tls(error):
            raise JiaozhuError(f"{where}: {reason}") from None
        raise JiaozhuError(
            f"{where}: Label Studio cannot be reached; run `jiaozhu annotation studio`, or give --url"
        ) from None
    except httpx.TooManyRedirects:
        raise JiaozhuError(f"{where}: sends us round in a circle; check the address") from None
    except httpx.HTTPError as error:
        raise JiaozhuError(
            f"{where}: the connection to Label Studio broke ({type(error).__name__}); run the command again, "
            "nothing is lost or done twice"
        ) from None
    except (ParsingError, json.JSONDecodeError):
        raise JiaozhuError(f"{where}: an answer of Label Studio could not be read; tested are {_tested()}") from None


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Wait until no other run of this workspace sends tasks: two that look first and send then would send twice."""
    folder = workspace.studio.folder
    remedy = "name another [studio] folder, or free some space there"
    with written(folder, remedy):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "push.lock").open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed, or its process is killed
        yield


def _check_server(http: httpx.Client, where: str) -> None:
    """Before the token is sent anywhere: is it a Label Studio at all, and one that we know?"""
    answer = http.get(f"{where}/api/version")
    try:
        said = answer.json() if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or "label-studio-os-package" not in said:
        raise JiaozhuError(f"{where}: {_what_else(where, answer)}")
    if answer.history:  # a push does not survive being sent on: it arrives as a request to read
        raise JiaozhuError(f"{where}: sends us on to {_shown(answer).removesuffix('/api/version')}; give that address")
    if reason := refused_release(said):
        raise JiaozhuError(f"{where}: {reason}")
    if reason := untested_release(said):
        _warn(f"jiaozhu: {where}: {reason}")


def _what_else(where: str, answer: httpx.Response) -> str:
    """What answers there, as it is no Label Studio."""
    status = answer.status_code
    if answer.history:
        return f"sends us on to {_shown(answer)}, which is not a Label Studio; is it a login page before one?"
    if status in (401, 403, 407):
        return f"asks for a login before Label Studio can answer (status {status}); give an address behind that"
    if status == 429 or status >= 500:
        return _reason(where, status, None).removeprefix(f"{where}: ")
    return f"answers (status {status}), but is not a Label Studio; check the address"


def _shown(answer: httpx.Response) -> str:
    """The address that answered in the end, without a query, which may hold a secret, and without a login."""
    return str(answer.url.copy_with(query=None, fragment=None, userinfo=b""))[:200]


def _tls(error: BaseException | None) -> str:
    """What was wrong with the encryption, and what to do; empty where it was something else."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"its certificate was not accepted ({error.verify_message}); give the name it was made for, or "
                "the file of its authority in SSL_CERT_FILE"
            )
        if isinstance(error, ssl.SSLError):
            return f"no encrypted connection could be made ({error.reason or 'unknown'}); is the address http://?"
        error = error.__cause__ or error.__context__
    return ""


def refused_release(said: Mapping[str, object]) -> str:
    """Why a server that says this of itself is not used, in one line; empty where it is."""
    edition, release = said.get("edition"), _release(said)
    if isinstance(edition, str) and edition.strip().lower() not in {"", "community"}:
        return (
            "is Label Studio Enterprise, where a push cannot see what arrived; "
            f"tested is the community edition, {_tested()}"
        )
    if release and release < OLDEST:
        return f"is Label Studio {_named(said)}; {_tested()} are tested, so update the server"
    return ""


def untested_release(said: Mapping[str, object]) -> str:
    """What to know of a release that is newer than the tests, or does not say its number; empty where all is known."""
    release = _release(said)
    if release is None:
        return f"does not say which release of Label Studio it is; {_tested()} are tested, going on"
    if release > NEWEST:
        return f"is Label Studio {_named(said)}, newer than {_tested()}, which are tested; going on"
    return ""


def _named(said: Mapping[str, object]) -> str:
    found = re.match(r"\d+\.\d+[.\w+-]{0,20}", str(said.get("release") or ""), re.ASCII)
    return found[0] if found else ""


def _release(said: Mapping[str, object]) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", _named(said), re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def _tested() -> str:
    return " to ".join(".".join(map(str, release)) for release in (OLDEST, NEWEST))


@cache
def _warn(line: str) -> None:
    """Once a run, however often it connects."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(line, markup=False)


def _reason(where: str, status: int | None, body: object) -> str:
    """One line for what the server refused; its headers hold a session and are never shown."""
    if status == 401 and "has expired" in detail(body):
        return f"{where}: the personal access token has expired; make a new one in Account & Settings"
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
