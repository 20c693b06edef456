"""The published dataset from the corpus and the annotation log.

In: documents and annotations. Out: a folder of Parquet tables with a card and sums, the same bytes for the same inputs,
put in place as a whole. Documents are taken in batches of columns; memory grows with the number of documents and
records, by some hundred bytes each, and not with their texts and spans.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from annotation.carry import Lost
from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, replace_folder, write_sums
from corpus.inputs import is_whole
from corpus.progress import track
from corpus.workspace import Exports
from exports.ahead import ahead
from exports.annotators import POLICIES, pseudonyms, published_name
from exports.card import read_card, write_card
from exports.card_text import Making
from exports.counts import SplitCounts
from exports.croissant import CROISSANT, croissant
from exports.forms import FOLDER as FORMS_FOLDER
from exports.forms import chosen_forms, spacy_version, write_form
from exports.gather import DOCUMENTS, Gathered, LogCounts, Refusal, cluster_ids, documents_of, gather
from exports.hashes import joined_hash
from exports.inputs import digests
from exports.log_columns import Broken
from exports.masking import masked
from exports.overlap import Overlap, Overlaps
from exports.removed import removed_rows
from exports.rows import Shape
from exports.splits import SPLITS, assign
from exports.tables import DOCUMENT_COLUMNS, make_tables
from exports.tags import SCHEMES
from exports.texts import Texts, one_array, one_batch
from exports.writing import TableFiles


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build wrote and what it left out."""

    output: Path
    labels: list[str]
    splits: dict[str, SplitCounts]
    overlap: dict[str, Overlap]
    log: LogCounts
    refused: tuple[Refusal, ...]
    broken: tuple[Broken, ...]
    lost: tuple[Lost, ...]  # what could not be carried over to the text of today
    rows_sha256: str
    masked: dict[str, int]  # values of personal data by kind
    forms: tuple[str, ...]
    policy: str  # how the splits were made: `balanced` or `blind`

    def as_dict(self) -> dict[str, Any]:
        """The summary as one JSON object."""
        return {
            "output": str(self.output),
            "rows_sha256": self.rows_sha256,
            "splits": {split: counts.as_dict(self.labels) for split, counts in self.splits.items()},
            "split_policy": self.policy,
            "entity_overlap": {split: asdict(found) for split, found in self.overlap.items()},
            "annotations": asdict(self.log),
            "refused": [asdict(refusal) for refusal in self.refused],
            "broken": [asdict(item) for item in self.broken],
            "lost": [asdict(item) for item in self.lost],
            "masked": self.masked,
            "forms": list(self.forms),
        }


