"""The lines of a page as the rules see them, with the few numbers that tell a sentence from a menu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.html import Hints
from corpus.spans import AlignedText

# Full-width forms as half-width ones, so that a rule is written once. One for one.
_HALF_WIDTH = str.maketrans("，：；（）？！｜－．　［］＞＜０１２３４５６７８９", ",:;()?!|-. []><0123456789")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLAUSES = re.compile(r"[\u3400-\u9fff”》%)\d][,;:、。?!]")
_SENTENCE_ENDS = re.compile(r"(?:[。?!;]|(?<=[\u3400-\u9fff]):)[”’」』)\]】]*$")
_ELLIPSIS_END = re.compile(
    r"(?:\.{3,}|…+)\s*(?:[\[(<【]?(?:详细|全文|更多|阅读全文|查看全文|查看详情|点击查看)[\])>】]?)?$"
)


@dataclass(slots=True)
class Line:
    """One line that shows something. `start`, `end`: offsets in the text, without the spaces around it.

    `plain` is the line with full-width punctuation and digits made half-width, as long as the line. `rule` names what
    removes it, once that is known; `score` is how much it looks like a part of an article.
    """

    start: int
    end: int
    plain: str
    han: int
    clauses: int
    ends_sentence: bool
    ends_in_ellipsis: bool
    shares: dict[int, float] = field(default_factory=dict)
    rule: str | None = None
    score: float = 0.0

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def is_sentence(self) -> bool:
        """Reads like a part of a running text: clauses, and an end."""
        if self.ends_in_ellipsis:
            return False
        return (self.ends_sentence and self.han >= 8) or (self.clauses >= 2 and self.han >= 30)


def split_lines(page: AlignedText, hints: Hints | None) -> list[Line]:
    """The lines of the text that hold anything but white space."""
    return list(_lines(page, hints))


def _lines(page: AlignedText, hints: Hints | None) -> Iterator[Line]:
    plain_text = page.text.translate(_HALF_WIDTH)
    cursor = 0
    for row in plain_text.split("\n"):
        plain = row.strip()
        if plain:
            start = cursor + len(row) - len(row.lstrip())
            end = start + len(plain)
            yield Line(
                start,
                end,
                plain,
                len(_HAN.findall(plain)),
                len(_CLAUSES.findall(plain)),
                bool(_SENTENCE_ENDS.search(plain)),
                bool(_ELLIPSIS_END.search(plain)),
                hints.shares(*page.to_raw(start, end)) if hints else {},
            )
        cursor += len(row) + 1
