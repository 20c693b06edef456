"""The figures of the pre-annotator: quality on every gold there is, calibration, speed, start-up and memory.

    python tests/benchmarks/bench_ner.py [--json] [--segmenter pkuseg]

Development: samples/articles. Test: tests/gold (seeds, sentences, fields; news, web and literature, whose even lines
nobody looked at, and of which two batches are a check and nothing else), and fewfc, whose marks are not all there is,
so only its recall counts. Speeds are CPU time of one core, so another program on the machine does not change them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
SHARED = ROOT.parent / "shared"

import annotation  # noqa: E402
from annotation.confidence import grade_of  # noqa: E402
from annotation.evaluate import evaluate, predictor  # noqa: E402
from annotation.gold import Entity, Gold, read_gold  # noqa: E402
from corpus.workspace import Annotation  # noqa: E402

ROUNDS = 3  # the best counts: what else the machine does only slows
NAMES = ("ORG", "LOC", "PERSON")
KINDS = ("news", "web", "literature")  # unseen text, in several batches each
BATCHES = ("", "2", "3", "4", "5", "6")
HELD_OUT = ("7", "8")  # the batches that no rule is made on and no score fitted to


def seeds() -> list[Gold]:
    """The gold of the seeds, anchored on what the cleaner makes of them now; nothing where they are not."""
    from corpus.clean import clean_page
    from corpus.reading import read_pages
    from corpus.records import Document, Page
    from corpus.spans import to_clean

    folder = SHARED / "pages" / "seeds"
    found: list[Gold] = []
    for line in (ROOT / "tests/gold/seeds.jsonl").read_text("utf-8").splitlines() if folder.is_dir() else []:
        row = json.loads(line)
        [page] = read_pages(sorted(folder.glob(f"{row['seed']}_*")))
        assert isinstance(page, Page)
        document = clean_page(page)
        assert isinstance(document, Document)
        spans = []
        for *_, label, raw_start, raw_end in row["spans"]:
            place = to_clean(document.alignment, raw_start, raw_end)
            if place is not None:
                spans.append(Entity(*place, label))
        found.append(Gold(row["seed"], document.text, tuple(spans)))
    return found


def lines(kind: str, half: str, batches: Sequence[str] = BATCHES) -> list[Gold]:
    """The odd or the even lines of a kind's batches: errors of the odd ones were looked at, of the even ones never."""
    start = 0 if half == "odd" else 1
    paths = [ROOT / "tests" / "gold" / f"{kind}{batch}.txt" for batch in batches]
    return [item for path in paths if path.is_file() for item in read_gold(path)[start::2]]


def held_out(kind: str, batches: Sequence[str] = HELD_OUT) -> list[Gold]:
    """The batches of a kind that are a check and nothing else."""
    return [item for batch in batches for item in read_gold(ROOT / "tests" / "gold" / f"{kind}{batch}.txt")]


def fewfc() -> list[Gold]:
    """Finance sentences in which the arguments of events are marked; nothing where they are not.

    People's borders are trimmed to our guideline, as those of money: its rule 4 leaves titles outside, and here 先生
    and 女士 are inside after nine surnames and one full name, outside after 17 others.
    """
    path = SHARED / "specs" / "fewfc" / "arguments.jsonl"
    return [_untitled(item) for item in read_gold(path)] if path.is_file() else []


def _untitled(item: Gold) -> Gold:
    spans = (
        span._replace(end=span.end - 2)
        if span.label == "PERSON"
        and span.end - span.start > 2
        and item.text[span.end - 2 : span.end] in ("先生", "女士")
        else span
        for span in item.spans
    )
    return replace(item, spans=tuple(spans))


def by_grade(golds: Sequence[Gold], labels: Sequence[str] = ()) -> dict[str, tuple[int, int]]:
    """How many suggestions, of these labels if any are given, Label Studio shows as sure, unsure and doubtful, and how
    many of them are wrong.
    """
    nlp = annotation.load_pipeline()
    counts: dict[str, tuple[int, int]] = {}
    for item in golds:
        right = set(item.spans)
        for span in (span for span in nlp(item.text).ents if not labels or span.label_ in labels):
            grade = grade_of(span._.score)
            name = grade.name if grade else "sure"
            made, wrong = counts.get(name, (0, 0))
            wrong += Entity(span.start_char, span.end_char, span.label_) not in right
            counts[name] = made + 1, wrong
    return counts


