"""The commands that speak with Label Studio: start it, send tasks, bring decisions back, answer as tasks open."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotation.commands.options import JsonOption, ProjectOption, UrlOption
from corpus.errors import JiaozhuError
from corpus.workspace import Workspace

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST = 20  # lines about spans the gate changed, or annotations it refused


def studio(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port; by default that of \\[studio] url, or a free one.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where the server keeps its data; by default \\[studio] folder.")
    ] = None,
    install_only: Annotated[bool, typer.Option("--install-only", help="Install the server, do not start it.")] = False,
    calls_local: Annotated[
        bool, typer.Option("--calls-local", help="Let it call programs on this machine: `annotation serve` is one.")
    ] = False,
) -> None:
    """Start a Label Studio of our own and keep it until Ctrl-C.

    The first time it installs itself into \\[studio] venv (about 2 minutes and 1 GB). It listens on 127.0.0.1 only.

    [bold]Examples[/]

      jiaozhu annotation studio

      jiaozhu annotation studio --port 8090 --folder /data/studio
    """
    from annotation.studio import install, interruptible, serve
    from annotation.studio import studio as started

    workspace: Workspace = context.obj
    if folder is not None:
        workspace = replace(workspace, studio=replace(workspace.studio, folder=folder.resolve()))
    if install_only:
        typer.echo(f"Label Studio is installed: {install(workspace.studio.venv)}")
        return
    with interruptible():
        try:
            with started(workspace, port, calls_local=calls_local) as server:
                email, password = server.login.read_text("utf-8").split()
                # A terminal is its owner's; a pipe may end in a log that others read.
                secret = password if sys.stdout.isatty() else f"(second line of {server.login})"
                typer.echo(f"Label Studio is running at {server.url}")
                typer.echo(f"  log in as {email}, password {secret}")
                typer.echo(f"  the login stands in {server.login}; stop the server with Ctrl-C")
                typer.echo(f"Label Studio 已启动：{server.url}")
                typer.echo(f"  登录邮箱 {email}，密码 {secret}")
                typer.echo(f"  登录信息保存在 {server.login}；按 Ctrl-C 停止")
                sys.stdout.flush()
                serve(server)
        except KeyboardInterrupt:
            typer.echo("Label Studio has stopped. 已停止。")


def push(
    context: typer.Context,
    url: UrlOption = None,
    project: ProjectOption = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Push at most so many new tasks, the most useful.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Push from a random sample of so many documents, the same each time.")
    ] = None,
    overlap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of the tasks for several annotators; \\[studio] overlap.")
    ] = None,
    blind: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Share of the tasks without suggestions, for an honest test; \\[studio] blind."
        ),
    ] = None,
    planted: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Share of the tasks with one wrong suggestion, to see who reads; \\[studio] planted."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Send the documents and their suggestions to Label Studio; what is there already stays as it is.

    The most useful come first: uncertain suggestions, from many sites. docs/label-studio.md explains the order.

    [bold]Examples[/]

      jiaozhu annotation push

      jiaozhu annotation push --limit 500

      jiaozhu annotation push --blind 0.1 --overlap 0.2 --planted 0.02

      jiaozhu annotation push --url http://127.0.0.1:8090 --project "新闻 第二批"
    """
    from annotation.push import push as run

    given = {"overlap": overlap, "blind": blind, "planted": planted}
    shares = {name: share for name, share in given.items() if share is not None}
    workspace = replace(context.obj, studio=replace(context.obj.studio, **shares))
    done = run(workspace, url, project, limit=limit, size=sample)
    rows = {
        "pushed": done.pushed,
        "  of these without suggestions": done.without,
        "    of these blind, by choice": done.blind,
        "  of these where a part of the pipeline failed": done.partial,
        "with one suggestion that is wrong on purpose": done.planted,
        "already there": done.already,
        "  of these with new suggestions": done.renewed,
        "not pushed yet, for --limit": done.left,
        "there with another text, not pushed": len(done.changed),
        "near-duplicates, not pushed": done.duplicates,
        "tasks with another number of annotators": done.overlapping,
        "doubles of another push, removed": done.doubles,
        "projects they are spread over": done.projects,
    }
    _show(f"Documents of {done.project!r}", rows, done, as_json)
    if not as_json:
        typer.echo(done.url)
    for doc_id in done.changed:
        typer.echo(f"text changed: {doc_id} has another text in the project; see jiaozhu annotation carry", err=True)


