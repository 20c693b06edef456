"""The front matter of a card says what huggingface_hub reads in it, and a hostile one ends nothing."""

import pytest
import yaml
from huggingface_hub import DatasetCard

from exports.front_matter import front_matter


@pytest.mark.parametrize(
    "text",
    [
        "---\nlicense: null\nconfigs:\n- config_name: 甲\n  data_files: [a, 'b']\nsize: 12\nshare: 1.5\n---\n\n# 甲\n",
        "---\na: &b [1]\nc: *b\nd: 2026-11-01\ne: yes\n---\n",
        "# a text without front matter\n",
        "---\n---\n",
    ],
)
def test_the_front_matter_is_what_huggingface_hub_reads(text):
    expected = {key: value for key, value in DatasetCard(text).data.to_dict().items() if value is not None}
    assert front_matter(text) == expected


def test_the_front_matter_of_a_dataset_is_what_huggingface_hub_reads(dataset):
    text = (dataset / "README.md").read_text("utf-8")
    found = front_matter(text)
    assert found == DatasetCard(text).data.to_dict()
    assert {"configs", "dataset_info", "jiaozhu", "pretty_name"} <= set(found)


@pytest.mark.parametrize("mark", ["[", "{a: ", "- "])
def test_nesting_beyond_sense_is_an_error_and_not_the_end_of_the_process(mark):
    with pytest.raises(RecursionError):
        front_matter(f"---\n{mark * 100_000}\n---\n")


@pytest.mark.parametrize("content", ["a: !!python/name:os.system", "a: *nowhere", "- 1\na: 2"])
def test_what_is_no_plain_yaml_is_an_error(content):
    with pytest.raises(yaml.YAMLError):
        front_matter(f"---\n{content}\n---\n")


def test_what_is_no_mapping_is_an_error():
    with pytest.raises(ValueError, match="not a mapping"):
        front_matter("---\n- 1\n---\n")
