"""Documents in, pre-annotated tasks to Label Studio, corrections back into an append-only log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from spacy.language import Language

    from corpus.workspace import Annotation

__all__ = ["load_pipeline"]


def load_pipeline(settings: Annotation | None = None, labels: Path | None = None) -> Language:
    """The pre-annotator, a spaCy pipeline with its entities in `doc.ents`; see annotation/pipeline.py.

    `settings` is the section `[annotation]` of a workspace (`corpus.workspace.load_workspace(…).annotation`), `labels`
    its label scheme; by default what the package ships.

    Raises:
        JiaozhuError: the extra `annotation` is not installed, or a setting names what is missing or broken.
    """
    language: Language = import_pipeline().load_pipeline(settings, labels)
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
