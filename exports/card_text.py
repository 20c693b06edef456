"""The text of the dataset's card, below its front matter: for a researcher who reads it.

In: what was built, as numbers, versions and settings. Out: Markdown that says how the dataset was made and what it is
not good for. `verify` writes it again from the tables and holds it against the card.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from annotation.log import ADJUDICATION, AGREEMENT, Verdict
from exports.agreement import agreement_text
from exports.counts import SplitCounts
from exports.gather import LogCounts
from exports.overlap import Overlap


@dataclass(frozen=True, slots=True)
class Making:
    """What shapes the bytes besides the corpus and the log: versions, and settings of the build."""

    jiaozhu: str
    pyarrow: str
    datasets: str
    max_chars: int
    mask_personal_data: bool
    annotators: str  # `pseudonyms` or `as_logged`
    tags: str  # `bio` or `bioes`
    inner_places: bool
    words: str | None  # the segmenter and its model, where there are words
    normalized: bool
    removed: bool
    split_policy: str  # `balanced`, or `blind`: the blind share is the test split
    cleaner_versions: tuple[str, ...]
    guideline_versions: tuple[str, ...]
    models: tuple[str, ...]  # pipelines whose suggestions the annotators saw
    forms: tuple[str, ...]  # what stands in `forms/`
    spacy: str | None  # shapes the bytes of the form of that name
    skip_stale: bool = False  # annotations of another text were left out, not carried over


def card_text(
    *,
    name: str,
    license_id: str,
    labels: list[str],
    counts: Mapping[str, SplitCounts],
    overlap: Mapping[str, Overlap],
    log: LogCounts,
    making: Making,
    masked: Mapping[str, int],
    rows_sha256: str,
    deleted: int,
    agreement: Mapping[str, Any],
) -> str:
    """What stands below the front matter; `verify` writes it again from the front matter and the tables."""
    return _TEXT.format(
        name=name,
        numbers=numbers(counts, labels),
        annotations=log.annotations,
        published=log.published,
        left_out=_left_out(log),
        models=_listed(making.models) or "none; the annotators saw no suggestions",
        cleaners=_listed(making.cleaner_versions),
        guidelines=_listed(making.guideline_versions),
        jiaozhu=making.jiaozhu,
        pyarrow=making.pyarrow,
        datasets=making.datasets,
        max_chars=making.max_chars,
        rows_sha256=rows_sha256,
        forms=_forms(making.forms),
        labels=", ".join(f"`{label}`" for label in labels),
        decisions=decisions(counts),
        tags=making.tags.upper(),
        columns=_columns(making),
        splits=splits_text(making.split_policy, overlap),
        values=_values(making.normalized),
        people=_people(making.annotators),
        citation_key=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "dataset",
        citation_title=re.sub(r"[\\{}]", "", name),
        acceptance=_acceptance(counts, deleted),
        agreement=agreement_text(agreement),
        personal_data=_personal_data(making.mask_personal_data, masked),
        license=f"`{license_id}`" if license_id else "Not stated by the publisher. Ask before you use the texts.",
    )


def numbers(counts: Mapping[str, SplitCounts], labels: list[str]) -> str:
    """The card's tables of numbers; `verify` writes them again from the files and looks for them in the card."""
    columns = [*counts, "all"]
    rows = [split.as_dict(labels) for split in counts.values()]
    head = ["", *columns]
    sizes = [
        _row(unit, [row[unit] for row in rows]) for unit in ("documents", "clusters", "passages", "characters", "spans")
    ]
    by_label = [_row(f"`{label}`", [row["labels"][label] for row in rows]) for label in labels]
    return f"{table_of(head, sizes)}\n\nSpans by label:\n\n{table_of(head, by_label)}"


def decisions(counts: Mapping[str, SplitCounts]) -> str:
    """The card's table of what people decided, and how many they were; `verify` writes it again, as `numbers`."""
    rows = [_row(verdict, [split.verdicts[verdict] for split in counts.values()]) for verdict in get_args(Verdict)]
    names = set().union(*(split.annotators for split in counts.values()))
    people = _people_count(len({name.removeprefix(ADJUDICATION) for name in names - {AGREEMENT}}))
    if AGREEMENT in names:
        people += ", and of annotators who were of one opinion"
    return f"Spans by decision, of {people}:\n\n{table_of(['', *counts, 'all'], rows)}"


