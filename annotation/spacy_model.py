"""Any spaCy pipeline as a voter: the folder of one with an entity recognizer in; its entities, as ours, out.

It reads the text with its own tokenizer; its entities come over by their characters, so its tokens cut nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from annotation.foreign import digest, give, in_passages, label_map
from annotation.groups import Found
from corpus.errors import JiaozhuError, SpanError

MAX_PASSAGE = 2_000  # characters; the memory of a transformer or parser grows with them


@Language.factory("jiaozhu_spacy", default_config={"labels": {}, "scheme": ["ORG", "LOC", "PERSON"], "trust": 0.9})
class SpacyModel:
    """The pipeline in the folder `path`; `labels` map its labels to those of `scheme`. It is loaded on the first call.

    A spaCy entity has no probability, so its score is `trust`.
    """

    def __init__(
        self, nlp: Language, name: str, path: str, labels: dict[str, str], scheme: list[str], trust: float
    ) -> None:
        self.path, self._labels, self._scheme, self._trust = path, labels, scheme, trust
        self.left_out: Counter[str] = Counter()  # spans by a label of the model's that is none of the scheme's

    @cached_property
    def model(self) -> Language:
        """The pipeline.

        Raises:
            JiaozhuError: there is none, or it cannot be loaded.
        """
        try:
            return spacy.load(self.path)
        except (OSError, ValueError, KeyError, ImportError) as error:
            reason = " ".join(str(error).split())[:200]
            raise JiaozhuError(f"{self.path}: this spaCy pipeline cannot be loaded ({reason})") from None

    @cached_property
    def labels(self) -> dict[str, str]:
        """Its labels, as ours."""
        model = self.model
        writers = [name for name in model.pipe_names if "doc.ents" in model.get_pipe_meta(name).assigns]
        has = {label for name in writers for label in getattr(model.get_pipe(name), "labels", ())}
        return label_map(self.path, has, self._labels, self._scheme)

    @cached_property
    def version(self) -> str:
        """Its own version and the digest of its files."""
        return f"{self.model.meta['version']}.{digest(Path(self.path))}"

    def __call__(self, doc: Doc) -> Doc:
        """Raises JiaozhuError where it cannot be loaded, SpanError where its tokenizer changes the text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many documents, whose passages share the model's batches."""
        source = f"{self.model.meta['lang']}_{self.model.meta['name']}@{self.version}"
        for doc, spans in in_passages(stream, batch_size, MAX_PASSAGE, self._found):
            yield give(doc, source, spans, self.labels.values(), self._trust, scored=False)

    def _found(self, texts: list[str]) -> Iterator[list[Found]]:
        for text, made in zip(texts, self.model.pipe(texts), strict=True):
            if made.text != text:
                raise SpanError(f"{self.path}: its tokenizer changes the text, so its spans cannot be placed")
            names = [entity.label_ for entity in made.ents]
            self.left_out.update(name for name in names if name not in self.labels and name not in self._labels)
            yield [
                Found(entity.start_char, entity.end_char, label, self._trust)
                for entity in made.ents
                if (label := self.labels.get(entity.label_))
            ]
