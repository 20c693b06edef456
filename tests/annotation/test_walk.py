"""What a walk makes of words covers what they covered."""

from __future__ import annotations

import pytest

from annotation.groups import Word
from annotation.walk import Walk, tagged

WORDS = [Word(0, 2, "n", 0.0), Word(2, 3, "v", 0.0), Word(3, 7, "nz", 0.0), Word(7, 8, "w", 0.0)]


def walked(start: int, end: int) -> list[Word]:
    walk = Walk(WORDS, range(len(WORDS)))
    for word in walk:
        if word.start == start:
            walk.take(start, end, "LOC", 0.6)
    return list(walk.made)


def test_a_name_takes_whole_words() -> None:
    assert walked(2, 7) == [WORDS[0], Word(2, 7, "LOC", 0.6), WORDS[3]]


def test_what_a_name_leaves_of_a_word_is_a_common_word() -> None:
    assert walked(2, 5) == [WORDS[0], Word(2, 5, "LOC", 0.6), Word(5, 7, "n", 0.0), WORDS[3]]
    assert walked(3, 5) == [*WORDS[:2], Word(3, 5, "LOC", 0.6), Word(5, 7, "n", 0.0), WORDS[3]]


def test_only_the_wanted_words_are_looked_at_and_the_others_stay() -> None:
    walk = Walk(WORDS, tagged(WORDS, ("v", "w")))
    seen = []
    for word in walk:
        seen.append(word)
        if word.tag == "w":
            walk.put(Word(7, 8, "m", 0.0))
    assert seen == [WORDS[1], WORDS[3]]
    assert walk.made == [*WORDS[:3], Word(7, 8, "m", 0.0)]


def test_a_wanted_word_that_a_name_has_taken_is_not_looked_at() -> None:
    walk = Walk(WORDS, [1, 2, 3])
    for word in walk:
        assert word != WORDS[2]
        if word == WORDS[1]:
            walk.take(2, 7, "LOC", 0.6)


def test_words_of_which_nothing_is_made_are_the_same() -> None:
    walk = Walk(WORDS, [0, 2])
    assert list(walk) == [WORDS[0], WORDS[2]]
    assert walk.made is WORDS


@pytest.mark.parametrize("taken", [False, True])
def test_the_word_before_is_what_was_made_of_it(taken: bool) -> None:
    walk = Walk(WORDS, [0, 2])
    for word in walk:
        if word == WORDS[0]:
            assert walk.before is None
            if taken:
                walk.take(0, 3, "PER", 0.6)
        else:
            assert walk.before == (Word(0, 3, "PER", 0.6) if taken else WORDS[1])


def test_the_word_behind_touches_the_one_that_is_looked_at() -> None:
    walk = Walk([*WORDS, Word(9, 10, "n", 0.0)], range(5))
    assert [walk.after for _ in walk] == [WORDS[1], WORDS[2], WORDS[3], None, None]
