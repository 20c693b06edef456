"""A workspace is a folder with `jiaozhu.toml`; this module reads it.

Every path in the file is relative to the file. A command reads the file from the current folder or from `--config`;
explicit arguments win. Without a file the defaults below hold, relative to the current folder.
"""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import JiaozhuError

CONFIG_NAME = "jiaozhu.toml"

T = TypeVar("T", "Cleaning", "Annotation", "Endpoint", "Studio", "Exports")

# How a setting is written in the file, by its type here; all others are text.
_KINDS: dict[type, tuple[type, str]] = {
    int: (int, "a number above 0"),
    float: (float, "a share from 0.0 to 1.0"),
    bool: (bool, "true or false"),
    tuple: (list, "a list of names in quotes"),
    dict: (dict, "names in quotes, each with a name in quotes"),
    type(None): (str, "a path in quotes"),
}
PRICES = ("price_in", "price_out", "max_cost")  # numbers that may be above 1


def cores() -> int:
    """How many processes this one may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The section `[corpus]`: choices of the cleaner."""

    keep_traditional: bool = False  # what people wrote in Traditional stays; what a machine converted never does


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The section `[annotation.endpoint]`: a language model behind an address that `[annotation] model` names."""

    model: str = ""  # what the server calls it
    key_file: Path | None = None  # with mode 600; otherwise JIAOZHU_MODEL_KEY; a local server needs none
    timeout: int = 60  # seconds for one answer
    retries: int = 5  # after a time-out, a cut connection, 429 or 5xx, waiting twice as long each time
    cache: Path = Path("build/endpoint")  # every answer, so that none is paid for twice
    concurrency: int = 4  # requests under way at once
    requests_per_minute: int = 60
    max_chars: int = 1_000  # of one request's text
    max_tokens: int = 1_000_000  # of all requests of a run, in and out, as the server counts them
    price_in: float = 0.0  # for a million tokens, in the currency of `max_cost`
    price_out: float = 0.0
    max_cost: float = 0.0  # of a run; 0 sets no limit


@dataclass(frozen=True, slots=True)
class Annotation:
    """The section `[annotation]`: what suggests, and how sure it must be. docs/models.md explains each."""

    model: str = "lac"  # or "none", the folder of a spaCy or Hugging Face model, or the address of an endpoint
    crf: Path | None = None  # a model that `jiaozhu exports train` made
    list: Path | None = None  # names that are known
    segmenter: str = "lac"  # or "pkuseg", a second opinion on the borders of organizations; slower, 0.8 GB
    skip: tuple[str, ...] = ()  # parts left out: amounts, dates, lac, places, organizations, people
    min_score: float = 0.4  # below, deleting costs annotators more than adding what was right
    batch_size: int = 64  # documents that go through the models together
    trust: float = 0.9  # precision and recall of a foreign model, as `annotation evaluate` measures it alone
    labels: dict[str, str] = field(default_factory=dict)  # labels of a foreign model, each to one of the scheme or ""
    endpoint: Endpoint = field(default_factory=Endpoint)


@dataclass(frozen=True, slots=True)
class Studio:
    """The section `[studio]`: which Label Studio, which project, and where a server of our own keeps its things."""

    url: str = "http://127.0.0.1:8080"
    project: str = "校注 Jiaozhu"
    token_file: Path = Path(".studio/token")
    folder: Path = Path(".studio/data")
    venv: Path = Path(".venv-studio")
    timeout: int = 120  # seconds an answer may take; an import of 500 long documents takes several
    batch: int = 500  # tasks a request; fewer where a proxy refuses large requests
    max_tasks: int = 10_000  # in one project; a larger corpus is spread over several
    overlap: float = 0.0  # share of the documents that several annotators get
    annotators: int = 2  # how many those are
    blind: float = 0.0  # share of the documents without suggestions, for an honest test
    planted: float = 0.0  # share of the documents with one wrong suggestion, to see who reads


@dataclass(frozen=True, slots=True)
class Exports:
    """The section `[exports]`: how the published dataset is cut and named."""

    name: str = "jiaozhu"
    license: str = ""  # asked for, never assumed
    max_chars: int = 512
    mask_personal_data: bool = True  # phones, e-mails, WeChat, QQ, ID and card numbers, as asterisks
    annotators: str = "pseudonyms"  # or "as_logged"
    forms: tuple[str, ...] = ()  # further forms written beside the tables: conll, spacy, …
    tags: str = "bio"  # or "bioes"
    normalized: bool = True  # the values of amounts, dates and places
    inner_places: bool = False  # the places inside the names of organizations
    words: bool = False  # pkuseg's words; needs its model
    removed: bool = False  # a further config: what the cleaner took out of the published documents
    workers: int = field(default_factory=cores)  # processes that make it; the bytes are the same for any number


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything of one project lies. Paths are absolute once loaded."""

    root: Path = Path()
    pages: tuple[Path, ...] = (Path("pages"),)
    corpus: Path = Path("build/corpus")
    suggestions: Path = Path("build/suggestions.parquet")
    annotations: Path = Path("annotations")
    exports: Path = Path("build/exports")
    labels: Path | None = None  # the label scheme; None is the one shipped with the package
    cleaning: Cleaning = field(default_factory=Cleaning)
    annotation: Annotation = field(default_factory=Annotation)
    studio: Studio = field(default_factory=Studio)
    dataset: Exports = field(default_factory=Exports)

    @property
    def log(self) -> Path:
        """The annotation log: append-only JSON lines."""
        return self.annotations / "log.jsonl"

    @property
    def planted(self) -> Path:
        """The suggestions that were wrong on purpose: JSON lines that no annotator should see."""
        return self.annotations / "planted.jsonl"


