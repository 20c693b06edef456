"""The commands of the group `corpus`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Raw pages in; cleaned, deduplicated articles out.",
)


@app.callback()
def _group() -> None:
    pass


@app.command()
def build(
    context: typer.Context,
    pages: Annotated[
        list[Path] | None, typer.Argument(help="Files (.txt, .html, .jsonl) and folders of them.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the corpus goes.", show_default=False)
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that clean.")] = 1,
    keep_traditional: Annotated[
        bool, typer.Option("--keep-traditional", help="Leave what people wrote in Traditional as it is.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Clean every page, also where nothing has changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> None:
    """Clean pages into a corpus: the configs documents, pages, removed and rejected.

    What the corpus that is there has of the same pages is taken over: only new and changed pages are cleaned.

    [bold]Examples[/]

      jiaozhu corpus build                          # the pages and folder of jiaozhu.toml
      jiaozhu corpus build pages/ -o build/corpus
      jiaozhu corpus build crawl.jsonl extra.html -o build/corpus --workers 4
    """
    from corpus.inputs import is_built_from, pages_sha256

    workspace: Workspace = context.obj
    target = output or workspace.corpus
    paths = list(pages or workspace.pages)
    keep = keep_traditional or workspace.cleaning.keep_traditional
    if not force and is_built_from(target, lambda: pages_sha256(paths, keep)):
        if as_json:
            typer.echo(json.dumps({"output": str(target), "unchanged": True}))
        else:
            Console().print(f"unchanged, nothing to do: {target}", soft_wrap=True, markup=False, highlight=False)
        return
    from corpus.build import build_corpus  # all of the cleaner

    summary = build_corpus(paths, target, workers=workers, keep_traditional=keep, anew=force)
    if as_json:
        typer.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
        return
    table = Table(title=f"corpus {target}", title_justify="left")
    table.add_column("what")
    table.add_column("number", justify="right")
    table.add_row("pages", f"{summary.pages:,}")
    table.add_row("documents", f"{summary.documents:,}")
    table.add_row("unique documents", f"{summary.unique:,}")
    for title, counts in (("rejected", summary.rejected), ("flag", summary.flags)):
        for name, count in counts.items():
            table.add_row(f"{title}: {name}", f"{count:,}")
    for name, count in summary.removed.items():
        table.add_row(f"characters removed by {name}", f"{count:,}")
    console = Console(highlight=False)
    console.print(table)
    if summary.taken_over:
        console.print(f"{summary.taken_over:,} pages have not changed and were not cleaned again", soft_wrap=True)


@app.command()
def show(
    context: typer.Context,
    doc_id: Annotated[str, typer.Argument(metavar="DOC_ID", help="A page's id or source, or how one begins.")],
    corpus: Annotated[Path | None, typer.Option(help="Folder of the corpus.", show_default=False)] = None,
    source: Annotated[bool, typer.Option("--source", help="Show tags and white space of the source too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything known of the page as one object.")] = False,
) -> None:
    """Show a page beside its clean text, every removed span in its rule's colour.

    Piped, removed spans stand in ⟦rule: …⟧. Characters that were changed one for one are underlined.

    [bold]Examples[/]

      jiaozhu corpus show 3f2a
      jiaozhu corpus show news-page.html --source
      jiaozhu corpus show batch.jsonl#2 | less
    """
    from corpus import explained
    from corpus.show import PIPED_WIDTH, as_json_object
    from corpus.show import show as print_page

    workspace: Workspace = context.obj
    folder = corpus or workspace.corpus
    page = explained.load(folder, explained.find_page(folder, doc_id))
    if as_json:
        typer.echo(explained.safe_json(as_json_object(page)))
        return
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    print_page(page, console, source=source)


@app.command()
def report(
    context: typer.Context,
    corpus: Annotated[Path | None, typer.Option(help="Folder of the corpus.", show_default=False)] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The HTML file; by default report.html beside the corpus.", show_default=False
        ),
    ] = None,
    documents: Annotated[int, typer.Option(min=0, help="How many pages to show one by one.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as one JSON object.")] = False,
) -> None:
    """Write one HTML file about the corpus: what went in, what each rule took, and page by page what is left.

    It needs no network and opens from the file system.

    [bold]Examples[/]

      jiaozhu corpus report
      jiaozhu corpus report --corpus build/corpus -o report.html --documents 500
    """
    from corpus.explained import safe_json, visible
    from corpus.report import write_report

    workspace: Workspace = context.obj
    folder = corpus or workspace.corpus
    numbers = write_report(folder, output or folder.resolve().parent / "report.html", documents=documents)
    if as_json:
        typer.echo(safe_json(numbers))
        return
    table = Table(title="what each rule took", title_justify="left")
    for column in ("rule", "characters", "spans", "pages"):
        table.add_column(column, justify="left" if column == "rule" else "right")
    for name, rule in sorted(numbers["rules"].items(), key=lambda item: (-item[1]["characters"], item[0])):
        table.add_row(Text(visible(name)), *(f"{rule[column]:,}" for column in ("characters", "spans", "pages")))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"{numbers['pages']:,} pages, {numbers['documents']:,} articles, {numbers['unique']:,} unique")
    console.print(f"{numbers['shown']:,} pages shown in {numbers['output']}", markup=False)