def _people_count(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _acceptance(counts: Mapping[str, SplitCounts], deleted: int) -> str:
    """How the suggestions fared: `added` had none."""
    fates = Counter({"deleted": deleted})
    for split in counts.values():
        fates.update(split.verdicts)
    del fates["added"]
    if not (total := fates.total()):
        return "The annotators saw no suggestions in the published documents."
    shares = ", ".join(f"{100 * fates[name] / total:.1f} % {name}" for name in ("kept", "moved", "retyped", "deleted"))
    return f"Of {total:,} suggestions in the published documents: {shares}."


def splits_text(policy: str, overlap: Mapping[str, Overlap]) -> str:
    """How the splits were made, and how much of their entities stands in train; `verify` writes it again."""
    ways = {
        "balanced": "Each label has its share in each split, as nearly as whole clusters allow.",
        "blind": "The test split is what people annotated without seeing any suggestion.",
    }
    lines = [f"Splits are by near-duplicate cluster: no text has a near-duplicate in another split. {ways[policy]}"]
    lines += [
        f"Of the entities of {split}, these stand in train too: {found.shares()}." for split, found in overlap.items()
    ]
    return "\n".join(lines)


def _columns(making: Making) -> str:
    """The columns that are there by option."""
    lines = ""
    if making.inner_places:
        lines += (
            "`inner` has the places inside the names of organizations, derived by rule; `parent` is the number of\n"
        )
        lines += "the entity.\n"
    if making.words:
        lines += (
            f"`words` are those of pkuseg (`{making.words}`); joined, they are the text. An entity may end inside\n"
        )
        lines += "one.\n"
    if making.removed:
        lines += "The config `removed` has what was taken out of the raw pages, with raw offsets and the rule's name.\n"
    return lines


def _values(normalized: bool) -> str:
    if not normalized:
        return "`normalized` is empty: the dataset was built without values."
    return "`normalized` was read by grammars, not decided by people; it is null where they find no value."


def _people(annotators: str) -> str:
    if annotators == "pseudonyms":
        return "Annotators have pseudonyms (`annotator-1`, …); who they are is published nowhere."
    return "Annotators are named as in the annotation log."


def _row(name: str, values: list[int]) -> list[str]:
    return [name, *(f"{value:,}" for value in [*values, sum(values)])]


def table_of(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column holds names, the others numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def _left_out(log: LogCounts) -> str:
    reasons = {
        "skipped": log.skipped,
        "deleted": log.deleted,
        "another annotation speaks of the same document": log.superseded,
        "made on another text of the document and to be looked at again": log.stale,
        "refused because a span was wrong": log.refused,
    }
    said = "".join(f", {count:,} {reason}" for reason, count in reasons.items() if count)
    if log.carried:
        said += (
            f". Of the published ones {log.carried:,} were made on what an older cleaner had made of their pages, and "
        )
        said += f"carried over with {log.carried_spans:,} spans, each proven by its words"
    return said


def _personal_data(is_masked: bool, masked: Mapping[str, int]) -> str:
    if not is_masked:
        return "Phones, e-mail addresses and the like stand as the pages have them: they were not masked."
    found = ", ".join(f"{count:,} {kind}" for kind, count in masked.items()) or "none was found"
    return (
        "Phones, e-mail addresses, WeChat, QQ, ID and bank card numbers in texts and titles are asterisks of the same "
        f"length ({found}). Names stay."
    )


def _forms(names: tuple[str, ...]) -> str:
    return f"\nThe same passages in other forms: {', '.join(f'`forms/{name}`' for name in names)}.\n" if names else ""


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values)


_TEXT = """# {name}

Chinese web pages, cleaned to their articles, with named entities that people decided.

## Dataset Details

### Dataset Description

Every label can be traced to the characters of the raw page, to the model that suggested it, and to the person who
decided it. The dataset was made, and can be made again byte for byte, with jiaozhu {jiaozhu}.

- **Language:** Chinese
- **License:** {license}
- **Labels:** {labels}

## Uses

### Direct Use

Training and evaluation of named entity recognition on Chinese web text, by characters.

```python
from datasets import load_dataset

passages = load_dataset("PATH_OR_NAME")  # one row a passage
spans = load_dataset("PATH_OR_NAME", "provenance")  # one row a span
names = passages["train"].features["ner_tags"].feature.names
```

### Out-of-Scope Use

Finding out about the people and organizations that the pages name: what the pages say of them was not checked.

## Dataset Structure

Offsets are Unicode code points, half-open, as in Python slices. `tokens` are the characters of `text`, newlines among
them; `ner_tags` are {tags} over them, `entities` the same spans with offsets in the passage. `offset` is where the
passage stands in its document: the passages of a document, joined, are its text.
{columns}{forms}
{numbers}

![Spans by label](pictures/labels.svg)

![Passages by length](pictures/lengths.svg)

{splits}

## Dataset Creation

### Source Data

#### Data Collection and Processing

Pages were cleaned by rules that remove or replace named spans and never edit (cleaner: {cleaners}). Each document was
cut at sentence ends into passages of at most {max_chars} characters, never inside an entity.

#### Who are the source data producers?

The publishers of the pages; `url` names them.

### Annotations

#### Annotation process

Models suggested spans: {models}. People corrected them by a written guideline (version: {guidelines}).
Of {annotations:,} annotations, {published:,} are published{left_out}.

{decisions}

`kept`, `moved` and `retyped` began as suggestions of a model, `added` were drawn by a person. {acceptance}

{agreement}

#### Who are the annotators?

{people}

#### Personal and Sensitive Information

{personal_data}

## Bias, Risks, and Limitations

- Not every document was annotated by several people; where it was, an adjudicator's decision is published, or else the
  latest annotation.
- What a model proposed may have been kept more readily than a person would have drawn it.
- Entities are flat: a place inside the name of an organization is not labelled.
- {values}
- The texts come from the open web, with its topics and its errors, and name real organizations and people.

### Recommendations

Check the dataset before you use it: `sha256sum -c SHA256SUMS` checks the files, `jiaozhu exports verify` every promise
of this page. Name the row hash with your results.

## Citation

```bibtex
@misc{{{citation_key},
  title = {{{citation_title}}},
  note = {{Rows SHA-256 {rows_sha256}; made with jiaozhu {jiaozhu}}}
}}
```

Made with jiaozhu {jiaozhu}, pyarrow {pyarrow}, datasets {datasets}.
The rows, whatever wrote their files, have the canonical SHA-256 `{rows_sha256}`.
"""
