"""What the annotation log says of the corpus: which documents are published, with which decisions.

In: the corpus and the annotation log. Out: one proven record a document, in files that are cut by doc_id, and the count
and reason of everything left out. Nothing is published that did not pass here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from annotation.carry import Lost
from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.progress import track
from corpus.store import Group, groups_of, read_batches, read_groups
from exports.agreement import Opinions
from exports.log_columns import Broken, BrokenLines, Heads, read_heads
from exports.processes import Run
from exports.ranges import ranges_for
from exports.speakers import Batch, Checked, Refusal, check_batch, check_lines
from exports.texts import Ints, borders_of, ranges

DOCUMENTS = 1_000  # in memory at once
OF_BATCH, BYTES = 4_000, 1 << 28  # documents that one process takes at a time, or bytes of them


@dataclass(frozen=True, slots=True)
class LogCounts:
    """What became of the annotations of the log, each in its newest version. `published` to `refused` are
    disjoint and add up, with `skipped` and `deleted`, to `annotations`.
    """

    annotations: int = 0
    published: int = 0
    skipped: int = 0
    deleted: int = 0
    superseded: int = 0  # another annotation of the same document speaks
    stale: int = 0  # made on another text of the document, and not to be carried over to this one
    refused: int = 0
    carried: int = 0  # of `published`: made on another text of the document, and carried over to this one
    carried_spans: int = 0
    removed_spans: int = 0  # of the annotations in `carried`: spans whose words the cleaner removes now
    reanchored: int = 0  # spans whose raw offsets were taken anew, as the document now stands elsewhere in its page
    broken: int = 0  # lines of the log that are no records, so of no annotation that is counted


@dataclass(frozen=True, slots=True)
class Source:
    """Published documents in a file (see `exports.speakers.Checked`): the rows of each range, their clusters."""

    path: Path
    sizes: Ints
    clusters: list[str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the log says of the corpus: the published documents with their decisions, and what they add up to."""

    sources: tuple[Source, ...]  # in the corpus's order; in a file, range by range
    clusters: dict[str, Ints]  # published spans by label, in the scheme's order, of each cluster with a document
    blind: frozenset[str]  # clusters with a document that was annotated without suggestions
    people: dict[str, str]  # all who annotated or adjudicated, with the time when they first did
    guidelines: tuple[str, ...]
    models: tuple[str, ...]
    deleted: int  # suggestions that the published annotations took away
    refused: tuple[Refusal, ...]
    broken: tuple[Broken, ...]
    lost: tuple[Lost, ...]  # what could not be carried over to the text of today
    agreement: dict[str, Any]  # of the annotators; see `exports.agreement`
    counts: LogCounts

    def documents(self, most: int) -> Iterator[pa.RecordBatch]:
        """The published documents (PUBLISHED) in batches of at most so many, source after source."""
        for source in self.sources:
            with pa.ipc.open_file(pa.OSFile(str(source.path))) as stream:
                for number in range(stream.num_record_batches):
                    batch = stream.get_batch(number)
                    yield from (batch.slice(first, most) for first in range(0, len(batch), most))


def gather(
    corpus: Path,
    log: Path,
    scheme: LabelScheme,
    work: Path,
    *,
    skip_stale: bool = False,
    strict: bool = False,
    run: Run = map,
) -> Gathered:
    """Choose and check the record of every annotated document of the corpus, and write them to files in `work`.

    Which one speaks, `annotation.log.by_precedence` says. An annotation with any wrong span is refused as a whole: a
    document with half its labels would teach that the rest is unlabelled. One made on another text of its document is
    carried over to the text of today (see `annotation.carry`), or left out, with `skip_stale`; one that a person has to
    look at again is left out whole, for the same reason. A line of the log that is no record counts as if it were not
    there. Memory grows with the number of records and documents, by some hundred bytes each, not with spans or texts.
    `run` is the `map` that does the work, here or in other processes.

    Raises:
        JiaozhuError: there is no log or no corpus; with `strict`, an annotation is refused or a line of the log broken.
    """
    heads = read_heads(log, run)
    broken = {item.line: item for item in heads.broken}
    while True:
        if strict and broken:
            raise JiaozhuError(f"{log}: {broken[min(broken)]}")
        try:
            found = _gather(_Gathering(corpus, heads, scheme, skip_stale, strict), work, run)
        except BrokenLines as error:  # found out late: now the log without them
            broken.update((item.line, item) for item in error.broken)
            heads = heads.without(broken)
            continue
        lines = tuple(broken[line] for line in sorted(broken))
        return replace(found, broken=lines, counts=replace(found.counts, broken=len(lines)))


