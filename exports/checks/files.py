"""Are the files of a dataset those that it says, and do card, Croissant and forms say what its tables do?

In: the folder, and what was found in the tables. Out: findings.
"""

from __future__ import annotations

import filecmp
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus.errors import JiaozhuError
from corpus.folder import CARD, SUMS, file_sha256, files_of, read_sums
from exports.agreement import agreement_text
from exports.card import columns, configs, read_card
from exports.card_text import Making, card_text, decisions, numbers, splits_text
from exports.checks import Card, Walk
from exports.croissant import CROISSANT, croissant
from exports.forms import FOLDER as FORMS_FOLDER
from exports.forms import FORMS, spacy_version, write_form
from exports.gather import LogCounts
from exports.hashes import HASH_VERSION, joined_hash
from exports.pictures import draw
from exports.rows import CONFIGS, shards
from exports.splits import SPLITS, assign


def check_sums(walk: Walk) -> None:
    """Every file against its sum."""
    finding = walk.findings["sums"]
    try:
        walk.sums = read_sums(walk.folder)
    except JiaozhuError as error:
        finding.fail(str(error))
        return
    for name, expected in walk.sums.items():
        finding.seen += 1
        path = walk.folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            finding.fail(f"{name}: leads out of the dataset")
        elif not path.is_file():
            finding.fail(f"{name}: is missing")
        elif file_sha256(path) != expected:
            finding.fail(f"{name}: its bytes have changed")
    for name in files_of(walk.folder):
        if name not in walk.sums:
            finding.fail(f"{name}: has no sum")


def read_claims(walk: Walk) -> None:
    """What the card says; nothing, after the finding, where it says too little."""
    try:
        data, text = read_card(walk.folder)
        made, infos = data["jiaozhu"], data["dataset_info"]
        making, agreement = made["making"], made["agreement"]
        settings: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in making.items()}
        agreement_text(agreement), draw({}, [], agreement)  # what cannot be shown says too little
        if isinstance(infos, dict):  # how the card is written where there is one config alone
            infos = [{"config_name": "default", **infos}]
        walk.card = Card(
            text=text,
            rows={
                f"{info['config_name']}/{split['name']}": split["num_examples"]
                for info in infos
                for split in info["splits"]
            },
            tables=dict(made["tables_sha256"]),
            hash_version=made["rows_hash"],
            joined=made["rows_sha256"],
            name=data["pretty_name"],
            license_id=data.get("license") or "",
            making=making,
            is_masked=bool(making["mask_personal_data"]),
            has_pseudonyms=making["annotators"] == "pseudonyms",
            has_removed=bool(making["removed"]),
            policy=str(making["split_policy"]),
            agreement=agreement,
            log=LogCounts(**made["annotation_log"]),
            inputs=dict(made["inputs"]),
            made=Making(**settings),
            masked=dict(made["masked"]),
            deleted=int(made["deleted_suggestions"]),
            configs=list(data["configs"]),
            infos={info["config_name"]: info for info in infos},
            forms=tuple(making["forms"]),
            spacy=making["spacy"],
        )
    except (JiaozhuError, KeyError, TypeError, ValueError) as error:
        reason = str(error) if isinstance(error, JiaozhuError) else f"{CARD}: its front matter lacks {error}"
        walk.findings["card"].fail(reason)
        walk.findings["rows"].fail(reason)


def tables_of(folder: Path) -> dict[str, list[str]]:
    """The paths of the tables that are there, by `config/split`."""
    found = {
        f"{config}/{split}": [path.relative_to(folder).as_posix() for path in shards(folder, config, split)]
        for config in CONFIGS
        for split in SPLITS
    }
    return {table: paths for table, paths in found.items() if paths}


def check_files(walk: Walk) -> None:
    """Everything is there, and nothing else."""
    finding, card = walk.findings["files"], walk.card
    there = {*files_of(walk.folder), *([SUMS] if (walk.folder / SUMS).is_file() else [])}
    finding.seen = len(there)
    tables = tables_of(walk.folder)
    always = {CARD, SUMS, CROISSANT, *draw({}, [], card.agreement if card else None)}
    for name in sorted(always - there):
        finding.fail(f"{name}: is missing")
    if card is not None:
        for table in sorted(set(card.tables) - set(tables)):
            finding.fail(f"{table}: has no file")
        tables = {table: paths for table, paths in tables.items() if table in card.tables}
    for table, paths in tables.items():
        if not paths[-1].endswith(f"-{len(paths) - 1:05d}-of-{len(paths):05d}.parquet"):
            finding.fail(f"{table}: a shard is missing; the last is {paths[-1]}")
    beside = tuple(f"{FORMS_FOLDER}/{form}/" for form in (FORMS if card is None else card.forms))
    ours = {*always, *(path for paths in tables.values() for path in paths)}
    for name in sorted(name for name in there - ours if not name.startswith(beside)):
        finding.fail(f"{name}: is no part of the dataset")
    if not tables:
        finding.fail("data: has no table")


