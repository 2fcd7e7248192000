"""Ackerberg, Caves and Frazer: refusals, the moments computed another way, every minimum listed, then the published Monte Carlo.

Published: the article's Table I, no measurement error: means and standard deviations of ACF over 1,000 simulated panels of 1,000 firms and 10 years; the
article starts its search at the truth, and so does the mean over panels here. Tolerance: three standard errors of a mean of that many panels plus
half a printed digit.
"""

from collections.abc import Callable

import numpy as np
import pytest

from pq_tfp.domain.acf_moments import moments_of
from pq_tfp.domain.ackerberg import ackerberg, ackerberg_from, admissible
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.firm_panel import FirmPanel, Roles
from pq_tfp.domain.series import Array

World = Callable[..., FirmPanel]
PANELS = 8


def faults(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def by_hand(panel: FirmPanel, beta: Array) -> float:
    """Return the criterion straight from its definition, with raw powers of degree 2."""
    y, k, at = panel.y, panel["K"], panel.with_lag
    raw = [panel["L"], k, panel["M"]]
    terms = [np.ones(panel.rows), *raw, *(raw[i] * raw[j] for i in range(3) for j in range(i, 3))]
    X = np.stack(terms, axis=1)
    omega = X @ np.linalg.lstsq(X, y, rcond=None)[0] - beta[0] * panel["L"] - beta[1] * k
    W = np.stack([omega[at - 1] ** power for power in range(4)], axis=1)
    news = omega[at] - W @ np.linalg.lstsq(W, omega[at], rcond=None)[0]
    z = np.stack([panel["L"][at - 1], k[at]], axis=1)
    z -= z.mean(axis=0)
    m = z.T @ news / len(at)
    return float(m @ np.linalg.solve(z.T @ z / len(at), m))


def test_fewer_than_fifty_starts_are_refused(world: World) -> None:
    with pytest.raises(SeriesRefused) as refusal:
        ackerberg(world(2, firms=50), starts=49)
    assert faults(refusal) == ["sample_too_small /starts"]


def test_a_missing_proxy_is_refused(world: World) -> None:
    panel = world(2, firms=50)
    with pytest.raises(SeriesRefused) as refusal:
        ackerberg(
            FirmPanel(panel.firms, panel.firm, panel.year, panel.values, Roles(), panel.lagged)
        )
    assert faults(refusal) == ["column_missing /proxy"]


def test_labour_that_repeats_the_capital_of_next_year_is_refused_by_name(world: World) -> None:
    panel = world(2, firms=60)
    ahead = np.append(panel["K"][1:], 0.0)
    ahead[panel.bounds[1:] - 1] = np.random.default_rng(1).normal(size=len(panel.firms))
    told = panel.values | {"L": ahead}
    with pytest.raises(SeriesRefused) as refusal:
        moments_of(
            FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged), 2
        )
    assert faults(refusal) == ["columns_collinear /K"]


def test_when_no_start_comes_to_rest_nothing_is_answered(world: World) -> None:
    panel = world(2, firms=50)
    with pytest.raises(SeriesRefused) as refusal:
        ackerberg(panel, degree=2, patience=1)
    assert faults(refusal) == ["sample_too_small /starts that came to rest"]
    assert np.isnan(ackerberg_from(panel, np.array([0.1, 0.9]), degree=2, patience=1)).all()


@pytest.mark.parametrize("beta", [(0.6, 0.4), (0.2, 0.9), (1.4, -0.3)])
def test_the_criterion_is_that_of_the_definition_computed_another_way(
    beta: tuple[float, float], world: World
) -> None:
    panel = world(3, firms=150)
    found = float(np.sum(moments_of(panel, 2).weighted(np.array(beta)) ** 2))
    assert found == pytest.approx(by_hand(panel, np.array(beta)), rel=1e-6)


def test_every_minimum_is_listed_and_the_choice_follows_the_rule(world: World) -> None:
    panel = world(3, seed=0)
    found = ackerberg(panel, degree=2)
    assert len(found.minima) >= 3
    assert [notice.code for notice in found.estimate.notices] == ["MULTIPLE_MINIMA"]
    assert sum(minimum.starts for minimum in found.minima) + found.lost == found.starts == 64
    chosen, others = found.minima[0], found.minima[1:]
    assert chosen.admissible
    np.testing.assert_array_equal(found.estimate.beta, chosen.beta)
    np.testing.assert_allclose(chosen.beta, [0.6, 0.4], atol=0.05)
    # The criterion is 0 outside economic sense too: β_l = 1 and β_k = 0 is the known one.
    spurious = min(others, key=lambda minimum: float(np.abs(minimum.beta - [1, 0]).max()))
    np.testing.assert_allclose(spurious.beta, [1, 0], atol=0.03)
    assert spurious.criterion == 0


def test_the_same_panel_gives_the_same_answer_again(world: World) -> None:
    panel = world(2, firms=200)
    one, other = ackerberg(panel, degree=2), ackerberg(panel, degree=2)
    np.testing.assert_array_equal(one.estimate.beta, other.estimate.beta)
    assert [m.criterion for m in one.minima] == [m.criterion for m in other.minima]


def test_without_an_admissible_minimum_the_lowest_is_answered_and_said_to_be_outside(
    world: World,
) -> None:
    panel = world(2, firms=300)
    told = panel.values | {"Y": panel.y + 2 * panel["K"]}
    moved = FirmPanel(panel.firms, panel.firm, panel.year, told, panel.roles, panel.lagged)
    found = ackerberg(moved, degree=2)
    assert "NO_ADMISSIBLE_MINIMUM" in [notice.code for notice in found.estimate.notices]
    assert not any(minimum.admissible for minimum in found.minima)


def test_economic_sense_is_each_elasticity_and_their_sum() -> None:
    assert admissible(np.array([0.6, 0.4]))
    assert not admissible(np.array([1.1, 0.2]))
    assert not admissible(np.array([0.1, 0.2]))
    assert not admissible(np.array([0.9, -0.1]))


def test_a_control_is_taken_out_in_the_first_stage(world: World) -> None:
    panel = world(2, firms=300)
    age = np.random.default_rng(3).normal(size=panel.rows)
    told = panel.values | {"age": age, "Y": panel.y + 0.25 * age}
    roles = Roles(proxy="M", controls=("age",))
    with_age = FirmPanel(panel.firms, panel.firm, panel.year, told, roles, panel.lagged)
    found = ackerberg(with_age, degree=2).estimate
    assert found.names == ("L", "K", "age")
    assert found.beta[2] == pytest.approx(0.25, abs=0.01)
    np.testing.assert_allclose(found.beta[:2], ackerberg(panel, degree=2).estimate.beta, atol=0.02)


PUBLISHED = [
    (1, (0.600, 0.399), (0.009, 0.015)),
    (2, (0.600, 0.400), (0.009, 0.016)),
    (3, (0.596, 0.406), (0.006, 0.014)),
]


@pytest.mark.parametrize(("dgp", "mean", "deviation"), PUBLISHED)
def test_the_published_means_of_each_world_are_reproduced(
    dgp: int, mean: tuple[float, ...], deviation: tuple[float, ...], world: World
) -> None:
    truth = np.array([0.6, 0.4])
    draws = [
        ackerberg_from(world(dgp, seed=seed), truth, degree=2) for seed in range(100, 100 + PANELS)
    ]
    tolerance = 3 * np.array(deviation) / np.sqrt(PANELS) + 5e-4
    assert (np.abs(np.mean(draws, axis=0) - mean) < tolerance).all()
