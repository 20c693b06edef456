"""Annotations outlive the cleaner: what is carried holds the same words, and what cannot be carried is said."""

import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

import corpus.clean
from annotation.carry import carry, fold
from annotation.log import Record, Span, Suggestion, by_precedence, from_line, latest, read_log, to_line
from corpus.clean import clean_page
from corpus.reading import read_pages
from corpus.records import Document, Page, doc_id_of, text_sha256
from corpus.spans import AlignedText, Proposal, Run, seen_ranges, to_raw
from corpus.workspace import load_workspace

ROOT = Path(__file__).parents[2]


def cleaned(raw, removed=(), exchanged=None):
    """A text and its runs: the raw page without these words, with these characters exchanged."""
    aligned = AlignedText.of(raw)
    for words in removed:
        places = [match.span() for match in re.finditer(re.escape(words), aligned.text)]
        aligned = aligned.apply(Proposal(start, end, "rule") for start, end in places)
    if exchanged:
        aligned = aligned.substitute(aligned.text.translate(str.maketrans(exchanged)))
    return aligned.text, aligned.runs


def annotate(cleaned_text, *marks, raw_length=10**6, blind_to_seen=False):
    """What a person decided on that text: these words, each where it first stands."""
    text, runs = cleaned_text
    spans = []
    for words, label in marks:
        start = text.index(words)
        end = start + len(words)
        suggestion = Suggestion(start, end, label, words, 0.5, "m@1")
        spans.append(Span(start, end, label, words, *to_raw(runs, start, end, raw_length), "kept", suggestion))
    time = "2026-11-01T08:00:00Z"
    seen = None if blind_to_seen else seen_ranges(runs)
    return Record(
        "d", text_sha256(text), "a", "p", "submitted", time, time, None, "m@1", "1", tuple(spans), (), seen=seen
    )


def says(carried, text):
    assert all(text[span.start : span.end] == span.text for span in carried.record.spans)
    return [(span.text, span.label) for span in carried.record.spans]


def reasons(carried):
    return [(item.reason, item.text or item.now) for item in carried.lost]


RAW = "首页 > 新闻\n記者從濟南(jǐnán)市科技局獲悉,海川銀行(香港)投資3,000億元!\n分享到微信\n"


def test_a_span_is_carried_over_another_script_other_marks_and_a_line_that_is_gone():
    simplified = dict(zip("記從濟獲銀資億", "记从济获银资亿", strict=True))
    old = cleaned(RAW, ["首页 > 新闻\n"])
    marks = [("濟南(jǐnán)市科技局", "ORG"), ("海川銀行(香港)", "ORG"), ("3,000億元", "MONEY")]
    new = cleaned(RAW, ["首页 > 新闻\n", "(jǐnán)", "分享到微信\n"], simplified | {",": "，", "(": "（", ")": "）"})
    carried = carry(annotate(old, *marks), *new)
    assert says(carried, new[0]) == [("济南市科技局", "ORG"), ("海川银行（香港）", "ORG"), ("3，000亿元", "MONEY")]
    assert carried.lost == ()
    assert carried.record.text_sha256 == text_sha256(new[0])
    assert carried.record.seen == seen_ranges(new[1])
    back = carry(annotate(new, ("济南市科技局", "ORG"), ("海川银行（香港）", "ORG")), old[0], old[1])
    assert says(back, old[0]) == [("濟南(jǐnán)市科技局", "ORG"), ("海川銀行(香港)", "ORG")]


def test_words_that_are_removed_now_need_nobody():
    old, new = cleaned("甲公司成立。分享到乙公司。"), cleaned("甲公司成立。分享到乙公司。", ["分享到乙公司。"])
    carried = carry(annotate(old, ("甲公司", "ORG"), ("乙公司", "ORG")), *new)
    assert says(carried, new[0]) == [("甲公司", "ORG")]
    assert reasons(carried) == [("removed", "乙公司")]
    assert carried.complete


def test_words_that_are_others_now_go_back_to_a_person():
    raw = "山东省科技厅发布。"
    carried = carry(annotate(cleaned(raw), ("山东省科技厅", "ORG")), *cleaned(raw, ["科技"]))
    assert reasons(carried) == [("changed", "山东省科技厅")]
    assert carried.lost[0].now == "山东省厅"
    assert not carried.complete
    assert "reads '山东省厅' now" in str(carried.lost[0])


def test_a_border_that_was_cut_into_goes_back_to_a_person():
    raw = "山东省科技厅发布。"
    carried = carry(annotate(cleaned(raw), ("山东省科技厅", "ORG")), *cleaned(raw, ["技厅发布"]))
    assert reasons(carried) == [("changed", "山东省科技厅")]


def test_text_that_nobody_has_read_goes_back_to_a_person_with_what_was_carried():
    raw = "甲公司成立。乙公司破产。"
    carried = carry(annotate(cleaned(raw, ["乙公司破产。"]), ("甲公司", "ORG")), *cleaned(raw))
    assert says(carried, raw) == [("甲公司", "ORG")]
    assert reasons(carried) == [("unread", "乙公司破产。")]
    assert not carried.complete


