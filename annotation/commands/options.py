"""The options that several commands of the group have, each with the one help text it has everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

UrlOption = Annotated[
    str | None,
    typer.Option(help="Label Studio's address; otherwise LABEL_STUDIO_URL, our running server's, or \\[studio] url."),
]
ProjectOption = Annotated[str | None, typer.Option(help="The project's title; by default \\[studio] project.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and no table.")]
ModelOption = Annotated[
    str | None,
    typer.Option(help="lac, none, the folder of a spaCy or Hugging Face model, or an endpoint's address (/v1)."),
]
CrfOption = Annotated[Path | None, typer.Option(help="A CRF that jiaozhu exports train made.")]
ListOption = Annotated[
    Path | None, typer.Option("--list", help="Names that are known: a name a line, or name, label, id with tabs.")
]
LogOption = Annotated[Path | None, typer.Option(help="The annotation log; by default the workspace's.")]
