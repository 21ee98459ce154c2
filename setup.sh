#!/bin/sh
# Leaves .venv with everything the lock file names. Needs Python 3.11 or newer; installs what else is missing.
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
"$uv" sync --locked --quiet --compile-bytecode --extra web --python "$python"
