"""Who is unknown to the model is a person where the model would hear that word speak, and a thing stays one."""

import pytest

from annotation.lac import tag
from annotation.speakers import speakers
from tests.annotation.pieces import words_of


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (["闻樵/n", "接过/v", "茶碗/n"], ["闻樵"]),
        (["，/w", "匡/n", "樵/n", "笑着/v", "点头/v"], ["匡樵"]),
        (["石头/n", "说/v", "：/w"], []),
        (["孩子/n", "坐在/v", "门槛/n"], []),
        (["旧/a", "闻樵/n", "接过/v"], []),  # opens no clause
        (["“/w", "闻樵/n", "，”/w", "他/r"], ["闻樵"]),
        (["闻樵/n", "三/m", "斤/q"], []),  # does nothing
        (["遇见/v", "了/u", "闻樵/n", "，/w"], ["闻樵"]),
        (["看上/v", "了/u", "石头/n", "，/w"], []),
        (["搓着/v", "闻樵/n", "，/w"], []),
        (["，/w", "阿嬷/n", "点了/v"], []),  # what people are called who have no name
        (["扎西多/PER:0.2", "吉/n", "走/v"], ["扎西多吉"]),
        (["扎西/PER:0.9", "把/p", "门/n"], ["扎西"]),
    ],
)
def test_a_word_that_would_speak_is_a_person_where_it_acts(pieces, found):
    text, words = words_of(*pieces)
    made = speakers(text, words, lambda sentence: tag([sentence])[0])
    assert [text[word.start : word.end] for word in made if word.tag == "PER"] == found
    assert "".join(text[word.start : word.end] for word in made) == text
