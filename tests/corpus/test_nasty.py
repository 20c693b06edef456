"""Pages made to break a reader: each ends as a document or with its reason, and the build goes on."""

import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.store import read_rows

ARTICLE = (
    "济南市工业和信息化局介绍,全市规上企业实现营业收入2343.4亿元,同比增长5.1%,占全省的14.7%。\n"
    "下一步,市工信局将持续优化政策供给,推动成果转化,支持龙头企业联合高校组建创新联合体。\n"
)
HTML = "<html><head><title>%s</title></head><body>%s</body></html>"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty") / "pages"
    folder.mkdir()

    def text(name: str, content: str) -> None:
        (folder / name).write_text(content, "utf-8", errors="surrogatepass")

    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines())
    text("deep.html", HTML % ("深", "<div>" * 100_000 + paragraphs))
    text("unclosed.html", HTML % ("开", "<!--" * 50_000 + "<a" * 50_000 + paragraphs))
    text("long-title.html", HTML % ("题_" * 50_000 + "- " * 50_000, paragraphs))
    text("headings.html", HTML % ("题", "".join(f"<h2>第{n}个很好的小标题</h2>" for n in range(50_000)) + paragraphs))
    text("attributes.html", HTML % ("属", "<p " + "a=b " * 200_000 + ">" + paragraphs))
    text("script.html", HTML % ("&lt;script&gt;alert(1)&lt;/script&gt;", f"<script>alert(2)</script>{paragraphs}"))
    text("long-line.txt", "营业收入增长,形势向好。" * (20 * MEGABYTE // 36))
    text("line-of-50-mb.txt", "营业收入增长," * (51 * MEGABYTE // 19))
    text("styles.html", HTML % ("式", "<style>" + ".a,.b{display:none}" * 50_000 + "</style>" + paragraphs))
    text("hidden.html", HTML % ("藏", "<b hidden>藏" * 50_000 + "</b>" * 50_000 + paragraphs))
    (folder / "bomb.html.zst").write_bytes(pa.compress(b"\x20" * 200 * MEGABYTE, "zstd", asbytes=True))
    text("parentheses.txt", ARTICLE + "(" * MEGABYTE)
    text("nul.txt", ARTICLE.replace("全市", "全\x00\x00市"))
    (folder / "nuls.txt").write_bytes(b"\x00" * MEGABYTE)
    (folder / "bomb.txt.gz").write_bytes(gzip.compress(b"\x20" * 200 * MEGABYTE, 9))
    (folder / "cut.txt.gz").write_bytes(gzip.compress(ARTICLE.encode())[:-20])
    (folder / "surrogate.jsonl").write_text(json.dumps({"text": "\ud800" + ARTICLE}) + "\n" + "[" * 100_000, "utf-8")
    (folder / "half.txt").write_bytes(ARTICLE.encode()[:-2])
    text("good.txt", "好消息\n" + ARTICLE)
    return folder


@pytest.mark.slow
def test_a_corpus_of_nasty_pages_is_built_in_bounded_memory_and_each_page_is_explained(nasty):
    output = nasty.parent / "out"
    command = [
        str(Path(sys.executable).with_name("jiaozhu")),
        "corpus",
        "build",
        str(nasty),
        "-o",
        str(output),
        "--json",
    ]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4_000 * MEGABYTE, 4_000 * MEGABYTE))

    result = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, timeout=240)
    assert result.returncode == 0, result.stderr[-2_000:]
    documents = {row["source"]: row for row in read_rows(output / "documents")}
    reasons = {row["source"]: row["reason"] for row in read_rows(output / "rejected")}
    files = {path.name for path in nasty.iterdir()}
    assert {source.split("#")[0] for source in [*documents, *reasons]} == files
    assert "alert" not in documents["script.html"]["text"]
    assert reasons["line-of-50-mb.txt"] == "too_large"
    assert reasons["bomb.html.zst"] in ("too_large", "empty")
    assert "藏" not in documents["hidden.html"]["text"]
    for name in ("deep.html", "styles.html", "hidden.html", "script.html", "good.txt", "nul.txt"):
        assert "2343.4亿元" in documents[name]["text"], name
    assert reasons["bomb.txt.gz"] in ("too_large", "empty")
    assert reasons["cut.txt.gz"] == "broken_compression"
    assert reasons["nuls.txt"] in ("binary", "empty")
    assert reasons["surrogate.jsonl#2"] == "broken_json"
    raws = {row["source"]: row["raw"] for row in read_rows(output / "pages", ["raw", "source"])}
    assert raws["surrogate.jsonl#1"].startswith("\ufffd")
