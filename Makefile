# The two commands: `make run` opens the demonstration county in a browser, `make test` passes the tests.
.PHONY: run test check setup docs clean
.DEFAULT_GOAL := run

run: setup
	.venv/bin/luotsi up
	LUOTSI_DEMONSTRATION=1 .venv/bin/luotsi serve

test: check
	.venv/bin/pytest -n auto

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/pyright
	.venv/bin/luotsi check

setup: .venv/.ready

.venv/.ready: uv.lock pyproject.toml setup.sh
	sh setup.sh
	touch $@

docs: setup
	.venv/bin/python -m luotsi.concepts.reference docs/reference

clean:
	rm -rf .venv var
