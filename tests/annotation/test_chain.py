"""The chain behind LAC: what it leaves out changes no answer, whatever the emissions and the transitions."""

import itertools

import numpy as np
import pytest

from annotation.chain import Marginals, best_paths


def a_chain(seed, lengths, tags, strength, certain=3.0):
    """Emissions of sentences one behind the other, their borders, and transitions from -strength to strength."""
    generator = np.random.default_rng(seed)
    ends = np.cumsum(lengths)
    emissions = generator.normal(scale=certain, size=(ends[-1], tags)).astype(np.float32)
    transitions = generator.uniform(-strength, strength, size=(tags, tags)).astype(np.float32)
    return emissions, ends - lengths, ends, transitions


def weight(path, emissions, transitions):
    steps = sum(float(transitions[a, b]) for a, b in itertools.pairwise(path))
    return steps + sum(float(emissions[i, tag]) for i, tag in enumerate(path))


def viterbi(emissions, transitions):
    """Every tag asked at every step (Viterbi 1967)."""
    best, back = emissions[0].astype(np.float64), []
    for row in emissions[1:]:
        steps = best[:, None] + transitions
        back.append(steps.argmax(axis=0))
        best = steps.max(axis=0) + row
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


def forward_backward(emissions, transitions):
    """Weights of all paths up to each place, and from it on, over the whole sentence, scaled to sum to one."""
    weights, step = np.exp(emissions - emissions.max(axis=1, keepdims=True)).astype(np.float64), np.exp(transitions)
    forward, backward = [weights[0] / weights[0].sum()], [np.ones(len(step))]
    for row in weights[1:]:
        made = (forward[-1] @ step) * row
        forward.append(made / made.sum())
    for row in weights[:0:-1]:
        made = step @ (row * backward[-1])
        backward.append(made / made.sum())
    return np.array(forward), np.array(backward[::-1])


@pytest.mark.parametrize("strength", [0.0, 0.2, 2.0, 20.0])
@pytest.mark.parametrize("certain", [0.0, 0.5, 4.0])
def test_the_best_path_is_the_best_of_all_paths(strength, certain):
    for seed in range(8):
        emissions, starts, ends, transitions = a_chain(seed, np.array([1, 5, 2, 1, 4]), 4, strength, certain)
        found = best_paths(emissions, starts, transitions)
        for start, end in zip(starts, ends, strict=True):
            held, all_paths = emissions[start:end], itertools.product(range(4), repeat=end - start)
            best = max(weight(path, held, transitions) for path in all_paths)
            assert weight(found[start:end], held, transitions) == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("certain", [0.1, 3.0])
def test_the_best_path_of_a_long_sentence_is_that_of_a_search_that_leaves_nothing_out(certain):
    emissions, starts, ends, transitions = a_chain(1, np.array([400, 1, 150]), 30, 0.2, certain)
    found = best_paths(emissions, starts, transitions)
    for start, end in zip(starts, ends, strict=True):
        assert found[start:end].tolist() == viterbi(emissions[start:end], transitions)


@pytest.mark.parametrize("strength", [0.2, 1.0, 3.0])
def test_a_probability_is_the_share_of_all_paths(strength):
    lengths = np.array([4, 3, 1, 4])
    emissions, starts, ends, transitions = a_chain(5, lengths, 3, strength, 1.0)
    inside = np.array([False, True, False])
    paths = np.random.default_rng(6).integers(0, 3, len(emissions))
    words, sentences, shares = [], [], []
    for begin, finish in zip(starts, ends, strict=True):
        given = list(itertools.product(range(3), repeat=finish - begin))
        weights = [np.exp(weight(path, emissions[begin:finish], transitions)) for path in given]
        for start, end in itertools.combinations(range(begin, finish + 1), 2):
            through = sum(
                held
                for path, held in zip(given, weights, strict=True)
                if path[start - begin : end - begin] == tuple(paths[start:end])
                and (end == finish or not inside[path[end - begin]])
            )
            words.append((start, end))
            sentences.append((begin, finish))
            shares.append(through / sum(weights))
    made = Marginals(transitions, inside).of(emissions, paths, np.array(words), np.array(sentences))
    assert made == pytest.approx(np.array(shares), abs=1e-5)


def test_what_lies_beyond_the_window_changes_no_probability():
    emissions, starts, ends, transitions = a_chain(2, np.array([300, 120]), 20, 0.2, 0.5)
    paths = emissions.argmax(axis=1)
    model = Marginals(transitions, np.zeros(20, np.bool_))
    assert model.window < 20
    for begin, finish in zip(starts, ends, strict=True):
        forward, backward = forward_backward(emissions[begin:finish], transitions)
        exact = forward * backward / (forward * backward).sum(axis=1, keepdims=True)
        places = np.arange(begin, finish)
        words = np.stack([places, places + 1], axis=1)
        made = model.of(emissions, paths, words, np.array([[begin, finish]] * len(words)))
        assert made == pytest.approx(exact[places - begin, paths[places]], abs=1e-6)
