"""The one family of errors a user can cause.

A command prints the message as one line and ends with exit code 2; a library caller catches `JiaozhuError`.
A message names the item, says what is wrong with it, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class JiaozhuError(Exception):
    """Something the user gave cannot be used: a path, a file, a setting, a server, a record."""


class SpanError(JiaozhuError):
    """A span lies outside its text, or its text is not what the record says."""


@contextmanager
def written(path: Path, remedy: str) -> Iterator[None]:
    """Within it, what the disk refuses (no room, read-only, no rights) is one line that names `path` and the remedy."""
    try:
        yield
    except OSError as error:
        raise JiaozhuError(f"{path}: cannot be written ({error.strerror}); {remedy}") from None
