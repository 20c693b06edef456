"""Walks the whole road on the samples: `make demo`.

Pages are cleaned, pre-annotated and pushed to a real Label Studio started for this; a scripted annotator replays the
sample corrections through its API; what it decided is pulled, published and verified. Everything lies in `build/demo`,
nothing outside is changed, and the server is stopped at the end.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from annotation.labels import load_labels
from annotation.log import latest, read_log
from annotation.preannotate import preannotate
from annotation.pull import pull
from annotation.push import push
from annotation.replay import replay
from annotation.studio import interruptible, studio
from corpus.build import build_corpus
from corpus.errors import JiaozhuError
from corpus.workspace import Workspace, load_workspace
from exports.build import build_dataset
from exports.verify import verify_dataset

ROOT = Path(__file__).parent.parent
T = TypeVar("T")

NEXT = """
Look at what it made:
  .venv/bin/jiaozhu corpus report --corpus build/demo/corpus    one HTML file: each page beside its clean text
  build/demo/annotations/log.jsonl                              who decided what, a line an annotation
  build/demo/exports/README.md                                  the dataset's card
  .venv/bin/jiaozhu exports verify build/demo/exports           what the dataset promises, one by one
  datasets.load_dataset("build/demo/exports")                   the dataset, in Python
Correct suggestions yourself:
  make studio      a Label Studio for people; it says where it is and how to log in
  make push        in a second terminal: the sample articles and their suggestions
With pages of your own: docs/for-maintainers.md
"""


def demo_workspace(folder: Path) -> Workspace:
    """The workspace of the samples with everything that is written moved to `folder`."""
    workspace = load_workspace(ROOT / "jiaozhu.toml")
    return replace(
        workspace,
        corpus=folder / "corpus",
        suggestions=folder / "suggestions.parquet",
        annotations=folder / "annotations",
        exports=folder / "exports",
        studio=replace(workspace.studio, folder=folder / "studio", token_file=folder / "studio" / "token"),
    )


def walk(folder: Path, console: Console) -> Table:
    """Every step once; the table of what went in and came out.

    Raises:
        JiaozhuError: a step failed, the dataset breaks a promise, or it holds other spans than the sample log.
    """
    sample_log = load_workspace(ROOT / "jiaozhu.toml").log
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workspace = demo_workspace(folder)
    table = Table(title="校注 Jiaozhu: the whole road on the samples", title_justify="left")
    for column in ("step", "in", "out"):
        table.add_column(column)

    def step(name: str, run: Callable[[], T]) -> T:
        began = time.monotonic()
        result = run()
        console.print(f"{name:<14} {time.monotonic() - began:6.1f} s", highlight=False)
        return result

    cleaned = step("clean", lambda: build_corpus(workspace.pages, workspace.corpus))
    copies, rejected = cleaned.documents - cleaned.unique, sum(cleaned.rejected.values())
    given = f"{cleaned.unique} articles; {copies} near-duplicate, {rejected} page without an article"
    table.add_row("clean", f"{cleaned.pages} pages", given)
    suggested = step("pre-annotate", lambda: preannotate(workspace.corpus, workspace.suggestions))
    spans = sum(suggested.spans.values())
    table.add_row("pre-annotate", f"{suggested.documents} articles", f"{spans} suggestions")
    console.print("starting Label Studio (the first time it is installed: about two minutes, 1 GB)", highlight=False)
    with interruptible(), studio(workspace) as server:
        pushed = step("push", lambda: push(workspace, server.url))
        table.add_row("push", f"{suggested.documents} articles", f"{pushed.pushed} tasks in Label Studio")
        replayed = step("correct", lambda: replay(workspace, sample_log, server.url))
        given = f"{replayed.put} annotations, as if people had made them"
        table.add_row("correct", f"{len(latest(read_log(sample_log)))} sample corrections", given)
        step("pull", lambda: pull(workspace, server.url))
    decided = latest(read_log(workspace.log))
    verdicts = Counter(span.verdict for record in decided for span in record.spans)
    verdicts["deleted"] = sum(len(record.deleted) for record in decided)
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    table.add_row("pull", f"{len(decided)} annotations", f"spans: {said}")
    scheme, settings = load_labels(workspace.labels), workspace.dataset
    built = step(
        "export",
        lambda: build_dataset(
            workspace.corpus,
            workspace.log,
            workspace.exports,
            scheme,
            name=settings.name,
            license_id=settings.license,
            max_chars=settings.max_chars,
        ),
    )
    splits = ", ".join(f"{name} {counts.passages}" for name, counts in built.splits.items())
    table.add_row("export", f"{len(decided)} annotations", f"passages: {splits}")
    checks = step("verify", lambda: verify_dataset(workspace.exports, workspace.corpus, workspace.log))
    failed = [check.name for check in checks if not check.passed]
    table.add_row("verify", f"{len(checks)} promises", f"{len(checks) - len(failed)} hold")
    if failed:
        raise JiaozhuError(f"{workspace.exports}: the dataset breaks the promises {', '.join(failed)}")
    if replayed.refused or _decisions(workspace.log) != _decisions(sample_log):
        raise JiaozhuError(f"{workspace.log}: holds other spans than {sample_log}, from which it was replayed")
    return table


def _decisions(log: Path) -> set[tuple[str, int, int, str, str]]:
    """What a log decides: document, span, label and verdict."""
    return {
        (record.doc_id, span.start, span.end, span.label, span.verdict)
        for record in latest(read_log(log))
        for span in record.spans
    }


if __name__ == "__main__":
    out = Console(soft_wrap=not sys.stdout.isatty())
    try:
        out.print(walk(ROOT / "build" / "demo", out))
    except JiaozhuError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"demo: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    out.print(NEXT, highlight=False, markup=False)
