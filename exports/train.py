"""Train on a published dataset and say how well it went: examples in, a folder with model, scores and pictures out.

The folder is put in place as a whole. The CRF's is the same, byte for byte, for the same dataset and settings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotation.intervals import Measure, show_measure
from corpus.errors import JiaozhuError
from corpus.folder import CARD, replace_folder, write_sums
from corpus.progress import steps
from exports.card import read_card
from exports.examples import Example, read_examples, read_labels, share, splits_of
from exports.models import CRF_FILE, KINDS, SPACY_FOLDER, Advance, Model, load_model, train_model
from exports.pictures import curve_svg
from exports.scores import Scores, errors_table, markdown, mistake_row, score, scores_table

LEAST_SPANS = 10  # of the train split; fewer teach nothing that a score could show
PARTS = (0.125, 0.25, 0.5, 1.0)  # of the documents, for the learning curve
ITERATIONS = 100  # of the CRF
EPOCHS, PASSAGES_SEEN = 20, 1_000  # of spaCy: so many epochs, and more until so many passages were seen
SCORES, ERRORS, CURVE = "scores.json", "errors.jsonl", "learning-curve.svg"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a learning curve: what was learned from, and micro F1 on the same split as all others."""

    documents: int
    spans: int
    f1: Measure


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made."""

    output: Path
    model: str
    kind: str
    settings: dict[str, Any]
    dataset: str  # the hash of its rows
    scores: Scores
    curve: tuple[Point, ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON types, but for the folder's own place."""
        return {
            "model": self.model,
            "kind": self.kind,
            "settings": self.settings,
            "dataset": self.dataset,
            "scores": self.scores.as_dict(),
            "learning_curve": [asdict(point) for point in self.curve],
        }


