"""Labour quality and the labour share: refusals, then arithmetic, then identities.

Published: BEA/BLS production account, computer and electronic products (NAICS 334), 2017, millions of current dollars: value added
248,364, labour compensation 150,706, of which college 112,623 and non-college 38,083. The account imputes the labour of the
self-employed inside labour compensation, so CE_ONLY on it is the account's labour share, 1 − 97,659/248,364. A printed
index of labour input is in test_tfp_published_accounts; no table of quality by group could be had: it is held against an independent derivation.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.labour import quality
from pq_tfp.domain.labour_share import fixed_by_sector, labour_share
from pq_tfp.domain.series import Array

AXES = Axes((2021, 2022))
INCOME = {
    "VA": np.array([1000.0, 1100.0]),
    "CE": np.array([400.0, 450.0]),
    "MI": np.array([250.0, 260.0]),
    "T": np.array([50.0, 55.0]),
    "N_employees": np.array([40.0, 42.0]),
    "N_total": np.array([80.0, 82.0]),
}


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_more_employees_than_persons_are_refused_with_the_year() -> None:
    told = {**INCOME, "N_total": np.array([40.0, 0.082])}
    with pytest.raises(SeriesRefused) as refusal:
        labour_share("SELF_WAGE", told, AXES)
    assert codes(refusal) == ["employees_exceed_total /N_employees/2022"]
    assert "42, more than N_total 0.082" in refusal.value.errors[0].message_en


def test_a_series_the_method_needs_is_named_when_it_is_missing() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        labour_share("MI_PROP", {"VA": INCOME["VA"], "CE": INCOME["CE"]}, AXES)
    assert codes(refusal) == ["series_missing /MI", "series_missing /T"]


@pytest.mark.parametrize("theta", [0.0, 1.2, -1.0])
def test_a_relative_wage_outside_its_range_is_refused(theta: float) -> None:
    with pytest.raises(SeriesRefused) as refusal:
        labour_share("SELF_WAGE", INCOME, AXES, theta=theta)
    assert codes(refusal) == ["theta_outside_range /theta"]


def test_a_share_above_one_is_refused_where_no_other_method_stands_in() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        labour_share("CE_ONLY", {**INCOME, "CE": np.array([400.0, 1200.0])}, AXES)
    assert codes(refusal) == ["share_outside_unit_interval /beta/2022"]


def test_a_place_without_employees_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        labour_share("SELF_WAGE", {**INCOME, "N_employees": np.array([0.0, 42.0])}, AXES)
    assert codes(refusal) == ["level_not_positive /N_employees/2021"]


def test_sector_coefficients_in_percent_are_refused() -> None:
    sectors = Axes((2021, 2022), ("farming", "industry"))
    with pytest.raises(SeriesRefused) as refusal:
        fixed_by_sector(np.array([80.0, 0.4]), np.ones((2, 2)), sectors)
    assert codes(refusal) == ["share_in_percent /beta/farming/2021"]


def test_hours_of_zero_are_refused_with_their_group() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        quality(np.array([[1.0, 0.0], [1.0, 1.0]]), np.ones((2, 2)), Axes((2021, 2022), ("a", "b")))
    assert codes(refusal) == ["level_not_positive /h/a/2022"]


def test_the_five_methods_by_hand() -> None:
    first = {
        method: labour_share(method, INCOME, AXES).beta[0]
        for method in ("CE_ONLY", "MI_ALL", "MI_PROP", "SELF_WAGE")
    }
    assert first == pytest.approx(
        {"CE_ONLY": 0.4, "MI_ALL": 0.65, "MI_PROP": 400 / 700, "SELF_WAGE": 0.8}, abs=1e-15
    )
    assert labour_share("SELF_WAGE", INCOME, AXES, theta=0.5).beta[0] == pytest.approx(0.6)
    assert labour_share("MI_ALL", INCOME, AXES, at_factor_cost=True).beta[0] == pytest.approx(
        650 / 950
    )
    sectors = Axes((2021, 2022), ("farming", "industry"))
    weighted = fixed_by_sector(
        np.array([0.8, 0.4]), np.array([[100.0, 50.0], [100.0, 150.0]]), sectors
    )
    np.testing.assert_allclose(weighted.beta, [0.6, 0.5], atol=1e-15)


def test_a_computed_share_above_one_falls_back_and_keeps_both_values() -> None:
    farming = {**INCOME, "N_total": np.array([80.0, 120.0])}
    found = labour_share("SELF_WAGE", farming, AXES)
    assert found.fallback.tolist() == [False, True]
    assert found.computed[1] == pytest.approx(450 / 42 * 120 / 1100)
    assert found.beta[1] == pytest.approx(450 / (1100 - 55 - 260))
    assert [(n.code, n.year) for n in found.notices] == [("LABOUR_SHARE_FALLBACK", 2022)]


def test_the_published_account_of_an_industry_gives_its_labour_share() -> None:
    one = {"VA": np.array([248364.0]), "CE": np.array([150706.0])}
    beta = labour_share("CE_ONLY", one, Axes((2017,))).beta[0]
    assert round(float(beta), 4) == 0.6068
    assert 112623 + 38083 == 150706
    assert beta == pytest.approx(1 - 97659 / 248364, abs=1e-5)


def test_quality_is_the_move_to_better_paid_groups() -> None:
    h = np.array([[60.0, 50.0], [40.0, 50.0]])
    wage = np.array([[10.0, 10.0], [20.0, 20.0]])
    grown = quality(h, wage, Axes((2021, 2022), ("untrained", "trained")))
    v = (np.array([600 / 1400, 800 / 1400]) + np.array([500 / 1500, 1000 / 1500])) / 2
    by_hand = v[0] * np.log(50 / 60) + v[1] * np.log(50 / 40)
    assert grown.dln_H[0] == 0
    assert grown.dln_LQ[0] == pytest.approx(by_hand, abs=1e-15)
    assert grown.dln_LQ[0] > 0


groups = arrays(np.float64, (3, 5), elements=st.floats(0.5, 3.0))


@given(groups, groups)
def test_hours_and_quality_sum_to_labour_and_equal_wages_bring_no_first_order_quality(
    h: Array, wage: Array
) -> None:
    axes = Axes(tuple(range(2000, 2005)), ("a", "b", "c"))
    grown = quality(h, wage, axes)
    np.testing.assert_allclose(grown.dln_H + grown.dln_LQ, grown.dln_L, atol=1e-12)
    np.testing.assert_allclose(grown.part.sum(axis=0), grown.dln_L, atol=1e-12)
    together = quality(np.outer([1.0, 2.0, 3.0], h[0]), wage, axes)
    np.testing.assert_allclose(together.dln_LQ, 0.0, atol=1e-12)


@given(groups)
def test_the_methods_are_ordered_as_bounds(amounts: Array) -> None:
    axes = Axes(tuple(range(2000, 2005)))
    CE, MI, OS = amounts
    income = {"CE": CE, "MI": MI, "VA": CE + MI + OS, "T": np.zeros(5)}
    low, middle, high = (
        labour_share(method, income, axes).beta for method in ("CE_ONLY", "MI_PROP", "MI_ALL")
    )
    assert (low < middle).all()
    assert (middle < high).all()
