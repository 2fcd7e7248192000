"""The bootstrap by firm: refusals, the same draws from the same seed, and standard errors that agree with a formula."""

import numpy as np
import pytest

from pq_tfp.domain.block_bootstrap import bootstrap
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.estimates import firm_tfp
from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.panel_regression import linear_estimate
from pq_tfp.domain.series import Array


def panel(firms: int = 80, years: int = 5) -> FirmPanel:
    random = np.random.default_rng(8)
    labour, k = random.normal(size=(2, firms * years))
    lasting = np.repeat(random.normal(0, 0.5, firms), years)
    told = {"Y": 0.6 * labour + 0.4 * k + lasting, "L": labour + lasting, "K": k}
    firm, year = np.repeat(np.arange(firms), years), np.tile(np.arange(years), firms)
    return firm_panel(firm, year, told, roles=Roles(), units="logs")


def again(drawn: FirmPanel) -> Array:
    return linear_estimate(drawn, "OLS").beta


def test_fewer_than_twenty_replications_are_refused() -> None:
    told = panel()
    with pytest.raises(SeriesRefused) as refusal:
        bootstrap(told, linear_estimate(told, "OLS"), again, replications=19)
    assert [error.pointer for error in refusal.value.errors] == ["/replications"]


def test_when_too_few_draws_succeed_nothing_is_answered() -> None:
    told = panel()
    with pytest.raises(SeriesRefused) as refusal:
        bootstrap(told, linear_estimate(told, "OLS"), lambda _: np.full(2, np.nan), replications=25)
    assert [error.pointer for error in refusal.value.errors] == ["/replications that succeeded"]


def test_the_same_seed_gives_the_same_draws_and_another_does_not() -> None:
    told = panel()
    estimate = linear_estimate(told, "OLS")
    one = bootstrap(told, estimate, again, replications=30)
    other = bootstrap(told, estimate, again, replications=30)
    third = bootstrap(told, estimate, again, replications=30, seed=1)
    np.testing.assert_array_equal(one.draws, other.draws)
    assert not np.array_equal(one.draws, third.draws)


def test_standard_errors_agree_with_those_clustered_by_firm() -> None:
    told = panel()
    estimate = linear_estimate(told, "OLS")
    found = bootstrap(told, estimate, again, replications=400)
    ratio = found.estimate.standard_error / estimate.standard_error
    assert (np.abs(ratio - 1) < 0.15).all()
    np.testing.assert_array_equal(found.estimate.beta, estimate.beta)
    assert (found.failed, found.estimate.notices) == (0, ())


def test_draws_that_are_refused_are_counted_and_many_of_them_are_noted() -> None:
    told = panel()
    calls = iter(range(40))

    def sometimes(drawn: FirmPanel) -> Array:
        if next(calls) % 4 == 0:
            raise SeriesRefused.because([])
        return again(drawn)

    found = bootstrap(told, linear_estimate(told, "OLS"), sometimes, replications=40)
    assert (found.failed, len(found.draws)) == (10, 30)
    assert [notice.code for notice in found.estimate.notices] == ["BOOTSTRAP_UNSTABLE"]


def test_productivity_of_a_firm_is_output_less_what_its_inputs_explain() -> None:
    told = panel()
    estimate = linear_estimate(told, "FE")
    expected = told.y - estimate.beta[0] * told["L"] - estimate.beta[1] * told["K"]
    np.testing.assert_allclose(firm_tfp(told, estimate), expected, rtol=1e-12)