def check_card(walk: Walk, card: Card) -> None:
    """The card's numbers, splits and hashes against what was read."""
    finding, rows = walk.findings["card"], walk.findings["rows"]
    labels = list(walk.shape.labels) if walk.shape else []
    counted: dict[str, int] = {}
    for split, counts in walk.counts.items():
        counted[f"default/{split}"] = counts.passages
        if counts.entities:
            counted[f"provenance/{split}"] = counts.entities.total()
    finding.seen = len(card.rows)
    claimed = {name: size for name, size in card.rows.items() if not name.startswith("removed/")}
    for name in sorted({*claimed, *counted}):
        if claimed.get(name) != counted.get(name):
            finding.fail(f"{name}: the card says {claimed.get(name)} rows, the data {counted.get(name)}")
    if numbers(walk.counts, labels) not in card.text:
        finding.fail("its tables of numbers are not those of the data")
    if splits_text(card.policy, walk.overlap.found()) not in card.text:
        finding.fail("what it says of the splits is not what the data gives")
    for path, picture in draw(walk.counts, labels, card.agreement).items():
        if not (walk.folder / path).is_file() or (walk.folder / path).read_bytes() != picture.encode():
            finding.fail(f"{path}: is not the picture of the data")
    if agreement_text(card.agreement) not in card.text:
        finding.fail("what it says of the annotators' agreement is not what its figures give")
    if decisions(walk.counts) not in card.text:
        finding.fail("its table of decisions is not that of the data")
    _check_text(walk, card, labels)
    _check_infos(walk, card)
    if card.log.carried_spans != walk.carried:
        said = f"the card says {card.log.carried_spans} carried spans, the data {walk.carried}"
        walk.findings["carried"].fail(said)
    _check_croissant(walk, card)
    if card.hash_version != HASH_VERSION:
        rows.fail(f"they are hashed by version {card.hash_version}; this jiaozhu knows version {HASH_VERSION}")
    for name in sorted({*card.tables, *walk.hashes}):
        if card.tables.get(name) != walk.hashes.get(name):
            rows.fail(f"{name}: its rows have another hash")
    if card.joined != joined_hash(walk.hashes):
        rows.fail("the rows of the dataset have another hash")


def _check_text(walk: Walk, card: Card, labels: list[str]) -> None:
    """Every line that a build writes stands there, in order; what publishers add between them is theirs."""
    finding = walk.findings["card"]
    documents = sum(counts.documents for counts in walk.counts.values())
    if card.log.published != documents:
        finding.fail(f"it says that {card.log.published} annotations are published; there are {documents} documents")
    if card.made.jiaozhu != version("jiaozhu"):
        return  # another version may put it in other words
    expected = card_text(
        name=card.name,
        license_id=card.license_id,
        labels=labels,
        counts=walk.counts,
        overlap=walk.overlap.found(),
        log=card.log,
        making=card.made,
        masked=card.masked,
        rows_sha256=card.joined,
        deleted=card.deleted,
        agreement=card.agreement,
    )
    lines = iter(card.text.split("\n"))
    for line in expected.rstrip("\n").split("\n"):
        if line not in lines:
            finding.fail(f"it lacks the line: {line[:80]}")
            return


def _check_infos(walk: Walk, card: Card) -> None:
    """What `load_dataset` reads: the files of each split, the columns with the names of the tags, the sizes."""
    finding = walk.findings["card"]
    if walk.shape is None:
        return
    files = tables_of(walk.folder)
    if card.configs != configs(files, card.tables):
        finding.fail("its configs name other files")
    for config, info in card.infos.items():
        if info.get("features") != columns(walk.shape.schema(config), walk.shape):
            finding.fail(f"{config}: it names other columns or tags")
        paths = [path for table, paths in files.items() if table.startswith(f"{config}/") for path in paths]
        if info.get("download_size") != sum((walk.folder / path).stat().st_size for path in paths):
            finding.fail(f"{config}: its download_size is not that of the files")
        if info.get("dataset_size") != sum(split["num_bytes"] for split in info["splits"]):
            finding.fail(f"{config}: its dataset_size is not that of its splits")


def _check_croissant(walk: Walk, card: Card) -> None:
    finding = walk.findings["card"]
    if walk.shape is None:
        return
    paths = [path for paths in tables_of(walk.folder).values() for path in paths]
    expected = croissant(
        {path: walk.sums.get(path, "") for path in paths},
        walk.shape,
        name=card.name,
        license_id=card.license_id,
        rows_sha256=card.joined,
        making=card.making,
    )
    if not (walk.folder / CROISSANT).is_file() or (walk.folder / CROISSANT).read_bytes() != expected.encode():
        finding.fail(f"{CROISSANT}: is not what the card and the sums give")


def check_policy(walk: Walk, card: Card) -> None:
    """Every cluster is in the split that the policy gives it; under `blind` the test split is what is blind."""
    if walk.unread or walk.findings["splits"].wrong:
        return
    if card.policy not in ("balanced", "blind"):
        walk.findings["splits"].fail(f"the card names a policy that there is not: {card.policy}")
        return
    split_of = {cluster: SPLITS[home] for cluster, home in walk.clusters.home_of().items()}
    blind = [cluster for cluster, split in split_of.items() if split == "test"] if card.policy == "blind" else []
    expected = assign(walk.clusters.counts(), blind)
    for cluster, split in sorted(split_of.items()):
        if expected[cluster] != split:
            walk.findings["splits"].fail(f"cluster {cluster}: is in {split}, its place is {expected[cluster]}")


def check_forms(walk: Walk, card: Card) -> None:
    """Write the forms again from the tables, one at a time, and hold each file against the one that is there.

    The form `spacy` is looked at by the spaCy that wrote it; another one may write other bytes.
    """
    finding = walk.findings["forms"]
    if walk.unread or walk.shape is None or not card.forms:
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
            write_form(walk.folder, Path(made), form, walk.shape)
            expected = files_of(Path(made) / form)
            finding.seen += len(expected)
            for name in expected:
                if not (there / name).is_file():
                    finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is missing")
                elif not filecmp.cmp(Path(made) / form / name, there / name, shallow=False):
                    finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is not what the tables give")
            for name in sorted(set(files_of(there)) - set(expected)):
                finding.fail(f"{FORMS_FOLDER}/{form}/{name}: is no part of the form")
