"""Which documents become tasks, and in which order: the ones that teach a model most come first.

In: what is known of each canonical document before it is sent. Out: the same documents, fewer or in another order.
Shares are drawn by a hash of the `doc_id`, so that a document's lot never changes when others come or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, zip_longest
from typing import Literal

Purpose = Literal["blind", "overlap", "planted", "sample", "order"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be pushed. `errors` are the errors a character that its suggestions are expected to have."""

    doc_id: str
    site: str  # empty where the page does not say
    errors: float
    blind: bool = False


def lot(doc_id: str, purpose: Purpose) -> float:
    """A number in [0, 1) that depends on the document and the purpose alone, spread evenly over documents."""
    return int.from_bytes(sha256(f"{purpose} {doc_id}".encode()).digest()[:6]) / 2**48


def drawn(doc_id: str, purpose: Purpose, share: float) -> bool:
    """Whether the document is in this share of all. A larger share holds every smaller one."""
    return lot(doc_id, purpose) < share


def sample(candidates: Iterable[Candidate], size: int) -> list[Candidate]:
    """A random part of at most `size` documents, the same each time; a larger one holds every smaller one."""
    return sorted(candidates, key=lambda item: (lot(item.doc_id, "sample"), item.doc_id))[:size]


def expected_errors(scores: Sequence[float], length: int) -> float:
    """Errors a character: the suggestions that are wrong if their scores are true, over the characters of the text."""
    return sum(1 - score for score in scores) / max(length, 1)


def order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Uncertain and diverse first: the sites take turns, each with the document of most expected errors it has left.

    Near-duplicates do not compete: only one of a cluster is canonical. Blind documents are spread evenly among the
    others in random order, so that those done at any time are a fair sample: they are a test, and nobody's choice.
    """
    sites: dict[str, list[Candidate]] = {}
    blind: list[Candidate] = []
    for item in candidates:
        (blind if item.blind else sites.setdefault(item.site, [])).append(item)
    for found in sites.values():
        found.sort(key=_worth)
    rounds = zip_longest(*(sites[name] for name in sorted(sites)))
    chosen = list(chain.from_iterable(sorted(filter(None, turn), key=_worth) for turn in rounds))
    blind.sort(key=lambda item: (lot(item.doc_id, "order"), item.doc_id))
    return _spread(blind, chosen)


def _worth(item: Candidate) -> tuple[float, str]:
    return (-item.errors, item.doc_id)


def _spread(few: Sequence[Candidate], many: Sequence[Candidate]) -> list[Candidate]:
    """Both in their own order, with the same share of each in every stretch."""
    placed = [
        ((place + 0.5) / len(items), rank, item)
        for rank, items in enumerate((few, many))
        for place, item in enumerate(items)
    ]
    return [item for _, _, item in sorted(placed, key=lambda entry: entry[:2])]
