#!/bin/bash
# page_test.sh SOURCE BUILD : the page in a real browser, on a store made from a scenario. Exits with 77, which skips
# the test, where something that it needs is missing. CHROMIUM names the browser.
set -euo pipefail
source=$(realpath "$1") build=$(realpath "$2")
skip() { echo "skipped: $*"; exit 77; }

command -v node >/dev/null || skip "node is not installed (scripts/install-packages page)"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
[[ -n $CHROMIUM ]] || skip "chromium is not installed (scripts/install-packages test)"
[[ -e $build/ui/node_modules/.nightjar ]] || skip "what the page is made of is not there (make page)"
[[ -e $build/ui/dist/assets ]] || { cat "$build/ui/build.log"; echo "the page cannot be built"; exit 1; }
export CHROMIUM

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat "$source"/tests/scenarios/probed/{world,announced_dark}.toml >"$folder/episode.toml"
"$build/nightjar" episode "$folder/episode.toml" -o "$folder/world" >/dev/null
# Until the middle of the blackout; the rest comes while the page is open.
"$build/nightjar" replay --geo "$folder/world/geo.csv" --store "$folder/page.db" --until 2024-03-05T06:00:00Z \
  "$folder/world" >"$folder/replay.log" 2>&1 || { cat "$folder/replay.log"; exit 1; }

cd "$build/ui"
echo "== types"
node_modules/.bin/svelte-check --fail-on-warnings --output human
echo "== pure functions"
NIGHTJAR_UI=$build/ui node --test --test-reporter=dot "$source/ui/tests/unit/"
echo "== the page in $("$CHROMIUM" --version 2>/dev/null)"
NIGHTJAR_UI=$build/ui node "$source/ui/tests/page_test.mjs" "$build/nightjar" "$folder" "$build/ui-screenshots"
