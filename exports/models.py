"""Two models that learn from a published dataset on a CPU: our CRF and a spaCy pipeline; one way to ask either.

In: examples. Out: a model in a folder, and the spans it finds in texts. Both take characters as tokens.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotation.gold import Entity
from corpus.errors import JiaozhuError
from exports.examples import Example

if TYPE_CHECKING:
    from spacy.language import Language

KINDS = ("crf", "spacy")
CRF_FILE, SPACY_FOLDER = "model.crf", "model"
SEED = 20_260_101
BATCH, DROPOUT, LEARN_RATE = 4, 0.2, 0.005
PATIENCE, PATIENT_PASSAGES = 4, 500  # epochs, and passages in them, without a better score on the validation split

# A character and its four neighbours on either side.
_TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 64,
    "depth": 2,
    "embed_size": 4000,
    "window_size": 2,
    "maxout_pieces": 3,
    "subword_features": False,
}
_NER = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "nO": None,
    "tok2vec": _TOK2VEC,
}


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be asked: `name@version`, the labels it knows, and texts to their spans in order."""

    id: str
    kind: str
    labels: tuple[str, ...]
    predict: Callable[[Sequence[str]], Iterator[list[Entity]]]


Advance = Callable[[int, int, str], object]  # done, of how many, what


def train_model(
    kind: str,
    folder: Path,
    train: Sequence[Example],
    validation: Sequence[Example],
    *,
    name: str,
    epochs: int,
    advance: Advance = lambda done, total, what: None,
) -> dict[str, Any]:
    """Learn and write the model into `folder`; return the settings it was learned with.

    The CRF is a pure function of the examples: the same ones make the same bytes. spaCy starts from a fixed seed and
    keeps the epoch that is best on `validation`, or the last one where there is none.

    Raises:
        JiaozhuError: there is too little to learn from, or what the model needs is not installed.
    """
    if kind == "crf":
        return _train_crf(folder, train, name, epochs, advance)
    return _train_spacy(folder, train, validation, name, epochs, advance)


def load_model(path: Path) -> Model:
    """The model of a folder that `exports train` wrote, a CRF's file, or a spaCy pipeline with entities.

    Raises:
        JiaozhuError: it is none of them.
    """
    if (path / CRF_FILE).is_file():
        path /= CRF_FILE
    if path.is_file():
        return _crf(path)
    if (path / SPACY_FOLDER / "config.cfg").is_file():
        path /= SPACY_FOLDER
    if (path / "config.cfg").is_file():
        return _spacy(path)
    raise JiaozhuError(f"{path}: no model here; make one with jiaozhu exports train, or name a spaCy pipeline's folder")


def _train_crf(folder: Path, train: Sequence[Example], name: str, iterations: int, advance: Advance) -> dict[str, Any]:
    crf = _import_crf()
    about = crf.train(
        ((example.text, example.spans) for example in train),
        folder / CRF_FILE,
        name=name,
        iterations=iterations,
        on_iteration=lambda step: advance(step, iterations, "iterations"),
    )
    return {"id": about.id, **about.settings}


def _import_crf() -> Any:  # noqa: ANN401
    try:
        from annotation import crf
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    return crf


def _missing(error: ModuleNotFoundError) -> JiaozhuError:
    return JiaozhuError(f"{error.name} is not installed; run: pip install 'jiaozhu[annotation,train]'")


def _crf(path: Path) -> Model:
    model = _import_crf().Crf.load(path)

    def predict(texts: Sequence[str]) -> Iterator[list[Entity]]:
        for text in texts:
            yield [Entity(found.start, found.end, found.label) for found in model.predict(text)]

    return Model(model.about.id, "crf", model.about.labels, predict)


def _train_spacy(
    folder: Path,
    train: Sequence[Example],
    validation: Sequence[Example],
    name: str,
    epochs: int,
    advance: Advance,
) -> dict[str, Any]:
    try:
        import spacy
        from spacy.about import __version__ as spacy_version
        from spacy.tokens import Span
        from spacy.training import Example as Pair
        from thinc.api import fix_random_seed

        from annotation.characters import NAME
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    fix_random_seed(SEED)
    shuffle = random.Random(SEED)  # noqa: S311
    learned = sha256(repr([(example.text, example.spans) for example in train]).encode()).hexdigest()[:12]
    config = {"nlp": {"tokenizer": {"@tokenizers": NAME}}, "training": {"seed": SEED}}
    nlp = spacy.blank("zh", config=config, meta={"name": name, "version": learned})
    ner: Any = nlp.add_pipe("ner", config={"model": _NER})
    for label in sorted({span.label for example in train for span in example.spans}):
        ner.add_label(label)

    def pair(example: Example) -> Any:  # noqa: ANN401
        doc = nlp.make_doc(example.text)
        doc.set_ents([Span(doc, span.start, span.end, span.label) for span in example.spans])  # a token a character
        return Pair(nlp.make_doc(example.text), doc)

    pairs = [pair(example) for example in train]
    optimizer = nlp.initialize(lambda: pairs[:BATCH])
    optimizer.learn_rate = LEARN_RATE
    best, kept, since, epoch = 0.0, b"", 0, 0
    for epoch in range(1, epochs + 1):
        shuffle.shuffle(pairs)
        for start in range(0, len(pairs), BATCH):
            nlp.update(pairs[start : start + BATCH], sgd=optimizer, drop=DROPOUT)
        advance(epoch, epochs, "epochs")
        if not validation:
            continue
        with nlp.use_params(optimizer.averages):
            if (f1 := _f1(nlp, validation)) > best:
                best, kept, since = f1, nlp.to_bytes(), 0
                continue
        since += 1
        if kept and since >= PATIENCE and since * len(pairs) >= PATIENT_PASSAGES:
            break
    if kept:
        nlp.from_bytes(kept)
        nlp.to_disk(folder / SPACY_FOLDER)
    else:
        with nlp.use_params(optimizer.averages):
            nlp.to_disk(folder / SPACY_FOLDER)
    settings = {
        "seed": SEED,
        "epochs": epoch,
        "batch": BATCH,
        "dropout": DROPOUT,
        "learn_rate": LEARN_RATE,
        "spacy": spacy_version,
    }
    return {"id": f"{name}@{learned}", **settings}


def _f1(nlp: Language, examples: Sequence[Example]) -> float:
    """Exact spans, all labels together."""
    exact = total = 0
    for example, found in zip(examples, _spans(nlp, [example.text for example in examples]), strict=True):
        exact += len(set(example.spans) & set(found))
        total += len(example.spans) + len(found)
    return 2 * exact / total if total else 0.0


def _spans(nlp: Language, texts: Sequence[str]) -> Iterator[list[Entity]]:
    for doc in nlp.pipe(texts, batch_size=BATCH):
        yield [Entity(span.start_char, span.end_char, span.label_) for span in doc.ents]


def _spacy(path: Path) -> Model:
    try:
        import spacy
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    try:
        nlp = spacy.load(path)
    except (OSError, ValueError, KeyError) as error:
        raise JiaozhuError(f"{path}: not a spaCy pipeline that can be loaded ({str(error).splitlines()[0]})") from None
    labels = sorted({label for pipe in nlp.pipe_labels.values() for label in pipe})
    return Model(f"{nlp.meta['name']}@{nlp.meta['version']}", "spacy", tuple(labels), lambda texts: _spans(nlp, texts))
