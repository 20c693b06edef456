"""Fits the few numbers of annotation/settle.py: how likely a suggestion of each kind is right, given the model's word.

    python tests/benchmarks/fit_scores.py

A logistic regression with a ridge (a kind seen seldom stays near the others), by Newton's method, on the sentences
and fields of tests/gold and the even lines of its news, posts and literature: a rule is right more often on what it
was made for, so the samples and the odd lines would make scores too high. What voters add is fitted to the sentences
and fields alone. Prints the constants, and the expected calibration error (Naeini et al. 2015, ten bins of equal width)
on the gold of the seeds, where ../shared is there, and on each quarter of the even lines with scores fitted without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from bench_ner import KINDS, fewfc, lines, seeds  # noqa: E402

import annotation  # noqa: E402
from annotation import consistency, settle  # noqa: E402
from annotation.crf import train  # noqa: E402
from annotation.gold import Gold, read_gold  # noqa: E402
from annotation.pipeline import suggest_all  # noqa: E402
from corpus.workspace import Annotation  # noqa: E402

Floats = NDArray[np.float64]
RIDGE = 1.0
FITTED = ("tests/gold/sentences.txt", "tests/gold/fields.txt")
QUARTERS = 4
VOICES = ("YES", "YES_LOGIT", "NO", "voter:against", "voter:alone")


def suggestions(gold: Iterable[Gold], settings: Annotation | None = None) -> list[tuple[settle.Candidate, bool]]:
    """What the parts suggest for names before the threshold, overlaps settled, and whether the gold has it.

    With a voter, also every span it has of its own.
    """
    nlp = annotation.load_pipeline(settings)
    found: list[tuple[settle.Candidate, bool]] = []
    for item in gold:
        doc = nlp.make_doc(item.text)
        for name, part in nlp.pipeline:
            if name != "jiaozhu_settle":
                doc = part(doc)
        right = set(item.spans)
        every = settle.candidates(doc)
        ours = settle.settled([c for c in every if not c.kind.startswith("voter:")])
        for candidate in [*ours, *(c for c in every if c.kind.startswith("voter:"))]:
            if candidate.kind.split(":")[0] not in settle.RULES:
                found.append((candidate, (candidate.start, candidate.end, candidate.label) in right))
    return found


def voted(gold: Sequence[Gold], more: Sequence[Gold], folds: Sequence[int]) -> list[tuple[settle.Candidate, bool]]:
    """The same with a CRF as voter that has not seen the text: of `n` parts, one is suggested for by the others.

    The CRF also learns from `more`, for which nothing is suggested: where the grammars were tuned they have found all
    there is, and leave a voter nothing to be right about.
    """
    found: list[tuple[settle.Candidate, bool]] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.crf"
        for n in folds:
            for part in range(n):
                taught = [*more, *(item for i, item in enumerate(gold) if i % n != part)]
                train([(item.text, item.spans) for item in taught], path)
                found += suggestions(gold[part::n], Annotation(crf=path))
    return found


def fit(found: Sequence[tuple[settle.Candidate, bool]]) -> dict[str, float]:
    """The weights of what a candidate is and of what the model says of it."""
    kinds = sorted({candidate.kind for candidate, _ in found})
    names = ["PRIOR", "AGREES", "LOGIT", "DISAGREES", *kinds]
    rows = np.zeros((len(found), len(names)))
    for row, (candidate, _) in zip(rows, found, strict=True):
        row[0] = 1
        row[names.index(candidate.kind)] = 1
        if candidate.model is not None:
            row[1], row[2] = 1, settle.logit(candidate.model)
        elif candidate.other:
            row[3] = 1
    ridge = np.array([0.01, *[RIDGE] * (len(names) - 1)])
    return dict(zip(names, regression(rows, found, np.zeros(len(found)), ridge), strict=True))


def fit_voices(found: Sequence[tuple[settle.Candidate, bool]]) -> dict[str, float]:
    """The weights of what voters say, on top of the others, which stay as they are without a voter."""
    names = list(VOICES)
    rows = np.zeros((len(found), len(names)))
    base = np.zeros(len(found))
    for i, (candidate, _) in enumerate(found):
        if candidate.kind in names:
            rows[i, names.index(candidate.kind)] = 1
            base[i] = settle.odds_of(candidate)
        else:
            rows[i, :3] = np.sum([settle.heard(voice) for voice in candidate.voices], axis=0) if candidate.voices else 0
            base[i] = settle.odds_of(candidate._replace(voices=()))
    ridge = np.array([0.1 if ":" in name else RIDGE for name in names])
    return dict(zip(names, regression(rows, found, base, ridge), strict=True))


def regression(
    rows: Floats, found: Sequence[tuple[settle.Candidate, bool]], base: Floats, ridge: Floats
) -> list[float]:
    """Weights of the rows' columns that make the odds with `base`, each held back by its ridge."""
    right = np.array([float(is_right) for _, is_right in found])
    signs = 2 * right - 1

    def loss(weights: Floats) -> float:
        return float(np.logaddexp(0, -signs * (rows @ weights + base)).sum() + (ridge * weights**2).sum() / 2)

    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights - base))
        slope = rows.T @ (right - chance) - ridge * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        while loss(weights + step) > loss(weights) and abs(step).max() > 1e-9:
            step /= 2
        weights += step
    return [float(weight) for weight in weights]


