# The two commands: `make run` opens the demonstration county in a browser, `make test` passes the tests.
.PHONY: run test check format style layers types content setup docs messages clean
.DEFAULT_GOAL := run

run: setup
	.venv/bin/luotsi up
	LUOTSI_DEMONSTRATION=1 .venv/bin/luotsi serve

test: check
	.venv/bin/pytest -n auto

# The slowest first, two at a time; what each says stays together.
check: .venv/.tests
	$(MAKE) --no-print-directory -j2 --output-sync=target types content layers style format

types:
	.venv/bin/pyright

content:
	.venv/bin/luotsi check

layers:
	.venv/bin/lint-imports

style:
	.venv/bin/ruff check .

format:
	.venv/bin/ruff format --check .

setup: .venv/.ready

.venv/.ready: uv.lock pyproject.toml setup.sh $(wildcard src/luotsi/web/*/locale/*/LC_MESSAGES/django.po)
	sh setup.sh
	touch $@

.venv/.tests: .venv/.ready tests/npm/package-lock.json
	sh setup.sh tests
	touch $@

docs: setup
	.venv/bin/python -m luotsi.concepts.reference docs/reference

messages: setup
	for each in src/luotsi/web/*/locale; do (cd $$each/.. && $(CURDIR)/.venv/bin/django-admin makemessages -v0 \
	  -l fi -l sv --no-location --no-obsolete --no-wrap && sed -i '/^"POT-Creation-Date/d' locale/*/LC_MESSAGES/*.po); done

clean:
	rm -rf .venv var
