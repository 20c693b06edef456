"""The console command in this process: what a person types in; exit code and what is printed out.

A process of its own for each call would import everything anew, which takes more time than most commands do.
"""

import io
import os
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import jiaozhu


def call(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> CompletedProcess[str]:
    """`jiaozhu …` in `folder`, its output piped; `environment` is all there is of it, by default this process's."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code = 0
    variables = os.environ if environment is None else environment
    with (
        chdir(folder),
        patch.dict(os.environ, dict(variables), clear=True),
        patch.object(sys, "argv", ["jiaozhu", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            jiaozhu.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    printed, said = (pipe.buffer.getvalue().decode() for pipe in (out, err))  # type: ignore[attr-defined]
    return CompletedProcess(["jiaozhu", *arguments], code, printed, said)
