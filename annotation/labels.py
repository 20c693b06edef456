"""The label scheme: which labels there are, how they are shown, and the guideline that draws their borders.

In: a TOML file (`annotation/labels.toml` is the default). Out: `LabelScheme`. Its `version` goes into every record of
the annotation log, so that a label can be read by the guideline it was made under.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import JiaozhuError

DEFAULT_SCHEME = Path(__file__).with_name("labels.toml")


@dataclass(frozen=True, slots=True)
class Label:
    """`name` is exported, `shown` is what annotators see, `hotkey` draws it, `colour` is `#RRGGBB`."""

    name: str
    shown: str
    hotkey: str
    colour: str


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """The labels in their order, and the annotators' guideline (Markdown, Chinese)."""

    version: str
    labels: tuple[Label, ...]
    guideline: str

    @property
    def names(self) -> tuple[str, ...]:
        """The exported names, in order."""
        return tuple(label.name for label in self.labels)


def load_labels(path: Path | None = None) -> LabelScheme:
    """Read a scheme; the default one where `path` is None.

    Raises:
        JiaozhuError: the file or its guideline is missing, is not TOML, or repeats a name, a shown name or a hotkey.
    """
    path = path or DEFAULT_SCHEME
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        version, entries, guideline = data["version"], data["label"], path.parent / data["guideline"]
        labels = tuple(Label(e["name"], e["shown"], e["hotkey"], e["colour"]) for e in entries)
        text = guideline.read_text("utf-8")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise JiaozhuError(f"{path}: not valid TOML in UTF-8 ({error}); mend that line") from None
    except (KeyError, TypeError) as error:
        raise JiaozhuError(f"{path}: the label scheme lacks {error}; annotation/labels.toml shows the form") from None
    except OSError as error:
        raise JiaozhuError(f"{error.filename}: cannot be read ({error.strerror}); check [paths] labels") from None
    if not labels:
        raise JiaozhuError(f"{path}: the label scheme has no [[label]]")
    for kind in ("name", "shown", "hotkey"):
        values = [getattr(label, kind) for label in labels]
        if twice := next((v for v in values if values.count(v) > 1), None):
            raise JiaozhuError(f"{path}: two labels have the {kind} {twice!r}; give each its own")
    for label in labels:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", label.name):
            raise JiaozhuError(f"{path}: label name {label.name!r} must be capital letters, digits and _")
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", label.colour):
            raise JiaozhuError(f"{path}: colour {label.colour!r} of {label.name} must be #RRGGBB")
    return LabelScheme(str(version), labels, text)
