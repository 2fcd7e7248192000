"""Official accounting of many places at once: refusals name the place, results equal the engine for one place.

Published: the exercise of Open Knowledge Graph, "Growth Accounting and Sources of Economic Growth", question 1: capital share
1/3, capital +6 %, labour +3 %, GDP +6 %: capital and labour contribute 2 points each, TFP 2. No Vietnamese table with all its
inputs could be had offline. Tolerance 1e-12.
"""

import timeit

import numpy as np
import pytest

from pq_tfp.domain.accounting import Inputs, account
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.panel import account_panel
from pq_tfp.domain.series import Array

AXES = Axes((2020, 2021, 2022), ("Hải Phòng", "Bạc Liêu"))
LEVELS = {
    "Y": np.array([[100.0, 107.0, 115.0], [50.0, 49.0, 49.1]]),
    "K": np.array([[200.0, 220.0, 240.0], [80.0, 85.0, 90.0]]),
    "L": np.array([[50.0, 50.5, 51.0], [30.0, 30.3, 30.1]]),
}
ALPHA = np.array([[0.4, 0.41], [0.35, 0.36]])


def refused(levels: dict[str, Array], alpha: Array, beta: Array, axes: Axes = AXES) -> list[str]:
    with pytest.raises(SeriesRefused) as refusal:
        account_panel(levels, alpha, beta, axes)
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_a_level_that_is_not_positive_is_named_with_place_and_year() -> None:
    broken = LEVELS["K"].copy()
    broken[1, 2] = 0
    with pytest.raises(SeriesRefused) as refusal:
        account_panel({**LEVELS, "K": broken}, ALPHA, 1 - ALPHA, AXES)
    [error] = refusal.value.errors
    assert (error.pointer, error.code) == ("/K/Bạc Liêu/2022", "level_not_positive")
    assert error.message_en.startswith("Bạc Liêu: K in 2022")


def test_shares_are_refused_in_percent_outside_the_interval_and_when_they_do_not_sum_to_one() -> (
    None
):
    assert refused(LEVELS, 100 * ALPHA, 1 - ALPHA)[0] == "share_in_percent /alpha/Hải Phòng/2021"
    assert refused(LEVELS, ALPHA - 0.5, 1 - ALPHA)[0].startswith("share_outside_unit_interval")
    assert refused(LEVELS, ALPHA, 1.01 - ALPHA)[0] == (
        "shares_do_not_sum_to_one /beta/Hải Phòng/2021"
    )


def test_a_wrong_shape_a_gap_a_lone_year_and_a_place_named_twice_are_refused() -> None:
    assert refused(LEVELS, ALPHA[:1], 1 - ALPHA) == ["shape_wrong /alpha"]
    assert refused(LEVELS, ALPHA, 1 - ALPHA, Axes((2020, 2021, 2023), AXES.units)) == [
        "years_not_consecutive /years/2023"
    ]
    assert refused(LEVELS, ALPHA, 1 - ALPHA, Axes((2020,), AXES.units)) == ["years_too_few /years"]
    assert refused(LEVELS, ALPHA, 1 - ALPHA, Axes(AXES.years, ("a/b", "a/b"))) == [
        "unit_duplicated /units/a~1b"
    ]


def test_every_place_equals_the_engine_for_one_place() -> None:
    grown = account_panel(LEVELS, ALPHA, 1 - ALPHA, AXES)
    for row in range(2):
        years = AXES.years
        alpha = dict(zip(years[1:], ALPHA[row], strict=True))
        one = account(
            Inputs(
                **{
                    name: dict(zip(years, values[row], strict=True))
                    for name, values in LEVELS.items()
                },
                alpha=alpha,
                beta={year: 1 - share for year, share in alpha.items()},
            )
        )
        for name in ("g_A", "contribution_K", "growth_share_A", "growth_share_K"):
            np.testing.assert_array_equal(getattr(grown, name)[row], getattr(one, name))
        assert tuple(reason or None for reason in grown.reason[row].tolist()) == one.reasons
    assert grown.reason[1].tolist() == ["NEGATIVE_GROWTH", "GROWTH_TOO_SMALL"]


def test_the_published_exercise_is_reproduced() -> None:
    grown = account_panel(
        {
            "Y": np.array([100.0, 106.0]),
            "K": np.array([300.0, 318.0]),
            "L": np.array([50.0, 51.5]),
        },
        np.array([1 / 3]),
        np.array([2 / 3]),
        Axes((1, 2)),
    )
    parts = (grown.contribution_K[0], grown.contribution_L[0], grown.contribution_A[0])
    assert parts == pytest.approx((2.0, 2.0, 2.0), abs=1e-12)


def test_one_place_needs_no_unit_names() -> None:
    alone = {name: values[0] for name, values in LEVELS.items()}
    grown = account_panel(alone, ALPHA[0], 1 - ALPHA[0], Axes(AXES.years))
    assert grown.g_A.shape == (2,)
    assert grown.contribution_A[0] == pytest.approx(2.4, abs=1e-12)


def test_sixty_three_places_over_twenty_years_take_less_than_fifty_milliseconds() -> None:
    random = np.random.default_rng(1)
    levels = {name: np.exp(random.normal(5, 0.1, (63, 20))) for name in "YKL"}
    alpha = np.full((63, 19), 0.4)
    axes = Axes(tuple(range(2005, 2025)), tuple(f"place-{n}" for n in range(63)))
    # The best of three: a neighbour on the same cores is not ours to measure.
    taken = timeit.repeat(lambda: account_panel(levels, alpha, 1 - alpha, axes), number=1, repeat=3)
    assert min(taken) < 0.05
