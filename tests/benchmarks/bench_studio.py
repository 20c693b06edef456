"""How fast documents go to a Label Studio and decisions come back: `make bench-studio`.

Starts a server of its own. Measures a push against the server's bare `import_tasks` of the same tasks, in turns in one
run, then a full pull, and a pull after ten changes. Prints one line a figure.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import Document, migrated, studio_settings

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import Suggestion, read_log
from annotation.project import ensure_project, require_projects
from annotation.pull import pull
from annotation.push import batched, push
from annotation.studio import studio
from annotation.suggestions import SCHEMA, Suggestions
from annotation.tasks import Region, result, to_task
from corpus.records import SCHEMAS, text_sha256
from corpus.store import TableWriter
from corpus.workspace import Workspace

SENTENCE = "济南市工业和信息化局今天在山东省济南市宣布，将投资3000亿元建设新的开发区，张三说。"
REGIONS = 36  # of 4 characters, on a text of 13 sentences: what a dense news page has
CHANGES = 10
WANTED_SHARE, WANTED_SECONDS = 0.9, 2.0


def main() -> None:
    """Run it all; exit code 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="turns of bare import and push")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(migrated(), root / "server")
        workspace = Workspace(
            corpus=root / "corpus",
            suggestions=root / "suggestions.parquet",
            annotations=root / "annotations",
            studio=studio_settings(root / "server"),
        )
        with studio(Workspace(studio=workspace.studio)) as server:
            workspace = replace(workspace, studio=replace(workspace.studio, url=server.url))
            kept = measure(workspace, asked.documents, asked.rounds)
    raise SystemExit(not kept)


def measure(workspace: Workspace, documents: int, rounds: int) -> bool:
    """Print every figure; whether the promises are kept."""
    tasks = list(make(workspace, documents))
    bare: list[float] = []
    pushed: list[float] = []
    for number in range(1, rounds + 1):
        bare.append(timed(import_bare, workspace, f"bare {number}", tasks))
        print(f"bare import_tasks, turn {number}: {documents / bare[-1]:,.0f} tasks/s", flush=True)
        pushed.append(timed(push, workspace, title=f"push {number}"))
        print(f"push, turn {number}: {documents / pushed[-1]:,.0f} tasks/s", flush=True)
    share = min(bare) / min(pushed)  # what else the machine does only slows
    print(f"push: {share:.1%} of the speed of bare import_tasks (wanted {WANTED_SHARE:.0%})", flush=True)
    seconds = timed(push, workspace, title="push 1")
    print(f"push of what is there already: {seconds:.1f} s", flush=True)
    annotated = [task | {"annotations": [decided(task, number)]} for number, task in enumerate(tasks)]
    import_bare(workspace, "decided", annotated)
    # A pull looks twice at what was saved in the last half minute, which here would be most of the import.
    time.sleep(31)
    full = timed(pull, workspace, title="decided")
    print(f"full pull of {documents:,} annotated tasks: {full:.1f} s", flush=True)
    change(workspace)
    before = sum(1 for _ in read_log(workspace.log))
    seconds = timed(pull, workspace, title="decided")
    found = sum(1 for _ in read_log(workspace.log)) - before
    wanted = WANTED_SECONDS + full / 10
    print(f"pull after {CHANGES} changes: {seconds:.1f} s, {found} found (wanted {wanted:.1f} s)", flush=True)
    return share >= WANTED_SHARE and seconds <= wanted and found == CHANGES


def make(workspace: Workspace, count: int) -> Iterator[dict[str, Any]]:
    """Write a corpus with suggestions, and return its tasks as `push` would send them."""
    scheme = load_labels()
    with (
        TableWriter(workspace.corpus / "documents" / "0.parquet", SCHEMAS["documents"]) as rows,
        TableWriter(workspace.corpus / "pages" / "0.parquet", SCHEMAS["pages"]) as pages,
        TableWriter(workspace.suggestions, SCHEMA) as table,
    ):
        for number in range(count):
            document = Document(f"第{number}篇：" + SENTENCE * 13)
            row = document.row
            places = [20 + 14 * place for place in range(REGIONS)]
            spans = tuple(
                Suggestion(start, start + 4, "ORG", document.text[start : start + 4], 0.5 + start % 50 / 100, "bench@1")
                for start in places
                if not set("，。") & set(document.text[start : start + 4])
            )
            rows.write(row)
            pages.write(
                {"doc_id": row["doc_id"], "source": "x", "encoding": "utf-8", "raw": "首页 > 新闻\n" + document.text}
            )
            listed = [{name: getattr(span, name) for name in Suggestion.__slots__} for span in spans]
            digest = text_sha256(document.text)
            table.write({"doc_id": row["doc_id"], "text_sha256": digest, "model": "bench@1", "spans": listed})
            yield to_task(row, Suggestions(document.doc_id, digest, "bench@1", spans), scheme)


def decided(task: dict[str, Any], number: int) -> dict[str, Any]:
    """An annotation that keeps what was suggested, save one span in four tasks."""
    regions = task["predictions"][0]["result"]
    return {"result": regions[number % 4 == 0 :], "lead_time": 20.0}


def import_bare(workspace: Workspace, title: str, tasks: list[dict[str, Any]]) -> None:
    """What the SDK alone does, in batches of the same size."""
    with connected(workspace) as client:
        project = ensure_project(client, title, load_labels())
        for batch in batched(tasks, workspace.studio.batch):
            client.projects.import_tasks(id=project.id, request=batch)  # type: ignore[arg-type]


def change(workspace: Workspace) -> None:
    """Ten annotations of different tasks, changed."""
    with connected(workspace) as client:
        [project] = require_projects(client, "decided", load_labels())
        page: Any = client.tasks.list(project=project.id, page_size=CHANGES, fields="all")
        for task in page.items:
            [annotation] = client.annotations.list(task.id)
            client.annotations.update(annotation.id, result=[result(Region("x", 0, 1, "ORG"), "第", "manual")])


def timed(run: Callable[..., object], *arguments: object, **named: object) -> float:
    """Seconds of the wall: most of it is the server's work."""
    start = time.perf_counter()
    run(*arguments, **named)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
