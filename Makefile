# Needs Python 3.11 or newer, make and a package index. Another interpreter: make setup PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
INSTALL := $(PY) -m pip --quiet --disable-pip-version-check install
GENERATORS = $(filter-out tools/%vectors.py,$(shell grep -l -e '"--check"' tools/*.py 2>/dev/null))
VECTORS = $(wildcard tools/*vectors.py)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup check fmt lint types test test-long vectors docs demo bench bench-bulk bench-dss interop dist dist-matrix docs-site lock clean fuzz mutants oracle

help: ## list the commands
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# The program alone is enough for `demo`; the tools are added for everything else.
$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@echo "setup: the program and its dependencies into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "setup: the development tools into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## make .venv with everything, from hashed requirements

check: lint types test test-long vectors ## everything a change must pass

fmt: setup ## format, and fix what can be fixed safely
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

lint: setup ## rules, format, layers, generated documents up to date
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --config pyproject.toml --no-logo
	@for tool in $(GENERATORS); do $(PY) $$tool --check || exit 1; done

types: setup ## mypy, strict
	@$(BIN)/mypy

LONG := attacks attacks_pdf fuzz integration oracle property suites
test: setup ## the tests that need no other program; no network; four minutes on two cores
	@$(PY) -m pytest --quiet --numprocesses auto -m "not interop and not long" $(LONG:%=--ignore=tests/%)

test-long: setup ## those that go through many inputs: properties, attacks, fuzzing, foreign suites
	@$(PY) -m pytest --quiet --numprocesses auto -m "long and not interop"

# SECONDS is for all targets together; SEED gives other inputs.
fuzz: SECONDS := 1800
fuzz: SEED := 1
fuzz: setup ## change signed files, lists and tokens at random; make fuzz SECONDS=60 SEED=2
	@PYTHONPATH=src $(PY) -W error -m tests.fuzz --seconds $(SECONDS) --seed $(SEED)

# SEED chooses other changes; explained ones stand in tools/mutation/explained.json.
mutants: SEED := 1
mutants: COUNT := 100
mutants: setup ## change lines of judgement at random; do the tests notice? make mutants COUNT=50 SEED=2
	@$(PY) -m tools.mutants --count $(COUNT) --seed $(SEED)

oracle: setup ## 5,000 generated transcripts of each circular, judged by the rules and by the articles as the tests have them
	@HOCBA_ORACLE_COUNT=1250 $(PY) -m pytest --quiet --numprocesses auto tests/oracle

vectors: setup ## the committed vectors are what the generator writes
	@test -n "$(VECTORS)" || { echo "there is no tools/*vectors.py"; exit 1; }
	@for tool in $(VECTORS); do $(PY) $$tool --check || exit 1; done

docs: setup ## write the generated documents again
	@for tool in $(GENERATORS); do $(PY) $$tool || exit 1; done

docs-site: setup ## the documentation as a site that can be searched, in site/; a broken link fails it
	@$(PY) tools/docs_site.py

demo: $(VENV)/.run ## make, sign, verify and forge a transcript in demo-out/
	@$(BIN)/hocba demo --out demo-out

bench: setup ## measure against python-xmlsec and signxml; bench-out/results.json
	@$(PY) -m tools.bench

# The files stay in FOLDER, 77 kB each, and are used again; a run that was stopped goes on making those that are missing.
# 100,000 take less than an hour to make on two cores that have nothing else to do. FOLDER is a whole path, or from here.
bench-bulk: N := 2000
bench-bulk: FOLDER := .bench/bulk
bench-bulk: setup ## measure an archive: 1 and 2 processes, Dask, kills; make bench-bulk N=100000 FOLDER=/disk/archive
	@$(PY) -m tools.bench_bulk --files $(N) --folder $(FOLDER)

bench-dss: setup ## measure against EU DSS in a warm Java machine; needs a JDK and Maven; bench-out/dss.json
	@$(PY) -m tools.bench_dss

interop: setup ## compare with xmlsec1, EU DSS, signxml, xadesjs and others, both ways; installs them where it can
	@tools/setup-interop
	@$(PY) -m pytest --quiet --numprocesses auto --dist loadfile -m interop

dist: setup ## build the archives and their bill of materials, install the wheel into an empty environment and start it
	@rm -rf dist build && mkdir build
	@$(PY) -m build --no-isolation --outdir dist . >build/log 2>&1 || { cat build/log; exit 1; }
	@$(PY) tools/check_dist.py dist
	@$(PYTHON) -m venv build/sbom-venv
	@build/sbom-venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/sbom.txt
	@$(PY) tools/sbom.py build/sbom-venv/bin/cyclonedx-py dist
	@$(PY) tools/suite_archive.py dist >/dev/null
	@$(PYTHON) -m venv build/dist-venv
	@build/dist-venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/run.txt
	@build/dist-venv/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --no-index dist/*.whl
	@cd build && dist-venv/bin/hocba-conformance --vectors ../dist/hocba-conformance-*.zip --interface arguments --exec "$(CURDIR)/build/dist-venv/bin/hocba" --area schema >/dev/null
	@cd build && dist-venv/bin/hocba --version --verbose >/dev/null && dist-venv/bin/python -m pip --disable-pip-version-check check
	@cd dist && sha256sum *

dist-matrix: dist ## the wheel with the lowest and the newest dependencies, on each Python found, and each extra alone; minutes
	@$(PY) tools/dist_matrix.py

lock: ## resolve the dependencies again and write requirements/*.txt
	@$(PYTHON) -m venv build/lock-venv
	@build/lock-venv/bin/python -m pip --quiet --disable-pip-version-check install pip-tools
	@tools/lock build/lock-venv/bin/pip-compile

clean: ## remove everything made here
	@rm -rf $(VENV) build dist site demo-out bench-out fuzz-out .bench .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
