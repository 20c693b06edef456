import shutil

import pytest

from exports.build import build_dataset
from tests.exports.making import SCHEME, make


@pytest.fixture
def made(tmp_path):
    """A fresh corpus and log."""
    return make(tmp_path)


@pytest.fixture(scope="session")
def _built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    made = make(folder)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME, max_chars=20)
    return made, folder / "dataset"


@pytest.fixture
def dataset(_built, tmp_path):
    """A dataset of the small corpus, in a copy that the test may spoil."""
    return shutil.copytree(_built[1], tmp_path / "dataset")


@pytest.fixture
def corpus_of_dataset(_built):
    """The corpus that `dataset` was built from; not to be spoilt."""
    return _built[0]
