#!/bin/sh
# Runs all tests: in two rows beside each other, and then alone those that measure how soon something is seen.
# The rows take about as long as each other. Fails if any of the tests fails.
# With "unit" it runs those alone that need no workers, no browser and no running product, and of the engine no proofs.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out, those of the page's scripts
# (tests/browser/scripts) among them. VAR_DIR is where state goes.
set -u
log="$VAR_DIR/beside.log"
mkdir -p "$VAR_DIR"

# Runs tests such that the end of this script is the end of them, too; notes when one of them fails.
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
one_row() {
  if [ "$what" = unit ]; then check tests/sandbox tests/quiz -m "not proof"; return; fi
  check tests/sandbox
  check tests/workers
  check tests/infra
}

# Those with a browser, and then all that is in no other row.
other_row() {
  set -- tests --ignore=tests/browser --ignore=tests/infra --ignore=tests/sandbox --ignore=tests/workers
  if [ "$what" = unit ]; then check "$@" --ignore=tests/quiz; return; fi
  [ -n "$CHROMIUM_PATH" ] && check tests/browser -m "not alone"
  check "$@"
}

what="${1:-all}"
{
  failed=0
  trap stop HUP INT TERM
  one_row
  exit "$failed"
} >"$log" 2>&1 &
beside=$!

failed=0
trap 'kill "$beside" 2>/dev/null; stop' HUP INT TERM
other_row
wait "$beside" || failed=1
cat "$log"
if [ "$what" = all ] && [ -n "$CHROMIUM_PATH" ]; then check tests/browser -m alone; fi
exit "$failed"
