"""Pages that are no news page: notices, interviews, threads, announcements, lists, and pages without an article."""

from collections import defaultdict

import pytest

from tests.benchmarks.bench_clean import ours
from tests.benchmarks.kinds import KINDS, kinds, views
from tests.benchmarks.pages import digest_of, precision_recall_f1

DIGEST = "7fcfef639670ea5b4c7060093737945fbebdee9bde2937bf45e5158d6e3dc4e7"
# Mean F1 and recall of the pages with an article, in each view.
FLOORS = {"html": (0.97, 0.985), "visible": (0.945, 0.965), "nodes": (0.94, 0.965), "text": (0.975, 0.985)}


@pytest.fixture(scope="module")
def figures():
    assert digest_of(KINDS) == DIGEST, "the pages changed: measure again and set the floors and the digest anew"
    found = defaultdict(list)
    for kind in kinds():
        for view, raw, is_html in views(kind):
            if kind.article:
                found[view].append(precision_recall_f1(ours(raw, is_html), kind.article))
    return found


@pytest.mark.parametrize("view", sorted(FLOORS))
def test_articles_of_other_kinds_are_found(figures, view):
    scores = figures[view]
    f1, recall = FLOORS[view]
    assert sum(score[2] for score in scores) / len(scores) >= f1
    assert sum(score[1] for score in scores) / len(scores) >= recall


@pytest.mark.parametrize("kind", [kind for kind in kinds() if not kind.article], ids=lambda kind: kind.name)
def test_a_page_of_links_and_summaries_has_no_article(kind):
    assert [view for view, raw, is_html in views(kind) if ours(raw, is_html)] == []
