"""What measures the product keeps up with it: a renamed function would else be noticed only at the next measurement."""

import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["__main__", "viewers", "page_weight", "scrub", "ours", "contenders", "growth", "watched"]
)
def test_a_measurement_can_be_begun(name):
    assert importlib.import_module(f"benchmarks.{name}").__doc__
