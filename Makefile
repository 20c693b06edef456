# 校注 Jiaozhu. `make help` lists the targets; every target first sets up what it needs.

PYTHON ?= python3
BIN := .venv/bin
JIAOZHU := $(BIN)/jiaozhu
.DEFAULT_GOAL := help
.PHONY: help setup demo test unit corpus preannotate studio push pull exports verify report bench bench-clean bench-ner bench-exports bench-carry bench-rebuild bench-studio lint clean words-model

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: .venv/ready ## Make .venv with everything the main job needs

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "jiaozhu needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "this Python cannot make virtual environments; install its venv package (Debian: python3-venv)"; exit 2; }
	@echo "setting up .venv (once, about two minutes)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[annotation,train,words,studio,serve,dev]'
	@touch $@

demo: setup ## Walk the whole road on the samples, with a Label Studio of its own
	@$(BIN)/python samples/demo.py

# Where it is set, as in many containers, every process of the tests would compile everything anew.
test unit: export PYTHONDONTWRITEBYTECODE :=

test: lint studio-venv browser words-model .venv-huggingface/ready .venv-studio-before/ready ## Lint, then every test: unit, property, a real Label Studio, a real browser
	@$(BIN)/python -m pytest
	@.venv-huggingface/bin/python -m pytest -q tests/annotation/test_huggingface.py tests/test_examples.py

unit: setup ## The tests that take less than a second, with fewer random examples: under a minute on two cores
	@$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow" --hypothesis-profile=quick

lint: setup ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

studio-venv: setup
	@$(JIAOZHU) annotation studio --install-only

words-model: setup ## Set up pkuseg's model, for the word view
	@$(JIAOZHU) annotation words-model

browser: setup
	@$(BIN)/python tests/install_browser.py

# $(call above,NAME,BASE): the virtual environment .venv-NAME, which sees what the environment BASE has under what it has.
define above
	@$(BIN)/python -m venv --clear .venv-$(1)
	@packages='import site; print(site.getsitepackages()[0])'; \
	  $(2)/bin/python -c "$$packages" > "$$(.venv-$(1)/bin/python -c "$$packages")/jiaozhu.pth"
endef

# Torch slows every start of spaCy down, so it is not in .venv; this environment adds it to what .venv has.
.venv-huggingface/ready: .venv/ready
	@echo "setting up .venv-huggingface for the tests of Hugging Face models (once, about two minutes)"
	$(call above,huggingface,.venv)
	@.venv-huggingface/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[huggingface]'
	@touch $@

.venv-studio-before/ready: tests/label-studio-before.txt annotation/label-studio-constraints.txt | studio-venv
	@echo "setting up .venv-studio-before for the tests on the Label Studio before (once, about a minute)"
	$(call above,studio-before,.venv-studio)
	@.venv-studio-before/bin/python -m pip install --quiet --disable-pip-version-check -r tests/label-studio-before.txt
	@touch $@

corpus: setup ## Clean the pages of jiaozhu.toml into a corpus
	@$(JIAOZHU) corpus build

report: corpus ## Write one HTML file about the corpus
	@$(JIAOZHU) corpus report

preannotate: corpus ## Suggest organizations, amounts and places
	@$(JIAOZHU) annotation preannotate

studio: setup ## Start a Label Studio for people; it runs until Ctrl-C
	@$(JIAOZHU) annotation studio

push: preannotate ## Send documents and suggestions to Label Studio
	@$(JIAOZHU) annotation push

pull: setup ## Bring what people decided into the annotation log
	@$(JIAOZHU) annotation pull

exports: corpus ## Rebuild the dataset from the pages and the annotation log; no server needed
	@$(JIAOZHU) exports build
	@$(JIAOZHU) exports verify --once

verify: setup ## Check what the dataset promises
	@$(JIAOZHU) exports verify

bench: bench-clean bench-ner bench-carry bench-exports ## Measure quality and speed (docs/benchmarks.md)

bench-clean: setup ## Measure the cleaner
	@$(BIN)/python tests/benchmarks/bench_clean.py

bench-exports: setup ## Measure the published tables: a million passages, about ten minutes and 5 GB of disk
	@$(BIN)/python tests/benchmarks/bench_exports.py

bench-ner: setup ## Measure the pre-annotator
	@$(BIN)/python tests/benchmarks/bench_ner.py

bench-studio: studio-venv ## Measure push and pull against the bare server
	@$(BIN)/python tests/benchmarks/bench_studio.py

bench-carry: setup ## Measure how many annotations outlive a change of the cleaner
	@$(BIN)/python tests/benchmarks/bench_carry.py

bench-rebuild: setup ## Measure what one changed page costs among 300 and 3,000
	@$(BIN)/python tests/benchmarks/bench_rebuild.py

clean: ## Remove what was built (not the environments)
	@rm -rf build
