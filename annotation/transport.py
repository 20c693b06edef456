"""HTTP that is patient with a server: what can safely be sent again is, after a pause that grows.

In: requests of the SDK's client. Out: whole answers, or the last error. A cut connection, a time-out, 429 and 5xx are
met by trying again; whether one that must not be carried out twice may be sent again is for its caller to find out.
"""

from __future__ import annotations

import ssl
import time
from functools import cache
from typing import Any

import httpx

PATIENCE = 40.0  # seconds from the first try to the last; a server that restarts is back after 7 to 20
PAUSE = 0.5  # seconds before the second try; each further one doubles
LONGEST = 8.0  # seconds
BUSY = {429, 500, 502, 503, 504}
REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}


@cache
def certificates(from_environment: bool = True) -> ssl.SSLContext:
    """The authorities that are trusted, read once a process: that takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=from_environment)


class PatientClient(httpx.Client):
    """Sends again until `PATIENCE` seconds have passed since the first try.

    GET, PUT, PATCH and DELETE say the same twice, so they are sent again after any failure. A POST is only where it
    cannot have been carried out: the connection was refused, or the answer is 429. A server that never answered is not
    waited for, because then its address is wrong. Answers are read whole here, so that one cut in its middle counts
    as a failure too.
    """

    _answered = False

    def __init__(self, *, trust_env: bool = True, **options: Any) -> None:  # noqa: ANN401
        super().__init__(verify=certificates(trust_env), trust_env=trust_env, **options)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # noqa: ANN401
        """The answer to one request; raises httpx.TransportError where patience ends."""
        deadline, pause = time.monotonic() + PATIENCE, PAUSE
        while True:
            wait = pause
            try:
                answer = super().send(request, **options)
                answer.read()
            except httpx.TransportError as error:
                unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                again = self._answered and (unsent or request.method in REPEATABLE)
                if not again or time.monotonic() + wait > deadline:
                    raise
            else:
                self._answered = True
                again = answer.status_code in BUSY and (request.method in REPEATABLE or answer.status_code == 429)
                wait = max(wait, _retry_after(answer))
                if not again or time.monotonic() + wait > deadline:
                    return answer
            time.sleep(wait)
            pause = min(2 * pause, LONGEST)


def _retry_after(answer: httpx.Response) -> float:
    """Seconds the server asks to wait; its other form, a date, is not used by those who limit rates."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else 0.0
