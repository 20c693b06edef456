"""Names joined from words of names are whole, and those words are no names in a place's name or in a greeting."""

import pytest

import annotation

NLP = annotation.load_pipeline()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("格桑多吉把酥油茶端给客人", ["格桑多吉"]),
        ("班长次仁罗布退伍那天哭了", ["次仁罗布"]),
        ("老师点名点到吐尔逊，没人应", ["吐尔逊"]),
        ("琪琪格骑着马去上学", ["琪琪格"]),
        ("草地上开满了格桑花", []),
        ("大家互相说扎西德勒", []),
        ("正是这个原因，才让她明白了", []),
        ("尼玛，这也太贵了", []),
        ("去罗布泊的路不好走", []),
    ],
)
def test_a_name_joined_from_words_of_names_is_whole(text, found):
    assert [span.text for span in NLP(text).ents if span.label_ == "PERSON"] == found
