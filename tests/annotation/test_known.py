"""The user's list of names: checked line by line, found in linear time, the longest at each place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.known import REMEDY, read_names
from annotation.parts import FilePart
from corpus.errors import JiaozhuError

LABELS = ("ORG", "LOC", "PERSON")


def names(*lines):
    return read_names("\n".join(lines).encode(), "list.tsv", LABELS)


def found(text, *lines):
    return [(text[hit.start : hit.end], hit.known.label, hit.known.id) for hit in names(*lines).find(text)]


def test_a_line_is_a_name_with_a_label_and_an_id_where_it_has_them():
    lines = ("# ours", "青禾农业", "", "云岭谷\tLOC", "张明远\tPERSON\tP-7", "\ufeff# not the first line"[1:])
    assert found("张明远在云岭谷见青禾农业", *lines) == [
        ("张明远", "PERSON", "P-7"),
        ("云岭谷", "LOC", None),
        ("青禾农业", "ORG", None),
    ]


def test_the_longest_name_counts_and_names_lie_apart():
    assert [
        text for text, *_ in found("青禾农业科技集团与青禾农", "青禾", "青禾农业", "农业科技集团", "青禾农业科技")
    ] == [
        "青禾农业科技",
        "青禾",
    ]


def test_width_does_not_matter_and_the_text_stays_as_it_is():
    assert found("英特尔(中国)和英特尔（中国）", "英特尔（中国）") == [
        ("英特尔(中国)", "ORG", None),
        ("英特尔（中国）", "ORG", None),
    ]


def test_a_latin_name_is_a_whole_word():
    assert [text for text, *_ in found("ABB与ABBA, XABB, 5ABB, ABB公司", "ABB")] == ["ABB", "ABB"]


@given(st.text("青禾农业aA1（( ", max_size=40))
def test_what_is_found_is_what_the_list_says_wherever_it_stands(text):
    cursor = 0
    for hit in names("青禾", "农业", "禾农业a", "aA").find(text):
        assert cursor <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.known.name
        cursor = hit.end


def test_a_long_list_with_one_beginning_finds_what_a_short_one_does():
    many = [f"中国{chr(0x4E00 + i // 90)}{chr(0x5E00 + i % 90)}公司" for i in range(20_000)]
    assert found("中国青禾农业在中国。" * 3, *many, "中国青禾农业") == [("中国青禾农业", "ORG", None)] * 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("青禾\tCOMPANY", r"list\.tsv:2: no label 'COMPANY'; the scheme has LOC, ORG, PERSON"),
        ("青", r"list\.tsv:2: '青' has 1 characters"),
        ("青" * 65, "has 65 characters"),
        ("\tORG", "has 0 characters"),
        ("青禾\tORG\t1\tmore", "4 columns"),
        ("青\u200b禾", "cannot be seen"),
        ("云岭谷\tORG", r"list\.tsv:2: 云岭谷 stands above with another label or id"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(line, reason):
    with pytest.raises(JiaozhuError, match=reason):
        names("云岭谷\tLOC", line)


def test_a_name_twice_is_once():
    assert found("云岭谷", "云岭谷\tLOC", "云岭谷\tLOC") == [("云岭谷", "LOC", None)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(None, "cannot be read"), (b"\xff\xfe", "not UTF-8"), (b"# nothing\n", "holds no name")],
)
def test_a_list_that_cannot_be_used_is_one_clear_line(tmp_path, data, reason):
    path = tmp_path / "names.tsv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(JiaozhuError, match=reason) as raised:
        read_names(FilePart(str(path), REMEDY).data, str(path), LABELS)
    assert str(raised.value).startswith(f"{path}: ")
