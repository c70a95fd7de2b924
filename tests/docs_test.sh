#!/bin/bash
# docs_test.sh SOURCE_DIR : holds the Markdown pages against the project.
#
# - Every ```console block is run: a line `$ COMMAND` must succeed and print the lines that follow it; `...` stands
#   for any text. Commands run in an empty folder that shows the checkout's files (build/nightjar, demo/ and so on);
#   the commands of a page share it, in order. (```sh blocks are for reading.)
# - Links to files of the project lead somewhere, and paths in `backticks` that name a file of the project exist.
# - No file speaks of one machine's folders.
set -uo pipefail
source=$1
failures=0 checks=0
fail() { echo "$*" >&2; failures=$((failures + 1)); }

run_console_blocks() {
  local page=$1 line command="" expected="" inside=0 number=0 sandbox
  sandbox=$(mktemp -d)
  ln -s "$source"/* "$sandbox"
  finish() {
    [[ -n $command ]] || return
    local printed status pattern
    printed=$(cd "$sandbox" && bash -euo pipefail -c "$command" 2>&1 </dev/null)
    status=$?
    checks=$((checks + 1))
    pattern=$(sed -e 's/[][*?\\]/\\&/g' -e 's/\.\.\./*/g' <<<"${expected%$'\n'}")
    if [[ $status -ne 0 ]]; then
      fail "$page: \`$command\` ended with status $status and printed:"$'\n'"$printed"
    elif [[ $printed != $pattern ]]; then
      fail "$page: \`$command\` printed:"$'\n'"$printed"$'\n'"and the page says:"$'\n'"$expected"
    fi
    command="" expected=""
  }
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == '```console' ]]; then
      inside=1
    elif [[ $inside == 1 && $line == '```' ]]; then
      finish
      inside=0
    elif [[ $inside == 1 && $line == '$ '* ]]; then
      finish
      command=${line#'$ '}
    elif [[ $inside == 1 ]]; then
      expected+=$line$'\n'
    fi
  done <"$source/$page"
  rm -rf "$sandbox"
}

check_links() {
  local page=$1 target folder
  folder=$(dirname "$page")
  while read -r target; do
    [[ -z $target || $target == *://* || $target == mailto:* || $target == '#'* ]] && continue
    checks=$((checks + 1))
    [[ -e $source/$folder/${target%%#*} ]] || fail "$page: the link to $target leads nowhere"
  done < <(grep -o '\](\([^) ]*\))' "$source/$page" | sed 's/^](//; s/)$//')
  while read -r target; do
    checks=$((checks + 1))
    [[ -e $source/$target ]] || fail "$page: there is no $target"
  done < <(grep -oE '`(src|tests|fuzz|bench|docs|demo|scripts|cmake)/[A-Za-z0-9_./-]+`' "$source/$page" | tr -d '`' | grep -vE '^demo/out|NAME')
}

cd "$source" || exit 1
while read -r page; do
  page=${page#./}
  run_console_blocks "$page"
  check_links "$page"
done < <(find . -name '*.md' -not -path './build*' -not -path './demo/out/*' | sort)

machine=$(grep -rInE --exclude-dir=.git --exclude-dir='build*' --exclude-dir=out --exclude=.git '(^|[^A-Za-z0-9_.])/(work|home|root|Users)/[A-Za-z]' . || true)
[[ -z $machine ]] || fail "paths of one machine:"$'\n'"$machine"

[[ $checks -gt 0 ]] || fail "no page was checked"
[[ $failures -eq 0 ]] && echo "$checks links, paths and commands hold"
