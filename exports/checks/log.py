"""Does the dataset say what the annotation log says? Who decided what on which document, when, and by which guideline.

In: the spans that were kept while the tables were read, the corpus, and the log. Out: findings. `exports.gather` says
again which annotation speaks for each document and what it has there, and every row is held against that.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from annotation.labels import Label, LabelScheme
from corpus.folder import file_sha256
from exports.annotators import pseudonyms, published_name
from exports.checks import Card, Walk
from exports.checks.known import DECISION, SPAN, Kept
from exports.gather import DOCUMENTS, Gathered, gather
from exports.log_columns import BLOCK
from exports.splits import SPLITS
from exports.texts import Ints, borders_of

_DECIDED = {"annotator": "annotator", "decided_at": "updated_at", "guideline_version": "guideline"}
_SPANS = {"doc_start": "start", "doc_end": "end", "label": "label", "raw_start": "raw_start", "raw_end": "raw_end"}
_SUGGESTED = {
    "model": "source",
    "model_score": "score",
    "suggested_start": "start",
    "suggested_end": "end",
    "suggested_label": "label",
}


def check_log(walk: Walk) -> None:
    """Hold every span, every decision, and the card's counts against the log.

    Raises:
        JiaozhuError: the corpus is none; see `exports.gather`.
    """
    if walk.log is None or walk.corpus is None or walk.unread or walk.shape is None:
        return
    findings = [finding for name, finding in walk.findings.items() if name.startswith("log")]
    if walk.card is None:
        for finding in findings:
            finding.fail("not looked at: the card does not say how the dataset was made")
        return
    scheme = LabelScheme("", tuple(Label(name, name, "", "") for name in walk.shape.labels), "")
    with TemporaryDirectory() as folder:
        log = _as_built(walk, walk.log, walk.card.inputs.get("log"), Path(folder))
        work = Path(folder) / "work"
        work.mkdir()
        found = gather(walk.corpus, log, scheme, work, skip_stale=walk.card.made.skip_stale)
        _check_documents(walk, found)
    _check_splits(walk, found)
    _check_card(walk, walk.card, found)


def _as_built(walk: Walk, log: Path, digest: str | None, folder: Path) -> Path:
    """The log as the build had it: where lines were only added since, which is a finding, those before, in `folder`.

    So what is forged is told from what is only old. A log that was changed otherwise is taken as it is.
    """
    walk.findings["log-current"].seen += 1
    if digest is None or file_sha256(log) == digest:
        return log
    hashed, size, number, found = sha256(), 0, 0, (0, 0)
    with log.open("rb") as file:
        while lines := file.readlines(BLOCK):
            for line in lines:
                hashed.update(line)
                size += len(line)
                number += 1
                if hashed.hexdigest() == digest:
                    found = (size, number)
    if not found[0]:
        return log
    walk.findings["log-current"].fail(f"line {found[1] + 1:,} of {number:,}; build the dataset again")
    before = folder / "log.jsonl"
    shutil.copyfile(log, before)
    with before.open("r+b") as file:
        file.truncate(found[0])
    return before


def _check_documents(walk: Walk, gathered: Gathered) -> None:
    """Every document that the log speaks for is there, with the spans of the annotation that speaks; and no other."""
    finding = walk.findings["log-annotations"]
    people = pseudonyms(gathered.people) if walk.has_pseudonyms else None
    kept = walk.documents.reader([*SPAN.names, *DECISION.names])
    seen = np.zeros(len(walk.documents.numbers), bool)
    for decided in gathered.documents(DOCUMENTS):
        doc_ids = decided["doc_id"]
        numbers = walk.documents.of(doc_ids.to_pylist())
        there = numbers >= 0
        finding.fail_where(
            ~there,
            lambda row, ids=doc_ids, said=decided["annotation"]: (  # type: ignore[misc]
                f"document {ids[row]}: annotation {said[row]} speaks for it, and it is not published"
            ),
        )
        seen[numbers[there]] = True
        if there.any():
            mask = pa.array(there)
            _check_spans(walk, doc_ids.filter(mask), kept, numbers[there], decided.filter(mask), people)
    for doc_id in (doc_id for doc_id, number in walk.documents.numbers.items() if not seen[number]):
        finding.fail(f"document {doc_id}: no annotation of the log speaks for it")


def _check_spans(
    walk: Walk, doc_ids: pa.Array, kept: Kept, numbers: Ints, decided: pa.RecordBatch, people: dict[str, str] | None
) -> None:
    """The spans of documents with these names and numbers against the annotations that speak for them."""
    annotations, decisions, spans, suggestions = (
        walk.findings[f"log-{name}"] for name in ("annotations", "decisions", "spans", "suggestions")
    )
    sizes, here, made = kept.of(numbers)
    annotations.seen += len(doc_ids)
    for finding in (decisions, spans, suggestions):
        finding.seen += len(here)
    wanted = pc.list_value_length(decided["spans"]).to_numpy()
    spans.fail_where(
        sizes != wanted, lambda row: f"document {doc_ids[row]}: has {sizes[row]} spans, its annotation {wanted[row]}"
    )
    has = pa.array(sizes > 0)
    of, said = doc_ids.filter(has), decided.filter(has)
    used, speaking = made["annotation"], said["annotation"]
    other = _unlike(used, speaking)
    annotations.fail_where(other, lambda row: f"document {of[row]}: is of {used[row]}; {speaking[row]} speaks for it")
    for name, column in [*_DECIDED.items(), ("carried_from", "carried_from")]:
        expected = said[column]
        if name == "annotator" and people is not None:
            expected = pa.array([published_name(one, people) for one in expected.to_pylist()], pa.string())
        decisions.fail_where(
            _unlike(made[name], expected) & ~other,
            lambda row, name=name, expected=expected: (  # type: ignore[misc]
                f"document {of[row]}: {name} is {made[name][row]}, in the log {expected[row]}"
            ),
        )
    same = (sizes == wanted) & (sizes > 0)
    chosen = np.repeat(same, sizes)
    here = here.filter(pa.array(chosen))
    there = decided["spans"].filter(pa.array(same)).flatten()
    owners = np.repeat(np.flatnonzero(same), sizes[same])
    first = borders_of(sizes[same])[np.cumsum(same)[owners] - 1]

    def compare(name: str, expected: pa.Array) -> NDArray[np.bool_]:
        finding = spans if name in _SPANS else suggestions
        wrong = _unlike(here[name], expected)
        finding.fail_where(
            wrong,
            lambda row: (
                f"document {doc_ids[owners[row]]}: {name} of its span {row - first[row]} is {here[name][row]}, "
                f"in the log {expected[row]}"
            ),
        )
        return wrong

    for name, field in _SPANS.items():
        compare(name, there.field(field))
    compare("verdict", there.field("verdict"))
    for name, field in _SUGGESTED.items():
        compare(name, pc.struct_field(there, ["suggestion", field]))


def _unlike(here: pa.Array, there: pa.Array) -> NDArray[np.bool_]:
    """Where values differ; two that are missing do not."""
    if here.equals(there):
        return np.zeros(len(here), bool)
    found: NDArray[np.bool_] = pc.fill_null(pc.not_equal(here, there), False).to_numpy(zero_copy_only=False)
    missing = [one.is_null().to_numpy(zero_copy_only=False) for one in (here, there)]
    found |= missing[0] != missing[1]
    return found


def _check_splits(walk: Walk, gathered: Gathered) -> None:
    """What was annotated without suggestions is the test split, where there is such."""
    finding, home_of = walk.findings["log-splits"], walk.clusters.home_of()
    finding.seen += len(home_of)
    if not gathered.blind:
        if walk.card is not None and walk.card.policy == "blind":
            finding.fail("the card says that the test split was annotated without suggestions; the log has no such")
        return
    test = SPLITS.index("test")
    for cluster, home in sorted(home_of.items()):
        if (home == test) != (cluster in gathered.blind):
            without = "without" if cluster in gathered.blind else "with"
            finding.fail(f"cluster {cluster}: is in {SPLITS[home]}, and was annotated {without} suggestions")


def _check_card(walk: Walk, card: Card, gathered: Gathered) -> None:
    """What the card says of the log, and of those who decided, is what the log gives."""
    finding = walk.findings["log-card"]
    said = {**asdict(card.log), "deleted_suggestions": card.deleted}
    there = {**asdict(gathered.counts), "deleted_suggestions": gathered.deleted}
    said |= {"guidelines": card.made.guideline_versions, "models": card.made.models}
    there |= {"guidelines": gathered.guidelines, "models": gathered.models}
    if card.made.jiaozhu == version("jiaozhu"):  # another version may draw its intervals in another way
        said["agreement"], there["agreement"] = card.agreement, gathered.agreement
    finding.seen = len(there)
    for name, expected in there.items():
        if said[name] != expected:
            finding.fail(f"{name}: the card says {said[name]}, the log gives {expected}")
