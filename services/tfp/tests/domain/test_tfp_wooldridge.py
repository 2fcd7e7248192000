"""Wooldridge's system: refusals, an independent implementation of the stacked moments, then recovery of known elasticities.

The independent implementation stacks both equations as they are written and uses pseudo-inverses. Published outputs are in test_tfp_prodest.
"""

from collections.abc import Callable

import numpy as np
import pytest

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles
from pq_tfp.domain.series import Array
from pq_tfp.domain.wooldridge import Moments, wooldridge

World = Callable[..., FirmPanel]


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def stacked(panel: FirmPanel, degree: int, *, added: bool = False) -> tuple[Array, Array]:
    """Return (β_l, β_k) and their clustered standard errors from matrices that hold both equations one above the other.

    ``added`` shares the coefficients of the polynomial and lets each instrument count in both equations.
    """
    at = panel.with_lag
    y, labour, k, m = panel.y, panel["L"], panel["K"], panel["M"]
    n = len(at)
    now = np.stack(
        [k[at] ** a * m[at] ** b for a in range(degree + 1) for b in range(degree + 1 - a)], axis=1
    )
    before = np.stack(
        [k[at - 1] ** a * m[at - 1] ** b for a in range(degree + 1) for b in range(degree + 1 - a)],
        axis=1,
    )
    blank, none = np.zeros((n, now.shape[1])), np.zeros((n, 1))
    one, l_before, k_now = labour[at, None], labour[at - 1, None], k[at, None]
    if added:
        own = np.ones((n, 1))
        X = np.block([[one, k_now, now, none], [one, k_now, before, own]])
        Z = np.block([[l_before, k_now, now, none], [l_before, k_now, before, own]])
    else:
        X = np.block([[one, none, now, blank], [one, k_now, blank, before]])
        Z = np.block([[one, none, none, now, blank], [none, l_before, k_now, blank, before]])
    target = np.tile(y[at], 2)
    W = np.linalg.pinv(Z.T @ Z, rcond=1e-14)
    A = np.linalg.pinv(X.T @ Z @ W @ Z.T @ X, rcond=1e-14) @ X.T @ Z @ W
    beta = A @ Z.T @ target
    scores = Z * (target - X @ beta)[:, None]
    firm = np.tile(panel.firm[at], 2)
    sums = np.stack([scores[firm == f].sum(axis=0) for f in np.unique(firm)])
    G, p = len(sums), X.shape[1]
    V = A @ sums.T @ sums @ A.T * G / (G - 1) * (n - 1) / (n - p)
    return beta[:2], np.sqrt(np.diag(V))[:2]


def test_a_free_input_that_only_repeats_capital_is_refused_by_name(world: World) -> None:
    panel = world(2, firms=50)
    same = panel.values | {"L": panel["K"]}
    with pytest.raises(SeriesRefused) as refusal:
        wooldridge(FirmPanel(panel.firms, panel.firm, panel.year, same, panel.roles, panel.lagged))
    assert faults(refusal)[0] == "columns_collinear /K"


def test_a_missing_proxy_is_refused(world: World) -> None:
    panel = world(2, firms=50)
    with pytest.raises(SeriesRefused) as refusal:
        wooldridge(
            FirmPanel(panel.firms, panel.firm, panel.year, panel.values, Roles(), panel.lagged)
        )
    assert faults(refusal) == ["column_missing /proxy"]


@pytest.mark.parametrize("moments", ["apart", "added"])
@pytest.mark.parametrize("degree", [2, 3])
def test_coefficients_and_standard_errors_are_those_of_the_stacked_moments(
    degree: int, moments: Moments, world: World
) -> None:
    panel = world(2, firms=120, years=6)
    found = wooldridge(panel, degree=degree, moments=moments)
    beta, errors = stacked(panel, degree, added=moments == "added")
    np.testing.assert_allclose(found.beta, beta, rtol=1e-5)
    np.testing.assert_allclose(found.standard_error, errors, rtol=1e-4)


def test_the_elasticities_of_a_world_it_assumes_are_recovered_within_their_errors(
    world: World,
) -> None:
    found = wooldridge(world(2, firms=4000), degree=2)
    assert (np.abs(found.beta - [0.6, 0.4]) < 3 * found.standard_error).all()
    assert found.standard_error[0] < 0.005


@pytest.mark.parametrize("moments", ["apart", "added"])
def test_a_control_is_given_its_own_coefficient(moments: Moments, world: World) -> None:
    panel = world(2, firms=300)
    age = np.random.default_rng(3).normal(size=panel.rows)
    told = panel.values | {"age": age, "Y": panel.y + 0.25 * age}
    roles = Roles(proxy="M", controls=("age",))
    aged = FirmPanel(panel.firms, panel.firm, panel.year, told, roles, panel.lagged)
    found = wooldridge(aged, moments=moments)
    assert found.names == ("L", "K", "age")
    assert abs(found.beta[2] - 0.25) < 4 * found.standard_error[2] < 0.025
