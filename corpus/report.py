"""What became of a corpus, as one HTML file: for the person who has to judge whether the cleaning can be trusted.

In: the tables of `corpus build`. Out: counts, and a page that opens from the file system without a network. Tables are
streamed; held are a few numbers a document and the documents that are shown. Pages are hostile: what came from them
goes into a JSON block with `<`, `>` and `&` escaped, and the page's script puts it in place as text only.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.charts import funnel, length_chart, quality_chart
from corpus.counting import Counts, count_documents, count_removed
from corpus.errors import JiaozhuError
from corpus.explained import UNSEEN, Explained, Piece, look_of, one_line, pieces, rows, safe_json, segments, visible
from corpus.folder import write_whole
from corpus.progress import track
from corpus.show import header
from corpus.spans import Removed
from corpus.store import read_rows

DOCUMENTS = 200  # shown page by page, unless the user says otherwise
_TOP = 12  # sites, publishers, clusters
_LONGEST_PAGE = 60_000  # characters of a page that are shown
_LONGEST_TAG = 240  # characters of one piece of markup that are shown
_CLUSTERS = ((1, 1), (2, 2), (3, 3), (4, 9), (10, 99), (100, 999), (1_000, 10**9))  # bins of sizes

FLAGS = {
    "truncated": "截断",
    "masked": "遮掩",
    "mojibake": "乱码",
    "pinyin": "拼音",
    "repeated_body": "正文重复",
    "title_mismatch": "题文不符",
    "personal_data": "个人信息",
}
REASONS = {
    "empty": "空文件",
    "binary": "二进制文件",
    "unreadable": "无法读取",
    "unknown_format": "未知格式",
    "broken_json": "JSON 损坏",
    "no_text": "没有文本",
    "same_bytes": "与另一页相同",
    "no_article": "没有正文",
}
SCRIPTS = {"hans": "简体", "hant": "繁体", "hant-converted": "机器转成的繁体"}


def write_report(corpus: Path, output: Path, *, documents: int = DOCUMENTS) -> dict[str, Any]:
    """Write the report of the corpus in `corpus` to the file `output`; return its numbers.

    At most `documents` pages are shown one by one: all, or a part of the rejected, those of the lowest quality, and
    a spread over all by `doc_id`, which is a digest. Same corpus, same bytes.

    Raises:
        JiaozhuError: there is no corpus, or `output` lies inside it or cannot be written.
    """
    if output.resolve().is_relative_to(corpus.resolve()):
        raise JiaozhuError(
            f"{output}: lies inside the corpus, which is replaced as a whole; write the report elsewhere"
        )
    counts = Counts()
    chosen = count_documents(corpus, counts, documents)
    removed = count_removed(corpus, counts, set(chosen))
    shown = sorted(_shown(corpus, counts, chosen, removed), key=lambda item: item[0])
    page = _html(corpus, counts, [document for _, document in shown])
    write_whole(output, page, "name another file with -o")
    return counts.as_dict() | {"shown": len(shown), "output": str(output)}


def _shown(
    corpus: Path, counts: Counts, chosen: dict[str, dict[str, Any]], removed: dict[str, list[Removed]]
) -> Iterator[tuple[tuple[float, str], dict[str, Any]]]:
    """Each chosen page as the browser wants it, with what orders it: rejected first, then by quality."""
    documents = {row["doc_id"]: row for row in read_rows(corpus / "documents") if row["doc_id"] in chosen}
    numbers = {name: number for number, name in enumerate(sorted(counts.rules))} | {"unexplained": len(counts.rules)}
    left = dict(chosen)
    for row in track(read_rows(corpus / "pages", batch_size=32), "reading pages"):
        doc_id = row["doc_id"]
        if doc_id not in left:
            continue
        rejected = left.pop(doc_id) or None
        spans = tuple(removed.get(doc_id, ()))
        page = Explained(doc_id, row["source"], row["raw"], row["encoding"], documents.get(doc_id), rejected, spans)
        yield _document(page, numbers)
    for doc_id, rejected in left.items():  # could not be read, so there is nothing of them to show
        yield _document(Explained(doc_id, rejected.get("source", ""), None, None, None, rejected or None, ()), numbers)


def _document(page: Explained, numbers: dict[str, int]) -> tuple[tuple[float, str], dict[str, Any]]:
    document = page.document or {}
    text, raw = document.get("text", ""), page.raw or ""
    shown: list[list[Any]] = []
    left = _LONGEST_PAGE
    note = ""
    for row in rows(text, list(segments(raw, text, page.runs, page.removed))):
        line: list[list[Any]] = []
        for piece in pieces(raw, text, row):
            line.append(_cut(piece, numbers, max(left, 0)))
            left -= len(line[-1][1])
            if left <= 0:
                break
        clean = visible(text[slice(*row.clean)][:_LONGEST_PAGE]).rstrip("\n") if row.clean else ""
        shown.append([line, clean])
        if left <= 0 and len(raw) > _LONGEST_PAGE:
            note = f"Cut after {_LONGEST_PAGE:,} of {len(raw):,} characters; whole: jiaozhu corpus show {page.doc_id}"
            break
    if page.raw is None:
        note = "This page could not be read. 此页无法读取。"
    found = {
        "id": page.doc_id,
        "source": one_line(page.source),
        "title": one_line(document.get("title") or ""),
        "publisher": one_line(document.get("publisher") or ""),
        "flags": [one_line(flag) for flag in document.get("flags") or ()],
        "quality": document.get("quality", 0.0),
        "reason": one_line(page.rejected["reason"]) if page.rejected else "",
        "facts": [pair for pair in header(page) if pair[0] != "title"],
        "rows": shown,
        "note": note,
    }
    return (document.get("quality", -1.0), page.doc_id), found


def _cut(piece: Piece, numbers: dict[str, int], left: int) -> list[Any]:
    """A piece as the browser wants it: its rule's number (-1 kept, -2 changed), its text, and what was read instead."""
    number = numbers[piece.rule] if piece.rule is not None else -2 if piece.changed else -1
    text, read = piece.text[:left], piece.read[:left]
    if piece.rule in UNSEEN:
        if len(text) > _LONGEST_TAG:
            text = f"{text[: _LONGEST_TAG // 2]} … ({len(piece.text):,} characters) … {text[-_LONGEST_TAG // 2 :]}"
        return [number, visible(text), read]
    return [number, visible(text)] if text == read else [number, visible(text), visible(read)]


