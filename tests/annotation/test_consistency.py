"""What is an organization once is suggested in the whole corpus, where nothing contests it; memory is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.consistency import SCORE, SOURCE, Names, Register, spread, words_by_model
from annotation.log import Suggestion
from annotation.pipeline import check


def said(text, *labelled):
    """Suggestions for the first mention of each name: `(name, label)` or `(name, label, score)`."""
    return tuple(
        sorted(
            (
                Suggestion(at, at + len(name), label, name, (*rest, 0.95)[0], "test@1")
                for name, label, *rest in labelled
                for at in (text.index(name),)
            ),
            key=lambda span: span.start,
        )
    )


def consistent(*documents, words_of=words_by_model, kept=100):
    """The texts that each document gains, from `(text, *labelled)` documents."""
    texts = [document[0] for document in documents]
    spans = [said(*document) for document in documents]
    register = Register(kept)
    for held in spans:
        register.add(held)
    names = register.clear_names()
    for text, held in zip(texts, spans, strict=True):
        names.count(text, held)
    names = names.uncontested()
    made = [spread(names, text, held, words_of) for text, held in zip(texts, spans, strict=True)]
    for text, all_spans in zip(texts, made, strict=True):
        check(all_spans, text)
    return [[span.text for span in all_spans if span.source == SOURCE] for all_spans in made]


def test_a_name_that_is_clear_in_one_document_is_suggested_in_another_without_context():
    assert consistent(
        ("青禾智联科技有限公司宣布扩产。", ("青禾智联科技有限公司", "ORG")),
        ("据说蓝鲸数据要来，蓝鲸数据是谁？", ("蓝鲸数据", "ORG")),
        ("他去年离开了蓝鲸数据。",),
    ) == [[], ["蓝鲸数据"], ["蓝鲸数据"]]


def test_it_has_a_source_and_a_score_of_its_own():
    register = Register()
    first = said("蓝鲸数据来了。", ("蓝鲸数据", "ORG"))
    register.add(first)
    names = register.clear_names()
    names.count("他离开了蓝鲸数据。", ())
    assert spread(names.uncontested(), "他离开了蓝鲸数据。", (), words_by_model) == (
        Suggestion(4, 8, "ORG", "蓝鲸数据", SCORE, SOURCE),
    )


def test_what_is_a_place_or_a_person_elsewhere_is_not_spread():
    assert consistent(
        ("东湖集团说，东湖很忙。", ("东湖", "ORG")),
        ("我们去东湖。", ("东湖", "LOC")),
        ("昨天又见到东湖。",),
    ) == [[], [], []]


def test_what_is_mostly_an_ordinary_word_is_not_spread():
    assert consistent(
        ("光明宣布降价。", ("光明", "ORG")),
        ("前途一片光明。",),
        ("光明与黑暗。",),
        ("走向光明。",),
    ) == [[], [], [], []]


def test_a_class_of_bodies_and_a_body_without_its_place_are_not_spread():
    assert consistent(
        ("工信局开会，我市工信局也去。", ("工信局", "ORG"), ("市工信局", "ORG")),
        ("工信局负责，市工信局配合。",),
    ) == [[], []]


def test_an_unsure_name_is_not_spread():
    assert consistent(("蓝鲸数据来了。", ("蓝鲸数据", "ORG", 0.6)), ("他离开了蓝鲸数据。",)) == [[], []]


def test_a_piece_of_a_longer_name_or_word_is_left_alone():
    assert consistent(
        ("蓝鲸宣布降价。", ("蓝鲸", "ORG")),
        ("他离开了蓝鲸大学。",),
        ("蓝鲸数据宣布涨价。", ("蓝鲸数据", "ORG")),
    ) == [[], [], []]


def test_without_words_only_long_names_are_spread():
    documents = (("北辰说，北辰集团来了。", ("北辰", "ORG"), ("北辰集团", "ORG")), ("去北辰集团。找北辰。",))
    assert consistent(*documents, words_of=None)[1] == ["北辰集团"]


def test_no_more_names_are_held_than_allowed_and_the_forgotten_are_counted():
    register = Register(kept=10)
    for number in range(25):
        text = f"蓝鲸{chr(0x4E00 + number)}数据"
        register.add(said(text, (text, "ORG")))
        register.add(said("北辰集团", ("北辰集团", "ORG")))
    assert len(register.clear_names()) <= 10
    assert register.forgotten == 26 - len(register.clear_names())
    assert list(register.clear_names().missing("去北辰集团", ())) == [(1, 5)]


@given(
    st.lists(st.text(st.sampled_from("蓝鲸数据北辰说。、 A"), max_size=30), max_size=6),
    st.sets(st.text(st.sampled_from("蓝鲸数据北辰A"), min_size=2, max_size=4), max_size=4),
)
def test_what_is_spread_lies_in_its_text_apart_from_all_else_and_is_the_same_each_time(texts, wanted):
    made = []
    for _ in range(2):
        register = Register()
        spans = [said(text, *[(name, "ORG") for name in sorted(wanted) if name in text][:1]) for text in texts]
        for held in spans:
            register.add(held)
        names = register.clear_names()
        for text, held in zip(texts, spans, strict=True):
            names.count(text, held)
        made.append([spread(names, text, held, None) for text, held in zip(texts, spans, strict=True)])
        for text, held in zip(texts, made[-1], strict=True):
            check(held, text)
    assert made[0] == made[1]


def test_no_names_add_nothing():
    assert spread(Names({}), "蓝鲸数据", (), words_by_model) == ()
