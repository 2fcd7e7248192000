"""What goes beside a published figure: bands, assumptions, parts, reallocation. Refusals and absences first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_tfp.domain.accounting import Inputs, account, account_period
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.headline import (
    contributions,
    labour_productivity,
    labour_productivity_growth,
    mean_share,
    split,
    uncertainty_of,
    within,
)
from pq_tfp.domain.uncertainty import Case, check_target, simulate

YEARS = range(2020, 2026)


def inputs(
    g_Y: float = 0.08, g_K: float = 0.1, g_L: float = 0.01, *, beta: float = 0.6, Y: float = 100.0
) -> Inputs:
    def grown(start: float, rate: float) -> dict[int, float]:
        return {year: start * (1 + rate) ** (year - 2020) for year in YEARS}

    return Inputs(
        grown(Y, g_Y), grown(2.5 * Y, g_K), grown(50.0, g_L),
        alpha=dict.fromkeys(YEARS, 1 - beta), beta=dict.fromkeys(YEARS, beta),
    )  # fmt: skip


def added(*given: Inputs) -> Inputs:
    """Sum levels; β of all is the same here."""
    Y, K, L = (
        {year: sum(one[year] for one in each) for year in YEARS}
        for each in zip(*((one.Y, one.K, one.L) for one in given), strict=True)
    )
    return Inputs(Y, K, L, alpha=given[0].alpha, beta=given[0].beta)


def test_an_alpha_for_which_no_widths_are_made_has_no_band() -> None:
    assert uncertainty_of(inputs(beta=0.15), 2020, 2025) is None


def test_a_single_place_is_made_of_no_parts() -> None:
    whole = account_period(inputs(), 2020, 2025)
    assert split(whole, {"a": inputs()}, {"a": inputs().Y}) is None


def test_without_value_added_in_the_first_year_nobody_knows_the_weights() -> None:
    one, other = inputs(), inputs(0.05)
    late = {year: one.Y[year] for year in range(2021, 2026)}
    whole = account_period(added(one, other), 2020, 2025)
    assert split(whole, {"a": one, "b": other}, {"a": late, "b": other.Y}) is None


def test_a_part_that_has_no_account_of_its_own_leaves_the_whole_without_a_split() -> None:
    one, odd = inputs(), inputs(beta=0.6)
    odd = Inputs(odd.Y, odd.K, odd.L, alpha=dict.fromkeys(YEARS, -0.1), beta=dict.fromkeys(YEARS, 1.1))  # fmt: skip
    whole = account_period(added(one, odd), 2020, 2025)
    assert split(whole, {"a": one, "b": odd}, {"a": one.Y, "b": odd.Y}) is None


def test_when_no_draw_grows_enough_the_share_has_no_band_and_the_rates_still_do() -> None:
    found = uncertainty_of(inputs(g_Y=-0.10), 2020, 2025)
    assert found is not None
    assert (found.growth_share_A, found.growth_share_A_quantiles, found.valid) == (None, (), 0.0)
    assert found.g_A.low < found.g_A.mid < found.g_A.high


def test_the_band_is_that_of_the_engine_over_the_investment_the_stock_implies() -> None:
    given_ = inputs()
    found = uncertainty_of(given_, 2021, 2024)
    K = np.array([given_.K[year] for year in range(2021, 2025)])
    case = Case(
        axes=Axes((2021, 2022, 2023, 2024)),
        Y=np.array([given_.Y[year] for year in range(2021, 2025)]),
        L=np.array([given_.L[year] for year in range(2021, 2025)]),
        investment=K[1:] - 0.94 * K[:-1], alpha=np.full(3, 0.4), K0=float(K[0]), delta=0.06,
    )  # fmt: skip
    checked = check_target(simulate(case).growth_share_A, 0.47)
    assert found is not None
    assert found.growth_share_A == checked.band
    assert found.valid == checked.valid
    assert len(found.growth_share_A_quantiles) == 19
    assert found.growth_share_A_quantiles[0] == checked.band.low
    assert found.growth_share_A_quantiles[-1] == checked.band.high


def test_the_first_assumption_is_the_figure_itself() -> None:
    found = uncertainty_of(inputs(), 2020, 2025)
    period = account_period(inputs(), 2020, 2025)
    assert found is not None
    assert found.assumptions[0].assumption == "BASE"
    assert found.assumptions[0].g_A == pytest.approx(period.g_A, abs=1e-12)
    assert {row.assumption for row in found.assumptions} == {
        "BASE",
        "alpha",
        "delta",
        "K0",
        "deflator",
    }


def test_productivity_of_labour_has_a_band_around_its_rate() -> None:
    found, period = uncertainty_of(inputs(), 2020, 2025), account_period(inputs(), 2020, 2025)
    assert found is not None
    assert found.g_LP.low < period.g_LP < found.g_LP.high


@given(st.floats(0.03, 0.12), st.floats(0.03, 0.12), st.floats(20.0, 400.0))
def test_weighted_parts_and_reallocation_are_the_whole(
    one: float, other: float, size: float
) -> None:
    a, b = inputs(one), inputs(other, Y=size)
    whole = account_period(added(a, b), 2020, 2025)
    found = split(whole, {"a": a, "b": b}, {"a": a.Y, "b": b.Y})
    assert found is not None
    assert sum(part.weight for part in found.parts) == pytest.approx(1)
    weighted = sum(part.weight * part.growth.g_A for part in found.parts)
    assert weighted + found.reallocation == pytest.approx(whole.g_A, abs=1e-12)


def test_the_mean_of_yearly_shares_speaks_of_the_period_alone() -> None:
    given_ = inputs()
    uneven = Inputs({**given_.Y, 2020: 10.0}, given_.K, given_.L, given_.alpha, given_.beta)
    assert mean_share(uneven, 2021, 2025) == pytest.approx(0.425)
    assert mean_share(uneven, 2020, 2025) != pytest.approx(0.425)


def test_labour_productivity_is_a_level_where_both_are_known() -> None:
    given_ = inputs()
    short = Inputs(given_.Y, given_.K, {2020: 50.0}, given_.alpha, given_.beta)
    assert labour_productivity(short) == {2020: 2.0}
    assert list(within(given_, range(2022, 2024)).Y) == [2022, 2023]


@given(st.floats(-0.05, 0.12), st.floats(0.0, 0.2))
def test_contributions_of_a_period_sum_to_its_growth(g_Y: float, g_K: float) -> None:
    period = account_period(inputs(g_Y, g_K), 2020, 2025)
    assert sum(contributions(period).values()) == pytest.approx(100 * period.g_Y, abs=1e-9)


def test_capital_deepening_and_tfp_are_the_growth_of_output_less_labour() -> None:
    grown = account(inputs())
    deepening = grown.alpha * (grown.g_K - grown.g_L)
    per_worker = labour_productivity_growth(grown)
    assert (1 + per_worker) * (1 + grown.g_L) == pytest.approx(1 + grown.g_Y)
    assert deepening + grown.g_A == pytest.approx(grown.g_Y - grown.g_L)
