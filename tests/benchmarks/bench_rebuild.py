"""What a small change costs: python tests/benchmarks/bench_rebuild.py [--pages 300 3000] [--json]

Pages made from the samples, one Han character in ten another; then one page after the other is changed, added, renamed
and deleted. Each time a process of `jiaozhu corpus build`, at first also one of `jiaozhu annotation preannotate`: its
processor time, the clock, and whether what it made is, byte for byte, what `--force` makes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from filecmp import cmp, cmpfiles
from pathlib import Path
from subprocess import DEVNULL, Popen

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rich.console import Console
from rich.table import Table

from corpus.folder import SUMS, files_of
from corpus.reading import read_pages
from corpus.records import Page

ROOT = Path(__file__).resolve().parents[2]
A_FOLDER = 500
ANNOTATED = 3  # of the edits; a first run reads for a minute


def make_pages(folder: Path, count: int) -> None:
    """So many pages, all different, few of them near-duplicates; the same ones every time."""
    samples = [page for page in read_pages([ROOT / "samples" / "pages"]) if isinstance(page, Page)]
    han = [c for page in samples for c in page.raw if "\u4e00" <= c <= "\u9fff"]
    for number in range(count):
        page, draw = samples[number % len(samples)], random.Random(number)
        text = "".join(draw.choice(han) if "\u4e00" <= c <= "\u9fff" and draw.random() < 0.1 else c for c in page.raw)
        file = folder / f"{number // A_FOLDER:04}" / f"{number:07}.{'html' if page.is_html else 'txt'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("charset=gb2312", "charset=utf-8"), "utf-8")


def change(pages: Path, number: int) -> None:
    """One line more in one page."""
    [file] = pages.rglob(f"{number:07}.*")
    file.write_text(file.read_text("utf-8") + "会议还讨论了明年的工作安排。\n", "utf-8")


def add(pages: Path, number: int) -> None:
    """A page that begins as another does."""
    [file] = pages.rglob(f"{number:07}.*")
    file.with_stem(f"{file.stem}a").write_text(file.read_text("utf-8")[:-20], "utf-8")


def rename(pages: Path, number: int) -> None:
    """A page goes to the end."""
    [file] = pages.rglob(f"{number:07}.*")
    file.rename(pages / f"last{file.suffix}")


def delete(pages: Path, number: int) -> None:
    """One page less."""
    [file] = pages.rglob(f"{number:07}.*")
    file.unlink()


def shuffle(pages: Path, number: int) -> None:
    """Every page gets another name, and so another place."""
    files = sorted(path for path in pages.rglob("*") if path.is_file())
    random.Random(number).shuffle(files)
    for place, file in enumerate(files):
        file.rename(pages / f"other{place:07}{file.suffix}")


EDITS: dict[str, Callable[[Path, int], None] | None] = {
    "first build": None,
    "nothing changed": None,
    "one page changed": change,
    "one page added": add,
    "one page renamed": rename,
    "one page deleted": delete,
    "all pages renamed": shuffle,
}


def timed(*arguments: str) -> tuple[float, float]:
    """Processor and clock seconds of one process of the command."""
    start = time.perf_counter()
    process = Popen([sys.executable, "-m", "jiaozhu", *arguments], cwd=ROOT, stdout=DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, arguments
    return used.ru_utime + used.ru_stime, time.perf_counter() - start


def same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    names = files_of(one)
    equal, _, _ = cmpfiles(one, other, [*names, SUMS], shallow=False)
    return names == files_of(other) and len(equal) == len(names) + 1


def measure(count: int, work: Path) -> Iterator[dict[str, object]]:
    """A row for each edit and command, as soon as it is measured."""
    pages, corpus, table = work / "pages", work / "corpus", work / "table" / "suggestions.parquet"
    make_pages(pages, count)
    for number, (name, edit) in enumerate(EDITS.items()):
        if edit:
            edit(pages, number * count // len(EDITS))
        runs = [(("corpus", "build", str(pages)), corpus)]
        if number < ANNOTATED:
            runs.append((("annotation", "preannotate", "--corpus", str(corpus)), table))
        for command, output in runs:
            cpu, clock = timed(*command, "-o", str(output))
            equal: bool | str = ""
            if edit:  # the first of all is anew
                fresh = work / "fresh" / output.name
                timed(*command, "-o", str(fresh), "--force")
                equal = same(output, fresh) if output.is_dir() else cmp(output, fresh, shallow=False)
            row = {"pages": count, "edit": name, "command": command[1], "cpu": round(cpu, 2), "clock": round(clock, 2)}
            yield row | {"same bytes": equal}


def main() -> None:
    """Print a table at the end, or a JSON object a line as they come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, nargs="+", default=[300, 3000])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    table = Table("pages", "edit", "command", "cpu", "clock", "same bytes")
    for count in arguments.pages:
        with tempfile.TemporaryDirectory() as work:
            for row in measure(count, Path(work)):
                table.add_row(*map(str, row.values()))
                if arguments.json:
                    print(json.dumps(row), flush=True)
    if not arguments.json:
        Console().print(table)


if __name__ == "__main__":
    main()
