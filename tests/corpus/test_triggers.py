"""The triggers of a pattern are in every line it matches, so a line without them needs no search."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import body
from corpus.lines import split_lines
from corpus.rules import bylines, contact_ads, notices, sharing, teasers
from corpus.spans import AlignedText
from corpus.trigger_parser import triggers_of
from corpus.triggers import Pattern

PATTERNS = [pattern for _, _, patterns in body.LINE_RULES for pattern in patterns]
# Words of the rules, pieces of them, and what stands between.
WORDS = sorted(
    {
        word
        for module in (bylines, contact_ads, notices, sharing, teasers)
        for value in vars(module).values()
        if isinstance(value, Pattern)
        for word in re.findall(r"[\u3400-\u9fff]{2,6}", value.regex.pattern)
    }
)
MARKS = "的了:：|>. 12年前-/…()[]【】aAqQ©wxKſ"
LINES = st.lists(
    st.one_of(st.sampled_from(WORDS), st.text(MARKS, max_size=4), st.text(max_size=3)),
    min_size=1,
    max_size=5,
).map("".join)

split_lines(AlignedText.of("甲"), None)  # makes the tables, so that no example's time holds it


@pytest.mark.parametrize(
    ("pattern", "flags", "triggers"),
    [
        ("分享(?:到|给)|收藏本[文页]", 0, {"分享", "收藏"}),
        ("(?:天|周)前", 0, {"天前", "周前"}),
        ("[他她]说", 0, {"他说", "她说"}),
        ("(?<=x)上一?篇", 0, {"上一", "上篇"}),
        (r"[^。]{0,9}(?:二维|扫)码", 0, {"二维", "扫码"}),
        (r"\s*来源\s*[:：]", 0, {"来源"}),
        ("qq", re.I, {"qq", "Qq", "qQ", "QQ"}),
        ("(?i:s)x", 0, {"sx", "Sx", "ſx"}),
        ("©", 0, {"©"}),
        ("(?:甲乙)*", 0, set()),
        (r"第\d页", 0, {f"第{digit}" for digit in range(10)}),
        ("甲+乙", 0, {"甲甲", "甲乙"}),
        (r"[^。]\s丙", 0, {" 丙"}),
        ("甲乙|.", 0, set()),
        ("[^甲]", 0, set()),
        ("(?:甲|乙*)丙?", 0, set()),
    ],
)
def test_a_pattern_tells_its_triggers(pattern, flags, triggers):
    assert triggers_of(pattern, flags) == triggers


@pytest.mark.parametrize(
    ("pattern", "triggers"),
    [("(?:相关)?文章", {"相关", "文章"}), (r"[【\[]?推荐", {"【推", "[推", "推荐"}), (".推荐", set())],
)
def test_the_triggers_of_a_line_s_beginning(pattern, triggers):
    assert triggers_of(pattern, tried="at start") == triggers


@pytest.mark.parametrize(
    ("pattern", "triggers"),
    [("顶|推荐", {"顶\n", "推荐"}), ("[赞踩]+", {"赞\n", "踩\n", "赞赞", "赞踩", "踩赞", "踩踩"}), ("顶?", set())],
)
def test_the_triggers_of_a_whole_line(pattern, triggers):
    assert triggers_of(pattern, tried="whole") == triggers


@given(LINES)
def test_no_rule_misses_a_line_for_want_of_a_trigger(text):
    for line in split_lines(AlignedText.of(text), None):
        for _, recognises, patterns in body.LINE_RULES:
            if all(line.without & pattern.bit for pattern in patterns):
                line.without, without = 0, line.without
                assert not recognises(line)
                line.without = without


@given(LINES)
def test_every_pattern_searches_as_its_regular_expression_does(text):
    for line in split_lines(AlignedText.of(text), None):
        for pattern in PATTERNS:
            if pattern.tried != "whole":
                assert bool(pattern.match(line)) == bool(pattern.regex.match(line.plain))
            assert bool(pattern.fullmatch(line)) == bool(pattern.regex.fullmatch(line.plain))


def test_every_pattern_of_the_rules_can_be_ruled_out():
    (line,) = split_lines(AlignedText.of("甲"), None)
    assert all(line.without & pattern.bit for pattern in PATTERNS)
    assert len({pattern.bit for pattern in PATTERNS}) == len(PATTERNS)


def test_a_pattern_without_triggers_is_always_searched():
    (line,) = split_lines(AlignedText.of("甲"), None)
    assert Pattern(".").search(line)


def test_a_line_that_was_split_before_a_pattern_was_made_is_searched():
    (line,) = split_lines(AlignedText.of("某某词典"), None)
    assert Pattern("某某词典").search(line)


_CLEAN_SAMPLES = """
import sys
if len(sys.argv) > 1:
    import numpy, opencc
    sys.modules["re._parser"] = None
from corpus.clean import clean_page
from corpus.reading import read_pages
from corpus.rules.teasers import HEADS
print(HEADS[0].bit, file=sys.stderr)
print([clean_page(page) for page in read_pages([__import__("pathlib").Path("samples/pages")])])
"""


@pytest.mark.slow
def test_a_python_without_the_parser_of_patterns_cleans_the_same():
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        repository = Path(__file__).parents[2]
        return subprocess.run(
            [sys.executable, "-c", _CLEAN_SAMPLES, *arguments],
            cwd=repository,
            env={**os.environ, "PYTHONPATH": str(repository)},
            capture_output=True,
            text=True,
            check=True,
        )

    usual, without = run(), run("without")
    assert usual.stderr != without.stderr  # no triggers: the bit that no line lacks
    assert int(without.stderr) == 1 << 63
    assert usual.stdout == without.stdout
