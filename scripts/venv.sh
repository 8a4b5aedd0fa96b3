#!/bin/sh
# Makes .venv with the newest Python here that is new enough; PYTHON=/path/to/python overrides the choice.
set -eu

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

chosen=""
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$candidate"; then chosen=$candidate; break; fi
done
if [ -z "$chosen" ]; then
    echo "Python 3.11 or newer is needed, found: $(python3 --version 2>&1 || true). PYTHON=/path/to/python3 make run chooses one." >&2
    exit 1
fi
if ! "$chosen" -c 'import ensurepip, venv' 2>/dev/null; then
    name=$("$chosen" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    echo "$chosen has no venv module. On Debian and Ubuntu: sudo apt-get install $name-venv" >&2
    exit 1
fi
trap 'rm -rf .venv; exit 130' HUP INT TERM
echo "Making .venv with $("$chosen" --version)"
"$chosen" -m venv --clear .venv || { rm -rf .venv; exit 1; }
