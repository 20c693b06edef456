"""Jobs in several processes: their order, their errors, and their end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.errors import JiaozhuError
from exports.processes import processes

ROOT = Path(__file__).parents[2]


def slow_square(number):
    time.sleep(0.05 if number % 3 == 0 else 0)
    return number * number, os.getpid()


def refuse_seven(number):
    if number == 7:
        raise JiaozhuError("seven: is no number; choose another")
    return number


def divide(number):
    return 1 // number


def full_disk(number):
    raise OSError(28, "No space left on device")


def end(number):
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("count", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_what_is_made_comes_in_the_order_of_the_jobs(count):
    with processes(count) as run:
        found = list(run(slow_square, iter(range(20))))
        assert list(run(refuse_seven, range(3))) == [0, 1, 2]
    assert [number for number, _ in found] == [number * number for number in range(20)]
    pids = {pid for _, pid in found}
    assert pids == {os.getpid()} if count == 1 else len(pids) == count and os.getpid() not in pids


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_is_raised_in_its_turn(count):
    def jobs():
        yield from range(9)
        raise JiaozhuError("later")

    found = []
    with processes(count) as run, pytest.raises(JiaozhuError, match=r"^seven: is no number; choose another$"):
        found.extend(run(refuse_seven, jobs()))
    assert found == list(range(7))


def test_an_error_of_the_jobs_waits_for_those_before_it():
    def jobs():
        yield from range(3)
        raise JiaozhuError("no more")

    found = []
    with processes(2) as run, pytest.raises(JiaozhuError, match="no more"):
        found.extend(run(refuse_seven, jobs()))
    assert found == [0, 1, 2]


def test_a_fault_says_where_it_happened_and_a_full_disk_stays_one():
    with processes(2) as run, pytest.raises(RuntimeError, match=r"in divide[\s\S]*ZeroDivisionError"):
        list(run(divide, [1, 0]))
    with processes(2) as run, pytest.raises(OSError, match="No space left") as caught:
        list(run(full_disk, [1]))
    assert caught.value.errno == 28


def test_a_worker_that_is_killed_is_one_line():
    with processes(2) as run, pytest.raises(JiaozhuError, match=r"by signal 9; .* fewer --workers") as caught:
        list(run(end, range(5)))
    assert "\n" not in str(caught.value)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SCRIPT = """
import signal, time
from exports.processes import processes
from tests.exports.test_processes import wait
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    with processes(2) as run:
        for pid in run(wait, [0, 0, 60, 60]):
            print(pid, flush=True)
"""


def wait(seconds):
    time.sleep(seconds)
    return os.getpid()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes are there")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_workers_end_with_the_one_who_started_them(how):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    pids = [int(process.stdout.readline()) for _ in range(2)]
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # as Ctrl-C does
    else:
        process.send_signal(how)
    assert process.wait(20) != 0
    ended = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < ended:
        time.sleep(0.05)
    assert not any(map(alive, pids))
