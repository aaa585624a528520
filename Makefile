# The two commands that matter are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(shell find app/static/src -type f 2>/dev/null)

# Settings for `make run`; app/config.py says what each means and lists the others.
DEMO ?= slice
export DEMO

.PHONY: help setup run prepare assets migrate demo test check live-demo accept wall bench clean

help: ## List these commands
	@echo "make run [DEMO=slice|full|off] [PORT=8000] [DATABASE_URL=postgresql://…]"
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: .build/python .build/node ## Install what the site needs to run

run: setup assets prepare ## Serve the site, with an invented force unless DEMO=off
	@exec bin/serve

prepare: setup
	@$(BIN)/python -m app.prepare

assets: .build/assets ## Build the pages' scripts and styles

migrate: setup ## Bring the database up to date, without a demo force
	@DEMO=off $(BIN)/python -m app.prepare

demo: ## Throw the local demo away and invent a new one (DEMO=slice or full)
	@rm -f instance/tracker.db* instance/keys.db*
	@$(MAKE) prepare

test: .build/python-dev assets .build/browser-found ## Run every test, on both databases and in a browser
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

check: .build/python-dev ## Lint, types, layers, templates and dead code
	@echo "ruff"         && $(BIN)/ruff check --quiet .
	@echo "ruff format"  && $(BIN)/ruff format --check --quiet .
	@echo "mypy"         && $(BIN)/mypy
	@echo "lint-imports" && $(BIN)/lint-imports --no-logo
	@echo "djlint"       && $(BIN)/djlint --quiet --lint app/templates
	@echo "vulture"      && $(BIN)/vulture

live-demo: .build/python-dev assets .build/browser-found ## Play a shift and watch the team's page change (HEADED=1: in a window)
	@$(BIN)/python -m tests.live_demo

accept: .build/python-dev ## Import a whole published data set and check its known answers
	@$(BIN)/python -m tests.accept

wall: .build/python-dev assets ## Try the wall: canaries in every sensitive field of 1,500 people, every role at every address
	@$(BIN)/python -m tests.wall

bench: .build/python-dev assets ## Measure the site; LIVE=1: under 500 pollers; RECORDING=1: a supervisor at the form; SCALE=force|service: ten years of rows; LENS=1: a wellbeing lead's questions
	@$(BIN)/python -m $(if $(LENS),bench.lens,$(if $(SCALE),bench.scale --of $(SCALE),bench $(if $(LIVE),--live) $(if $(RECORDING),--recording)))

clean: ## Remove everything that was installed or built; the database stays
	rm -rf .venv node_modules .build app/static/dist app/static/.webassets-cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# What is installed or built leaves a stamp in .build, so that the next run does not do it again.

.build/python: requirements.txt bin/install
	@$(PYTHON) bin/install requirements.txt
	@mkdir -p .build && touch $@

.build/python-dev: requirements.txt requirements-dev.txt bin/install
	@$(PYTHON) bin/install requirements-dev.txt
	@mkdir -p .build && touch .build/python $@

.build/node: package.json package-lock.json .npmrc bin/node | .build/python
	@bin/node
	@touch $@

.build/assets: .build/node .build/python app/web/assets.py $(SOURCES)
	@echo "Building the scripts and styles"
	@rm -rf app/static/dist
	@DEMO=tiny INSTANCE=.build/instance SECRET_KEY=building-needs-no-secret-of-its-own \
		$(BIN)/flask --app app.factory assets build >.build/assets.log 2>&1 || { cat .build/assets.log >&2; exit 1; }
	@touch $@

.build/browser-found: bin/browser .build/node
	@bin/browser
	@touch $@
