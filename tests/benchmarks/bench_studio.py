"""How fast documents go to a Label Studio and decisions come back: `make bench-studio`.

Starts a server of its own. Measures a push against the server's bare `import_tasks` of the same tasks, in turns in one
run, by the clock and by processor time, as other programs only slow the clock; then a full pull, and a pull after ten
changes. Prints one line a figure; the exit code is 1 where a promise is not kept.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import Suggestion, read_log
from annotation.project import ensure_project, require_projects
from annotation.pull import pull
from annotation.push import batched, push
from annotation.studio import Server, studio
from annotation.suggestions import SCHEMA, Suggestions
from annotation.tasks import Region, result, to_task
from corpus.records import SCHEMAS, text_sha256
from corpus.store import TableWriter
from corpus.workspace import Workspace
from tests.conftest import Document, migrated, studio_settings

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
            kept = measure(workspace, server, asked.documents, asked.rounds)
    raise SystemExit(not kept)


def measure(workspace: Workspace, server: Server, documents: int, rounds: int) -> bool:
    """Print every figure; whether the promises are kept."""
    tasks = list(make(workspace, documents))
    bare: list[Spent] = []
    pushed: list[Spent] = []
    for number in range(1, rounds + 1):
        bare.append(spent(server, import_bare, workspace, f"bare {number}", tasks))
        pushed.append(spent(server, push, workspace, title=f"push {number}"))
        for name, turns in (("bare import_tasks", bare), ("push", pushed)):
            took = turns[-1]
            speed = f"{documents / took.wall:,.0f} tasks/s"
            print(f"{name}, turn {number}: {speed}, {took.work:.1f} s of processor", flush=True)
    share = sum(took.work for took in bare) / sum(took.work for took in pushed)
    wall = sum(took.wall for took in bare) / sum(took.wall for took in pushed)
    print(f"push: {share:.1%} of the speed of bare import_tasks by processor time, {wall:.1%} by the clock", flush=True)
    seconds = spent(server, push, workspace, title="push 1").wall
    print(f"push of what is there already: {seconds:.1f} s", flush=True)
    annotated = [task | {"annotations": [decided(task, number)]} for number, task in enumerate(tasks)]
    import_bare(workspace, "decided", annotated)
    # A pull looks twice at what was saved in the last half minute, which here would be most of the import.
    time.sleep(31)
    full = spent(server, pull, workspace, title="decided").wall
    print(f"full pull of {documents:,} annotated tasks: {full:.1f} s", flush=True)
    change(workspace)
    before = sum(1 for _ in read_log(workspace.log))
    seconds = spent(server, pull, workspace, title="decided").wall
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


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of processor time: ours and the server's, which nobody else on the machine changes."""

    wall: float
    work: float


def spent(server: Server, run: Callable[..., object], *arguments: object, **named: object) -> Spent:
    """What a call took."""
    start, work = time.perf_counter(), time.process_time() + processor(server.pid)
    run(*arguments, **named)
    return Spent(time.perf_counter() - start, time.process_time() + processor(server.pid) - work)


def processor(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = " ".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")).split()
    ticks = sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime of proc_pid_stat(5)
    return ticks / os.sysconf("SC_CLK_TCK") + sum(processor(int(child)) for child in children)


if __name__ == "__main__":
    main()
