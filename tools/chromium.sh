#!/bin/sh
# Prints where a Chromium or Chrome is, for the tests in a real browser: the one that CHROMIUM
# names, else one that is installed, else, as root on Debian or Ubuntu, the package, installed now.
# With `--find` it installs nothing.
set -u
cd "$(dirname "$0")/.." || exit 1

find_one() {
  for name in "${CHROMIUM:-chromium}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    /Applications/Chromium.app/Contents/MacOS/Chromium; do
    command -v "$name" 2>/dev/null && return
  done
  return 1
}

find_one && exit 0
[ "${1:-}" = --find ] && exit 1

mkdir -p .venv
log=.venv/chromium.log
. tools/common.sh
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  stop "画面の試験には Chromium か Chrome が必要です。インストールするか、場所を CHROMIUM に書いてください。" \
       "The tests in a browser need Chromium or Chrome; please install one or name it in CHROMIUM."
fi
say "画面の試験のために Chromium をインストールしています…" "Installing Chromium for the tests in a browser …"
run apt-get update
DEBIAN_FRONTEND=noninteractive run apt-get install --yes --no-install-recommends chromium fonts-noto-cjk
find_one || stop "Chromium をインストールしましたが、見つかりません。" "Chromium was installed but is not found."
