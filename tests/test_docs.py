"""What the pages for readers show is there: commands, options, make targets, files, headings and pictures."""

import re
from pathlib import Path

import pytest
import typer.main

from jiaozhu import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "samples" / "README.md"])
COMMAND = re.compile(r"\bjiaozhu (?:--config \S+ )?(corpus|annotation|exports) ([a-z][a-z-]*)([^`\n#|]*)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
ROOT_COMMAND = typer.main.get_command(app)


def anchors(page: Path) -> set[str]:
    """How GitHub names the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def wrong_commands(text: str) -> list[str]:
    """Commands of a page that there are not, or that lack an option shown with them."""
    wrong = []
    for match in COMMAND.finditer(text):
        group, name, rest = match.groups()
        command = ROOT_COMMAND.commands[group].commands.get(name)
        options = command.params if command else []
        known = {option for held in options for option in (*held.opts, *held.secondary_opts, "--help")}
        if command is None or set(OPTION.findall(rest)) - known:
            wrong.append(match[0])
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_a_page_shows_is_there(page):
    assert wrong_commands(page.read_text("utf-8")) == []


def test_a_wrong_command_or_option_is_seen():
    text = "jiaozhu corpus build p --wrokers 2\n`jiaozhu exports verfy`\njiaozhu exports build --force # --no\n"
    assert wrong_commands(text) == ["jiaozhu corpus build p --wrokers 2", "jiaozhu exports verfy"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_a_page_shows_is_there(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    shown = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.M))
    assert shown - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (heading and heading not in anchors(target)):
            missing.append(link)
    assert missing == []


def test_every_picture_is_shown_on_some_page():
    shown = {name for page in PAGES for name in re.findall(r"images/([\w.-]+)", page.read_text("utf-8"))}
    assert {path.name for path in (ROOT / "docs" / "images").iterdir()} - shown == set()


def test_every_page_of_the_docs_is_linked_from_another():
    linked = {Path(link).name for page in PAGES for link in re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == set()
