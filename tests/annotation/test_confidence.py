"""A suggestion that is not sure has an id that says so, and the view's style knows every such id, and is CSS."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from annotation.confidence import GRADES, region_id, style
from annotation.labels import Label, LabelScheme, load_labels
from annotation.log import Suggestion
from annotation.project import labeling_config

SCHEME = load_labels()


def scored(score: float, label: str = "ORG") -> Suggestion:
    return Suggestion(7, 9, label, "济南", score, "m@1")


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (0.0, "doubtful-ORG-7"),
        (0.5999, "doubtful-ORG-7"),
        (0.6, "unsure-ORG-7"),
        (0.8999, "unsure-ORG-7"),
        (0.9, "s7"),
        (1.0, "s7"),
    ],
)
def test_the_id_of_a_region_says_how_sure_it_is(score, name):
    assert region_id(scored(score)) == name


@pytest.mark.parametrize("label", SCHEME.names)
@pytest.mark.parametrize("grade", GRADES, ids=lambda grade: grade.name)
def test_the_style_marks_every_id_that_is_not_sure_and_no_other(label, grade):
    named = re.findall(r'\[class\*="htx-highlight-([^"]+)"\]\[data-label', style(SCHEME))
    below = region_id(scored(grade.below - 0.001, label))
    assert any(below.startswith(name) for name in named)
    assert not any(region_id(scored(0.9, label)).startswith(name) for name in named)


def test_no_name_of_a_label_can_end_the_style_or_be_taken_for_html():
    scheme = LabelScheme("1", (Label("ORG", '</style>"] { } & \\ 机构', "1", "#000000"),), "")
    made = style(scheme)
    assert not set("<>&") & set(made)
    assert made.count('"') % 2 == 0
    assert made.count("{") == made.count("}") == style(SCHEME).count("{")
    assert ElementTree.fromstring(labeling_config(scheme)).findtext(".//Style").endswith(made)
