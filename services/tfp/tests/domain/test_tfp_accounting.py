"""Official growth accounting: what it refuses, then what it computes, then what always holds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.accounting import Inputs, account, account_period, warnings_of, why_no_share
from pq_tfp.domain.errors import SeriesRefused

GOOD = Inputs(
    Y={2020: 100.0, 2021: 107.0, 2022: 115.0},
    K={2020: 200.0, 2021: 220.0, 2022: 240.0},
    L={2020: 50.0, 2021: 50.5, 2022: 51.0},
    alpha={2021: 0.4, 2022: 0.4},
    beta={2021: 0.6, 2022: 0.6},
)


def refused(inputs: Inputs) -> list[tuple[str, str]]:
    with pytest.raises(SeriesRefused) as refusal:
        account(inputs)
    return [(error.pointer, error.code) for error in refusal.value.errors]


def test_a_year_missing_inside_a_series_is_named() -> None:
    assert refused(replace(GOOD, K={2020: 1.0, 2022: 1.2})) == [("/K/2021", "year_missing")]


def test_a_series_without_any_year_is_named() -> None:
    assert refused(replace(GOOD, L={})) == [("/L", "series_empty")]


def test_one_year_alone_has_no_growth() -> None:
    assert refused(replace(GOOD, Y={2020: 1.0})) == [("/Y", "years_too_few")]


@pytest.mark.parametrize("value", [0.0, -3.0, float("nan"), float("inf")])
def test_a_level_that_is_not_a_positive_number_is_named_with_its_year(value: float) -> None:
    assert refused(replace(GOOD, Y={**GOOD.Y, 2021: value})) == [("/Y/2021", "level_not_positive")]


def test_a_share_in_percent_is_recognised_and_the_right_value_told() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account(replace(GOOD, beta={2021: 60.0, 2022: 0.6}))
    assert [error.code for error in refusal.value.errors] == ["share_in_percent"]
    assert "0.6" in refusal.value.errors[0].message_vi


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, 1.2])
def test_a_share_outside_the_unit_interval_is_refused(share: float) -> None:
    assert ("/alpha/2022", "share_outside_unit_interval") in refused(
        replace(GOOD, alpha={2021: 0.4, 2022: share})
    )


def test_a_share_missing_in_a_growth_year_is_named() -> None:
    assert refused(replace(GOOD, alpha={2021: 0.4})) == [("/alpha/2022", "year_missing")]


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    assert refused(replace(GOOD, beta={2021: 0.6, 2022: 0.61})) == [
        ("/beta/2022", "shares_do_not_sum_to_one")
    ]


def test_a_period_outside_the_data_is_refused() -> None:
    with pytest.raises(SeriesRefused, match="1 faults"):
        account_period(GOOD, 2019, 2022)


def test_a_worked_year_by_hand() -> None:
    grown = account(GOOD)
    assert grown.years == (2021, 2022)
    # 7 % output, 10 % capital, 1 % labour: 7 − 0.4·10 − 0.6·1 = 2.4 points, 34.2857 % of growth
    assert grown.contribution_A[0] == pytest.approx(2.4, abs=1e-12)
    assert grown.growth_share_A[0] == pytest.approx(0.342857142857, abs=1e-12)
    assert grown.reasons == (None, None)


def test_a_series_that_ends_early_shortens_the_span() -> None:
    assert account(replace(GOOD, L={2020: 50.0, 2021: 50.5})).years == (2021,)


@pytest.mark.parametrize(
    ("last", "reason"),
    [(99.0, "NEGATIVE_GROWTH"), (100.4, "GROWTH_TOO_SMALL"), (100.5, None), (100.6, None)],
)
def test_shares_of_small_or_negative_growth_are_null_with_a_reason(
    last: float, reason: str | None
) -> None:
    grown = account(replace(GOOD, Y={2020: 100.0, 2021: last}))
    assert grown.reasons == (reason,)
    assert bool(np.isnan(grown.growth_share_A[0])) is (reason is not None)
    assert why_no_share(last / 100 - 1) == reason


def test_a_period_is_one_ratio_of_period_quantities_not_a_mean_of_yearly_shares() -> None:
    period = account_period(GOOD, 2020, 2022)
    assert period.g_Y == pytest.approx(1.15**0.5 - 1, abs=1e-15)
    assert period.growth_share_A == pytest.approx(period.g_A / period.g_Y, abs=1e-15)
    assert period.g_LP == pytest.approx((1.15 / 1.02) ** 0.5 - 1, abs=1e-12)


def test_a_period_of_decline_has_no_share() -> None:
    period = account_period(replace(GOOD, Y={2020: 100.0, 2021: 99.0, 2022: 98.0}), 2020, 2022)
    assert (period.growth_share_A, period.reason) == (None, "NEGATIVE_GROWTH")


def test_capital_that_swings_like_investment_is_warned_of() -> None:
    assert warnings_of(GOOD) == ()
    assert warnings_of(replace(GOOD, K={2020: 100.0, 2021: 140.0, 2022: 90.0})) == (
        "K_LOOKS_LIKE_INVESTMENT",
    )


growth = st.floats(0.85, 1.25)


@given(st.lists(st.tuples(growth, growth, growth, st.floats(0.05, 0.95)), min_size=1, max_size=30))
def test_contributions_sum_to_growth_and_shares_to_one(
    steps: list[tuple[float, float, float, float]],
) -> None:
    Y, K, L = {2000: 100.0}, {2000: 300.0}, {2000: 40.0}
    alpha: dict[int, float] = {}
    for year, (y, k, labour, share) in enumerate(steps, 2001):
        Y[year], K[year], L[year] = Y[year - 1] * y, K[year - 1] * k, L[year - 1] * labour
        alpha[year] = share
    grown = account(Inputs(Y, K, L, alpha, {year: 1 - share for year, share in alpha.items()}))
    total = grown.contribution_K + grown.contribution_L + grown.contribution_A
    np.testing.assert_allclose(total, 100 * grown.g_Y, atol=1e-12)
    shares = grown.growth_share_K + grown.growth_share_L + grown.growth_share_A
    np.testing.assert_allclose(shares[~np.isnan(shares)], 1.0, atol=1e-9)