def pull(
    context: typer.Context,
    url: UrlOption = None,
    project: ProjectOption = None,
    adjudicated: Annotated[
        bool,
        typer.Option("--adjudicated", help="Pull the adjudicator's decisions, from the project ending in ' 裁定'."),
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Look at every annotation, not only at what changed.")] = False,
    source: Annotated[
        Path | None, typer.Option("--from", help="Read a JSON export of Label Studio instead of asking a server.")
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(help="With --from: who a user of that server is, as NUMBER=E-MAIL; repeat it for each."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring what annotators decided into the annotation log; the same decisions twice add nothing.

    Exit code 2 where an annotation was refused; all others are in the log then.

    [bold]Examples[/]

      jiaozhu annotation pull

      jiaozhu annotation pull --full --json

      jiaozhu annotation pull --from project-7.json --annotator 1=li@example.org --annotator 2=wang@example.org
    """
    from annotation.project import ADJUDICATING
    from annotation.pull import pull as run

    title = (project or context.obj.studio.project) + (ADJUDICATING if adjudicated else "")
    if source:
        from annotation.from_file import pull_file

        done = pull_file(context.obj, source, title, _annotators(annotator or ()))
    else:
        done = run(context.obj, url, title, full=full)
    rows = {"annotations looked at" if done.whole or source else "annotations of changed tasks": done.annotations}
    rows |= {f"new in the log, {status}": done.added.get(status, 0) for status in ("submitted", "skipped", "deleted")}
    rows |= {f"  spans {verdict}": done.verdicts.get(verdict, 0) for verdict in ("kept", "moved", "retyped", "added")}
    rows |= {
        "  suggestions deleted": done.verdicts.get("deleted", 0),
        "  spans that lost spaces or marks at their edges": len(done.trimmed),
        "  ground truth": done.ground_truth,
        "drafts, not submitted": done.drafts,
        "refused": len(done.refused),
    }
    if done.elsewhere is not None:
        rows["in the log, not made on these tasks"] = done.elsewhere
    _show(f"Annotations of {done.project!r}", rows, done, as_json)
    if done.mended:
        typer.echo(f"{context.obj.log}: an interrupted run had left a torn line; mended", err=True)
    if done.lost:
        typer.echo(
            f"{done.lost} part{'s' * (done.lost > 1)} of {done.project!r} "
            f"{'were' if done.lost > 1 else 'was'} deleted in Label Studio; the log says so of each annotation",
            err=True,
        )
    for said in done.trimmed[:MOST]:
        typer.echo(f"trimmed: {said}", err=True)
    if len(done.trimmed) > MOST:
        typer.echo(f"trimmed: {len(done.trimmed) - MOST:,} more; --json lists all", err=True)
    _refuse(done.refused)


def _annotators(given: Iterable[str]) -> dict[int, str]:
    """`NUMBER=E-MAIL`, read."""
    names: dict[int, str] = {}
    for item in given:
        number, _, name = item.partition("=")
        if not number.isdecimal() or not name.strip():
            raise JiaozhuError(f"--annotator {item!r}: must be NUMBER=E-MAIL, such as 1=li@example.org")
        names[int(number)] = name.strip()
    return names


def replay(
    context: typer.Context,
    log: Annotated[Path, typer.Argument(help="An annotation log, such as annotations/log.jsonl.")],
    url: UrlOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the annotations of a log back into a project whose documents were pushed, as after the loss of a server.

    [bold]Examples[/]

      jiaozhu annotation replay annotations/log.jsonl
    """
    from annotation.replay import replay as run

    done = run(context.obj, log, url, project)
    rows = {
        "put back": done.put,
        "  of these under the name of the token's user": done.under_own_name,
        "already there": done.already,
        "refused": len(done.refused),
    }
    _show(f"Annotations of {done.project!r}", rows, done, as_json)
    _refuse(done.refused)


def serve(
    context: typer.Context,
    url: UrlOption = None,
    project: ProjectOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 is any free one.")] = 9090,
    public: Annotated[
        str | None, typer.Option(help="Our address as Label Studio sees it; by default that of --host and --port.")
    ] = None,
    every: Annotated[float, typer.Option(min=1, help="Seconds between pulls where no webhook comes.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Give suggestions as a task is opened, and pull as soon as somebody submits; runs until Ctrl-C.

    It makes itself known to Label Studio as ML backend and webhook. Where Label Studio may not call it, it pulls every
    so often. A server of ours may with `jiaozhu annotation studio --calls-local`.

    [bold]Examples[/]

      jiaozhu annotation serve

      jiaozhu annotation serve --host 0.0.0.0 --public https://jiaozhu.example.org --every 300
    """
    from annotation.pull import Pulled
    from annotation.serve import Live
    from annotation.serve import serve as run
    from annotation.studio import interruptible

    def tell(said: Live | Pulled | str) -> None:
        if isinstance(said, str):
            typer.echo(f"jiaozhu: {said}", err=True)
        elif as_json:
            typer.echo(json.dumps(asdict(said), ensure_ascii=False))
        elif isinstance(said, Live):
            typer.echo(f"{said.project}: at work on {said.url}; stop with Ctrl-C")
            typer.echo(f"  suggestions as a task opens: {'yes' if said.suggests else 'no'}")
            typer.echo(f"  pull as soon as somebody submits: {'yes' if said.hears else f'no, every {every:g} s'}")
            if said.why:
                typer.echo(f"jiaozhu: Label Studio will not call us: {said.why}", err=True)
        else:
            typer.echo(f"{said.project}: {', '.join(f'{count} {name}' for name, count in said.added.items())}")
            for reason in said.refused:
                typer.echo(f"jiaozhu: refused {reason}", err=True)
        sys.stdout.flush()

    with interruptible():
        try:
            run(context.obj, url, project, host=host, port=port, public=public, every=every, tell=tell)
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)


def _show(title: str, rows: dict[str, int], done: DataclassInstance, as_json: bool) -> None:
    """The summary: a table, or with `--json` everything the step returned."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    table = Table(title=Text(title), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, figure in rows.items():
        table.add_row(name, f"{figure:,}")
    Console().print(table)


def _refuse(reasons: tuple[str, ...]) -> None:
    """One line for each refusal on stderr, a screen of them at most, and exit code 2."""
    for reason in reasons[:MOST]:
        typer.echo(f"jiaozhu: refused {reason}", err=True)
    if len(reasons) > MOST:
        typer.echo(f"jiaozhu: refused {len(reasons) - MOST:,} more; --json lists all", err=True)
    if reasons:
        raise typer.Exit(2)
