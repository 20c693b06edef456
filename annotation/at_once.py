"""Several slow calls at once: items in, what a call makes of each out, in the order of the items.

In daemon threads, so that Ctrl-C ends the program at once and not when the last server has answered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class StoppedError(Exception):
    """Raised by a call that was told to stop: another failed, or the user pressed Ctrl-C."""


def at_once(call: Callable[[T, threading.Event], R], items: Sequence[T], workers: int) -> list[R]:
    """`call(item, stop)` for each item, at most `workers` at a time.

    Where one fails, no other is begun, those under way are waited for, and the error of the first item in order is
    raised. A call that waits should do so on `stop`, and raise StoppedError once it is set.
    """
    stop = threading.Event()
    if min(workers, len(items)) < 2:
        return [call(item, stop) for item in items]
    made: dict[int, R] = {}
    errors: dict[int, Exception] = {}
    places = iter(range(len(items)))
    turn = threading.Lock()

    def work() -> None:
        while not stop.is_set():
            with turn:
                place = next(places, None)
            if place is None:
                return
            try:
                made[place] = call(items[place], stop)
            except StoppedError:
                return
            except Exception as error:
                errors[place] = error
                stop.set()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if errors:
        raise errors[min(errors)]
    return [made[place] for place in range(len(items))]
