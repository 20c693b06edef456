"""Fits the few numbers of annotation/settle.py: how likely a suggestion of each kind is right, given the model's word.

    python tests/benchmarks/fit_scores.py

A logistic regression with a ridge (a kind seen seldom stays near the others), by Newton's method, on the articles
of samples/ and tests/gold/sentences.txt. Prints the constants, and the expected calibration error (Naeini et al. 2015,
ten bins of equal width) on the gold of the seeds, which it has not seen, where ../shared is there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from bench_ner import seeds  # noqa: E402

import annotation  # noqa: E402
from annotation import settle  # noqa: E402
from annotation.evaluate import Gold, read_gold  # noqa: E402

RIDGE = 1.0


def suggestions(gold: Iterable[Gold]) -> list[tuple[settle.Candidate, bool]]:
    """What the parts suggest for names before the threshold, overlaps settled, and whether the gold has it."""
    nlp = annotation.load_pipeline()
    found: list[tuple[settle.Candidate, bool]] = []
    for item in gold:
        doc = nlp.make_doc(item.text)
        for name, part in nlp.pipeline:
            if name != "jiaozhu_settle":
                doc = part(doc)
        right = set(item.spans)
        for candidate in settle.settled(settle.candidates(doc)):
            if candidate.kind.split(":")[0] not in settle.RULES:
                found.append((candidate, (candidate.start, candidate.end, candidate.label) in right))
    return found


def fit(found: Sequence[tuple[settle.Candidate, bool]]) -> dict[str, float]:
    """The weight of each feature."""
    kinds = sorted({candidate.kind for candidate, _ in found})
    names = ["all", "AGREES", "LOGIT", "DISAGREES", *kinds]
    rows = np.zeros((len(found), len(names)))
    for row, (candidate, _) in zip(rows, found, strict=True):
        row[0] = 1
        row[names.index(candidate.kind)] = 1
        if candidate.model is not None:
            row[1], row[2] = 1, settle.logit(candidate.model)
        elif candidate.other:
            row[3] = 1
    right = np.array([float(is_right) for _, is_right in found])
    ridge = np.full(len(names), RIDGE)
    ridge[0] = 0.01
    weights = np.zeros(len(names))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (right - chance) - ridge * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        weights += np.linalg.solve(curve, slope)
    return dict(zip(names, weights.tolist(), strict=True))


def calibration_error(scored: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The mean distance of score and share of right ones over bins of equal width, weighed by their size."""
    error = 0.0
    for number in range(bins):
        held = [(score, right) for score, right in scored if min(int(score * bins), bins - 1) == number]
        if held:
            error += abs(sum(score for score, _ in held) - sum(right for _, right in held))
    return error / max(1, len(scored))


if __name__ == "__main__":
    made = fit(suggestions([*read_gold(ROOT / "samples/articles"), *read_gold(ROOT / "tests/gold/sentences.txt")]))
    numbers = [made[name] for name in ("all", "AGREES", "LOGIT", "DISAGREES")]
    print("PRIOR, AGREES, LOGIT, DISAGREES =", ", ".join(f"{number:.2f}" for number in numbers))
    print("KINDS = {")
    for kind, weight in made.items():
        if ":" in kind:
            print(f'    "{kind}": {weight:.2f},')
    print("}")
    settle.KINDS = {kind: weight for kind, weight in made.items() if ":" in kind}
    settle.PRIOR, settle.AGREES, settle.LOGIT, settle.DISAGREES = (
        made[n] for n in ("all", "AGREES", "LOGIT", "DISAGREES")
    )
    held_out = seeds()
    if held_out:
        scored = [(settle.probability(candidate), right) for candidate, right in suggestions(held_out)]
        print(f"calibration error on the seeds: {calibration_error(scored):.3f} ({len(scored)} suggestions)")
