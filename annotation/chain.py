"""Linear-chain CRFs whose transitions are weak: emissions in; the best tags, and the probabilities of words, out.

LAC's transitions differ by 0.4, its emissions by 5: most characters have their tag whatever stands around them, and
what stands ten characters away says nothing. Both are bounds, not habits, so what is left out changes no answer.
Sentences lie one behind the other in one array, so that numpy works on all of them at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Ints = NDArray[np.int64]

PRECISION = 1e-6  # of a probability: what is beyond the window changes it by less
SCALED = 4  # steps after which vectors are scaled; in so few none overflows
MAX_ROWS = 128  # words looked at together: small enough that numpy starts no threads, which cost more than they bring


def best_paths(emissions: Floats, starts: Ints, transitions: Floats) -> Ints:
    """The best tags of each sentence (Viterbi 1967), (characters,); `starts` are the sentences' first characters.

    `emissions` is (characters, tags). Another tag at one place changes two transitions, so a tag that is behind the
    first by more than twice what transitions differ is on no best path. Where one tag is left, the chain is cut: what
    remains are short runs of open places, each between two known tags, or at a sentence's end.
    """
    import numpy as np

    paths: Ints = emissions.argmax(axis=1)
    behind = 2 * (transitions.max() - transitions.min()) + np.float32(0.001)
    top = emissions[np.arange(len(paths)), paths]
    possible = emissions > (top - behind)[:, None]
    count = possible.sum(axis=1)
    opened = np.flatnonzero(count > 1)
    if not len(opened):
        return paths
    first = np.zeros(len(paths) + 1, np.bool_)
    first[starts] = first[-1] = True
    # Runs: open places one behind the other in one sentence; the longest first, so that those still going are a prefix.
    heads = np.flatnonzero(np.r_[True, np.diff(opened) > 1] | first[opened])
    lengths = np.diff(np.r_[heads, len(opened)])
    order = np.argsort(-lengths, kind="stable")
    begins, lengths = opened[heads[order]], lengths[order]
    ends = begins + lengths
    # Each place's possible tags, rising, filled up with impossible ones.
    width = int(count.max())
    row = np.zeros(len(paths), np.int64)
    row[opened] = np.arange(len(opened))
    where, tags = np.nonzero(possible[opened])
    rank = np.arange(len(where)) - np.repeat(np.r_[0, np.cumsum(count[opened])[:-1]], count[opened])
    choices = np.zeros((len(opened), width), np.int64)
    worth = np.full((len(opened), width), -np.inf, np.float32)
    choices[where, rank] = tags
    worth[where, rank] = emissions[opened[where], tags]

    into = transitions[paths[begins - 1][:, None], choices[row[begins]]]
    best = worth[row[begins]] + np.where(first[begins][:, None], 0, into)
    back: list[Ints] = []
    for step in range(1, int(lengths[0])):
        going = int(np.searchsorted(-lengths, -step, "left"))  # the runs longer than `step`
        here = row[begins[:going] + step]
        steps = transitions[choices[here - 1][:, :, None], choices[here][:, None, :]] + best[:going, :, None]
        back.append(steps.argmax(axis=1))
        best[:going] = steps.max(axis=1) + worth[here]
    out = transitions[choices[row[ends - 1]], paths[np.minimum(ends, len(paths) - 1)][:, None]]
    taken = (best + np.where(first[ends][:, None], 0, out)).argmax(axis=1)
    for step in range(int(lengths[0]) - 1, -1, -1):
        going = int(np.searchsorted(-lengths, -step, "left"))
        here = begins[:going] + step
        paths[here] = choices[row[here], taken[:going]]
        if step:
            taken[:going] = back[step - 1][np.arange(going), taken[:going]]
    return paths


class Marginals:
    """The probabilities of words with their tags, over all paths: the marginals of the chain by the forward-backward
    algorithm (Rabiner 1989; Lafferty et al. 2001), within the window that matters, scaled so that nothing underflows.

    A step brings two positive vectors nearer by tanh(D / 4), D the projective diameter of the transitions (Birkhoff
    1957), so after `window` steps what they began with changes a probability by less than PRECISION.

    `transitions` is (tags, tags), `inside` (tags,) true for the tags that continue a word.
    """

    def __init__(self, transitions: Floats, inside: NDArray[np.bool_]) -> None:
        import numpy as np

        self._step = np.exp(transitions.astype(np.float64))
        self._begins = ~inside
        ranges = transitions[:, None, :].astype(np.float64) - transitions[None, :, :]
        diameter = float((ranges.max(axis=2) - ranges.min(axis=2)).max())
        nearer = math.tanh(diameter / 4)
        self.window = 1 + math.ceil(math.log(PRECISION / max(diameter, PRECISION)) / math.log(max(nearer, 1e-9)))

    def of(self, emissions: Floats, paths: Ints, words: Ints, sentences: Ints) -> Doubles:
        """The probability of each of `words`, rows of `[start, end)`, to have the tags of `paths` and to end there.

        `emissions` is (characters, tags); `sentences` are the `[start, end)` of each word's sentence.
        """
        import numpy as np

        found: Doubles = np.empty(len(words))
        order = np.argsort(words[:, 0] - words[:, 1], kind="stable")  # the longest first
        for first in range(0, len(order), MAX_ROWS):
            rows = order[first : first + MAX_ROWS]
            found[rows] = self._of(emissions, paths, words[rows], sentences[rows])
        return found

    def _of(self, emissions: Floats, paths: Ints, words: Ints, sentences: Ints) -> Doubles:
        import numpy as np

        def weights(places: Ints) -> Doubles:
            held = emissions[places].astype(np.float64)
            made: Doubles = np.exp(held - emissions[places, paths[places]][:, None])
            return made

        (starts, ends), (begin, finish) = words.T, sentences.T
        lowest = np.maximum(begin, starts - self.window)
        forward = weights(lowest)
        for step in range(int((lowest - starts).min()), 0):
            places = starts + step + 1
            going = np.flatnonzero(places > lowest)
            forward[going] = (forward[going] @ self._step) * weights(places[going])
            if step % SCALED == 0:
                forward = _scaled(forward)
        every = np.arange(len(words))
        forward = _scaled(forward)
        mass: Doubles = forward[every, paths[starts]]
        lengths = ends - starts
        for step in range(1, int(lengths[0])):
            longer = int(np.searchsorted(-lengths, -step, "left"))
            places = starts[:longer] + step
            here = weights(places)
            row = (forward[:longer] @ self._step) * here
            scale = row.sum(axis=1)
            before, after = paths[places - 1], paths[places]
            mass[:longer] *= self._step[before, after] * here[every[:longer], after] / scale
            forward[:longer] = row / scale[:, None]
        rest = np.flatnonzero(ends < finish)
        if len(rest):
            ends, finish = ends[rest], finish[rest]
            highest = np.minimum(finish, ends + self.window + 1) - 1
            following = weights(highest)
            for step in range(int((highest - ends).max()) - 1, -1, -1):
                places = ends + step
                going = np.flatnonzero(places < highest)
                following[going] = (following[going] @ self._step.T) * weights(places[going])
                if step % SCALED == 0:
                    following = _scaled(following)
            all_paths = ((forward[rest] @ self._step) * following).sum(axis=1)
            new_word = (self._step[paths[ends - 1]] * following * self._begins).sum(axis=1)
            mass[rest] *= new_word / all_paths
        return mass


def _scaled(rows: Doubles) -> Doubles:
    made: Doubles = rows / rows.sum(axis=1, keepdims=True)
    return made
