"""The tokenizer of the pipeline: a text in, a spaCy Doc out with one token for each code point.

Characters are the tokens, white space and all: a word border that a segmenter guessed can then never cut an entity,
a token's index is its offset, and `doc.text` is the text itself. Half a surrogate pair, which is no character and which
spaCy cannot keep, becomes U+FFFD, one for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from annotation.groups import TEXT

NAME = "jiaozhu.CharacterTokenizer.v1"

_HALVES = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 does not have; as long as it was."""
    return _HALVES.sub("\ufffd", text)


class CharacterTokenizer(DummyTokenizer):
    """Makes every code point a token. It has no settings, so what it saves is empty."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as a Doc; `doc.text == storable(text)`, and token `i` is its character `i`."""
        text = storable(text)
        return Doc(self.vocab, words=list(text), spaces=[False] * len(text), user_data={TEXT: text})

    def __reduce__(self) -> tuple[Any, ...]:
        return CharacterTokenizer, (self.vocab,)


@registry.tokenizers(NAME)  # type: ignore[untyped-decorator]
def create_character_tokenizer() -> Callable[[Language], CharacterTokenizer]:
    """What spaCy calls where a pipeline's configuration names the tokenizer."""

    def create(nlp: Language) -> CharacterTokenizer:
        return CharacterTokenizer(nlp.vocab)

    return create
