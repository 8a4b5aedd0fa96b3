"""Writes a bank as its author would: the YAML of a `check.yaml`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

MAX_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Writes numbers in decimals, and indents lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _decimal(dumper: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    text = f"{number:f}"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Dumper.add_representer(Decimal, _decimal)


def bank_text(values: Mapping[str, Any], source: str) -> str:
    """Returns the text of a bank; `source` names the file that it was made of."""
    body = yaml.dump(dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=MAX_WIDTH)
    return f"# Imported from {' '.join(source.split())}. docs/authoring.md says what each field means.\n{body}"
