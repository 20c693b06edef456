"""Croissant 1.1, `croissant.json`: what data catalogues and loaders read of the dataset, beside its card.

In: the tables and what the card says of them. Out: JSON-LD that names every table with its SHA-256, every column with
its type, and where the rows come from. One record set a table, `default/train` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from exports.rows import FOLDERS, Shape

CROISSANT = "croissant.json"

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

# Columns that say where a passage or a span comes from, in the words of PROV.
_MEANINGS = {
    "url": "prov:wasDerivedFrom",
    "model": "prov:wasInfluencedBy",
    "annotator": "prov:wasAttributedTo",
    "decided_at": "prov:generatedAtTime",
}

_TYPES = {pa.string(): "sc:Text", pa.int64(): "cr:Int64", pa.float64(): "cr:Float64"}


def croissant(
    files: Mapping[str, str],
    shape: Shape,
    *,
    name: str,
    license_id: str,
    rows_sha256: str,
    making: Mapping[str, Any],
) -> str:
    """The text of `croissant.json`; it has no date, as nothing of ours has.

    `files` are the SHA-256 of the tables' files by their paths, in order, `making` what the card says under that name.
    """
    tables: dict[str, list[str]] = {}
    for path in files:
        tables.setdefault(_table_of(path), []).append(path)
    masked = "are masked" if making["mask_personal_data"] else "stand as the pages have them"
    data: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": "Chinese web pages, cleaned to their articles, with named entities that people decided.",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        **({"license": license_id} if license_id else {}),
        "inLanguage": "zh",
        "keywords": ["named entity recognition", "Chinese", "jiaozhu"],
        "citeAs": f"{name}, rows SHA-256 {rows_sha256}, made with jiaozhu {making['jiaozhu']}",
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": "jiaozhu exports build",
            "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "prov:label": f"jiaozhu {making['jiaozhu']}"},
        },
        "rai:dataPreprocessingProtocol": [f"cleaner {version}" for version in making["cleaner_versions"]],
        "rai:dataAnnotationProtocol": [f"guideline {version}" for version in making["guideline_versions"]],
        "rai:machineAnnotationTools": list(making["models"]),
        "rai:personalSensitiveInformation": [f"Phones, e-mail addresses and the like {masked}; names stay."],
        "distribution": [part for table in tables.values() for part in _files(table, files)],
        "recordSet": [_records(table, paths, shape) for table, paths in tables.items()],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _table_of(path: str) -> str:
    """`config/split` of a table's file."""
    folder, name = path.split("/")
    config = next(config for config, place in FOLDERS.items() if place == folder)
    return f"{config}/{name.partition('-')[0]}"


def _files(paths: list[str], files: Mapping[str, str]) -> list[dict[str, Any]]:
    """A table's files; where there are several shards, also the set of them."""
    found = [
        {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path,
            "contentUrl": path,
            "encodingFormat": "application/x-parquet",
            "sha256": files[path],
        }
        for path in paths
    ]
    if len(paths) > 1:
        pattern = _pattern(paths)
        kind = {"@type": "cr:FileSet", "@id": pattern, "name": pattern, "encodingFormat": "application/x-parquet"}
        found.append(kind | {"includes": pattern})
    return found


def _pattern(paths: list[str]) -> str:
    return f"{paths[0].rpartition('-00000-')[0]}-*.parquet"


_ROWS = {"default": "a passage", "provenance": "a span", "removed": "a span of a raw page that is not in the text"}


def _records(table: str, paths: list[str], shape: Shape) -> dict[str, Any]:
    config, split = table.split("/")
    key = {} if config == "removed" else {"key": {"@id": f"{table}/id"}}
    source = {"fileSet": {"@id": _pattern(paths)}} if len(paths) > 1 else {"fileObject": {"@id": paths[0]}}
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": f"One record {_ROWS[config]}, of the split {split}.",
        **key,
        "field": [_field(table, source, column) for column in shape.schema(config)],
    }


def _field(table: str, place: dict[str, Any], column: pa.Field) -> dict[str, Any]:
    """A column; one of structs has a sub-field each, and lists say that they are arrays."""
    name = f"{table}/{column.name}"
    source: dict[str, Any] = {**place, "extract": {"column": column.name}}
    field: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    if column.name in _MEANINGS:
        field["equivalentProperty"] = _MEANINGS[column.name]
    kind = column.type
    if pa.types.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    if not pa.types.is_struct(kind):
        return field | {"dataType": _TYPES[kind], "source": source}
    parts = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{part.name}",
            "name": f"{name}/{part.name}",
            "dataType": _TYPES[part.type],
            "source": source | {"transform": {"jsonPath": part.name}},
        }
        for part in kind
    ]
    return field | {"subField": parts}