def is_no_path(model: str) -> bool:
    """Whether `[annotation] model` is one of ours, or an address, and no folder."""
    return model in ("lac", "none") or "://" in model


def load_workspace(config: Path | None = None) -> Workspace:
    """Read `config`, or `jiaozhu.toml` of the current folder, or the defaults where there is none.

    Raises:
        JiaozhuError: the named file is missing or broken, or holds a name or value that means nothing.
    """
    path = config or Path(CONFIG_NAME)
    if not path.is_file():
        if config is not None:
            raise JiaozhuError(f"{path}: no such workspace file; name one with --config, or run without it")
        return _absolute(Workspace(root=Path.cwd()))
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise JiaozhuError(f"{path}: not valid TOML ({error}); mend that line") from None
    sections = {"paths", "corpus", "annotation", "studio", "exports"}
    if unknown := sorted(set(data) - sections):
        raise JiaozhuError(f"{path}: unknown section [{unknown[0]}]; the sections are {', '.join(sorted(sections))}")
    paths = _section(path, data, "paths", {"pages", "corpus", "suggestions", "annotations", "exports", "labels"})
    pages = paths.pop("pages", ["pages"])
    if not isinstance(pages, list) or not all(isinstance(item, str) for item in pages):
        raise JiaozhuError(f"{path}: [paths] pages must be a list of paths")
    for key, value in paths.items():
        if not isinstance(value, str):
            raise JiaozhuError(f"{path}: [paths] {key} must be a path in quotes, not {value!r}")
    workspace = Workspace(
        root=path.resolve().parent,
        pages=tuple(Path(item) for item in pages),
        cleaning=_dataclass(path, data, "corpus", Cleaning()),
        annotation=_dataclass(path, data, "annotation", Annotation()),
        studio=_dataclass(path, data, "studio", Studio()),
        dataset=_dataclass(path, data, "exports", Exports()),
        **{key: Path(value) for key, value in paths.items()},
    )
    return _absolute(workspace)


def _section(path: Path, data: dict[str, Any], name: str, known: set[str]) -> dict[str, Any]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise JiaozhuError(f"{path}: {name} must be a section, [{name}]")
    if unknown := sorted(set(section) - known):
        raise JiaozhuError(f"{path}: [{name}] has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}")
    return dict(section)


def _dataclass(path: Path, data: dict[str, Any], name: str, default: T) -> T:
    types = {f.name: type(getattr(default, f.name)) for f in fields(default)}
    values: dict[str, Any] = {}
    for key, value in _section(path, data, name, set(types)).items():
        held = getattr(default, key)
        if is_dataclass(held):
            inner = f"{name}.{key}"
            values[key] = _dataclass(path, {inner: value}, inner, held)  # type: ignore[type-var]
            continue
        wanted, kind = _KINDS.get(types[key], (str, "text in quotes"))
        parts: list[object] = value if isinstance(value, list) else []
        if isinstance(value, dict):
            parts = list(value.values())
        if wanted is float and type(value) is int:
            value = float(value)
        if key in PRICES:
            kind = "a number of 0 or more"
        unusable = (wanted is int and isinstance(value, int) and value < 1) or (
            wanted is float and isinstance(value, float) and not 0 <= value <= (math.inf if key in PRICES else 1)
        )
        if type(value) is not wanted or unusable or not all(isinstance(item, str) for item in parts):
            raise JiaozhuError(f"{path}: [{name}] {key} must be {kind}, not {value!r}")
        if wanted is list:
            values[key] = tuple(parts)
        else:
            is_path = issubclass(types[key], Path) or held is None
            values[key] = Path(str(value)) if is_path else value
    return replace(default, **values)


def _absolute(workspace: Workspace) -> Workspace:
    root = workspace.root.resolve()
    studio, annotation = workspace.studio, workspace.annotation
    key_file = annotation.endpoint.key_file
    return replace(
        workspace,
        root=root,
        pages=tuple(root / item for item in workspace.pages),
        corpus=root / workspace.corpus,
        suggestions=root / workspace.suggestions,
        annotations=root / workspace.annotations,
        exports=root / workspace.exports,
        labels=root / workspace.labels if workspace.labels else None,
        annotation=replace(
            annotation,
            crf=root / annotation.crf if annotation.crf else None,
            list=root / annotation.list if annotation.list else None,
            model=annotation.model if is_no_path(annotation.model) else str(root / annotation.model),
            endpoint=replace(
                annotation.endpoint,
                key_file=root / key_file if key_file else None,
                cache=root / annotation.endpoint.cache,
            ),
        ),
        studio=replace(
            studio, token_file=root / studio.token_file, folder=root / studio.folder, venv=root / studio.venv
        ),
    )
