# Entaku. `make help` says what can be made.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo web test lint format vectors schema bench migrate lock clean \
  contracts rights model mutate mutate-quick mutants lying fuzz faults hostile sbom advisories runtime dev parts chromium

BIN := .venv/bin
TESTS ?=
WORKERS ?= 2

help: ## この一覧 / this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: web ## 支援会議を実演 / play a case conference (ONCE=1: check and exit)
	@exec $(BIN)/entaku demo $(if $(ONCE),--once)

web: ## 画面を組み立てる / build the browser's page into web/dist
	@tools/venv.sh web
	@tools/web.sh build

test: dev web chromium ## すべての試験 / all tests, random order, in parallel (TESTS=path: some of them)
	@$(if $(TESTS),,tools/web.sh test)
	@exec $(BIN)/pytest --quiet --numprocesses $(WORKERS) $(if $(TESTS),$(TESTS),--cov --cov-report=term)

lint: dev parts ## 書式・型・依存・SQL の検査 / formatting, types, imports, dependencies, SQL
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo > .lint-imports.log || { cat .lint-imports.log; exit 1; }
	$(BIN)/mypy --no-error-summary .
	$(BIN)/basedpyright
	$(BIN)/deptry --no-ansi .
	$(BIN)/codespell
	$(BIN)/squawk migrations/*.sql
	tools/web.sh check

format: dev parts ## 書式を整える / format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	tools/web.sh format

vectors: dev ## 試験ベクトルを書き直す / write the test vectors anew
	$(BIN)/python -m tools.make_vectors

schema: dev ## schema.sql を書き直す / write schema.sql anew from the migrations
	$(BIN)/python -m tools.schema

contracts: dev ## OpenAPI・AsyncAPI・権限表を書き直す / write the contracts and the table of rights anew
	$(BIN)/python -m tools.make_contracts
	$(BIN)/python -m tools.make_rights

model: dev ## 規約の模型を調べる / search the bounded model, each rule on and off
	@exec $(BIN)/python -m tools.model

mutate: dev ## 検査を一つずつ外し、気づかない試験を探す / switch each check off, name those no test misses
	@exec $(BIN)/python -m tools.mutate $(or $(ARGS),--json bench/results/checks.json)

mutate-quick: dev ## 同じことを速い試験だけで / the same by the fast tests alone
	@exec $(BIN)/python -m tools.mutate --quick $(ARGS)

mutants: dev ## 純粋な規則と暗号を一箇所ずつ変える / change pure rules and cryptography bit by bit (ARGS=slice)
	@exec $(BIN)/python -m tools.mutants $(ARGS)

lying: dev ## 嘘をつくサーバーと仕込んだ欠陥 / a lying server for ten minutes, then the planted faults
	$(BIN)/python -m tools.lying --minutes $(or $(MINUTES),10)
	$(BIN)/python -m tools.lying --seeded

fuzz: dev ## 百万の入力をすべての入口に / a million inputs to every entry
	@exec $(BIN)/python -m bench.fuzz --inputs $(or $(INPUTS),1000000) --save $(ARGS)

faults: dev ## 止める・切る・百回 / kill server and database 50 times each, cut 200 lines
	@exec $(BIN)/python -m bench.faults --kills 50 --cuts 200

hostile: dev ## 敵対的な接続の隣で会議 / a sitting beside 400 hostile sockets
	@exec $(BIN)/python -m bench.hostile

bench: dev ## 性能を測る / measure speed
	@exec $(BIN)/python -m bench $(ARGS)

migrate: runtime ## データベースを最新の形に / migrate the database in ENTAKU_DATABASE_URL
	@exec $(BIN)/python -m tools.migrate

sbom: dev parts ## 部品表を build/ に書く / write the list of parts (CycloneDX) into build/
	@tools/sbom.sh

advisories: dev parts ## 部品の既知の欠陥を尋ねる / ask the registries for known faults in any part
	@tools/sbom.sh advisories

lock: dev ## 部品の版を固定し直す / lock the dependencies anew
	$(BIN)/python -m pip install --quiet pip-tools==7.6.2
	cd requirements && for purpose in runtime web dev; do \
	  CUSTOM_COMPILE_COMMAND='make lock' ../$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe \
	    --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    --output-file $$purpose.txt $$purpose.in || exit 1; \
	done

clean: ## 作業の残りと実演のデータを消す / remove caches and the demo's data
	rm -rf .data/demo .data/mutants .data/test-output web/dist .coverage .coverage.* .hypothesis \
	  .import_linter_cache .lint-imports.log .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

runtime:
	@tools/venv.sh runtime

dev:
	@tools/venv.sh dev

parts: dev
	@tools/web.sh parts

chromium:
	@tools/chromium.sh >/dev/null
