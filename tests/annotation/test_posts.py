"""Handles are whole, teams are teams where a game is spoken of, and a brand is named before what its maker has."""

import pytest

import annotation

NLP = annotation.load_pipeline()


def names(text):
    return [f"{span.text}/{span.label_}" for span in NLP(text).ents]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("转自@楚天快报：明天有雨", ["楚天快报/ORG"]),
        ("@头条财经 说得对", ["头条财经/ORG"]),
        ("黄蜂主场输了十二分，球迷心碎", ["黄蜂/ORG"]),
        ("院子里飞来一只黄蜂", []),
        ("女篮比赛几点开始", []),
        ("黑莓的客服打了三遍才接", ["黑莓/ORG"]),
        ("门口排队的人真多", []),
        ("愿家乡平安，愿大家平安", []),
    ],
)
def test_posts_name_bodies_in_their_own_way(text, found):
    assert names(text) == found
