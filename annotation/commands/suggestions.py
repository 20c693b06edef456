"""The commands of the suggestions: the pipeline over the corpus, its score against the gold, its word view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from annotation.commands.options import CrfOption, JsonOption, ListOption, ModelOption
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation as Settings
from corpus.workspace import Workspace


def preannotate(
    context: typer.Context,
    corpus: Annotated[Path | None, typer.Option(help="The corpus; by default the workspace's.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The table to write; by default the workspace's.")
    ] = None,
    model: ModelOption = None,
    crf: CrfOption = None,
    known: ListOption = None,
    force: Annotated[bool, typer.Option("--force", help="Read every document, changed or not.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Suggest spans for every canonical document of the corpus, and write them to one table.

    What the table that is there has of the same texts is taken over: only new and changed documents are read.

    [bold]Examples[/]

      jiaozhu annotation preannotate
      jiaozhu annotation preannotate --corpus build/corpus -o build/suggestions.parquet --json

      jiaozhu annotation preannotate --crf build/model.crf --list names.tsv
    """
    from annotation.preannotate import preannotate as run
    from annotation.preannotate import print_counts

    output = output or context.obj.suggestions
    chosen = _settings(context.obj, model, crf, known)
    print_counts(
        run(corpus or context.obj.corpus, output, chosen, context.obj.labels, anew=force), output, as_json=as_json
    )


def evaluate(
    context: typer.Context,
    gold: Annotated[
        Path, typer.Argument(help="An annotation log, a folder of marked articles, marked sentences, or .jsonl.")
    ],
    corpus: Annotated[
        Path | None, typer.Option(help="Where the texts of a log are; by default the workspace's corpus.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(help="A label to count; repeat it. By default all that the gold has, or else the scheme."),
    ] = None,
    model: ModelOption = None,
    crf: CrfOption = None,
    known: ListOption = None,
    errors: Annotated[bool, typer.Option("--errors", help="Show every mistake: 【gold】 and 〔suggestion〕.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare what the pipeline suggests with what people decided, and count what that would cost an annotator.

    [bold]Examples[/]

      jiaozhu annotation evaluate annotations/log.jsonl

      jiaozhu annotation evaluate samples/articles --label ORG --label LOC --errors

      jiaozhu annotation evaluate gold.jsonl --model models/ours --crf build/model.crf
    """
    from annotation.evaluate import evaluate as run
    from annotation.evaluate import predictor, print_evaluation
    from annotation.gold import read_gold
    from annotation.labels import load_labels

    items = read_gold(gold, corpus or context.obj.corpus)
    marked, scheme = {span.label for item in items for span in item.spans}, load_labels(context.obj.labels).names
    labels = sorted(marked.union(scheme))
    for asked in label or ():
        if asked not in labels:
            raise JiaozhuError(f"--label {asked}: neither {gold} nor the scheme has it; they have {', '.join(labels)}")
    predict, name = predictor(_settings(context.obj, model, crf, known), context.obj.labels)
    counted = label or sorted(marked) or scheme
    print_evaluation(run(predict, items, counted, name), errors=errors, as_json=as_json)


def words_model(
    archive: Annotated[
        Path | None, typer.Option(help="pkuseg's source archive, where pip has no network; by default pip gets it.")
    ] = None,
) -> None:
    """Set up the model of the word view (pkuseg): 49 MB once, 175 MB on disk.

    [bold]Examples[/]

      jiaozhu annotation words-model

      jiaozhu annotation words-model --archive pkuseg-0.0.25.tar.gz
    """
    from annotation.words import install

    typer.echo(f"The model of the word view is set up: {install(archive)}")


def _settings(workspace: Workspace, model: str | None, crf: Path | None, known: Path | None) -> Settings:
    """The section `[annotation]`, with what was said on the command line."""
    held = workspace.annotation
    return replace(held, model=model or held.model, crf=crf or held.crf, list=known or held.list)
