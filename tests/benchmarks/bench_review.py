"""How many planted label errors the second look finds, and among how many doubts.

In each of the marked texts some names get another label, lose their last character, or lose their mark; the seed is
fixed. The texts are short and of many kinds, which is hard for a model of the others.
"""

from __future__ import annotations

import random
from pathlib import Path

from annotation.doubts import Doubt, Marked, Place, by_border, by_guideline, by_model, by_string
from annotation.gold import read_gold

ROOT = Path(__file__).parents[2]
GOLD = ("tests/gold/fields.txt", "tests/gold/sentences.txt", "samples/articles")
NAMES = ("ORG", "LOC", "PERSON")
SHARE = 0.08  # of the names


def plant(documents: list[Marked]) -> tuple[list[Marked], set[tuple[str, int]]]:
    """The documents with errors, and where these are."""
    chance = random.Random(7)
    planted: set[tuple[str, int]] = set()
    made = []
    for document in documents:
        spans: list[Place] = []
        for start, end, label in document.spans:
            if label not in NAMES or end - start < 3 or chance.random() >= SHARE:
                spans.append((start, end, label))
                continue
            planted.add((document.doc_id, start))
            kind = chance.choice(["relabel", "cut", "drop"])
            if kind == "relabel":
                spans.append((start, end, chance.choice([name for name in NAMES if name != label])))
            elif kind == "cut":
                spans.append((start, end - 1, label))
        made.append(Marked(document.doc_id, document.text, tuple(spans)))
    return made, planted


def places(doubt: Doubt) -> set[tuple[str, int]]:
    """Where a doubt points to."""
    return {(doubt.doc_id, doubt.start)} | ({(doubt.doc_id, doubt.proposed[0])} if doubt.proposed else set())


def main() -> None:
    """Print one line for each look and each least score."""
    right = [
        Marked(item.name, item.text, tuple(sorted((span.start, span.end, span.label) for span in item.spans)))
        for path in GOLD
        for item in read_gold(ROOT / path)
    ]
    documents, planted = plant(right)
    spans = sum(len(document.spans) for document in right)
    print(f"{len(right)} texts, {spans} spans, {len(planted)} errors planted")
    looks = {"string": by_string, "border": by_border, "guideline": by_guideline, "model": by_model}
    found = {name: list(look(documents)) for name, look in looks.items()}
    found["all"] = [doubt for doubts in found.values() for doubt in doubts]
    for name, doubts in found.items():
        for least in (0.0, 0.5, 0.7):
            sure = [doubt for doubt in doubts if doubt.score >= least]
            hit = planted & {place for doubt in sure for place in places(doubt)}
            doubted = {(doubt.doc_id, doubt.start) for doubt in sure}
            print(f"{name:<10} score >= {least}: {len(doubted):4} places doubted, {len(hit):3} of {len(planted)} found")
    clean = [doubt for name, look in looks.items() if name != "model" for doubt in look(right)]
    print(f"without errors, without the model: {len(clean)} doubts")


if __name__ == "__main__":
    main()
