# onestop: everything a bare checkout needs is made here, inside .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check format samples clean

demo: .venv/ready  ## reconcile the sample quarter into demo/
	rm -rf demo
	$(BIN)/onestop reconcile --period 2010Q4 --stays samples/county/hospitals --roster samples/county/roster \
	    --register samples/county/register.csv --rules huangzhong-2009 --out demo/2010Q4

test: .venv/ready  ## the whole suite
	$(BIN)/pytest -n auto

check: .venv/ready  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

samples: .venv/ready  ## make samples/ again from its generator
	$(BIN)/python -m samples.fabricate

.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
