"""What a folder was built from, as digests: unchanged inputs would give it again, so there is nothing to do.

In: pages, settings, and the code itself. Out: a SHA-256, which the card keeps; and whether a folder is still whole.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from corpus.errors import JiaozhuError
from corpus.folder import CARD, file_sha256, files_of, read_sums
from corpus.reading import files_below

# What reads, cleans, compares and writes pages, beside our own code.
_LIBRARIES = ("jiaozhu", "pyarrow", "datasets", "numpy", "OpenCC", "charset-normalizer", "rensa", "warcio")


def cleaner_sha256(*settings: object) -> str:
    """One hash of what makes a corpus out of pages: these settings, our code, the libraries, Python."""
    lines = [f"{name} {version(name)}\n" for name in _LIBRARIES]
    lines += [f"python {platform.python_version()}\n", f"{settings!r}\n", code_sha256(["corpus"])]
    return sha256("".join(lines).encode()).hexdigest()


def pages_sha256(paths: Iterable[Path], *settings: object) -> str:
    """One hash of everything that shapes a corpus: the pages' files, and what makes a corpus out of them.

    Raises:
        JiaozhuError: a file cannot be read.
    """
    lines = [f"{cleaner_sha256(*settings)}\n"]
    for path in paths:
        base = path if path.is_dir() else path.parent
        try:
            lines += (f"{file_sha256(file)}  {file.relative_to(base).as_posix()}\n" for file in files_below(path))
        except OSError as error:
            raise JiaozhuError(f"{error.filename}: cannot be read ({error.strerror})") from None
    return sha256("".join(lines).encode()).hexdigest()


def said(folder: Path, name: str) -> str | None:
    """The hash that the card of a corpus gives for its `inputs` or its `cleaner`; None where there is none."""
    try:
        found = re.search(rf"^  {name}: ([0-9a-f]{{64}})$", (folder / CARD).read_text("utf-8"), re.M)
    except (OSError, UnicodeDecodeError):
        return None
    return found and found[1]


def is_built_from(folder: Path, inputs: Callable[[], str]) -> bool:
    """Whether the corpus in `folder` is whole and its card says that it was built from these inputs.

    They are asked for only where there is a corpus, and what is wrong with them is left for the build to say.
    """
    try:
        found = said(folder, "inputs")
        return found is not None and found == inputs() and is_whole(folder)
    except JiaozhuError:
        return False


def code_sha256(packages: Iterable[str]) -> str:
    """One hash of the packages' own files, so that a changed rule makes its outputs anew; read once a process."""
    return _code_sha256(frozenset(packages))


@cache
def _code_sha256(packages: frozenset[str]) -> str:
    root = Path(__file__).parents[1]
    files = (path for package in packages for path in (root / package).rglob("*"))
    return files_sha256(root, (path for path in files if path.suffix in _SOURCES and path.is_file()))


_SOURCES = (".py", ".toml", ".tsv", ".txt", ".md", ".npz", ".json")


def files_sha256(root: Path, paths: Iterable[Path]) -> str:
    """One hash of files below `root`, whatever their order."""
    lines = sorted(f"{file_sha256(path)}  {path.relative_to(root).as_posix()}\n" for path in paths)
    return sha256("".join(lines).encode()).hexdigest()


def is_whole(folder: Path) -> bool:
    """Whether every file of the folder is there and has its sum."""
    try:
        sums = read_sums(folder)
    except JiaozhuError:
        return False
    return set(sums) == set(files_of(folder)) and all(file_sha256(folder / name) == sums[name] for name in sums)
