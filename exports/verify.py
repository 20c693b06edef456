"""Does a dataset keep its promises?

In: a folder that `exports build` wrote, and the corpus and the annotation log where they are at hand. Out: one `Check`
for each promise. Tables are read in columns, whole documents at once, with their provenance beside them; what corpus
and log are asked of waits on disk. Memory grows with the number of documents, by less than a kilobyte each, not with
texts or spans.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from corpus.errors import JiaozhuError
from corpus.folder import CARD, SUMS, file_sha256
from corpus.inputs import code_sha256, is_whole
from exports.checks import PROMISES, Check, Finding, Walk, one_line
from exports.checks.corpus import check_corpus, note_changed_corpus
from exports.checks.files import check_card, check_files, check_forms, check_policy, check_sums, read_claims
from exports.checks.log import check_log
from exports.checks.tables import check_split
from exports.gather import documents_of
from exports.processes import kept_memory
from exports.rows import CONFIGS, shards
from exports.splits import SPLITS


def verify_dataset(folder: Path, corpus: Path | None = None, log: Path | None = None) -> list[Check]:
    """Look at every promise of the dataset in `folder`.

    At its documents and raw offsets too where `corpus` is given; with `log` besides, at who decided what, and when.

    Raises:
        JiaozhuError: there is no dataset in `folder`, no corpus in `corpus`, no file `log`, or one without a corpus. A
            broken dataset raises nothing.
    """
    if not folder.is_dir():
        raise JiaozhuError(f"{folder}: no such folder; build a dataset with jiaozhu exports build -o {folder}")
    if not any((folder / name).exists() for name in (SUMS, CARD, "data")):
        raise JiaozhuError(f"{folder}: no dataset here; build one with jiaozhu exports build -o {folder}")
    if corpus is not None:
        next(documents_of(corpus, ["doc_id"]), None)
    if log is not None and corpus is None:
        raise JiaozhuError(f"{log}: what was decided is held against the documents; name their corpus too")
    if log is not None and not log.is_file():
        raise JiaozhuError(f"{log}: no annotation log here; name the one that the dataset was built from")
    left_out = tuple(kind for kind, given in (("corpus", corpus), ("log", log)) if given is None)
    names = [name for name in PROMISES if not name.startswith(left_out)]
    walk = Walk(folder, corpus, {name: Finding() for name in names}, log=log)
    with kept_memory():
        _look(walk)
    return [_close(name, walk) for name in names]


def _look(walk: Walk) -> None:
    check_sums(walk)
    read_claims(walk)
    check_files(walk)
    for split in (split for split in SPLITS if any(shards(walk.folder, config, split) for config in CONFIGS)):
        try:
            check_split(walk, split)
        except (JiaozhuError, OSError, UnicodeDecodeError, TypeError, pa.ArrowException) as error:
            # TypeError: a null where a value belongs
            walk.findings["tables"].fail(f"{split}: {one_line(error)}")
            walk.unread = walk.unread or f"the tables of {split} could not be read to their end"
    check_corpus(walk)
    check_log(walk)
    note_changed_corpus(walk)
    if walk.card is not None:
        check_card(walk, walk.card)
        check_policy(walk, walk.card)
        check_forms(walk, walk.card)


def was_verified(folder: Path, corpus: Path | None = None, log: Path | None = None) -> bool:
    """Whether `remember_verified` was called for these very files, this corpus, this log and these checks."""
    note = _note(folder)
    return note.is_file() and is_whole(folder) and note.read_text("utf-8") == _verified(folder, corpus, log)


def remember_verified(folder: Path, corpus: Path | None = None, log: Path | None = None) -> None:
    """Write beside the dataset that all its promises were found to hold."""
    _note(folder).write_text(_verified(folder, corpus, log), "utf-8")


def _note(folder: Path) -> Path:
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.verified")


def _verified(folder: Path, corpus: Path | None, log: Path | None) -> str:
    beside = [corpus and corpus / SUMS, log]
    sums = [file_sha256(path) if path is not None and path.is_file() else path for path in beside]
    return f"{file_sha256(folder / SUMS)} {code_sha256(['corpus', 'annotation', 'exports'])} {sums[0]} {sums[1]}\n"


def _close(name: str, walk: Walk) -> Check:
    finding = walk.findings[name]
    if finding.wrong:
        return Check(name, PROMISES[name], False, f"{finding.wrong:,} wrong; the first: {finding.first}{finding.note}")
    if name == "personal-data" and not walk.is_masked:
        return Check(name, PROMISES[name], True, "the card says that nothing was masked")
    if name == "annotators" and not walk.has_pseudonyms:
        return Check(name, PROMISES[name], True, "the card does not say so")
    if name == "forms" and not walk.unread and not finding.seen:
        return Check(name, PROMISES[name], True, walk.no_forms)
    if name == "normalized" and not walk.unread and not finding.seen:
        return Check(name, PROMISES[name], True, walk.no_values)
    if walk.unread and name not in ("sums", "files"):
        return Check(name, PROMISES[name], False, f"not finished: {walk.unread}")
    if name in ("inner", "words", "removed", "corpus-removed") and not _has(name, walk):
        return Check(name, PROMISES[name], True, "there are none: they are an option")
    return Check(name, PROMISES[name], True, f"{finding.seen:,} looked at{finding.note}")


def _has(name: str, walk: Walk) -> bool:
    if name in ("removed", "corpus-removed"):
        return walk.card is not None and walk.card.has_removed
    return walk.shape is not None and bool(getattr(walk.shape, name))
