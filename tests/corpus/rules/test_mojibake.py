"""Layered mojibake goes, one round of it is put right where that is certain; rare characters that are right stay."""

import pytest

from corpus.rules.mojibake import mojibake, utf8_share
from corpus.spans import AlignedText, unexplained

SENTENCE = "项目总投资六十亿元，带动就业三千余人"


def cleaned(text: str) -> str:
    page = AlignedText.of(text)
    page = page.apply(mojibake(page))
    assert unexplained(page.runs, page.removed_spans(), len(text)) == []
    return page.text


def misread(text: str, encoding: str, rounds: int = 1) -> str:
    for _ in range(rounds):
        text = text.encode("utf-8").decode(encoding, "replace")
    return text


def test_one_round_of_gbk_that_reads_back_whole_is_repaired():
    assert cleaned(f"好\n{misread(SENTENCE, 'gb18030')}\n好") == f"好\n{SENTENCE}\n好"


def test_one_round_of_latin_1_is_repaired():
    assert cleaned(f"前文{misread(SENTENCE, 'latin-1')}后文") == f"前文{SENTENCE}后文"


@pytest.mark.parametrize("rounds", [2, 3])
def test_several_rounds_are_removed_never_guessed_at(rounds):
    assert cleaned(f"好。\n{misread(SENTENCE * 2, 'gb18030', rounds)}\n好。") == "好。\n\n好。"


def test_a_round_with_lost_bytes_is_removed():
    damaged = misread(SENTENCE, "gbk")[:-3] + "\ufffd"
    assert "\ufffd" not in cleaned(f"好。\n{damaged}\n好。")
    assert cleaned(f"好。\n{damaged}\n好。").strip("\n").endswith("好。")


def test_healthy_text_around_a_stretch_stays():
    healthy = "这是一段没有问题的文字，占了这一行的绝大部分，所以不能因为后面的几个坏字就把整行都删掉，那样就太可惜了。"
    assert cleaned(healthy * 3 + misread("产业集群", "gbk") + healthy).count("没有问题") == 4


@pytest.mark.parametrize(
    "text",
    [
        "苯并噻唑啉酮、噁唑烷、嘧啶、嘌呤、吡咯、哌嗪、咪唑、喹啉、吲哚、噻吩、呋喃、吖啶、卟啉、羟基、羧酸、酰胺",
        "氕氘氚氦锂铍硼氖钠镁铝硅氩钾钙钪钛钒铬锰钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙",
        "蒺藜、薏苡、茯苓、芍药、菟丝子、骐骥、蟋蟀、蚯蚓、鳜鱼、鲅鱼、鲳鱼、鳕鱼",
        "魑魅魍魉、饕餮、梼杌、貔貅、麒麟、獬豸、狻猊、睚眦、嘲风、蒲牢、赑屃、狴犴、负屃、螭吻",
        "关关雎鸠，在河之洲。窈窕淑女，君子好逑。参差荇菜，左右流之。",
        "機器人產業關係製造業的轉型與升級，濟南、淄博、聊城、濱州、東營",
        "東京都渋谷区で開催された発表会には多くの観客が詰めかけた。",
        "Les élèves français étaient déjà à l’école où ils étudiaient.",
        "Größe, Fußgänger, Übermut, Äpfel und Öl",
        "𠮷野家、喆、垚、犇、淼、焱、磊、鑫、森、晶",
    ],
)
def test_rare_characters_that_are_right_stay(text):
    assert cleaned(text) == text
    assert utf8_share(text) < 0.6


def test_no_hostile_line_takes_time(text, busy_with):
    list(mojibake(text.of("warm")))
    assert busy_with(text.of, mojibake) == []
