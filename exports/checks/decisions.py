"""Do the spans of a document say of their decision what one annotation can say?

In: rows of the config `provenance`, whole documents at once. Out: findings. What the log alone knows, who decided and
when, `exports.checks.log` asks of it; here is what must fit whatever the log says.
"""

from __future__ import annotations

from typing import get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from annotation.log import Verdict
from exports.checks import Walk, unlike_before
from exports.texts import one_array

_OF_ANNOTATION = ("annotation", "annotator", "decided_at", "guideline_version", "cleaner_version", "carried_from")
_OF_SUGGESTION = ("model", "model_score", "suggested_start", "suggested_end", "suggested_label")
_SHA256 = "^[0-9a-f]{64}$"


def check_decisions(walk: Walk, found: pa.Table) -> None:
    """The rows of whole documents."""
    columns = {name: one_array(found[name]) for name in found.column_names}
    finding, carried = walk.findings["decisions"], walk.findings["carried"]
    finding.seen += len(found)
    carried.seen += len(found)
    if not len(found):
        return
    names = columns["id"]
    doc_ids = columns["doc_id"]
    same = _bools(pc.equal(doc_ids[1:], doc_ids[:-1]))  # document as the row before it
    for name in _OF_ANNOTATION:
        wrong = unlike_before(columns[name], same)
        said = f"has another {name} than the span before it"
        finding.fail_where(wrong, lambda row, said=said: f"span {names[row]}: {said}")  # type: ignore[misc]
    finding.fail_where(~_fits(columns), lambda row: f"span {names[row]}: its verdict does not fit its suggestion")
    if walk.card is not None:
        for name, known in (
            ("guideline_version", walk.card.made.guideline_versions),
            ("cleaner_version", walk.card.made.cleaner_versions),
        ):
            strange = ~_bools(pc.is_in(pc.fill_null(columns[name], "unknown"), pa.array(known, pa.string())))
            said = f"the card does not name its {name}"
            finding.fail_where(strange, lambda row, said=said: f"span {names[row]}: {said}")  # type: ignore[misc]
    sources = columns["carried_from"]
    walk.carried += len(sources) - sources.null_count
    if sources.null_count < len(sources):
        wrong = ~_bools(pc.fill_null(pc.match_substring_regex(sources, _SHA256), True))
        carried.fail_where(wrong, lambda row: f"span {names[row]}: is carried from {sources[row]}, not from a text")


def _fits(columns: dict[str, pa.Array]) -> NDArray[np.bool_]:
    """Whether the verdict of each row is the one that its span and its suggestion give; see `annotation.log`.

    What was carried over may have got the borders that were suggested, as the words between them are gone.
    """
    verdict = columns["verdict"]
    drawn = _bools(pc.equal(verdict, "added"))
    fits = _bools(pc.is_in(verdict, pa.array(get_args(Verdict))))
    for name in _OF_SUGGESTION:
        fits &= _bools(columns[name].is_null()) == drawn
    alike = _bools(pc.fill_null(pc.equal(columns["suggested_label"], columns["label"]), False))
    edges = [pc.equal(columns[f"suggested_{edge}"], columns[f"doc_{edge}"]) for edge in ("start", "end")]
    placed = _bools(pc.fill_null(pc.and_(*edges), False))
    carried = _bools(columns["carried_from"].is_valid())
    fits &= drawn | (alike ^ _bools(pc.equal(verdict, "retyped")))
    fits &= ~_bools(pc.equal(verdict, "kept")) | placed
    return fits & (~_bools(pc.equal(verdict, "moved")) | ~placed | carried)


def _bools(array: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = array.to_numpy(zero_copy_only=False)
    return found
