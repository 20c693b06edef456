"""What a walk makes of words covers what they covered."""

from __future__ import annotations

from annotation.groups import Word
from annotation.walk import Walk

WORDS = [Word(0, 2, "n", 0.0), Word(2, 3, "v", 0.0), Word(3, 7, "nz", 0.0), Word(7, 8, "w", 0.0)]


def walked(start: int, end: int) -> list[Word]:
    walk = Walk(WORDS)
    for word in walk:
        if word.start == start:
            walk.take(start, end, "LOC", 0.6)
        else:
            walk.keep(word)
    return walk.found


def test_a_name_takes_whole_words() -> None:
    assert walked(2, 7) == [WORDS[0], Word(2, 7, "LOC", 0.6), WORDS[3]]


def test_what_a_name_leaves_of_a_word_is_a_common_word() -> None:
    assert walked(2, 5) == [WORDS[0], Word(2, 5, "LOC", 0.6), Word(5, 7, "n", 0.0), WORDS[3]]
    assert walked(3, 5) == [*WORDS[:2], Word(3, 5, "LOC", 0.6), Word(5, 7, "n", 0.0), WORDS[3]]
