"""Documents in, pre-annotated tasks to Label Studio, corrections back into an append-only log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["load_pipeline"]


def load_pipeline() -> Language:
    """The pre-annotator, a spaCy pipeline with its entities in `doc.ents`; see annotation/pipeline.py.

    spaCy is imported here, on the first call, so that `import annotation` stays quick.
    """
    from annotation import pipeline

    return pipeline.load_pipeline()