def documents_of(corpus: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The named columns of the corpus's documents, in the corpus's order; the same batches each time."""
    return read_batches(corpus / "documents", columns, DOCUMENTS)


@dataclass(slots=True)
class _Gathering:
    """What is known after the documents read so far."""

    corpus: Path
    heads: Heads
    scheme: LabelScheme
    skip_stale: bool
    strict: bool
    sources: list[Source] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    clusters: dict[str, Ints] = field(default_factory=dict)
    blind: set[str] = field(default_factory=set)
    guidelines: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    opinions: Opinions = field(init=False)
    unread: NDArray[np.bool_] = field(init=False)  # rows of the heads whose spans nobody asked for

    def __post_init__(self) -> None:
        self.opinions = Opinions(self.scheme.names)
        self.unread = np.ones(len(self.heads.table), bool)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The submitted annotations, as rows of the heads; those of one document side by side."""

    rows: Ints
    borders: Ints
    numbers: dict[str, int]  # of the documents

    def of(self, numbers: Ints) -> Ints:
        """Those of some documents, in the order of the log."""
        first = self.borders[numbers]
        return np.sort(self.rows[ranges(first, self.borders[numbers + 1] - first)])


def _gather(state: _Gathering, work: Path, run: Run) -> Gathered:
    candidates = _candidates(state)
    seen = np.zeros(len(candidates.numbers), bool)
    for checked in track(run(check_batch, _batches(state, candidates, seen, work)), "Checking annotations"):
        if checked.broken and state.strict:
            raise BrokenLines(checked.broken)
        _add(state, checked)
    for number in np.flatnonzero(~seen):
        for doc_id, annotation in state.heads.names(candidates.of(np.array([number])).tolist()):
            stranger = Refusal(doc_id, annotation, "the corpus has no such document")
            if state.strict:
                raise JiaozhuError(f"{state.heads.log}: {stranger}; mend it, or build without --strict")
            state.refused.append(stranger)
    left = np.flatnonzero(state.unread)  # they speak for nothing, but broken ones are named
    pieces = (state.heads.take(left[first : first + DOCUMENTS]) for first in range(0, len(left), DOCUMENTS))
    for lines in run(check_lines, pieces):
        state.broken += lines
    if state.broken:
        raise BrokenLines(state.broken)
    state.tally["refused"] = len({refusal.annotation for refusal in state.refused})
    deleted = state.tally.pop("took_away", 0)
    return Gathered(
        sources=tuple(state.sources),
        clusters=state.clusters,
        blind=frozenset(state.blind),
        people=state.heads.people(),
        guidelines=tuple(sorted(state.guidelines)),
        models=tuple(sorted(state.models)),
        deleted=deleted,
        refused=tuple(state.refused),
        broken=(),
        lost=tuple(state.lost),
        agreement=state.opinions.found(),
        counts=LogCounts(**state.tally),
    )


def _candidates(state: _Gathering) -> _Candidates:
    heads = state.heads
    newest = heads.newest()
    status = heads.column("status", newest)
    state.tally["annotations"] = len(newest)
    for name in ("skipped", "deleted"):
        state.tally[name] = pc.sum(pc.equal(status, name)).as_py() or 0
    rows = newest[pc.equal(status, "submitted").to_numpy(zero_copy_only=False)]
    names = heads.column("doc_id", rows)
    order = pc.sort_indices(
        pa.table([names, pa.array(rows)], ["name", "row"]), [("name", "ascending"), ("row", "ascending")]
    )
    numbers: dict[str, int] = {}
    sizes: Counter[int] = Counter()
    for name in names.take(order).to_pylist():
        sizes[numbers.setdefault(name, len(numbers))] += 1
    return _Candidates(rows[order.to_numpy()], borders_of(np.array([*sizes.values()], np.int64)), numbers)


def _batches(state: _Gathering, candidates: _Candidates, seen: NDArray[np.bool_], work: Path) -> Iterator[Batch]:
    """The corpus in pieces that one process takes at a time; groups of rows without an annotation are not read."""
    every = groups_of(state.corpus / "documents")
    count = ranges_for(len(candidates.numbers))
    groups: list[Group] = []
    numbers: list[int] = []
    for number, group in enumerate(every, 1):
        found = _annotated(state, candidates, seen, group)
        if found:
            groups.append(group)
            numbers += found
        rows, size = sum(one.rows for one in groups), sum(one.num_bytes for one in groups)
        if groups and (rows >= OF_BATCH or size >= BYTES or number == len(every)):
            asked = candidates.of(np.array(numbers))
            state.unread[asked] = False
            yield Batch(
                state.corpus,
                tuple(groups),
                state.heads.take(asked),
                tuple(state.scheme.names),
                state.skip_stale,
                state.strict,
                DOCUMENTS,
                work / f"{number}.arrow",
                count,
            )
            groups, numbers = [], []


def _annotated(state: _Gathering, candidates: _Candidates, seen: NDArray[np.bool_], group: Group) -> list[int]:
    """The numbers of the annotated documents in a group of rows."""
    found: list[int] = []
    for batch in read_groups([group], ["doc_id"], group.rows or 1):
        for name in batch["doc_id"].to_pylist():
            number = candidates.numbers.get(name)
            if number is None:
                continue
            if seen[number]:
                raise JiaozhuError(
                    f"{state.corpus}: document {name} stands twice in the corpus; build the corpus again"
                )
            seen[number] = True
            found.append(number)
    return found


def _add(state: _Gathering, checked: Checked) -> None:
    """What a batch adds to the dataset."""
    state.broken += checked.broken
    state.sources.append(Source(checked.output, checked.sizes, checked.clusters))
    for cluster, found in zip(checked.clusters, checked.entities, strict=True):
        known = state.clusters.get(cluster)
        state.clusters[cluster] = found if known is None else np.add(known, found)
    state.blind |= checked.blind
    state.refused += checked.refused
    state.lost += checked.lost
    state.tally.update(checked.tally)
    state.guidelines |= checked.guidelines
    state.models |= checked.models
    for opinion in checked.opinions:
        state.opinions.add(opinion)
