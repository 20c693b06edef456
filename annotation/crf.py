"""A model of the user's own: marked texts in, a character CRF (Lafferty et al. 2001) in one file out, and its spans.

`exports train` feeds it what people decided; it then joins the pipeline as a second voter (annotation/settle.py). What
it looks at, how it learns and how it suggests stand together here, so that a model never meets other features than it
was made with. The file is a zip of two members, stored: `model.json`, which says what the model is, and crfsuite's own
`weights`; nothing in it is code. One thread, the order given, no clock: the same examples make the same bytes.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from annotation.divisions import divisions
from annotation.groups import TRUST, Found, suggest, text_of
from annotation.known import WIDTHS
from annotation.lexicon import alternatives, lexicon
from annotation.names import LAST, LEGAL
from annotation.parts import FilePart
from annotation.sentences import split_sentences
from corpus.errors import JiaozhuError, SpanError

FEATURES = "1"  # raise it with every change of `features`: a model knows only those it was made with
GROUP = "crf"
NAME = "jiaozhu-crf"
MAX_PIECE = 512  # characters that are read together; what is longer is cut at sentence ends
ABOUT, WEIGHTS = "model.json", "weights"  # the members of a model's file
MAX_BYTES = 1 << 30
REMEDY = "make it with jiaozhu exports train"
LEARNED = 300_000  # characters a fold of `held_out` learns from: more cost hours, and tell a second look little more

Marked = tuple[str, Sequence[tuple[int, int, str]]]


@dataclass(frozen=True, slots=True)
class About:
    """What a model is. `weights` and `examples` are SHA-256, of crfsuite's bytes and of what they were learned from.

    `trust` is, by label, precision and recall of a model of one half of the examples on the other: how much its word
    and its silence say (annotation/settle.py).
    """

    name: str
    features: str
    labels: tuple[str, ...]
    weights: str
    examples: str
    texts: int
    characters: int
    spans: dict[str, int]
    trust: dict[str, tuple[float, float]]
    settings: dict[str, float]

    @property
    def id(self) -> str:
        """`name@version`; the version is that of the features and the digest of the weights, so it names one model."""
        return f"{self.name}@{self.version}"

    @property
    def version(self) -> str:
        """Without the name."""
        return f"{self.features}.{self.weights[:12]}"


# Features -----------------------------------------------------------------------------------------------------------

_FOLD = {**WIDTHS, 0: "\ufffd"}  # corpora differ in the width of their marks more than in anything else
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两")
_TITLES = re.compile(alternatives("titles"))
_SURNAMES = frozenset(name for name in lexicon("surnames") if len(name) == 1)


def features(sentence: str) -> list[list[str]]:
    """For each character: itself and its neighbours, pairs and triples, kinds of characters, and what lists know."""
    text = sentence.encode("utf-8", "replace").decode().translate(_FOLD)
    kinds = "".join(map(_kind, text))
    flags = _flags(text)
    c, k = f"^^{text}$$", f"^^{kinds}$$"
    return [
        [
            "b",
            f"0{c[i + 2]}",
            f"1{c[i + 1]}",
            f"2{c[i + 3]}",
            f"3{c[i]}",
            f"4{c[i + 4]}",
            f"5{c[i + 1 : i + 3]}",
            f"6{c[i + 2 : i + 4]}",
            f"7{c[i : i + 2]}",
            f"8{c[i + 3 : i + 5]}",
            f"9{c[i + 1 : i + 4]}",
            f"k{k[i + 1 : i + 4]}",
            f"l{k[i : i + 5]}",
            *flags[i],
        ]
        for i in range(len(text))
    ]


def _kind(char: str) -> str:
    if char in _NUMERALS:
        return "n"
    if "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char >= "\U00020000":
        return "s" if char in _SURNAMES else "h"
    if char.isdigit():
        return "d"
    if char.isalpha():
        return "A" if char.isupper() else "a"
    return "_" if char.isspace() else "p"


def _flags(text: str) -> list[list[str]]:
    """What the lists of the grammars say: last words of organizations, titles, divisions; how far the next ones are."""
    flags: list[list[str]] = [[] for _ in text]
    marks = [(match.start(), match.end(), "o") for pattern in (LEGAL, LAST) for match in pattern.finditer(text)]
    marks += [(match.start(), match.end(), "t") for match in _TITLES.finditer(text)]
    marks += [(start, end, "g") for start, end in _divisions(text)]
    for start, end, mark in marks:
        for i in range(start, end):
            flags[i].append(f"{mark}{'B' if i == start else 'E' if i == end - 1 else 'I'}")
        if start:
            flags[start - 1].append(f"{mark}>")
        if end < len(text):
            flags[end].append(f"<{mark}")
        if mark == "o":  # an organization's first character stands some way before its last word
            for i in range(max(0, start - 8), start):
                flags[i].append(f"o{start - i}")
    return flags


def _divisions(text: str) -> Iterator[tuple[int, int]]:
    """Names of divisions, full and short, the longest at each place."""
    by_pair = divisions().by_pair
    cursor = 0
    for i, pair in enumerate(map("".join, pairwise(text))):
        for name in by_pair.get(pair, ()) if i >= cursor else ():
            if text.startswith(name, i):
                cursor = i + len(name)
                yield i, cursor
                break


# Training -----------------------------------------------------------------------------------------------------------


def train(
    examples: Iterable[Marked],
    path: Path,
    *,
    name: str = NAME,
    c1: float = 0.05,
    c2: float = 0.05,
    iterations: int = 100,
    on_iteration: Callable[[int], object] | None = None,
) -> About:
    """Learn from texts with their spans (start, end, label; code points, apart) and write the model to `path`.

    `c1` and `c2` weigh the L1 and L2 norms of the weights, as in crfsuite; with L1 most weights are zero, so that the
    file stays small. `on_iteration` is told the number of each step, in each of three models: of all examples, and of
    either half, which say how much the first may be trusted. Memory grows with the examples, 0.3 to 0.9 kB
    a character, as L-BFGS needs them all.

    Raises:
        SpanError: a span lies outside its text, or overlaps another; with the number of the example.
        JiaozhuError: there is nothing to learn, `path` cannot be written, or python-crfsuite is missing.
    """
    settings = {"c1": c1, "c2": c2, "max_iterations": iterations, "feature.possible_transitions": 1}
    held: list[Marked] = []
    digest = sha256()
    for number, (text, marked) in enumerate(examples):
        spans = sorted((int(start), int(end), str(label)) for start, end, label in marked)
        _check(number, text, spans)
        digest.update(json.dumps([text, spans], ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        held.append((text, spans))
    counts = Counter(label for _, spans in held for *_, label in spans)
    if not counts:
        raise JiaozhuError(f"{path}: nothing to learn, {len(held)} texts hold no span; annotate some first")
    partial = path.with_name(f".{path.name}.partial")
    try:
        weights = _learn(held, settings, path.parent, on_iteration)
        about = About(
            name=name,
            features=FEATURES,
            labels=tuple(sorted(counts)),
            weights=sha256(weights).hexdigest(),
            examples=digest.hexdigest(),
            texts=len(held),
            characters=sum(len(text) for text, _ in held),
            spans=dict(sorted(counts.items())),
            trust=_trust(held, settings, path.parent, on_iteration),
            settings={key: float(value) for key, value in sorted(settings.items())},
        )
        partial.write_bytes(_packed(about, weights))
        partial.replace(path)
    except OSError as error:
        raise JiaozhuError(f"{path}: cannot be written ({error.strerror}); name another file") from None
    finally:
        partial.unlink(missing_ok=True)
    return about


def _learn(
    examples: Iterable[Marked], settings: dict[str, float], folder: Path, on_iteration: Callable[[int], object] | None
) -> bytes:
    """The weights, in crfsuite's form; it writes files only, so `folder` holds one for a while."""

    class Trainer(_crfsuite().BaseTrainer):  # type: ignore[misc]
        step = 0

        def message(self, message: str) -> None:
            if on_iteration is not None and message.startswith("***** Iteration"):
                self.step += 1
                on_iteration(self.step)

    trainer = Trainer("lbfgs")
    trainer.set_params(settings)
    for text, spans in examples:
        tags = _tags(len(text), spans)
        for start, end in pieces(text, spans):
            trainer.append(features(text[start:end]), tags[start:end])
    with TemporaryDirectory(prefix=".crf.", dir=folder) as made:
        trainer.train(str(Path(made) / WEIGHTS))
        return (Path(made) / WEIGHTS).read_bytes()


