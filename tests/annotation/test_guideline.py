"""The guideline that annotators read says what the label scheme and the rules do."""

import re

import pytest

from annotation.amounts import find_amounts
from annotation.labels import load_labels

SCHEME = load_labels()
NAMES = {label.shown: label.name for label in SCHEME.labels}
MARKED = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")
EXAMPLES = [line.split("例：", 1)[1] for line in SCHEME.guideline.splitlines() if "例：" in line]
BY_RULE = {"MONEY", "PERCENT", "QUANTITY"}


def plain(example):
    """The example without its marks, and the marked spans."""
    text, spans, cursor = "", [], 0
    for match in MARKED.finditer(example):
        text += example[cursor : match.start()]
        spans.append((len(text), len(text) + len(match[1]), NAMES[match[2]]))
        text += match[1]
        cursor = match.end()
    return text + example[cursor:], spans


@pytest.mark.parametrize("label", SCHEME.labels, ids=lambda label: label.name)
def test_every_label_is_in_the_table_with_its_hotkey_and_has_an_example(label):
    assert f"| {label.hotkey} | {label.shown} | {label.name} |" in SCHEME.guideline
    assert any(f"|{label.shown}]" in example for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_amounts_that_the_rules_find_in_an_example_are_the_marked_ones(example):
    text, spans = plain(example)
    assert [amount[:3] for amount in find_amounts(text)] == [span for span in spans if span[2] in BY_RULE]


def test_the_twelve_rules_are_there_in_order():
    rules = SCHEME.guideline.split("## 边界规则")[1].split("##")[0]
    assert re.findall(r"^(\d+)\. ", rules, re.MULTILINE) == [str(n) for n in range(1, 13)]
