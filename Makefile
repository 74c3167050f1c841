PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
BENCH := .venv-bench/bin
BENCH_READY := .venv-bench/.ready
GPU := .venv-gpu/bin
GPU_READY := .venv-gpu/.ready
# Tests run on one thread each, so that shared machines give the same times and results.
ONE_THREAD := OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1

.PHONY: help install demo test check bench bench-gpu clean

help:
	@echo "make demo     learn Hopper from bundled episodes, play it, open runs/demo/report.html"
	@echo "make test     every test"
	@echo "make check    format, lint, types, floors"
	@echo "make bench    speed on this CPU beside what one would pick instead, in .venv-bench"
	@echo "make bench-gpu  the same on an NVIDIA card, after checking it there, in .venv-gpu"
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
		--constraint constraints.txt --editable '.[atari,mujoco,report,dev]'
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

bench: $(BENCH_READY)
	@$(BENCH)/python -m benchmarks

# Apart from .venv, because the peers bring what the library does without.
$(BENCH_READY): pyproject.toml constraints.txt benchmarks/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(BENCH)/python || $(PYTHON) -m venv .venv-bench
	@echo "Installing into .venv-bench, a minute or two ..."
	@$(BENCH)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt torch
	@$(BENCH)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --requirement benchmarks/requirements.txt --editable '.[mujoco]'
	@touch $@

bench-gpu:
	@command -v nvidia-smi >/dev/null || { echo "make bench-gpu needs an NVIDIA card and its" \
		"driver; nvidia-smi was not found, so run it on a machine that has them" >&2; exit 2; }
	@$(MAKE) --no-print-directory $(GPU_READY)
	@$(GPU)/python -m benchmarks.gpu

# Apart from .venv, whose torch may be one for the CPU; PyPI's for Linux brings CUDA and Triton.
# Where pip is told of another index, torch may come without: the script says so.
$(GPU_READY): pyproject.toml constraints.txt
	@test -x $(GPU)/python || $(PYTHON) -m venv .venv-gpu
	@echo "Installing torch with CUDA into .venv-gpu, several minutes ..."
	@$(GPU)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt torch
	@$(GPU)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[mujoco,dev]'
	@touch $@

clean:
	rm -rf .venv .venv-bench .venv-gpu runs
