"""What became of a dataset, to be read: a `Difference` in, a section of a changelog in Markdown out."""

from __future__ import annotations

from pathlib import Path

from corpus.folder import write_whole
from exports.card_text import table_of
from exports.diff import DOCUMENT_KINDS, KINDS, Difference, Example


def to_markdown(found: Difference) -> str:
    """The difference as one section of a changelog; words of the pages stand in code spans."""
    lines = [
        "## Changes of the dataset",
        "",
        f"From rows `{found.old_rows_sha256[:12]}` to `{found.new_rows_sha256[:12]}`.",
        "",
    ]
    if found.is_empty:
        lines += ["No document and no span differs.", ""]
    else:
        documents = ", ".join(f"{found.documents[kind]:,} {kind}" for kind in DOCUMENT_KINDS)
        spans = ", ".join(f"{found.spans[kind]:,} {kind}" for kind in KINDS)
        lines += [
            f"- Documents: {found.documents_old:,} before, {found.documents_new:,} now; {documents}",
            f"- Spans: {spans}",
            "",
            table_of(*by_label(found)),
            "",
        ]
    if found.retyped:
        rows = [[f"`{old}`", f"`{new}`", f"{count:,}"] for (old, new), count in sorted(found.retyped.items())]
        lines += ["### Retyped", "", table_of(["from", "to", "spans"], rows), ""]
    for kind in KINDS:
        if shown := found.examples.get(kind):
            lines += [f"### Spans {kind}, for example", ""]
            lines += [f"- {describe(example)}, in `{example.doc_id}`: {code(example.context)}" for example in shown]
            lines.append("")
    for name in DOCUMENT_KINDS:
        if items := found.document_examples.get(name.replace(" ", "_")):
            lines += [f"### Documents: {name}, for example", ""]
            for item in items:
                change = f": {code(item['old'])} → {code(item['new'])}" if "old" in item else ""
                lines.append(f"- `{item['doc_id']}` {code(item['title'])}{change}")
            lines.append("")
    if found.making:
        lines += ["### Made otherwise", ""]
        lines += [f"- {name}: {code(str(old))} → {code(str(new))}" for name, (old, new) in found.making.items()]
        lines.append("")
    return "\n".join(lines)


def write_markdown(found: Difference, output: Path) -> None:
    """Write `to_markdown` to a file, in place of the one that was there.

    Raises:
        JiaozhuError: the file cannot be written.
    """
    write_whole(output, to_markdown(found), "name another file")


def by_label(found: Difference) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table by label."""
    columns = ("old", "new", "same", "added", "removed", "moved", "retyped_from", "retyped_to")
    rows = [
        [f"`{label}`", *(f"{getattr(counts, column):,}" for column in columns)]
        for label, counts in found.labels.items()
    ]
    totals = [f"{sum(getattr(counts, column) for counts in found.labels.values()):,}" for column in columns]
    return ["", *(column.replace("_", " ") for column in columns)], [*rows, ["all", *totals]]


def describe(example: Example) -> str:
    """One difference in a few words, for Markdown."""
    old, new = example.old, example.new
    if old is None or new is None:
        one = old or new or {}
        return f"{code(one['text'])} `{one['label']}`"
    if old["label"] == new["label"]:
        return f"{code(old['text'])} → {code(new['text'])} `{new['label']}`"
    words = code(old["text"]) if old["text"] == new["text"] else f"{code(old['text'])} → {code(new['text'])}"
    return f"{words} `{old['label']}` → `{new['label']}`"


def code(text: str) -> str:
    """Words of a page as a Markdown code span: on one line, and nothing in them means anything."""
    text = " ".join(text.split())
    if not text:
        return ""
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"
