"""A request that can be repeated survives what a server and a network do; one that cannot is sent once."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import httpx
import pytest

from annotation import transport
from annotation.transport import PatientClient


@contextmanager
def answering(*answers: bytes):
    """A server that gives each connection the next of these bytes, then hangs up; the last one again and again."""
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def give(connection: socket.socket) -> None:
            with connection:
                seen.append(connection.recv(65536).decode().split(" ")[0])
                answer = answers[min(len(seen), len(answers)) - 1]
                connection.sendall(answer)
                if answer == SILENCE:
                    connection.recv(1)  # until the client has enough

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=give, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", seen
        listening.shutdown(socket.SHUT_RDWR)


def answer(status: int, body: str = "ok", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(
        [*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    ).encode() + (f"\r\n\r\n{body}".encode())


OK = answer(200)
CUT = b"HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\nhalf"
SILENCE = b""


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(transport, "PAUSE", 0.01)
    monkeypatch.setattr(transport, "PATIENCE", 2.0)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize(
    "fault", [answer(500), answer(503), answer(429), CUT, SILENCE], ids=["500", "503", "429", "cut", "silence"]
)
def test_what_can_be_repeated_is_sent_again_until_it_is_answered(method, fault):
    with answering(OK, fault, fault, OK) as (url, seen), PatientClient(timeout=0.2) as client:
        client.get(url)
        assert client.request(method, url).text == "ok"
        assert seen == ["GET", method, method, method]


@pytest.mark.parametrize("fault", [answer(500), answer(502), CUT, SILENCE], ids=["500", "502", "cut", "silence"])
def test_a_post_that_may_have_been_carried_out_is_sent_once(fault):
    with answering(OK, fault, OK) as (url, seen), PatientClient(timeout=0.2) as client:
        client.get(url)
        with suppress(httpx.TransportError):
            assert client.post(url, json=[]).status_code >= 500
        assert seen == ["GET", "POST"]


def test_a_post_that_was_refused_for_its_rate_is_sent_again():
    with answering(answer(429), OK) as (url, seen), PatientClient() as client:
        assert client.post(url, json=[]).text == "ok"
        assert seen == ["POST", "POST"]


def test_the_pause_a_server_asks_for_is_kept():
    with answering(answer(429, Retry_After="1"), OK) as (url, _), PatientClient() as client:
        began = time.monotonic()
        assert client.get(url).text == "ok"
        assert time.monotonic() - began >= 1


def test_a_pause_longer_than_our_patience_is_not_waited_for():
    with answering(answer(429, Retry_After="3600")) as (url, seen), PatientClient() as client:
        assert client.get(url).status_code == 429
        assert len(seen) == 1


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr(transport, "PATIENCE", 0.5)
    with answering(OK, answer(503)) as (url, seen), PatientClient() as client:
        client.get(url)
        began = time.monotonic()
        assert client.get(url).status_code == 503
        assert len(seen) > 3
        assert time.monotonic() - began < 4


def test_an_address_where_nobody_ever_answered_is_not_waited_for():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with PatientClient() as client:
        began = time.monotonic()
        with pytest.raises(httpx.ConnectError):
            client.get(url)
        assert time.monotonic() - began < 1


def test_a_stream_that_is_cut_is_read_again_from_its_beginning():
    with answering(OK, CUT, answer(200, "whole")) as (url, _), PatientClient() as client:
        client.get(url)
        with client.stream("GET", url) as streamed:
            assert b"".join(streamed.iter_bytes()) == b"whole"