def test_marks_and_spaces_that_nobody_has_read_need_nobody():
    raw = "甲公司成立。 ——\n乙公司破产。"
    assert carry(annotate(cleaned(raw, [" ——"]), ("甲公司", "ORG")), *cleaned(raw)).complete


def test_another_copy_of_the_text_is_not_taken_for_one_without_entities():
    raw = "甲公司成立。|甲公司成立。"
    first, second = cleaned(raw, ["|"]), cleaned(raw, ["|"])
    first = (first[0][:6], (Run(0, 0, 6),))
    second = (second[0][:6], (Run(0, 7, 6),))
    known = carry(annotate(first, ("甲公司", "ORG")), *second)
    assert [reason for reason, _ in reasons(known)] == ["removed", "unread"]
    unknown = carry(annotate(first, ("甲公司", "ORG"), blind_to_seen=True), *second)
    assert reasons(unknown) == [("elsewhere", "甲公司")]
    assert not known.complete
    assert not unknown.complete


def test_a_word_that_also_stands_in_a_carried_span_is_no_other_place():
    raw = "甲公司成立。分享甲公司。"
    carried = carry(annotate(cleaned(raw), ("甲公司", "ORG"), blind_to_seen=True), *cleaned(raw, ["分享甲公司。"]))
    assert carried.complete


def test_an_inserted_character_at_a_border_stays_in_its_span():
    raw = "出资*万元,完成"
    old = AlignedText.of(raw).apply([Proposal(2, 3, "rule", "约1")])
    new = old.substitute(old.text.replace(",", "，"))
    record = annotate((old.text, old.runs), ("1万元", "MONEY"))
    assert says(carry(record, new.text, new.runs), new.text) == [("1万元", "MONEY")]


@pytest.mark.parametrize(
    ("suggested", "now"),
    [("山东省科技厅", "山东省科技厅"), ("科技厅昨日", "科技厅昨日"), ("东省科", "东省科"), ("通知山东省", "山东省")],
)
def test_a_suggestion_goes_with_its_span_or_keeps_what_it_shares_with_it(suggested, now):
    raw = "旧闻。通知山东省科技厅昨日发布。"
    old, new = cleaned(raw), cleaned(raw, ["旧闻。通知"])
    record = annotate(old, ("山东省科技厅", "ORG"))
    start = raw.index(suggested)
    suggestion = Suggestion(start, start + len(suggested), "LOC", suggested, 0.5, "m@1")
    record = replace(record, spans=(replace(record.spans[0], suggestion=suggestion, verdict="retyped"),))
    [span] = carry(record, *new).record.spans
    assert (span.suggestion.text, span.text) == (now, "山东省科技厅")
    assert new[0][span.suggestion.start : span.suggestion.end] == now


def test_what_was_shown_stands_in_the_log_and_an_older_line_without_it_is_read():
    record = annotate(cleaned(RAW, ["首页 > 新闻\n"]), ("海川銀行", "ORG"))
    assert from_line(to_line(record)) == record
    older = replace(record, seen=None)
    assert "seen" not in to_line(older)
    assert from_line(to_line(older)) == older
    with pytest.raises(TypeError, match="seen"):
        from_line(to_line(replace(record, seen=((5, 2),))))


def test_a_decision_on_an_older_text_stands_until_something_is_made_on_the_text_of_today():
    old = annotate(cleaned(RAW))
    decision = replace(old, annotation="d", annotator="adjudication:c@example.org")
    later = replace(old, annotation="l", updated_at="2026-11-09T00:00:00Z")
    today = replace(later, annotation="t", text_sha256="t" * 64, updated_at="2026-11-05T00:00:00Z")
    assert [item.annotation for item in by_precedence([later, decision], "t" * 64)] == ["d", "l"]
    assert [item.annotation for item in by_precedence([later, decision, today], "t" * 64)] == ["l", "t", "d"]


# The real cleaner under other rules ---------------------------------------------------------------------------------

S2T = OpenCC("s2t")


def keep_marks(page):
    return page


def keep_script(page):
    return page, "hant"


def own_map(page):
    """Another map of scripts: a few characters more than Simplified has, and the particle left alone."""
    text, script = corpus_simplify(page)
    return text.substitute(text.text.translate(str.maketrans("台里后着", "臺裡後著"))), script


def no_bylines(text, lines, body, title):
    """The boilerplate rule takes lines of one more kind."""
    yield from corpus_line_proposals(text, lines, body, title)
    for line in lines:
        if line.rule is None and "记者" in text[line.start : line.end] and "日讯" in text[line.start : line.end]:
            yield Proposal(line.start, line.end, "byline")


corpus_simplify, corpus_line_proposals = corpus.clean.simplify, corpus.clean._line_proposals