def _html(corpus: Path, counts: Counts, documents: list[dict[str, Any]]) -> str:
    names = [*sorted(counts.rules), "unexplained"]
    used = {piece[0] for page in documents for row in page["rows"] for piece in row[0]}
    if len(names) - 1 not in used:
        names.pop()
    order = sorted(counts.rules, key=lambda name: (name in UNSEEN, -counts.rules[name].characters, name))
    data = {
        "rules": [_rule_data(name) for name in names],
        "examples": [[[text, doc_id] for _, text, doc_id in counts.rules[name].examples.items] for name in order],
        "sites": _top(counts.sites),
        "publishers": _top(counts.publishers),
        "largest": _largest(corpus, counts),
        "documents": documents,
    }
    style = _asset("report.css") + "".join(_rule_style(number, name) for number, name in enumerate(names))
    script = _asset("report.js")
    parts = {
        "style": style,
        "style_hash": _csp_hash(style),
        "script": script,
        "script_hash": _csp_hash(script),
        "data": safe_json(data),
        "summary": _summary(counts),
        "funnel": funnel(counts),
        "rejected": _count_table("Rejected pages", "被拒网页", counts.rejected, REASONS),
        "shares": _shares(counts),
        "rules": _rule_table(counts, order, names),
        "lengths": length_chart(counts.lengths),
        "qualities": quality_chart(counts.qualities),
        "flags": _count_table("Flags", "标记", counts.flags, FLAGS),
        "scripts": _count_table("Script of the page", "原页文字", counts.scripts, SCRIPTS),
        "cluster_sizes": _cluster_table(counts),
        "embedded": _embedded(counts, len(documents)),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _asset("report.html"))


def _asset(name: str) -> str:
    return files("corpus").joinpath(name).read_text("utf-8")


def _csp_hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def _rule_data(name: str) -> dict[str, Any]:
    look = look_of(name)
    return {"name": visible(name), "english": look.english, "chinese": look.chinese, "unseen": name in UNSEEN}


def _rule_style(number: int, name: str) -> str:
    look = look_of(name)
    line = "none" if look.line == "none" else f"underline {look.line} 2px {look.strong}"
    offset = "" if look.line == "none" else "text-underline-offset:.22em;"
    edge = "" if name in UNSEEN else f"border-left:2px solid {look.strong}"
    return f".r{number}{{background:{look.tint};text-decoration:{line};{offset}{edge}}}"


def _summary(counts: Counts) -> str:
    return (
        f"{counts.pages:,} pages gave {counts.documents:,} articles, {counts.unique:,} of them unique. "
        f'<span lang="zh-Hans">{counts.pages:,} 个网页，{counts.documents:,} 篇文章，其中 {counts.unique:,} 篇不重复。'
        "</span>"
    )


def _shares(counts: Counts) -> str:
    share = counts.aligned / counts.visible if counts.visible else 0.0
    return (
        f"Of {counts.visible:,} characters that a reader of the pages saw, {counts.aligned:,} ({share:.1%}) stand in "
        "the articles. Each other one was taken by a rule; shares are of those characters; markup and white space "
        f'of the source count apart. <span lang="zh-Hans">读者可见的 {counts.visible:,} 个字符中，{counts.aligned:,} 个'
        f"（{share:.1%}）留在文章里，其余各由一条规则删除。</span>"
    )


