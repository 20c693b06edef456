"""No word of the grammars reaches over an edge, so what stands between two edges is read alike in every text."""

from bisect import bisect_left
from re import _constants as op  # there is no other way to the parts of a pattern
from re import _parser as parser

import pytest

from annotation import amounts, date_points, dates

IN_TEXT, BEHIND, BEFORE = 0, 1, -1  # where a pattern looks: at the span, or only at what stands on one side of it
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
SINGLE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
PLAIN = (op.AT, op.GROUPREF)  # $ and (?P=dash) take nothing new


def takes_an_edge(kind, value, edges):
    """Whether one element of a pattern takes one of the edges, which are sorted code points."""

    def lies_in(first, last):
        place = bisect_left(edges, first)
        return place < len(edges) and edges[place] <= last

    if kind == op.LITERAL:
        return lies_in(value, value)
    if kind in (op.NOT_LITERAL, op.ANY):
        return True
    for part, what in value:
        if part == op.RANGE:
            found = lies_in(*what)
        elif part == op.LITERAL:
            found = lies_in(what, what)
        else:
            found = part == op.NEGATE or what not in (op.CATEGORY_SPACE, op.CATEGORY_DIGIT)  # no edge is one
        if found:
            return True
    return False


def over(items, edges, side=IN_TEXT, outer=True):
    """The elements that take an edge and may go on behind it, or before it: all but the last or first of a look."""
    for number, (kind, value) in enumerate(items):
        last = outer and number == (len(items) - 1 if side == BEHIND else 0)
        if kind in SINGLE:
            if takes_an_edge(kind, value, edges) and (side == IN_TEXT or not last):
                yield kind, value
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from over(value[1], edges, value[0])
        elif kind == op.BRANCH:
            for branch in value[1]:
                yield from over(branch, edges, side, last)
        elif kind == op.SUBPATTERN:
            yield from over(value[3], edges, side, last)
        elif kind == op.ATOMIC_GROUP:
            yield from over(value, edges, side, last)
        elif kind in REPEATS:
            yield from over(value[2], edges, side, last and value[1] == 1)
        else:
            assert kind in PLAIN, kind


def edges_of(module):
    return [ord(char) for char in module.EDGES.first.findall("".join(map(chr, range(0x110000))))]


def reach(pattern, edges, side):
    return list(over(parser.parse(pattern.pattern, pattern.flags), edges, side))


@pytest.mark.parametrize(
    ("module", "patterns"),
    [
        (
            amounts,
            [
                (amounts._GRAMMAR, IN_TEXT),
                (amounts._CANDIDATE, IN_TEXT),
                *zip(amounts._AROUND, (BEHIND, BEFORE, BEHIND, BEFORE, BEHIND), strict=True),
            ],
        ),
        (
            dates,
            [
                (date_points.POINT, IN_TEXT),
                (date_points.BETWEEN, IN_TEXT),
                (date_points.CLOCK_ALONE, IN_TEXT),
                (dates._CANDIDATE, IN_TEXT),
                (dates._ABOUT, BEFORE),
                (dates._BEHIND, BEHIND),
                *zip(date_points.AROUND, (BEFORE, BEHIND, BEHIND, BEFORE), strict=True),
            ],
        ),
    ],
)
def test_no_pattern_reaches_over_an_edge(module, patterns):
    edges = edges_of(module)
    assert len(edges) > 20_000
    assert not any(chr(place).isspace() or chr(place).isdecimal() for place in edges)
    for pattern, side in patterns:
        assert reach(pattern, edges, side) == [], pattern.pattern[:60]


@pytest.mark.parametrize(
    "pattern", ["元(?!.的)", "元[^的]", "(?<=万[^亿])元", "元(?=[一-龥]{2})", r"[\u3400-\u9fff]元"]
)
def test_a_pattern_that_reaches_over_an_edge_is_found(pattern):
    assert list(over(parser.parse(pattern), edges_of(amounts)))


@pytest.mark.parametrize("pattern", ["元(?!万.)", "元(?![一-龥])", "(?<!.亿)元", "元|亿"])
def test_a_pattern_that_only_touches_an_edge_is_not(pattern):
    assert not list(over(parser.parse(pattern), edges_of(amounts)))


TAILS = (
    "",
    "9月5日",
    "年9月5日",
    "月5日",
    "半年",
    "年",
    "季度",
    "个月5日",
    "月",
    "世纪80年代",
    "时间9月5日",
    "9年",
    "晚8时",
    " 5月",
)


@pytest.mark.slow
def test_a_point_begins_only_where_one_is_looked_for():
    named = sorted({char for char in date_points.POINT.pattern if char > "\u3000" or char.isdigit()} | {" "})
    words = [first + second + tail for first in named for second in named for tail in TAILS]
    skipped = [word for word in words if not dates._CANDIDATE.match(word)]
    assert len(skipped) > 100_000
    read = {word[0] for word in skipped if date_points.read_point(word, 0, None)}
    assert read == set(" 的之")  # these belong to a year before them
