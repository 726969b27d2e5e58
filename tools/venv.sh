#!/bin/sh
# Makes .venv and installs what is locked: `tools/venv.sh runtime`, `web` (also what builds the
# page) or `dev` (also what checks it all).
# Does nothing when what is installed is what is locked. Needs Python 3.11 or newer, nothing else.
set -u
cd "$(dirname "$0")/.." || exit 1

purpose=$1
log=.venv/install.log
case $purpose in # what one purpose installs serves the smaller ones too
  dev) serves="dev web runtime" ;;
  web) serves="web runtime" ;;
  *) serves=runtime ;;
esac

. tools/common.sh

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for name in "${PYTHON:-python3.13}" python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
      command -v "$name"
      return
    fi
  done
  stop "Python 3.11 以上が必要です。インストールしてから、もう一度実行してください。" \
       "Python 3.11 or newer is needed; please install it and run this again."
}

install() {
  run .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

wanted=$(cat requirements/*.txt pyproject.toml | cksum)
if [ -x .venv/bin/python ] && [ "$(cat ".venv/installed-$purpose" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

if ! { [ -x .venv/bin/python ] && new_enough .venv/bin/python; }; then
  python=$(find_python) || exit 1
  run mkdir -p .venv
  run "$python" -m venv .venv
fi

say "部品を準備しています（初回は数分かかります）…" "Installing what is locked (the first time takes some minutes) …"
install --require-hashes -r requirements/runtime.txt
case $purpose in
  web) install --require-hashes -r requirements/web.txt ;;
  dev) install --require-hashes -r requirements/web.txt -r requirements/dev.txt ;;
esac
install --no-deps --no-build-isolation --editable .
for each in $serves; do
  run sh -c 'printf "%s\n" "$1" >"$2"' - "$wanted" ".venv/installed-$each"
done
