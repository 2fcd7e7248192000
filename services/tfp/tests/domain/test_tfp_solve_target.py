"""What it would take: refusals, answers that are out of reach, then answers that are put back and checked."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.solve_target import (
    Future,
    Past,
    capital_allowed,
    period_share,
    tfp_needed,
)

PAST = Past(years=3, Y=1.07**3, K=1.10**3, L=1.01**3, alpha=0.4)
FUTURE = Future(years=2, g_K=0.10, g_L=0.01, alpha=0.4, g_Y=0.08, g_A=0.03)


def codes(refusal: pytest.ExceptionInfo[SeriesRefused]) -> list[str]:
    return [f"{error.code} {error.pointer}" for error in refusal.value.errors]


def test_a_target_in_percent_is_refused_with_the_right_value() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        tfp_needed(PAST, FUTURE, target=47)
    assert codes(refusal) == ["target_not_a_fraction /target"]
    assert "0.47" in refusal.value.errors[0].message_en
    with pytest.raises(SeriesRefused):
        tfp_needed(PAST, FUTURE, target=1.0)


def test_rates_in_percent_ratios_of_zero_no_year_left_and_a_share_of_one_are_refused() -> None:
    for past, future, said in (
        (PAST, replace(FUTURE, g_K=10.0), "growth_in_percent /g_K"),
        (replace(PAST, K=0.0), FUTURE, "level_not_positive /K"),
        (PAST, replace(FUTURE, years=0), "years_too_few /years"),
        (PAST, replace(FUTURE, alpha=1.0), "share_outside_unit_interval /alpha"),
    ):
        with pytest.raises(SeriesRefused) as refusal:
            tfp_needed(past, future, target=0.47)
        assert codes(refusal) == [said]


def test_what_is_held_must_be_told() -> None:
    with pytest.raises(SeriesRefused) as refusal:
        capital_allowed(PAST, replace(FUTURE, g_Y=None), target=0.47)
    assert codes(refusal) == ["series_missing /g_Y"]
    with pytest.raises(SeriesRefused) as refusal:
        capital_allowed(PAST, replace(FUTURE, g_A=None), target=0.47, hold="TFP")
    assert codes(refusal) == ["series_missing /g_A"]


@pytest.mark.parametrize(
    ("future", "reason"),
    [
        (replace(FUTURE, g_K=-0.01, g_L=0.0), "INPUTS_DO_NOT_GROW"),
        (replace(FUTURE, g_K=0.001, g_L=0.0), "GROWTH_TOO_SMALL"),
    ],
)
def test_inputs_that_do_not_grow_leave_nothing_to_solve(future: Future, reason: str) -> None:
    assert tfp_needed(Past(), future, target=0.47).reason == reason


def test_a_target_that_no_plan_could_reach_says_so() -> None:
    late = replace(FUTURE, years=1)
    long_past = Past(years=9, Y=1.05**9, K=1.20**9, L=1.02**9, alpha=0.5)
    assert tfp_needed(long_past, late, target=0.95).reason == "OUT_OF_REACH"
    assert capital_allowed(long_past, late, target=0.99).reason == "OUT_OF_REACH"
    assert capital_allowed(Past(), replace(late, g_Y=0.002), target=0.47).reason == (
        "GROWTH_TOO_SMALL"
    )
    shrinking = replace(late, g_L=0.5, g_Y=0.2)
    assert capital_allowed(Past(alpha=0.1), replace(shrinking, alpha=0.1), target=0.5).reason == (
        "OUT_OF_REACH"
    )


def test_bisection_says_when_nothing_crosses_and_when_growth_is_too_small() -> None:
    booming = replace(FUTURE, years=1, g_A=1.4, g_K=0.0, g_L=0.4)
    assert capital_allowed(Past(), booming, target=0.1, hold="TFP").reason == "OUT_OF_REACH"
    still = replace(FUTURE, years=1, g_A=0.001, g_L=0.0)
    assert capital_allowed(Past(), still, target=0.9, hold="TFP").reason == "GROWTH_TOO_SMALL"


def test_one_year_alone_by_hand() -> None:
    answer = tfp_needed(Past(), replace(FUTURE, years=1), target=0.47)
    assert answer.g_A == pytest.approx(0.47 / 0.53 * (0.4 * 0.10 + 0.6 * 0.01), abs=1e-15)
    slower = capital_allowed(Past(), replace(FUTURE, years=1), target=0.47)
    assert slower.g_K == pytest.approx((0.53 * 0.08 - 0.6 * 0.01) / 0.4, abs=1e-15)
    kept = capital_allowed(Past(), replace(FUTURE, years=1), target=0.47, hold="TFP")
    assert kept.g_K == pytest.approx((0.03 * 0.53 / 0.47 - 0.006) / 0.4, abs=1e-12)


rate = st.floats(0.01, 0.15)


@given(rate, rate, rate, st.floats(0.3, 0.6), st.floats(0.1, 0.6), st.integers(1, 5))
def test_every_answer_put_back_gives_the_target(
    g_Y: float, g_K: float, g_L: float, alpha: float, target: float, years: int
) -> None:
    past = Past(years=2, Y=(1 + g_Y) ** 2, K=(1 + g_K) ** 2, L=(1 + g_L) ** 2, alpha=alpha)
    future = Future(years=years, g_K=g_K, g_L=g_L / 5, alpha=alpha, g_Y=g_Y + 0.02, g_A=0.02)
    for answer in (
        tfp_needed(past, future, target=target),
        capital_allowed(past, future, target=target),
        capital_allowed(past, future, target=target, hold="TFP"),
    ):
        if answer.reason is not None:
            continue
        assert answer.g_K is not None
        assert answer.g_Y is not None
        assert answer.growth_share_A == pytest.approx(target, abs=1e-9)
        assert period_share(past, future, g_K=answer.g_K, g_Y=answer.g_Y) == pytest.approx(
            target, abs=1e-9
        )


@given(rate, st.floats(0.1, 0.6))
def test_without_a_past_the_closed_form_of_one_year_holds_for_any_number_of_years(
    g_K: float, target: float
) -> None:
    future = replace(FUTURE, g_K=g_K, years=4)
    assume(0.4 * g_K + 0.006 > 0.005)
    answer = tfp_needed(Past(), future, target=target)
    assert answer.g_A == pytest.approx(target / (1 - target) * (0.4 * g_K + 0.006), abs=1e-12)


def test_a_share_that_passes_the_target_twice_is_met_next_to_the_capital_growth_told() -> None:
    past = Past(years=5, Y=1.3248, K=1.7855, L=1.0111, alpha=0.3794)
    future = Future(years=1, g_K=0.0634, g_L=-0.0029, alpha=0.5338, g_A=0.0488)
    near = capital_allowed(past, future, target=0.2543, hold="TFP")
    far = capital_allowed(past, replace(future, g_K=0.7), target=0.2543, hold="TFP")
    assert near.g_K == pytest.approx(-0.007, abs=0.005)
    assert far.g_K == pytest.approx(0.755, abs=0.01)
    for answer in (near, far):
        assert answer.growth_share_A == pytest.approx(0.2543, abs=1e-9)
