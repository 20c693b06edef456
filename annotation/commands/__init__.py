"""The commands of the group `annotation`, in the order in which `--help` lists them."""

from __future__ import annotations

import typer

from annotation.commands.quality import adjudicate, agreement, carry, review, status
from annotation.commands.server import pull, push, replay, serve, studio
from annotation.commands.suggestions import evaluate, preannotate, words_model

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Suggestions for documents, tasks in Label Studio, and what people decided.",
)
for _command in (
    *(preannotate, evaluate),
    *(studio, words_model, push, pull, replay, serve),
    *(status, agreement, adjudicate, review, carry),
):
    app.command()(_command)
