"""A corpus whose tables a test fills by hand: any text, hostile ones too, cut into kept and removed parts."""

from pathlib import Path

from corpus.records import SCHEMAS, doc_id_of, text_sha256
from corpus.spans import AlignedText, Proposal
from corpus.store import TableWriter

FILE = "train-00000-of-00001.parquet"


def write_corpus(folder: Path, pages: list[dict]) -> Path:
    """Each page is a dict: `parts`, pairs of text and rule (None where it is kept), and any columns of its document.

    With `reason` the page is rejected, and nothing of it is kept.
    """
    writers = {name: TableWriter(folder / name / FILE, schema) for name, schema in SCHEMAS.items()}
    for number, page in enumerate(pages):
        raw = "".join(text for text, _ in page["parts"])
        doc_id = page.get("doc_id") or doc_id_of(f"{number}{raw}".encode())
        row = {"doc_id": doc_id, "source": f"page-{number:03d}.txt", **page}
        aligned, start, proposals = AlignedText.of(raw), 0, []
        for text, rule in page["parts"]:
            if rule:
                proposals.append(Proposal(start, start + len(text), rule))
            start += len(text)
        aligned = aligned.apply(proposals)
        writers["pages"].write({"doc_id": doc_id, "source": row["source"], "encoding": "utf-8", "raw": raw})
        for span in aligned.removed_spans():
            writers["removed"].write({"doc_id": doc_id, **span._asdict(), "text": raw[span.start : span.end]})
        if "reason" in page:
            writers["rejected"].write({name: row.get(name, "") for name in SCHEMAS["rejected"].names})
            continue
        document = {
            "title": "标题",
            "text": aligned.text,
            "text_sha256": text_sha256(aligned.text),
            "script": "hans",
            "flags": [],
            "quality": 1.0,
            "alignment": [run._asdict() for run in aligned.runs],
            "cluster_id": doc_id,
            "is_canonical": True,
            "cleaner_version": "test",
        } | row
        writers["documents"].write({name: document.get(name) for name in SCHEMAS["documents"].names})
    for name, writer in writers.items():
        if writer.count == 0 and name == "rejected":
            writer.write({"reason": "none", "detail": "no page was rejected"})
        with writer:
            pass
    return folder
