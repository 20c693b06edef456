"""The lines of a page as the rules see them, with the few numbers that tell a sentence from a menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.html import Hints
from corpus.spans import AlignedText

# Full-width forms and their half-width ones, so that a rule is written once. One for one.
_HALF_WIDTH = tuple(zip("，：；（）？！｜－．　［］＞＜０１２３４５６７８９", ",:;()?!|-. []><0123456789", strict=True))
_HAN = re.compile(r"[\u3400-\u9fff]+")
_CLAUSES = re.compile(r"[,;:、。?!](?<=[\u3400-\u9fff”》%)\d].)")
_CLOSERS = "”’」』)]】"
_ELLIPSIS_END = re.compile(
    r"(?:\.{3}|…)\s*(?:[\[(<【]?(?:详细|详情|全文|更多|继续阅读|了解更多|(?:阅读|查看)(?:全文|详情|更多)|点击查看)[\])>】]{0,2})?$"
)
_LONGEST_END = 24

# What is said to the person who reads the page, and what is told about somebody else.
_TO_READER = re.compile(
    r"请(?<![申邀聘]请)(?![求假客示教])|您|欢迎(?![的了])|我们|小编"
    r"|点个(?:赞|在看|[“「])|(?:^|[,:。!?|” ])(?:点击|长按|扫[一码描])"
    r"|本(?:文|站|网|刊|报|号|页|平台|公众号)"
    r"|关注(?:我|本|微信|公众|官方)|转载|版权(?:归|声|所)|[如若]有|如需|竭诚|垂询|洽谈|[爆报]料|投稿"
)
_TELLS = re.compile(
    r"表示|介绍|认为|指出|强调|透露|坦言|提醒|获悉|据悉|据了解|近日|日前|[他她](?!们?的?微信)|[称说道](?:[,:“]|。$)|发现|先生|女士|警方|法院"
    r"|\d月\d{1,2}日"
)


@dataclass(slots=True)
class Line:
    """One line that shows something. `start`, `end`: offsets in the text, without the spaces around it.

    `plain` is the line with full-width punctuation and digits made half-width, as long as the line. `is_sentence`: it
    reads like a part of a running text, with clauses and an end. `rule` names what removes it, once that is known;
    `score` is how much it looks like a part of an article.
    """

    start: int
    end: int
    plain: str
    han: int
    clauses: int
    ends_sentence: bool
    ends_in_ellipsis: bool
    is_sentence: bool
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
        return bool(_TELLS.search(self.plain)) or (self.clauses >= 3 and self.ends_sentence and not self.to_reader)

    @property
    def to_reader(self) -> bool:
        """Speaks to the person who reads the page."""
        return bool(_TO_READER.search(self.plain))


def split_lines(page: AlignedText, hints: Hints | None) -> list[Line]:
    """The lines of the text that hold anything but white space."""
    return list(_lines(page, hints))


def _lines(page: AlignedText, hints: Hints | None) -> Iterator[Line]:
    cursor = 0
    for row in _half_width(page.text).split("\n"):
        plain = row.strip()
        if plain:
            start = cursor + len(row) - len(row.lstrip())
            end = start + len(plain)
            han = sum(map(len, _HAN.findall(plain)))
            clauses = len(_CLAUSES.findall(plain))
            ends_sentence = _ends_sentence(plain)
            ends_in_ellipsis = _ends_in_ellipsis(plain)
            yield Line(
                start,
                end,
                plain,
                han,
                clauses,
                ends_sentence,
                ends_in_ellipsis,
                not ends_in_ellipsis and ((ends_sentence and han >= 8) or (clauses >= 2 and han >= 30)),
                hints.shares(*page.to_raw(start, end)) if hints else {},
            )
        cursor += len(row) + 1


def _half_width(text: str) -> str:
    for wide, narrow in _HALF_WIDTH:
        if wide in text:
            text = text.replace(wide, narrow)
    return text


def _ends_sentence(plain: str) -> bool:
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
