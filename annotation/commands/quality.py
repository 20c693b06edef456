"""The commands of the annotators' work: how far it is, how far they agree, and what is to be looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotation.commands.options import JsonOption, LogOption, ProjectOption, UrlOption
from corpus.workspace import Workspace


def status(
    context: typer.Context,
    url: UrlOption = None,
    project: ProjectOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server; count the log alone.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a report, with agreement and the hardest strings, to this HTML file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """How far the work is: documents, tasks, done, skipped, left, waiting for adjudication, and each annotator's part.

    [bold]Examples[/]

      jiaozhu annotation status

      jiaozhu annotation status --offline --json

      jiaozhu annotation status --html build/annotation.html
    """
    from annotation.status import print_status
    from annotation.status import status as run

    found = run(context.obj, url, project, offline=offline)
    if html:
        from annotation.report import write_report

        write_report(context.obj, found, html)
    print_status(found, as_json=as_json)
    if found.why:
        typer.echo(f"counted from the log alone: {found.why}", err=True)


def agreement(
    context: typer.Context,
    log: LogOption = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The corpus, for the lengths of its texts; by default the workspace's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """How far annotators agree, for each pair and label, and what each of them does with the suggestions.

    Reads the annotation log; no server is needed. docs/quality.md explains the figures.

    [bold]Examples[/]

      jiaozhu annotation agreement

      jiaozhu annotation agreement --log annotations/log.jsonl --json
    """
    from annotation.agreement import agreement as run
    from annotation.agreement import print_agreement

    workspace: Workspace = context.obj
    print_agreement(run(log or workspace.log, corpus or workspace.corpus), as_json=as_json)


def adjudicate(
    context: typer.Context,
    ask: Annotated[
        bool, typer.Option("--push", help="Make tasks of the conflicts, in a project of the same title and ' 裁定'.")
    ] = False,
    url: UrlOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what several annotators agree on, and list what they do not.

    A document on which all agree gets one more record in the log. A person's decision is never overwritten.

    [bold]Examples[/]

      jiaozhu annotation adjudicate

      jiaozhu annotation adjudicate --push
    """
    from annotation.adjudicate import adjudicate as run
    from annotation.adjudicate import print_adjudicated, push_conflicts

    workspace: Workspace = context.obj
    done = run(workspace.log)
    asked = push_conflicts(workspace, url, project) if ask else None
    print_adjudicated(done, asked, as_json=as_json)


def review(
    context: typer.Context,
    ask: Annotated[
        bool, typer.Option("--push", help="Send them to the adjudicator: what was decided, and what may be right.")
    ] = False,
    model: Annotated[
        bool, typer.Option("--model/--no-model", help="Compare with a CRF of the other documents, too.")
    ] = True,
    least: Annotated[float, typer.Option(min=0, max=1, help="Leave out doubts of a lower score.")] = 0.5,
    url: UrlOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find likely errors in what was decided: a second look by other documents, the guideline and a model.

    Nothing in the log is changed, and what an adjudicator decided is not asked again. docs/quality.md has the scores.

    [bold]Examples[/]

      jiaozhu annotation review

      jiaozhu annotation review --no-model --least 0.8 --push
    """
    from annotation.review import print_reviewed, push_doubts
    from annotation.review import review as run

    workspace: Workspace = context.obj
    found = run(workspace, model=model, least=least)
    asked = push_doubts(workspace, found, url, project) if ask else None
    print_reviewed(found, asked, as_json=as_json)


def carry(
    context: typer.Context,
    ask: Annotated[
        bool, typer.Option("--push", help="Make a task of the new text for each document to look at again.")
    ] = False,
    url: UrlOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """After a change of the cleaner: what is carried over to the new texts, and what people must look at again.

    `exports build` carries by the same rules; nothing is written to the log. With --push the spans that were carried
    are suggested in the new tasks.

    [bold]Examples[/]

      jiaozhu annotation carry

      jiaozhu annotation carry --push
    """
    from annotation.again import print_survey, push_again, survey

    workspace: Workspace = context.obj
    found = survey(workspace)
    asked = push_again(workspace, found, url, project) if ask else None
    print_survey(found, asked, as_json=as_json)
