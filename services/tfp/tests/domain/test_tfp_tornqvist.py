"""Engine TORNQVIST: refusals, then published numbers, then identities.

Published numbers: the vignette of the R package IndexNumR 0.5 (White), section "Bilateral index numbers", prints the chained
Törnqvist index of the data set CES_sigma_2 of Diewert and Fox (2017), "Substitution Bias in Multilateral Methods for CPI
Construction", to seven decimals. What was needed to match: the data are made as Appendix A of that paper says (CES
expenditure shares, σ = 2), and the four prices take the place of input quantities, for a Törnqvist index does not care
whether it is prices or quantities that it weighs. Tolerance: half a unit of the last printed digit.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.series import Array
from pq_tfp.domain.tornqvist import account, account_costs, per_unit_of, per_year

AXES = Axes((2020, 2021, 2022))
Y = np.array([100.0, 106.0, 111.0])
X = {
    "K": np.array([200.0, 215.0, 231.0]),
    "L": np.array([50.0, 51.0, 51.5]),
    "M": np.array([60.0, 66.0, 68.0]),
}
S = {
    "K": np.array([0.3, 0.32, 0.31]),
    "L": np.array([0.5, 0.47, 0.48]),
    "M": np.array([0.2, 0.21, 0.21]),
}

CES_PRICES = np.array([
    [2, 1.75, 1.6, 1.5, 1.45, 1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.1],
    [1, 0.5, 1.05, 1.1, 1.12, 1.15, 1.18, 0.6, 1.2, 1.25, 1.28, 1.3],
    [1, 0.95, 0.9, 0.85, 0.4, 0.8, 0.75, 0.72, 0.7, 0.4, 0.7, 0.65],
    [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.7, 0.65, 0.7, 0.75, 0.75, 0.8],
])  # fmt: skip
CES_WEIGHTS = np.array([[0.2], [0.2], [0.2], [0.4]]) / CES_PRICES
CES_SHARES = CES_WEIGHTS / CES_WEIGHTS.sum(axis=0)
PUBLISHED_CHAIN = [
    1.0000000, 0.8925715, 1.0789612, 1.1146080, 0.9327861, 1.1790710,
    1.1223220, 0.9379711, 1.0961295, 0.9527309, 1.1288419, 1.1346166,
]  # fmt: skip


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_an_input_without_a_share_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account(Y, X, {"K": S["K"], "L": S["L"]}, AXES)
    assert codes(refusal) == ["series_missing /share_M"]


def test_a_share_given_in_percent_or_outside_the_unit_interval_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account(Y, X, {**S, "K": 100 * S["K"], "L": -S["L"]}, AXES)
    assert codes(refusal)[0] == "share_in_percent /share_K/2020"
    assert codes(refusal)[3] == "share_outside_unit_interval /share_L/2020"


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account(Y, X, {**S, "M": S["M"] + np.array([0.0, 0.0, 0.01])}, AXES)
    assert codes(refusal) == ["shares_do_not_sum_to_one /share/2022"]


def test_an_output_of_zero_and_a_wrong_shape_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account(Y - 100, X, S, AXES)
    assert codes(refusal) == ["level_not_positive /Y/2020"]
    with pytest.raises(SeriesRefused) as refusal:
        account(Y[:2], X, S, AXES)
    assert codes(refusal) == ["shape_wrong /Y"]


def test_a_total_cost_that_is_not_positive_and_a_missing_cost_are_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        account_costs(Y, {"K": X["K"]}, {"K": np.array([1.0, -1.0, 1.0])}, AXES)
    assert codes(refusal) == ["level_not_positive /cost/2021"]
    with pytest.raises(SeriesRefused) as refusal:
        account_costs(Y, {"K": X["K"]}, {"K": np.array([1.0, np.nan, 1.0])}, AXES)
    assert codes(refusal) == ["not_a_number /cost_K/2021"]


def test_a_period_outside_the_data_is_refused() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        per_year(account(Y, X, S, AXES), 2019, 2022)
    assert codes(refusal) == ["period_outside_series /period"]


def test_the_published_chain_of_the_ces_data_is_reproduced() -> None:
    axes = Axes(tuple(range(1, 13)))
    inputs = {f"X{n}": prices for n, prices in enumerate(CES_PRICES)}
    shares = {f"X{n}": values for n, values in enumerate(CES_SHARES)}
    grown = account(np.ones(12), inputs, shares, axes)
    np.testing.assert_allclose(1 / grown.A_index, PUBLISHED_CHAIN, atol=5e-8)


def test_a_worked_year_by_hand() -> None:
    grown = account(Y, X, S, AXES)
    by_hand = np.log(1.06) - 0.31 * np.log(1.075) - 0.485 * np.log(1.02) - 0.205 * np.log(1.1)
    assert grown.dln_A[0] == pytest.approx(by_hand, abs=1e-15)
    assert grown.A_index[0] == 1


def test_a_negative_cost_is_kept_and_noted() -> None:
    costs = {
        "K": np.array([10.0, -2.0, 8.0]),
        "L": np.array([60.0, 62.0, 64.0]),
        "M": np.array([30.0, 33.0, 31.0]),
    }
    grown = account_costs(Y, X, costs, AXES)
    assert [(n.code, n.field, n.year) for n in grown.notices] == [
        ("NEGATIVE_COST_SHARE", "cost_K", 2021)
    ]
    assert grown.share["K"][0] == pytest.approx((10 / 100 - 2 / 93) / 2, abs=1e-15)


def test_costs_and_the_shares_they_make_give_the_same_answer() -> None:
    costs = {name: values * np.array([900.0, 950.0, 990.0]) for name, values in S.items()}
    np.testing.assert_allclose(
        account_costs(Y, X, costs, AXES).dln_A, account(Y, X, S, AXES).dln_A, atol=1e-15
    )


def test_growth_shares_are_null_with_a_reason_in_a_recession() -> None:
    grown = account(np.array([100.0, 95.0, 95.1]), X, S, AXES)
    assert grown.reason.tolist() == ["NEGATIVE_GROWTH", "GROWTH_TOO_SMALL"]
    assert np.isnan(grown.growth_share["A"]).all()


rows = arrays(np.float64, (4, 6), elements=st.floats(0.2, 5.0))


@given(rows, rows)
def test_contributions_sum_to_growth_and_the_chain_equals_end_to_end(
    levels: Array, weights: Array
) -> None:
    axes = Axes(tuple(range(2000, 2006)))
    inputs = {"K": levels[1], "L": levels[2], "E": levels[3]}
    shares = dict(zip(inputs, weights[:3] / weights[:3].sum(axis=0), strict=True))
    grown = account(levels[0], inputs, shares, axes)
    total = np.sum(list(grown.contribution.values()), axis=0)
    np.testing.assert_allclose(total, np.diff(np.log(levels[0])), atol=1e-12)
    period = per_year(grown, 2000, 2005)
    np.testing.assert_allclose(np.log(grown.A_index[-1]), 5 * period["A"], atol=1e-12)
    assert period["Y"] == pytest.approx(sum(period[name] for name in "KLEA"), abs=1e-12)
    backwards = account(
        levels[0, ::-1],
        {name: values[::-1] for name, values in inputs.items()},
        {name: values[::-1] for name, values in shares.items()},
        axes,
    )
    np.testing.assert_allclose(backwards.dln_A[::-1], -grown.dln_A, atol=1e-12)


@given(rows, rows)
def test_output_per_hour_splits_exactly(levels: Array, weights: Array) -> None:
    axes = Axes(tuple(range(2000, 2006)))
    inputs = {"K": levels[1], "L": levels[2]}
    shares = dict(zip(inputs, weights[:2] / weights[:2].sum(axis=0), strict=True))
    split = per_unit_of(account(levels[0], inputs, shares, axes), np.diff(np.log(levels[3])))
    np.testing.assert_allclose(split["K"] + split["L"] + split["A"], split["Y"], atol=1e-12)


@given(arrays(np.float64, (2, 3, 4), elements=st.floats(0.5, 2.0)))
def test_many_units_at_once_equal_each_alone(levels: Array) -> None:
    axes = Axes((2000, 2001, 2002, 2003), ("a", "b", "c"))
    half = np.full((3, 4), 0.5)
    together = account(levels[0], {"K": levels[1], "L": levels[0]}, {"K": half, "L": half}, axes)
    for row in range(3):
        alone = account(
            levels[0, row],
            {"K": levels[1, row], "L": levels[0, row]},
            {"K": half[row], "L": half[row]},
            Axes(axes.years),
        )
        np.testing.assert_array_equal(together.A_index[row], alone.A_index)
