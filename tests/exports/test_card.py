"""The card's pictures and its Croissant file say what the tables hold, and the same bytes each time."""

import json
import re
from collections import Counter
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from corpus.folder import file_sha256
from exports.build import build_dataset
from exports.card import read_card
from exports.counts import SplitCounts
from exports.pictures import MOST_BARS, draw
from exports.rows import Shape
from tests.exports.making import LABELS, SCHEME

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    return [item.text for item in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_the_pictures_are_linked_and_show_the_numbers_of_the_tables(dataset):
    _, card = read_card(dataset)
    linked = re.findall(r"!\[[^]]+\]\((.+?)\)", card)
    assert linked == ["pictures/labels.svg", "pictures/lengths.svg"]
    entities = Counter()
    passages = 0
    for path in (dataset / "data").iterdir():
        for row in pq.read_table(path).to_pylist():
            entities.update(entity["label"] for entity in row["entities"])
            passages += 1
    shown = texts((dataset / linked[0]).read_text())
    assert shown[:3] == ["train", "validation", "test"]
    assert dict(zip(shown[3::2], shown[4::2], strict=True)) == {label: str(entities[label]) for label in LABELS}
    bars = [text for text in texts((dataset / linked[1]).read_text()) if text.isdigit()]
    assert sum(map(int, bars)) > passages  # the numbers of passages, and those of the axis


@pytest.mark.parametrize("longest", [1, 20, 21, 512, 5000, 1_000_000])
def test_a_picture_of_lengths_has_few_bars_whatever_the_lengths_and_every_passage_in_one(longest):
    counts = SplitCounts(lengths=Counter({1: 2, longest: 3}))
    picture = draw({"train": counts}, [])["pictures/lengths.svg"]
    bars = list(ElementTree.fromstring(picture).iter(f"{SVG}rect"))
    assert len(bars) <= MOST_BARS
    first, last = bars[0].get("height"), bars[-1].get("height")
    assert (first, last) == (("160", "160") if len(bars) == 1 else ("107", "160"))


def test_a_picture_of_nothing_is_still_a_picture():
    for picture in draw({}, LABELS).values():
        assert ElementTree.fromstring(picture).tag == f"{SVG}svg"


def test_words_in_a_picture_mean_nothing():
    picture = draw({"train": SplitCounts()}, ["<script>"])["pictures/labels.svg"]
    assert "<script>" not in picture
    assert "<script>" in texts(picture)


def test_croissant_names_every_table_by_its_sum_and_every_column(dataset):
    data = json.loads((dataset / "croissant.json").read_text("utf-8"))
    assert data["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    files = {item["contentUrl"]: item["sha256"] for item in data["distribution"]}
    tables = [path for folder in ("data", "provenance") for path in (dataset / folder).iterdir()]
    assert files == {path.relative_to(dataset).as_posix(): file_sha256(path) for path in tables}
    for records in data["recordSet"]:
        config = records["name"].split("/")[0]
        assert [field["name"].split("/")[-1] for field in records["field"]] == Shape(tuple(LABELS)).schema(config).names


def test_croissant_states_a_licence_only_where_there_is_one(made, tmp_path):
    for license_id in "cc0-1.0", "":
        build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, license_id=license_id)
        data = json.loads((tmp_path / "dataset" / "croissant.json").read_text("utf-8"))
        assert data.get("license", "") == license_id


@pytest.mark.slow
def test_mlcroissant_finds_no_error_and_reads_the_rows(made, tmp_path):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed; pip install mlcroissant")
    dataset = tmp_path / "dataset"
    build_dataset(made.corpus, made.log, dataset, SCHEME, name="样例", license_id="cc0-1.0", max_chars=20)
    found = mlcroissant.Dataset(str(dataset / "croissant.json"))
    assert not found.metadata.issues.errors
    assert all("recommended" in warning for warning in found.metadata.issues.warnings)
    for config, split in ("default", "train"), ("provenance", "test"):
        folder = "data" if config == "default" else config
        rows = pq.read_table(dataset / folder / f"{split}-00000-of-00001.parquet").to_pylist()
        records = list(found.records(f"{config}/{split}"))
        assert [record[f"{config}/{split}/id"].decode() for record in records] == [row["id"] for row in rows]
        assert [record[f"{config}/{split}/text"].decode() for record in records] == [row["text"] for row in rows]
        if config == "default":
            starts = [
                [entity["default/train/entities/start"] for entity in record["default/train/entities"]]
                for record in records
            ]
            assert starts == [[entity["start"] for entity in row["entities"]] for row in rows]


def test_the_card_has_the_hubs_headings(dataset):
    _, card = read_card(dataset)
    headings = re.findall(r"^#+ (.+)$", card, re.M)
    for heading in (
        "Dataset Description",
        "Direct Use",
        "Out-of-Scope Use",
        "Dataset Structure",
        "Data Collection and Processing",
        "Annotation process",
        "Who are the annotators?",
        "Personal and Sensitive Information",
        "Bias, Risks, and Limitations",
        "Recommendations",
        "Citation",
    ):
        assert heading in headings
