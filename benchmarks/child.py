"""Runs one contender's client in a process of its own: `python -m benchmarks.child MODULE OPTIONS`.

Each line of its input is a method and its arguments as JSON; it answers each with a line of JSON. Ends with its input.
"""

import importlib
import json
import os
import sys


def main(module: str, options: str) -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with importlib.import_module(module).Client(**json.loads(options)) as client:
        for line in sys.stdin:
            method, *args = json.loads(line)
            print(json.dumps(getattr(client, method)(*args)), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
