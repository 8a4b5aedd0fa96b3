#!/bin/sh
# Runs all tests: four groups at the same time, and then, with nothing else running, those that measure time.
# Fails if any of the tests fails. The output of a group that runs in the background is printed when it has ended.
# With "unit" it runs, in two groups, only tests that need no workers, no browser and no running product, without proofs.
# CHROMIUM_PATH names the browser; where it is empty, the tests that need one are left out, those of the page's scripts
# (tests/browser/scripts) among them. VAR_DIR is where state goes.
set -u
mkdir -p "$VAR_DIR"
# Once for the hundred processes that tests start: where Python writes none down, each would compile all of the code.
.venv/bin/python -m compileall -q -x '/(\.venv|var)/' .

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

others() {
  check tests --ignore=tests/browser --ignore=tests/infra --ignore=tests/sandbox --ignore=tests/workers "$@"
}

unit_sandbox() { check tests/sandbox -m "not proof"; }
unit_others() { others -m "not proof"; }

# Those of the browser that wait: for what is gone to be noticed, and for it to come back; for runs of every lab to end.
OBSTACLES=tests/browser/test_browser_obstacles.py
LABS=tests/browser/test_browser_labs.py
in_browser() { [ -z "$CHROMIUM_PATH" ] || check "$@"; }

# The first two compute, each about as much as one processor can. The others begin with what waits more than it computes;
# what follows in them is no kin of that, but fills the time in which processors are free again.
sandbox() { check tests/sandbox --ignore=tests/sandbox/render; }
browser() { in_browser tests/browser -m "not alone" --ignore="$OBSTACLES" --ignore="$LABS"; }

obstacles() {
  in_browser "$OBSTACLES" "$LABS"
  others
}

workers() {
  check tests/workers
  check tests/infra tests/sandbox/render
}

if [ "${1:-all}" = unit ]; then groups="unit_sandbox" last=unit_others; else groups="workers obstacles sandbox" last=browser; fi
started=
for group in $groups; do
  {
    failed=0
    trap stop HUP INT TERM
    "$group"
    exit "$failed"
  } >"$VAR_DIR/$group.log" 2>&1 &
  started="$started $!"
done

failed=0
trap 'kill $started 2>/dev/null; stop' HUP INT TERM
"$last"
for process in $started; do wait "$process" || failed=1; done
for group in $groups; do cat "$VAR_DIR/$group.log"; done
if [ "$last" = browser ]; then in_browser tests/browser -m alone; fi
exit "$failed"
