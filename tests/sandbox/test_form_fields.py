"""Numbers that come from outside."""

import pytest

from sandbox.form_fields import whole_number


@pytest.mark.parametrize("given", ["", "-1", "+1", "1.5", "1e3", "x", "²", " 1", "1_0", "9" * 10, "9" * 5000])
def test_what_is_no_number_or_too_long_for_one_is_none(given):
    assert whole_number(given) is None


def test_a_number_counts_only_within_its_range():
    assert [whole_number(given, least=1, most=3) for given in ("0", "1", "03", "4")] == [None, 1, 3, None]
    assert (whole_number("0"), whole_number("9" * 9)) == (0, 999_999_999)
