#!/bin/sh
# Makes .venv and installs what is locked: `tools/venv.sh runtime` or `tools/venv.sh dev`.
# Does nothing when what is installed is what is locked. Needs Python 3.11 or newer, nothing else.
set -u
cd "$(dirname "$0")/.." || exit 1

purpose=$1
log=.venv/install.log
stamp=.venv/installed-$purpose

say() { printf '%s\n%s\n' "$1" "$2" >&2; }
stop() { say "$1" "$2"; exit 1; }

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

why() { # tell the reason of a failed step in one sentence, from what it said
  if printf '%s' "$said" | grep -qiE 'no space left|disk quota|cannot create|permission denied'; then
    stop "ディスクの空きがないか、このフォルダーに書き込めません（約 500 MB 必要です）。" \
         "The disk is full or this folder cannot be written (about 500 MB are needed)."
  elif printf '%s' "$said" | grep -qi 'DO NOT MATCH THE HASHES'; then
    stop "取得した部品が、記録された内容と一致しません。使わずに中止しました（$log）。" \
         "A downloaded package is not the one that was locked; stopped without using it ($log)."
  elif printf '%s' "$said" | grep -qiE 'ensurepip|venv is not available'; then
    stop "この Python には venv がありません（Debian・Ubuntu では python3-venv を入れてください）。" \
         "This Python lacks venv (on Debian and Ubuntu install python3-venv)."
  elif printf '%s' "$said" | grep -qiE 'connection|timed out|resolve|max retries|proxy|ssl|no matching distribution'; then
    stop "部品の配布元につながらないか、この機種用の部品がありません。ネットワークを確かめて、もう一度実行してください（$log）。" \
         "The package registry cannot be reached or has nothing for this platform; check the network and run this again ($log)."
  fi
  stop "準備に失敗しました。詳しくは $log をご覧ください。" "The setup failed; see $log."
}

run() { # what a step says is kept in memory first: a full disk loses files, not this
  said=$("$@" 2>&1)
  status=$?
  printf '%s\n' "$said" 2>/dev/null >>"$log"
  [ "$status" = 0 ] || why
}

install() {
  run .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

wanted=$(cat requirements/*.txt pyproject.toml | cksum)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

if ! { [ -x .venv/bin/python ] && new_enough .venv/bin/python; }; then
  python=$(find_python) || exit 1
  run mkdir -p .venv
  run "$python" -m venv .venv
fi

say "部品を準備しています（初回は数分かかります）…" "Installing what is locked (the first time takes some minutes) …"
install --require-hashes -r requirements/runtime.txt
if [ "$purpose" = dev ]; then
  install --require-hashes -r requirements/dev.txt
fi
install --no-deps --no-build-isolation --editable .
run sh -c 'printf "%s\n" "$1" >"$2"' - "$wanted" "$stamp"
