"""The user's list of known names: a file in; its names wherever a text has them, each with its label and id, out.

One name a line, or `name TAB label TAB id`; without a label it is ORG; a line that begins with # says nothing. Every
line is checked. The names become one trie, so the cost grows with the text and not with the list; at each place the
longest counts. Full-width and half-width forms are the same (英特尔（中国）, 英特尔(中国)).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from annotation.groups import IDS, Found, suggest, text_of, words_of
from annotation.parts import FilePart
from corpus.errors import JiaozhuError

GROUP = "list"
DEFAULT_LABEL = "ORG"
MAX_NAME = 64
REMEDY = "check [annotation] list"
WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}  # one character for one, so offsets stay


class Known(NamedTuple):
    """An entry of the list; `id` is the user's own, or None."""

    name: str
    label: str
    id: str | None


class Hit(NamedTuple):
    """A known name at `[start, end)` of a text, code points."""

    start: int
    end: int
    known: Known


@dataclass(frozen=True, slots=True)
class NameList:
    """The names, and who they are: `jiaozhu-list@` and the digest of the file."""

    source: str
    names: tuple[Known, ...]
    trie: dict[str, Any] = field(repr=False)

    def find(self, text: str) -> Iterator[Hit]:
        """The names in the text, left to right, apart, the longest at each place; a Latin one only as a whole word."""
        folded = text.translate(WIDTHS)
        trie, cursor = self.trie, 0
        for start, char in enumerate(folded):
            node = trie.get(char)
            if node is None or start < cursor:
                continue
            known, end, place = None, start, start + 1
            while node is not None:
                if "" in node and _whole(folded, start, place):
                    known, end = node[""], place
                node = node.get(folded[place]) if place < len(folded) else None
                place += 1
            if known is not None:
                cursor = end
                yield Hit(start, end, known)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin word or number is cut at either end."""
    return not (_joins(text, start) or _joins(text, end))


def _joins(text: str, place: int) -> bool:
    pair = text[place - 1 : place + 1] if place else ""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()


def read_names(data: bytes, path: str, labels: Collection[str]) -> NameList:
    """The list in the bytes of a file, with labels of `labels`; `path` is what errors name.

    Raises:
        JiaozhuError: it is not UTF-8, holds no name, or a line is wrong; with its number and the reason.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise JiaozhuError(f"{path}: the list of names is not UTF-8; save it as UTF-8") from None
    trie: dict[str, Any] = {}
    names: list[Known] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        known = _read(f"{path}:{number}", line, labels)
        node = trie
        for char in known.name.translate(WIDTHS):
            node = node.setdefault(char, {})
        if node.setdefault("", known) != known:
            raise JiaozhuError(f"{path}:{number}: {known.name} stands above with another label or id; keep one")
        names.append(known)
    if not names:
        raise JiaozhuError(f"{path}: the list holds no name; write one a line, or leave out [annotation] list")
    return NameList(f"jiaozhu-list@{sha256(data).hexdigest()[:12]}", tuple(names), trie)


def _read(where: str, line: str, labels: Collection[str]) -> Known:
    pieces = [piece.strip() for piece in line.split("\t")]
    if len(pieces) > 3:
        raise JiaozhuError(f"{where}: {len(pieces)} columns; a line is a name, a label and an id, with a tab between")
    name, label, known_as = [*pieces, "", ""][:3]
    label = label or (DEFAULT_LABEL if DEFAULT_LABEL in labels else "")
    if not 2 <= len(name) <= MAX_NAME:
        raise JiaozhuError(f"{where}: {name!r} has {len(name)} characters; a name has 2 to {MAX_NAME}")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") for char in name):
        raise JiaozhuError(f"{where}: {name!r} holds a character that cannot be seen; write the name anew")
    if label not in labels:
        raise JiaozhuError(f"{where}: no label {label!r}; the scheme has {', '.join(sorted(labels))}")
    return Known(name, label, known_as or None)


@Language.factory("jiaozhu_list", default_config={"path": "", "labels": [DEFAULT_LABEL]})
class KnownNames(FilePart):
    """The names of the list at `path` in `doc.spans["list"]`; their ids are the entities' `kb_id_`."""

    def __init__(self, nlp: Language, name: str, path: str, labels: list[str]) -> None:
        super().__init__(path, REMEDY)
        self._labels = labels
        self._names: NameList | None = None

    @property
    def names(self) -> NameList:
        """The list, read on the first call."""
        if self._names is None:
            self._names = read_names(self.data, self.where, self._labels)
        return self._names

    def __call__(self, doc: Doc) -> Doc:
        """Raises JiaozhuError where the list cannot be used, SpanError where a name cuts a token."""
        words = words_of(doc)
        hits = list(self.names.find(text_of(doc)))
        suggest(doc, GROUP, self.names.source, [Found(h.start, h.end, h.known.label, 1.0) for h in hits])
        attrs = doc.spans[GROUP].attrs
        attrs[IDS] = [hit.known.id for hit in hits]
        attrs["kinds"] = ["known" if words.starts_at(h.start) and words.ends_at(h.end) else "inside" for h in hits]
        return doc
