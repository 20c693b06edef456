"""People whose names touch, as posts write them: 周杰伦昆凌, which the model takes for one.

The model is asked again with the mark that the post leaves out: a text and its words in; the same words, each name
apart, out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.sounds import sounds

Tag = Callable[[Sequence[str]], Sequence[Sequence[tuple[int, int, str, float]]]]

AROUND = 12  # characters on either side that the model is shown again
SURE = 0.75  # of both names, with the mark between
LEAST, MOST = 4, 9  # characters of two or three names
_SURNAMES = lexicon("surnames")
_NO_SURNAME = frozenset("小老阿大二")


def unglued(text: str, words: Sequence[Word], tag: Tag) -> list[Word]:
    """The words with 肖战|王一博 as two people; they cover what they covered."""
    found: list[Word] = []
    for word in words:
        found += _apart(text, word, tag) if _may_be_two(text, word) else (word,)
    return found


def _may_be_two(text: str, word: Word) -> bool:
    start, end, label, score = word
    if label != "PER" or not LEAST <= end - start <= MOST or score > 0.8 or text[start] in _NO_SURNAME:
        return False
    name = text[start:end]
    foreign = sum(char is not None for char in map(sounds().match, name))
    return name.isalpha() and not name.isascii() and 2 * foreign <= len(name)


def _apart(text: str, word: Word, tag: Tag) -> Iterator[Word]:
    """The two names of which the model is surest, or the word as it was; a name of those may be two again."""
    start, end, label, _ = word
    first, last = max(0, start - AROUND), end + AROUND
    cuts = [cut for cut in range(start + 2, end - 1) if text[start] in _SURNAMES or text[cut] in _SURNAMES]
    asked = tag([f"{text[first:cut]}、{text[cut:last]}" for cut in cuts])
    best: tuple[float, int, float, float] | None = None
    for cut, made in zip(cuts, asked, strict=True):
        scores = {(a + first, b + first): score for a, b, name, score in made if name == label}
        left, right = scores.get((start, cut)), scores.get((cut + 1, end + 1))
        if left is not None and right is not None and min(left, right) >= SURE:
            best = max(best or (0.0, 0, 0.0, 0.0), (min(left, right), cut, left, right))
    if best is None:
        yield word
        return
    _, cut, left, right = best
    for piece in (Word(start, cut, label, left), Word(cut, end, label, right)):
        yield from _apart(text, piece, tag) if _may_be_two(text, piece) else (piece,)
