"""A dataset's folder changes as a whole, and knows its own files.

A reader sees the old dataset or the new one, never a half-written one; `SHA256SUMS` (checked by `sha256sum -c`) says
which files belong to it, so that a folder that holds anything else is never overwritten. A single file likewise.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from corpus.errors import JiaozhuError, written

CARD = "README.md"
SUMS = "SHA256SUMS"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replace_folder(output: Path) -> Iterator[Path]:
    """Give a new, empty folder beside `output`; put it in the place of `output` where the block ends without an error.

    What a build that was killed left behind is removed first; an old dataset it had only set aside is put back. Build
    into one output from one process at a time.

    Raises:
        JiaozhuError: `output` is a file, or holds anything that is not a dataset of ours; or the disk is full.
    """
    output = output.resolve()
    partial = output.with_name(f".{output.name}.partial")
    previous = output.with_name(f".{output.name}.previous")
    if previous.exists() and not output.exists():
        previous.rename(output)
    refuse_foreign(output)
    try:
        for left in (partial, previous):
            if left.exists():
                shutil.rmtree(left)
        partial.mkdir(parents=True)
    except OSError as error:
        raise JiaozhuError(f"{error.filename}: cannot be written ({error.strerror}); choose another folder") from None
    try:
        yield partial
        if output.exists():
            output.rename(previous)
        partial.rename(output)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if previous.exists() and not output.exists():
            previous.rename(output)
        if isinstance(error, OSError) and error.errno in _FULL:
            reason = os.strerror(error.errno)
            raise JiaozhuError(f"{output}: cannot be written ({reason}); make room, or choose another disk") from None
        raise
    shutil.rmtree(previous, ignore_errors=True)


def refuse_foreign(output: Path) -> None:
    """Raise JiaozhuError where `output` is neither absent, nor empty, nor a dataset that `exports build` wrote."""
    if not output.exists():
        return
    if not output.is_dir():
        raise JiaozhuError(f"{output}: is a file; name a folder for the dataset")
    files = files_of(output)
    if not files and not any(output.iterdir()):
        return
    try:
        sums = read_sums(output)
    except JiaozhuError:
        raise JiaozhuError(f"{output}: holds files and is no dataset of jiaozhu; choose another folder") from None
    if CARD not in sums:
        raise JiaozhuError(f"{output}: holds files and is no dataset of jiaozhu; choose another folder")
    if strangers := [name for name in files if name not in sums]:
        raise JiaozhuError(f"{output}: holds {strangers[0]!r}, which is no part of the dataset; move it away")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def files_of(folder: Path) -> list[str]:
    """Every file below the folder but `SHA256SUMS`, as sorted relative paths with `/`."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(name for path in paths if (name := path.relative_to(folder).as_posix()) != SUMS)


def write_sums(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write `SHA256SUMS` over every other file of the folder; `known` are sums of those just written."""
    sums = known or {}
    lines = [f"{sums.get(name) or file_sha256(folder / name)}  {name}\n" for name in files_of(folder)]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def read_sums(folder: Path) -> dict[str, str]:
    """The sum of each file, by its relative path.

    Raises:
        JiaozhuError: there is no `SHA256SUMS`, or a line of it is not a sum and a path.
    """
    path = folder / SUMS
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise JiaozhuError(f"{path}: cannot be read; build the dataset again") from None
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not (match := re.fullmatch(r"([0-9a-f]{64})  (.+)", line)):
            raise JiaozhuError(f"{path}:{number}: not a sum and a path; build the dataset again")
        sums[match[2]] = match[1]
    return sums


def write_whole(path: Path, text: str, remedy: str) -> None:
    """Put a file with this text in place of the one that is there, whole or not at all; its folder is made.

    Half a surrogate pair, which no file can hold, is written as its escape.

    Raises:
        JiaozhuError: it cannot be written; the old one stays.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with written(path, remedy):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_text(text, "utf-8", "backslashreplace")
            beside.replace(path)
        finally:
            with suppress(OSError):
                beside.unlink()
