"""Lines whose words an earlier line has are named; sub-headings and short answers may come again."""

from corpus.lines import split_lines
from corpus.rules.repeats import BODY, LINE, TITLE, repeats
from corpus.spans import AlignedText

PARAGRAPH = "近日，项目在高新区开工建设，总投资60亿元，将引进上下游产业链优质企业，打造北方业务中心。"


def found(text):
    return [(line.plain, rule) for line, rule in repeats(split_lines(AlignedText.of(text), None))]


def test_a_body_printed_twice_is_named_the_second_time():
    assert found(f"{PARAGRAPH}\n别的\n{PARAGRAPH}") == [(PARAGRAPH.replace("，", ","), BODY)]


def test_white_space_and_punctuation_do_not_hide_a_repetition():
    assert [rule for _, rule in found(f"{PARAGRAPH}\n  {PARAGRAPH.replace('，', ',')} |")] == [BODY]


def test_a_title_said_again_is_a_repeated_line():
    assert found("济南召开产业发展大会\n别的\n济南召开产业发展大会") == [("济南召开产业发展大会", LINE)]


def test_short_answers_and_lines_that_introduce_a_list_may_come_again():
    assert found("是的。\n问题一\n是的。") == []
    assert found("申报条件包括下列各项：\n甲类\n申报条件包括下列各项：\n乙类") == []


def test_two_years_of_the_same_report_are_no_repetition():
    assert found(f"{PARAGRAPH}\n{PARAGRAPH.replace('60', '75')}") == []


def test_no_hostile_line_takes_time(busy_with):
    assert busy_with(lambda line: split_lines(AlignedText.of(f"{line}\n{line}"), None), repeats) == []


def test_the_pages_own_title_with_the_sites_name_is_a_repetition():
    assert found("三号码头开港_快讯_某某网\n首页\n三号码头开港") == [("三号码头开港_快讯_某某网", TITLE)]
    assert found("三号码头开港_快讯_某某网\n首页\n二号码头开港") == []
