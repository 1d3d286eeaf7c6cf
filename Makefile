# A thin layer over `tieout`. `make run` is the whole main job on a demo company; `make help` lists the rest.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= python3.11
# The company's folder: a demo's, or any path.
COMPANY ?= companies/adventureworks
export TIEOUT_COMPANY := $(abspath $(COMPANY))
# The second demo's files are made, not kept.
SIMULATED := companies/tarnvale/files
MADE := $(if $(filter $(abspath companies/tarnvale),$(TIEOUT_COMPANY)),$(SIMULATED))

.DEFAULT_GOAL := help
.PHONY: help setup run report status dev test faults bench-landing bench-simulation lint docs format clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

setup: $(STAMP) ## Make .venv with the pinned dependencies

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Tieout needs Python 3.11 or newer as $(PYTHON); name another one with make PYTHON=..."; exit 1; }
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $(STAMP)

run: setup $(MADE) ## Run the main job through Dagster: land, build, check, publish, report
	@$(BIN)/tieout run

$(SIMULATED):
	@$(BIN)/tieout simulate --out $(SIMULATED) --years 3 --scale 1 --seed 7

report: setup ## Make the monthly report from the published mart
	@$(BIN)/tieout report

status: setup ## Show how fresh the sources are and what is published
	@$(BIN)/tieout status

dev: setup ## Dagster's UI on localhost:3000 with daemon, schedules and sensors
	@mkdir -p $(TIEOUT_COMPANY)/data/dagster && cp -n orchestration/dagster.yaml $(TIEOUT_COMPANY)/data/dagster/dagster.yaml || true
	@DAGSTER_HOME=$(TIEOUT_COMPANY)/data/dagster $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

END_TO_END := $(VENV)/end-to-end.log

test: setup ## Run all tests; those that run the main job run beside the others
	@$(BIN)/python -m pytest tests/end_to_end tests/faults >$(END_TO_END) 2>&1 & end_to_end=$$!; \
	$(BIN)/python -m pytest --ignore=tests/end_to_end --ignore=tests/faults; others=$$?; \
	wait $$end_to_end; ended=$$?; cat $(END_TO_END); exit $$((others || ended))

faults: setup ## Disturb runs in every known way and check every promise; FAULTS="--kills 200 --write" is the long form
	@$(BIN)/python -m tests.faults.harness $(FAULTS)

bench-landing: setup ## Time landing against plain COPY; BENCH="--rows 1000000" makes it smaller
	@$(BIN)/python -m tests.benchmarks.landing $(BENCH)

lint: setup ## ruff, mypy, import rules, sqlfluff, dg check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.lint_sql lint companies/adventureworks models tests company_models company_tests
	@$(BIN)/python -m tests.lint_sql lint companies/tarnvale company_models company_tests
	@$(BIN)/dg check yaml
	@$(BIN)/dg check defs

docs: setup ## Write the pages of the contract, the KPI dictionary and the simulated company
	@$(BIN)/python -m orchestration.company.document
	@$(BIN)/python -m orchestration.folder.kpi_page
	@$(BIN)/python -m orchestration.simulation.document

format: setup ## Let ruff and sqlfluff mend what they can
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/python -m tests.lint_sql fix companies/adventureworks models tests company_models company_tests
	@$(BIN)/python -m tests.lint_sql fix companies/tarnvale company_models company_tests

SCALE ?= 29

bench-simulation: setup ## Measure the simulated company at 10 million journal lines (SCALE=29)
	@PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/simulation.py $(SCALE)

clean: ## Remove what runs of the demos have written; their sources stay
	@rm -rf companies/*/data
