"""The dataset's card, README.md: for the Hub, for `load_dataset`, and for a researcher who reads it.

In: what was built, as numbers and versions. Out: a front matter in YAML that names configs, columns, labels and hashes,
and the text of `exports.card_text`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.errors import JiaozhuError
from corpus.folder import CARD
from exports.card_text import Making, card_text
from exports.counts import SplitCounts
from exports.gather import LogCounts
from exports.hashes import HASH_VERSION, joined_hash
from exports.overlap import Overlap
from exports.pictures import draw
from exports.rows import Shape
from exports.tags import tag_names
from exports.writing import Written


def write_card(
    folder: Path,
    *,
    name: str,
    license_id: str,
    shape: Shape,
    counts: Mapping[str, SplitCounts],
    overlap: Mapping[str, Overlap],
    log: LogCounts,
    making: Making,
    masked: Mapping[str, int],
    rows_sha256: str,
    tables: Mapping[str, Written],
    deleted: int,
    inputs: Mapping[str, str],
    agreement: Mapping[str, Any],
) -> None:
    """Write README.md and its pictures beside the tables of `folder`, which stand in `tables` by `config/split`.

    `masked` counts values of personal data by kind, `deleted` the suggestions that annotators took away; `inputs` are
    the digests of what the dataset was made from, `agreement` the figures of `exports.agreement`.
    """
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    tables_sha256 = {table: made.sha256 for table, made in tables.items()}
    held = configs({table: [*made.files] for table, made in tables.items()}, tables_sha256)
    data = DatasetCardData(
        pretty_name=name,
        language=["zh"],
        license=license_id or None,
        task_categories=["token-classification"],
        task_ids=["named-entity-recognition"],
        tags=["jiaozhu"],
        configs=held,
    )
    splits = {item["config_name"]: [part["split"] for part in item["data_files"]] for item in held}
    infos = {config: _info(tables, config, shape, used) for config, used in splits.items()}
    DatasetInfosDict(infos).to_dataset_card_data(data)
    data["jiaozhu"] = {
        "making": {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(making).items()},
        "annotation_log": asdict(log),
        "masked": dict(masked),
        "agreement": dict(agreement),
        "deleted_suggestions": deleted,
        "inputs": dict(inputs),
        "rows_hash": HASH_VERSION,
        "rows_sha256": rows_sha256,
        "tables_sha256": dict(tables_sha256),
    }
    text = card_text(
        name=name,
        license_id=license_id,
        labels=list(shape.labels),
        counts=counts,
        overlap=overlap,
        log=log,
        making=making,
        masked=masked,
        rows_sha256=rows_sha256,
        deleted=deleted,
        agreement=agreement,
    )
    for path, picture in draw(counts, list(shape.labels), agreement).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(picture, "utf-8")
    (folder / CARD).write_text(f"---\n{data.to_yaml().strip()}\n---\n\n{text}", "utf-8")


def configs(files: Mapping[str, Sequence[str]], tables_sha256: Mapping[str, str]) -> list[dict[str, Any]]:
    """What `load_dataset` reads of the tables: their files, by `config/split`; `verify` writes it again."""
    found: dict[str, dict[str, Any]] = {}
    for table, paths in files.items():
        config, split = table.split("/")
        # `datasets` names its cache after the description; without it a rebuilt folder gives the old rows.
        said = "rows " + joined_hash(_of_config(tables_sha256, config))
        entry = found.setdefault(config, {"config_name": config, "description": said, "data_files": []})
        entry["data_files"].append({"split": split, "path": paths[0] if len(paths) == 1 else list(paths)})
    return list(found.values())


def columns(schema: pa.Schema, shape: Shape) -> list[dict[str, Any]]:
    """The columns of a table as the front matter has them, the names of the tags among them."""
    found = [_column(field) for field in schema]
    names = {str(number): name for number, name in enumerate(tag_names(shape.labels, shape.tags))}
    return [
        {"name": "ner_tags", "list": {"class_label": {"names": names}}} if column["name"] == "ner_tags" else column
        for column in found
    ]


def _column(field: pa.Field) -> dict[str, Any]:
    if not pa.types.is_list(field.type):
        return {"name": field.name, "dtype": _DTYPES[field.type]}
    value = field.type.value_type
    inside = [_column(one) for one in value] if pa.types.is_struct(value) else _DTYPES[value]
    return {"name": field.name, "list": inside}


_DTYPES = {pa.string(): "string", pa.int64(): "int64", pa.float64(): "float64"}


def _of_config(tables: Mapping[str, str], config: str) -> dict[str, str]:
    return {table: value for table, value in tables.items() if table.startswith(f"{config}/")}


def read_card(folder: Path) -> tuple[dict[str, Any], str]:
    """The front matter and the whole text of a dataset's card.

    Raises:
        JiaozhuError: there is no card, or its front matter is not YAML.
    """
    from exports.front_matter import front_matter

    path = folder / CARD
    try:
        text = path.read_text("utf-8")
        return front_matter(text), text
    except (OSError, UnicodeDecodeError) as error:
        raise JiaozhuError(f"{path}: cannot be read ({type(error).__name__})") from None
    except Exception as error:  # the YAML reader has a family of errors of its own
        raise JiaozhuError(f"{path}: its front matter is not what the card was written with ({error})") from None


def _info(tables: Mapping[str, Written], config: str, shape: Shape, used: list[str]) -> Any:  # noqa: ANN401
    """The `dataset_info` of one config."""
    from datasets import DatasetInfo, SplitDict, SplitInfo

    splits = SplitDict()
    for split in used:
        made = tables[f"{config}/{split}"]
        splits.add(SplitInfo(split, num_bytes=made.num_bytes, num_examples=made.rows))
    return DatasetInfo(
        features=shape.features(config),
        splits=splits,
        download_size=sum(tables[f"{config}/{split}"].file_bytes for split in used),
        dataset_size=sum(split.num_bytes for split in splits.values()),
    )
