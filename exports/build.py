"""The published dataset from the corpus and the annotation log.

In: documents and annotations. Out: a folder of Parquet tables with a card and sums, the same bytes for the same inputs,
put in place as a whole. Log and corpus are read in pieces, and rows made in parts (what a split has of a range of
doc_id), on any number of processes. Memory grows with the number of documents and records, by some hundred bytes each,
and not with their texts and spans.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from annotation.carry import Lost
from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.folder import replace_folder, write_sums
from corpus.inputs import is_whole
from corpus.progress import track
from corpus.workspace import Exports
from exports.annotators import POLICIES, pseudonyms
from exports.card import read_card, write_card
from exports.card_text import Making
from exports.counts import SplitCounts
from exports.croissant import CROISSANT, croissant
from exports.forms import FOLDER as FORMS_FOLDER
from exports.forms import chosen_forms, spacy_version, write_form
from exports.gather import DOCUMENTS, Gathered, LogCounts, gather
from exports.hashes import joined_hash
from exports.inputs import digests
from exports.log_columns import Broken
from exports.overlap import Overlap, Overlaps
from exports.parts import Part, Piece, Recipe, make_part
from exports.processes import kept_memory, processes
from exports.removed import cut_by_range, taken
from exports.reuse import Before, Made, forget, parts_before, remember, way_sha256
from exports.rows import CONFIGS, Shape
from exports.speakers import Refusal
from exports.splits import SPLITS, assign
from exports.tags import SCHEMES
from exports.texts import borders_of
from exports.writing import Sizes, name_shards

OF_PROCESS = 1 << 24  # bytes of the log that are worth a process of their own


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
    shards: int  # of all tables
    taken_over: int  # shards that are those of the dataset before

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
            "shards": self.shards,
            "taken_over": self.taken_over,
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
    workers: int = 1,
    anew: bool = False,
) -> Summary:
    """Write the dataset to `output`, in place of the one that was there.

    `corpus` is the folder of `corpus build`; `skip_stale` leaves out annotations whose document has another text now,
    instead of carrying them over; `strict` stops at the first annotation that is refused and the first broken line of
    the log. `mask_personal_data` writes asterisks for phones, e-mails and the like in texts and titles; no offset
    moves. `annotators` is `pseudonyms` or `as_logged`, `tags` is `bio` or `bioes`. `inner_places`, `words` and
    `normalized` fill what they name, `removed` adds the config of that name. `forms` are written beside the tables
    (`exports.forms` lists them). An empty `license_id` is left out of the card, which then says so.

    A large dataset is made in as many processes as there are `workers`; the bytes are the same for any number of them.
    Call it with more than one from a module that may be imported (`if __name__ == "__main__":`), as `multiprocessing`
    asks. Files that would become those of the dataset that is there are taken over, unless all is to be made `anew`.

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
    size = log.stat().st_size if log.is_file() else 0
    count = max(1, min(workers, size // OF_PROCESS))
    with replace_folder(output) as folder, kept_memory():
        work = folder / "work"
        work.mkdir()
        with ThreadPoolExecutor(2) as beside, processes(count) as run:
            inputs = beside.submit(digests, corpus, log, scheme, settings)
            schemas = beside.submit(_schemas, shape)  # `datasets` is imported for them, which takes a second
            gathered = gather(corpus, log, scheme, work, skip_stale=skip_stale, strict=strict, run=run)
        if not gathered.clusters:
            wrong = [*gathered.refused, *(item for item in gathered.lost if item.reason != "removed"), *gathered.broken]
            said = f"; the first left out: {wrong[0]}" if wrong else ""
            raise JiaozhuError(f"{log}: no annotation of a document of {corpus} is left to publish{said}")
        split_of = assign(gathered.clusters, gathered.blind)
        sizes = Sizes.of(max_chars)
        recipe = Recipe(
            shape,
            schemas.result(),
            max_chars,
            normalized,
            mask_personal_data,
            pseudonyms(gathered.people) if annotators == "pseudonyms" else None,
            sizes,
            DOCUMENTS,
            way_sha256(shape, max_chars, normalized, mask_personal_data, removed, words and _segmenter(), sizes),
        )
        before = {} if anew else parts_before(output.resolve())
        with processes(count) as run:
            took = [*run(cut_by_range, taken(corpus, shape, len(gathered.sources[0].sizes), work))] if removed else []
            parts = [*_parts(folder, gathered, split_of, recipe, took, before)]
            made = [*track(run(make_part, parts), "Writing passages", len(parts))]
        shutil.rmtree(work)
        counts, overlaps, masked, cleaners = _joined(made, split_of, shape.labels)
        written = name_shards(folder, [(one.split, one.tables) for one in made])
        by_kind = dict(sorted(masked.items()))
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
            cleaner_versions=tuple(sorted(cleaners)),
            guideline_versions=gathered.guidelines,
            models=gathered.models,
            forms=chosen,
            spacy=spacy_version() if "spacy" in chosen else None,
            skip_stale=skip_stale,
        )
        for form in chosen:
            write_form(folder, folder / FORMS_FOLDER, form, shape)
        rows_sha256 = joined_hash({table: found.sha256 for table, found in written.items()})
        overlap = overlaps.found()
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
            inputs=inputs.result(),
            agreement=gathered.agreement,
        )
        sums = {path: sha256 for table in written.values() for path, sha256 in table.files.items()}
        text = croissant(
            sums,
            shape,
            name=name,
            license_id=license_id,
            rows_sha256=rows_sha256,
            making=asdict(making),
        )
        (folder / CROISSANT).write_text(text, "utf-8")
        write_sums(folder, sums)
    if len(gathered.sources[0].sizes) > 1:
        remember(output.resolve(), made, {old: new for table in written.values() for old, new in table.names.items()})
    else:
        forget(output.resolve())
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
        shards=len(sums),
        taken_over=sum(len(table.shards) for one in made if one.taken_over for table in one.tables.values()),
    )


