# make demo   the main job, shown on a virtual campus
# make test   every check and every test
# Both install what they need first: Debian's packages (as root), and a virtual environment in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check unit bench clean

demo: $(READY)
	$(BIN)/ruijie-proxy lab demo

test: check unit

# Style and types.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# A test that was left out for want of namespaces is a failure here.
unit: $(READY)
	RUIJIE_PROXY_REQUIRE_NAMESPACES=1 $(BIN)/pytest

bench: $(READY)
	$(BIN)/python -m bench

$(READY): pyproject.toml hatch_build.py tools/bootstrap.sh $(wildcard src/ruijie_proxy/locale/*/*.po)
	sh tools/bootstrap.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
