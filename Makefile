# `make demo` and `make test` need CPython 3.11 or newer and install all else into .venv.

PYTHON ?= python3
STEPS ?=

BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help demo lab docs test test-pretend-gpu test-slow test-browser test-old-kernel extension lint format coverage clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installing copies the built extension to where JupyterLab looks for it.
$(INSTALLED): pyproject.toml multigan/labextension/package.json
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)' || { \
		echo "multigan needs CPython 3.11 or newer. Name one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "$(PYTHON) has no venv. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '.[dev]'
	@# Without pyaudio, for loudspeakers, which has no wheel for Linux.
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --no-deps tinysoundfont
	@touch $@

demo: $(INSTALLED)  ## train on handwritten digits; STEPS=50 makes it short
	@$(BIN)/multigan demo $(if $(STEPS),--steps $(STEPS))

lab: $(INSTALLED)  ## open JupyterLab with multigan in it; LAB="--no-browser" passes options on
	$(BIN)/jupyter lab $(LAB)

docs: $(INSTALLED)  ## build the documentation into docs/_build, notebooks executed
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '.[docs]'
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build

# Several test processes with several threads each would be slower than one thread each.
test test-pretend-gpu test-slow test-browser test-old-kernel coverage: export OMP_NUM_THREADS := 1

test: $(INSTALLED)  ## run the fast tests
	$(BIN)/python -m pytest

# Every recipe's whole life, and sessions, checkpoints and samplers that know nothing of it.
test-pretend-gpu: $(INSTALLED)  ## train on a GPU that is pretended on CPU memory; needs g++ once
	$(BIN)/python -m pytest -m pretend_gpu --timeout 300 tests/pretend_gpu
	$(BIN)/python -m pytest -p tests.pretend_gpu.plugin --pretend-gpu --timeout 300 \
		tests/sampling/test_pipelines.py tests/runs/test_held_out.py

test-slow: $(INSTALLED)  ## run the tests that take long, and the runs that must learn
	$(BIN)/python -m pytest -m 'slow or learning' --timeout 1200

test-browser: $(INSTALLED)  ## drive JupyterLab in Chromium (Debian: apt-get install chromium)
	$(BIN)/python -m pytest -n 0 -m browser --timeout 600 tests/browser

# Without threads for comms: what needs the kernel to listen while a cell runs is skipped.
test-old-kernel: $(INSTALLED)  ## run the notebook's tests with ipykernel 6.31
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet --upgrade \
		--no-deps --target .venv/ipykernel-6 'ipykernel==6.31.*' nest-asyncio
	PYTHONPATH=$(CURDIR)/.venv/ipykernel-6 MULTIGAN_IPYKERNEL=6.31 $(BIN)/python -m pytest \
		-n 0 -m 'not slow' --timeout 600 \
		tests/notebook tests/browser/test_widgets.py tests/browser/test_explorers.py

extension: $(INSTALLED)  ## build the JupyterLab extension again; needs node 20 and the npm registry
	cd extensions/jupyterlab && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm install --immutable && \
		PATH="$(CURDIR)/$(BIN):$$PATH" jlpm build

lint: $(INSTALLED)  ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(INSTALLED)  ## rewrite the code in the project's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

coverage: $(INSTALLED)  ## run the fast tests and say which lines they reach
	$(BIN)/python -m pytest --cov --cov-report=term --cov-report=html

clean:  ## remove the virtual environment and all caches; runs stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .coverage* htmlcov build dist
	find multigan benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +
