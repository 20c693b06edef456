"""A build that is killed leaves the old dataset or the new one, and the next build gives the same bytes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.folder import files_of, read_sums
from corpus.inputs import is_whole
from tests.exports.making import SCHEME, make
from tests.exports.test_build import contents

ROOT = Path(__file__).parents[2]
KILLS = 20
SCRIPT = """
import sys, time
from pathlib import Path
from annotation.labels import Label, LabelScheme
import datasets, huggingface_hub  # loaded before the clock starts
from exports.build import build_dataset
labels = tuple(Label(name, name, name[0], "#000000") for name in {labels!r})
print("go", flush=True)
began = time.perf_counter()
if {workers} > 1:
    import exports.build, exports.ranges
    exports.ranges.LEAST = exports.build.OF_PROCESS = 1
build_dataset(Path("corpus"), Path("annotations/log.jsonl"), Path("out/dataset"), LabelScheme("1", labels, ""),
              max_chars=20, removed=True, forms=["conll", "chat"], workers={workers})
print(time.perf_counter() - began, flush=True)
"""


def start(folder, workers):
    command = [sys.executable, "-c", SCRIPT.format(labels=list(SCHEME.names), workers=workers)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})
    assert process.stdout.readline() == "go\n"
    return process


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_build_killed_at_random_points_never_shows_half_a_dataset_and_ends_with_the_same_bytes(tmp_path, workers):
    make(tmp_path)
    whole = start(tmp_path, workers)
    seconds = float(whole.stdout.readline())
    assert whole.wait() == 0
    expected = contents(tmp_path / "out")
    draw = random.Random(6)
    killed = 0
    for number in range(KILLS):
        if number % 2:  # every second time there is no old dataset
            for path in sorted((tmp_path / "out").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
        process = start(tmp_path, workers)
        time.sleep(draw.random() * seconds)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        shown = tmp_path / "out" / "dataset"
        if shown.exists():
            assert is_whole(shown)
            assert set(read_sums(shown)) == set(files_of(shown))
            assert contents(shown) == {
                path.relative_to("dataset"): data for path, data in expected.items() if path.parts[0] == "dataset"
            }
    assert killed > KILLS / 2
    last = start(tmp_path, workers)
    assert last.wait() == 0
    assert contents(tmp_path / "out") == expected