def lac_alone(texts: Sequence[str]) -> Iterator[list[Entity]]:
    """What the statistical model alone suggests."""
    from annotation.lac import find_words, names

    for text, words in zip(texts, find_words(texts), strict=True):
        yield [Entity(*name[:3]) for name in names(text, words)]


def speeds(text: str) -> dict[str, float]:
    """Characters a second of CPU time: the whole pipeline, each of its parts, and documents one by one.

    No document is there twice: a sentence that is there again in a batch costs the model nothing.
    """
    import annotation

    nlp = annotation.load_pipeline()
    documents = [text[i : i + 600] for i in range(0, len(text) - 600, 600)]
    total = sum(map(len, documents))
    list(nlp.pipe(documents[:4]))
    found: dict[str, float] = {}
    for _ in range(ROUNDS):
        began = time.process_time()
        list(nlp.pipe(documents, batch_size=nlp.batch_size))
        _keep(found, "whole", total / (time.process_time() - began))
        began = time.process_time()
        for document in documents:
            nlp(document)
        _keep(found, "one by one", total / (time.process_time() - began))
        began = time.process_time()
        docs = [nlp.make_doc(document) for document in documents]
        _keep(found, "characters", total / (time.process_time() - began))
        for name, part in nlp.pipeline:
            began = time.process_time()
            docs = (
                list(part.pipe(docs, batch_size=nlp.batch_size))
                if hasattr(part, "pipe")
                else [part(doc) for doc in docs]
            )
            _keep(found, name, total / (time.process_time() - began))
    return {name: round(speed) for name, speed in found.items()}


def _keep(best: dict[str, float], name: str, speed: float) -> None:
    best[name] = max(speed, best.get(name, 0.0))


def start_up() -> float:
    """Seconds from a new process to its first suggestion."""
    code = "import annotation; annotation.import_pipeline().suggest(annotation.load_pipeline(), '北京')"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return round(time.perf_counter() - began, 2)


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--segmenter", default="lac", help="lac or pkuseg; the speeds are those of the default")
    given = arguments.parse_args()
    as_json = given.json
    predict, _ = predictor(Annotation(segmenter=given.segmenter))
    golds = {
        "samples (development)": read_gold(ROOT / "samples/articles"),
        "seeds (test)": seeds(),
        "sentences (test)": read_gold(ROOT / "tests/gold/sentences.txt"),
        "fields (test)": read_gold(ROOT / "tests/gold/fields.txt"),
        **{f"{kind}, {half} lines": lines(kind, half) for kind in KINDS for half in ("odd", "even")},
        **{f"{kind}, held out ({batch})": held_out(kind, (batch,)) for kind in KINDS for batch in HELD_OUT},
        **{f"{kind}, held out": held_out(kind) for kind in KINDS},
        "fewfc (recall)": fewfc(),
    }
    quality: dict[str, dict[str, object]] = {}
    for name, gold in golds.items():
        if not gold:
            continue
        labels = NAMES if "fewfc" not in name else ("ORG", "PERSON")
        quality[name] = {
            "pipeline": evaluate(predict, gold, labels).to_json(),
            "lac alone": evaluate(lac_alone, gold, labels).to_json(),
        }
    text = "\n".join(dict.fromkeys(item.text for gold in golds.values() for item in gold))
    figures: dict[str, Any] = {
        "quality": quality,
        "suggestions_and_wrong_ones_by_grade": by_grade(
            [item for name, gold in golds.items() if "(test)" in name for item in gold]
        ),
        "names_and_wrong_ones_by_grade_on_even_lines": by_grade(
            [item for kind in KINDS for item in lines(kind, "even")], NAMES
        ),
        "characters_per_second": speeds(text),
        "start_up_seconds": start_up(),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, held in quality.items():
        for who, made in held.items():
            assert isinstance(made, dict)
            for label, row in made["labels"].items():
                rates = "  ".join(f"{rate} {row[rate]:.3f}" for rate in ("precision", "recall", "f1"))
                print(f"{name:26}{who:12}{label:8}{row['gold']:>6}  {rates}")
    for what in ("suggestions_and_wrong_ones_by_grade", "names_and_wrong_ones_by_grade_on_even_lines"):
        for name, (made, wrong) in figures[what].items():
            print(f"{name:26}{made:>12,} {what.partition('_')[0]}, {wrong / made:.1%} wrong")
    for name, speed in figures["characters_per_second"].items():
        print(f"{name:26}{speed:>12,} characters/s")
    print(f"start-up {figures['start_up_seconds']} s, memory {figures['memory_mb']} MB")


if __name__ == "__main__":
    main()
