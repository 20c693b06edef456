"""Documents in, pre-annotated tasks to Label Studio, corrections back into an append-only log."""

from __future__ import annotations

import gc
from functools import cache
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


@cache
def import_pipeline() -> ModuleType:
    """The module `annotation.pipeline`, imported on the first call: spaCy and the model are an extra, and slow to load.

    What is imported stays, all 90,000 objects, so the collector is kept from looking them through: on the way that took
    a tenth of the start-up, and afterwards, for each few documents anew, a tenth of the rules' time. It passes over
    what the caller holds at that moment too; `gc.unfreeze()` gives all of it back to the collector.

    Raises:
        JiaozhuError: the extra `annotation` is not installed.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        from annotation import pipeline
    except ModuleNotFoundError as error:
        raise JiaozhuError(
            f"the pre-annotator needs {error.name}, which is not installed; run: pip install 'jiaozhu[annotation]'"
        ) from None
    finally:
        gc.freeze()
        if collects:
            gc.enable()
    return pipeline