def build_dataset(
    corpus: Path,
    log: Path,
    output: Path,
    scheme: LabelScheme,
    *,
    name: str = "jiaozhu",
    license_id: str = "",
    max_chars: int = 512,
    skip_stale: bool = False,
    strict: bool = False,
    mask_personal_data: bool = True,
    forms: Sequence[str] = (),
    annotators: str = "pseudonyms",
    tags: str = "bio",
    inner_places: bool = False,
    words: bool = False,
    normalized: bool = True,
    removed: bool = False,
) -> Summary:
    """Write the dataset to `output`, in place of the one that was there.

    `corpus` is the folder of `corpus build`; `skip_stale` leaves out annotations whose document has another text now,
    instead of carrying them over; `strict` stops at the first annotation that is refused and the first broken line of
    the log. `mask_personal_data` writes asterisks for phones, e-mails and the like in texts and titles; no offset
    moves. `annotators` is `pseudonyms` or `as_logged`, `tags` is `bio` or `bioes`. `inner_places`, `words` and
    `normalized` fill what they name, `removed` adds the config of that name. `forms` are written beside the tables
    (`exports.forms` lists them). An empty `license_id` is left out of the card, which then says so.

    Raises:
        JiaozhuError: see `gather` and `chosen_forms`; `annotators` or `tags` is something else; the model of `words` is
            not there; nothing is left to publish; `max_chars` is less than 1; or `output` holds anything that is not a
            dataset of ours. `output` is then as it was.
    """
    if annotators not in POLICIES:
        raise JiaozhuError(f"[exports] annotators is {annotators!r}; it must be {' or '.join(POLICIES)}")
    if tags not in SCHEMES:
        raise JiaozhuError(f"[exports] tags is {tags!r}; it must be {' or '.join(SCHEMES)}")
    chosen = chosen_forms(forms)
    shape = Shape(scheme.names, tags, inner_places, words)
    settings = {
        "name": name,
        "license_id": license_id,
        "max_chars": max_chars,
        "skip_stale": skip_stale,
        "mask_personal_data": mask_personal_data,
        "forms": chosen,
        "annotators": annotators,
        "tags": tags,
        "inner_places": inner_places,
        "words": words,
        "normalized": normalized,
        "removed": removed,
    }
    inputs = digests(corpus, log, scheme, settings)
    with replace_folder(output) as folder, _memory():
        work = folder / "work"
        work.mkdir()
        gathered = gather(corpus, log, scheme, work / "decisions.arrow", skip_stale=skip_stale, strict=strict)
        if not gathered.clusters:
            wrong = [*gathered.refused, *(item for item in gathered.lost if item.reason != "removed"), *gathered.broken]
            said = f"; the first left out: {wrong[0]}" if wrong else ""
            raise JiaozhuError(f"{log}: no annotation of a document of {corpus} is left to publish{said}")
        split_of = assign(gathered.clusters, gathered.blind)
        people = pseudonyms(gathered.people) if annotators == "pseudonyms" else None
        masking: Counter[str] | None = Counter() if mask_personal_data else None
        with TableFiles(folder, shape, max_chars) as files:
            tables = _Tables(files, shape.labels, masking)
            for documents, decided in _published(corpus, gathered):
                tables.put(documents, _named(decided, people), split_of, shape, max_chars, normalized)
            tables.finish(shape, max_chars, normalized)
            if removed:
                for split, table in removed_rows(corpus, shape, tables.home_of, masking):
                    files.put("removed", split, table)
            written = files.finish()
        shutil.rmtree(work)
        counts = {split: tables.counts[split] for split in SPLITS if split in tables.counts}
        by_kind = dict(sorted((masking or {}).items()))
        making = Making(
            jiaozhu=version("jiaozhu"),
            pyarrow=pa.__version__,
            datasets=version("datasets"),
            max_chars=max_chars,
            mask_personal_data=mask_personal_data,
            annotators=annotators,
            tags=tags,
            inner_places=inner_places,
            words=_segmenter() if words else None,
            normalized=normalized,
            removed=removed,
            split_policy="blind" if gathered.blind else "balanced",
            cleaner_versions=tuple(sorted(tables.cleaners)),
            guideline_versions=gathered.guidelines,
            models=gathered.models,
            forms=chosen,
            spacy=spacy_version() if "spacy" in chosen else None,
            skip_stale=skip_stale,
        )
        for form in chosen:
            write_form(folder, folder / FORMS_FOLDER, form, shape)
        rows_sha256 = joined_hash({table: made.sha256 for table, made in written.items()})
        overlap = tables.overlap.found()
        write_card(
            folder,
            name=name,
            license_id=license_id,
            shape=shape,
            counts=counts,
            overlap=overlap,
            log=gathered.counts,
            making=making,
            masked=by_kind,
            rows_sha256=rows_sha256,
            tables=written,
            deleted=gathered.deleted,
            inputs=inputs,
            agreement=gathered.agreement,
        )
        text = croissant(
            {path: file_sha256(folder / path) for made in written.values() for path in made.files},
            shape,
            name=name,
            license_id=license_id,
            rows_sha256=rows_sha256,
            making=asdict(making),
        )
        (folder / CROISSANT).write_text(text, "utf-8")
        write_sums(folder)
    return Summary(
        output=output,
        labels=list(shape.labels),
        splits=counts,
        overlap=overlap,
        log=gathered.counts,
        refused=gathered.refused,
        broken=gathered.broken,
        lost=gathered.lost,
        rows_sha256=rows_sha256,
        masked=by_kind,
        forms=chosen,
        policy=making.split_policy,
    )


