"""A proxy before Label Studio that does what networks and servers do: it cuts, refuses, limits, and stays silent."""

import http.client
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# What to do with the n-th request (from 1), given as "METHOD path": None passes it on; a status answers with it;
# "release 9.9" lets a server say that it is that release.
Rule = Callable[[int, str], str | None]
HOPS = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass
class Proxy:
    """Where it listens, every request it saw, and the rule it goes by, which a test may change at any time."""

    url: str
    rule: Rule = lambda number, request: None
    seen: list[str] = field(default_factory=list)
    faults: int = 0


@contextmanager
def proxied(upstream: str) -> Iterator[Proxy]:
    """A proxy before the server at `upstream`."""
    target = urlsplit(upstream)
    lock = threading.Lock()
    ended = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = f"{self.command} {self.path}"
            with lock:
                proxy.seen.append(request)
                fault = proxy.rule(len(proxy.seen), request)
                proxy.faults += fault is not None
            self.close_connection = True
            if fault == "silence":
                ended.wait(30)
                return
            if fault == "drop":
                return
            if fault and fault.isdecimal():
                self.give(int(fault), b"<h1>no</h1>", {"Retry-After": "1"} if fault == "429" else {})
                return
            try:
                answer, content = self.forward(body)
            except OSError:  # the server is gone: so is the connection
                return
            if fault == "502 although done":
                self.give(502, b"<h1>no</h1>", {})
            elif fault and fault.startswith("release "):
                said = json.loads(content) | {"release": fault.removeprefix("release ")}
                self.give(answer.status, json.dumps(said).encode(), dict(answer.getheaders()))
            else:
                self.give(answer.status, content, dict(answer.getheaders()), cut=fault == "cut")

        def forward(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOPS}
            connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                return answer, answer.read()
            except http.client.HTTPException as error:
                raise OSError from error
            finally:
                connection.close()

        def give(self, status: int, content: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in HOPS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)

        def __getattr__(self, name: str) -> object:
            if name.startswith("do_"):  # every method alike
                return self.do
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # a client that was killed
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy = Proxy(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield proxy
        ended.set()
        server.shutdown()


def once(part: str, fault: str, number: int = 1) -> Rule:
    """The rule that meets the `number`-th request that has `part` in it with the fault."""
    seen = 0

    def rule(_: int, request: str) -> str | None:
        nonlocal seen
        seen += part in request
        return fault if part in request and seen == number else None

    return rule
