# make audit [KERNEL=path]   installs zaplint into .venv and audits a kernel tree
# make fast                  installs zaplint compiled, for runs in three fifths of the time
# make test                  everything that CI runs
# make bench                 times an audit of Linux 6.12
# make clean                 removes what the others made here; the cache stays

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
KERNEL ?= fixtures/kernel
AUDIT_FLAGS ?=

export ZAPLINT_CACHE ?= $(HOME)/.cache/zaplint

BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: audit fast test lint bench clean trees tools

# Findings are an answer, not a failure: only statuses from 2 on end make with an error.
audit: .venv/.installed $(wildcard .venv/.fast)
	@$(BIN)/zaplint audit $(AUDIT_FLAGS) '$(KERNEL)'; status=$$?; \
	if [ $$status -gt 1 ]; then exit $$status; fi

fast: .venv/.fast

test: .venv/.tested trees tools lint
	$(BIN)/pytest -n 2

lint: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.installed
	tests/trees/fetch.sh 6.12
	$(BIN)/python tests/bench.py

trees:
	tests/trees/fetch.sh 6.1 6.12

tools:
	tests/sarif/fetch.sh
	tests/browser/fetch.sh
	@for wanted in ctags:universal-ctags gcc:gcc nvim:neovim; do \
	    if command -v $${wanted%:*} >/dev/null; then continue; fi; \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -q && apt-get install -q -y --no-install-recommends $${wanted#*:} || exit; \
	    else \
	        echo "$${wanted%:*}: not here; install $${wanted#*:}" >&2; exit 2; \
	    fi; \
	done
	@if ! $(PYTHON) -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -q && apt-get install -q -y --no-install-recommends python3-dev; \
	    else \
	        echo 'Python.h: not here; install python3-dev' >&2; exit 2; \
	    fi; \
	fi

.venv/.made:
	@if [ -z '$(PYTHON)' ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    echo 'python3: 3.11 or later is needed; install it, or set PYTHON' >&2; exit 2; \
	fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -q && apt-get install -q -y --no-install-recommends python3-venv; \
	    else \
	        echo 'venv: not part of this Python; install python3-venv' >&2; exit 2; \
	    fi; \
	fi
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made pyproject.toml
	$(PIP) --editable .
	@touch $@

.venv/.tested: .venv/.installed
	$(PIP) --editable '.[test,lsp]'
	@rm -f .venv/.fast
	@touch $@

# What is compiled does not follow the sources, so that `audit` makes it again. Tests want the
# sources: `test` and `lint` put them back.
.venv/.fast: .venv/.made setup.py pyproject.toml $(shell find analyzer rules -type f -not -path '*__pycache__*' 2>/dev/null)
	ZAPLINT_COMPILE=1 $(PIP) .
	@rm -f .venv/.tested
	@touch .venv/.installed $@

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find analyzer tests -name __pycache__ -type d -prune -exec rm -rf {} +
