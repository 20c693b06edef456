"""Jobs in several processes: jobs in, what a function makes of each out, in the order of the jobs.

Python holds one lock a process, so rows are made in processes. They end with the block that started them, however that
ends, and with the process that started them, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol, TypeVar, cast

import pyarrow as pa

from corpus.errors import JiaozhuError

PRELOAD = ("exports.gather", "exports.parts", "annotation.normalize")  # what the work of a build imports

J = TypeVar("J")
R = TypeVar("R")


class Run(Protocol):
    """`map`, or what is like it."""

    def __call__(self, work: Callable[[J], R], jobs: Iterable[J], /) -> Iterator[R]:
        """What `work` makes of each job, in their order."""


@contextmanager
def processes(count: int) -> Iterator[Run]:
    """A `map` over so many processes, one run of it at a time; over none but this one where `count` is 1.

    `work` and its jobs are pickled. What a job raises is raised in its turn, and so is what making the jobs raises. The
    processes import the modules of `PRELOAD` once for all of them, where the system lets them.

    Raises:
        JiaozhuError: a process was killed.
    """
    if count < 2:
        yield map
        return
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context: Any = get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(list(PRELOAD))
    pipes: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            pipes[ours] = context.Process(target=_serve, args=(theirs,), daemon=True)
            pipes[ours].start()
            theirs.close()  # so that its end is seen here
        yield lambda work, jobs: _in_turn(pipes, work, iter(jobs))
    finally:
        for process in pipes.values():
            if process.pid is not None:
                process.terminate()
        for pipe, process in pipes.items():
            if process.pid is not None:
                process.join()
            pipe.close()


def _in_turn(pipes: dict[Connection, BaseProcess], work: Callable[[J], R], jobs: Iterator[J]) -> Iterator[R]:
    idle, busy = [*pipes], dict[Connection, int]()
    made: dict[int, tuple[bool, Any]] = {}
    begun = given = 0
    more = True
    while more or busy or given in made:
        while more and idle:
            try:
                job = next(jobs)
            except StopIteration:
                more = False
            except Exception as error:
                more = False
                made[begun] = False, error
            else:
                pipe = idle.pop()
                _sent(pipe, pipes[pipe], (work, job))
                busy[pipe] = begun
                begun += 1
        if busy and given not in made:
            for ready in wait([*busy]):
                pipe = cast(Connection, ready)
                made[busy.pop(pipe)] = _received(pipe, pipes[pipe])
                idle.append(pipe)
            continue
        if given in made:
            done, found = made.pop(given)
            given += 1
            if not done:
                raise found
            yield found


def _sent(pipe: Connection, process: BaseProcess, message: object) -> None:
    try:
        pipe.send(message)
    except OSError:
        raise _killed(process) from None


def _received(pipe: Connection, process: BaseProcess) -> tuple[bool, Any]:
    try:
        done, found = pipe.recv()
    except (EOFError, OSError):
        raise _killed(process) from None
    return done, found


def _killed(process: BaseProcess) -> JiaozhuError:
    process.join()
    code = process.exitcode or 0
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    return JiaozhuError(f"a worker process ended {how}; where memory is short, run it again with fewer --workers")


def _serve(pipe: Connection) -> None:
    """Take jobs until there is nobody to give any. Ctrl-C is the business of the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with kept_memory():
        while True:
            try:
                work, job = pipe.recv()
            except EOFError:
                return
            try:
                answer: tuple[bool, Any] = True, work(job)
            except Exception as error:
                answer = False, _portable(error)
            pipe.send(answer)


def _portable(error: Exception) -> Exception:
    """The error as another process can raise it: a user's as it is, any other with the place where it happened."""
    if isinstance(error, JiaozhuError | OSError):
        return error
    return RuntimeError("".join(traceback.format_exception(error)))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


@contextmanager
def kept_memory() -> Iterator[None]:
    """Arrow's memory from the allocator that gives the same memory again, where this Arrow has it.

    The default one returns a batch's memory to the system and asks for it anew: 100 MB and a twentieth of a build.
    """
    usual = pa.default_memory_pool()
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)
