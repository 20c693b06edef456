"""Readings in parentheses go; abbreviations, brands, foreign words and real asides stay."""

import pytest

from corpus.rules.pinyin import pinyin
from corpus.spans import AlignedText


def cleaned(text: str) -> str:
    page = AlignedText.of(text)
    return page.apply(pinyin(page)).text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("创新(chuàngxīn)成果", "创新成果"),
        ("创新（chuàngxīn）成果", "创新成果"),
        ("创(chuàng)新(xīn)成果", "创新成果"),
        ("合(hé)作(hézuò)意向", "合作意向"),
        ("医疗卫生(yīliáo wèishēng)事业", "医疗卫生事业"),
        ("西安(xī’ān)", "西安"),
        ("花儿(huār)", "花儿"),
        ("绿(lǜ)色、女(nǚ)性", "绿色、女性"),
        ("他(tā)打(dǎ)好(hǎo)了(le)(le)基础", "他打好了基础"),
        ("语言(yŭyán)", "语言"),
        ("感(ɡǎn)谢", "感谢"),
    ],
)
def test_readings_are_removed(raw, clean):
    assert cleaned(raw) == clean


READINGS = "他(tā)打(dǎ)好(hǎo)了(le)基础，"


@pytest.mark.parametrize(
    "text",
    [
        "云州医学院第二附属医院(云州市中心医院)",
        "国内生产总值(GDP)增长5%",
        "首席执行官(CEO)",
        "苹果公司(Apple)与华为(Huawei)",
        "阿里巴巴(Alibaba)",
        "咖啡馆(café)",
        "简历(résumé)",
        "人工智能(AI)",
        "世卫组织(WHO)",
        "第(一)款、第(a)项",
        "the verb (shi) in Latin text",
        "他(tom)说",
        "中国(China)",
        "温度(°C)",
    ],
)
def test_abbreviations_and_foreign_words_stay_also_on_a_page_with_readings(text):
    assert cleaned(text) == text
    assert cleaned(READINGS + text) == "他打好了基础，" + text


def test_a_syllable_without_tone_stays_where_the_page_has_no_readings():
    assert cleaned("打好了(le)基础") == "打好了(le)基础"


def test_no_hostile_line_takes_time(text, busy_with):
    assert busy_with(text.of, pinyin) == []


def test_letters_that_nearly_fall_into_syllables_take_no_time(text, is_quick):
    page = text.of(f"汉({'an' * 39}k)" * 2_000)
    assert is_quick(lambda: list(pinyin(page)))
