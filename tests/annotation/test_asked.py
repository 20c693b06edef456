"""What the rules ask about many texts goes to the model in one call a round, and what is known is not asked again."""

from annotation.asked import together
from annotation.groups import Word


class Model:
    def __init__(self):
        self.calls = []

    def __call__(self, sentences):
        self.calls.append(list(sentences))
        return [[(0, len(sentence), sentence[0], 0.5)] for sentence in sentences]


def twice(text, words, ask):
    """A rule that asks about its text, and about the answer."""
    first = ask(text)
    second = ask(first[0][2] * 2) if first else ()
    return [Word(0, len(text), second[0][2], 1.0)] if second else words


def test_the_questions_of_many_texts_are_one_call_a_round():
    model = Model()
    made = together(twice, ["甲乙", "丙丁", "甲乙"], [[], [], []], model)
    assert model.calls == [["甲乙", "丙丁"], ["甲甲", "丙丙"]]
    assert [words[0].tag for words in made] == ["甲", "丙", "甲"]


def test_what_is_known_is_not_asked_again_and_no_text_asks_nothing():
    model, known = Model(), {}
    assert together(twice, ["甲乙"], [[]], model, known) == together(twice, ["甲乙"], [[]], model, known)
    assert model.calls == [["甲乙"], ["甲甲"]]
    assert together(twice, [], [], model) == []
