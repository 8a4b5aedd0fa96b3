#!/bin/sh
# Runs all tests: two groups at the same time, and then, with nothing else running, those that measure time.
# The groups take about as long as each other. Fails if any of the tests fails.
# With "unit" it runs only those that need no workers, no browser and no running product, without the engine's proofs.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out, those of the page's scripts
# (tests/browser/scripts) among them. VAR_DIR is where state goes.
set -u
log="$VAR_DIR/background.log"
mkdir -p "$VAR_DIR"

# Runs tests in the background, so that stop() can end them with this script; remembers whether one failed.
check() {
  .venv/bin/python -m pytest "$@" &
  now=$!
  wait "$now" || failed=1
}

stop() {
  kill "$now" 2>/dev/null
  exit 143
}

# The sandbox's: its pure tests, those with workers, which wait more than they work, and those that start the product.
first_group() {
  if [ "$what" = unit ]; then check tests/sandbox -m "not proof"; return; fi
  check tests/sandbox
  check tests/workers
  check tests/infra
}

# Those with a browser, and then all that is in no other row.
second_group() {
  set -- tests --ignore=tests/browser --ignore=tests/infra --ignore=tests/sandbox --ignore=tests/workers
  if [ "$what" = unit ]; then check "$@" -m "not proof"; return; fi
  [ -n "$CHROMIUM_PATH" ] && check tests/browser -m "not alone"
  check "$@"
}

what="${1:-all}"
{
  failed=0
  trap stop HUP INT TERM
  first_group
  exit "$failed"
} >"$log" 2>&1 &
background=$!

failed=0
trap 'kill "$background" 2>/dev/null; stop' HUP INT TERM
second_group
wait "$background" || failed=1
cat "$log"
if [ "$what" = all ] && [ -n "$CHROMIUM_PATH" ]; then check tests/browser -m alone; fi
exit "$failed"
