"""What the build before made of the same documents in the same way is taken over, and not made again.

In: a note beside the dataset, which says of each part what it was made of, what it came to, and the SHA-256 of its
files. Out: the parts that may be taken over. The note is no part of the dataset and may be lost: all is then made anew.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, write_whole
from corpus.inputs import code_sha256
from corpus.store import read_batches
from exports.counts import SplitCounts
from exports.inputs import CODE, versions
from exports.overlap import Overlaps
from exports.rows import FOLDERS
from exports.writing import PartTable, Shard

_COUNTS = ("documents", "passages", "characters", "entities", "lengths", "verdicts", "annotators")


@dataclass(slots=True)
class Made:
    """What was made of a part, from documents and settings with this `digest`; `counts` does not name its clusters."""

    number: int
    split: str
    digest: str
    counts: SplitCounts
    overlap: Overlaps
    masked: Counter[str]
    cleaners: set[str]
    tables: dict[str, PartTable]
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """A part of the dataset before: its folder, what it was made of, and what the note says of it."""

    folder: Path
    digest: str
    said: dict[str, Any]


def way_sha256(*settings: object) -> str:
    """One hash of everything but the documents that shapes a part: these settings, our code, the libraries."""
    return sha256(repr((settings, code_sha256(CODE), versions())).encode()).hexdigest()


def remember(output: Path, made: Iterable[Made], names: Mapping[str, str]) -> None:
    """Write beside the dataset what its parts were made of; `names` are those that their files got."""
    parts = []
    for one in made:
        counts = {name: getattr(one.counts, name) for name in _COUNTS}
        counts["annotators"] = sorted(one.counts.annotators)
        tables = {config: _named(table, names) for config, table in one.tables.items()}
        said = {"masked": one.masked, "cleaners": sorted(one.cleaners), "counts": counts, "tables": tables}
        parts.append({"number": one.number, "split": one.split, "digest": one.digest, "said": said})
    lines = ",\n".join(json.dumps(part, ensure_ascii=False, sort_keys=True) for part in parts)
    write_whole(_note(output), f"[\n{lines}\n]\n", "make room, or choose another folder")


def _named(table: PartTable, names: Mapping[str, str]) -> dict[str, Any]:
    return asdict(replace(table, shards=tuple(replace(shard, path=names[shard.path]) for shard in table.shards)))


def forget(output: Path) -> None:
    """Take the note away."""
    with suppress(OSError):
        _note(output).unlink()


def parts_before(output: Path) -> dict[tuple[str, int], Before]:
    """The parts of the dataset in `output`, by split and range; none where no note can be read."""
    try:
        parts = json.loads(_note(output).read_text("utf-8"))
        return {(part["split"], part["number"]): Before(output, part["digest"], part["said"]) for part in parts}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def take_over(before: Before, folder: Path, number: int, split: str, labels: tuple[str, ...]) -> Made | None:
    """Put the files of a part of the dataset before into `folder`; None where one of them is not as it was written."""
    try:
        counts = dict(before.said["counts"])
        counts["lengths"] = {int(length): size for length, size in counts["lengths"].items()}
        counts |= {name: Counter(counts[name]) for name in ("entities", "lengths", "verdicts")}
        counts["annotators"] = set(counts["annotators"])
        tables: dict[str, PartTable] = {}
        for config, said in before.said["tables"].items():
            shards: list[Shard] = []
            for place, shard in enumerate(said["shards"]):
                source, name = before.folder / shard["path"], f"{FOLDERS[config]}/{split}-{number:02d}-{place}.part"
                if file_sha256(source) != shard["sha256"]:
                    return None
                (folder / name).parent.mkdir(exist_ok=True)
                _link(source, folder / name)
                shards.append(Shard(name, shard["size"], shard["sha256"]))
            tables[config] = PartTable(said["rows"], said["num_bytes"], dict(said["ranges"]), tuple(shards))
        overlap = Overlaps(labels)
        for shard in tables["provenance"].shards if "provenance" in tables else ():
            for batch in read_batches(folder / shard.path, ["label", "text"], 50_000):
                overlap.add(split, batch)
        masked, cleaners = Counter(before.said["masked"]), set(before.said["cleaners"])
        return Made(
            number, split, before.digest, SplitCounts(**counts), overlap, masked, cleaners, tables, taken_over=True
        )
    except (JiaozhuError, OSError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _link(source: Path, target: Path) -> None:
    """The same file under another name, as nobody writes into it; a copy where the disk has no such links."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _note(output: Path) -> Path:
    return output.with_name(f".{output.name}.parts")
