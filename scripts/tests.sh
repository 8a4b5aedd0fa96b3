#!/bin/sh
# Runs all tests: in two rows beside each other, and then alone those that measure how soon something is seen.
# One row is the sandbox's: its pure tests, and those with workers, which wait more than they work. The other row is those
# with a browser, and then all others. Fails if any of them fails.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out. VAR_DIR is where state goes.
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

{
  failed=0
  trap stop HUP INT TERM
  check tests/engine tests/sandbox
  check tests/workers
  exit "$failed"
} >"$log" 2>&1 &
beside=$!

failed=0
trap 'kill "$beside" 2>/dev/null; stop' HUP INT TERM
[ -n "$CHROMIUM_PATH" ] && check tests/browser -m "not alone"
check --ignore=tests/browser --ignore=tests/engine --ignore=tests/sandbox --ignore=tests/workers
wait "$beside" || failed=1
cat "$log"
[ -n "$CHROMIUM_PATH" ] && check tests/browser -m alone
exit "$failed"
