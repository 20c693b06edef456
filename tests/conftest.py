"""What the tests share: a real Label Studio, started once a run, and small workspaces whose texts the test gives."""

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from annotation.log import Record, Suggestion, read_log
from annotation.studio import CONSTRAINTS, Server, studio
from annotation.suggestions import SCHEMA as SUGGESTIONS
from corpus.records import SCHEMAS, doc_id_of, text_sha256
from corpus.store import TableWriter
from corpus.workspace import Studio, Workspace, load_workspace
from tests.browser import VIEW, log_in
from tests.calling import call
from tests.install_browser import find_browser

REPOSITORY = Path(__file__).parents[1]
HEADER = "首页 > 新闻\n"  # the raw page has it, the clean text does not: raw offsets are clean ones and its length
MODEL = "test-model@1"

_numbers = count(1)

settings.register_profile("whole", deadline=None)  # a busy machine is no fault of the code
settings.register_profile("quick", deadline=None, max_examples=25)  # `make unit`
settings.load_profile("whole")


def pytest_collection_finish() -> None:
    """What is imported and collected stays: the collector need not look at it again and again, amid what is timed."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-browser", action="store_true", help="Fail, not skip, where there is no Chromium.")


@dataclass(frozen=True)
class LabelStudio:
    """The running server, with the settings that lead a workspace to it."""

    server: Server
    settings: Studio

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def token(self) -> str:
        return self.settings.token_file.read_text().strip()

    @property
    def login(self) -> tuple[str, str]:
        email, password = self.server.login.read_text().split()
        return email, password


def studio_settings(root: Path, venv: Path | None = None) -> Studio:
    venv = venv or Path(os.environ.get("JIAOZHU_STUDIO_VENV", REPOSITORY / ".venv-studio"))
    return Studio(token_file=root / "token", folder=root / "data", venv=venv)


def migrated(requirements: Path = CONSTRAINTS, venv: Path | None = None) -> Path:
    """A folder of a server that was started once, so that further ones need no migrations; made on first use."""
    digest = sha256(requirements.read_bytes()).hexdigest()[:12]
    template = REPOSITORY / ".cache" / f"label-studio-{digest}"
    if not template.exists():
        building = template.with_name(f"{template.name}.{os.getpid()}")
        with studio(Workspace(studio=studio_settings(building, venv))):
            pass
        try:
            building.rename(template)
        except OSError:  # another run was first
            shutil.rmtree(building)
    return template


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    root = tmp_path_factory.mktemp("studio") / "root"
    shutil.copytree(migrated(), root)
    settings = studio_settings(root)
    with studio(Workspace(studio=settings), calls_local=True) as server:
        yield LabelStudio(server, settings)


@dataclass(frozen=True)
class Document:
    """A document as a test gives it: its text, and the words the model suggests a label for, some with a score."""

    text: str
    suggested: Sequence[tuple[str, str] | tuple[str, str, float]] = ()
    title: str | None = "标题"
    is_canonical: bool = True
    has_suggestions: bool = True
    model: str = MODEL
    publisher: str | None = None
    url: str = "http://example.org/?a=1&b=2"
    site: str | None = None
    score: float = 0.95
    flags: Sequence[str] = ()

    @property
    def doc_id(self) -> str:
        return doc_id_of((HEADER + self.text).encode("utf-8", "surrogatepass"))

    @property
    def spans(self) -> list[Suggestion]:
        """The suggested words, each where it first stands."""
        found = []
        for words, label, *own in self.suggested:
            start, score = self.text.index(words), own[0] if own else self.score
            found.append(Suggestion(start, start + len(words), label, words, score, f"{self.model}/part"))
        return sorted(found, key=lambda span: span.start)

    @property
    def row(self) -> dict[str, object]:
        return {
            "doc_id": self.doc_id,
            "source": "test.txt",
            "url": self.url,
            "site": self.site,
            "title": self.title,
            "publisher": self.publisher,
            "published_at": "2026-11-21",
            "text": self.text,
            "text_sha256": text_sha256(self.text),
            "script": "hans",
            "flags": [],
            "quality": 1.0,
            "alignment": [{"start": 0, "raw_start": len(HEADER), "length": len(self.text)}] if self.text else [],
            "cluster_id": self.doc_id,
            "is_canonical": self.is_canonical,
            "cleaner_version": "test",
        }


@dataclass(frozen=True)
class Desk:
    """A workspace on the disk, with its `jiaozhu.toml`; what a coordinator sits at."""

    workspace: Workspace

    @property
    def config(self) -> Path:
        return self.workspace.root / "jiaozhu.toml"

    @property
    def records(self) -> list[Record]:
        return list(read_log(self.workspace.log))

    def write(self, *documents: Document) -> None:
        """Write the corpus and the suggestions of these documents, in place of those that are there."""
        corpus = self.workspace.corpus
        with (
            TableWriter(corpus / "documents" / "0.parquet", SCHEMAS["documents"]) as rows,
            TableWriter(corpus / "pages" / "0.parquet", SCHEMAS["pages"]) as pages,
            TableWriter(self.workspace.suggestions, SUGGESTIONS) as suggestions,
        ):
            for document in documents:
                rows.write(document.row)
                pages.write(
                    {
                        "doc_id": document.doc_id,
                        "source": "test.txt",
                        "encoding": "utf-8",
                        "raw": HEADER + document.text,
                    }
                )
                if document.has_suggestions:
                    spans = [
                        {name: getattr(span, name) for name in ("start", "end", "label", "text", "score", "source")}
                        for span in document.spans
                    ]
                    suggestions.write(
                        {
                            "doc_id": document.doc_id,
                            "text_sha256": text_sha256(document.text),
                            "model": document.model,
                            "spans": spans,
                            "flags": list(document.flags),
                        }
                    )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`jiaozhu annotation …` as a user runs it, in this process."""
        return self.jiaozhu("annotation", *arguments, **environment)

    def exports(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`jiaozhu exports …` as a user runs it, in this process."""
        return self.jiaozhu("exports", *arguments)

    def jiaozhu(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`jiaozhu …` as a user runs it, in this process."""
        variables = {**self._environment, **environment}
        return call(self.workspace.root, "--config", str(self.config), *arguments, environment=variables)

    @property
    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}

    def process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`jiaozhu annotation …` in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "jiaozhu", "--config", str(self.config), "annotation", *arguments],
            cwd=self.workspace.root,
            env={**self._environment, "PYTHONPATH": str(REPOSITORY), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str, **environment: str) -> dict[str, object]:
        """What the command prints with `--json`."""
        result = self.run(*arguments, "--json", **environment)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """A workspace of the test's own. Where the test uses `label_studio` too, it leads there; each has a project."""
    settings = studio_settings(tmp_path / ".studio")
    if "label_studio" in request.fixturenames:
        settings = request.getfixturevalue("label_studio").settings
    title = f"test {os.getpid()}-{next(_numbers)}"
    (tmp_path / "jiaozhu.toml").write_text(
        "[studio]\n"
        f'project = "{title}"\n'
        'url = "http://127.0.0.1:9"\n'
        f'token_file = "{settings.token_file}"\nfolder = "{settings.folder}"\nvenv = "{settings.venv}"\n',
        "utf-8",
    )
    return Desk(load_workspace(tmp_path / "jiaozhu.toml"))


@pytest.fixture
def document() -> type[Document]:
    """The class `Document`, for tests to make theirs from."""
    return Document


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[object]:
    path = find_browser()
    if path is None:
        reason = "no Chromium: run `make browser`, or set CHROMIUM to its path"
        if request.config.getoption("--require-browser") or os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, label_studio: LabelStudio) -> Iterator[object]:
    """A browser page, logged in as the owner of the server."""
    context = chromium.new_context(viewport=VIEW, locale="zh-CN")
    page = context.new_page()
    log_in(page, label_studio.url, *label_studio.login)
    yield page
    context.close()
