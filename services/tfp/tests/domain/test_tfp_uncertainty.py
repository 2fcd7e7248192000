"""Uncertainty and targets: refusals, then what can be known without drawing, then speed.

The widths of the draws are judgement (a printed case of drawing is in test_tfp_published_accounts): moments of the draws are held against their own
formulas, and the sensitivity table against the derivative −(G_K − G_L) of the method page (G_K = 10 %, G_L = 1 %, Δα = 0.05: −0.45
points, 6.4 points of the share when G_Y = 7 %).
"""

import timeit
from dataclasses import replace

import numpy as np
import pytest

from pq_tfp.domain.accounting import Inputs, account_period
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.sensitivity import table
from pq_tfp.domain.uncertainty import (
    Case,
    Widths,
    bands,
    check_target,
    implied_investment,
    simulate,
    width_faults,
)

YEARS = tuple(range(2015, 2021))
K = 300 * np.power(1.10, np.arange(6))
CASE = Case(
    axes=Axes(YEARS),
    Y=100 * np.power(1.07, np.arange(6)),
    L=50 * np.power(1.01, np.arange(6)),
    investment=implied_investment(K, 0.06),
    alpha=np.full(5, 0.4),
    K0=300.0,
    delta=0.06,
)
STILL = Widths(
    alpha_sd=0.0, delta=(0.06, 0.06), K0_log_sd=0.0, output_sd=0.0, labour_sd=0.0
)  # fmt: skip


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_a_share_of_capital_outside_the_bounds_of_its_draws_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        simulate(replace(CASE, alpha=np.full(5, 0.9)))
    assert codes(refusal) == ["alpha_outside_bounds /alpha"]


def test_every_fault_of_the_case_is_told_at_once() -> None:
    broken = replace(CASE, Y=CASE.Y - 100, investment=CASE.investment * np.nan, delta=6.0, K0=0.0)
    with pytest.raises(SeriesRefused) as refusal:
        simulate(broken)
    assert {error.pointer for error in refusal.value.errors} >= {
        "/Y/2015", "/I/2016", "/delta", "/K0/2015"
    }  # fmt: skip


def test_shapes_that_do_not_fit_the_years_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        simulate(replace(CASE, alpha=np.full(4, 0.4)))
    assert codes(refusal) == ["shape_wrong /alpha"]


@pytest.mark.parametrize("target", [47.0, 0.0, -0.3])
def test_a_target_that_is_no_fraction_is_refused(target: float) -> None:
    with pytest.raises(SeriesRefused) as refusal:
        check_target(np.array([0.4]), target)
    assert codes(refusal) == ["target_not_a_fraction /target"]


def test_without_any_width_every_draw_is_the_official_account() -> None:
    drawn = simulate(CASE, STILL, draws=5)
    by_year = {
        name: dict(zip(YEARS, values.tolist(), strict=True))
        for name, values in (("Y", CASE.Y), ("K", K), ("L", CASE.L))
    }
    alpha = dict.fromkeys(YEARS[1:], 0.4)
    official = account_period(
        Inputs(**by_year, alpha=alpha, beta=dict.fromkeys(YEARS[1:], 0.6)), 2015, 2020
    )
    np.testing.assert_allclose(drawn.g_A, official.g_A, atol=1e-12)
    np.testing.assert_allclose(drawn.growth_share_A, official.growth_share_A or np.nan, atol=1e-11)


def test_the_draws_have_the_moments_of_their_widths() -> None:
    only_alpha = replace(STILL, alpha_sd=0.03)
    drawn = simulate(CASE, only_alpha)
    assert drawn.g_A.std() == pytest.approx(0.03 * (0.10 - 0.01), rel=0.03)
    assert drawn.alpha.min() > 0.2
    assert drawn.alpha.max() < 0.8
    only_output = replace(STILL, output_sd=0.003)
    assert simulate(CASE, only_output).g_A.std() == pytest.approx(0.003 / np.sqrt(5), rel=0.03)
    cut = replace(STILL, alpha_sd=0.3)
    edges = simulate(CASE, cut).alpha
    assert (edges.min() > 0.2, edges.max() < 0.8) == (True, True)


