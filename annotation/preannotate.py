"""Suggestions for a corpus: its canonical documents in, the table of suggestions out, one row a document.

Documents are read and written in the corpus's order, some at a time; the table appears whole or not at all. A text of
which the table before tells what the same pipeline made is not read again (annotation/unchanged.py). What the whole
corpus says of a name (annotation/consistency.py) is added in two further looks, without the pipeline. A document on
which a part of the pipeline fails is annotated by the others, and flagged (annotation/flags.py).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from annotation import import_pipeline, unchanged
from annotation.evaluate import told
from annotation.flags import FAILED
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.suggestions import SCHEMA, Suggestions, read_suggestions
from corpus.errors import JiaozhuError, SpanError
from corpus.progress import track
from corpus.records import text_sha256
from corpus.store import TableWriter, read_rows
from corpus.workspace import Annotation

if TYPE_CHECKING:
    from types import ModuleType

    from spacy.language import Language

    from annotation.pipeline import Annotated


@dataclass(frozen=True, slots=True)
class Counts:
    """What one run did. `spans` counts suggestions by label and source; `copies` are near-duplicates passed over.

    `spread` names were suggested again by the corpus; `forgotten` ones were too many to be remembered. `flagged` counts
    documents by flag; `failures` has the first document on which a part failed and the reason, by part.
    """

    model: str
    documents: int
    copies: int
    characters: int
    spans: dict[tuple[str, str], int]
    spread: int = 0
    forgotten: int = 0
    endpoint: dict[str, float] | None = None  # what a language model was asked, where there is one
    flagged: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)  # spans by labels of a foreign model that nobody mapped
    taken_over: int = 0  # documents that the pipeline did not read, as their texts have not changed


def preannotate(
    corpus: Path,
    output: Path,
    settings: Annotation | None = None,
    labels: Path | None = None,
    *,
    anew: bool = False,
) -> Counts:
    """Write the suggestions for every canonical document of the corpus to `output`; the same corpus, the same bytes.

    What the table that is there has of the same texts is taken over, unless all is to be made `anew`, or a foreign
    model takes part: what it says of a text may hang on those it is shown together with.

    Raises:
        JiaozhuError: there is no corpus at `corpus`, `output` cannot be written, or a model cannot be loaded.
        SpanError: a document is not the text of its hash.
    """
    documents = corpus / "documents"
    if not documents.is_dir():
        raise JiaozhuError(f"{corpus}: no corpus here; build it first (jiaozhu corpus build PAGES -o {corpus})")
    pipeline = import_pipeline()
    from annotation import consistency

    nlp = pipeline.load_pipeline(settings, labels)
    model = f"{pipeline.model_of(nlp)}.consistency.{consistency.VERSION}"
    made_by = unchanged.pipeline_sha256(nlp, model, load_labels(labels).names)
    total = sum(1 for _ in read_rows(documents, ["doc_id"]))
    first, second = (output.with_name(f".{output.name}.{part}") for part in ("partial", "spread"))
    register = consistency.Register()
    flagged: Counter[str] = Counter()
    failures: dict[str, str] = {}
    try:
        with (
            unchanged.earlier(output, None if anew or pipeline.is_foreign(nlp) else made_by) as before,
            TableWriter(first, SCHEMA) as table,
        ):
            copies = characters = taken_over = 0
            rows = read_rows(documents, _COLUMNS, batch_size=nlp.batch_size)
            tracked = iter(track(rows, "pre-annotating", total))
            while batch := list(islice(tracked, nlp.batch_size)):
                held = [row for row in batch if row["is_canonical"]]
                _check(held, documents)
                copies += len(batch) - len(held)
                for row, made, is_new in _annotated(pipeline, nlp, held, before):
                    register.add(made.spans)
                    characters += len(row["text"])
                    flagged.update(made.flags)
                    taken_over += not is_new
                    for part, reason in made.failures.items():
                        failures.setdefault(part, f"{row['doc_id']}: {reason}")
                    table.write(_row(row["doc_id"], row["text_sha256"], model, made.spans, made.flags))
        names = register.clear_names() if "jiaozhu_organizations" in nlp.pipe_names else consistency.Names({})
        if len(names):
            for text, known in track(_texts(documents, first), "counting names", total - copies):
                names.count(text, known.spans)
            names = names.uncontested()
        spans: Counter[tuple[str, str]] = Counter()
        with TableWriter(second, unchanged.described(made_by), checksums=True) as table:
            for text, known in track(_texts(documents, first), "spreading names", total - copies):
                has_words = "jiaozhu_lac" in nlp.pipe_names and f"{FAILED}lac" not in known.flags
                words_of = consistency.words_by_model if has_words else None
                found = consistency.spread(names, text, known.spans, words_of) if len(names) else known.spans
                spans.update((span.label, span.source) for span in found)
                table.write(_row(known.doc_id, known.text_sha256, model, found, known.flags))
        second.replace(output)
    except OSError as error:
        raise JiaozhuError(f"{output}: cannot be written ({error.strerror}); name another file with -o") from None
    finally:
        for partial in (first, second):
            with suppress(OSError):
                partial.unlink()
    return Counts(
        model,
        table.count,
        copies,
        characters,
        dict(sorted(spans.items())),
        len(names),
        register.forgotten,
        endpoint=pipeline.usage_of(nlp),
        flagged=dict(sorted(flagged.items())),
        failures=dict(sorted(failures.items())),
        left_out=pipeline.left_out(nlp),
        taken_over=taken_over,
    )


_SPAN = [field.name for field in fields(Suggestion)]
_COLUMNS = ["doc_id", "text", "text_sha256", "is_canonical"]


def _row(doc_id: str, sha256: str, model: str, spans: Iterable[Suggestion], flags: Sequence[str]) -> dict[str, Any]:
    made = [{name: getattr(span, name) for name in _SPAN} for span in spans]  # asdict takes ten times as long
    return {"doc_id": doc_id, "text_sha256": sha256, "model": model, "spans": made, "flags": list(flags)}


def _texts(documents: Path, table: Path) -> Iterator[tuple[str, Suggestions]]:
    """Each canonical document's text with its suggestions so far, in order."""
    texts = (row["text"] for row in read_rows(documents, ["text", "is_canonical"]) if row["is_canonical"])
    return zip(texts, read_suggestions(table), strict=True)


