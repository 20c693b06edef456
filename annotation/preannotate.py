"""Suggestions for a corpus: its canonical documents in, the table of suggestions out, one row a document.

Documents are read and written one after the other, in the corpus's order; the table appears whole or not at all.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from annotation import import_pipeline
from annotation.suggestions import SCHEMA
from corpus.errors import JiaozhuError, SpanError
from corpus.progress import track
from corpus.records import text_sha256
from corpus.store import TableWriter, read_rows


@dataclass(frozen=True, slots=True)
class Counts:
    """What one run did. `spans` counts suggestions by label and source; `copies` are near-duplicates passed over."""

    model: str
    documents: int
    copies: int
    characters: int
    spans: dict[tuple[str, str], int]


def preannotate(corpus: Path, output: Path) -> Counts:
    """Write the suggestions for every canonical document of the corpus to `output`; the same corpus, the same bytes.

    Raises:
        JiaozhuError: there is no corpus at `corpus`, or `output` cannot be written.
        SpanError: the pipeline gave a span that does not fit its document, or a document is not the text of its hash.
    """
    documents = corpus / "documents"
    if not documents.is_dir():
        raise JiaozhuError(f"{corpus}: no corpus here; build it first (jiaozhu corpus build PAGES -o {corpus})")
    pipeline = import_pipeline()
    nlp = pipeline.load_pipeline()
    model = pipeline.model_of(nlp)
    total = sum(1 for _ in read_rows(documents, ["doc_id"]))
    spans: Counter[tuple[str, str]] = Counter()
    copies = characters = 0
    partial = output.with_name(f".{output.name}.partial")
    try:
        with TableWriter(partial, SCHEMA) as table:
            rows = read_rows(documents, ["doc_id", "text", "text_sha256", "is_canonical"], batch_size=16)
            for row in track(rows, "pre-annotating", total):
                if not row["is_canonical"]:
                    copies += 1
                    continue
                doc_id, text, digest = row["doc_id"], row["text"], row["text_sha256"]
                if text_sha256(text) != digest:
                    raise SpanError(f"{documents}: {doc_id} is not the text of its text_sha256; build the corpus again")
                try:
                    found = pipeline.suggest(nlp, text)
                except SpanError as error:
                    raise SpanError(f"{documents}: {doc_id}: {error}") from None
                spans.update((span.label, span.source) for span in found)
                characters += len(text)
                rows_of = [asdict(span) for span in found]
                table.write({"doc_id": doc_id, "text_sha256": digest, "model": model, "spans": rows_of})
            count = table.count
        partial.replace(output)
    except OSError as error:
        raise JiaozhuError(f"{output}: cannot be written ({error.strerror}); name another file with -o") from None
    finally:
        with suppress(OSError):
            partial.unlink()
    return Counts(model, count, copies, characters, dict(sorted(spans.items())))


def print_counts(counts: Counts, output: Path, *, as_json: bool = False) -> None:
    """The summary of a run on stdout: a table by label and source, or one JSON object."""
    rows = [{"label": label, "source": source, "spans": n} for (label, source), n in counts.spans.items()]
    if as_json:
        summary = {
            "output": str(output),
            "model": counts.model,
            "documents": counts.documents,
            "copies": counts.copies,
            "characters": counts.characters,
            "spans": rows,
        }
        print(json.dumps(summary, ensure_ascii=False))
        return
    table = Table("label", "source", box=box.SIMPLE_HEAD)
    table.add_column("spans", justify="right")
    for (label, source), n in counts.spans.items():
        table.add_row(label, source, f"{n:,}")
    console = Console(soft_wrap=True, highlight=False)
    console.print(table)
    console.print(
        f"{counts.documents:,} documents, {counts.characters:,} characters; "
        f"{counts.copies:,} near-duplicates left out; model {counts.model}",
        markup=False,
    )
    console.print(f"{output}", markup=False)
