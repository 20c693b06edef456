"""Spans, not edits: cleaning rules propose, `AlignedText.apply` decides and keeps the alignment.

In: the raw text of a page and proposals to remove or replace parts of it. Out: the text that is left, and for every
character of the raw page either its place in that text or the rule that removed it. Offsets are Unicode code points,
half-open, as in Python slices.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import NamedTuple, cast

from corpus.errors import SpanError


class Proposal(NamedTuple):
    """What one rule wants done with `[start, end)` of the text it was shown: remove it, or put `replacement` there."""

    start: int
    end: int
    rule: str
    replacement: str = ""


class Run(NamedTuple):
    """`length` characters of the clean text, from `start`, that stand in the raw page from `raw_start`."""

    start: int
    raw_start: int
    length: int


class Removed(NamedTuple):
    """Raw characters `[start, end)` that are not in the clean text, and the rule that took them."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A text on its way from the raw page to the article.

    `runs` are ordered by `start` and by `raw_start`; characters of `text` in no run were inserted by a replacement that
    is longer than what it replaced. `removed` is in the order of removal; `removed_spans()` orders and joins it.
    """

    raw: str
    text: str
    runs: tuple[Run, ...]
    removed: tuple[Removed, ...] = ()

    @classmethod
    def of(cls, raw: str) -> AlignedText:
        """The whole raw text, nothing done to it yet."""
        return cls(raw, raw, (Run(0, 0, len(raw)),) if raw else ())

    def apply(self, proposals: Iterable[Proposal]) -> AlignedText:
        """Carry out the proposals (offsets in `self.text`) and return the text that is left.

        Where proposals overlap, the one that starts first wins; a later removal takes what is left of its span, a later
        replacement is dropped. A replacement's characters stand, one for one, where the replaced characters stood; if
        it is shorter, the rest of the span is removed under the rule's name; if longer, the rest is inserted.

        Raises:
            SpanError: a proposal lies outside the text.
        """
        settled = _settle(proposals, len(self.text))
        if not settled:
            return self
        pieces: list[str] = []
        cuts: list[tuple[int, str | None, int]] = []
        cursor = shift = 0
        for start, end, rule, replacement in settled:
            pieces += (self.text[cursor:start], replacement)
            stays = start + min(len(replacement), end - start)
            cuts.append((stays, None, shift))
            if stays < end:
                cuts.append((end, rule, shift))
            shift += len(replacement) - (end - start)
            cursor = end
        pieces.append(self.text[cursor:])
        cuts.append((len(self.text), None, shift))
        runs, removed = _walk(self.runs, cuts)
        return AlignedText(self.raw, "".join(pieces), runs, self.removed + removed)

    def substitute(self, text: str) -> AlignedText:
        """Exchange characters one for one, as a change of script does; every character keeps its place.

        Raises:
            SpanError: `text` is not as long as the text it stands for.
        """
        if len(text) != len(self.text):
            raise SpanError(f"a one-for-one substitution changed the length from {len(self.text)} to {len(text)}")
        return AlignedText(self.raw, text, self.runs, self.removed)

    def removed_spans(self) -> list[Removed]:
        """Removed raw spans in page order; neighbours of the same rule are one span."""
        spans: list[Removed] = []
        for span in sorted(self.removed):
            if spans and spans[-1].end == span.start and spans[-1].rule == span.rule:
                spans[-1] = Removed(spans[-1].start, span.end, span.rule)
            else:
                spans.append(span)
        return spans

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)` of the text stands in the raw page; see the function `to_raw`."""
        return to_raw(self.runs, start, end, len(self.raw))


def _start(run: Run) -> int:
    return run.start


def to_raw(runs: tuple[Run, ...], start: int, end: int, raw_length: int) -> tuple[int, int]:
    """The raw span of clean characters `[start, end)`: from its first character's place to its last one's.

    Raw characters removed in between (pinyin inside a name, a tag) lie inside the span. An inserted character at an
    edge has no place of its own; the span then reaches to its aligned neighbour outside.
    """
    if not 0 <= start < end:
        raise SpanError(f"span [{start}, {end}) is empty or negative")
    first = bisect_right(runs, start, key=_start) - 1
    raw_start = 0
    if first >= 0:
        run = runs[first]
        raw_start = run.raw_start + min(start - run.start, run.length)
    last = bisect_right(runs, end - 1, key=_start) - 1
    if last >= 0 and end <= runs[last].start + runs[last].length:
        raw_end = runs[last].raw_start + end - runs[last].start
    else:
        raw_end = runs[last + 1].raw_start if last + 1 < len(runs) else raw_length
    return raw_start, raw_end


