"""The gold of tests/gold is well formed and still fits the texts it was made on; its README.md says how it was made."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from annotation.labels import load_labels
from corpus.clean import clean_page
from corpus.reading import read_pages
from corpus.records import Document, Page
from corpus.spans import to_clean

GOLD = Path(__file__).parents[1] / "gold"
PRACTICE = Path(__file__).parents[1] / "practice"  # to fit weights and rules on, never to measure
SEEDS = Path(__file__).parents[3] / "shared" / "pages" / "seeds"
LABELS = set(load_labels().names)
KINDS = ("news", "web", "literature")  # only names are marked in these
UNSEEN = tuple(sorted(path.stem for kind in KINDS for path in GOLD.glob(f"{kind}*.txt")))
NAMES = {"ORG", "LOC", "PERSON"}
AMOUNTS = {"MONEY", "PERCENT", "QUANTITY"}

_MARK = re.compile(r"\[\[(.+?)\|([A-Z]+)\]\]")
_NO_EDGE = re.compile(r"[\s，。、；：！？“”‘’《》（）·*]")
_NUMERAL = re.compile(r"[0-9０-９一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟几数]")
_ISO_4217 = re.compile(r"[A-Z]{3}")


def rows_of(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines()]


def sentences(
    names: tuple[str, ...] = ("sentences", "fields"), folder: Path = GOLD
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Each marked sentence of the files as its text and its spans."""
    for line in (line for name in names for line in (folder / f"{name}.txt").read_text("utf-8").splitlines()):
        if line and not line.startswith("#"):
            spans, shift = [], 0
            for mark in _MARK.finditer(line):
                start = mark.start() - shift
                spans.append((start, start + len(mark[1]), mark[2]))
                shift += len(mark[0]) - len(mark[1])
            yield _MARK.sub(r"\1", line), spans


@cache
def seed(number: str) -> Document:
    if not SEEDS.is_dir():
        pytest.skip("the seed pages are not here (../shared/pages/seeds); their texts are not ours to commit")
    [page] = read_pages(sorted(SEEDS.glob(f"{number}_*")))
    assert isinstance(page, Page)
    document = clean_page(page)
    assert isinstance(document, Document)
    return document


def lie_apart(spans: list) -> bool:
    """Sorted, not empty, flat."""
    edges = [edge for span in spans for edge in span[:2]]
    return edges == sorted(edges) and all(span[0] < span[1] for span in spans)


def is_well_formed(text: str, spans: list, labels: set[str]) -> bool:
    return (
        not re.search(r"\[\[|\]\]|\|", text)
        and lie_apart(spans)
        and all(edges_are_clean(text, start, end) for start, end, _ in spans)
        and {label for *_, label in spans} <= labels
    )


def edges_are_clean(text: str, start: int, end: int) -> bool:
    inside = text[start:end]
    inside = inside.removeprefix("*") if inside.startswith("*ST") else inside  # a mark of the exchanges, no mask
    return (
        text.startswith(inside, end - len(inside)) and not _NO_EDGE.match(inside[0]) and not _NO_EDGE.match(inside[-1])
    )


@pytest.mark.parametrize("row", rows_of("seeds.jsonl"), ids=lambda row: row["seed"])
def test_the_gold_of_a_seed_is_flat_inside_its_text_and_in_the_scheme(row):
    spans = row["spans"]
    assert lie_apart(spans)
    assert lie_apart([span[3:] for span in spans])
    assert spans[0][0] >= 0
    assert spans[-1][1] <= row["length"]
    assert {span[2] for span in spans} <= LABELS


@pytest.mark.parametrize("row", rows_of("seeds.jsonl"), ids=lambda row: row["seed"])
def test_the_gold_of_a_seed_still_finds_its_characters(row):
    # No message shows the text: the pages belong to their publishers.
    document = seed(row["seed"])
    anchored = [to_clean(document.alignment, raw_start, raw_end) for *_, raw_start, raw_end in row["spans"]]
    assert None not in anchored
    assert [end - start for start, end in anchored] == [end - start for start, end, *_ in row["spans"]]
    dirty = [span for span in anchored if not edges_are_clean(document.text, *span)]
    assert dirty == []
    digest, length = sha256(document.text.encode()).hexdigest(), len(document.text)
    if digest == row["text_sha256"]:
        assert length == row["length"]
        assert anchored == [(start, end) for start, end, *_ in row["spans"]]


def test_all_five_seeds_and_all_seven_labels_are_in_the_gold():
    rows = rows_of("seeds.jsonl")
    assert [row["seed"] for row in rows] == ["000", "001", "002", "003", "004"]
    assert {span[2] for row in rows for span in row["spans"]} == LABELS


@pytest.mark.parametrize("name", ["sentences", "fields", *UNSEEN])
def test_the_marked_sentences_are_well_formed(name):
    rows = list(sentences((name,)))
    assert rows
    assert [row for row in rows if not is_well_formed(*row, NAMES if name in UNSEEN else LABELS)] == []


def test_no_marked_sentence_stands_twice_or_among_the_practice_texts():
    names = tuple(sorted(path.stem for path in PRACTICE.glob("*.txt")))
    texts = [text for text, _ in (*sentences(("sentences", "fields", *UNSEEN)), *sentences(names, PRACTICE))]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


@pytest.mark.parametrize("path", sorted(PRACTICE.glob("*.txt")), ids=lambda path: path.stem)
def test_the_practice_texts_are_well_formed_and_hold_each_text_once(path):
    rows = list(sentences((path.stem,), PRACTICE))
    assert len({text for text, _ in rows}) == len(rows) > 100
    assert [row for row in rows if not is_well_formed(*row, NAMES)] == []


def test_there_are_120_marked_sentences_and_a_third_of_them_hold_nothing():
    texts = dict(sentences())  # a text that stands twice would count once
    assert len(texts) >= 120
    assert sum(not spans for spans in texts.values()) * 3 >= len(texts)
    assert {label for spans in texts.values() for *_, label in spans} == LABELS


def test_the_sentences_of_amounts_are_well_formed():
    rows = rows_of("amounts.jsonl")
    assert [row["text"] for row in rows if not lie_apart(row["spans"])] == []
    for text, (start, end, label, value, unit, approx) in (
        (row["text"], span) for row in rows for span in row["spans"]
    ):
        amount = text[start:end]
        assert label in AMOUNTS, text
        assert edges_are_clean(text, start, end), text
        assert _NUMERAL.search(amount), text
        assert approx in {"none", "about", "more", "less"}, text
        if label == "MONEY":
            assert _ISO_4217.fullmatch(unit), text
        elif label == "PERCENT":
            assert unit == ("pp" if amount.endswith("个百分点") else "%"), text
        else:
            assert amount.endswith(unit), text
        if value is None:  # only an amount that names no number has no value
            assert re.match("好?[数几]", amount), text
            assert approx == "about", text
        else:
            bounds = [Decimal(part) for part in value.split("..")]
            assert len(bounds) in (1, 2), text
            assert bounds == sorted(set(bounds)), text


def test_there_are_320_sentences_of_amounts_and_every_kind_of_value():
    rows = rows_of("amounts.jsonl")
    spans = [span for row in rows for span in row["spans"]]
    assert len({row["text"] for row in rows}) == len(rows) >= 320
    assert sum(not row["spans"] for row in rows) >= 60
    assert {span[2] for span in spans} == AMOUNTS
    assert {span[5] for span in spans} == {"none", "about", "more", "less"}
    assert {"CNY", "USD", "EUR", "HKD", "JPY", "GBP"} <= {span[4] for span in spans if span[2] == "MONEY"}
