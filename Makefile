# Two commands matter: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
JOBS ?= 2
export PORT

.PHONY: run test lint unit rest check-tools lock clean

run: .venv/.run
	@PULSE_DEMO=$${PULSE_DEMO:-1} $(BIN)/flask --app wsgi start

test: .venv/.test lint unit rest

lint: .venv/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Rules are pure and quick to test; every branch of them is.
unit: .venv/.test
	rm -f .coverage .coverage.*
	$(BIN)/pytest tests/unit -q -n $(JOBS) --cov --cov-report=
	$(BIN)/coverage report --include='employee_pulse/*/rules.py,employee_pulse/*/rules/*,employee_pulse/ballots/*/rules.py,employee_pulse/ballots/*/rules/*' --fail-under=100

rest: .venv/.test
	$(BIN)/pytest tests --ignore=tests/unit -q -n $(JOBS)

.venv/.run: requirements.lock | check-tools
	@test -e .venv/.test || { echo "Installing what the program needs (once, about a minute) ..."; $(call install,requirements.lock); }
	@touch $@

.venv/.test: requirements-dev.lock | check-tools
	@echo "Installing what the program and its tests need (once, about a minute) ..."
	@$(call install,requirements-dev.lock)
	@touch $@

define install
test -x $(BIN)/python || $(PYTHON) -m venv .venv; \
if command -v uv >/dev/null 2>&1; \
then VIRTUAL_ENV=.venv uv pip install --quiet --require-hashes -r $(1); \
else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
endef

check-tools:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python is missing. On Debian: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V). On Debian 12: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python cannot make virtual environments. On Debian: apt install python3-venv"; exit 1; }

# Needs uv; writes both lock files anew from pyproject.toml.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .coverage* .mypy_cache .ruff_cache
