# onestop: everything a bare checkout needs is made here, inside .venv.
PYTHON ?= python3
BIN := .venv/bin
# Tests and benchmarks start hundreds of processes; without bytecode on the disk each would compile the house anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-oldest test-ray floor mutants bench check format samples bundle bundle-wheels bundle-windows \
	bundle-check bundle-windows-check windows-check windows-pictures manual clean

demo: .venv/ready  ## reconcile the sample quarter into demo/2010Q4
	rm -rf demo && mkdir demo && cp -R samples/county demo/示例县
	cd demo/示例县 && ../../$(BIN)/onestop reconcile --period 2010Q4 --out ../2010Q4

test: .venv/ready  ## the whole suite
	$(BIN)/pytest -n auto --dist worksteal $(MEASURE)

floor:  ## the whole suite, measured; fails where it goes through less of the code than before
	rm -rf build/coverage && mkdir -p build/coverage
	$(MAKE) test MEASURE="--cov --cov-report="
	$(BIN)/python .ci/floor.py

test-oldest: .venv-oldest/ready  ## the core and the sample county with the oldest libraries allowed
	.venv-oldest/bin/pytest -n auto tests/core tests/samples/test_sample_county.py

mutants: .venv/ready  ## plausible bugs, one at a time: does a test notice? Takes a quarter of an hour
	$(BIN)/python -m benchmarks.mutants

test-ray: .venv/ray  ## a run in parts on two local Ray workers
	$(BIN)/pytest -W default -p no:xdist tests/on_ray.py

bench: .venv/bench  ## the table of docs/benchmarks.md: every peer on the same data, in the same run
	$(BIN)/python -m benchmarks.goals

check: .venv/ready  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

samples: .venv/ready  ## make samples/ again from its generator
	$(BIN)/python -m samples.fabricate

bundle: bundle-wheels bundle-windows  ## what is handed out, in dist/

bundle-wheels: .venv/ready  ## the offline installer out of wheels, with its contents and sizes
	PYTHONPATH=packaging $(BIN)/python -m bundle.build dist

bundle-windows: .venv/ready  ## the folder with onestop.exe as a zip; needs Wine
	PYTHONPATH=packaging $(BIN)/python -m windows.build dist

bundle-check: bundle-wheels  ## install the bundle without a network and settle the sample quarter with it
	unshare --map-root-user --net sh tests/packaging/offline_bundle.sh dist/onestop-*[0-9].zip

bundle-windows-check: bundle-windows  ## unpack that zip without a Python and do a quarter with its shortcuts
	PYTHONPATH=packaging $(BIN)/python -m windows.desk dist/onestop-*-windows.zip

windows-check: .venv/ready  ## the suite and a quarter by a Windows Python under Wine, as a table; before every release
	PYTHONPATH=packaging $(BIN)/python -m windows.check

windows-pictures: bundle-windows  ## pictures of the manual that show the shortcuts of that zip
	PYTHONPATH=packaging $(BIN)/python -m windows.pictures dist/onestop-*-windows.zip docs/pictures

manual: .venv/ready  ## outputs and pictures of README and manual again, from the samples; dist/手册.pdf
	PYTHONPATH=packaging $(BIN)/python -m docs.manual

.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

.venv-oldest/ready: .ci/oldest.txt
	test -x .venv-oldest/bin/python || $(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
		-r .ci/oldest.txt pytest pytest-xdist hypothesis
	touch $@

.venv/ray .venv/bench: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(@F)]'
	touch $@

clean:
	rm -rf .venv .venv-oldest demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
