"""The corpus from raw pages: read, clean, cluster, and write the four configs.

`clean_batch` is the heavy part, a pure function on Arrow tables; `datasets.Dataset.map` runs it here on any number of
processes, and a cluster can run the same function. Everything is streamed but the near-duplicate signatures.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.clean import CLEANER_VERSION, clean_page
from corpus.errors import JiaozhuError
from corpus.folder import CARD, file_sha256, replace_folder, write_sums
from corpus.inputs import pages_sha256
from corpus.near_duplicates import Signatures, cluster, signatures
from corpus.progress import track
from corpus.reading import read_pages
from corpus.records import SCHEMAS, Document, Page, Rejected, text_sha256
from corpus.rules.traditional import to_simplified
from corpus.store import TableWriter, read_rows

BATCH = 64

_INPUT = pa.schema(
    [*SCHEMAS["pages"], pa.field("url", pa.string()), pa.field("is_html", pa.bool_())],
)
_REMOVED = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("rule", pa.string())])
_CLEANED = pa.schema(
    [
        *(field for field in SCHEMAS["documents"] if field.name not in ("cluster_id", "is_canonical")),
        pa.field("reason", pa.string()),
        pa.field("detail", pa.string()),
        pa.field("removed", pa.list_(_REMOVED)),
        pa.field("signature", pa.binary()),
    ]
)
# `datasets` 5.2 refuses to load a table without rows, so an empty one says that it is.
_NOTHING: dict[str, dict[str, Any]] = {
    "removed": {"start": 0, "end": 0, "rule": "none", "text": ""},
    "rejected": {"reason": "none", "detail": "no page was rejected"},
}
_FILE = "train-00000-of-00001.parquet"
_DOCUMENT_COLUMNS = SCHEMAS["documents"].names


@dataclass(frozen=True, slots=True)
class Summary:
    """What went in and what came out. `rejected` counts by reason, `removed` counts characters by rule."""

    pages: int
    documents: int
    unique: int
    rejected: dict[str, int]
    removed: dict[str, int]
    flags: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """The summary as one JSON object."""
        return asdict(self)


def clean_batch(pages: pa.Table, keep_traditional: bool = False) -> pa.Table:
    """A row for each page: its document, or the reason why there is none; its removed spans; its signature."""
    rows = [_clean_row(row, keep_traditional) for row in pages.to_pylist()]
    found = [index for index, row in enumerate(rows) if row["reason"] is None]
    for index, signature in zip(found, signatures([_in_one_script(rows[index]) for index in found]), strict=True):
        rows[index]["signature"] = signature.astype("<u4").tobytes()
    return pa.Table.from_pylist(rows, schema=_CLEANED)


def _in_one_script(row: dict[str, Any]) -> str:
    """A copy in Traditional characters is a copy."""
    return to_simplified(row["text"]) if row["script"] == "hant" else row["text"]


def _clean_row(row: dict[str, Any], keep_traditional: bool) -> dict[str, Any]:
    page = Page(row["doc_id"], row["source"], row["encoding"], row["raw"], row["url"], row["is_html"])
    result = clean_page(page, keep_traditional=keep_traditional)
    removed = [span._asdict() for span in result.removed]
    if not isinstance(result, Document):
        return {"doc_id": page.doc_id, "source": page.source, "reason": result.reason, "detail": result.detail} | {
            "removed": removed
        }
    return {
        "doc_id": page.doc_id,
        "source": page.source,
        "url": page.url,
        "site": result.site,
        "title": result.title,
        "publisher": result.publisher,
        "author": result.author,
        "published_at": result.published_at,
        "text": result.text,
        "text_sha256": text_sha256(result.text),
        "script": result.script,
        "flags": list(result.flags),
        "quality": result.quality,
        "alignment": [run._asdict() for run in result.alignment],
        "cleaner_version": CLEANER_VERSION + ("+traditional" if keep_traditional else ""),
        "reason": None,
        "removed": removed,
    }


def build_corpus(paths: Iterable[Path], output: Path, *, workers: int = 1, keep_traditional: bool = False) -> Summary:
    """Write the four configs and a card to `output`, in place of the corpus that was there.

    Raises:
        JiaozhuError: a path does not exist, there is no page in any of them, or `output` holds anything that is not a
            dataset of ours. `output` is then as it was.
    """
    paths = list(paths)
    items = read_pages(paths)
    inputs = pages_sha256(paths, keep_traditional)
    with replace_folder(output) as folder:
        work = folder / "work"
        rejected = _read(items, folder, work / "input.parquet")
        if not rejected and pq.read_metadata(work / "input.parquet").num_rows == 0:
            named = ", ".join(map(str, paths))
            raise JiaozhuError(f"{named}: no pages here; put .txt, .html or .jsonl files into it")
        cleaned = work / "cleaned.parquet"
        _clean(work / "input.parquet", cleaned, work / "cache", workers, keep_traditional)
        summary = _write(folder, cleaned, rejected)
        for path in sorted(work.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        work.rmdir()
        (folder / CARD).write_text(_card(folder, summary, inputs), "utf-8")
        write_sums(folder)
    return summary


def _read(items: Iterable[Page | Rejected], folder: Path, target: Path) -> list[dict[str, Any]]:
    """Write every readable page once; return what was rejected on the way."""
    seen: dict[str, str] = {}
    rejected: list[dict[str, Any]] = []
    pages_file = folder / "pages" / _FILE
    with TableWriter(target, _INPUT, BATCH) as for_cleaning, TableWriter(pages_file, SCHEMAS["pages"], BATCH) as pages:
        for item in track(items, "reading pages"):
            row = {"doc_id": item.doc_id, "source": item.source}
            if not isinstance(item, Page):
                rejected.append(row | {"reason": item.reason, "detail": item.detail})
            elif item.doc_id in seen:
                rejected.append(row | {"reason": "same_bytes", "detail": f"the same page as {seen[item.doc_id]}"})
            else:
                seen[item.doc_id] = item.source
                row |= {"encoding": item.encoding, "raw": item.raw}
                pages.write(row)
                for_cleaning.write(row | {"url": item.url, "is_html": item.is_html})
    return rejected


def _clean(source: Path, target: Path, cache: Path, workers: int, keep_traditional: bool) -> None:
    """Run `clean_batch` over the pages with `datasets`, on `workers` processes; the order of the rows stays."""
    import datasets

    with _progress_bars():
        pages = datasets.Dataset.from_parquet(str(source), cache_dir=str(cache)).with_format("arrow")
        features = datasets.Features.from_arrow_schema(_CLEANED)
        processes = max(1, min(workers, len(pages) // BATCH))
        cleaned = pages.map(
            clean_batch,
            fn_kwargs={"keep_traditional": keep_traditional},
            batched=True,
            batch_size=BATCH,
            num_proc=processes if processes > 1 else None,
            remove_columns=pages.column_names,
            features=features,
            cache_file_name=str(cache / "cleaned.arrow"),
            desc="cleaning pages",
        )
        with TableWriter(target, _CLEANED, BATCH) as table:
            for batch in cleaned.with_format("arrow").iter(batch_size=BATCH):
                for row in batch.to_pylist():
                    table.write(row)
        del pages, cleaned


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


def _write(folder: Path, cleaned: Path, rejected: list[dict[str, Any]]) -> Summary:
    """Cluster the documents and write the configs from the cleaned pages."""
    clusters = _clusters(cleaned)
    counts = {name: Counter[str]() for name in ("rejected", "removed", "flags")}
    total = unique = 0
    with (
        TableWriter(folder / "documents" / _FILE, SCHEMAS["documents"]) as documents,
        TableWriter(folder / "removed" / _FILE, SCHEMAS["removed"], 20_000) as removed,
        TableWriter(folder / "rejected" / _FILE, SCHEMAS["rejected"]) as out,
    ):
        raws = read_rows(folder / "pages", ["raw"], BATCH)
        for row, page in zip(read_rows(cleaned, batch_size=BATCH), raws, strict=True):
            for span in row["removed"]:
                text = page["raw"][span["start"] : span["end"]]
                removed.write({"doc_id": row["doc_id"], **span, "text": text})
                counts["removed"][span["rule"]] += span["end"] - span["start"]
            if row["reason"] is not None:
                out.write({name: row[name] for name in SCHEMAS["rejected"].names})
                counts["rejected"][row["reason"]] += 1
                continue
            cluster_id, is_canonical = next(clusters)
            counts["flags"].update(row["flags"])
            total += 1
            unique += is_canonical
            row |= {"cluster_id": cluster_id, "is_canonical": is_canonical}
            documents.write({name: row[name] for name in _DOCUMENT_COLUMNS})
        for row in rejected:
            out.write(row)
            counts["rejected"][row["reason"]] += 1
        for name, table in (("removed", removed), ("rejected", out)):
            if table.count == 0:
                table.write(_NOTHING[name])
    ordered = {name: dict(sorted(counter.items())) for name, counter in counts.items()}
    return Summary(total + sum(counts["rejected"].values()), total, unique, **ordered)


def _clusters(cleaned: Path) -> Iterator[tuple[str, bool]]:
    """For each document in order: its cluster's id, and whether it is the cluster's canonical copy.

    A cluster is named after the smallest doc_id in it. The best copy is canonical: the highest quality, then the
    longest text, then the smallest doc_id.
    """
    columns = ["doc_id", "text", "quality", "signature"]
    rows = (row for row in read_rows(cleaned, columns, BATCH) if row["signature"] is not None)
    matrix: list[Signatures] = []
    ranks: list[tuple[float, int, str]] = []
    for row in rows:
        matrix.append(np.frombuffer(row["signature"], dtype="<u4"))
        ranks.append((-row["quality"], -len(row["text"]), row["doc_id"]))
    members: dict[int, list[int]] = {}
    heads = cluster(np.array(matrix, dtype=np.uint32)) if matrix else ()
    for index, head in enumerate(heads):
        members.setdefault(int(head), []).append(index)
    names = {head: min(ranks[index][2] for index in group) for head, group in members.items()}
    best = {head: min(group, key=ranks.__getitem__) for head, group in members.items()}
    for index, head in enumerate(heads):
        yield names[int(head)], best[int(head)] == index


def _card(folder: Path, summary: Summary, inputs: str) -> str:
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
        f"---\nconfigs:\n{configs}jiaozhu:\n  inputs: {inputs}\n---\n\n# A corpus built by jiaozhu\n\n"
        f"Cleaner version {CLEANER_VERSION}. Load a config with `datasets.load_dataset(DIR, NAME)`. "
        "Where nothing was removed or rejected, that config holds one row without a `doc_id`, of rule or reason "
        "`none`, because `datasets` cannot load a table without rows.\n\n"
        "| what | number |\n|---|---|\n" + "\n".join(lines) + "\n"
    )
