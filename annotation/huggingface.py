"""A Hugging Face token classifier as a voter: its folder in; its entities with their probabilities, as ours, out.

Read from the folder alone: no network, no code of the model's, no pickle (safetensors only). Long texts go through in
windows that overlap; each token is judged in the window where it has the most text around it.

Where torch is installed, spaCy imports it at every start, which costs 2 s and 190 MB: hence an environment of its own
in our tests.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.foreign import digest, give, in_passages, label_map
from annotation.groups import Found
from corpus.errors import JiaozhuError

MAX_TOKENS = 512  # of a window, where the model allows so many
OVERLAP = 4  # a window shares a quarter of itself with the next
MAX_PASSAGE = 20_000  # characters that the tokenizer is given at once
WINDOWS = 8  # that go through the model together


class Token(NamedTuple):
    """A token at `[start, end)` of its text, code points, with the likeliest tag and its probability."""

    start: int
    end: int
    tag: str
    score: float


@Language.factory(
    "jiaozhu_huggingface", default_config={"labels": {}, "scheme": ["ORG", "LOC", "PERSON"], "trust": 0.9}
)
class HuggingFace:
    """The model in the folder `path`; `labels` map its labels to those of `scheme`. It is loaded on the first call."""

    def __init__(
        self, nlp: Language, name: str, path: str, labels: dict[str, str], scheme: list[str], trust: float
    ) -> None:
        self.path, self._labels, self._scheme, self._trust = path, labels, scheme, trust
        self.left_out: Counter[str] = Counter()  # spans by a label of the model's that is none of the scheme's

    @cached_property
    def _loaded(self) -> tuple[Any, Any, int]:
        """The tokenizer, the model, and how many tokens a window holds.

        Raises:
            JiaozhuError: transformers or torch is missing, or the folder holds no such model.
        """
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            import torch  # noqa: F401  (transformers says less clearly that it is missing)
            from safetensors import SafetensorError
            from transformers import AutoModelForTokenClassification, AutoTokenizer
            from transformers.utils import logging
        except ModuleNotFoundError as error:
            raise JiaozhuError(
                f"{self.path}: a Hugging Face model needs {error.name}, which is not installed; "
                "run: pip install 'jiaozhu[huggingface]'"
            ) from None
        if not any(Path(self.path).glob("*.safetensors")):
            raise JiaozhuError(f"{self.path}: holds no .safetensors; weights in other forms (pickle) are not read")
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        only = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.path, use_fast=True, **only)
            model, said = AutoModelForTokenClassification.from_pretrained(
                self.path, use_safetensors=True, output_loading_info=True, **only
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:200]
            raise JiaozhuError(f"{self.path}: this Hugging Face model cannot be loaded ({reason})") from None
        if not tokenizer.is_fast:
            raise JiaozhuError(f"{self.path}: its tokenizer tells no offsets; save it with a tokenizer.json")
        if missing := sorted(said["missing_keys"]):
            raise JiaozhuError(f"{self.path}: no token classifier, it lacks the weights {missing[0]}; train it first")
        most = [MAX_TOKENS, tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", MAX_TOKENS)]
        return tokenizer, model.eval(), int(min(number for number in most if number and number > 8))

    @cached_property
    def tags(self) -> list[str]:
        """Its tags, such as B-PER, by number."""
        names: dict[int, str] = self._loaded[1].config.id2label
        return [names[number] for number in sorted(names)]

    @cached_property
    def labels(self) -> dict[str, str]:
        """Its labels, as ours."""
        return label_map(self.path, {_split(tag)[1] for tag in self.tags} - {""}, self._labels, self._scheme)

    @cached_property
    def version(self) -> str:
        """The digest of its files."""
        return digest(Path(self.path))

    def __call__(self, doc: Doc) -> Doc:
        """Raises JiaozhuError where it cannot be loaded."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many documents, whose windows share the model's batches."""
        source = f"{Path(self.path).name}@{self.version}"
        for doc, spans in in_passages(stream, batch_size, MAX_PASSAGE, self._found):
            yield give(doc, source, spans, self.labels.values(), self._trust)

    def _found(self, texts: list[str]) -> Iterator[list[Found]]:
        for text, tokens in zip(texts, self.classify(texts), strict=True):
            entities = list(aggregate(text, tokens))
            self.left_out.update(
                e.label for e in entities if e.label not in self.labels and e.label not in self._labels
            )
            yield [e._replace(label=self.labels[e.label]) for e in entities if e.label in self.labels]

    def classify(self, texts: Sequence[str]) -> list[list[Token]]:
        """The tokens of each text, in order; white space that the tokenizer drops has none."""
        import torch

        if not texts:
            return []
        tokenizer, model, most = self._loaded
        made = tokenizer(
            list(texts),
            truncation=True,
            max_length=most,
            stride=(most - 2) // OVERLAP,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        windows = list(range(len(made["input_ids"])))
        best: list[dict[int, tuple[int, Token]]] = [{} for _ in texts]  # by start: room around it, token
        for first in range(0, len(windows), WINDOWS):
            part = windows[first : first + WINDOWS]
            fields = {name: [made[name][i] for i in part] for name in tokenizer.model_input_names if name in made}
            batch = tokenizer.pad(fields, return_tensors="pt")
            with torch.inference_mode():
                chances = model(**batch).logits.float().softmax(-1)
            scores, tags = (tensor.tolist() for tensor in chances.max(-1))
            for row, window in enumerate(part):
                offsets, special = made["offset_mapping"][window], made["special_tokens_mask"][window]
                seen = best[made["overflow_to_sample_mapping"][window]]
                for i, (start, end) in enumerate(offsets):
                    room = min(i, len(offsets) - 1 - i)
                    if start < end and not special[i] and room > seen.get(start, (-1,))[0]:
                        seen[start] = room, Token(start, end, self.tags[tags[row][i]], round(scores[row][i], 4))
        return [[token for _, (_, token) in sorted(seen.items())] for seen in best]


def aggregate(text: str, tokens: Iterable[Token]) -> Iterator[Found]:
    """Tokens with BIO, BIOES, BMES or bare tags as spans; a span's score is the least of its tokens'.

    A piece of a Latin word or of a number goes with its first piece, so that no word is cut. A tag that continues
    nothing begins a span, as in the CoNLL evaluation.
    """
    spans: list[Found] = []
    is_open = False
    before: Token | None = None
    for token in _whole_words(text, tokens):
        prefix, label = _split(token.tag)
        last = spans[-1] if spans else None
        joins = (
            last is not None
            and before is not None
            and is_open
            and label == last.label
            and prefix not in ("B", "S")
            and not text[before.end : token.start].strip()
            and "\n" not in text[before.end : token.start]
        )
        if label and joins and last is not None:
            spans[-1] = last._replace(end=token.end, score=min(last.score, token.score))
        elif label:
            spans.append(Found(token.start, token.end, label, token.score))
        is_open = bool(label) and prefix not in ("E", "S")
        before = token
    yield from spans


def _whole_words(text: str, tokens: Iterable[Token]) -> list[Token]:
    held = list(tokens)
    words = held[:1]
    for before, token in pairwise(held):
        joint = text[token.start - 1 : token.start + 1]
        if before.end == token.start and joint.isascii() and joint.isalnum():
            words[-1] = words[-1]._replace(end=token.end)
        else:
            words.append(token)
    return words


def _split(tag: str) -> tuple[str, str]:
    """A tag as its prefix, "" where it has none, and its label, "" for O."""
    prefix, dash, label = tag.partition("-")
    if dash and prefix in ("B", "I", "E", "S", "M", "L", "U"):
        return {"L": "E", "U": "S"}.get(prefix, prefix), label
    return "", "" if tag in ("O", "[PAD]") else tag
