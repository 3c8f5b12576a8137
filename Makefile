# Each target sets up what it needs, in `.venv`. By `exec` make waits until an interrupted program has cleaned up.

VENV := .venv
BIN := $(VENV)/bin
# `make PYTHON=...` chooses the Python of `.venv`, which then stays.
PYTHON ?= $(shell test -x $(BIN)/python && echo $(BIN)/python || echo python3)
SET_UP = @exec $(PYTHON) -m tools.set_up
SIDE_BY_SIDE := exec $(BIN)/python -m tools.side_by_side

# An output folder for each call, so that two may run at once.
READABLE = $(BIN)/python -m settings $(ARGS)
CDK = $(READABLE) && out=$$(mktemp -d) && trap 'rm -rf "$$out"' EXIT HUP INT TERM && \
	$(BIN)/node $(VENV)/node_modules/aws-cdk/bin/cdk --app "$(BIN)/python app.py" --output "$$out"

# Uncached, imports take longer than all that some targets do.
unexport PYTHONDONTWRITEBYTECODE
# An older Node on the PATH would print a banner.
export JSII_NODE := $(abspath $(BIN))/node

# Where the home folder cannot be written, npm and uv fail, and the CDK never ends.
ifneq ($(shell test -d "$$HOME" && mkdir -p "$$HOME/.cache" 2>&1 && test -w "$$HOME/.cache" && echo yes),yes)
THEIR_HOME := $(HOME)
export AWS_CONFIG_FILE ?= $(THEIR_HOME)/.aws/config
export AWS_SHARED_CREDENTIALS_FILE ?= $(THEIR_HOME)/.aws/credentials
export HOME := $(abspath $(VENV))/home
endif

.DEFAULT_GOAL := help
.PHONY: help run test unit soak check fix local later plan bench bootstrap deploy status doctor redrive destroy lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {sub(/: \[/, "\n                 [", $$2); printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start two models in a local AWS, and show their e-mails
	$(SET_UP) run app cdk lambda
	@$(READABLE) && exec $(BIN)/python -m local.commands.show

CHECKS := "format: $(BIN)/ruff format --quiet --check ." "lint: $(BIN)/ruff check --quiet ." "types: $(BIN)/mypy" \
	"findings: $(BIN)/python -m findings" "walls: $(BIN)/lint-imports --no-logo"
# Two more than there are processors, since many tests wait for most of their time.
WORKERS = $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 2)")
PYTEST = $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test: ## Check the code and run the tests
	$(SET_UP) test check checkov app cdk lambda plain
	@$(SIDE_BY_SIDE) $(CHECKS) "tests: $(PYTEST)"

unit: ## Run the tests of pure code, within a minute
	$(SET_UP) unit app
	@$(BIN)/pytest tests/unit --numprocesses auto

soak: ## Run the exhaustive tests, which take up to half an hour
	$(SET_UP) test checkov app cdk lambda plain
	@$(SIDE_BY_SIDE) "tests: $(PYTEST) --hypothesis-profile soak -m 'soak or hypothesis'"

check: ## Check code and template: style, types, imports, security
	$(SET_UP) check checkov app
	@$(SIDE_BY_SIDE) $(CHECKS)

fix: ## Format the code, and fix what the linter can fix
	$(SET_UP) fix
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

local: ## Keep a local AWS up, with the app deployed: [SCENARIO=file.json] [PORT=n] [QUIET=1] [ARGS="-c key=value"]
	$(SET_UP) local app cdk lambda
	@$(READABLE) && exec $(BIN)/python -m local.commands.serve $(if $(SCENARIO),--scenario "$(SCENARIO)") $(if $(PORT),--port "$(PORT)") $(if $(QUIET),--quiet) $(ARGS)

later: ## Let time pass in the AWS of make local: [HOURS=1] [PORT=n]
	@exec $(PYTHON) -m local.commands.later $(if $(HOURS),--hours "$(HOURS)") $(if $(PORT),--port "$(PORT)")

plan: ## Show what the schedules will do in 14 days, and cost: [ARGS="-c key=value"]
	$(SET_UP) plan app
	@$(BIN)/python -m plan $(ARGS)

bench: ## Measure cold starts, or polling, its lag, or 200 starts at once: [ARGS=polling] [ARGS=lag] [ARGS=crowd]
	$(SET_UP) local app cdk lambda
	@$(BIN)/python -m bench $(ARGS)

bootstrap: ## Prepare an AWS account and Region for deploys, once
	$(SET_UP) app cdk
	@$(CDK) bootstrap $(ARGS)

deploy: ## Deploy into your AWS account: [ARGS="-c key=value"]
	$(SET_UP) app cdk
	@$(BIN)/python -m operations.destroy.failed_creation $(ARGS)
	@$(CDK) deploy $(ARGS)

status: ## Show which models run, start or stop now, and what they cost: [ARGS=--watch]
	$(SET_UP) plan app
	@exec $(BIN)/python -m operations.status $(ARGS)

doctor: ## Say what is wrong with the app or the account, and what to do
	$(SET_UP) plan app
	@exec $(BIN)/python -m operations.doctor $(ARGS)

redrive: ## Put back what lies in the dead-letter queues: [QUEUE=name] [YES=1] [ARGS=--dry-run]
	$(SET_UP) plan app
	@exec $(BIN)/python -m operations.redrive $(if $(QUEUE),--queue "$(QUEUE)") $(if $(YES),--yes) $(ARGS)

destroy: ## Stop what runs, and remove the app from your AWS account: [YES=1] [ARGS=--leave-running]
	$(SET_UP) plan app
	@exec $(BIN)/python -m operations.destroy $(if $(YES),--yes) $(ARGS)

PIN = @$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet

lock: ## Pin all packages again, after a change of pyproject.toml: [ARGS=--upgrade]
	$(SET_UP)
	$(PIN) pyproject.toml --group check --output-file requirements.lock $(ARGS)
	$(PIN) --group pyproject.toml:checkov --output-file requirements.checkov.lock $(ARGS)
	$(PIN) pyproject.toml --constraints requirements.lock --generate-hashes --output-file requirements.txt --upgrade

clean: ## Remove what the other targets made
	rm -rf $(VENV) cdk.out cdk.context.json node_modules .coverage .dmypy.json .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
