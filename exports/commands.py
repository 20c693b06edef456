"""The commands of the group `exports`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from corpus.workspace import Workspace

if TYPE_CHECKING:
    from exports.scores import Scores

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="The published dataset: build it from corpus and annotation log, and verify it.",
)


@app.callback()
def _group() -> None:
    pass


@app.command()
def build(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the dataset.")] = None,
    corpus: Annotated[Path | None, typer.Option(help="Folder of the corpus.")] = None,
    log: Annotated[Path | None, typer.Option(help="The annotation log.")] = None,
    max_chars: Annotated[int | None, typer.Option(min=1, help="Longest passage, in characters.")] = None,
    skip_stale: Annotated[
        bool, typer.Option("--skip-stale", help="Leave out annotations of another text instead of carrying them over.")
    ] = False,
    keep_personal_data: Annotated[
        bool, typer.Option("--keep-personal-data", help="Leave phones, e-mails, IDs and the like as they stand.")
    ] = False,
    forms: Annotated[
        str | None,
        typer.Option(help="Further forms, by commas: conll, spacy, gliner, flair, cluener, brat, labelstudio, chat."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; any number gives the same bytes.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first annotation or line of the log that is refused.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Build all of it anew, also where nothing has changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write the dataset: Parquet, a card and sums, and other forms where wanted; the same bytes for the same inputs.

    A dataset that these inputs and settings would give again is left alone.

    [bold]Examples[/]:

      jiaozhu exports build

      jiaozhu exports build -o build/exports --corpus build/corpus --log annotations/log.jsonl --max-chars 256

      jiaozhu exports build --forms conll,spacy
    """
    from annotation.labels import load_labels
    from corpus.explained import visible
    from exports.build import build_dataset, settings_of, unchanged

    workspace: Workspace = context.obj
    dataset = workspace.dataset
    inputs = (
        corpus or workspace.corpus,
        log or workspace.log,
        output or workspace.exports,
        load_labels(workspace.labels),
    )
    settings = settings_of(
        dataset,
        max_chars=max_chars or dataset.max_chars,
        skip_stale=skip_stale,
        mask_personal_data=dataset.mask_personal_data and not keep_personal_data,
        forms=dataset.forms if forms is None else tuple(name.strip() for name in forms.split(",") if name.strip()),
    )
    if not force and not strict and (found := unchanged(*inputs, settings)):
        if as_json:
            typer.echo(json.dumps({"output": str(inputs[2]), "unchanged": True, "rows_sha256": found}))
        else:
            Console().print(f"unchanged, nothing to do: {inputs[2]}", soft_wrap=True, markup=False, highlight=False)
        return
    summary = build_dataset(*inputs, strict=strict, workers=workers or dataset.workers, anew=force, **settings)
    for refusal in summary.refused:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"refused: {refusal}", markup=False)
    for line in summary.broken:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"broken: {inputs[1]}, {line}", markup=False)
    for item in summary.lost:
        what = "gone" if item.reason == "removed" else "look again"
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"{what}: {visible(str(item))}", markup=False)
    if as_json:
        typer.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
        return
    splits = summary.as_dict()["splits"]
    table = Table(title="The dataset", title_justify="left")
    table.add_column("")
    for name in [*splits, "all"]:
        table.add_column(name, justify="right")
    for unit in ("documents", "passages", "characters", "spans"):
        values = [split[unit] for split in splits.values()]
        table.add_row(unit, *(f"{value:,}" for value in [*values, sum(values)]))
    for label in summary.labels:
        values = [split["labels"][label] for split in splits.values()]
        table.add_row(label, *(f"{value:,}" for value in [*values, sum(values)]))
    console = Console()
    console.print(table)
    left_out = {key: count for key, count in asdict(summary.log).items() if count}
    console.print("annotations: " + ", ".join(f"{count:,} {key}" for key, count in left_out.items()), soft_wrap=True)
    console.print(f"splits: {summary.policy}", soft_wrap=True, highlight=False)
    for split, overlap in summary.overlap.items():
        console.print(f"entities of {split} also in train: {overlap.shares()}", soft_wrap=True, highlight=False)
    masked = ", ".join(f"{count:,} {kind}" for kind, count in summary.masked.items()) or "nothing"
    console.print(f"personal data masked: {masked}", soft_wrap=True)
    if summary.forms:
        console.print(f"forms: {', '.join(summary.forms)}", soft_wrap=True, highlight=False)
    if summary.taken_over:
        console.print(f"taken over from the dataset before: {summary.taken_over:,} of {summary.shards:,} files of rows")
    console.print(f"dataset: {summary.output}", soft_wrap=True, markup=False, highlight=False)


