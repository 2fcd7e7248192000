"""User cost and capital services: refusals, then published numbers, then identities.

Published 1: the airline of Pindyck and Rubinfeld, Microeconomics, chapter 7 (user cost of capital): an aircraft of $150 million, a
life of 30 years, an interest rate of 10 %: $20 million in year 1, 13.33 % of its price. To match: prices that stand still.
Published 2: BLS, total factor productivity, capital details by asset, computer and electronic products (NAICS 334), 2017:
productive stocks, capital costs and the share of each asset in capital income, billions of dollars, shares to three decimals.
Inventories and land cost less than nothing there. To match: user cost = cost / stock, negative weights kept (KEEP). Tolerance:
half a unit of the third decimal.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.series import Array
from pq_tfp.domain.user_cost import Assets, contributions, ex_post, exogenous, services

AXES = Axes((2020, 2021, 2022), ("structures", "machinery", "ict"))
S = np.array([[300.0, 310.0, 321.0], [120.0, 131.0, 140.0], [20.0, 24.0, 30.0]])
P = np.array([[1.0, 1.03, 1.05], [1.0, 1.01, 1.03], [1.0, 0.92, 0.85]])
DELTA = np.array([0.025, 0.12, 0.3])
CAP = np.array([80.0, 88.0])
ASSETS = Assets(AXES, S, P, DELTA)

BLS_ASSETS = ("equipment", "intellectual property", "inventories", "land", "structures")
BLS_STOCK = np.array([196.203, 350.25, 66.985, 23.931, 231.3])
BLS_COST = np.array([18.715, 79.13, -1.093, -0.56, 3.295])
BLS_SHARE = np.array([0.188, 0.795, -0.011, -0.006, 0.033])


def test_a_stock_of_zero_a_rate_in_percent_and_a_wrong_shape_are_refused() -> None:
    for broken, said in (
        (Assets(AXES, S - 20, P, DELTA), "level_not_positive /S/ict/2020"),
        (Assets(AXES, S, P, 100 * DELTA), "delta_outside_unit_interval /delta_structures"),
        (Assets(AXES, S, P, DELTA[:2]), "shape_wrong /delta"),
    ):
        with pytest.raises(SeriesRefused) as refusal:
            ex_post(broken, CAP)
        error = refusal.value.errors[0]
        assert f"{error.code} {error.pointer}" == said


def test_capital_income_below_zero_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        ex_post(ASSETS, np.array([80.0, -1.0]))
    assert [error.pointer for error in refusal.value.errors] == ["/CAP/2022"]


def test_services_that_cost_nothing_in_all_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        services(S, np.zeros_like(S), AXES)
    assert {error.pointer for error in refusal.value.errors} >= {"/CAP/2020"}


def test_an_asset_in_two_groups_or_in_none_of_the_request_is_refused() -> None:
    grown = services(S[:, 1:], exogenous(ASSETS, real_rate=0.04).u, AXES.growth())
    groups = {"ict": ["ict"], "digital": ["ict", "robots"], "other": ["machinery"]}
    with pytest.raises(SeriesRefused) as refusal:
        contributions(grown, np.array([0.4]), groups)
    assert [f"{error.code} {error.pointer}" for error in refusal.value.errors] == [
        "group_name_taken /groups/other",
        "asset_not_once /groups/ict",
        "asset_unknown /groups/robots",
    ]


def test_the_textbook_airline() -> None:
    aircraft = Assets(
        Axes((0, 1), ("aircraft",)), np.ones((1, 2)), np.full((1, 2), 150.0), np.array([1 / 30])
    )
    paid = ex_post(aircraft, np.array([20.0]))
    assert paid.r[0] == pytest.approx(0.10, abs=1e-15)
    assert exogenous(aircraft, real_rate=0.10).u[0, 0] == pytest.approx(20.0, abs=1e-12)
    assert paid.u[0, 0] / 150 == pytest.approx(0.1333, abs=5e-5)


def test_the_published_shares_of_capital_income_are_reproduced_with_their_signs() -> None:
    u = BLS_COST / BLS_STOCK
    two = np.column_stack([BLS_STOCK, BLS_STOCK * 1.01])
    grown = services(two, np.column_stack([u, u]), Axes((2017, 2018), BLS_ASSETS))
    np.testing.assert_allclose(grown.weight[:, 0], BLS_SHARE, atol=5e-4)
    assert BLS_COST.sum() == pytest.approx(99.487, abs=5e-4)
    assert grown.dln_K[0] == pytest.approx(np.log(1.01), abs=1e-12)


def test_a_negative_user_cost_takes_the_outside_rate_for_that_year_or_stays_when_asked() -> None:
    boom = np.array([[1.0, 1.5, 1.5], [1.0, 1.01, 1.03], [1.0, 0.92, 0.85]])
    assets = Assets(AXES, S, boom, DELTA)
    guarded = ex_post(assets, CAP, real_rate=0.05)
    assert [(n.unit, n.year) for n in guarded.notices] == [("structures", 2021)]
    assert guarded.exhausts.tolist() == [False, True]
    np.testing.assert_allclose(guarded.u[:, 0], boom[:, 1] * (0.05 + DELTA))
    kept = ex_post(assets, CAP, on_negative="KEEP")
    assert kept.u[0, 0] < 0
    np.testing.assert_allclose((kept.u * S[:, 1:]).sum(axis=0), CAP, rtol=1e-12)


def test_a_tax_factor_still_exhausts_income() -> None:
    taxed = Assets(AXES, S, P, DELTA, tax=np.full((3, 3), 1.2) + np.arange(3)[:, None] / 10)
    paid = ex_post(taxed, CAP)
    np.testing.assert_allclose((paid.u * S[:, 1:]).sum(axis=0), CAP, rtol=1e-12)
    assert (exogenous(taxed, real_rate=0.04).u > exogenous(ASSETS, real_rate=0.04).u).all()


def test_contributions_of_groups_of_assets_sum_to_that_of_capital() -> None:
    paid = exogenous(ASSETS, real_rate=0.04)
    grown = services(S[:, 1:], paid.u, paid.axes)
    split = contributions(grown, np.array([0.4]), {"ict": ["ict"]})
    assert set(split) == {"ict", "other"}
    assert sum(split.values()) == pytest.approx(0.4 * grown.dln_K, abs=1e-12)


several = arrays(np.float64, (4, 6), elements=st.floats(0.5, 2.0))


@given(several, several, st.floats(0.1, 10.0))
def test_ex_post_costs_exhaust_income_and_quality_is_the_rest(
    stocks: Array, prices: Array, income: float
) -> None:
    axes = Axes(tuple(range(2000, 2006)), ("a", "b", "c", "d"))
    delta = np.array([0.02, 0.1, 0.2, 0.3])
    CAP = np.full(5, income)
    paid = ex_post(Assets(axes, stocks, prices, delta), CAP, on_negative="KEEP")
    np.testing.assert_allclose((paid.u * stocks[:, 1:]).sum(axis=0), CAP, rtol=1e-10)
    grown = services(stocks, prices, axes)
    np.testing.assert_allclose(grown.part.sum(axis=0), grown.dln_K, atol=1e-12)
    np.testing.assert_allclose(grown.dln_stock + grown.dln_KQ, grown.dln_K, atol=1e-12)
    same = services(stocks * 2, prices, axes)
    np.testing.assert_allclose(same.dln_KQ, grown.dln_KQ, atol=1e-12)
