# One command runs the whole helpdesk: `make run`. All targets: `make help`.
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=
SCENARIO ?=
SCALE ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock bench messages clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: .venv/installed ## run everything, with demo data: make run ARGS="--port 8010"
	@exec $(PY) manage.py up $(ARGS)

test: .venv/installed-for-tests ## run the tests: all, or some with ARGS="tests/helpdesk -k mail"
	@.ci/tools
	@.ci/test $(ARGS)

lint: .venv/installed-for-tests ## check format, style and missing migrations
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djlint --lint --quiet --configuration pyproject.toml helpdesk routing knowledge funnel
	$(PY) manage.py makemigrations --check --dry-run

format: .venv/installed-for-tests ## put the code into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: .venv/uv ## write the requirements files anew after a change in pyproject.toml
	.venv/bin/uv pip compile -q pyproject.toml --universal --generate-hashes -o requirements.txt
	.venv/bin/uv pip compile -q --group test --universal --generate-hashes -c requirements.txt \
		--custom-compile-command "make lock" -o tests/requirements.txt

bench: .venv/installed ## measure: make bench lists the scenarios, SCENARIO=inbox SCALE=100000 runs one
	@$(PY) bench/run.py $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(SCALE),--scale $(SCALE)) $(ARGS)

messages: .venv/installed ## collect the texts to translate, compile the translations
	.ci/tools
	$(PY) manage.py makemessages --all --no-obsolete --no-location --ignore ".venv/*" --ignore "var/*"
	$(PY) manage.py compilemessages --ignore .venv

clean: ## remove what the tests and tools left; data in var/ stay
	rm -rf .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.venv/uv:
	@.ci/venv $(PYTHON)
	@touch $@

.venv/installed: .venv/uv requirements.txt
	@echo "installing what requirements.txt names (once)"
	@.venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.txt
	@touch $@

.venv/installed-for-tests: .venv/installed tests/requirements.txt
	@.venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r tests/requirements.txt
	@touch $@
