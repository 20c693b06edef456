"""Documents in, pre-annotated tasks to Label Studio, corrections back into an append-only log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    from types import ModuleType

    from spacy.language import Language

__all__ = ["load_pipeline"]


def load_pipeline() -> Language:
    """The pre-annotator, a spaCy pipeline with its entities in `doc.ents`; see annotation/pipeline.py.

    Raises:
        JiaozhuError: the extra `annotation` is not installed.
    """
    language: Language = import_pipeline().load_pipeline()
    return language


def import_pipeline() -> ModuleType:
    """The module `annotation.pipeline`, imported on the first call: spaCy and the model are an extra, and slow to load.

    Raises:
        JiaozhuError: the extra `annotation` is not installed.
    """
    try:
        from annotation import pipeline
    except ModuleNotFoundError as error:
        raise JiaozhuError(
            f"the pre-annotator needs {error.name}, which is not installed; run: pip install 'jiaozhu[annotation]'"
        ) from None
    return pipeline
