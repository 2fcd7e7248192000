"""The method of the bench, refusals first: when it must not give a figure, and what its figures mean."""

from collections.abc import Sequence

import pytest
from bench.measure import RUNS, Compared, Goal, Result, Sample, compare, settled, verdict

GOAL = Goal(aim=0.5, floor=0.3)
LATENCY = Goal(aim=2.0, floor=3.0, better="less")


def telling(name: str, values: Sequence[float], order: list[str]) -> Sample:
    """Return a sample that gives these values one after the other and notes that it was taken."""
    left = iter(values)

    async def sample() -> float:
        order.append(name)
        return next(left)

    return sample


def test_raw_runs_too_far_apart_give_no_figure() -> None:
    result = verdict("relay", GOAL, [Compared(raw_first=100, value=60, raw_last=79)])
    assert result.note == "not measured: raw runs differ by 21%"
    assert (result.ratio, result.holds) == (None, None)


def test_a_slower_first_run_is_refused_like_a_slower_last_one() -> None:
    assert Compared(79, 60, 100).apart == Compared(100, 60, 79).apart


def test_what_is_not_measured_is_written_as_such_and_never_as_kept() -> None:
    said = Result("relay", GOAL, note="not run: no broker").as_json()
    assert (said["holds"], said["aim_reached"], said["note"]) == (None, None, "not run: no broker")


def test_below_the_floor_does_not_hold() -> None:
    assert verdict("relay", GOAL, [Compared(100, 29, 100)]).holds is False
    assert verdict("freshness", LATENCY, [Compared(100, 301, 100)]).holds is False


def test_the_floor_itself_holds_and_is_not_yet_the_aim() -> None:
    said = verdict("relay", GOAL, [Compared(100, 30, 100)]).as_json()
    assert (said["holds"], said["aim_reached"]) == (True, False)


def test_for_a_latency_less_is_better() -> None:
    assert LATENCY.reaches(2.0)
    assert not LATENCY.reaches(2.1)
    assert LATENCY.holds(3.0)


def test_the_ratio_is_to_the_mean_of_both_raw_runs() -> None:
    assert verdict("relay", GOAL, [Compared(90, 50, 110)]).ratio == pytest.approx(0.5)


async def test_raw_goes_first_and_last_and_the_warm_up_does_not_count() -> None:
    order: list[str] = []
    raw = telling("raw", [1e9, *[10, 12] * RUNS], order)
    ours = telling("ours", [1e9, *[5] * RUNS], order)
    found = await compare(raw, ours)
    assert (found.raw_first, found.value, found.raw_last) == (10, 5, 12)
    assert order == ["raw", "ours", *["raw", "ours", "raw"] * RUNS]


async def test_one_bad_sample_of_five_changes_nothing() -> None:
    raw = telling("raw", [0, 10, 10, 1, 10, 10, 10, 10, 10, 10, 900], [])
    found = await compare(raw, telling("ours", [0, 5, 5, 5, 5, 1], []))
    assert (found.raw_first, found.value, found.raw_last) == (10, 5, 10)


async def test_a_refused_attempt_is_tried_again_and_kept_on_record() -> None:
    left = iter([Compared(100, 50, 50), Compared(100, 50, 99)])

    async def attempt() -> Compared:
        return next(left)

    attempts = await settled(attempt, within_s=60)
    result = verdict("relay", GOAL, attempts)
    assert result.ratio == pytest.approx(50 / 99.5)
    assert [each["raw_last"] for each in result.details["refused_attempts"]] == [50]


async def test_trying_again_ends() -> None:
    async def attempt() -> Compared:
        return Compared(100, 50, 10)

    assert len(await settled(attempt, within_s=60, at_most=3)) == 3
    assert len(await settled(attempt, within_s=0)) == 1
