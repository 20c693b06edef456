"""What the commands that read the annotation log cost on a large one: `python tests/benchmarks/bench_log.py`.

Makes a corpus and a log without a server: documents of some 560 characters with 25 spans, drawn from a vocabulary that
grows with them; four annotators, every tenth document done by two who now and then differ. Prints CPU seconds and peak
memory of each command, in a process of its own, for each size, so that one can see whether the cost grows with it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from annotation.log import Record, Span, Suggestion, to_line
from corpus.records import SCHEMAS
from corpus.store import TableWriter
from tests.conftest import MODEL, Document

PLACES = "山东 济南 青岛 烟台 潍坊 淄博 泰安 威海 日照 临沂 江苏 南京 苏州 浙江 杭州 宁波 广东 广州 深圳 湖北".split()  # noqa: SIM905
KINDS = "大学 医院 集团 银行 研究院 有限公司 科技局 工信局 博物馆 电视台".split()  # noqa: SIM905
SAID = "今天 宣布 表示 建设 将 在 和 的 与 投资 发展 会议 上 项目 推进 同比 增长 新 目标 ， 。 举行 合作".split()  # noqa: SIM905
SIGNS = "华泰东方正大中信安达天海鲁齐金银城明光新源宏远博瑞康"
COMMANDS = (
    ("status", "--offline"),
    ("agreement",),
    ("adjudicate",),
    ("review", "--no-model"),
    ("review",),
    ("status", "--offline", "--html", "report.html"),
)


def vocabulary(chance: random.Random, size: int) -> list[tuple[str, str]]:
    """Names with their labels; a third of the documents' number, as rare names make most of a corpus."""
    names = [(place, "LOC") for place in PLACES]
    for _ in range(max(size // 3, 50)):
        middle = "".join(chance.choices(SIGNS, k=2))
        names.append((chance.choice(PLACES) + middle + chance.choice(KINDS), "ORG"))
        names.append(("".join(chance.choices(SIGNS, k=3)), "PERSON"))
    return names


def documents(size: int) -> Iterator[tuple[Document, list[tuple[int, int, str]]]]:
    """The documents, with the spans that are right."""
    chance = random.Random(size)
    names = vocabulary(chance, size)
    common = [1 / (rank + 10) for rank in range(len(names))]
    for number in range(size):
        text, spans = f"第{number}篇", []
        for name, label in chance.choices(names, common, k=25):
            text += "".join(chance.choices(SAID, k=9))
            spans.append((len(text), len(text) + len(name), label))
            text += name
        yield Document(text + "。\n", site=f"s{number % 50}"), spans


def record(document: Document, spans: list[tuple[int, int, str]], number: int, person: str, minute: int) -> Record:
    """One annotation of these spans, all as they were suggested."""
    row, text = document.row, document.text
    drawn = tuple(
        Span(a, b, label, text[a:b], a + 8, b + 8, "kept", Suggestion(a, b, label, text[a:b], 0.75, MODEL))
        for a, b, label in spans
    )
    time = f"2026-{minute // 40320 + 1:02}-{minute // 1440 % 28 + 1:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
    name = f"{number:08}-{person}"
    return Record(
        row["doc_id"], row["text_sha256"], name, f"{person}@example.org", "submitted", time, time, 30.0, MODEL, "1",
        drawn, (),
    )  # fmt: skip


def make(root: Path, size: int) -> None:
    """The corpus, the suggestions and the log of a workspace."""
    chance = random.Random(1)
    (root / "jiaozhu.toml").write_text('[studio]\nproject = "bench"\n', "utf-8")
    (root / "annotations").mkdir()
    corpus = root / "build" / "corpus"
    with (
        TableWriter(corpus / "documents" / "0.parquet", SCHEMAS["documents"]) as rows,
        TableWriter(corpus / "pages" / "0.parquet", SCHEMAS["pages"]) as pages,
        (root / "annotations" / "log.jsonl").open("w", encoding="utf-8") as log,
    ):
        for number, (document, spans) in enumerate(documents(size)):
            rows.write(document.row)
            pages.write({"doc_id": document.doc_id, "source": "x", "encoding": "utf-8", "raw": document.text})
            people = chance.sample(["li", "wang", "zhang", "zhao"], 2 if number % 10 == 0 else 1)
            for place, person in enumerate(people):
                said = [item for item in spans if place == 0 or chance.random() > 0.02]
                said = [(a, b, "LOC" if chance.random() < 0.01 else label) for a, b, label in said]
                log.write(to_line(record(document, said, number, person, number)) + "\n")


RUN = "import sys, jiaozhu; sys.argv[0] = 'jiaozhu'; jiaozhu.main()"


def run(root: Path, *command: str) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one command."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "annotation", *command], cwd=root, stdout=subprocess.DEVNULL, stderr=sys.stderr
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: ended with {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print one line for each command, a column for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[5_000, 20_000])
    parser.add_argument("--only", help="commands that begin so")
    asked = parser.parse_args()
    for size in asked.documents:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            make(root, size)
            megabytes = (root / "annotations" / "log.jsonl").stat().st_size / 1e6
            print(f"{size:,} documents, a log of {megabytes:.0f} MB", flush=True)
            for command in COMMANDS:
                if not asked.only or " ".join(command).startswith(asked.only):
                    seconds, memory = run(root, *command)
                    print(f"  {' '.join(command):<36} {seconds:7.1f} s CPU {memory:7.0f} MB", flush=True)


if __name__ == "__main__":
    main()
