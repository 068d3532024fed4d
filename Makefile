# 售后管家 Aftercare. `make help` lists what there is.
.DEFAULT_GOAL := help
PYTHON := $(shell command -v python3 || command -v python3.11 || command -v python3.10)
PYTEST_ARGS ?=
ON_DATABASE := $(addprefix tests/,api cases cli console dialogue e2e followups hotline imports oncall records talk web wechat)
export RASA_TELEMETRY_ENABLED := false
export MPLBACKEND := agg

##@ 使用 Use
.PHONY: run
run: ## 启动全部（首次自动安装、训练） install, train and start everything; Ctrl-C stops it
	@exec $(PYTHON) -m launcher run

.PHONY: train
train: ## 训练模型（内容没变就不训练） train the model if its inputs have changed
	@$(PYTHON) -m launcher environments
	@$(PYTHON) -m launcher train

##@ 开发 Develop
.PHONY: install
install: ## 建好两个 Python 环境（含测试工具） make both environments, test tools included
	@$(PYTHON) -m launcher environments --tests
	@$(PYTHON) -m launcher widget --tests

.PHONY: test
test: install ## 全部测试 all tests but the heavy ones
	@$(PYTHON) -m launcher train
	.venv-rasa/bin/python -m pytest -c tests/bot/pytest.ini tests/bot -m "not heavy" $(PYTEST_ARGS)
	.venv/bin/python -m pytest --ignore=tests/bot -m "not heavy" $(PYTEST_ARGS)
	@$(PYTHON) -m launcher npm test

.PHONY: test-heavy
test-heavy: test-postgres ## 慢的测试（浏览器、压力、全部再在 PostgreSQL 上跑一遍） the slow tests, and all on PostgreSQL
	.venv/bin/python -m pytest --ignore=tests/bot -m heavy $(PYTEST_ARGS)

.PHONY: test-postgres
test-postgres: install ## 用到数据库的测试都在 PostgreSQL 上跑 every test that needs a database, on PostgreSQL
	@$(PYTHON) -m launcher train
	.venv/bin/python -m pytest --database postgresql -m "not heavy" $(ON_DATABASE) $(PYTEST_ARGS)

.PHONY: test-voice
test-voice: install ## 真打电话（SIP、普通话、识别） real calls; for one of them: apt install sip-tester
	@$(PYTHON) -c "from launcher import environments; environments.ensure_voice()"
	.venv/bin/python -m pytest -s -q tests/voice/calls.py $(PYTEST_ARGS)

.PHONY: lint
lint: install ## 代码检查 ruff, mypy, djlint, tsc, eslint, codespell
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/djlint --quiet --lint desk
	@$(PYTHON) -m launcher npm run lint
	.venv/bin/codespell bot actions desk launcher bench tests docs widget/src *.md

.PHONY: nlu
nlu: install ## 理解准确率 how well messages are understood, as text and as a page
	@$(PYTHON) -m launcher train
	.venv-rasa/bin/python -m bot.nlu.report --model "$$($(PYTHON) -m launcher train)"

.PHONY: bench
bench: install ## 性能对比 turns a second, against stock Rasa
	@$(PYTHON) -m launcher train
	.venv/bin/python -m bench.turns

.PHONY: locks
locks: ## 重新锁定依赖（需要 uv） resolve the requirements again
	bin/locks

.PHONY: help
help: ## 本页 this page
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
