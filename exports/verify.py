"""Does a dataset keep its promises?

In: a folder that `exports build` wrote, and the corpus where it is at hand. Out: one `Check` for each promise. Tables
are read in batches, passages and their provenance side by side; memory grows with the number of documents.
"""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import JiaozhuError, SpanError
from corpus.folder import CARD, SUMS, file_sha256, files_of, read_sums
from corpus.personal_data import find, mask
from corpus.records import text_sha256
from corpus.spans import Run, to_clean
from corpus.store import read_rows
from exports.annotators import PSEUDONYM
from exports.card import decisions, numbers, read_card
from exports.counts import SplitCounts
from exports.croissant import CROISSANT, croissant, path_of
from exports.forms import FOLDER as FORMS_FOLDER
from exports.forms import FORMS, spacy_version, write_form
from exports.gather import raw_span, read_documents
from exports.hashes import RowHash, joined_hash
from exports.pictures import draw
from exports.rows import CONFIGS, SCHEMAS, labels_of, passage_id, span_id, table_path
from exports.splits import SPLITS
from exports.tags import encode

Row = dict[str, Any]

DOCUMENTS_AT_ONCE = 5_000  # held in memory while the corpus is read past them

PROMISES = {
    "sums": "every file has the SHA-256 that SHA256SUMS says",
    "files": "tables, card, pictures, croissant.json and sums are there, and nothing else but forms",
    "schema": "every table has the columns of the format and names its tags",
    "tables": "every table can be read to its end",
    "ids": "every passage has an id of its own, numbered through its document",
    "text": "the passages of a document follow each other without a gap",
    "tokens": "the tokens of a passage, joined, are its text",
    "offsets": "every entity's text stands at its offsets",
    "tags": "the tags are those that the entities give",
    "splits": "no near-duplicate cluster stands in two splits",
    "provenance": "every entity has one row of provenance, and every such row an entity",
    "raw": "every span of the provenance has a place in the raw page",
    "forms": "every further form is what the tables give, byte for byte",
    "rows": "the rows have the canonical hashes that the card says",
    "card": "the numbers and pictures of the card, and croissant.json, are those of the tables",
    "personal-data": "where the card says that personal data is masked, none is left",
    "annotators": "where the card says that annotators have pseudonyms, no name is left",
    "corpus": "every document has the text that the corpus has, but for what was masked",
    "corpus-raw": "the raw characters of every span clean to its text in the corpus",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, whether it holds, and in what it was found or first broken."""

    name: str
    promise: str
    passed: bool
    detail: str


@dataclass(slots=True)
class _Finding:
    """A promise while it is being looked at."""

    seen: int = 0
    wrong: int = 0
    first: str = ""

    def fail(self, what: str) -> None:
        self.wrong += 1
        self.first = self.first or what


@dataclass(frozen=True, slots=True)
class _Card:
    """What the card says: rows and hash of each table, by `config/split`, and the hash of all."""

    text: str
    rows: dict[str, int]
    tables: dict[str, str]
    joined: str
    is_masked: bool
    has_pseudonyms: bool
    forms: tuple[str, ...]
    spacy: str | None
    croissant: str  # what the file is to be


@dataclass(slots=True)
class _Document:
    """What the dataset says of one document, to be held against the corpus."""

    text_sha256: str
    spans: list[Row]


@dataclass(slots=True)
class _Walk:
    """What is known after the tables read so far."""

    folder: Path
    corpus: Path | None
    findings: dict[str, _Finding]
    sums: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    counts: dict[str, SplitCounts] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    split_of: dict[str, str] = field(default_factory=dict)
    doc_ids: set[str] = field(default_factory=set)
    waiting: dict[str, _Document] = field(default_factory=dict)
    is_masked: bool = True
    has_pseudonyms: bool = True
    no_forms: str = "the card names none"  # why none was looked at
    unread: str = ""  # why the tables could not be read to their end


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
        next(iter(read_documents(corpus, ["doc_id"])), None)
    names = [name for name in PROMISES if corpus is not None or not name.startswith("corpus")]
    walk = _Walk(folder, corpus, {name: _Finding() for name in names})
    _check_sums(walk)
    card = _read_card(walk)
    walk.is_masked = card is None or card.is_masked
    walk.has_pseudonyms = card is not None and card.has_pseudonyms
    _check_files(walk, card)
    for split in (split for split in SPLITS if any(table_path(folder, config, split).exists() for config in CONFIGS)):
        try:
            _check_split(walk, split)
        except (JiaozhuError, OSError, UnicodeDecodeError, TypeError, pa.ArrowException) as error:
            # TypeError: a null where a value belongs
            walk.findings["tables"].fail(f"{split}: {_line(error)}")
            walk.unread = walk.unread or f"the tables of {split} could not be read to their end"
    _check_corpus(walk)
    if card is not None:
        _check_card(walk, card)
        _check_forms(walk, card)
    return [_close(name, walk) for name in names]


def _close(name: str, walk: _Walk) -> Check:
    finding = walk.findings[name]
    if finding.wrong:
        return Check(name, PROMISES[name], False, f"{finding.wrong:,} wrong; the first: {finding.first}")
    if name == "personal-data" and not walk.is_masked:
        return Check(name, PROMISES[name], True, "the card says that nothing was masked")
    if name == "annotators" and not walk.has_pseudonyms:
        return Check(name, PROMISES[name], True, "the card does not say so")
    if name == "forms" and not walk.unread and not finding.seen:
        return Check(name, PROMISES[name], True, walk.no_forms)
    if walk.unread and name not in ("sums", "files"):
        return Check(name, PROMISES[name], False, f"not finished: {walk.unread}")
    return Check(name, PROMISES[name], True, f"{finding.seen:,} looked at")


def _check_sums(walk: _Walk) -> None:
    finding = walk.findings["sums"]
    try:
        sums = read_sums(walk.folder)
    except JiaozhuError as error:
        finding.fail(str(error))
        return
    walk.sums = sums
    for name, expected in sums.items():
        finding.seen += 1
        path = walk.folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            finding.fail(f"{name}: leads out of the dataset")
        elif not path.is_file():
            finding.fail(f"{name}: is missing")
        elif file_sha256(path) != expected:
            finding.fail(f"{name}: its bytes have changed")
    for name in files_of(walk.folder):
        if name not in sums:
            finding.fail(f"{name}: has no sum")


def _read_card(walk: _Walk) -> _Card | None:
    try:
        data, text = read_card(walk.folder)
        made, infos = data["jiaozhu"], data["dataset_info"]
        if isinstance(infos, dict):  # how the card is written where there is one config alone
            infos = [{"config_name": "default", **infos}]
        rows = {
            f"{info['config_name']}/{split['name']}": split["num_examples"]
            for info in infos
            for split in info["splits"]
        }
        is_masked = bool(made["making"]["mask_personal_data"])
        has_pseudonyms = made["making"]["annotators"] == "pseudonyms"
        forms = tuple(made["making"]["forms"])
        spacy = made["making"]["spacy"]
        expected = croissant(
            {table: walk.sums.get(path_of(table), "") for table in made["tables_sha256"]},
            name=data["pretty_name"],
            license_id=data.get("license") or "",
            rows_sha256=made["rows_sha256"],
            making=made["making"],
        )
        return _Card(
            text=text,
            rows=rows,
            tables=dict(made["tables_sha256"]),
            joined=made["rows_sha256"],
            is_masked=is_masked,
            has_pseudonyms=has_pseudonyms,
            forms=forms,
            spacy=spacy,
            croissant=expected,
        )
    except (JiaozhuError, KeyError, TypeError, ValueError) as error:
        reason = str(error) if isinstance(error, JiaozhuError) else f"{CARD}: its front matter lacks {error}"
        walk.findings["card"].fail(reason)
        walk.findings["rows"].fail(reason)
        return None


def _check_files(walk: _Walk, card: _Card | None) -> None:
    finding = walk.findings["files"]
    there = {*files_of(walk.folder), *([SUMS] if (walk.folder / SUMS).is_file() else [])}
    tables = {
        table_path(Path(), config, split).as_posix(): f"{config}/{split}" for config in CONFIGS for split in SPLITS
    }
    if card is not None:
        tables = {path: name for path, name in tables.items() if name in card.tables}
    finding.seen = len(there)
    always = {CARD, SUMS, CROISSANT, *draw({}, [])}
    for name in sorted({*always, *(tables if card is not None else ())} - there):
        finding.fail(f"{name}: is missing")
    beside = tuple(f"{FORMS_FOLDER}/{form}/" for form in (FORMS if card is None else card.forms))
    for name in sorted(name for name in there - {*always, *tables} if not name.startswith(beside)):
        finding.fail(f"{name}: is no part of the dataset")
    if not any(path in there for path in tables):
        finding.fail("data: has no table")


def _check_forms(walk: _Walk, card: _Card) -> None:
    """Write the forms again from the tables, one at a time, and hold each file against the one that is there.

    The form `spacy` is looked at by the spaCy that wrote it; another one may write other bytes.
    """
    finding = walk.findings["forms"]
    if walk.unread or not card.forms:
        return
    if wrong := [name for name in ("ids", "text", "offsets", "tags") if walk.findings[name].wrong]:
        finding.fail(f"not looked at: in the tables the check {wrong[0]} has failed")
        return
    for form in card.forms:
        if form not in FORMS:
            finding.fail(f"{form}: the card names a form that there is not")
            continue
        if form == "spacy" and spacy_version() != card.spacy:
            walk.no_forms = f"spacy was written by spaCy {card.spacy}, which is not installed here"
            continue
        there = walk.folder / FORMS_FOLDER / form
        with TemporaryDirectory() as made:
            write_form(walk.folder, Path(made), form, walk.labels)
            expected = files_of(Path(made) / form)
            finding.seen += len(expected)
            for name in expected:
                if not (there / name).is_file():
                    finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is missing")
                elif not filecmp.cmp(Path(made) / form / name, there / name, shallow=False):
                    finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is not what the tables give")
            for name in sorted(set(files_of(there)) - set(expected)):
                finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is no part of the form")


def _check_schema(walk: _Walk, split: str) -> None:
    """Raises JiaozhuError, after the finding, where the rows could not be understood."""
    finding = walk.findings["schema"]
    for config in CONFIGS:
        path = table_path(walk.folder, config, split)
        if config == "provenance" and not path.exists():
            continue  # a split without entities has none
        finding.seen += 1
        schema = pq.read_schema(path)
        if not schema.remove_metadata().equals(SCHEMAS[config]):
            finding.fail(f"{config}/{split}: its columns are not those of the format")
            raise JiaozhuError("a table has other columns")
        if config == "default":
            try:
                labels = labels_of(schema)
            except JiaozhuError as error:
                finding.fail(f"{config}/{split}: {error}")
                raise
            if walk.labels and labels != walk.labels:
                finding.fail(f"{config}/{split}: its labels are not those of the other splits")
            walk.labels = labels


def _check_split(walk: _Walk, split: str) -> None:
    """Read the passages of one split and their provenance side by side."""
    _check_schema(walk, split)
    hashes = {config: RowHash(SCHEMAS[config].names) for config in CONFIGS}
    counts = walk.counts[split] = SplitCounts()

    def rows(config: str) -> Iterator[Row]:
        path = table_path(walk.folder, config, split)
        for row in read_rows(path) if path.exists() else ():
            walk.findings["rows"].seen += 1
            hashes[config].update(row)
            yield row

    provenance = groupby(rows("provenance"), key=lambda row: row["passage_id"])
    head = _next_group(provenance)
    for doc_id, passages in groupby(rows("default"), key=lambda row: row["doc_id"]):
        texts: list[str] = []
        spans: list[Row] = []
        title: str | None = None
        if doc_id in walk.doc_ids:
            walk.findings["ids"].fail(f"document {doc_id} stands in two places")
        walk.doc_ids.add(doc_id)
        for number, passage in enumerate(passages):
            found: list[Row] = []
            if head and head[0] == passage["id"]:
                found = head[1]
                head = _next_group(provenance)
            counts.add(passage)
            _check_passage(walk, passage, number, sum(map(len, texts)))
            _check_cluster(walk, passage, split)
            _check_provenance(walk, passage, found, counts)
            texts.append(passage["text"])
            spans += found
            title = passage["title"]
        _check_personal_data(walk, doc_id, "".join(texts), title)
        if walk.corpus is not None:
            walk.waiting[doc_id] = _Document(text_sha256("".join(texts)), spans)
            if len(walk.waiting) >= DOCUMENTS_AT_ONCE:
                _check_corpus(walk)
    while head:
        walk.findings["provenance"].fail(f"passage {head[0]}: has provenance, but does not stand there in {split}")
        head = _next_group(provenance)
    for config in CONFIGS:
        if table_path(walk.folder, config, split).exists():
            walk.hashes[f"{config}/{split}"] = hashes[config].hexdigest()
            walk.findings["tables"].seen += 1


def _next_group(groups: Iterator[tuple[str, Iterator[Row]]]) -> tuple[str, list[Row]] | None:
    group = next(groups, None)
    return None if group is None else (group[0], list(group[1]))


def _check_passage(walk: _Walk, passage: Row, number: int, offset: int) -> None:
    """What one row of the config `default` promises by itself and of its place in its document."""
    name, text, entities = passage["id"], passage["text"], passage["entities"]
    for check in ("ids", "text", "tokens", "tags"):
        walk.findings[check].seen += 1
    if name != passage_id(passage["doc_id"], number):
        walk.findings["ids"].fail(f"passage {name}: should be {passage_id(passage['doc_id'], number)}")
    if passage["offset"] != offset or not text:
        walk.findings["text"].fail(f"passage {name}: is empty, or its offset is not {offset}")
    if any(len(token) != 1 for token in passage["tokens"]) or "".join(passage["tokens"]) != text:
        walk.findings["tokens"].fail(f"passage {name}")
    for entity in entities:
        walk.findings["offsets"].seen += 1
        start, end = entity["start"], entity["end"]
        if not 0 <= start < end <= len(text) or text[start:end] != entity["text"]:
            walk.findings["offsets"].fail(f"passage {name}: entity [{start}, {end})")
    try:
        tags = encode(len(text), [(e["start"], e["end"], e["label"]) for e in entities], walk.labels)
    except SpanError as error:
        walk.findings["tags"].fail(f"passage {name}: {error}")
        return
    if tags != passage["ner_tags"]:
        walk.findings["tags"].fail(f"passage {name}")


def _check_personal_data(walk: _Walk, doc_id: str, text: str, title: str | None) -> None:
    """The title, and the text as a whole: a border of passages may tear a number apart, or a number from its word."""
    if not walk.is_masked:
        return
    finding = walk.findings["personal-data"]
    finding.seen += 1
    for name, values in (("text", find(text)), ("title", find(title or ""))):
        for value in values:
            finding.fail(f"document {doc_id}: {value.kind} at [{value.start}, {value.end}) of its {name}")


def _check_cluster(walk: _Walk, passage: Row, split: str) -> None:
    walk.findings["splits"].seen += 1
    other = walk.split_of.setdefault(passage["cluster_id"], split)
    if other != split:
        walk.findings["splits"].fail(f"cluster {passage['cluster_id']}: in {other} and in {split}")


def _check_provenance(walk: _Walk, passage: Row, found: list[Row], counts: SplitCounts) -> None:
    """The provenance of a passage against its entities, in order."""
    name, offset = passage["id"], passage["offset"]
    expected = [
        (
            span_id(name, number),
            passage["doc_id"],
            *(entity[column] for column in ("start", "end", "label", "text")),
            offset + entity["start"],
            offset + entity["end"],
        )
        for number, entity in enumerate(passage["entities"])
    ]
    columns = ("id", "doc_id", "start", "end", "label", "text", "doc_start", "doc_end")
    walk.findings["provenance"].seen += len(expected)
    if expected != [tuple(row[column] for column in columns) for row in found]:
        walk.findings["provenance"].fail(f"passage {name}: {len(expected)} entities, {len(found)} rows, not the same")
    for row in found:
        counts.add_span(row)
        walk.findings["annotators"].seen += 1
        if walk.has_pseudonyms and not PSEUDONYM.fullmatch(row["annotator"]):
            walk.findings["annotators"].fail(f"span {row['id']}: its annotator has no pseudonym")
        walk.findings["raw"].seen += 1
        if not 0 <= row["raw_start"] < row["raw_end"]:
            walk.findings["raw"].fail(f"span {row['id']}: raw [{row['raw_start']}, {row['raw_end']})")


def _check_corpus(walk: _Walk) -> None:
    """Hold the waiting documents against the corpus, reading it once past all of them."""
    if walk.corpus is None or not walk.waiting:
        return
    texts, raws = walk.findings["corpus"], walk.findings["corpus-raw"]
    for row in read_documents(walk.corpus, ["doc_id", "text", "alignment"]):
        document = walk.waiting.pop(row["doc_id"], None)
        if document is None:
            continue
        texts.seen += 1
        text = mask(row["text"]) if walk.is_masked else row["text"]
        if text_sha256(text) != document.text_sha256:
            texts.fail(f"document {row['doc_id']}: has another text in the corpus")
        runs = tuple(Run(**run) for run in row["alignment"])
        for span in document.spans:
            raws.seen += 1
            start, end = span["doc_start"], span["doc_end"]
            if text[start:end] != span["text"] or not _leads_to(runs, span, start, end):
                raws.fail(f"span {span['id']}: raw [{span['raw_start']}, {span['raw_end']})")
    for doc_id, document in walk.waiting.items():
        texts.fail(f"document {doc_id}: is not in the corpus")
        if document.spans:
            raws.fail(f"document {doc_id}: is not in the corpus")
    walk.waiting.clear()


def _leads_to(runs: tuple[Run, ...], span: Row, start: int, end: int) -> bool:
    """Whether the span's raw characters clean to those of `[start, end)` that stand in the raw page."""
    if not 0 <= start < end:
        return False
    place = to_clean(runs, span["raw_start"], span["raw_end"])
    return place is not None and place == to_clean(runs, *raw_span(runs, start, end))


def _check_card(walk: _Walk, card: _Card) -> None:
    """The card's numbers and hashes against what was read."""
    numbers_found, rows = walk.findings["card"], walk.findings["rows"]
    counted: dict[str, int] = {}
    for split, counts in walk.counts.items():
        counted[f"default/{split}"] = counts.passages
        if counts.entities:
            counted[f"provenance/{split}"] = counts.entities.total()
    numbers_found.seen = len(card.rows)
    for name in sorted({*card.rows, *counted}):
        if card.rows.get(name) != counted.get(name):
            numbers_found.fail(f"{name}: the card says {card.rows.get(name)} rows, the data {counted.get(name)}")
    if numbers(walk.counts, walk.labels) not in card.text:
        numbers_found.fail("its tables of numbers are not those of the data")
    for path, picture in draw(walk.counts, walk.labels).items():
        if not (walk.folder / path).is_file() or (walk.folder / path).read_bytes() != picture.encode():
            numbers_found.fail(f"{path}: is not the picture of the data")
    if not (walk.folder / CROISSANT).is_file() or (walk.folder / CROISSANT).read_bytes() != card.croissant.encode():
        numbers_found.fail(f"{CROISSANT}: is not what the card and the sums give")
    if decisions(walk.counts) not in card.text:
        numbers_found.fail("its table of decisions is not that of the data")
    for name in sorted({*card.tables, *walk.hashes}):
        if card.tables.get(name) != walk.hashes.get(name):
            rows.fail(f"{name}: its rows have another hash")
    if card.joined != joined_hash(walk.hashes):
        rows.fail("the rows of the dataset have another hash")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
