"""The lines of a page as the rules see them, with the few numbers that tell a sentence from a menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from types import MappingProxyType

import numpy as np

from corpus import triggers
from corpus.characters import HAN, CharacterClass, Codes, Mask, Places, codes_of, kinds_of, text_of
from corpus.html import Hints
from corpus.spans import AlignedText

# Full-width forms and their half-width ones, so that a rule is written once. One for one.
_WIDE, _NARROW = "，：；（）？！｜－．　［］＞＜０１２３４５６７８９", ",:;()?!|-. []><0123456789"
_IS_WIDE = CharacterClass(f"[{_WIDE}]")
_HALF_WIDTH = np.arange(0x110000, dtype=np.int32)
_HALF_WIDTH[codes_of(_WIDE)] = codes_of(_NARROW)
_CLOSERS = "”’」』)]】"
_ELLIPSIS_END = re.compile(
    r"(?:\.{3}|…)\s*(?:[\[(<【]?(?:详细|详情|全文|更多|继续阅读|了解更多|(?:阅读|查看)(?:全文|详情|更多)|点击查看)[\])>】]{0,2})?$"
)
_LONGEST_END = 24
_NUMERALS = "一二三四五六七八九十"
_NUMBER = re.compile(rf"\d|[{_NUMERALS}]{{1,3}}、|\([{_NUMERALS}\d]")
# What one look-up tells of a character, a bit each.
_KINDS = (
    HAN,
    r"[^\W_]|\n",  # letters, digits, Han characters, and the ends of their lines
    r"\S",
    ",",
    r"[,;:、。?!]",  # marks of clauses
    r"[\u3400-\u9fff”》%)\d]",  # and what stands before such a mark
    "[。?!;]",
    rf"[:…{re.escape(_CLOSERS)}]",  # ends of sentences after some characters
    "[….]",
    rf"[\d({_NUMERALS}]",
)
_HAN, _WORD, _SHOWN, _COMMA, _CLAUSE, _BEFORE_CLAUSE, _END, _MAY_END, _DOT, _MAY_COUNT = (
    np.uint16(1 << place) for place in range(len(_KINDS))
)

# What is said to the person who reads the page, and what is told about somebody else.
_TO_READER = triggers.Pattern(
    r"请(?<![申邀聘]请)(?![求假客示教])|您|欢迎(?![的了])|我们|小编"
    r"|点个(?:赞|在看|[“「])|(?:^|[,:。!?|” ])(?:点击|长按|扫[一码描])"
    r"|本(?:文|站|网|刊|报|号|页|平台|公众号)"
    r"|关注(?:我|本|微信|公众|官方)|转载|版权(?:归|声|所)|[如若]有|如需|竭诚|垂询|洽谈|[爆报]料|投稿"
)
_TELLS = triggers.Pattern(
    r"表示|介绍|认为|指出|强调|透露|坦言|提醒|获悉|据悉|据了解|近日|日前|[他她](?!们?的?微信)|[称说道](?:[,:“]|。$)|发现|先生|女士|警方|法院"
    r"|\d月\d{1,2}日"
)


@dataclass(slots=True)
class Line:
    """One line that shows something. `start`, `end`: offsets in the text, without the spaces around it.

    `plain` is the line with full-width punctuation and digits made half-width, as long as the line; `words` its
    letters, digits and Han characters alone. `is_sentence`: it reads like a part of a running text, with clauses and
    an end. `without`: the bits of the patterns that cannot match (`corpus.triggers`). `rule` names what removes the
    line, once that is known; `score` is how much it looks like a part of an article.
    """

    start: int
    end: int
    plain: str
    words: str
    han: int
    clauses: int
    ends_sentence: bool
    ends_in_ellipsis: bool
    is_sentence: bool
    without: int = 0
    shares: Mapping[int, float] = field(default_factory=dict)
    rule: str | None = None
    score: float = 0.0

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def tells(self) -> bool:
        """A sentence that reports: it names a speaker or a day, or has several clauses and no word to the reader.

        Rules that know their lines by a word leave such a sentence alone; the word is its subject.
        """
        if not self.is_sentence:
            return False
        return bool(_TELLS.search(self)) or (self.clauses >= 3 and self.ends_sentence and not self.to_reader)

    @property
    def to_reader(self) -> bool:
        """Speaks to the person who reads the page."""
        return bool(_TO_READER.search(self))


_NO_SHARES: Mapping[int, float] = MappingProxyType({})


class Lines(list[Line]):
    """The lines of a page, with what was counted of all of them at once.

    Arrays with an item a line; `has_number`: a line that begins with one, as the items of a list do. `codes`, `is_han`:
    an item a character of the page, its half-width code point, and whether it is Han.
    """

    __slots__ = (
        "codes",
        "ends",
        "han",
        "has_comma",
        "has_number",
        "is_cut_off",
        "is_han",
        "is_sentence",
        "starts",
        "without",
    )

    codes: Codes
    is_han: Mask
    starts: Places
    ends: Places
    han: Places
    is_sentence: Mask
    is_cut_off: Mask
    has_comma: Mask
    has_number: Mask
    without: triggers.Bits


def split_lines(page: AlignedText, hints: Hints | None) -> Lines:
    """The lines of the text that hold anything but white space."""
    lines = Lines()
    lines.codes = codes = codes_of(page.text)
    if _IS_WIDE.is_in(page.text):
        lines.codes = codes = codes.copy()
        wide = np.flatnonzero(_IS_WIDE.where(page.text))
        codes[wide] = _HALF_WIDTH[codes[wide]]
    kinds = np.zeros(len(codes) + 1, np.uint16)
    np.take(kinds_of(*_KINDS), codes, out=kinds[:-1], mode="clip")
    shown = np.flatnonzero(kinds & _SHOWN)
    borders = np.concatenate(([0], shown.searchsorted(np.flatnonzero(codes == ord("\n"))), [len(shown)]))
    rows = np.flatnonzero(borders[:-1] < borders[1:])  # that show something
    if not len(rows):
        return lines
    lines.starts, lines.ends = starts, ends = shown[borders[rows]], shown[borders[rows + 1] - 1] + 1
    edges = np.empty(2 * len(rows), np.intp)
    edges[::2], edges[1::2] = starts, ends

    plain_page = text_of(codes)
    plains = [plain_page[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    words = text_of(codes[(kinds[:-1] & _WORD) > 0]).split("\n")

    clause = (kinds & _CLAUSE) > 0
    clause[1:] &= (kinds[:-1] & _BEFORE_CLAUSE) > 0
    clause[0] = False
    is_han = (kinds & _HAN) > 0
    lines.is_han = is_han[:-1]
    lines.han, clauses = (np.add.reduceat(mask, edges, dtype=np.intp)[::2] for mask in (is_han, clause))

    def where(mask: Mask, is_so: Callable[[str], bool]) -> Mask:
        for index in np.flatnonzero(mask).tolist():
            mask[index] = is_so(plains[index])
        return mask

    held, final = np.bitwise_or.reduceat(kinds, edges)[::2], kinds[ends - 1]
    ends_sentence = ((final & _END) > 0) | where((final & _MAY_END) > 0, _ends_sentence)
    lines.has_comma = (held & _COMMA) > 0
    lines.has_number = where((kinds[starts] & _MAY_COUNT) > 0, lambda plain: _NUMBER.match(plain) is not None)
    lines.is_cut_off = where((held & _DOT) > 0, _ends_in_ellipsis)
    lines.is_sentence = (ends_sentence & (lines.han >= 8)) | ((clauses >= 2) & (lines.han >= 30))
    lines.is_sentence &= ~lines.is_cut_off
    lines.without = triggers.without(codes, starts, ends)
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    shares = [hints.shares(*page.to_raw(*span)) for span in spans] if hints else repeat(_NO_SHARES)
    columns = (lines.han, clauses, ends_sentence, lines.is_cut_off, lines.is_sentence, lines.without)
    lines.extend(
        map(
            Line,
            starts.tolist(),
            ends.tolist(),
            plains,
            [words[row] for row in rows.tolist()],
            *(column.tolist() for column in columns),
            shares,
        )
    )
    return lines


def _ends_sentence(plain: str) -> bool:
    """Of a line that ends in a closing mark, dots or a colon."""
    last = plain.rstrip(_CLOSERS)[-2:]
    if not last:
        return False
    return last[-1] in "。?!;" or last == "……" or (last[-1] == ":" and "\u3400" <= last[0] <= "\u9fff")


def _ends_in_ellipsis(plain: str) -> bool:
    """Cut off: `...`, `…`, also with `[详细]` after it. A bare `……` is the Chinese mark, which ends a sentence."""
    tail = plain[-_LONGEST_END:]
    if ("…" not in tail and "..." not in tail) or tail.endswith("……"):
        return False
    return bool(_ELLIPSIS_END.search(tail))
