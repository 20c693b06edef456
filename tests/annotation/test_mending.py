"""The model's words end where brackets, roles and acts say so, and cover what they covered."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.mending import mend
from tests.annotation.pieces import words_of as pieces_of

TEXTS = "股东方公司上海(（)）到质押所持丨附属银行分行起诉人全部收购 a，"


words_of = partial(pieces_of, score=0.5)


def shown(text, words):
    return [f"{text[word.start : word.end]}/{word.tag}" for word in words]


@pytest.mark.parametrize(
    ("pieces", "mended"),
    [
        (["汉风(/n", "上海)酒店管理有限公司/LOC"], ["汉风(/n", "上海/LOC", ")/w", "酒店管理有限公司/n"]),
        (["云岭/LOC", "（/w", "中国）投资/LOC"], ["云岭/LOC", "（/w", "中国/LOC", "）/w", "投资/n"]),
        (["英特尔（中国）有限公司/ORG"], ["英特尔（中国）有限公司/ORG"]),
        (["控股/vn", "股/n", "东青禾实业/ORG"], ["控股/vn", "股/n", "东/n", "青禾实业/ORG"]),
        (["起诉/v", "人青禾市检察院/ORG"], ["起诉/v", "人/n", "青禾市检察院/ORG"]),
        (["关联方青禾/ORG"], ["关联方/n", "青禾/ORG"]),
        (["丨青禾股份/ORG"], ["丨/n", "青禾股份/ORG"]),
        (["平川银行股份有限公司青禾分行质押/ORG"], ["平川银行股份有限公司青禾分行/ORG", "质押/v"]),
        (["青禾控股所/ORG", "持/v"], ["青禾控股/ORG", "所/v", "持/v"]),
        (["青禾律师事务所/ORG", "在/p"], ["青禾律师事务所/ORG", "在/p"]),
        (["青禾股权投资基金/ORG"], ["青禾股权投资基金/ORG"]),
        (["青禾机场到临江新城/LOC"], ["青禾机场/LOC", "到/v", "临江新城/LOC"]),
        (["山东省附属医院/ORG"], ["山东省附属医院/ORG"]),
        (["青禾供电局组织/ORG"], ["青禾供电局/ORG", "组织/v"]),
        (["世贸组织/ORG"], ["世贸组织/ORG"]),
    ],
)
def test_a_word_ends_where_the_text_shows_it(pieces, mended):
    text, words = words_of(*pieces)
    assert shown(text, mend(text, words)) == mended


@given(st.lists(st.tuples(st.text(TEXTS, min_size=1, max_size=9), st.sampled_from(["ORG", "LOC", "PER", "n", "w"]))))
def test_mended_words_cover_the_same_text_without_gap_or_overlap(pieces):
    text, words = words_of(*(f"{word}/{tag}" for word, tag in pieces))
    mended = mend(text, words)
    assert "".join(text[word.start : word.end] for word in mended) == text
    assert all(word.start < word.end for word in mended)
