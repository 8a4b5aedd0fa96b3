#!/bin/sh
# Runs all tests: the pure ones beside those with real processes, which wait more than they work. Fails if either fails.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out. VAR_DIR is where state goes.
set -u
python=.venv/bin/python
log="$VAR_DIR/pure.log"
mkdir -p "$VAR_DIR"

nice "$python" -m pytest --ignore=tests/browser --ignore=tests/workers --ignore=tests/setup >"$log" 2>&1 &
pure=$!
trap 'kill "$pure" 2>/dev/null' HUP INT TERM
"$python" -m pytest tests/setup tests/workers ${CHROMIUM_PATH:+tests/browser}
real=$?
wait "$pure"
status=$?
cat "$log"
[ "$real" -eq 0 ] && exit "$status"
exit "$real"