def settings_of(dataset: Exports, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """The section `[exports]` of a workspace as arguments of `build_dataset`, with these changes."""
    values = {item.name: getattr(dataset, item.name) for item in fields(dataset) if item.name != "workers"}
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


def _schemas(shape: Shape) -> dict[str, pa.Schema]:
    """The columns of each config, with what `datasets` reads of them."""
    return {config: shape.features(config).arrow_schema for config in CONFIGS}


def _parts(
    folder: Path,
    gathered: Gathered,
    split_of: Mapping[str, str],
    recipe: Recipe,
    removed: Sequence[Path],
    before: Mapping[tuple[str, int], Before],
) -> Iterator[Part]:
    """The parts of the dataset that have documents, split by split."""
    homes = [np.array([SPLITS.index(split_of[cluster]) for cluster in one.clusters]) for one in gathered.sources]
    for home, split in enumerate(SPLITS):
        for number in range(len(gathered.sources[0].sizes)):
            pieces: list[Piece] = []
            for source, home_of in zip(gathered.sources, homes, strict=True):
                first, last = borders_of(source.sizes)[[number, number + 1]]
                chosen = home_of[first:last] == home
                if chosen.any():
                    pieces.append(Piece(source.path, chosen))
            if pieces:
                known = before.get((split, number))
                yield Part(folder, number, split, recipe, tuple(pieces), tuple(removed), known)


def _joined(
    made: Sequence[Made], split_of: Mapping[str, str], labels: Sequence[str]
) -> tuple[dict[str, SplitCounts], Overlaps, Counter[str], set[str]]:
    """What the parts come to: counts of the splits, their entities, personal data that was masked, cleaner versions."""
    counts = {one.split: SplitCounts() for one in made}
    overlaps, masked, cleaners = Overlaps(labels), Counter[str](), set[str]()
    for one in made:
        counts[one.split].join(one.counts)
        overlaps.join(one.overlap)
        masked.update(one.masked)
        cleaners |= one.cleaners
    for cluster, split in split_of.items():
        counts[split].cluster_ids.add(cluster)
    return counts, overlaps, masked, cleaners


def _segmenter() -> str:
    """The version of the segmenter, with its model.

    Raises:
        JiaozhuError: the model is not there.
    """
    from annotation.words import segment, segmenter_version

    segment("")
    return segmenter_version()