@contextmanager
def _memory() -> Iterator[None]:
    """Arrow's memory from the allocator that gives the same memory again, where this Arrow has it.

    The default one returns a batch's memory to the system and asks for it anew: 100 MB and a twentieth of a build.
    """
    usual = pa.default_memory_pool()
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def settings_of(dataset: Exports, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """The section `[exports]` of a workspace as arguments of `build_dataset`, with these changes."""
    values = {item.name: getattr(dataset, item.name) for item in fields(dataset)}
    return {"license_id": values.pop("license"), "skip_stale": False, **values, **changes}


def unchanged(corpus: Path, log: Path, output: Path, scheme: LabelScheme, settings: Mapping[str, Any]) -> str | None:
    """The hash of the rows of the dataset in `output`, where it is whole and a build would write it again.

    `settings` are all of `settings_of`; wrong ones are left for the build to name.
    """
    try:
        made = read_card(output)[0]["jiaozhu"]
        wanted = digests(corpus, log, scheme, {**settings, "forms": chosen_forms(settings["forms"])})
        return str(made["rows_sha256"]) if made["inputs"] == wanted and is_whole(output) else None
    except (JiaozhuError, OSError, KeyError, TypeError):
        return None


def _published(corpus: Path, gathered: Gathered) -> Iterator[tuple[pa.RecordBatch, pa.Table]]:
    """The published documents in the corpus's order, with the decisions on them."""
    with pa.OSFile(str(gathered.decisions)) as file, pa.ipc.open_stream(file) as stream:
        batches = zip(documents_of(corpus, DOCUMENT_COLUMNS), stream, strict=True)
        for documents, decided in track(ahead(batches), "Writing passages"):
            if len(decided):
                yield documents.take(decided["row"]), pa.Table.from_batches([decided])


def _named(decided: pa.Table, people: dict[str, str] | None) -> pa.Table:
    """The decisions with the annotators' published names."""
    if people is None:
        return decided
    found = one_array(decided["annotator"].dictionary_encode())
    names = pa.array([published_name(annotator, people) for annotator in found.dictionary.to_pylist()], pa.string())
    index = decided.schema.get_field_index("annotator")
    return decided.set_column(index, "annotator", names.take(found.indices))


def _segmenter() -> str:
    """The version of the segmenter, with its model.

    Raises:
        JiaozhuError: the model is not there.
    """
    from annotation.words import segment, segmenter_version

    segment("")
    return segmenter_version()


class _Tables:
    """What is known of the tables while they are made."""

    def __init__(self, files: TableFiles, labels: Sequence[str], masking: Counter[str] | None) -> None:
        self.files = files
        self.masking = masking
        self.counts: dict[str, SplitCounts] = {}
        self.overlap = Overlaps(labels)
        self.cleaners: set[str] = set()
        self.home_of: dict[str, int] = {}  # the split of each document, by its number
        self.waiting: dict[int, list[tuple[pa.RecordBatch, pa.Table]]] = {}  # by split, for a whole batch

    def put(
        self,
        documents: pa.RecordBatch,
        decided: pa.Table,
        split_of: Mapping[str, str],
        shape: Shape,
        max_chars: int,
        normalized: bool,
    ) -> None:
        """Take in a batch of documents; each split makes its rows of as many documents as one batch has."""
        homes = np.array([SPLITS.index(split_of[cluster]) for cluster in cluster_ids(documents).to_pylist()])
        self.home_of.update(zip(documents["doc_id"].to_pylist(), homes.tolist(), strict=True))
        self.cleaners.update(name or "unknown" for name in documents["cleaner_version"].unique().to_pylist())
        for number in np.unique(homes).tolist():
            rows = pa.array(np.flatnonzero(homes == number))
            waiting = self.waiting.setdefault(number, [])
            waiting.append((documents.take(rows), decided.take(rows)))
            if sum(len(some) for some, _ in waiting) >= DOCUMENTS:
                self._make(number, shape, max_chars, normalized)

    def finish(self, shape: Shape, max_chars: int, normalized: bool) -> None:
        """Make the rows of the documents that wait."""
        for number in sorted(self.waiting):
            self._make(number, shape, max_chars, normalized)

    def _make(self, number: int, shape: Shape, max_chars: int, normalized: bool) -> None:
        split, waiting = SPLITS[number], self.waiting.pop(number)
        documents = one_batch(pa.Table.from_batches([some for some, _ in waiting]))
        decided = pa.concat_tables([some for _, some in waiting]).combine_chunks()
        texts = Texts.of(documents["text"])
        codes = texts.codes()
        if self.masking is not None:
            title = masked(documents["title"], self.masking)
            covered = masked(documents["text"], self.masking, (texts, codes))
            if covered is not documents["text"]:
                texts = Texts.of(covered)
                codes = texts.codes()
            documents = documents.set_column(documents.schema.get_field_index("title"), "title", title)
        passages, spans = make_tables(documents, texts, codes, decided, shape, max_chars, normalized=normalized)
        counts = self.counts.setdefault(split, SplitCounts())
        counts.add(passages)
        counts.add_spans(spans)
        self.overlap.add(split, spans)
        self.files.put("default", split, passages)
        self.files.put("provenance", split, spans)