@contextmanager
def rules(**changed):
    """The cleaner with these functions in place of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, function in changed.items():
            patch.setattr(corpus.clean, name, function)
        yield


OTHERS = [
    {"full_width": keep_marks, "simplify": keep_script, "_line_proposals": no_bylines},
    {"full_width": keep_marks, "simplify": own_map, "_line_proposals": no_bylines},
]

HEADS = st.sampled_from(["海川", "里下河", "后湾", "台山", "云舟", "干将路", "显著", "发展"])
TAILS = st.sampled_from(["银行", "公司（香港）", "大学", "区税务局", "研究院“星”实验室"])
NUMERALS = "一二三四五六七八九"


@st.composite
def pages(draw):
    """The raw source of a page whose every entity has a number of its own, and its entities."""
    entities = []
    paragraphs = []
    for number in range(draw(st.integers(2, 6))):
        sentences = []
        for place in range(draw(st.integers(1, 3))):
            name = f"{draw(HEADS)}第{NUMERALS[number]}{NUMERALS[place]}{draw(TAILS)}"
            entities.append(name)
            reading = draw(st.sampled_from(["", "(dì)", "\u200b", " "]))
            shown = name.replace("第", "第" + reading)
            sentences.append(
                draw(st.sampled_from(["昨日{}宣布,将投资新的项目;", "据了解,{}:双方签约", "{}成立."])).format(shown)
            )
        paragraphs.append("".join(sentences) + "这是当地今年以来公布的又一项重要进展,各方对此表示欢迎。")
    byline = draw(st.sampled_from(["", "11月3日讯(记者王芳)今天上午举行了发布会,现场来了许多市民和企业代表。"]))
    raw = "\n".join(
        ["首页 > 新闻 > 正文", "重要项目进展顺利", byline, *paragraphs, "分享到微信", "上一篇:别的新闻", ""]
    )
    for mark, plain in draw(st.sampled_from([(), (("，", ","), ("（", "("), ("）", ")")), (("“", '"'), ("”", '"'))])):
        raw = raw.replace(mark, plain)
    return (S2T.convert(raw) if draw(st.booleans()) else raw), entities


def places(text, name):
    """Where a name stands in a text, in either script, with or without its reading, whatever its marks."""
    marks = {"（": "[（(]", "）": "[）)]", "“": '[“"]', "”": '[”"]'}
    either = {c: {c, S2T.convert(c)} | set(ALSO.get(c, "")) for c in name if c not in marks}
    pattern = "".join(marks.get(c) or "[" + "".join(sorted(either[c])) + "]" for c in name)
    pattern = pattern.replace("[第]", "[第](?:[(（]dì[)）]|\u200b| )?")
    return [match.span() for match in re.finditer(pattern, text)]


ALSO = {"里": "裡裏", "后": "後", "台": "臺", "干": "幹乾", "着": "著", "发": "發", "云": "雲", "系": "係繫"}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(page=pages(), other=st.sampled_from(OTHERS), forward=st.booleans())
def test_generated_pages_keep_their_annotations_when_marks_script_and_boilerplate_are_cleaned_otherwise(
    page, other, forward
):
    raw, names = page
    made = Page(doc_id_of(raw.encode()), "page.txt", "utf-8", raw)
    today = clean_page(made)
    with rules(**other):
        changed = clean_page(made)
    old, new = (today, changed) if forward else (changed, today)
    assert isinstance(old, Document)
    assert isinstance(new, Document)
    marks = []
    for name in names:
        for start, end in places(old.text, name):
            words = old.text[start:end]
            marks.append(Span(start, end, "ORG", words, *to_raw(old.alignment, start, end, len(raw)), "added", None))
    record = replace(annotate((old.text, old.alignment)), spans=tuple(marks))
    carried = carry(record, new.text, new.alignment)
    expected = sorted(place for name in names for place in places(new.text, name) if places(old.text, name))
    assert [(span.start, span.end) for span in carried.record.spans] == expected
    assert all(item.reason in ("removed", "unread") for item in carried.lost)


@given(st.text(alphabet='山东省(（)）,，“"里裡著 \u200b…㎡①shāndōng1', max_size=30))
def test_folded_words_know_their_places(text):
    words, where = fold(text)
    assert len(words) == len(where)
    assert where == sorted(where)
    assert all(0 <= place < len(text) for place in where)
    assert fold(words)[0] == words


@pytest.mark.parametrize("other", OTHERS)
def test_every_span_of_the_sample_log_that_still_stands_is_carried_to_its_own_characters(other):
    workspace = load_workspace(ROOT / "jiaozhu.toml")
    pages = {page.doc_id: page for page in read_pages(workspace.pages) if isinstance(page, Page)}
    spans = carried_spans = changed = 0
    for record in latest(read_log(workspace.log)):
        page = pages[record.doc_id]
        with rules(**other):
            document = clean_page(page)
        carried = carry(record, document.text, document.alignment)
        changed += text_sha256(document.text) != record.text_sha256
        spans += len(record.spans) - sum(item.reason == "removed" for item in carried.lost)
        carried_spans += len(carried.record.spans)
        for span in carried.record.spans:  # the truth is in the raw page: the same first and last character
            raw = to_raw(document.alignment, span.start, span.end, len(page.raw))
            assert raw == (span.raw_start, span.raw_end), (record.doc_id, span)
    assert changed > 5
    assert spans > 500
    assert carried_spans >= 0.99 * spans