@app.command()
def verify(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Folder of the dataset.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The corpus it was built from; by default the workspace's.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The annotation log; by default the workspace's.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Do nothing where every promise of this very dataset was found to hold.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check every promise of a dataset; exit code 1 where one does not hold.

    With its corpus: documents and raw offsets too; with the annotation log besides: who decided what, and when. The
    workspace's own dataset is held against the corpus and the log of the workspace, where they are there.

    [bold]Examples[/]:

      jiaozhu exports verify

      jiaozhu exports verify downloaded/exports --corpus build/corpus --log annotations/log.jsonl
    """
    from exports.verify import remember_verified, verify_dataset, was_verified

    workspace: Workspace = context.obj
    folder = folder or workspace.exports
    corpus, log = _made_from(workspace, folder, corpus, log)
    if once and was_verified(folder, corpus, log):
        if as_json:
            typer.echo(json.dumps({"dataset": str(folder), "passed": True, "unchanged": True}))
        else:
            Console().print(f"verified before, nothing to do: {folder}", soft_wrap=True, markup=False, highlight=False)
        return
    checks = verify_dataset(folder, corpus, log)
    passed = all(check.passed for check in checks)
    if once and passed:
        remember_verified(folder, corpus, log)
    if as_json:
        found = {"dataset": str(folder), "passed": passed, "checks": [asdict(check) for check in checks]}
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        table = Table(title=f"{sum(check.passed for check in checks)} of {len(checks)} promises hold")
        for column in ("check", "holds", "promise", "found"):
            table.add_column(column)
        for check in checks:
            holds = "[green]yes[/]" if check.passed else "[red]NO[/]"
            table.add_row(check.name, holds, check.promise, escape(check.detail))
        Console().print(table)
    if not passed:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Folder of the old dataset.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Folder of the new dataset.")],
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the difference there, as a section of a changelog.")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 1 where the datasets differ.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what became of a dataset: documents and spans added, removed, moved, retyped, with examples.

    [bold]Examples[/]:

      jiaozhu exports diff published/1.0 build/exports

      jiaozhu exports diff published/1.0 build/exports --markdown changes.md --exit-code
    """
    from exports.changelog import by_label, write_markdown
    from exports.diff import DOCUMENT_KINDS, KINDS, diff_datasets

    found = diff_datasets(old, new)
    if markdown is not None:
        write_markdown(found, markdown)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        console = Console()
        head, rows = by_label(found)
        table = Table(title="Spans by label", title_justify="left")
        for number, column in enumerate(head):
            table.add_column(column, justify="right" if number else "left")
        for row in rows:
            table.add_row(*(cell.strip("`") for cell in row))
        console.print(table)
        for kind in KINDS:
            for example in found.examples[kind]:
                was, now = (f"{one['text']!r} {one['label']}" if one else "" for one in (example.old, example.new))
                words = " → ".join(filter(None, (was, now)))
                console.print(f"{kind}: {words} ({example.doc_id})", soft_wrap=True, markup=False, highlight=False)
        spans = ", ".join(f"{found.spans[kind]:,} {kind}" for kind in KINDS)
        console.print(f"spans: {spans}", soft_wrap=True, highlight=False)
        documents = ", ".join(f"{found.documents[kind]:,} {kind}" for kind in DOCUMENT_KINDS)
        console.print(
            f"documents: {found.documents_old:,} before, {found.documents_new:,} now; {documents}",
            soft_wrap=True,
            highlight=False,
        )
    if exit_code and not found.is_empty:
        raise typer.Exit(1)


@app.command()
def train(
    context: typer.Context,
    dataset: Annotated[
        Path | None, typer.Argument(metavar="[DATASET]", help="Folder of the dataset; by default the workspace's.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the model; by default build/models/KIND.")
    ] = None,
    kind: Annotated[str, typer.Option("--model", metavar="KIND", help="crf or spacy.")] = "crf",
    split: Annotated[str, typer.Option(help="The split to measure on.")] = "test",
    epochs: Annotated[
        int | None, typer.Option(min=1, help="At most so many rounds; by default 100 for crf, 20 or more for spacy.")
    ] = None,
    curve: Annotated[bool, typer.Option(help="Also train on parts of the documents, for the learning curve.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train a model on a dataset, on the CPU, and measure it: scores by label, mistakes, a learning curve.

    [bold]Examples[/]:

      jiaozhu exports train

      jiaozhu exports train build/exports --model spacy -o build/models/spacy --no-curve
    """
    from exports.train import train as run

    workspace: Workspace = context.obj
    output = output or workspace.root / "build" / "models" / kind
    trained = run(dataset or workspace.exports, output, kind, split=split, curve=curve, epochs=epochs)
    if as_json:
        typer.echo(json.dumps({"output": str(output), **trained.as_dict()}, ensure_ascii=False))
        return
    _print_scores(trained.scores)
    for point in trained.curve:
        f1 = "-" if point.f1.value is None else f"{point.f1.value:.3f}"
        typer.echo(f"learned from {point.documents:,} documents: F1 {f1}")
    typer.echo(f"model: {trained.model}\nfolder: {output}")


@app.command()
def evaluate(
    context: typer.Context,
    model: Annotated[
        Path,
        typer.Argument(metavar="MODEL", help="Folder of exports train, a CRF's file, or a spaCy pipeline's folder."),
    ],
    dataset: Annotated[
        Path | None, typer.Argument(metavar="[DATASET]", help="Folder of the dataset; by default the workspace's.")
    ] = None,
    split: Annotated[str, typer.Option(help="The split to measure on.")] = "test",
    label: Annotated[
        list[str] | None, typer.Option(help="A label to count; repeat it. By default all of the dataset.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Print every mistake, one JSON object a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a model on a split of a dataset: exact spans, by label, with intervals over documents.

    [bold]Examples[/]:

      jiaozhu exports evaluate build/models/crf build/exports

      jiaozhu exports evaluate build/models/spacy --split validation --label ORG --errors
    """
    from exports.scores import mistake_row
    from exports.train import evaluate_model

    found, scores = evaluate_model(model, dataset or context.obj.exports, split, label or ())
    mistakes = [mistake_row(mistake) for mistake in scores.mistakes] if errors else []
    if as_json:
        shown = {"model": found.id, "kind": found.kind, **scores.as_dict()}
        typer.echo(json.dumps(shown | ({"errors": mistakes} if errors else {}), ensure_ascii=False))
        return
    for mistake in mistakes:
        typer.echo(json.dumps(mistake, ensure_ascii=False))
    _print_scores(scores)
    typer.echo(f"model: {found.id}")


@app.command()
def publish(
    context: typer.Context,
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The dataset's repository on the Hub.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder of the dataset; by default the workspace's.")
    ] = None,
    push: Annotated[
        bool, typer.Option("--push", help="Upload. Without it, the files are shown and nothing is sent.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Make a new repository public; by default it is private.")
    ] = False,
    message: Annotated[str, typer.Option("--message", "-m", help="The commit's message.")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="A file of mode 600 with the token, where HF_TOKEN is not set.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The corpus it was built from; by default the workspace's.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The annotation log; by default the workspace's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Upload exactly the verified files to the Hugging Face Hub, in one commit. Without --push, only show them.

    [bold]Examples[/]:

      jiaozhu exports publish someone/chinese-ner

      HF_TOKEN=… jiaozhu exports publish someone/chinese-ner build/exports --push --public -m "Round 3"
    """
    from exports.publish import plan, read_token
    from exports.publish import publish as run

    folder = folder or context.obj.exports
    planned = plan(folder, repository, *_made_from(context.obj, folder, corpus, log))
    done = run(folder, planned, read_token(token_file), public=public, message=message) if push else None
    if as_json:
        shown = {**asdict(planned), "size": planned.size, "published": asdict(done) if done else None}
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    table = Table(title=f"{folder} as {repository}, licence {planned.license}", title_justify="left")
    table.add_column("file", overflow="fold")
    table.add_column("bytes", justify="right")
    table.add_column("SHA-256", overflow="fold")
    for file in planned.files:
        table.add_row(escape(file.path), f"{file.size:,}", file.sha256)
    Console().print(table)
    typer.echo(f"{len(planned.files):,} files, {planned.size:,} bytes")
    if done is None:
        typer.echo("nothing was sent; --push uploads these files")
        return
    for path in done.removed:
        typer.echo(f"removed there: {path}")
    typer.echo(f"published and compared: {done.url} at {done.commit}")


def _made_from(
    workspace: Workspace, folder: Path, corpus: Path | None, log: Path | None
) -> tuple[Path | None, Path | None]:
    """The corpus and the log to hold a dataset against: those that are named; for the workspace's own dataset its own,
    where they are there.
    """
    if folder.resolve() == workspace.exports.resolve():
        corpus = corpus or (workspace.corpus if (workspace.corpus / "documents").is_dir() else None)
        log = log or (workspace.log if corpus is not None and workspace.log.is_file() else None)
    return corpus, log


def _print_scores(scores: Scores) -> None:
    from exports.scores import errors_table, scores_table

    documents = f"{scores.documents:,} documents, {scores.passages:,} passages"
    for title, (head, rows) in (
        (f"Scores on {scores.split}: {documents}", scores_table(scores)),
        ("Mistakes", errors_table(scores)),
    ):
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(head):
            table.add_column(column, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        Console().print(table)