def to_clean(runs: Iterable[Run], raw_start: int, raw_end: int) -> tuple[int, int] | None:
    """The clean span of the raw characters `[raw_start, raw_end)`, or None when none of them is left."""
    start: int | None = None
    end = 0
    for run in runs:
        low = max(raw_start, run.raw_start)
        high = min(raw_end, run.raw_start + run.length)
        if low < high:
            if start is None:
                start = run.start + low - run.raw_start
            end = run.start + high - run.raw_start
    return None if start is None else (start, end)


def seen_ranges(runs: Iterable[Run]) -> tuple[tuple[int, int], ...]:
    """The raw spans that a text with these runs shows, in page order; neighbours are one."""
    ranges: list[tuple[int, int]] = []
    for run in runs:
        if ranges and ranges[-1][1] == run.raw_start:
            ranges[-1] = (ranges[-1][0], run.raw_start + run.length)
        else:
            ranges.append((run.raw_start, run.raw_start + run.length))
    return tuple(ranges)


def unexplained(runs: Iterable[Run], removed: Iterable[Removed], raw_length: int) -> list[tuple[int, int]]:
    """Raw spans that are neither in a run nor removed, or are in two places. The promise is that there are none."""
    taken = sorted([(r.raw_start, r.raw_start + r.length) for r in runs] + [(r.start, r.end) for r in removed])
    wrong: list[tuple[int, int]] = []
    cursor = 0
    for start, end in taken:
        if start != cursor:
            wrong.append((min(start, cursor), max(start, cursor)))
        cursor = max(cursor, end)
    if cursor != raw_length:
        wrong.append((min(cursor, raw_length), max(cursor, raw_length)))
    return wrong


def _settle(proposals: Iterable[Proposal], length: int) -> list[Proposal]:
    """Proposals in order, overlaps resolved, empty ones dropped."""
    settled: list[Proposal] = []
    cursor = 0
    for proposal in sorted(proposals, key=itemgetter(0)):
        start, end, rule, replacement = proposal
        if not 0 <= start <= end <= length:
            raise SpanError(f"rule {rule!r} proposed [{start}, {end}) in a text of {length} characters")
        if start < cursor:
            if replacement or end <= cursor:
                continue
            start = cursor
        if start == end and not replacement:
            continue
        settled.append(proposal if start == proposal[0] else Proposal(start, end, rule, replacement))
        cursor = end
    return settled


def _walk(
    old: tuple[Run, ...], cuts: Iterable[tuple[int, str | None, int]]
) -> tuple[tuple[Run, ...], tuple[Removed, ...]]:
    """Walk the old runs once, left to right, writing the new ones and what is removed.

    A cut is where it ends in the old text, the rule that removes what lies before it (None: it stays), and the shift
    from old offsets to new ones.
    """
    runs: list[tuple[int, int, int]] = []
    removed: list[tuple[int, int, str]] = []
    old_runs = iter(old)
    start, raw_start, length = next(old_runs, (0, 0, 0))
    end = start + length
    new_start = new_raw = new_length = 0  # the run that is being written
    cursor = 0
    for stop, rule, shift in cuts:
        while True:
            low = start if start > cursor else cursor
            size = (end if end < stop else stop) - low
            if size > 0:
                raw = raw_start + low - start
                if rule is not None:
                    removed.append((raw, raw + size, rule))
                elif new_start + new_length == low + shift and new_raw + new_length == raw and new_length:
                    new_length += size
                else:
                    if new_length:
                        runs.append((new_start, new_raw, new_length))
                    new_start, new_raw, new_length = low + shift, raw, size
            if end > stop:
                break
            following = next(old_runs, None)
            if following is None:
                break
            start, raw_start, length = following
            end = start + length
        cursor = stop
    if new_length:
        runs.append((new_start, new_raw, new_length))
    return tuple(map(_as_run, runs)), tuple(map(_as_removed, removed))


# Named by the constructor of tuples: pages have thousands of them, and this takes a third of the time.
_as_run = cast(Callable[[tuple[int, int, int]], Run], partial(tuple.__new__, Run))
_as_removed = cast(Callable[[tuple[int, int, str]], Removed], partial(tuple.__new__, Removed))
