"""A part of the pipeline that reads a file of the user's: loaded on the first call, saved with the pipeline.

So a saved pipeline works where the file is not, and making a pipeline costs nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.errors import JiaozhuError


class FilePart:
    """What spaCy calls to save and load such a part. `where` is what errors name."""

    def __init__(self, path: str, remedy: str) -> None:
        self.where, self._remedy = path, remedy
        self._data: bytes | None = None

    @property
    def data(self) -> bytes:
        """The file's bytes.

        Raises:
            JiaozhuError: it cannot be read.
        """
        if self._data is None:
            try:
                self._data = Path(self.where).read_bytes()
            except OSError as error:
                raise JiaozhuError(f"{self.where}: cannot be read ({error.strerror}); {self._remedy}") from None
        return self._data

    def to_bytes(self, exclude: Any = ()) -> bytes:  # noqa: ANN401
        """The file."""
        return self.data

    def from_bytes(self, data: bytes, exclude: Any = ()) -> FilePart:  # noqa: ANN401
        """The part with this file."""
        self._data = data
        return self

    def to_disk(self, path: Path, exclude: Any = ()) -> None:  # noqa: ANN401
        """Write the file."""
        Path(path).write_bytes(self.data)

    def from_disk(self, path: Path, exclude: Any = ()) -> FilePart:  # noqa: ANN401
        """The part with this file."""
        return self.from_bytes(Path(path).read_bytes())
