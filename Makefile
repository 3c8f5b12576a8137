# Each target sets up what it needs: `.venv` with the pinned Python packages, Node and the CDK command line.

PYTHON ?= python3
CDK_CLI_VERSION := 2.1148.1

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CDK := $(BIN)/node $(VENV)/node_modules/aws-cdk/bin/cdk --app "$(abspath $(BIN))/python app.py"

export JSII_NODE := $(abspath $(BIN))/node

.DEFAULT_GOAL := help
.PHONY: help run test local plan bootstrap deploy destroy lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## Start two models on AWS on this machine, and show what its subscribers hear
	@$(BIN)/python -m local.commands.show

test: $(READY) ## Check the code and run every test
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

local: $(READY) ## AWS on this machine with the app deployed: make local [SCENARIO=file.json] [PORT=n] [ARGS="-c key=value"]
	@exec $(BIN)/python -m local.commands.serve $(if $(SCENARIO),--scenario "$(SCENARIO)") $(if $(PORT),--port "$(PORT)") $(ARGS)

plan: $(READY) ## What the schedules come to in the next 14 days, in hours and money: make plan [ARGS="-c key=value"]
	@$(BIN)/python -m plan $(ARGS)

bootstrap: $(READY) ## Prepare the AWS account of your credentials for deploys, once
	@$(CDK) bootstrap $(ARGS)

deploy: $(READY) ## Deploy into the AWS account of your credentials: make deploy [ARGS="-c key=value"]
	@$(CDK) deploy $(ARGS)

destroy: $(READY) ## Remove the app from the AWS account of your credentials
	@$(CDK) destroy $(ARGS)

lock: $(READY) ## Pin every package again, after a change of requirements*.in
	@$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet requirements.in --output-file requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url --quiet requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove what the other targets made
	rm -rf $(VENV) cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements.txt requirements-dev.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=<a newer one>")'
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --requirement requirements-dev.txt
	@$(BIN)/npm install --prefix $(VENV) --no-save --no-package-lock --no-audit --no-fund --silent aws-cdk@$(CDK_CLI_VERSION)
	@touch $@