def test_the_same_seed_gives_the_same_band_and_another_seed_another() -> None:
    assert bands(simulate(CASE)) == bands(simulate(CASE))
    assert bands(simulate(CASE)) != bands(simulate(CASE, seed=1))


def test_a_target_is_met_not_met_or_not_decidable() -> None:
    drawn = simulate(CASE, replace(STILL, alpha_sd=0.02))
    found = bands(drawn)["growth_share_A"]
    below = check_target(drawn.growth_share_A, 0.2)
    above = check_target(drawn.growth_share_A, 0.9)
    inside = check_target(drawn.growth_share_A, found.mid)
    assert (below.verdict, above.verdict, inside.verdict) == ("met", "not met", "not decidable")
    assert below.probability > 0.95
    assert above.probability < 0.05
    assert inside.probability == pytest.approx(0.5, abs=0.01)
    assert (inside.reason, below.reason) == ("TARGET_INSIDE_BAND", None)


def test_growth_too_small_for_a_share_in_most_draws_decides_nothing() -> None:
    flat = replace(CASE, Y=100 * np.power(1.001, np.arange(6)))
    check = check_target(simulate(flat).growth_share_A, 0.47)
    assert (check.verdict, check.reason) == ("not decidable", "GROWTH_TOO_SMALL_IN_MOST_DRAWS")
    assert check.valid < 0.5
    nothing = check_target(np.array([np.nan, np.nan]), 0.47)
    assert np.isnan(nothing.band.mid)


def test_draws_in_which_capital_is_used_up_carry_no_rate() -> None:
    selling = replace(CASE, investment=np.full(5, -45.0))
    drawn = simulate(selling)
    assert np.isnan(drawn.g_K).any()
    assert np.isfinite(drawn.g_K).any()


def test_capital_below_zero_on_the_way_has_no_rate_though_it_recovers() -> None:
    bought_back = replace(CASE, investment=np.array([-450.0, 900.0, 10.0, 10.0, 10.0]))
    drawn = simulate(bought_back, Widths(K0_log_sd=0))
    assert np.isnan(drawn.g_K).all()
    assert np.isnan(table(bought_back)[0].g_K)


def test_the_table_of_assumptions_shows_the_derivative_of_the_method() -> None:
    rows = {(row.assumption, round(row.value, 3)): row for row in table(CASE)}
    base, more = rows["BASE", 0.0], rows["alpha", 0.45]
    assert more.change_pp == pytest.approx(-0.45, abs=1e-9)
    assert 100 * (more.growth_share_A - base.growth_share_A) == pytest.approx(-6.4, abs=0.05)
    assert rows["K0", 1.0].change_pp == 0
    assert rows["K0", 2.0].g_K < base.g_K < rows["K0", 0.5].g_K
    assert rows["delta", 0.08].g_K < rows["delta", 0.04].g_K
    assert rows["deflator", 0.003].change_pp == pytest.approx(-0.3, abs=1e-9)
    assert len(rows) == 10


def test_an_assumption_under_which_capital_is_used_up_has_no_rate() -> None:
    rows = {
        (row.assumption, row.value): row
        for row in table(replace(CASE, investment=np.full(5, -35.0)))
    }
    assert np.isnan(rows["K0", 0.5].g_A)
    assert np.isfinite(rows["K0", 2.0].g_A)


def test_ten_thousand_draws_take_less_than_two_seconds() -> None:
    taken = timeit.repeat(lambda: bands(simulate(CASE, draws=10_000)), number=1, repeat=3)
    assert min(taken) < 2


def test_ranges_of_draws_in_the_wrong_order_are_named() -> None:
    wrong = Widths(
        alpha_bounds=(0.4, 0.405),
        delta=(0.08, 0.04),
        delta_R=(0.0, 0.2),
        epsilon_R=(0.1, 0.06, 0.1),
    )
    names = ["/alpha_bounds", "/delta", "/delta_R", "/epsilon_R"]
    assert [fault.pointer for fault in width_faults(wrong)] == names
    assert width_faults(Widths()) == []
