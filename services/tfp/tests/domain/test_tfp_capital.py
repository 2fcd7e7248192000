"""Capital by perpetual inventory: refusals, then the published vintage formula, then what always holds.

Printed stocks are in test_tfp_published_accounts. They have timing END; for MID the reference is an independent derivation: BEA's
published formula for the contribution of one vintage, I_i(1 − δ/2)(1 − δ)^(t−i), summed over vintages (Survey of Current
Business, box "Basic formulas for the perpetual inventory method"), against our recursion. Tolerance 1e-12 relative.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain import initial_stock
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.capital import accumulate, real_flows, rebased, total, year_average
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.initial_stock import InitialStock
from pq_tfp.domain.series import Array

AXES = Axes((2011, 2012, 2013, 2014))
FLOWS = np.array([30.0, 33.0, 36.3, 39.93])
START = InitialStock(200.0, 2010, "BENCH")


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_steady_growth_that_does_not_outweigh_depreciation_is_refused_with_another_rule_to_use() -> (
    None
):
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.steady(FLOWS, AXES, growth=-0.06, delta=0.05)
    assert codes(refusal) == ["K0_UNDEFINED /K0/2011"]
    assert "STEADY_N" in refusal.value.errors[0].message_en


def test_the_place_whose_trend_shrinks_too_fast_is_named() -> None:
    axes = Axes(AXES.years, ("a", "b"))
    flows = np.array([FLOWS, FLOWS[::-1] * np.power(0.5, np.arange(4))])
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.steady_trend(flows, axes, delta=0.05)
    assert codes(refusal) == ["K0_UNDEFINED /K0/b/2011"]


def test_a_trend_needs_three_years_and_flows_above_zero() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.steady_trend(FLOWS[:2], Axes(AXES.years[:2]), delta=0.05)
    assert codes(refusal) == ["years_too_few /years"]
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.steady_trend(FLOWS - 33, AXES, delta=0.05)
    assert codes(refusal) == ["level_not_positive /I/2011", "level_not_positive /I/2012"]


def test_a_capital_output_ratio_outside_its_range_and_a_stock_of_zero_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.capital_output(100.0, kappa=35.0, year=2010)
    assert codes(refusal) == ["kappa_outside_range /kappa"]
    with pytest.raises(SeriesRefused) as refusal:
        initial_stock.benchmark(0.0, year=2010)
    assert codes(refusal) == ["level_not_positive /K0/2010"]


@pytest.mark.parametrize(("delta", "hint"), [(5.0, "0.05"), (-0.1, ""), (1.0, "")])
def test_a_depreciation_rate_outside_its_range_is_refused(delta: float, hint: str) -> None:
    with pytest.raises(SeriesRefused) as refusal:
        accumulate(FLOWS, AXES, start=START, delta=delta)
    assert codes(refusal) == ["delta_outside_unit_interval /delta"]
    assert hint in refusal.value.errors[0].message_en


def test_a_first_stock_far_from_the_flows_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        accumulate(FLOWS, AXES, start=InitialStock(200.0, 2008, "BENCH"), delta=0.05)
    assert codes(refusal) == ["K0_outside_series /K0/2008"]


def test_disinvestment_beyond_the_stock_is_refused_and_within_it_noted() -> None:
    flows = np.array([30.0, -50.0, 36.0, 39.0])
    stock = accumulate(flows, AXES, start=START, delta=0.05)
    assert [(n.code, n.year) for n in stock.notices if n.field == "I"] == [
        ("NEGATIVE_INVESTMENT", 2012)
    ]
    with pytest.raises(SeriesRefused) as refusal:
        accumulate(np.array([30.0, -300.0, 36.0, 39.0]), AXES, start=START, delta=0.05)
    assert codes(refusal)[0] == "capital_not_positive /K/2012"


def test_a_flow_that_is_missing_is_named() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        accumulate(np.array([30.0, np.nan, 36.0, 39.0]), AXES, start=START, delta=0.05)
    assert codes(refusal) == ["not_a_number /I/2012"]


def test_a_base_year_outside_the_price_index_and_a_relative_of_zero_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        real_flows(FLOWS, np.ones(4), AXES, base_year=2010)
    assert codes(refusal) == ["base_year_missing /P_I/2010"]
    with pytest.raises(SeriesRefused):
        rebased(accumulate(FLOWS, AXES, start=START, delta=0.05), 0.0)


def test_assets_of_other_years_are_not_added() -> None:
    whole = accumulate(FLOWS, AXES, start=START, delta=0.05)
    late = accumulate(FLOWS, AXES, start=InitialStock(200.0, 2011, "BENCH"), delta=0.05)
    with pytest.raises(SeriesRefused) as refusal:
        total({"machinery": whole, "structures": late})
    assert codes(refusal) == ["years_differ /structures"]


def test_the_recursion_equals_the_published_sum_over_vintages() -> None:
    delta = 1.65 / 10  # declining-balance rate over service life, as BEA states it
    years = np.arange(12)
    flows = 20 * np.power(1.04, years)
    stock = accumulate(
        flows,
        Axes(tuple(int(2000 + y) for y in years)),
        start=InitialStock(1e-9, 1999, "BENCH"),
        delta=delta,
        timing="MID",
    )
    vintages = [
        sum(flows[i] * (1 - delta / 2) * (1 - delta) ** (t - i) for i in range(t + 1))
        for t in years
    ]
    np.testing.assert_allclose(stock.K[1:], vintages, rtol=1e-9)


def test_steady_growth_is_kept_exactly_by_the_steady_rule() -> None:
    start = initial_stock.steady(FLOWS, AXES, growth=0.10, delta=0.05)
    np.testing.assert_allclose(start.K0, 200.0, atol=1e-12)
    stock = accumulate(FLOWS, AXES, start=start, delta=0.05)
    np.testing.assert_allclose(stock.K[1:] / stock.K[:-1], 1.10, rtol=1e-12)
    trend = initial_stock.steady_trend(FLOWS, AXES, delta=0.05)
    np.testing.assert_allclose(trend.K0, 200.0, rtol=1e-12)


def test_the_rules_place_their_stock_in_their_year() -> None:
    late = initial_stock.steady(FLOWS, AXES, growth=0.10, delta=0.05, at="END_OF_FIRST")
    assert late.year == 2011
    fixed = initial_stock.fixed_ratio(FLOWS, AXES)
    assert (fixed.K0, fixed.year) == (300.0, 2011)
    stock = accumulate(FLOWS, AXES, start=fixed, delta=0.05)
    assert stock.axes.years == (2011, 2012, 2013, 2014)
    assert stock.K[1] == pytest.approx(0.95 * 300 + 33)
    ratio = initial_stock.capital_output(np.array([100.0, 50.0]), kappa=2.0, year=2010)
    np.testing.assert_array_equal(ratio.K0, [200.0, 100.0])


def test_a_stock_that_is_mostly_assumption_is_noted() -> None:
    stock = accumulate(FLOWS, AXES, start=START, delta=0.05)
    assert stock.memory[0] == 1
    assert stock.memory[1] == pytest.approx(0.95 * 200 / stock.K[1])
    assert [n.code for n in stock.notices] == ["K0_MEMORY_HIGH"]
    light = accumulate(FLOWS, AXES, start=InitialStock(5.0, 2010, "BENCH"), delta=0.05)
    assert light.notices == ()


def test_assets_add_up_and_the_year_average_is_their_mean() -> None:
    one = accumulate(FLOWS, AXES, start=START, delta=0.02)
    two = accumulate(2 * FLOWS, AXES, start=START, delta=0.12)
    both = total({"structures": one, "machinery": two})
    np.testing.assert_allclose(both, one.K + two.K)
    assert year_average(both)[0] == pytest.approx((both[0] + both[1]) / 2)


flows_of = arrays(np.float64, (8,), elements=st.floats(1.0, 100.0))
prices_of = arrays(np.float64, (8,), elements=st.floats(0.5, 3.0))


@given(flows_of, prices_of, st.floats(0.01, 0.3), st.floats(10.0, 500.0))
def test_a_change_of_base_year_scales_the_whole_stock(
    nominal: Array, prices: Array, delta: float, K0: float
) -> None:
    axes = Axes(tuple(range(2010, 2018)))
    relative = prices[5] / prices[2]
    in_a = accumulate(
        real_flows(nominal, prices, axes, base_year=2012),
        axes,
        start=InitialStock(K0, 2009, "BENCH"),
        delta=delta,
    )
    in_b = accumulate(
        real_flows(nominal, prices, axes, base_year=2015),
        axes,
        start=InitialStock(K0 * relative, 2009, "BENCH"),
        delta=delta,
    )
    np.testing.assert_allclose(in_b.K, in_a.K * relative, rtol=1e-12)
    np.testing.assert_allclose(rebased(in_a, relative).K, in_b.K, rtol=1e-12)
    # Dividing only the flows, as one public package does, leaves K0 behind.
    halfway = accumulate(
        real_flows(nominal, prices, axes, base_year=2015),
        axes,
        start=InitialStock(K0, 2009, "BENCH"),
        delta=delta,
    )
    np.testing.assert_allclose(
        halfway.K - in_b.K, K0 * (1 - relative) * (1 - delta) ** np.arange(9), atol=1e-9
    )


@given(arrays(np.float64, (3, 8), elements=st.floats(1.0, 100.0)), st.floats(0.01, 0.3))
def test_the_stock_of_a_sum_is_the_sum_of_the_stocks(flows: Array, delta: float) -> None:
    axes = Axes(tuple(range(2010, 2018)), ("a", "b", "c"))
    K0 = np.array([50.0, 70.0, 90.0])
    parts = accumulate(flows, axes, start=InitialStock(K0, 2009, "BENCH"), delta=delta)
    whole = accumulate(
        flows.sum(axis=0),
        Axes(axes.years),
        start=InitialStock(float(K0.sum()), 2009, "BENCH"),
        delta=delta,
    )
    np.testing.assert_allclose(parts.K.sum(axis=0), whole.K, rtol=1e-12)
