"""No đồng is lost or made, and a rate is exact from the wire to the rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.errors import Invalid
from pq_common.money import BadRate, dong_text, part_of, rate, rate_text, share_out

weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)
amounts = st.integers(-(10**18), 10**18)


@pytest.mark.parametrize("useless", [[], [0, 0], [3, -1], [-1]])
def test_weights_that_cannot_share_are_refused(useless: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share_out(100, useless)


@pytest.mark.parametrize(
    "text", ["", "0,5", "1e3", "NaN", "Infinity", " 1", "1\n", "٣", "1.", ".5", "+1", "1_000"]
)
def test_a_rate_is_a_plain_decimal_string_or_refused(text: str) -> None:
    with pytest.raises(BadRate) as refused:
        rate(text)
    assert isinstance(refused.value, Invalid)
    assert isinstance(refused.value, ValueError)
    assert "0.5" in refused.value.message_vi


def test_a_hundred_dong_in_three_parts_is_still_a_hundred() -> None:
    assert share_out(100, [1, 1, 1]) == [33, 33, 34]


@given(amounts, weights)
def test_the_parts_make_the_whole_and_each_is_within_one_dong_of_its_due(
    total: int, shares: list[int]
) -> None:
    parts = share_out(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    whole = sum(shares)
    assert all(
        abs(part * whole - total * share) < whole for part, share in zip(parts, shares, strict=True)
    )


@pytest.mark.parametrize(
    ("amount", "share", "part"),
    [
        (5, "0.5", 3),
        (-5, "0.5", -3),
        (1, "0.49", 0),
        (0, "0.3", 0),
        (999_999_999_999_999, "0.333", 333_000_000_000_000),
        (10**40 + 1, "0.5", 5 * 10**39 + 1),
        (7, "1000000", 7_000_000),
        (3, "-0.5", -2),
    ],
)
def test_a_part_is_rounded_once_and_half_goes_away_from_zero(
    amount: int, share: str, part: int
) -> None:
    assert part_of(amount, rate(share)) == part


@given(amounts, st.decimals(-10, 10, places=12))
def test_a_part_is_never_more_than_half_a_dong_off(amount: int, share: Decimal) -> None:
    numerator, denominator = share.as_integer_ratio()
    assert abs(2 * (part_of(amount, share) * denominator - amount * numerator)) <= denominator


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+3", "1000"),
        ("0.50", "0.5"),
        ("10", "10"),
        ("-0.00", "0"),
        ("-0", "0"),
        ("1E-7", "0.0000001"),
        ("-3.20", "-3.2"),
    ],
)
def test_a_rate_travels_without_exponent_or_spare_zeros(value: str, text: str) -> None:
    assert rate_text(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_rate_survives_the_wire(value: Decimal) -> None:
    assert rate(rate_text(value)) == value


def test_an_amount_is_written_out_in_both_languages() -> None:
    assert dong_text(412_600_000_000) == "412.600.000.000 đồng"
    assert dong_text(-1_000) == "−1.000 đồng"
    assert dong_text(412_600_000_000, lang="en") == "VND 412,600,000,000"
