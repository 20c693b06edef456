"""The published dataset from the corpus and the annotation log.

In: documents and annotations. Out: a folder of Parquet tables with a card and sums, the same bytes for the same inputs,
put in place as a whole. Rows are streamed; memory grows with the log, not with the corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from annotation.carry import Lost
from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, replace_folder, write_sums
from corpus.personal_data import cover, find
from corpus.progress import track
from corpus.store import TableWriter
from exports.annotators import POLICIES, pseudonyms, published_name
from exports.card import Making, write_card
from exports.counts import SplitCounts
from exports.croissant import CROISSANT, croissant, path_of
from exports.forms import FOLDER as FORMS_FOLDER
from exports.forms import chosen_forms, spacy_version, write_form
from exports.gather import Gathered, LogCounts, Refusal, gather, read_documents
from exports.hashes import RowHash, joined_hash
from exports.rows import CONFIGS, DOCUMENT_COLUMNS, SCHEMAS, document_rows, features, table_path
from exports.splits import SPLITS, assign


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build wrote and what it left out."""

    output: Path
    labels: list[str]
    splits: dict[str, SplitCounts]
    log: LogCounts
    refused: tuple[Refusal, ...]
    lost: tuple[Lost, ...]  # what could not be carried over to the text of today
    rows_sha256: str
    masked: dict[str, int]  # values of personal data by kind

    def as_dict(self) -> dict[str, Any]:
        """The summary as one JSON object."""
        return {
            "output": str(self.output),
            "rows_sha256": self.rows_sha256,
            "splits": {split: counts.as_dict(self.labels) for split, counts in self.splits.items()},
            "annotations": asdict(self.log),
            "refused": [asdict(refusal) for refusal in self.refused],
            "lost": [asdict(item) for item in self.lost],
            "masked": self.masked,
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
    mask_personal_data: bool = True,
    forms: Sequence[str] = (),
    annotators: str = "pseudonyms",
) -> Summary:
    """Write the dataset to `output`, in place of the one that was there.

    `corpus` is the folder of `corpus build`; `skip_stale` leaves out annotations whose document has another text now,
    instead of carrying them over. `mask_personal_data` writes asterisks for phones, e-mails and the like in texts and
    titles; no offset moves. `annotators` is `pseudonyms` or `as_logged`. `forms` are written beside the tables
    (`exports.forms` lists them). An empty `license_id` is left out of the card, which then says so.

    Raises:
        JiaozhuError: see `gather` and `chosen_forms`; `annotators` is something else; nothing is left to publish;
            `max_chars` is less than 1; or `output` holds anything that is not a dataset of ours. `output` is then as
            it was.
    """
    if annotators not in POLICIES:
        raise JiaozhuError(f"[exports] annotators is {annotators!r}; it must be {' or '.join(POLICIES)}")
    chosen = chosen_forms(forms)
    with replace_folder(output) as folder:
        gathered = gather(corpus, log, scheme, skip_stale=skip_stale)
        if not gathered.records:
            wrong = (*gathered.refused, *(item for item in gathered.lost if item.reason != "removed"))
            first = f"; the first left out: {wrong[0]}" if wrong else ""
            raise JiaozhuError(f"{log}: no annotation of a document of {corpus} is left to publish{first}")
        if annotators == "pseudonyms":
            gathered = _with_pseudonyms(gathered, log)
        labels = list(scheme.names)
        masked: Counter[str] | None = Counter() if mask_personal_data else None
        counts, tables, cleaners = _write_tables(folder, corpus, gathered, labels, max_chars, masked)
        by_kind = dict(sorted((masked or {}).items()))
        records = gathered.records.values()
        making = Making(
            jiaozhu=version("jiaozhu"),
            pyarrow=pa.__version__,
            datasets=version("datasets"),
            max_chars=max_chars,
            mask_personal_data=mask_personal_data,
            annotators=annotators,
            cleaner_versions=tuple(sorted(cleaners)),
            guideline_versions=tuple(sorted({record.guideline for record in records})),
            models=tuple(sorted({record.model for record in records if record.model})),
            forms=chosen,
            spacy=spacy_version() if "spacy" in chosen else None,
        )
        for form in chosen:
            write_form(folder, folder / FORMS_FOLDER, form, labels)
        rows_sha256 = joined_hash(tables)
        write_card(
            folder,
            name=name,
            license_id=license_id,
            labels=labels,
            counts=counts,
            log=gathered.counts,
            making=making,
            masked=by_kind,
            rows_sha256=rows_sha256,
            tables_sha256=tables,
            deleted=sum(len(record.deleted) for record in records),
        )
        sums = {table: file_sha256(folder / path_of(table)) for table in tables}
        text = croissant(sums, name=name, license_id=license_id, rows_sha256=rows_sha256, making=asdict(making))
        (folder / CROISSANT).write_text(text, "utf-8")
        write_sums(folder)
    return Summary(output, labels, counts, gathered.counts, gathered.refused, gathered.lost, rows_sha256, by_kind)


def _with_pseudonyms(gathered: Gathered, log: Path) -> Gathered:
    names = pseudonyms(log)
    records = {
        doc_id: replace(record, annotator=published_name(record.annotator, names))
        for doc_id, record in gathered.records.items()
    }
    return replace(gathered, records=records)


def _write_tables(
    folder: Path,
    corpus: Path,
    gathered: Gathered,
    labels: list[str],
    max_chars: int,
    masked: Counter[str] | None,
) -> tuple[dict[str, SplitCounts], dict[str, str], set[str]]:
    """Write every config's splits in the corpus's order; return their counts, row hashes and cleaner versions.

    A table without rows is not written: `datasets` would load none of its config. Personal data is masked and counted
    in `masked`, unless that is None.
    """
    split_of = assign(gathered.clusters.values())
    counts = {split: SplitCounts() for split in SPLITS if split in set(split_of.values())}
    schemas = {config: features(config, labels).arrow_schema for config in CONFIGS}
    tables: dict[tuple[str, str], tuple[TableWriter, RowHash]] = {}
    cleaners: set[str] = set()
    with ExitStack() as stack:

        def put(config: str, split: str, row: dict[str, Any]) -> None:
            if (config, split) not in tables:
                writer = TableWriter(table_path(folder, config, split), schemas[config])
                tables[config, split] = (stack.enter_context(writer), RowHash(SCHEMAS[config].names))
            writer, row_hash = tables[config, split]
            writer.write(row)
            row_hash.update(row)

        documents = (row for row in read_documents(corpus, DOCUMENT_COLUMNS) if row["doc_id"] in gathered.records)
        for document in track(documents, "Writing passages", total=len(gathered.records)):
            split = split_of[gathered.clusters[document["doc_id"]]]
            cleaners.add(document["cleaner_version"] or "unknown")
            record = gathered.records[document["doc_id"]]
            if masked is not None:
                document |= {name: _masked(document[name], masked) for name in ("text", "title")}
            for passage, provenance in document_rows(document, record, labels, max_chars):
                put("default", split, passage)
                counts[split].add(passage)
                for span in provenance:
                    put("provenance", split, span)
                    counts[split].add_span(span)
    hashes = {
        f"{config}/{split}": tables[config, split][1].hexdigest()
        for config in CONFIGS
        for split in SPLITS
        if (config, split) in tables
    }
    return counts, hashes, cleaners


def _masked(text: str | None, counts: Counter[str]) -> str | None:
    """The text, as long as it was, without personal data; what was found is counted by kind."""
    if text is None:
        return None
    values = find(text)
    counts.update(value.kind for value in values)
    return cover(text, values)
