"""What is printed beside an official account: the chained index, the mean that is no period share, shares that add to 100.00."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.accounting import Inputs, account, account_period
from pq_tfp.domain.official_periods import A_index, chain_difference, mean_of_annual_shares
from pq_tfp.domain.presentation import rounded_shares

YEARS = range(2018, 2024)


def inputs(output: list[float]) -> Inputs:
    return Inputs(
        Y=dict(zip(YEARS, output, strict=True)),
        K={year: 200 * 1.09**n for n, year in enumerate(YEARS)},
        L={year: 50 * 1.01**n for n, year in enumerate(YEARS)},
        alpha={year: 0.38 + 0.01 * n for n, year in enumerate(YEARS)},
        beta={year: 0.62 - 0.01 * n for n, year in enumerate(YEARS)},
    )


ORDINARY = inputs([100.0, 107.0, 112.0, 121.0, 127.0, 137.0])
SLUMP = inputs([100.0, 107.0, 107.6, 115.0, 124.0, 133.0])


def test_the_mean_of_yearly_shares_is_no_share_of_the_period() -> None:
    mean = mean_of_annual_shares(account(SLUMP))
    period = account_period(SLUMP, 2018, 2023)
    assert mean["A"] is not None
    assert period.growth_share_A is not None
    # One year of 0.56 % growth drags the mean more than a whole point below the share of the period.
    assert mean["A"] < period.growth_share_A - 1


def test_a_period_without_any_share_has_no_mean() -> None:
    falling = inputs([100.0, 99.0, 98.0, 97.0, 96.0, 95.0])
    assert mean_of_annual_shares(account(falling)) == {"K": None, "L": None, "A": None}


def test_the_chained_index_and_the_compound_rate_differ_by_little_and_the_difference_is_told() -> (
    None
):
    grown = account(ORDINARY)
    index = A_index(grown)
    period = account_period(ORDINARY, 2018, 2023)
    assert index[0] == 1
    np.testing.assert_allclose(index[1:] / index[:-1] - 1, grown.g_A, atol=1e-15)
    gap = chain_difference(grown, period)
    assert gap == pytest.approx(index[-1] - (1 + period.g_A) ** 5, abs=1e-15)
    assert 0 < abs(gap) < 2e-3
    part = account_period(ORDINARY, 2020, 2022)
    assert chain_difference(grown, part) == pytest.approx(
        index[4] / index[2] - (1 + part.g_A) ** 2, abs=1e-12
    )


def test_shares_are_printed_so_that_they_add_to_a_hundred() -> None:
    thirds = rounded_shares({"K": 1 / 3, "L": 1 / 3, "A": 1 / 3})
    assert thirds == {"K": Decimal("33.34"), "L": Decimal("33.33"), "A": Decimal("33.33")}
    negative = rounded_shares({"K": 1.201, "L": 0.0346, "A": -0.2356})
    assert sum(negative.values()) == Decimal("100.00")
    assert negative["A"] == Decimal("-23.56")


@given(st.lists(st.floats(-2.0, 3.0), min_size=1, max_size=6), st.integers(0, 4))
def test_no_printed_share_moves_by_a_unit_and_their_sum_is_exact(
    parts: list[float], digits: int
) -> None:
    shares = {str(n): part for n, part in enumerate([*parts, 1 - sum(parts)])}
    printed = rounded_shares(shares, digits=digits)
    assert sum(printed.values()) == Decimal(100)
    for name, share in shares.items():
        assert abs(float(printed[name]) - 100 * share) < 10.0**-digits + 1e-9
