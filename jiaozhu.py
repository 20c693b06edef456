"""The console command `jiaozhu`: mounts the commands of `corpus`, `annotation` and `exports`, and ends errors well."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import annotation.commands
import corpus.commands
import exports.commands
from corpus.errors import JiaozhuError
from corpus.workspace import load_workspace

app = typer.Typer(
    name="jiaozhu",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="""校注 Jiaozhu: from scraped Chinese web pages to NER training data that people can trust.

    [bold]Example[/]: a corpus from pages, suggestions, a dataset:

      jiaozhu corpus build pages/ -o build/corpus
      jiaozhu annotation preannotate
      jiaozhu exports build -o build/exports
    """,
)
app.add_typer(corpus.commands.app, name="corpus")
app.add_typer(annotation.commands.app, name="annotation")
app.add_typer(exports.commands.app, name="exports")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jiaozhu {version('jiaozhu')}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="The workspace file; by default jiaozhu.toml of the current folder.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    context.obj = load_workspace(config)


def main() -> None:
    """Run the command; a user's mistake ends with one line on stderr and exit code 2, never with a traceback."""
    try:
        app()
    except JiaozhuError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"jiaozhu: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
