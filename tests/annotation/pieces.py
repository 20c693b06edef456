"""A text and the words that a model would make of it, written as pieces: `张三/PER:0.9`, `说/v`."""

from __future__ import annotations

from annotation.groups import Word


def words_of(*pieces: str, score: float = 0.0) -> tuple[str, list[Word]]:
    """`text/tag` or `text/tag:score` pieces as a text and its words; `score` is that of pieces which name none."""
    text, words = "", []
    for piece in pieces:
        word, tag = piece.rsplit("/", 1)
        tag, _, given = tag.partition(":")
        words.append(Word(len(text), len(text) + len(word), tag, float(given or score)))
        text += word
    return text, words
