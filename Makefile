# The ways in. `make demo` and `make test` set up what they need; outside this folder only pytest keeps its temporary one.
# PYTHON=/path/to/python3.12 chooses another Python, ARGS="…" hands words on to the command.

PYTHON ?=
ARGS ?=
UPGRADE ?=
BIN := .venv/bin
KEHOU := $(BIN)/python -m services.cli
SETUP := PYTHON="$(PYTHON)" sh scripts/setup.sh
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help demo up test bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Live one school day on a fast clock; on a terminal it then keeps serving until Ctrl-C
	@$(SETUP) run
	@$(KEHOU) demo $(ARGS)

up: ## The same platform left running (ARGS=--help shows its options)
	@$(SETUP) run
	@$(KEHOU) up $(ARGS)

test: ## Lint, types, layers and all tests
	@$(SETUP) dev
	@echo "== lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@echo "== types"
	@$(BIN)/mypy --no-error-summary
	@echo "== layers"
	@$(BIN)/lint-imports --no-logo > .venv/layers.log || (cat .venv/layers.log; exit 1)
	@echo "== tests"
	@$(BIN)/pytest -n 3 --dist loadfile $(ARGS)

bench: ## Measure, print a table, write bench/results/latest.json
	@$(SETUP) dev
	@$(BIN)/python -m bench $(ARGS)

lock: ## Write requirements/*.txt anew (UPGRADE=--upgrade for newer versions)
	@$(SETUP) dev
	@cd requirements && $(COMPILE) --output-file run.txt run.in && $(COMPILE) --output-file dev.txt dev.in
	@! grep -nE '^[^#]*(://|index-url|find-links|trusted-host)|^-' requirements/run.txt requirements/dev.txt

clean: ## Remove the venv and caches; data/ stays
	@rm -rf .venv .setup.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
