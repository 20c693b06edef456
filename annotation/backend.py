"""What Label Studio calls: an ML backend that suggests spans as a task opens, and a receiver of its webhooks.

In: HTTP requests in the form that Label Studio 1.23 sends them. Out: suggestions, and a sign that something was
decided. Nothing in a request is trusted: a task names its document by id and hash, and the text comes from our corpus;
a webhook says only that there is something to pull. Tokens that Label Studio sends along are not read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from annotation import import_pipeline
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.serve import BASE, basic
from annotation.suggestions import Suggestions, to_suggestions
from annotation.tasks import to_prediction
from corpus.errors import JiaozhuError
from corpus.store import rows_of
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from spacy.language import Language

MAX_BYTES = 32 << 20  # of a request; 1,000 tasks of 10,000 characters
MAX_TASKS = 1000  # of a request
BODY_SECONDS = 30.0  # for a request to arrive

Handler = Callable[[Request, Any], Awaitable[Response]]


class Suggester:
    """Suggestions for documents of the corpus: those of `preannotate`, or of the pipeline; one request at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scheme = load_labels(workspace.labels)
        self._module = import_pipeline()
        self._nlp: Language = self._module.load_pipeline(workspace.annotation, workspace.labels)
        self._lock = threading.Lock()
        self.model: str = self._module.model_of(self._nlp)

    def predictions(self, tasks: Iterable[object]) -> list[list[dict[str, Any]]]:
        """For each task, in order, one prediction, or none where it is blind, not ours, or has another text."""
        asked = [_document_of(task) for task in tasks]
        wanted = {doc_id for doc_id, _ in filter(None, asked)}
        with self._lock:
            documents = self._documents(wanted)
            made = self._made(wanted)
            return [
                [self._prediction(documents[item[0]], made.get(item[0]))]
                if item and item[0] in documents and documents[item[0]]["text_sha256"] == item[1]
                else []
                for item in asked
            ]

    def _documents(self, doc_ids: set[str]) -> dict[str, dict[str, Any]]:
        rows = rows_of(self._workspace.corpus / "documents", doc_ids, ("doc_id", "text_sha256", "text"))
        return {row["doc_id"]: row for row in rows}

    def _made(self, doc_ids: set[str]) -> dict[str, Suggestions]:
        """What `preannotate` suggests: the names of the whole corpus had a say in it."""
        if not self._workspace.suggestions.is_file():
            return {}
        rows = rows_of(self._workspace.suggestions, doc_ids, ("doc_id", "text_sha256", "model", "spans"))
        return {row["doc_id"]: to_suggestions(row) for row in rows}

    def _prediction(self, document: Mapping[str, Any], made: Suggestions | None) -> dict[str, Any]:
        if made is None or made.text_sha256 != document["text_sha256"]:
            found: tuple[Suggestion, ...] = self._module.suggest(self._nlp, document["text"])
            made = Suggestions(document["doc_id"], document["text_sha256"], self.model, found)
        return to_prediction(document, made, self._scheme)


def make_app(suggester: Suggester, decided: threading.Event, secret: str) -> Starlette:
    """The application; `decided` is set when a webhook says that annotations changed.

    Every request needs the secret, as HTTP basic authentication.
    """

    async def health(_: Request, __: object) -> Response:
        return JSONResponse({"status": "UP", "model_class": "jiaozhu"})

    async def setup(_: Request, __: object) -> Response:
        return JSONResponse({"model_version": suggester.model})

    async def versions(_: Request, __: object) -> Response:
        return JSONResponse({"versions": [suggester.model]})

    async def predict(_: Request, said: object) -> Response:
        tasks = said.get("tasks") if isinstance(said, dict) else None
        if not isinstance(tasks, list) or not tasks:
            return _refusal(400, "no tasks")
        if len(tasks) > MAX_TASKS:
            return _refusal(413, f"more than {MAX_TASKS} tasks")
        try:
            found = await run_in_threadpool(suggester.predictions, tasks)
        except JiaozhuError as error:
            return _refusal(500, str(error))
        return JSONResponse({"results": found, "model_version": suggester.model})

    async def webhook(_: Request, __: object) -> Response:
        decided.set()
        return JSONResponse({})

    def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not _is_known(request.headers.get("Authorization", ""), secret):
                return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="jiaozhu"'})
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    said = await _read(request) if request.method == "POST" else None
            except _TooLargeError:
                return _refusal(413, f"more than {MAX_BYTES} bytes")
            except TimeoutError:
                return _refusal(408, "the request did not arrive in time")
            except (ValueError, RecursionError):
                return _refusal(400, "not JSON")
            return await handler(request, said)

        return endpoint

    def route(path: str, handler: Handler, method: str) -> Route:
        return Route(BASE + path, guarded(handler), methods=[method])

    return Starlette(
        routes=[
            route("/health", health, "GET"),
            route("/versions", versions, "GET"),
            route("/setup", setup, "POST"),
            route("/predict", predict, "POST"),
            route("/webhook", webhook, "POST"),
        ]
    )


def _is_known(header: str, secret: str) -> bool:
    return hmac.compare_digest(header.encode("utf-8", "surrogateescape"), basic(secret).encode())


class _TooLargeError(Exception):
    pass


async def _read(request: Request) -> object:
    """The JSON of the body; raises before more than `MAX_BYTES` are held."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _TooLargeError
    return json.loads(bytes(body)) if body else None


def _document_of(task: object) -> tuple[str, str] | None:
    """The id and the hash of the task's document; None where it has none, or is to be done without suggestions."""
    data = task.get("data") if isinstance(task, dict) else None
    if not isinstance(data, dict) or data.get("blind"):
        return None
    doc_id, digest = data.get("doc_id"), data.get("text_sha256")
    return (doc_id, digest) if isinstance(doc_id, str) and isinstance(digest, str) else None


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"detail": reason}, status_code=status)
