"""A verified dataset to the Hugging Face Hub: exactly its files, in one commit, and compared with what arrived.

In: the folder of a dataset that keeps every promise, and a token. Out: a dataset repository whose files are those of
`SHA256SUMS`, or none that was not there before: the Hub takes a commit whole or not at all.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha1
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import JiaozhuError
from corpus.folder import SUMS, file_sha256, files_of, read_sums
from exports.card import read_card
from exports.verify import verify_dataset

VARIABLE = "HF_TOKEN"
KEPT = frozenset({".gitattributes"})  # the Hub's own, which it writes into every repository
IGNORING = ".gitignore"  # the Hub's client leaves out what it names

_REFUSED = re.compile(r"\((\d{3}) [A-Z]")  # what the client's upload over Xet says of an answer, in words alone
_SIGNED = re.compile(r"\?[^\s'\"]+")  # an address to upload to is a right to write, by what follows its question mark

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file to publish: its path in the dataset, its bytes and their SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a publication would upload."""

    repository: str
    license: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did. `removed` are files of the repository that the dataset has not."""

    url: str
    commit: str
    files: int
    size: int
    removed: tuple[str, ...]


def plan(folder: Path, repository: str, corpus: Path | None = None, log: Path | None = None) -> Plan:
    """Check that the dataset may be published; nothing is sent. See `exports.verify` for what is checked.

    Raises:
        JiaozhuError: it is no dataset, a promise of it is broken, its licence is not stated, or `repository` is no
            `owner/name`.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(repository)
    except HFValidationError:
        raise JiaozhuError(f"{repository!r} is no repository of the Hub; name it as owner/name") from None
    if repository.count("/") != 1:
        raise JiaozhuError(f"{repository!r}: say whose it is, as owner/name")
    if broken := [check for check in verify_dataset(folder, corpus, log) if not check.passed]:
        raise JiaozhuError(
            f"{folder}: {len(broken)} promises are broken, the first is {broken[0].name} ({broken[0].detail}); "
            "run jiaozhu exports verify, build the dataset again, and publish it then"
        )
    license_id = read_card(folder)[0].get("license")
    if not license_id:
        raise JiaozhuError(
            f"{folder}: states no licence; set [exports] license in jiaozhu.toml (as cc-by-4.0) and build it again"
        )
    sums = read_sums(folder) | {SUMS: file_sha256(folder / SUMS)}
    files = tuple(File(path, (folder / path).stat().st_size, sums[path]) for path in sorted(sums))
    return Plan(repository, str(license_id), files)


def read_token(path: Path | None = None) -> str:
    """The token: HF_TOKEN, or the only line of a file that nobody else may read.

    Raises:
        JiaozhuError: there is none, or others can read the file.
    """
    token = os.environ.get(VARIABLE, "").strip()
    if not token and path is not None:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise JiaozhuError(f"{path}: others can read this token (mode {mode:o}); run: chmod 600 {path}")
            token = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise JiaozhuError(f"{path}: no token can be read here; name a file that holds it") from None
    if not token.isascii() or not token.isprintable() or len(token.split()) != 1:
        raise JiaozhuError(f"no token of the Hub; set {VARIABLE}, or name a file of mode 600 with --token-file")
    return token