def put(made: dict[str, float], say: bool = True) -> None:
    """Use the constants from here on, and print them."""
    for name, weight in made.items():
        if say:
            print(f'    "{name}": {weight:.2f},' if ":" in name else f"{name} = {weight:.2f}")
        if ":" in name:
            settle.KINDS[name] = weight
        else:
            setattr(settle, name, weight)


def consistency_rate(gold: Sequence[Gold]) -> tuple[int, int]:
    """Of what the corpus `gold` adds to its texts on the gold's spans: how many are right, and how many there are.

    For gold whose marks are not all there is, such as fewfc: what stands on no mark is not counted.
    """
    texts = [item.text for item in gold]
    spans = list(suggest_all(annotation.load_pipeline(), texts))
    register = consistency.Register()
    for held in spans:
        register.add(held)
    names = register.clear_names()
    for text, held in zip(texts, spans, strict=True):
        names.count(text, held)
    names = names.uncontested()
    right = marked = 0
    for item, held in zip(gold, spans, strict=True):
        for span in consistency.spread(names, item.text, held, consistency.words_by_model):
            if span.source == consistency.SOURCE:
                right += (span.start, span.end, span.label) in item.spans
                marked += any(span.start < other.end and other.start < span.end for other in item.spans)
    return right, marked


def calibration_error(scored: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The mean distance of score and share of right ones over bins of equal width, weighed by their size."""
    error = 0.0
    for number in range(bins):
        held = [(score, right) for score, right in scored if min(int(score * bins), bins - 1) == number]
        if held:
            error += abs(sum(score for score, _ in held) - sum(right for _, right in held))
    return error / max(1, len(scored))


def scored(found: Iterable[tuple[settle.Candidate, bool]]) -> list[tuple[float, bool]]:
    """The score of each suggestion, and whether it is right."""
    return [(settle.probability(candidate), right) for candidate, right in found]


def error_on_unseen(seen: list[tuple[settle.Candidate, bool]], rest: Sequence[tuple[settle.Candidate, bool]]) -> float:
    """The calibration error on `rest`, each quarter of it by scores fitted to `seen` and the other quarters."""
    made: list[tuple[float, bool]] = []
    for part in range(QUARTERS):
        put(fit([*seen, *(item for i, item in enumerate(rest) if i % QUARTERS != part)]), say=False)
        made += scored(rest[part::QUARTERS])
    return calibration_error(made)


if __name__ == "__main__":
    development = [g for path in FITTED for g in read_gold(ROOT / path)]
    halves = [g for kind in KINDS for g in lines(kind, "even")]
    seen, unseen = suggestions(development), suggestions(halves)
    error = error_on_unseen(seen, unseen)
    put(fit([*seen, *unseen]))
    for name in VOICES:  # they are fitted on top of the rest
        settle.KINDS[name] = 0.0
    settle.YES = settle.YES_LOGIT = settle.NO = 0.0
    articles = read_gold(ROOT / "samples/articles")
    put(fit_voices(voted(development, articles, (2, 4))))
    print(f"calibration error on even lines, a quarter left out at a time: {error:.3f} ({len(unseen)} suggestions)")
    if finance := fewfc():
        right, marked = consistency_rate(finance)
        print(f"consistency.SCORE = {(right + 1) / (marked + 2):.2f} ({right} of {marked} right, fewfc)")
    held_out = seeds()
    if held_out:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.crf"
            train([(item.text, item.spans) for item in [*articles, *development]], path)
            for name, settings in (("", None), (", with a CRF of the development set", Annotation(crf=path))):
                found = scored(suggestions(held_out, settings))
                print(
                    f"calibration error on the seeds{name}: {calibration_error(found):.3f} ({len(found)} suggestions)"
                )
