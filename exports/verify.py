"""Does a dataset keep its promises?

In: a folder that `exports build` wrote, and the corpus where it is at hand. Out: one `Check` for each promise. Tables
are read in columns, whole documents at once, with their provenance beside them; what the corpus is asked of waits on
disk. Memory grows with the number of documents, by less than a kilobyte each, not with texts or spans.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from corpus.errors import JiaozhuError
from corpus.folder import CARD, SUMS, file_sha256
from corpus.inputs import code_sha256, is_whole
from exports.checks import PROMISES, Check, Finding, Walk, one_line
from exports.checks.corpus import check_corpus
from exports.checks.files import check_card, check_files, check_forms, check_policy, check_sums, read_claims
from exports.checks.tables import check_split
from exports.gather import documents_of
from exports.rows import CONFIGS, shards
from exports.splits import SPLITS


def verify_dataset(folder: Path, corpus: Path | None = None) -> list[Check]:
    """Look at every promise of the dataset in `folder`; at its documents and raw offsets too where `corpus` is given.

    Raises:
        JiaozhuError: there is no dataset in `folder`, or no corpus in `corpus`. A broken dataset raises nothing.
    """
    if not folder.is_dir():
        raise JiaozhuError(f"{folder}: no such folder; build a dataset with jiaozhu exports build -o {folder}")
    if not any((folder / name).exists() for name in (SUMS, CARD, "data")):
        raise JiaozhuError(f"{folder}: no dataset here; build one with jiaozhu exports build -o {folder}")
    if corpus is not None:
        next(documents_of(corpus, ["doc_id"]), None)
    names = [name for name in PROMISES if corpus is not None or not name.startswith("corpus")]
    walk = Walk(folder, corpus, {name: Finding() for name in names})
    check_sums(walk)
    read_claims(walk)
    check_files(walk)
    for split in (split for split in SPLITS if any(shards(folder, config, split) for config in CONFIGS)):
        try:
            check_split(walk, split)
        except (JiaozhuError, OSError, UnicodeDecodeError, TypeError, pa.ArrowException) as error:
            # TypeError: a null where a value belongs
            walk.findings["tables"].fail(f"{split}: {one_line(error)}")
            walk.unread = walk.unread or f"the tables of {split} could not be read to their end"
    check_corpus(walk)
    if walk.card is not None:
        check_card(walk, walk.card)
        check_policy(walk, walk.card)
        check_forms(walk, walk.card)
    return [_close(name, walk) for name in names]


def was_verified(folder: Path, corpus: Path | None = None) -> bool:
    """Whether `remember_verified` was called for these very files, this corpus and these checks."""
    note = _note(folder)
    return note.is_file() and is_whole(folder) and note.read_text("utf-8") == _verified(folder, corpus)


def remember_verified(folder: Path, corpus: Path | None = None) -> None:
    """Write beside the dataset that all its promises were found to hold."""
    _note(folder).write_text(_verified(folder, corpus), "utf-8")


def _note(folder: Path) -> Path:
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.verified")


def _verified(folder: Path, corpus: Path | None) -> str:
    with_corpus = file_sha256(corpus / SUMS) if corpus is not None and (corpus / SUMS).is_file() else corpus
    return f"{file_sha256(folder / SUMS)} {code_sha256(['corpus', 'annotation', 'exports'])} {with_corpus}\n"


def _close(name: str, walk: Walk) -> Check:
    finding = walk.findings[name]
    if finding.wrong:
        return Check(name, PROMISES[name], False, f"{finding.wrong:,} wrong; the first: {finding.first}")
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
