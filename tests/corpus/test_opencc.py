"""OpenCC's own cases from Traditional to Simplified hold, but for those where we decide by the word, listed here."""

import json
from pathlib import Path

import pytest

from corpus.rules.traditional import simplify, to_simplified
from corpus.spans import AlignedText

CASES = Path(__file__).parents[3] / "shared" / "specs" / "opencc" / "testcases_clean.json"

# id: why our text is another. OpenCC's t2s leaves 著 wherever it stands; we make the particle 着.
DECIDED_BY_THE_WORD = {"BYVoid_OpenCC_Issue_767_solace": "慰藉著受傷: the particle becomes 着, 慰藉 keeps its 藉"}


def cases():
    if not CASES.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="OpenCC's cases are not beside this checkout"))]
    found = json.loads(CASES.read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if "t2s" in case["expected"]]


@pytest.mark.parametrize("case", cases())
def test_the_characters_are_those_of_opencc(case):
    assert to_simplified(case["input"]) == case["expected"]["t2s"]


@pytest.mark.parametrize("case", cases())
def test_a_page_of_them_is_simplified_as_opencc_does_but_for_the_listed_words(case):
    lead = "據瞭解,這裡的產業發展與區域經濟關係緊密,實現營業收入億元。" * 3  # enough Traditional to be a page of it
    page, script = simplify(AlignedText.of(lead + case["input"]))
    assert script in ("hant", "hant-converted")
    same = page.text[len(lead) :] == case["expected"]["t2s"]
    assert same == (case["id"] not in DECIDED_BY_THE_WORD)
