"""A page in the terminal: raw beside clean, everything explained, and nothing in a page can act on the terminal."""

import io
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from corpus import body, html
from corpus.build import build_corpus
from corpus.errors import JiaozhuError
from corpus.explained import LOOKS, find_page, load, one_line, pieces, rows, safe_json, segments, visible
from corpus.hidden_text import HIDDEN_TEXT
from corpus.rules import mojibake, pinyin, repeats, whitespace
from corpus.show import show
from corpus.spans import AlignedText, Proposal, Run
from tests.calling import call
from tests.corpus.paging import write_corpus

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "out"
    build_corpus([ROOT / "samples" / "pages"], folder)
    return folder


def printed(corpus, name, *, colours=None, width=120, source=False):
    out = io.StringIO()
    console = Console(file=out, color_system=colours, force_terminal=bool(colours), width=width, highlight=False)
    show(load(corpus, find_page(corpus, name)), console, source=source)
    return out.getvalue()


def jiaozhu(*arguments):
    return call(ROOT, "corpus", "show", *arguments)


def acts(text):
    """Characters a terminal may act on; newlines and spaces apart."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\n"}


TEXTS = st.text(alphabet=st.sampled_from("甲乙,<>&\n\t \x1b\u202e\u200b") | st.characters(codec="utf-8"), max_size=40)


@given(TEXTS, st.data())
def test_segments_and_rows_say_every_raw_and_every_clean_character_once_in_order(raw, data):
    places = st.integers(0, len(raw))
    spans = [sorted((data.draw(places), data.draw(places))) for _ in range(data.draw(st.integers(0, 4)))]
    made = [Proposal(*span, data.draw(st.sampled_from(["pinyin", "markup"])), data.draw(TEXTS)[:3]) for span in spans]
    text = AlignedText.of(raw).apply(made)
    found = list(segments(raw, text.text, text.runs, text.removed_spans()))
    assert "".join(raw[part.start : part.end] for part in found) == raw
    assert "unexplained" not in {part.rule for part in found}
    cut = list(rows(text.text, found))
    assert "".join(piece.text for row in cut for piece in pieces(raw, text.text, row)) == raw
    cleans = [row.clean for row in cut if row.clean]
    assert cleans == sorted(cleans)
    shown = {place for start, end in cleans for place in range(start, end)}
    assert {run.start + step for run in text.runs for step in range(run.length)} <= shown


def test_characters_that_nothing_explains_are_named_so():
    found = segments("甲乙丙", "乙", [Run(0, 1, 1)], [])
    assert [part.rule for part in found] == ["unexplained", None, "unexplained"]


def test_raw_and_clean_stand_side_by_side_with_the_rules_named_where_there_are_no_colours(samples):
    text = printed(samples, "pinyin.txt", width=160)
    line = next(line for line in text.splitlines() if "5月18日" in line)
    raw, clean = line.split("│")
    assert "5月18日,由⟦pinyin: (yóu)⟧" in raw
    assert "5月18日，由郑州市" in clean
    assert "\x1b" not in text


def test_the_header_says_what_the_corpus_knows(samples):
    text = printed(samples, "news-page.html")
    for said in ("远川智能拟创业板上市", "岭海财经网", "2024-09-11", "news-page.html", "quality", "cluster", "flags"):
        assert said in text.split("───")[0]


def test_in_colours_the_rules_have_their_tints_and_no_brackets(samples):
    text = printed(samples, "pinyin.txt", colours="truecolor")
    red, green, blue = (int(LOOKS["pinyin"].tint[i : i + 2], 16) for i in (1, 3, 5))
    assert f"48;2;{red};{green};{blue}m(yóu)" in text
    assert "⟦" not in text


def test_the_source_is_shown_only_where_it_is_asked_for(samples):
    assert "<meta" not in printed(samples, "news-page.html")
    assert "<meta" in printed(samples, "news-page.html", source=True)


def test_a_rejected_page_is_shown_with_its_reason(samples):
    text = printed(samples, "batch.jsonl#2")
    assert "no_article:" in text
    assert "招商加盟" in text


def test_a_page_that_could_not_be_read_still_has_its_reason(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "pages" / "good.txt").write_text("济南市工业和信息化局介绍，全市规上企业实现营业收入。" * 5, "utf-8")
    build_corpus([tmp_path / "pages"], tmp_path / "out")
    assert "rejected     binary" in printed(tmp_path / "out", "binary")


HOSTILE = "\x1b[31m红\x1b]0;标题\x07\x9b2J\u202e倒\u2066\r覆盖\x00\x7f\ufeff[bold]粗[/bold][link=http://x]\u2028"


def test_a_hostile_page_cannot_act_on_the_terminal(tmp_path):
    corpus = write_corpus(
        tmp_path,
        [
            {
                "parts": [(HOSTILE, "notice"), (f"正文{HOSTILE}\n", None)],
                "title": HOSTILE,
                "source": HOSTILE,
                "flags": [HOSTILE],
            }
        ],
    )
    text = printed(corpus, find_page(corpus, HOSTILE))
    assert acts(text) == set()
    assert "[bold]粗[/bold]" in text
    assert "␛[31m红" in text
    coloured = printed(corpus, find_page(corpus, HOSTILE), colours="truecolor")
    assert acts(coloured) == {"\x1b"}  # ours
    assert "\x1b[31m红" not in coloured
    assert "\x1b]" not in coloured
    assert acts(safe_json({"text": HOSTILE})) == set()
    assert json.loads(safe_json({"text": HOSTILE})) == {"text": HOSTILE}


@given(st.text())
def test_visible_text_never_acts_and_json_says_the_same(text):
    assert acts(visible(text)) == set()
    assert acts(one_line(text)) == set()
    assert "\n" not in one_line(text)
    escaped = safe_json([text])
    assert acts(escaped) == set()
    assert not set("<>&\n") & set(escaped)
    assert json.loads(escaped) == [text]


def test_the_id_its_beginning_the_source_and_its_beginning_all_name_a_page(samples):
    doc_id = find_page(samples, "pinyin.txt")
    assert find_page(samples, doc_id) == find_page(samples, doc_id[:10]) == find_page(samples, "pin") == doc_id


def test_a_source_that_begins_others_is_still_itself(tmp_path):
    parts = [("正文。\n", None)]
    corpus = write_corpus(tmp_path, [{"parts": parts, "source": "a.txt"}, {"parts": parts, "source": "a.txt.old"}])
    assert load(corpus, find_page(corpus, "a.txt")).source == "a.txt"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing-like-it", "no page whose id or source begins with 'nothing-like-it'"),
        ("", "no page whose id or source begins with ''"),
        ("batch", r"'batch' means 3 pages: .*batch\.jsonl#1.*; give more of the id"),
    ],
)
def test_a_name_that_means_no_page_or_several_is_said(samples, name, said):
    with pytest.raises(JiaozhuError, match=said):
        find_page(samples, name)


def test_the_command_ends_a_users_mistake_with_one_line_and_exit_code_2(samples, tmp_path):
    for arguments in (["zzz", "--corpus", str(samples)], ["x", "--corpus", str(tmp_path / "nowhere")]):
        done = jiaozhu(*arguments)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""


def test_json_gives_the_row_the_raw_page_and_the_removed_spans(samples):
    page = json.loads(jiaozhu("pinyin.txt", "--corpus", str(samples), "--json").stdout)
    assert page["document"]["title"].startswith("河南郑州")
    assert {span["rule"] for span in page["removed"]} >= {"pinyin", "title"}
    assert all(page["raw"][s["start"] : s["end"]].startswith("(") for s in page["removed"] if s["rule"] == "pinyin")


def test_a_very_long_line_is_shown_whole(tmp_path):
    corpus = write_corpus(tmp_path, [{"parts": [("甲" * 100_000, "notice"), ("乙" * 100_000 + "\n", None)]}])
    text = printed(corpus, "page")
    assert text.count("甲") == 100_000
    assert text.count("乙") == 200_000


def test_every_rule_of_the_cleaner_has_a_look_of_its_own():
    rules = {name for name, _, _ in body.LINE_RULES} | {body.OUTSIDE, HIDDEN_TEXT, repeats.BODY, repeats.LINE}
    rules |= {module.RULE for module in (pinyin, mojibake, whitespace, html)}
    assert rules <= LOOKS.keys()
    assert len({(look.tint, look.line) for look in LOOKS.values()}) == len(LOOKS)
