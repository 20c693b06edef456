"""One HTML file shows the state of the work, the same for the same log, and lets no text of a page act in it."""

from dataclasses import replace

import pytest

from annotation.agreement import opinions_by_document
from annotation.log import AGREEMENT, Suggestion, append
from annotation.report import Hard, hardest, per_day
from tests.annotation.opinions import decided, opinion


def named(record, **texts):
    """The record, with the words at these offsets: `at3="济南"`."""
    words = {int(name[2:]): text for name, text in texts.items()}
    return replace(record, spans=tuple(replace(span, text=words.get(span.start, span.text)) for span in record.spans))


def strings(*records):
    return hardest(opinions_by_document(records).values())


def test_a_string_that_only_some_have_is_disputed_and_one_that_all_have_is_not():
    one = named(opinion("a", "AA.BB"), at0="济南", at3="云舟")
    other = named(opinion("b", "AA.AA"), at0="济南", at3="云舟")
    assert strings(one, other) == (Hard("云舟", ("A", "B"), marked=2, disputed=2, corrected=0, missed=0),)


def test_what_people_had_to_correct_or_to_add_is_hard_for_the_model():
    deleted = Suggestion(9, 11, "A", "全市", 0.5, "m@1")
    made = replace(decided(named(opinion("a", "AABBA"), at0="济南", at2="云舟", at4="鲁"), 1, 1), deleted=(deleted,))
    assert strings(made) == (
        Hard("云舟", ("B",), marked=1, disputed=0, corrected=1, missed=0),
        Hard("全市", (), marked=0, disputed=0, corrected=1, missed=0),
        Hard("鲁", ("A",), marked=1, disputed=0, corrected=0, missed=1),
    )


def test_where_no_suggestions_were_shown_none_was_missed():
    assert strings(named(opinion("a", "AA"), at0="济南")) == ()


def test_a_day_counts_what_people_submitted_on_it():
    records = [
        opinion("a", "A", "d1", created_at="2026-11-02T23:59:59Z"),
        opinion("a", "A", "d2", created_at="2026-11-01T00:00:00Z"),
        opinion("b", "A", "d2", created_at="2026-11-01T09:00:00Z"),
        opinion("b", "A", "d1", created_at="2026-11-01T09:00:00Z", status="skipped"),
        opinion(AGREEMENT, "A", "d1", created_at="2026-11-01T09:00:00Z"),
    ]
    assert per_day(records) == {"2026-11-01": 2, "2026-11-02": 1}


@pytest.fixture
def written(desk, document):
    """The report on two annotators who differ, one of whom has a hostile name for a hostile text."""
    sent = document("<script>甲</script>")
    desk.write(sent)
    same = {"doc_id": sent.doc_id, "text_sha256": sent.row["text_sha256"]}
    bad = "<script>alert(1)</script>"
    append(
        desk.workspace.log,
        [
            named(opinion("a@example.org", "AA.", **same), at0=bad),
            named(opinion('b"><img src=x>', ".AA", **same), at1=bad),
        ],
    )
    file = desk.workspace.root / "out" / "report.html"
    assert desk.run("status", "--offline", "--html", str(file)).returncode == 0
    return desk, file


def test_nothing_in_the_page_is_more_than_text(written):
    page = written[1].read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_same_log_gives_the_same_bytes_and_nothing_else_beside_them(written):
    desk, file = written
    before = file.read_bytes()
    desk.run("status", "--offline", "--html", str(file))
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_the_page_shows_the_agreement_of_the_pair_the_days_and_the_strings(written):
    page = written[1].read_text("utf-8")
    assert 'class="n h0">0.00<small>' in page
    assert "2026-11-01" in page
    assert "2 (2 so far)" in page
    assert "<td>A</td>" in page


def test_before_anybody_has_worked_there_is_a_report_that_says_so(desk, document):
    desk.write(document("甲"))
    file = desk.workspace.root / "report.html"
    assert desk.run("status", "--offline", "--html", str(file)).returncode == 0
    page = file.read_text("utf-8")
    assert "Nothing was submitted yet." in page
    assert "Agreement needs two annotators." in page
