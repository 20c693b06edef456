"""Progress bars on stderr for what takes over two seconds; silent where stderr is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")


def track(items: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Yield the items unchanged, with a bar that counts them."""
    with _bar() as progress:
        yield from progress.track(items, description=description, total=total)


@contextmanager
def steps(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar for work that calls back: give what this yields the number of steps that are done."""
    with _bar() as progress:
        task = progress.add_task(description, total=total)
        yield lambda done: progress.update(task, completed=done)


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
