"""What the adapters of foreign models share: their labels brought to ours, their spans to the pipeline, their digest.

A foreign model is a voter (annotation/settle.py) that joins our own: a spaCy pipeline (spacy_model.py), a Hugging Face
token classifier (huggingface.py), or a language model behind an address (endpoint.py). It writes `doc.spans["model"]`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path

from spacy.tokens import Doc

from annotation.groups import SCORED, TRUST, Found, Words, suggest, text_of
from annotation.sentences import split_sentences
from corpus.errors import JiaozhuError

GROUP = "model"

# Labels of the schemes that Chinese models are trained on (OntoNotes, MSRA, People's Daily, CLUENER), each as ours.
LABELS = {
    **dict.fromkeys(("ORG", "NT", "COMPANY", "GOVERNMENT", "ORGANIZATION", "ORGANISATION", "机构", "组织"), "ORG"),
    **dict.fromkeys(("LOC", "GPE", "FAC", "NS", "ADDRESS", "SCENE", "LOCATION", "地点"), "LOC"),
    **dict.fromkeys(("PERSON", "PER", "NR", "NAME", "人名"), "PERSON"),
    **dict.fromkeys(("DATE", "日期"), "DATE"),
    **dict.fromkeys(("MONEY", "金额"), "MONEY"),
    **dict.fromkeys(("PERCENT", "百分比"), "PERCENT"),
    **dict.fromkeys(("QUANTITY", "数量"), "QUANTITY"),
}


def label_map(
    where: str, foreign: Collection[str], chosen: Mapping[str, str], scheme: Collection[str]
) -> dict[str, str]:
    """Each label of a model as one of the scheme; what `chosen` does not name goes by `LABELS`, else by its own name.

    A label that is none of the scheme's is left out, as is one that `chosen` maps to ""; the adapters count the spans
    that go with the former (`left_out`), and the summary of `preannotate` names them.

    Raises:
        JiaozhuError: nothing is left.
    """
    found = {}
    for label in sorted(foreign):
        ours = chosen.get(label, label if label in scheme else LABELS.get(label.upper(), ""))
        if ours in scheme:
            found[label] = ours
    if not found:
        raise JiaozhuError(
            f"{where}: none of its labels ({', '.join(sorted(foreign)) or 'it has none'}) is one of the scheme's; "
            "map them in [annotation.labels]"
        )
    return found


def give(
    doc: Doc, source: str, found: Iterable[Found], labels: Iterable[str], trust: float, *, scored: bool = True
) -> Doc:
    """Write a model's spans, without quotes and white space at their edges, in order, the first where two overlap.

    `labels` are those of ours it knows; `trust` is the precision and recall that settling reckons with; without
    `scored` the spans' scores are no probabilities of the model's.
    """
    text = text_of(doc)
    held: list[Found] = []
    cursor = 0
    for span in sorted(found):
        start, end = Words.trim(text, span.start, span.end)
        if cursor <= start < end:
            held.append(Found(start, end, span.label, span.score))
            cursor = end
    suggest(doc, GROUP, source, held)
    doc.spans[GROUP].attrs[SCORED] = scored
    doc.spans[GROUP].attrs[TRUST] = {label: [trust, trust] for label in sorted(set(labels))}
    return doc


def in_passages(
    stream: Iterable[Doc], size: int, limit: int, read: Callable[[list[str]], Iterable[Iterable[Found]]]
) -> Iterator[tuple[Doc, list[Found]]]:
    """Each document with what `read` finds in its passages of at most `limit` characters, at its place in the document.

    `read` is given the passages of `size` documents at once, so that they share a model's batches.
    """
    rest = iter(stream)
    while held := list(islice(rest, size)):
        where = [(number, *span) for number, doc in enumerate(held) for span in passages(text_of(doc), limit)]
        texts = [text_of(held[number])[start:end] for number, start, end in where]
        found: list[list[Found]] = [[] for _ in held]
        for (number, offset, _), spans in zip(where, read(texts), strict=True):
            found[number] += (span._replace(start=offset + span.start, end=offset + span.end) for span in spans)
        yield from zip(held, found, strict=True)


def passages(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Spans that cover the text: whole sentences, as many as `limit` characters hold; white space alone is left out."""
    begin = cursor = 0
    for start, end in split_sentences(text, limit):
        if end - begin > limit:
            if not text[begin:start].isspace():
                yield begin, start
            begin = start
        cursor = end
    if begin < cursor and not text[begin:cursor].isspace():
        yield begin, cursor


def digest(folder: Path) -> str:
    """The first twelve figures of the SHA-256 of a model's files and their names: which model it is, to the byte."""
    whole = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                inner = file_digest(file, "sha256").hexdigest()
            whole.update(f"{path.relative_to(folder).as_posix()}\n{inner}\n".encode())
    return whole.hexdigest()[:12]
