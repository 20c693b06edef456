"""The commands of the group `annotation`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="")


@app.callback()
def _group() -> None:
    pass