def publish(folder: Path, planned: Plan, token: str, *, public: bool = False, message: str = "") -> Published:
    """Upload the files of the plan in one commit; afterwards the repository holds them and nothing else of ours.

    A repository that is not there is made, private unless `public`; one that is there keeps its visibility. A commit
    of somebody else in between is never overwritten.

    Raises:
        JiaozhuError: the Hub refused or could not be reached, a file is not what was verified any more, or what
            arrived is not what was sent. The token is in none of the messages.
    """

    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
    from huggingface_hub.utils.logging import set_verbosity
    from huggingface_hub.utils.tqdm import disable_progress_bars

    set_verbosity(
        logging.CRITICAL
    )  # its warnings of a retry quote the address, whose signature is a secret; errors we say

    if not sys.stderr.isatty():
        disable_progress_bars()
    api = HfApi(token=token, library_name="jiaozhu")
    name, where = planned.repository, f"{planned.repository} on {api.endpoint}"
    blobs = _blobs(folder, planned)
    _asked(where, token, lambda: api.create_repo(name, repo_type="dataset", private=not public, exist_ok=True))
    head = str(_asked(where, token, lambda: api.dataset_info(name).sha))
    there = _remote(api, where, token, name, head)
    if IGNORING in there:
        raise JiaozhuError(
            f"{where}: nothing was published: the {IGNORING} there may keep files of the dataset out; delete it there, "
            "and publish again"
        )
    removed = tuple(sorted(set(there) - {file.path for file in planned.files} - KEPT))
    operations: list[Any] = [CommitOperationAdd(file.path, folder / file.path) for file in planned.files]
    operations += [CommitOperationDelete(path, is_folder=False) for path in removed]
    rows = read_card(folder)[0].get("jiaozhu", {}).get("rows_sha256", "")

    def commit() -> str:
        said = message or f"Rows {rows[:12]}"
        made = api.create_commit(name, operations, commit_message=said, repo_type="dataset", parent_commit=head)
        return str(made.oid)

    try:
        oid = _asked(where, token, commit)
    except JiaozhuError:
        # The Hub may have taken the commit although its answer was lost; then what is there is compared all the same.
        oid = str(_asked(where, token, lambda: api.dataset_info(name).sha, "it is not known what was published"))
        if oid == head:
            raise
    arrived = _remote(api, where, token, name, oid, "it was published, and could not be compared")
    wrong = [file.path for file in planned.files if arrived.get(file.path) not in (file.sha256, blobs[file.path])]
    wrong += sorted(set(arrived) - set(blobs) - KEPT)
    if wrong:
        raise JiaozhuError(
            f"{where}: {len(wrong)} files are not what was verified, the first is {wrong[0]}; "
            f"commit {oid}: look at it there, and publish again"
        )
    return Published(f"{api.endpoint}/datasets/{name}", oid, len(planned.files), planned.size, removed)


def _blobs(folder: Path, planned: Plan) -> Mapping[str, str]:
    """What git calls each file, which the Hub shows for small ones; each is proven again to be what was verified."""
    blobs: dict[str, str] = {}
    for file in planned.files:
        if file_sha256(folder / file.path) != file.sha256:
            raise JiaozhuError(f"{folder / file.path}: has changed since it was verified; publish again")
        blobs[file.path] = _git_blob(folder / file.path, file.size)
    if strangers := set(files_of(folder)) - set(blobs):
        raise JiaozhuError(f"{folder / min(strangers)}: is no part of the dataset; move it away, and publish again")
    return blobs


def _git_blob(path: Path, size: int) -> str:
    digest = sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as content:
        return file_digest(content, lambda: digest).hexdigest()


def _remote(
    api: Any,  # noqa: ANN401
    where: str,
    token: str,
    name: str,
    revision: str,
    state: str = "nothing was published",
) -> dict[str, str]:
    """The files of the repository: the SHA-256 of large ones, git's name of the others."""

    def listed() -> dict[str, str]:
        tree = api.list_repo_tree(name, recursive=True, revision=revision, repo_type="dataset")
        return {item.path: item.lfs.sha256 if item.lfs else item.blob_id for item in tree if hasattr(item, "blob_id")}

    return _asked(where, token, listed, state)


def _asked(where: str, token: str, ask: Callable[[], T], state: str = "nothing was published") -> T:
    """The Hub's answer; whatever goes wrong is one line, with what is the case then and without the token."""
    try:
        return ask()
    except JiaozhuError:
        raise
    except Exception as error:  # the client has many families, and passes on those of the network
        said = (str(_root(error)).strip().splitlines() or [""])[0]
        status = getattr(getattr(_root(error), "response", None), "status_code", None)
        if status is None and (refused := _REFUSED.search(said)):
            status = int(refused[1])
        remedies = {
            401: "the Hub does not know this token; make one with the right to write",
            403: "this token may not write there",
            404: "there is no such repository, or this token may not see it",
            409: "somebody else changed it meanwhile; publish again",
            412: "somebody else changed it meanwhile; publish again",
            429: "too many requests; wait, and publish again",
        }
        if status in remedies:
            reason = f"{status}, {remedies[status]}"
        elif status is not None and status >= 500:
            reason = f"{status}, the Hub has an error of its own; publish again later"
        elif type(_root(error)).__name__ == "OfflineModeIsEnabled":
            reason = "HF_HUB_OFFLINE is set; unset it, and publish again"
        elif type(_root(error)).__name__ in ("ConnectError", "ConnectTimeout", "ProxyError"):
            reason = "the Hub cannot be reached; look at the network (and at HF_ENDPOINT), and publish again"
        else:
            shown = _SIGNED.sub("?…", said.replace(token, "…"))
            reason = f"{type(_root(error)).__name__}: {shown[:200]}; publish again"
        raise JiaozhuError(f"{where}: {state}: {reason}") from None


def _root(error: BaseException) -> BaseException:
    """What an upload in a thread, or a retry, wrapped."""
    while error.__cause__ is not None and getattr(error, "response", None) is None:
        error = error.__cause__
    return error
