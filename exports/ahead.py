"""The next item is made while the last one is looked at: Arrow, numpy and hashlib let other threads run meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order, each made in a thread of their own; what making one raises is raised here."""
    source = iter(items)
    with ThreadPoolExecutor(1) as pool:
        upcoming = pool.submit(next, source, _END)
        while (item := upcoming.result()) is not _END:
            upcoming = pool.submit(next, source, _END)
            yield item  # type: ignore[misc]