def _annotated(
    pipeline: ModuleType, nlp: Language, rows: Sequence[Mapping[str, Any]], before: unchanged.Earlier
) -> Iterator[tuple[Mapping[str, Any], Annotated, bool]]:
    """Each row with what the pipeline makes of its text alone, and whether it had to read it; the texts go together."""
    known = before.find([row["text_sha256"] for row in rows])
    new = [row["text"] for row, made in zip(rows, known, strict=True) if made is None]
    read = pipeline.annotate_all(nlp, new)
    for row, made in zip(rows, known, strict=True):
        yield row, next(read) if made is None else pipeline.Annotated(made.spans, made.flags), made is None


def _check(rows: Sequence[Mapping[str, Any]], documents: Path) -> None:
    for row in rows:
        if row["text"] is None or text_sha256(row["text"]) != row["text_sha256"]:
            raise SpanError(f"{documents}: {row['doc_id']} is not the text of its text_sha256; build the corpus again")


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
            "spread": counts.spread,
            "forgotten": counts.forgotten,
            "endpoint": counts.endpoint,
            "flagged": counts.flagged,
            "failures": counts.failures,
            "left_out": counts.left_out,
            "taken_over": counts.taken_over,
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
    if counts.taken_over:
        console.print(f"{counts.taken_over:,} documents have not changed and were not read again")
    if counts.spread:
        console.print(f"{counts.spread:,} names of organizations were suggested again where the corpus has them")
    if counts.forgotten:
        console.print(f"{counts.forgotten:,} rare names were forgotten: the corpus has more than are kept at once")
    if counts.flagged:
        flags = ", ".join(f"{n:,} {name}" for name, n in counts.flagged.items())
        console.print(f"documents with flags: {flags}; the column `flags` of the table says which", markup=False)
    for part, reason in counts.failures.items():
        console.print(f"{part} failed, first on {reason}", markup=False)
    if counts.left_out:
        console.print(told(counts.left_out), markup=False)
    if counts.endpoint is not None:
        asked = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.endpoint.items())
        console.print(f"endpoint: {asked}", markup=False)
    console.print(f"{output}", markup=False)