def _embedded(counts: Counts, shown: int) -> str:
    readable = counts.pages - counts.rejected["same_bytes"]
    if shown >= readable:
        return f'All {shown:,} pages are here. <span lang="zh-Hans">共 {shown:,} 页，全部列出。</span>'
    return (
        f"{shown:,} of {readable:,} pages are here: some that were rejected, those of the lowest quality, and a spread "
        f"over all. <code>jiaozhu corpus show DOC_ID</code> shows any other. "
        f'<span lang="zh-Hans">此处列出 {readable:,} 页中的 {shown:,} 页；其余可用上述命令查看。</span>'
    )


def _bilingual(english: str, chinese: str) -> str:
    return f'{escape(english)} <span lang="zh-Hans">{escape(chinese)}</span>'


def _count_table(english: str, chinese: str, counts: Counter[str], names: dict[str, str]) -> str:
    """A heading and a table of counts, the most frequent first."""
    body = "".join(
        f'<tr><td>{_bilingual(visible(name), names.get(name, ""))}</td><td class="n">{count:,}</td></tr>'
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    heading = f"<h3>{_bilingual(english, chinese)}</h3>"
    return f"{heading}<table><tbody>{body or '<tr><td>none 无</td></tr>'}</tbody></table>"


def _rule_table(counts: Counts, order: list[str], names: list[str]) -> str:
    head = (
        '<tr><th scope="col">rule <span lang="zh-Hans">规则</span></th><th scope="col" class="n">characters</th>'
        '<th scope="col" class="n">spans</th><th scope="col" class="n">pages</th>'
        '<th scope="col" class="n">share</th><th scope="col"><span lang="zh-Hans">占比</span></th>'
        '<th scope="col">examples <span lang="zh-Hans">示例</span></th></tr>'
    )
    most = max((counts.rules[name].characters for name in order if name not in UNSEEN), default=1)
    body: list[str] = []
    for index, name in enumerate(order):
        rule, look = counts.rules[name], look_of(name)
        share, bar = "", ""
        if name not in UNSEEN and counts.visible:
            width = 140 * rule.characters / most
            share = f"{rule.characters / counts.visible:.1%}"
            bar = (
                '<svg viewBox="0 0 140 14" aria-hidden="true">'
                f'<rect x="0" y="3" width="{width:.1f}" height="10" fill="{look.strong}"></rect></svg>'
            )
        body.append(
            f'<tr><td><span class="swatch r{names.index(name)}">{escape(visible(name))}</span>'
            f'<span>{escape(look.english)} <span lang="zh-Hans">{escape(look.chinese)}</span></span></td>'
            f'<td class="n">{rule.characters:,}</td><td class="n">{rule.spans:,}</td><td class="n">{rule.pages:,}</td>'
            f'<td class="n">{share}</td><td class="bar">{bar}</td><td><ul id="examples-{index}"></ul></td></tr>'
        )
    return f'<table class="rules"><thead>{head}</thead><tbody>{"".join(body)}</tbody></table>'


def _cluster_table(counts: Counts) -> str:
    sizes = Counter(copies + 1 for copies in counts.copies.values())
    sizes[1] = counts.unique - len(counts.copies)
    rows_of_table = [
        (
            f"{low:,}" if low == high else f"{low:,} to {high:,}",
            sum(sizes[size] for size in sizes if low <= size <= high),
        )
        for low, high in _CLUSTERS
    ]
    body = "".join(
        f'<tr><td class="n">{said}</td><td class="n">{count:,}</td></tr>' for said, count in rows_of_table if count
    )
    return (
        '<h3>Cluster sizes <span lang="zh-Hans">簇的大小</span></h3><table><thead><tr><th class="n">documents</th>'
        f'<th class="n">clusters</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _top(counter: Counter[str]) -> list[list[Any]]:
    first = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    return [[one_line(name, 80), count] for name, count in first]


def _largest(corpus: Path, counts: Counts) -> list[list[Any]]:
    """(title, documents, cluster, doc_id of the canonical copy) of the largest clusters."""
    first = sorted(counts.copies.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    wanted = dict(first)
    found: dict[str, tuple[str, str]] = {}
    if wanted:
        for row in read_rows(corpus / "documents", ["doc_id", "title", "source", "cluster_id", "is_canonical"]):
            if row["is_canonical"] and row["cluster_id"] in wanted:
                found[row["cluster_id"]] = (row["title"] or row["source"], row["doc_id"])
    return [
        [one_line(found.get(name, ("", ""))[0], 80), copies + 1, name, found.get(name, ("", ""))[1]]
        for name, copies in first
    ]
