"""The lines of a page as the rules see them, with the few numbers that tell a sentence from a menu."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from corpus import triggers
from corpus.characters import HAN, codes_of, prefix_sums, table_of, text_of
from corpus.html import Hints
from corpus.spans import AlignedText

# Full-width forms and their half-width ones, so that a rule is written once. One for one.
_HALF_WIDTH = np.arange(0x110000)
_HALF_WIDTH[codes_of("，：；（）？！｜－．　［］＞＜０１２３４５６７８９")] = codes_of(",:;()?!|-. []><0123456789")
_CLAUSE_MARK, _BEFORE_CLAUSE_MARK = r"[,;:、。?!]", r"[\u3400-\u9fff”》%)\d]"
_WORD = r"[^\W_]|\n"  # letters, digits, Han characters; line by line
_CLOSERS = "”’」』)]】"
_MAY_END = rf"[。?!;:…{re.escape(_CLOSERS)}]"
_ELLIPSIS_END = re.compile(
    r"(?:\.{3}|…)\s*(?:[\[(<【]?(?:详细|详情|全文|更多|继续阅读|了解更多|(?:阅读|查看)(?:全文|详情|更多)|点击查看)[\])>】]{0,2})?$"
)
_LONGEST_END = 24

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
    shares: dict[int, float] = field(default_factory=dict)
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


def split_lines(page: AlignedText, hints: Hints | None) -> list[Line]:
    """The lines of the text that hold anything but white space."""
    codes = _HALF_WIDTH[codes_of(page.text)]
    han = table_of(HAN)[codes]
    clause = table_of(_CLAUSE_MARK)[codes]
    clause[1:] &= table_of(_BEFORE_CLAUSE_MARK)[codes[:-1]]
    clause[:1] = False
    words = text_of(codes[table_of(_WORD)[codes]]).split("\n")
    plain_page = text_of(codes)
    rows = plain_page.split("\n")
    starts: list[int] = []
    plains: list[str] = []
    shown: list[str] = []
    cursor = 0
    for row, its_words in zip(rows, words, strict=True):
        plain = row.strip()
        if plain:
            starts.append(cursor if plain[0] == row[0] else cursor + len(row) - len(row.lstrip()))
            plains.append(plain)
            shown.append(its_words)
        cursor += len(row) + 1
    if not starts:
        return []
    edges = np.empty(2 * len(starts), np.intp)
    edges[::2] = starts
    edges[1::2] = edges[::2] + list(map(len, plains))
    counts = [np.diff(prefix_sums(mask)[edges])[::2].tolist() for mask in (han, clause)]
    ends: list[int] = edges[1::2].tolist()
    may_end: list[bool] = table_of(_MAY_END)[codes[edges[1::2] - 1]].tolist()
    has_dots = "…" in plain_page or "..." in plain_page
    lines: list[Line] = []
    for start, end, plain, its_words, may, han_count, clauses, without in zip(
        starts, ends, plains, shown, may_end, *counts, triggers.without(codes, edges), strict=True
    ):
        ends_sentence = may and _ends_sentence(plain)
        cut_off = has_dots and _ends_in_ellipsis(plain)
        is_sentence = not cut_off and ((ends_sentence and han_count >= 8) or (clauses >= 2 and han_count >= 30))
        lines.append(
            Line(start, end, plain, its_words, han_count, clauses, ends_sentence, cut_off, is_sentence, without)
        )
    if hints:
        for line in lines:
            line.shares = hints.shares(*page.to_raw(line.start, line.end))
    return lines


def _ends_sentence(plain: str) -> bool:
    if plain[-1] in "。?!;":
        return True
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