def train(
    dataset: Path, output: Path, kind: str, *, split: str = "test", curve: bool = True, epochs: int | None = None
) -> Trained:
    """Learn from the split `train`, choose by `validation`, and measure on `split`; write it all to `output`.

    `epochs` are crfsuite's iterations for `crf`. With `curve`, models of an eighth, a quarter and half of the documents
    are trained and measured too, which takes as long again.

    Raises:
        JiaozhuError: `kind` is none of `KINDS`; the dataset has no such split, or too few spans to learn from; what
            the model needs is not installed; or `output` holds anything that is no folder of ours.
    """
    if kind not in KINDS:
        raise JiaozhuError(f"there is no model {kind!r}; it must be {' or '.join(KINDS)}")
    if split == "train":
        raise JiaozhuError("a model is not measured on what it learned from; name another split than train")
    examples, measured = read_examples(dataset, "train"), read_examples(dataset, split)
    validation = read_examples(dataset, "validation") if "validation" in splits_of(dataset) else []
    if (spans := _spans(examples)) < LEAST_SPANS:
        raise JiaozhuError(
            f"{dataset}: its split train has {spans} entities, at least {LEAST_SPANS} are needed; annotate more first"
        )
    labels = read_labels(dataset)
    data, _ = read_card(dataset)
    rows = str(data.get("jiaozhu", {}).get("rows_sha256", ""))
    rounds = epochs or (ITERATIONS if kind == "crf" else max(EPOCHS, PASSAGES_SEEN // len(examples)))
    with replace_folder(output) as folder:
        settings = _learn(kind, folder, examples, validation, rounds, "Training")
        model = load_model(folder)
        scores = measure_model(model, measured, labels, split)
        points = _curve(kind, examples, validation, measured, labels, rounds, scores) if curve else ()
        trained = Trained(output, str(settings.pop("id")), kind, settings, rows, scores, points)
        _write(folder, trained)
    return trained


def measure_model(model: Model, examples: Sequence[Example], labels: Sequence[str], split: str) -> Scores:
    """The scores of a model on the examples of a split, over these labels."""
    from corpus.progress import track

    texts = [example.text for example in examples]
    found = list(track(model.predict(texts), f"Measuring on {split}", len(texts)))
    return score(split, examples, found, labels)


def evaluate_model(path: Path, dataset: Path, split: str = "test", labels: Sequence[str] = ()) -> tuple[Model, Scores]:
    """A model's scores on a split of a dataset; over its labels, or those named.

    Raises:
        JiaozhuError: there is no such model, dataset or split; a label is not the dataset's; or the model knows labels
            that the dataset has not, and none are named.
    """
    model = load_model(path)
    known = read_labels(dataset)
    if strangers := [label for label in labels if label not in known]:
        raise JiaozhuError(f"{dataset}: has no label {strangers[0]!r}; it has {', '.join(known)}")
    if not labels and (strangers := [label for label in model.labels if label not in known]):
        raise JiaozhuError(
            f"{path}: the model has the label {strangers[0]!r}, {dataset} has {', '.join(known)}; "
            "name those to compare with --label"
        )
    examples = read_examples(dataset, split)
    return model, measure_model(model, examples, list(labels) or known, split)


def _spans(examples: Sequence[Example]) -> int:
    return sum(len(example.spans) for example in examples)


def _learn(
    kind: str, folder: Path, train: Sequence[Example], validation: Sequence[Example], rounds: int, what: str
) -> dict[str, Any]:
    with steps(what, rounds) as set_to:
        advance: Advance = lambda done, total, unit: set_to(done)  # noqa: E731
        return train_model(kind, folder, train, validation, name=f"jiaozhu-{kind}", epochs=rounds, advance=advance)


def _curve(
    kind: str,
    examples: list[Example],
    validation: Sequence[Example],
    measured: Sequence[Example],
    labels: Sequence[str],
    rounds: int,
    whole: Scores,
) -> tuple[Point, ...]:
    """Scores of models of growing parts of the documents; a part without enough spans has no point."""
    points: list[Point] = []
    for part in PARTS[:-1]:
        some = share(examples, part)
        if _spans(some) < LEAST_SPANS:
            continue
        with TemporaryDirectory() as folder:
            _learn(kind, Path(folder), some, validation, rounds, f"Training on {part:.1%} of the documents")
            scores = measure_model(load_model(Path(folder)), measured, labels, whole.split)
        points.append(Point(_documents(some), _spans(some), scores.total.f1))
    return (*points, Point(_documents(examples), _spans(examples), whole.total.f1))


def _documents(examples: Sequence[Example]) -> int:
    return len({example.doc_id for example in examples})


def _write(folder: Path, trained: Trained) -> None:
    (folder / SCORES).write_text(json.dumps(trained.as_dict(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    lines = [json.dumps(mistake_row(item), ensure_ascii=False) + "\n" for item in trained.scores.mistakes]
    (folder / ERRORS).write_text("".join(lines), "utf-8")
    if trained.curve:
        points = [(point.documents, point.f1) for point in trained.curve]
        (folder / CURVE).write_text(curve_svg(points), "utf-8")
    (folder / CARD).write_text(_report(trained), "utf-8")
    write_sums(folder)


def _report(trained: Trained) -> str:
    """The folder's README: what was learned from what, and how well."""
    scores = trained.scores
    settings = ", ".join(f"{key} {value}" for key, value in trained.settings.items())
    use = f'`[annotation] crf = "PATH/{CRF_FILE}"` in jiaozhu.toml makes it a voter of the pre-annotator.'
    if trained.kind == "spacy":
        use = f'`spacy.load("PATH/{SPACY_FOLDER}")` loads it (with jiaozhu installed, whose tokenizer it uses).'
    curve = ""
    if trained.curve:
        rows = [[f"{p.documents:,}", f"{p.spans:,}", show_measure(p.f1)] for p in trained.curve]
        table = markdown(["documents", "spans", "F1"], rows)
        curve = f"## Learning curve\n\n![F1 by documents learned from]({CURVE})\n\n{table}\n\n"
    return f"""# {trained.model}

A model for named entities in Chinese, of kind `{trained.kind}`, trained by jiaozhu {version("jiaozhu")} on the split
train of the dataset with the row hash `{trained.dataset}`.
Settings: {settings}.

{use}

## Scores on {scores.split}

{scores.documents:,} documents, {scores.passages:,} passages. A span counts where both borders and the label are right;
with 95 % intervals over documents.

{markdown(*scores_table(scores))}

## Mistakes

`border`: the label is right. `type`: another label. `{ERRORS}` has every one of them with its words.

{markdown(*errors_table(scores))}

{curve}The numbers are in `{SCORES}` too.
"""
