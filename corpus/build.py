"""The corpus from raw pages: read, clean, cluster, and write the four configs.

`clean_batch` (corpus/cleaned.py) is the heavy part, a pure function on Arrow tables; `datasets.Dataset.map` runs it on
several processes, and a cluster can run the same function. What the build before made of the same page is taken over
(corpus/kept.py); clusters, names and addresses are made anew. Everything is streamed but the near-duplicate signatures.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus import kept
from corpus.clean import CLEANER_VERSION
from corpus.cleaned import CLEANED, DOCUMENT, INPUT, clean_batch, fingerprint
from corpus.errors import JiaozhuError
from corpus.folder import CARD, file_sha256, replace_folder, write_sums
from corpus.inputs import cleaner_sha256, pages_sha256
from corpus.metadata import site_of
from corpus.near_duplicates import WIDTH, cluster
from corpus.progress import track
from corpus.reading import read_pages
from corpus.records import SCHEMAS, Page, Rejected
from corpus.store import RowFile, TableWriter, read_batches

BATCH = 64

_ARRIVED = pa.schema(
    [("doc_id", pa.string()), ("source", pa.string()), ("url", pa.string()), ("fingerprint", pa.binary(16))]
)
# `datasets` 5.2 refuses to load a table without rows, so an empty one says that it is.
_NOTHING: dict[str, dict[str, Any]] = {
    "removed": {"start": 0, "end": 0, "rule": "none", "text": ""},
    "rejected": {"reason": "none", "detail": "no page was rejected"},
}
_FILE = "train-00000-of-00001.parquet"

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Summary:
    """What went in and what came out. `rejected` counts by reason, `removed` counts characters by rule.

    `taken_over` pages of them were not cleaned again.
    """

    pages: int
    documents: int
    unique: int
    rejected: dict[str, int]
    removed: dict[str, int]
    flags: dict[str, int]
    taken_over: int

    def as_dict(self) -> dict[str, Any]:
        """The summary as one JSON object."""
        return asdict(self)


def build_corpus(
    paths: Iterable[Path], output: Path, *, workers: int = 1, keep_traditional: bool = False, anew: bool = False
) -> Summary:
    """Write the four configs and a card to `output`, in place of the corpus that was there.

    What that one has of the same pages, made by the same cleaner, is taken over, unless all is to be made `anew`: the
    bytes are the same.

    Raises:
        JiaozhuError: a path does not exist, there is no page in any of them, or `output` holds anything that is not a
            dataset of ours. `output` is then as it was.
    """
    paths = list(paths)
    items = read_pages(paths)
    inputs, cleaner = pages_sha256(paths, keep_traditional), cleaner_sha256(keep_traditional)
    with replace_folder(output) as folder:
        work = folder / "work"
        before = None if anew else kept.earlier(output.resolve(), cleaner)
        rejected, places = _read(items, folder, work, before)
        if not rejected and not len(places):
            named = ", ".join(map(str, paths))
            raise JiaozhuError(f"{named}: no pages here; put .txt, .html or .jsonl files into it")
        with pa.ipc.new_file(str(work / "cleaned.arrow"), CLEANED) as cleaned:
            if before is not None:
                for table in kept.rows_of(before, _taken_over(places)):
                    cleaned.write_table(table)
            for table in _clean(work, workers, keep_traditional):
                cleaned.write_table(table)
        with RowFile(work / "cleaned.arrow") as rows:
            summary = _write(folder, rows, places, rejected)
        for path in sorted(work.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        work.rmdir()
        (folder / CARD).write_text(_card(folder, summary, inputs, cleaner), "utf-8")
        write_sums(folder)
    return summary


def _read(
    items: Iterable[Page | Rejected], folder: Path, work: Path, before: kept.Earlier | None
) -> tuple[list[dict[str, Any]], Places]:
    """Write every readable page once, and those to be cleaned once more.

    Returns what was rejected on the way, and the place of each page in the corpus before, -1 where it has none.
    """
    seen: dict[str, str] = {}
    rejected: list[dict[str, Any]] = []
    places = array("q")
    with (
        TableWriter(folder / "pages" / _FILE, SCHEMAS["pages"], BATCH) as pages,
        TableWriter(work / "arrived.parquet", _ARRIVED) as arrived,
        TableWriter(work / "input.parquet", INPUT, BATCH) as for_cleaning,
    ):
        for item in track(items, "reading pages"):
            row = {"doc_id": item.doc_id, "source": item.source}
            if not isinstance(item, Page):
                rejected.append(row | {"reason": item.reason, "detail": item.detail})
            elif item.doc_id in seen:
                rejected.append(row | {"reason": "same_bytes", "detail": f"the same page as {seen[item.doc_id]}"})
            else:
                seen[item.doc_id] = item.source
                pages.write(row | {"encoding": item.encoding, "raw": item.raw})
                known_by = fingerprint(item.raw, item.is_html)
                arrived.write(row | {"url": item.url, "fingerprint": known_by})
                place = before.pages.find(known_by) if before else -1
                places.append(place)
                if place < 0:
                    for_cleaning.write({"raw": item.raw, "is_html": item.is_html})
    return rejected, np.array(places, np.int64)


def _taken_over(places: Places) -> Places:
    """The pages of the corpus before that are needed, each once, in its order."""
    return np.unique(places[places >= 0])


def _order(places: Places) -> Places:
    """For each page its row among the cleaned: first those that were taken over, then the others."""
    taken_over, new = _taken_over(places), places < 0
    return np.where(new, len(taken_over) + np.cumsum(new) - 1, np.searchsorted(taken_over, places))


def _clean(work: Path, workers: int, keep_traditional: bool) -> Iterator[pa.Table]:
    """Run `clean_batch` over the pages, with `datasets` on `workers` processes; the order of the rows stays."""
    source = work / "input.parquet"
    batches = -(-pq.read_metadata(source).num_rows // BATCH)
    processes = min(workers, batches)
    if processes > 1:
        yield from _clean_in_processes(source, work / "cache", processes, keep_traditional)
        return
    for batch in track(read_batches(source, batch_size=BATCH), "cleaning pages", batches):
        yield clean_batch(pa.Table.from_batches([batch]), keep_traditional)


def _clean_in_processes(source: Path, cache: Path, processes: int, keep_traditional: bool) -> Iterator[pa.Table]:
    import datasets

    with _progress_bars():
        pages = datasets.Dataset.from_parquet(str(source), cache_dir=str(cache)).with_format("arrow")
        cleaned = pages.map(
            clean_batch,
            fn_kwargs={"keep_traditional": keep_traditional},
            batched=True,
            batch_size=BATCH,
            num_proc=processes,
            remove_columns=pages.column_names,
            features=datasets.Features.from_arrow_schema(CLEANED),
            cache_file_name=str(cache / "cleaned.arrow"),
            desc="cleaning pages",
        )
        yield from cleaned.with_format("arrow").iter(batch_size=BATCH)


@contextmanager
def _progress_bars() -> Iterator[None]:
    """The progress bars of `datasets` only where ours show too: on a terminal."""
    import datasets

    hide = not sys.stderr.isatty() and not datasets.are_progress_bars_disabled()
    if hide:
        datasets.disable_progress_bars()
    try:
        yield
    finally:
        if hide:
            datasets.enable_progress_bars()


def _write(folder: Path, cleaned: RowFile, places: Places, rejected: list[dict[str, Any]]) -> Summary:
    """Cluster the documents and write the configs from the cleaned pages."""
    arrived, order = folder / "work" / "arrived.parquet", _order(places)
    clusters = _clusters(cleaned, order, arrived)
    counts = {name: Counter[str]() for name in ("rejected", "removed", "flags")}
    total = unique = 0
    with (
        TableWriter(folder / "documents" / _FILE, SCHEMAS["documents"]) as documents,
        TableWriter(folder / "removed" / _FILE, SCHEMAS["removed"], 20_000) as removed,
        TableWriter(folder / "rejected" / _FILE, SCHEMAS["rejected"]) as out,
        TableWriter(folder / kept.FILE, kept.SCHEMA) as known,
    ):
        for rows, came in _blocks(cleaned, order, arrived):
            held = pc.is_null(rows["reason"])
            spans = _spans(rows, came["doc_id"])
            removed.add(spans)
            counts["removed"].update(_characters(spans))
            known.add(pa.table([came["fingerprint"], held, pc.list_value_length(rows["removed"])], schema=kept.SCHEMA))
            articles, their = rows.filter(held), came.filter(held)
            for flag in pc.list_flatten(articles["flags"]).to_pylist():
                counts["flags"][flag] += 1
            pairs = [next(clusters) for _ in range(articles.num_rows)]
            columns = {name: their[name] for name in ("doc_id", "source", "url")}
            columns["site"] = pa.array(map(site_of, their["url"].to_pylist()), pa.string())
            columns |= {field.name: articles[field.name] for field in DOCUMENT}
            columns["cluster_id"] = pa.array([name for name, _ in pairs], pa.string())
            columns["is_canonical"] = pa.array([best for _, best in pairs], pa.bool_())
            documents.add(pa.table([columns[name] for name in SCHEMAS["documents"].names], schema=SCHEMAS["documents"]))
            total += len(pairs)
            unique += sum(best for _, best in pairs)
            without, theirs = rows.filter(pc.invert(held)), came.filter(pc.invert(held))
            named = [theirs["doc_id"], theirs["source"], without["reason"], without["detail"]]
            out.add(pa.table(named, schema=SCHEMAS["rejected"]))
            counts["rejected"].update(without["reason"].to_pylist())
        for row in rejected:
            out.write(row)
            counts["rejected"][row["reason"]] += 1
        for name, table in (("removed", removed), ("rejected", out)):
            if table.count == 0:
                table.write(_NOTHING[name])
    ordered = {name: dict(sorted(counter.items())) for name, counter in counts.items()}
    taken_over = int((places >= 0).sum())
    return Summary(total + sum(counts["rejected"].values()), total, unique, taken_over=taken_over, **ordered)


def _blocks(cleaned: RowFile, order: Places, arrived: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """What became of the pages, and where they came from, in their order."""
    start = 0
    for batch in read_batches(arrived, batch_size=BATCH):
        yield cleaned.take(order[start : start + batch.num_rows]), pa.Table.from_batches([batch])
        start += batch.num_rows


def _spans(rows: pa.Table, doc_ids: pa.ChunkedArray) -> pa.Table:
    """The removed spans of the pages, a row each."""
    parents, spans = pc.list_parent_indices(rows["removed"]), pc.list_flatten(rows["removed"])
    columns = [doc_ids.take(parents), *(pc.struct_field(spans, name) for name in SCHEMAS["removed"].names[1:])]
    return pa.table(columns, schema=SCHEMAS["removed"])


def _characters(spans: pa.Table) -> dict[str, int]:
    """How many characters each rule took."""
    rules = spans["rule"].combine_chunks().dictionary_encode()
    lengths = pc.subtract(spans["end"], spans["start"]).to_numpy()
    sums = np.bincount(rules.indices.to_numpy(), lengths, len(rules.dictionary))
    return dict(zip(rules.dictionary.to_pylist(), map(int, sums), strict=True))


def _clusters(cleaned: RowFile, order: Places, arrived: Path) -> Iterator[tuple[str, bool]]:
    """For each document in order: its cluster's id, and whether it is the cluster's canonical copy.

    A cluster is named after the smallest doc_id in it. The best copy is canonical: the highest quality, then the
    longest text, then the smallest doc_id.
    """
    matrix = [np.empty((0, WIDTH), np.uint32)]
    ranks: list[tuple[float, int, str]] = []
    for rows, came in _blocks(cleaned, order, arrived):
        held = pc.is_null(rows["reason"])
        articles, doc_ids = rows.filter(held), came["doc_id"].filter(held).to_pylist()
        matrix += [np.frombuffer(signature, "<u4").reshape(1, -1) for signature in articles["signature"].to_pylist()]
        lengths = pc.utf8_length(articles["text"]).to_pylist()
        ranks += [(-q, -n, i) for q, n, i in zip(articles["quality"].to_pylist(), lengths, doc_ids, strict=True)]
    members: dict[int, list[int]] = {}
    heads = cluster(np.concatenate(matrix))
    for index, head in enumerate(heads):
        members.setdefault(int(head), []).append(index)
    names = {head: min(ranks[index][2] for index in group) for head, group in members.items()}
    best = {head: min(group, key=ranks.__getitem__) for head, group in members.items()}
    for index, head in enumerate(heads):
        yield names[int(head)], best[int(head)] == index


def _card(folder: Path, summary: Summary, inputs: str, cleaner: str) -> str:
    """The corpus's own card: which configs there are, and what went in and came out.

    `datasets` names its cache after a config's description; without the sum a rebuilt folder would give the old rows.
    """
    configs = "".join(
        f"- config_name: {name}\n  description: sha256 {file_sha256(folder / name / _FILE)}\n"
        f"  data_files:\n  - split: train\n    path: {name}/*.parquet\n"
        + ("  default: true\n" if name == "documents" else "")
        for name in SCHEMAS
    )
    lines = [
        f"| pages | {summary.pages} |",
        f"| documents | {summary.documents} |",
        f"| unique documents | {summary.unique} |",
        *(f"| rejected: {reason} | {count} |" for reason, count in summary.rejected.items()),
    ]
    return (
        f"---\nconfigs:\n{configs}jiaozhu:\n  inputs: {inputs}\n  cleaner: {cleaner}\n---\n\n"
        "# A corpus built by jiaozhu\n\n"
        f"Cleaner version {CLEANER_VERSION}. Load a config with `datasets.load_dataset(DIR, NAME)`. "
        "Where nothing was removed or rejected, that config holds one row without a `doc_id`, of rule or reason "
        "`none`, because `datasets` cannot load a table without rows.\n\n"
        "| what | number |\n|---|---|\n" + "\n".join(lines) + "\n"
    )
