PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Tests run on one thread each, so that shared machines give the same times and results.
ONE_THREAD := OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1

.PHONY: help install demo test check clean

help:
	@echo "make demo     learn Hopper from bundled episodes, play it, open runs/demo/report.html"
	@echo "make test     every test"
	@echo "make check    format, lint, types, floors"
	@echo "make install  .venv with all that these need (they call it themselves)"

install: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv, a minute or two ..."
	@# torch first and pinned: left to the others it would come with gigabytes for CUDA.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt torch
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[mujoco,report,dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/decision-mamba train demo --out runs/demo --resume
	@$(BIN)/decision-mamba report runs/demo --out runs/demo/report.html

test: $(READY)
	@$(ONE_THREAD) $(BIN)/python -m pytest

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean:
	rm -rf .venv runs
