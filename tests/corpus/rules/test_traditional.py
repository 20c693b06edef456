"""Traditional becomes Simplified one for one; the words decide on 著, 瞭 and 藉, and a machine's hand is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.rules.traditional import simplify, to_simplified
from corpus.spans import AlignedText

GENUINE = "機器人產業關係到製造業的轉型與升級，於是業者紛紛投入研發，並且建立後續的合作關係。"
BY_MACHINE = "機器人產業關系到制造業的轉型與升級,于是業者紛紛投入研發,并且建立后續的合作關系。"

WRITTEN = (
    "著名 著作 顯著 卓著 土著 編著 原著 專著 名著 論著 譯著 巨著 "
    "昭著 著稱 著述 著書立說 著有《紅樓夢》 曹雪芹著《紅樓夢》 見微知著 合著"
)


def cleaned(text: str) -> str:
    return simplify(AlignedText.of(text))[0].text


@pytest.mark.parametrize(("text", "script"), [(GENUINE, "hant"), (BY_MACHINE, "hant-converted")])
def test_traditional_is_simplified_and_its_maker_named(text, script):
    page, found = simplify(AlignedText.of(text))
    assert found == script
    assert page.text.startswith("机器人产业关系到制造业的转型与升级")


@pytest.mark.parametrize(
    "text",
    [
        "机器人产业关系到制造业的转型，于是业者纷纷投入研发。",
        "他的笔名“魯迅”二字用的是繁体，全文其余都是简体字，这样的文章不应当被看作繁体。",
        "瞭望塔上的哨兵",
        "以资慰藉，一片狼藉",
        "这座园林始建于乾隆年间，历时二十三年方才完工。",
    ],
)
def test_simplified_text_is_left_as_it_is(text):
    page, script = simplify(AlignedText.of(text))
    assert (page.text, script) == (text, "hans")


@pytest.mark.parametrize(
    "word", ["有著", "隨著", "肩負著", "圍繞著", "看著", "沿著", "著力", "著手", "著眼", "沉著", "執著", "附著", "著火"]
)
def test_the_particle_becomes_simplified(word):
    assert "着" in cleaned(GENUINE + word + "，")
    assert "著" not in cleaned(GENUINE + word + "，")


@pytest.mark.parametrize("word", WRITTEN.split())
def test_to_write_and_notable_stay(word):
    assert "著" in cleaned(GENUINE + word + "，")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("瞭解", "了解"),
        ("明瞭", "明了"),
        ("一目瞭然", "一目了然"),
        ("瞭望", "瞭望"),
        ("藉由", "借由"),
        ("藉口", "借口"),
        ("憑藉", "凭借"),
        ("慰藉", "慰藉"),
        ("狼藉", "狼藉"),
        ("蘊藉", "蕴藉"),
        ("答覆", "答复"),
        ("乾隆", "乾隆"),
        ("乾燥", "干燥"),
        ("頭髮", "头发"),
        ("皇后", "皇后"),
        ("佔領", "占领"),
        ("裏面", "里面"),
    ],
)
def test_the_word_decides(traditional, simplified):
    assert cleaned(f"{GENUINE}{traditional}，").endswith(f"{simplified}，")


@given(st.text(max_size=60))
def test_the_length_never_changes(text):
    assert len(to_simplified(text)) == len(text)
    assert len(simplify(AlignedText.of(text))[0].text) == len(text)


def test_no_hostile_line_takes_time(text, busy_with):
    simplify(text.of(GENUINE))
    assert busy_with(text.of, simplify) == []
