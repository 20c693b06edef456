"""Words by pkuseg: a text in, its words out, which join to the text. A view beside the characters, never the base.

spacy-pkuseg has wheels and no model; pkuseg has a model and no wheels. So `install` takes the model out of pkuseg's
source archive, once, running nothing in it, and `segment` reads only what it wrote. 0.8 GB while loaded.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from annotation.sentences import split_sentences
from corpus.errors import JiaozhuError, SpanError

if TYPE_CHECKING:
    from spacy_pkuseg import pkuseg

PKUSEG = "0.0.25"  # whose archive carries the model
ARCHIVE_SHA256 = "dd012bf93689721c9574bc2b2ba98fb4ac22790cec0af354a78e217828b81e91"
MEMBERS = f"pkuseg-{PKUSEG}/pkuseg/models/default"
FEATURES = "features.msgpack"
MAX_CHUNK = 512  # characters. Its memory and time grow with the chunk; sentences are seldom as long

_CHUNK = re.compile(r"\s+|\S+")


def segment(text: str) -> list[str]:
    """The words of the text in order, white space and marks too: `"".join(segment(text)) == text`.

    Raises:
        JiaozhuError: the model is not set up, or spacy-pkuseg is not installed; says the command.
        SpanError: the segmenter lost or changed a character.
    """
    segmenter = _load()
    words: list[str] = []
    for start, end in split_sentences(text, MAX_CHUNK):
        for match in _CHUNK.finditer(text, start, end):
            chunk = match[0]
            if chunk.isspace():
                words.append(chunk)
                continue
            found = segmenter.cut(chunk)
            if "".join(found) != chunk:
                raise SpanError(
                    f"pkuseg's words do not join to the text they are of, at {match.start()}: {chunk[:40]!r}"
                )
            words += found
    return words


def segmenter_version() -> str:
    """What the words depend on: the version of the segmenter and that of its model."""
    from importlib.metadata import version

    return f"spacy-pkuseg@{version('spacy-pkuseg')}+model.{PKUSEG}"


def model_folder() -> Path:
    """Where the model is: `JIAOZHU_WORDS_MODEL`, or `.cache` of a checkout, or the user's cache."""
    if named := os.environ.get("JIAOZHU_WORDS_MODEL"):
        return Path(named)
    checkout = Path(__file__).parents[1]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".cache" / f"pkuseg-{PKUSEG}"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "jiaozhu", f"pkuseg-{PKUSEG}")


def is_installed() -> bool:
    """Whether `segment` has its model."""
    return (model_folder() / "weights.npz").is_file()


def check_installed() -> None:
    """Raises JiaozhuError with the remedy where `segment` lacks its model or its package; loads neither."""
    if not is_installed():
        raise JiaozhuError(
            f"the word view needs pkuseg's model, which is not in {model_folder()}; run: make words-model"
            " (or: jiaozhu annotation words-model)"
        )
    if find_spec("spacy_pkuseg") is None:
        raise JiaozhuError(
            "the word view needs spacy_pkuseg, which is not installed; run: pip install 'jiaozhu[words]'"
        )


@cache
def _load() -> pkuseg:
    check_installed()
    from spacy_pkuseg import pkuseg

    try:
        if not (model_folder() / FEATURES).is_file():
            raise JiaozhuError(f"{FEATURES} is missing")  # else it would open a pickle, if there is one
        return pkuseg(str(model_folder()))
    except Exception as error:  # whatever the damage makes its readers raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise JiaozhuError(
            f"{model_folder()}: pkuseg's model is damaged ({reason}); remove the folder and run: make words-model"
            " (or: jiaozhu annotation words-model)"
        ) from None


# Set-up --------------------------------------------------------------------------------------------------------------

# What pip asks before it gives a source archive: the metadata that its setup.py would make. This answers in its place,
# so nothing of the archive is run and nothing that only its build needs must be installed.
_BACKEND = f"""
from pathlib import Path

class __legacy__:
    @staticmethod
    def prepare_metadata_for_build_wheel(folder, settings=None):
        made = Path(folder, "pkuseg-{PKUSEG}.dist-info")
        made.mkdir()
        (made / "METADATA").write_text("Metadata-Version: 2.1\\nName: pkuseg\\nVersion: {PKUSEG}\\n")
        return made.name
"""


def install(archive: Path | None = None) -> Path:
    """Set up the model where it is missing, from pkuseg's source archive; return its folder.

    pip fetches the archive (49 MB) from the package index it is set to use, unless `archive` names it.

    Raises:
        JiaozhuError: pip cannot get the archive, it is not the one that is expected, or the folder cannot be written.
    """
    folder = model_folder()
    if is_installed():
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        source = archive or _download(Path(scratch))
        building = folder.with_name(f".{folder.name}.{os.getpid()}")
        try:
            building.mkdir(parents=True)
            _convert(source, building)
            if folder.exists():
                shutil.rmtree(folder)  # without weights, so unfinished
            building.rename(folder)
        except OSError as error:
            if not is_installed():  # else another run was first
                raise JiaozhuError(
                    f"{error.filename or folder}: cannot be read or written ({error.strerror}); the words' model is not"
                    " set up"
                ) from None
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return folder


def _download(scratch: Path) -> Path:
    package = scratch / "backend" / "setuptools"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "build_meta.py").write_text(_BACKEND, "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", "pkuseg", "--no-build-isolation", "--use-pep517", "--dest", str(scratch)]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    result = subprocess.run(  # noqa: S603
        [*command, f"pkuseg=={PKUSEG}"], capture_output=True, text=True, check=False, env=environment
    )
    archive = scratch / f"pkuseg-{PKUSEG}.tar.gz"
    if result.returncode or not archive.is_file():
        last = (result.stderr.strip() or result.stdout.strip() or "no output").splitlines()[-1]
        raise JiaozhuError(
            f"pip could not get pkuseg {PKUSEG} ({last}); check the network, or name its source archive: --archive FILE"
        )
    return archive


def _convert(archive: Path, folder: Path) -> None:
    """The model of the archive into `folder`, the features in the form that loads faster."""
    import srsly

    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != ARCHIVE_SHA256:
        raise JiaozhuError(
            f"{archive}: not the source archive of pkuseg {PKUSEG} (its SHA-256 is {digest}, not {ARCHIVE_SHA256});"
            " nothing of it was read"
        )
    with tarfile.open(archive) as members:
        features = Plain(_member(members, "features.pkl")).load()
        srsly.write_msgpack(folder / FEATURES, features)
        with (folder / "weights.npz").open("wb") as weights:
            shutil.copyfileobj(_member(members, "weights.npz"), weights)


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(f"{MEMBERS}/{name}")
    if file is None:
        raise JiaozhuError(f"{archive.name!r}: {name} is no file in it; get the archive again")
    return file


class Plain(pickle.Unpickler):
    """Loads a pickle of lists, dicts, text and numbers; raises JiaozhuError where it asks for anything else."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """A pickle runs code by what it imports, so nothing may be imported."""
        raise JiaozhuError(f"pkuseg's features name {module}.{name}; only lists, dicts, text and numbers are read")

    def persistent_load(self, number: Any) -> NoReturn:  # noqa: ANN401
        """Nor may it point outside itself."""
        raise JiaozhuError(f"pkuseg's features point outside themselves, at {number!r}; they are not read")
