"""What rules ask the model about short texts: the questions of many documents in; all answers from one call out.

The model takes as long for one short text as for five in a batch. So a rule runs over every document first, and once
more over those where it asked what was not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotation.groups import Word

Tagged = Sequence[tuple[int, int, str, float]]  # a sentence's words: start, end, tag, score
Tag = Callable[[Sequence[str]], Sequence[Tagged]]
Ask = Callable[[str], Tagged]  # the words of one sentence; none where they are not known yet
Rule = Callable[[str, Sequence[Word], Ask], Sequence[Word]]
KEPT = 16_384  # answers that are kept for later documents


class _Asked:
    """Answers by sentence, and what was asked in vain."""

    def __init__(self, known: dict[str, Tagged]) -> None:
        self.known = known
        self.wanted: dict[str, None] = {}
        self.in_vain = False

    def __call__(self, sentence: str) -> Tagged:
        found = self.known.get(sentence)
        if found is None:
            self.wanted[sentence] = None
            self.in_vain = True
            return ()
        return found


def together(
    rule: Rule,
    texts: Sequence[str],
    words: Sequence[Sequence[Word]],
    tag: Tag,
    known: dict[str, Tagged] | None = None,
) -> list[Sequence[Word]]:
    """What the rule makes of the words of each text; it leaves them as they are, as it may be given them again.

    `known` has answers of before, and is given those of now.
    """
    known = {} if known is None else known
    if len(known) > KEPT:
        known.clear()
    asked = _Asked(known)
    made: list[Sequence[Word]] = [()] * len(texts)
    left: Sequence[int] = range(len(texts))
    while left:
        again = []
        for number in left:
            asked.in_vain = False
            made[number] = rule(texts[number], words[number], asked)
            if asked.in_vain:
                again.append(number)
        if again:
            known.update(zip(asked.wanted, tag(list(asked.wanted)), strict=True))
            asked.wanted.clear()
        left = again
    return made
