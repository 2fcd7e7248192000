# PQ. `make help` explains every target; `make run` and `make test` need only Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 8000
DATA ?= .pq
EVENTS ?= 20000
SEED ?= 1
BUS ?= postgres
WORKERS ?= auto

VENV := .venv
BIN := $(VENV)/bin
MEMBERS := libs/common services/registry services/support-grants services/certification services/tfp services/reporting deploy/embedded
PACKAGES := pq_common pq_registry pq_support_grants pq_certification pq_tfp pq_reporting pq_embedded
TESTED := tests $(wildcard libs/common/tests services/*/tests deploy/embedded/tests)
UNIT := tests/test_house.py $(wildcard libs/common/tests/places libs/common/tests/test_*.py services/*/tests/domain)
# Dear fixtures stay in one process and long tests begin first: pq_common.testing.workers. WORKERS=0 is one process.
SPREAD := -n $(WORKERS) --dist loadgroup --no-loadscope-reorder
# Workers that a busy machine does not start within three seconds are a fatal error (2); one process needs none.
typed = $(BIN)/mypy --no-error-summary --num-workers $(shell nproc) $(1) || { test $$? -eq 2 && $(BIN)/mypy --no-error-summary $(1); }
EDITABLE := $(foreach member,$(MEMBERS),-e $(member))
export UV_SYSTEM_CERTS := 1
# Where the surroundings forbid Python to keep what it has compiled, each of some hundred processes would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
export XDG_RUNTIME_DIR ?= /tmp

.DEFAULT_GOAL := help
.PHONY: help run secrets test setup check check-k8s check-containers itest storm bench migration constraints clean

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## start the whole platform with the five plans and a demonstration year; PORT= DATA=
	@$(BIN)/pq up --demo --port $(PORT) --data $(DATA)

secrets: $(VENV)/.run  ## draw what docker-compose.yml hands out, once, into .pq-compose; PORT=
	@$(BIN)/pq secrets --data .pq-compose --address http://127.0.0.1:$(PORT)

test: setup  ## everything: format, lint, types, imports, unit, integration, browser; REQUIRE_ALL=1 lets nothing be missing; WORKERS=
	@$(MAKE) --no-print-directory style
	$(BIN)/python -m pytest -q $(SPREAD) --cov --cov-report= --durations=25
	@$(MAKE) --no-print-directory coverage

setup: $(VENV)/.dev  ## make the virtual environment with all members, editable and pinned

check: setup style  ## the quick part of `test`: format, lint, types, imports, unit tests
	$(BIN)/python -m pytest -q $(UNIT)

itest: setup  ## stories that cross services, on real PostgreSQL and real Kafka
	$(BIN)/python -m pytest -q tests/integration

check-k8s: setup  ## render every overlay of deploy/k8s and hold it against the schemas; REQUIRE_CONTAINERS=1 lets nothing be missing
	@scripts/check-k8s.sh

check-containers: setup  ## build the image, start docker-compose.yml and live a story in it; REQUIRE_CONTAINERS=1 likewise
	@scripts/check-containers.sh

storm: setup  ## kill -9 everything while events flow, then count; EVENTS= SEED= BUS=postgres|kafka
	@$(BIN)/python -m pq_common.testing.storm --events $(EVENTS) --seed $(SEED) --bus $(BUS)

bench: setup  ## measure against raw paths in the same run; ONLY=name; results in bench/results/latest.json
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

migration: setup  ## write a new migration: S=certification M="what it does"
	@$(BIN)/python -m pq_common.db.migrate new $(S) "$(M)"

constraints: setup  ## pin every dependency anew into constraints.txt
	@scripts/constraints.sh

clean:  ## remove the virtual environment and caches; data in $(DATA) stay
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage

.PHONY: style coverage
style:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(call typed,$(foreach package,$(PACKAGES),-p $(package)))
	$(call typed,--explicit-package-bases $(TESTED))
	@$(BIN)/lint-imports > .imports.txt || { cat .imports.txt; exit 1; }
	@tail -2 .imports.txt

coverage:  # no pipe: its last program's answer would be the gate's
	$(BIN)/python -m coverage report --fail-under=90 --skip-covered > .covered.txt || { cat .covered.txt; exit 1; }
	@grep TOTAL .covered.txt
	$(BIN)/python -m coverage report --fail-under=100 --include='*/domain/*' > .covered.txt || { cat .covered.txt; exit 1; }
	@grep TOTAL .covered.txt

# The members import each other by name, so each is installed editable: one -e per member.
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv does not work here; on Debian: scripts/system-parts.sh venv" >&2; exit 1; }
	@echo "setting up $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check pip==26.3 uv==0.13.9
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -c constraints.txt $(1) $(EDITABLE) || $(BIN)/python -m pip install -q -c constraints.txt $(1) $(EDITABLE)
	@touch $@
endef

$(VENV)/.run: constraints.txt $(MEMBERS:%=%/pyproject.toml)
	$(call install,)

$(VENV)/.dev: constraints.txt pyproject.toml $(MEMBERS:%=%/pyproject.toml)
	$(call install,--group dev)
	@touch $(VENV)/.run
