#!/bin/sh
# Runs all tests in two rows beside each other: the pure ones and then those of the set-up, and those with workers and
# a browser, which wait more than they work. Fails if either row fails.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out. VAR_DIR is where state goes.
set -u
python=.venv/bin/python
log="$VAR_DIR/beside.log"
mkdir -p "$VAR_DIR"

{
  "$python" -m pytest --ignore=tests/browser --ignore=tests/workers --ignore=tests/setup
  pure=$?
  "$python" -m pytest tests/setup
  set_up=$?
  [ "$pure" -eq 0 ] && [ "$set_up" -eq 0 ]
} >"$log" 2>&1 &
beside=$!
trap 'kill "$beside" 2>/dev/null' HUP INT TERM
"$python" -m pytest tests/workers ${CHROMIUM_PATH:+tests/browser}
real=$?
wait "$beside"
status=$?
cat "$log"
[ "$real" -eq 0 ] && exit "$status"
exit "$real"
