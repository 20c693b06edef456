"""A workspace file is read exactly, and what is wrong in it is named."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from corpus.errors import JiaozhuError
from corpus.workspace import Annotation, Cleaning, Endpoint, Exports, Studio, Workspace, load_workspace

SETTINGS = Path(__file__).parents[2] / "docs" / "settings.md"


def write(folder: Path, text: str) -> Path:
    path = folder / "jiaozhu.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_share_may_be_written_as_a_whole_number(tmp_path):
    studio = load_workspace(write(tmp_path, "[studio]\nblind = 1\noverlap = 0.25\n")).studio
    assert (studio.blind, studio.overlap, studio.planted) == (1.0, 0.25, 0.0)


def test_paths_are_relative_to_the_file(tmp_path):
    config = write(tmp_path, '[paths]\npages = ["a", "/b"]\ncorpus = "c"\n[studio]\nfolder = "s"\n')
    workspace = load_workspace(config)
    assert workspace.pages == (tmp_path / "a", Path("/b"))
    assert workspace.corpus == tmp_path / "c"
    assert workspace.studio.folder == tmp_path / "s"
    assert workspace.log == tmp_path / "annotations" / "log.jsonl"


def test_personal_data_is_masked_unless_the_file_says_otherwise(tmp_path):
    assert load_workspace(write(tmp_path, "")).dataset.mask_personal_data is True
    config = write(tmp_path, "[exports]\nmask_personal_data = false\n")
    assert load_workspace(config).dataset.mask_personal_data is False


def test_further_forms_are_a_list_of_names(tmp_path):
    assert load_workspace(write(tmp_path, "")).dataset.forms == ()
    config = write(tmp_path, '[exports]\nforms = ["conll", "spacy"]\n')
    assert load_workspace(config).dataset.forms == ("conll", "spacy")


def test_what_suggests_is_chosen_in_a_section_of_its_own(tmp_path):
    config = write(
        tmp_path,
        '[annotation]\nmodel = "models/ours"\ncrf = "m.crf"\nlist = "/n.tsv"\nskip = ["people"]\nmin_score = 1\n'
        '[annotation.labels]\nPER = "PERSON"\n[annotation.endpoint]\nkey_file = "key"\nmax_cost = 0.5\n',
    )
    settings = load_workspace(config).annotation
    assert settings.model == str(tmp_path / "models" / "ours")
    assert (settings.crf, settings.list) == (tmp_path / "m.crf", Path("/n.tsv"))
    assert (settings.skip, settings.min_score, settings.labels) == (("people",), 1.0, {"PER": "PERSON"})
    assert (settings.endpoint.key_file, settings.endpoint.max_cost) == (tmp_path / "key", 0.5)


@pytest.mark.parametrize("model", ["lac", "none", "http://127.0.0.1:8000/v1"])
def test_a_model_that_is_no_folder_stays_as_it_is(tmp_path, model):
    assert load_workspace(write(tmp_path, f'[annotation]\nmodel = "{model}"\n')).annotation.model == model


def test_without_a_file_the_defaults_lie_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_workspace().corpus == tmp_path / "build" / "corpus"


def test_the_file_of_the_current_folder_is_found(tmp_path, monkeypatch):
    write(tmp_path, '[studio]\nproject = "我的项目"\n')
    monkeypatch.chdir(tmp_path)
    assert load_workspace().studio.project == "我的项目"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[paths\n", "not valid TOML"),
        ("[path]\n", r"unknown section \[path\]; the sections are annotation, corpus, exports, paths, studio"),
        ('[paths]\ncorpse = "x"\n', r"\[paths\] has no setting 'corpse'"),
        ("[paths]\ncorpus = 3\n", r"\[paths\] corpus must be a path in quotes, not 3"),
        ('[paths]\npages = "x"\n', r"\[paths\] pages must be a list of paths"),
        ("[paths]\npages = [3]\n", r"\[paths\] pages must be a list of paths"),
        ('[exports]\nmax_chars = "many"\n', r"\[exports\] max_chars must be a number above 0, not 'many'"),
        ("[studio]\nblind = 1.5\n", r"\[studio\] blind must be a share from 0.0 to 1.0, not 1.5"),
        ("[studio]\noverlap = -1\n", r"\[studio\] overlap must be a share from 0.0 to 1.0, not -1"),
        ("[studio]\nplanted = true\n", r"\[studio\] planted must be a share from 0.0 to 1.0, not True"),
        ("[studio]\nbatch = 0\n", r"\[studio\] batch must be a number above 0, not 0"),
        ("[exports]\nmax_chars = true\n", r"\[exports\] max_chars must be a number above 0, not True"),
        ('[exports]\nmask_personal_data = "no"\n', r"\[exports\] mask_personal_data must be true or false, not 'no'"),
        ("[exports]\nmask_personal_data = 0\n", r"\[exports\] mask_personal_data must be true or false, not 0"),
        ('[exports]\nforms = "conll"\n', r"\[exports\] forms must be a list of names in quotes, not 'conll'"),
        ("[exports]\nforms = [1]\n", r"\[exports\] forms must be a list of names in quotes, not \[1\]"),
        ("[studio]\nurl = 8080\n", r"\[studio\] url must be text in quotes, not 8080"),
        ('studio = "x"\n', r"studio must be a section"),
        ('[annotation]\nmin_score = "0.4"\n', r"\[annotation\] min_score must be a share from 0.0 to 1.0, not '0.4'"),
        ("[annotation.endpoint]\nmax_cost = -1\n", r"max_cost must be a number of 0 or more, not -1.0"),
        ("[annotation]\ncrf = 1\n", r"\[annotation\] crf must be a path in quotes, not 1"),
        ("[annotation.labels]\nPER = 1\n", r"\[annotation\] labels must be names in quotes, each with a name"),
        ("[annotation.endpoint]\nkey = 'x'\n", r"\[annotation.endpoint\] has no setting 'key'"),
        ("[annotation]\nendpoint = 'x'\n", r"annotation.endpoint must be a section"),
    ],
)
def test_a_mistake_is_named_with_the_file(tmp_path, text, said):
    with pytest.raises(JiaozhuError, match=said) as caught:
        load_workspace(write(tmp_path, text))
    assert str(tmp_path / "jiaozhu.toml") in str(caught.value)


def test_a_named_file_that_is_missing_is_said(tmp_path):
    with pytest.raises(JiaozhuError, match=r"nope\.toml: no such workspace file"):
        load_workspace(tmp_path / "nope.toml")


SECTIONS = {
    "paths": Workspace,
    "corpus": Cleaning,
    "annotation": Annotation,
    "endpoint": Endpoint,
    "studio": Studio,
    "exports": Exports,
}


def test_the_page_of_settings_names_each_of_them_with_its_default(tmp_path):
    (shown,) = re.findall(r"```toml\n(.*?)```", SETTINGS.read_text("utf-8"), re.S)
    assert load_workspace(write(tmp_path, shown)) == load_workspace(write(tmp_path, ""))
    named = tomllib.loads(re.sub(r"^# (?=\w+ = )", "", shown, flags=re.M))
    named["endpoint"] = named["annotation"].pop("endpoint")
    for section, kind in SECTIONS.items():
        settings = {item.name for item in fields(kind) if not is_dataclass(getattr(kind(), item.name))} - {"root"}
        assert set(named.pop(section)) == settings, section
    assert not named
    without_a_default = "".join(re.findall(r"^# (\w+ = .*\n)", shown, re.M))
    assert set(re.findall(r"^(\w+) = ", without_a_default, re.M)) == {"labels", "crf", "list", "key_file", "workers"}
