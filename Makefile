# What people type. CONTRIBUTING has the prose; `make help` has the list.
PYTHON3 ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
PYTHON := $(VENV)/bin/python
# Stamps live in the environment, so that they die with it. `run` installs nothing that is there already.
UV_STAMP := $(VENV)/.stamp-uv
RUNTIME_STAMP := $(VENV)/.stamp-runtime
DEV_STAMP := $(VENV)/.stamp-dev
# The development pins hold the runtime ones: where they are installed, `run` keeps them instead of removing the rest.
RUN_STAMP := $(if $(wildcard $(DEV_STAMP)),$(DEV_STAMP),$(RUNTIME_STAMP))

# Images for containers often set it. Hundreds of processes start in the tests, each of which would compile all of
# Django and of its own anew: two thirds of what a start of the server takes.
unexport PYTHONDONTWRITEBYTECODE

# uv is 10 times faster than pip, but it reads none of pip's settings. A machine whose pip goes to a mirror, or
# trusts a certificate of its own, should not have to say so twice. (`pip config get` reads one file of several.)
pip_setting = $$($(PYTHON) -m pip config list | sed -n "s/^[:a-z]*\.$(1)='\(.*\)'$$/\1/p" | head -n 1)
UV = index="$${UV_DEFAULT_INDEX:-$(call pip_setting,index-url)}"; \
     certificate="$${SSL_CERT_FILE:-$(call pip_setting,cert)}"; \
     env $${index:+UV_DEFAULT_INDEX="$$index"} $${certificate:+SSL_CERT_FILE="$$certificate"} \
     VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(VENV)/bin/uv --quiet
# No header and no annotations: a pin is a name, a version and hashes, whatever index it came from.
COMPILE = pip compile --universal --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help install run test lint format bench messages lock clean

help:
	@echo "make run [HOST=127.0.0.1] [PORT=8000]   install, migrate and serve"
	@echo "make test [ARGS='-k name']              all tests; REQUIRE_ALL=1 forbids skips"
	@echo "make lint | format | bench              check; mend the format; measure"
	@echo "make messages                           what is said, into the catalogues of translations"
	@echo "make install | lock | clean             pins into $(VENV); make the pins anew; remove $(VENV) and caches"

$(UV_STAMP): requirements-uv.txt
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Parley needs Python 3.11 or newer (PYTHON3=...)")'
	$(PYTHON3) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(RUNTIME_STAMP): requirements.txt $(UV_STAMP)
	@echo "Installing requirements.txt into $(VENV)"
	@$(UV) pip sync --require-hashes requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(UV_STAMP)
	@echo "Installing requirements-dev.txt into $(VENV)"
	@$(UV) pip sync --require-hashes requirements-dev.txt
	@touch $@ $(RUNTIME_STAMP)

install: $(RUN_STAMP)

run: $(RUN_STAMP)
	$(PYTHON) manage.py serve --migrate --host $(HOST) --port $(PORT)

# A file's tests stay together, since many share a server; the files spread over more processes than CI has cores,
# since many wait a while: for a kill, a reply, a page. The browser's tests have processes of their own:
# Playwright keeps an event loop running in the thread that it was started in.
SPREAD = --numprocesses=3 --dist=loadgroup --no-loadscope-reorder

test: $(DEV_STAMP)
ifdef ARGS
	$(PYTHON) -m pytest $(ARGS)
else
	$(PYTHON) -m pytest $(SPREAD) --ignore=tests/browser
	$(PYTHON) -m pytest $(SPREAD) tests/browser
	$(PYTHON) -m tests.on_postgres -m 'not model' $(SPREAD) $(ON_POSTGRES_TOO)
endif

# The model of this machine is asked once, on SQLite: what it says is the same on both, and it takes all cores.
# What lays out documents asks the database nothing of its own.
ON_POSTGRES_TOO = tests/chat/engine tests/chat/api tests/chat/pages tests/chat/backups tests/exports \
                  --ignore-glob='tests/exports/test_pdf*.py' --ignore-glob='tests/exports/test_docx*.py'

TEMPLATES = find . -path ./$(VENV) -prune -o -path ./var -prune -o -path '*/templates/*' -name '*.html' -print0
DJADE = xargs -0 -r $(VENV)/bin/djade --target-version 5.2

# Settings make a secret key where they find none: not in people's data, for a mere check.
lint: export PARLEY_DATA := $(CURDIR)/$(VENV)/lint
lint: $(DEV_STAMP)
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	@$(TEMPLATES) | $(DJADE) --check
	$(PYTHON) -m mypy --num-workers 2
	$(VENV)/bin/lint-imports --no-logo
	$(PYTHON) manage.py makemigrations --check --dry-run

format: $(DEV_STAMP)
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	@$(TEMPLATES) | $(DJADE)

bench: $(DEV_STAMP)
	$(PYTHON) -m tests.benchmarks $(ARGS)

# Needs none of gettext's programs.
messages: $(DEV_STAMP)
	$(PYTHON) -m tests.catalogue

# Keeps what is pinned where the ranges allow it; ARGS=--upgrade takes the newest.
lock: $(UV_STAMP)
	@$(UV) $(COMPILE) $(ARGS) pyproject.toml --extra providers -o requirements.txt
	@$(UV) $(COMPILE) $(ARGS) pyproject.toml --extra providers --group dev --constraint requirements.txt -o requirements-dev.txt
	@$(UV) $(COMPILE) $(ARGS) --group installer -o requirements-uv.txt
	@! grep -nE '://|^-' requirements*.txt

# Leaves var/ alone: people's conversations are in it.
clean:
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
