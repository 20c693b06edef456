"""Numbers of Chinese texts have the value a reader gives them."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.numerals import read_number, read_year


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("504.8亿", "50480000000"),
        ("1,200万", "12000000"),
        ("１，２００．５万", "12005000"),
        ("1.39万亿", "1390000000000"),
        ("1亿2000万", "120000000"),
        ("1万2千亿", "1200000000000"),
        ("3万5千", "35000"),
        ("3万5", "35000"),
        ("2万零500", "20500"),
        ("3个亿", "300000000"),
        ("百万", "1000000"),
        ("万亿", "1000000000000"),
        ("一百二", "120"),
        ("一百零二", "102"),
        ("一万零五百", "10500"),
        ("两千零五十", "2050"),
        ("六十三万四千二百", "634200"),
        ("壹拾贰万叁仟肆佰伍拾陆", "123456"),
        ("四十九兆九千五百九十二億", "49959200000000"),
        ("一点五亿", "150000000"),
        ("一百二十点五", "120.5"),
        ("零点二", "0.2"),
        ("二〇二四", "2024"),
        ("廿三", "23"),
        ("卅", "30"),
        ("十", "10"),
        ("负13.5", "-13.5"),
        ("－5.2亿", "-520000000"),
        ("+3.5", "3.5"),
        ("12k", "12000"),
    ],
)
def test_a_number_has_its_value(text, value):
    number = read_number(text)
    assert number.low == number.high == Decimal(value)
    assert number.approx == "none"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5至7亿", 5 * 10**8, 7 * 10**8),
        ("20到30万", 200_000, 300_000),
        ("五到十万", 50_000, 100_000),
        ("三到五百", 300, 500),
        ("1.5亿—2亿", 150_000_000, 200_000_000),
        ("5000万-1亿", 50_000_000, 100_000_000),
        ("6000～8000", 6000, 8000),
        ("5、6亿", 5 * 10**8, 6 * 10**8),
        ("两三百", 200, 300),
        ("七八", 7, 8),
        ("三五百", 300, 500),
        ("三四十", 30, 40),
        ("十七八万", 170_000, 180_000),
        ("-3至5", -5, -3),
    ],
)
def test_a_range_has_both_bounds_with_the_power_of_the_last(text, low, high):
    assert read_number(text)[:2] == (low, high)


@pytest.mark.parametrize(
    ("text", "value", "approx"),
    [
        ("五百多万", 5_000_000, "more"),
        ("880余", 880, "more"),
        ("5亿多", 500_000_000, "more"),
        ("上千万", 10_000_000, "more"),
        ("十几亿", 1_000_000_000, "more"),
        ("10几亿", 1_000_000_000, "more"),
        ("十来亿", 1_000_000_000, "about"),
        ("数十亿", None, "about"),
        ("几十万", None, "about"),
        ("好几万", None, "about"),
    ],
)
def test_a_vague_number_says_how_it_is_vague(text, value, approx):
    assert read_number(text) == (value, value, approx)


@pytest.mark.parametrize(
    ("text", "year"), [("二〇二四", 2024), ("一九九八", 1998), ("二OO八", 2008), ("２０２４", 2024)]
)
def test_a_year_is_read_figure_by_figure(text, year):
    assert read_year(text) == year


def test_a_year_in_words_is_a_number():
    assert read_year("两千零四") == 2004


@pytest.mark.parametrize("text", ["", "点", "元", "五点", "--"])
def test_what_is_no_number_has_no_value(text):
    assert read_number(text) is None


def test_the_precision_of_the_caller_changes_no_value():
    with localcontext(prec=3):
        assert read_number("-123456.789万").low == Decimal("-1234567890")


def words(value):
    """The number in Chinese words, as a cheque has it."""
    if value == 0:
        return "零"
    groups, text, gap = [], "", False
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    for power, group in reversed(list(enumerate(groups))):
        if not group:
            gap = bool(text)
            continue
        for place in (3, 2, 1, 0):
            figure = group // 10**place % 10
            if figure:
                text += "零" * gap + "零一二三四五六七八九"[figure] + ["", "十", "百", "千"][place]
                gap = False
            else:
                gap = bool(text)
        text += ["", "万", "亿"][power]
        gap = gap and group % 10 == 0 and power > 0
    return text


@given(st.integers(0, 10**12 - 1))
def test_every_number_below_a_trillion_is_read_back_from_its_words(value):
    assert read_number(words(value)).low == value


@given(st.integers(0, 10**15), st.integers(0, 6))
def test_separators_and_width_change_no_value(value, places):
    text = f"{value:,}.{'5' * places}".rstrip(".")
    wide = text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    assert read_number(text) == read_number(wide) == read_number(text.replace(",", ""))


@given(st.text(alphabet="0123456789.,零一二两三十百千万亿兆点多余几数上来个廿卅-至、k", max_size=40))
def test_no_characters_of_a_number_raise(text):
    number = read_number(text)
    if number and number.low is not None:
        assert number.low <= number.high
