"""Every benchmark that the Makefile or the docs name starts as they say, where nothing else has found the tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMED = sorted(
    {
        name
        for page in (ROOT / "Makefile", *(ROOT / "docs").glob("*.md"))
        for name in re.findall(r"python (tests/benchmarks/\w+\.py)", page.read_text(encoding="utf-8"))
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("script", NAMED)
def test_a_named_benchmark_loads_when_started_as_a_file(script: str) -> None:
    load = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='loaded')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", load, script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_the_makefile_names_its_benchmarks() -> None:
    assert len(NAMED) >= 8
