"""Tasks with annotations, as a server or a file exports them, become records of the log, or refusals.

In: exported tasks one at a time, and the documents they were pushed from. Out: what is collected on the way: records,
what was refused and why, and what the gate changed. The same for both sources, so that both give the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from annotation.labels import LabelScheme
from annotation.log import Record
from annotation.planted import Planted, undo
from annotation.tasks import from_annotation, prediction, trimmed
from corpus.errors import JiaozhuError
from corpus.store import rows_of
from corpus.workspace import Workspace

COLUMNS = ("doc_id", "text_sha256", "text", "alignment")

Shown = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]  # (task, annotation): its prediction


class Documents:
    """The documents that were annotated, with the lengths of their raw pages."""

    def __init__(self, workspace: Workspace, doc_ids: set[str]) -> None:
        corpus = workspace.corpus
        self._documents = {row["doc_id"]: row for row in rows_of(corpus / "documents", doc_ids, COLUMNS)}
        self._raw_lengths = {
            row["doc_id"]: len(row["raw"]) for row in rows_of(corpus / "pages", set(self._documents), ("doc_id", "raw"))
        }

    def of(self, task: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
        """The document of a task and the length of its raw page; a JiaozhuError where there is none."""
        doc_id = task["data"].get("doc_id")
        if not doc_id:
            raise JiaozhuError(
                f"task {task['id']}: was not pushed by us (it has no doc_id); its annotations stay there"
            )
        if doc_id not in self._documents or doc_id not in self._raw_lengths:
            raise JiaozhuError(f"{doc_id}: is not in the corpus; build the corpus with the pages it was pushed from")
        return self._documents[doc_id], self._raw_lengths[doc_id]


@dataclass(slots=True)
class Decided:
    """What was decided, collected task by task. `known` are the newest records of the log, by annotation."""

    scheme: LabelScheme
    documents: Documents
    known: Mapping[str, Record]
    prefix: str  # before each annotator's name, for an adjudicator's decisions
    opinions: Mapping[str, Sequence[Record]]  # for these: the annotators' newest records, by document
    planted: Mapping[tuple[str, str, str], Planted]
    records: list[Record] = field(default_factory=list)
    trims: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)  # by the record's key
    refused: list[tuple[int, str]] = field(default_factory=list)  # task and reason
    present: dict[str, int] = field(default_factory=dict)  # the task of each annotation

    def add(self, task: Mapping[str, Any], name: Callable[[Mapping[str, Any]], str], shown: Shown) -> None:
        """Every annotation of a task, through the gates. `name` says who made it, `shown` what it was made from."""
        for annotation in task["annotations"]:
            self.present[annotation["unique_id"]] = task["id"]
            try:
                record, said = self._record(task, annotation, self.prefix + name(annotation), shown)
            except JiaozhuError as error:
                # What the log has already was proven then; a new cleaner may have made another text since.
                old = self.known.get(annotation["unique_id"])
                if old is None or old.updated_at != annotation["updated_at"]:
                    self.refused.append((task["id"], str(error)))
                continue
            record = _restored(record, self.known.get(record.annotation))
            self.records.append(record)
            if said:
                self.trims[record.key] = said

    def _record(
        self, task: Mapping[str, Any], annotation: Mapping[str, Any], person: str, shown: Shown
    ) -> tuple[Record, tuple[str, ...]]:
        document, raw_length = self.documents.of(task)
        if self.prefix:
            annotation, before = _decision(task, annotation, self.opinions.get(document["doc_id"], ()))
        else:
            before = shown(task, annotation)
        found: Literal["found", "missed"] | None = None
        model = str((before or {}).get("model_version"))
        planted = self.planted.get((document["doc_id"], document["text_sha256"], model))
        undone = undo(planted, annotation, before) if planted and before else None
        if undone:
            annotation, before, found = undone
        record = from_annotation(task["data"], annotation, before, document, raw_length, self.scheme, person)
        if record.status == "submitted" and found:
            record = replace(record, planted=found)
        return record, trimmed(task["data"], annotation, self.scheme)


def _decision(
    task: Mapping[str, Any], annotation: Mapping[str, Any], opinions: Sequence[Record]
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """An adjudicator's annotation, and the model's suggestions on that document as the annotators saw them last.

    It was copied from an annotator's version, but its verdicts are about the model: a person is never taken for one.
    """
    drawn = [item | {"id": f"d{number}"} for number, item in enumerate(annotation["result"])]  # matched by place alone
    digest = task["data"].get("text_sha256")
    seen = [record for record in opinions if record.model is not None and record.text_sha256 == digest]
    if not seen:
        return {**annotation, "result": drawn}, None
    newest = max(seen, key=lambda record: (record.updated_at, record.annotation))
    suggested = [*newest.deleted, *(span.suggestion for span in newest.spans if span.suggestion)]
    return {**annotation, "result": drawn}, prediction(str(newest.model), suggested)


def _restored(record: Record, known: Record | None) -> Record:
    """A record that `replay` put back: what was decided stays as the log has it, by whom and under which guideline.

    Its mark is the same annotation, created anew, that says the same.
    """
    if (
        known is not None
        and known.created_at != record.created_at
        and (known.status, known.spans, known.deleted) == (record.status, record.spans, record.deleted)
    ):
        return replace(known, created_at=record.created_at, updated_at=record.updated_at)
    return record