def _trust(
    examples: Sequence[Marked], settings: dict[str, float], folder: Path, on_iteration: Callable[[int], object] | None
) -> dict[str, tuple[float, float]]:
    """By label, precision and recall on either half of a model of the other, by Laplace's rule of succession."""
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    known = Counter(label for _, spans in examples for *_, label in spans)
    for half in (0, 1):
        taught = examples[half::2]
        if any(spans for _, spans in taught):
            weights = _learn(taught, settings, folder, on_iteration)
            tagger = _tagger(weights)
            for text, spans in examples[1 - half :: 2]:
                made = _predict(tagger, text)
                found.update(span.label for span in made)
                right.update(span.label for span in made if span[:3] in spans)

    def share(label: str, of: Counter[str]) -> float:
        return round((right[label] + 1) / (of[label] + 2), 3)

    return {label: (share(label, found), share(label, known)) for label in sorted(known)}


def held_out(examples: Sequence[Marked], folds: int, *, iterations: int = 50) -> Iterator[list[Found]]:
    """For each text, in order, what a model finds that learned from others; the n-th is in fold n modulo `folds`.

    It learns from all others, or of many from every n-th, so that they have at most about `LEARNED` characters.
    """
    settings = {"c1": 0.05, "c2": 0.05, "max_iterations": iterations, "feature.possible_transitions": 1}
    found: dict[int, list[Found]] = {}
    with TemporaryDirectory(prefix="crf.") as folder:
        for number in range(len(examples)):
            if number < folds:
                taught = [item for index, item in enumerate(examples) if index % folds != number]
                taught = taught[:: -(-sum(len(text) for text, _ in taught) // LEARNED) or 1]
                weights = _learn(taught, settings, Path(folder), None) if any(spans for _, spans in taught) else b""
                tagger = _tagger(weights) if weights else None
                for index in range(number, len(examples), folds):
                    found[index] = _predict(tagger, examples[index][0]) if tagger else []
            yield found.pop(number)


def _check(number: int, text: str, spans: Sequence[tuple[int, int, str]]) -> None:
    cursor = 0
    for start, end, label in spans:
        if not 0 <= start < end <= len(text):
            raise SpanError(
                f"example {number}: {label} [{start}, {end}) lies outside its text of {len(text)} characters"
            )
        if start < cursor:
            raise SpanError(f"example {number}: {label} [{start}, {end}) overlaps the span before it")
        cursor = end


def _tags(length: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """BIO (Ramshaw and Marcus 1995), one for each character."""
    tags = ["O"] * length
    for start, end, label in spans:
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return tags


def pieces(text: str, spans: Sequence[tuple[int, int, str]] = ()) -> Iterator[tuple[int, int]]:
    """Sentences, white space alone left out; those that a span joins stay together."""
    inside = {place for start, end, _ in spans for place in range(start + 1, end)}
    begin: int | None = None
    for start, end in split_sentences(text, MAX_PIECE):
        begin = start if begin is None else begin
        if end in inside:
            continue
        if not text[begin:end].isspace():
            yield begin, end
        begin = None


def _packed(about: About, weights: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as file:
        for member, data in ((ABOUT, json.dumps(asdict(about), indent=1).encode()), (WEIGHTS, weights)):
            info = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16  # the same on every system
            file.writestr(info, data)
    return packed.getvalue()


# Prediction ---------------------------------------------------------------------------------------------------------


class Crf:
    """A trained model. `about` says which; it is loaded once and may be used for any number of texts."""

    def __init__(self, about: About, weights: bytes) -> None:
        self.about = about
        self.weights = weights
        self._tagger = _tagger(weights)

    def __reduce__(self) -> tuple[Any, ...]:
        return Crf, (self.about, self.weights)

    @classmethod
    def load(cls, path: Path) -> Crf:
        """The model in a file that `train` wrote.

        Raises:
            JiaozhuError: there is none, it is not such a file, or it was made for other features.
        """
        return cls.unpacked(FilePart(str(path), REMEDY).data, str(path))

    @classmethod
    def unpacked(cls, data: bytes, where: str) -> Crf:
        """The model in the bytes of such a file; `where` they are from is what errors name.

        Raises:
            JiaozhuError: as `load`.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                if any(info.file_size > MAX_BYTES for info in file.infolist()):
                    raise ValueError("a member is larger than 1 GiB")
                held, weights = json.loads(file.read(ABOUT)), file.read(WEIGHTS)
            trust = {label: tuple(shares) for label, shares in held["trust"].items()}
            about = About(**{**held, "labels": tuple(held["labels"]), "trust": trust})
        except (zipfile.BadZipFile, AttributeError, KeyError, TypeError, ValueError, NotImplementedError) as error:
            raise JiaozhuError(f"{where}: not a CRF model of ours ({error}); {REMEDY}") from None
        if about.features != FEATURES:
            raise JiaozhuError(f"{where}: made for features {about.features!r}, not {FEATURES!r}; {REMEDY}")
        if sha256(weights).hexdigest() != about.weights or weights[:4] != b"lCRF":
            raise JiaozhuError(f"{where}: damaged, its weights are not those it was made with; {REMEDY}")
        return cls(about, weights)

    def packed(self) -> bytes:
        """The bytes of its file."""
        return _packed(self.about, self.weights)

    def predict(self, text: str) -> list[Found]:
        """Spans by start, apart. A span's score is the least of its characters' marginals and of its end's."""
        return _predict(self._tagger, text)


def _tagger(weights: bytes) -> Any:  # noqa: ANN401
    """A tagger that reads `weights` where they lie: whoever uses it must keep them."""
    tagger = _crfsuite().Tagger()
    tagger.open_inmemory(weights)
    return tagger


def _predict(tagger: Any, text: str) -> list[Found]:  # noqa: ANN401
    found: list[Found] = []
    for offset, stop in pieces(text):
        tags: list[str] = tagger.tag(features(text[offset:stop]))
        start = 0
        for end in range(1, len(tags) + 1):
            label = tags[start][2:]
            if end < len(tags) and label and tags[end] == f"I-{label}":
                continue
            if label:
                score = min(tagger.marginal(tag, i) for i, tag in enumerate(tags[start:end], start))
                if end < len(tags) and f"I-{label}" in tagger.labels():
                    score = min(score, 1 - tagger.marginal(f"I-{label}", end))
                found.append(Found(offset + start, offset + end, label, round(min(max(score, 0.0), 1.0), 4)))
            start = end
    return found


def _crfsuite() -> Any:  # noqa: ANN401
    try:
        import pycrfsuite
    except ModuleNotFoundError:
        raise JiaozhuError(
            "a CRF needs python-crfsuite, which is not installed; run: pip install 'jiaozhu[train]'"
        ) from None
    return pycrfsuite


@Language.factory("jiaozhu_crf", default_config={"path": ""})
class CrfVoter(FilePart):
    """The model at `path` as a part of the pipeline; its spans in `doc.spans["crf"]`."""

    def __init__(self, nlp: Language, name: str, path: str) -> None:
        super().__init__(path, REMEDY)
        self._crf: Crf | None = None

    @property
    def crf(self) -> Crf:
        """The model, loaded on the first call."""
        if self._crf is None:
            self._crf = Crf.unpacked(self.data, self.where)
        return self._crf

    def __call__(self, doc: Doc) -> Doc:
        """Raises JiaozhuError where the model cannot be loaded, SpanError where a span cuts a token."""
        about = self.crf.about
        suggest(doc, GROUP, about.id, self.crf.predict(text_of(doc)))
        doc.spans[GROUP].attrs[TRUST] = about.trust
        return doc
