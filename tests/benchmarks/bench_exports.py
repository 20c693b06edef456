"""How fast and in how much memory `exports build` and `exports verify` are, beside pyarrow writing the same tables.

Makes a corpus and a log of as many passages as asked (sentences of the samples in random order, with their entities),
then runs each step in a process of its own. `python tests/benchmarks/bench_exports.py --passages 100000`.
Needs /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from annotation.gold import read_gold
from annotation.labels import load_labels
from annotation.log import Record, Span, Suggestion, from_line, to_line
from corpus.records import SCHEMAS, text_sha256
from corpus.store import parquet_writer
from corpus.workspace import cores
from exports.build import build_dataset
from exports.rows import CONFIGS, shards
from exports.splits import SPLITS
from exports.verify import verify_dataset

ROOT = Path(__file__).parents[2]
CHARACTERS = 1_270  # of a document: three passages
KEPT = 0.25  # of the samples' entities, which are dense: leaves about six a passage
GROUP = 1_000  # documents in a group of rows
DIFFERENT = 6_000
BESIDE = {"--corpus": "corpus", "--log": "log.jsonl"}  # what a dataset may be held against


def sentences() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """The paragraphs of the samples, each with its entities."""
    found = []
    for item in read_gold(ROOT / "samples/articles"):
        begin = 0
        for line in item.text.splitlines(keepends=True):
            end = begin + len(line)
            inside = [
                (e.start - begin, e.end - begin, e.label) for e in item.spans if begin <= e.start and e.end <= end
            ]
            if len(line) > 20:
                found.append((line, inside))
            begin = end
    return found


def documents(number: int) -> Iterator[tuple[dict[str, Any], Record]]:
    """Documents of about `CHARACTERS` characters, and an annotation of each."""
    draw = random.Random(1)
    known = sentences()
    for index in range(number):
        doc_id = f"{index * 0x9E3779B97F4A7C15 % 2**64:016x}"
        chosen: list[tuple[str, list[tuple[int, int, str]]]] = []
        size = 0
        while size < CHARACTERS - 60:
            line = draw.choice(known)
            if size + len(line[0]) <= CHARACTERS + 120:
                chosen.append((f"{line[0][:-1]}{draw.randrange(100)}号。\n", line[1]))
                size += len(chosen[-1][0])
        begins = [0, *accumulate(len(line) for line, _ in chosen)]
        text = "".join(line for line, _ in chosen)
        spans = []
        for place, (begin, (_, entities)) in enumerate(zip(begins, chosen, strict=False)):
            for start, end, label in entities:
                if draw.random() < KEPT:
                    low, high = begin + start, begin + end
                    raw = 5 * (place + 1)  # each line stands behind five characters of markup
                    kind = draw.choices(["kept", "moved", "added"], [8, 1, 1])[0]
                    last = high + (kind == "moved")
                    source = f"jiaozhu/{label.lower()}@0.1.0"
                    said = Suggestion(low, last, label, text[low:last], round(draw.random(), 4), source)
                    suggestion = None if kind == "added" else said
                    spans.append(Span(low, high, label, text[low:high], low + raw, high + raw, kind, suggestion))
        alignment = [
            {"start": begin, "raw_start": begin + 5 * (place + 1), "length": len(line)}
            for place, (begin, (line, _)) in enumerate(zip(begins, chosen, strict=False))
        ]
        digest = text_sha256(text)
        document = {
            "doc_id": doc_id,
            "source": f"pages/{doc_id}.html",
            "url": f"https://example.org/news/{index}.html",
            "title": text[:18],
            "published_at": "2026-11-01",
            "text": text,
            "text_sha256": digest,
            "script": "hans",
            "flags": [],
            "quality": 0.9,
            "alignment": alignment,
            "cluster_id": doc_id,
            "is_canonical": True,
            "cleaner_version": "1",
        }
        record = Record(
            doc_id,
            digest,
            f"{index:08x}-0000-4000-8000-{doc_id[:12]}",
            f"annotator-{index % 7}@example.org",
            "submitted",
            "2026-11-01T08:00:00Z",
            "2026-11-01T08:05:00Z",
            61.5,
            "jiaozhu@0.1.0",
            "1",
            tuple(spans),
            (),
        )
        yield document, record


def make(folder: Path, number: int) -> None:
    """Write a corpus of so many documents, and its log; after `DIFFERENT` they come again under other names."""
    path = folder / "corpus" / "documents" / "train-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    schema = SCHEMAS["documents"]
    known = [(document, to_line(record)) for document, record in documents(min(number, DIFFERENT))]
    groups = [
        pa.Table.from_pylist(
            [{name: document.get(name) for name in schema.names} for document, _ in known[first : first + GROUP]],
            schema=schema,
        )
        for first in range(0, len(known), GROUP)
    ]
    with parquet_writer(path, schema) as writer, (folder / "log.jsonl").open("w", encoding="utf-8") as log:
        for first in range(0, number, GROUP):
            group = groups[first // GROUP % len(groups)].slice(0, number - first)
            names = []
            for index in range(first, first + len(group)):
                old, line = known[index % len(known)]
                names.append(f"{index * 0x9E3779B97F4A7C15 % 2**64:016x}")
                line = line.replace(old["doc_id"], names[-1], 1)
                log.write(line.replace(f"{index % len(known):08x}-", f"{index:08x}-", 1) + "\n")
            for name in ("doc_id", "cluster_id"):
                group = group.set_column(schema.get_field_index(name), schema.field(name), pa.array(names))
            writer.write_table(group)


def change(folder: Path) -> None:
    """Somebody takes the last span of one document away."""
    with (folder / "log.jsonl").open("r+", encoding="utf-8") as log:
        record = from_line(log.readline())
        log.seek(0, 2)
        later = replace(record, updated_at=f"2026-12-01T08:00:00.{log.tell():015d}Z", spans=record.spans[:-1])
        log.write(to_line(later) + "\n")


def step(name: str, folder: Path, with_values: bool, workers: int) -> dict[str, Any]:
    """One step in this process: its seconds, wall and CPU."""
    if name == "build again":
        change(folder)
    began, used = time.perf_counter(), time.process_time()
    more: dict[str, Any] = {}
    if name.startswith("build"):
        made = build_dataset(
            folder / "corpus",
            folder / "log.jsonl",
            folder / "dataset",
            load_labels(),
            normalized=with_values,
            workers=workers,
        )
        splits = made.splits.values()
        more = {
            "passages": sum(split.passages for split in splits),
            "characters": sum(split.characters for split in splits),
            "spans": sum(split.entities.total() for split in splits),
        }
    elif name.startswith("verify"):
        corpus, log = (folder / path if option in name else None for option, path in BESIDE.items())
        checks = verify_dataset(folder / "dataset", corpus, log)
        more = {"passed": all(check.passed for check in checks)}
    else:
        return write(folder)
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - used, **more}


def write(folder: Path) -> dict[str, Any]:
    """pyarrow writes the tables of the dataset again, row group by row group; only its writing counts."""
    seconds = cpu = 0.0
    for config in CONFIGS:
        for split in SPLITS:
            for path in shards(folder / "dataset", config, split):
                with (
                    pq.ParquetFile(path) as table,
                    parquet_writer(folder / "again.parquet", table.schema_arrow) as writer,
                ):
                    for group in range(table.num_row_groups):
                        rows = table.read_row_group(group)
                        began, used = time.perf_counter(), time.process_time()
                        writer.write_table(rows, row_group_size=len(rows))
                        seconds += time.perf_counter() - began
                        cpu += time.process_time() - used
    return {"seconds": seconds, "cpu": cpu}


def in_a_process(name: str, folder: Path, with_values: bool, workers: int) -> dict[str, Any]:
    """A step in a process of its own: with the CPU time of its workers, and the most memory that all had at once."""
    command = [sys.executable, __file__, "--step", name, "--folder", str(folder), "--workers", str(workers)]
    command += [] if with_values else ["--no-values"]
    peak, used = 0, dict[int, float]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        while process.poll() is None:
            held = 0
            for pid in tree(process.pid):
                with suppress(OSError, StopIteration):  # it has ended meanwhile
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                    held += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
                    if pid != process.pid:
                        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
                        used[pid] = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
            peak = max(peak, held)
            time.sleep(0.5)
        assert process.stdout is not None
        found: dict[str, Any] = json.loads(process.stdout.read())
    found["cpu"] += sum(used.values())
    found["peak_mb"] = round(peak / 1024)
    return found


def tree(root: int) -> list[int]:
    """A process and all that came from it; memory that they share is shared out among them by PSS."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--passages", type=int, default=1_000_000)
    arguments.add_argument("--no-values", action="store_true", help="without `normalized`")
    arguments.add_argument("--workers", type=int, default=cores())
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--step")
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    if given.step:
        print(json.dumps(step(given.step, given.folder, not given.no_values, given.workers)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if not (folder / "log.jsonl").is_file():
            make(folder, -(-given.passages // 3))
        figures = {}
        for name in ("build", "write", "verify", "verify --corpus", "verify --corpus --log", "build again"):
            figures[name] = in_a_process(name, folder, not given.no_values, given.workers)
            print(name, figures[name], file=sys.stderr)  # ten minutes are long
    passages = figures["build"]["passages"]
    for found in figures.values():
        found["passages_per_second"] = round(passages / found["seconds"])
        found["passages_per_cpu_second"] = round(passages / found["cpu"])
    if given.json:
        print(json.dumps(figures))
        return
    made = figures["build"]
    print(f"{passages:,} passages of {made['characters'] / passages:.0f} characters, {made['spans']:,} spans")
    for name, found in figures.items():
        speed = f"{found['passages_per_second']:,} passages/s ({found['passages_per_cpu_second']:,} a CPU second)"
        print(f"{name:21} {found['seconds']:8.1f} s {found['cpu']:8.1f} s CPU  {speed}  peak {found['peak_mb']} MB")
    for unit in ("seconds", "cpu"):
        print(f"build at {figures['write'][unit] / made[unit]:.2f} of the speed of pyarrow's writing, by {unit}")


if __name__ == "__main__":
    main()
