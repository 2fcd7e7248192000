"""The law counts days in Hanoi; legal values hold from a day; intervals are half-open."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.dates import VN, DatedSeries, Interval, NoProvision, Provision, legal_day, vn_day
from pq_common.errors import Invalid

CAP = DatedSeries(
    "grant cap",
    unit="dong",
    provisions=[
        Provision(300, since=date(2025, 10, 14), source="văn bản B, Điều 2"),
        Provision(100, since=date(2022, 1, 1), source="văn bản A, Điều 5"),
    ],
)
days = st.dates(date(2000, 1, 1), date(2050, 1, 1))
intervals = st.builds(
    lambda start, length: Interval(
        start, None if length is None else start + timedelta(days=length)
    ),
    days,
    st.none() | st.integers(1, 5000),
)


def test_a_time_without_zone_has_no_legal_day() -> None:
    with pytest.raises(ValueError, match="no zone"):
        legal_day(datetime(2026, 1, 1, 12))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 17, tzinfo=UTC), date(2025, 7, 1)),
        (datetime(2025, 7, 1, 0, 0, tzinfo=VN), date(2025, 7, 1)),
        (datetime(2025, 6, 30, 10, 0, tzinfo=timezone(timedelta(hours=-8))), date(2025, 7, 1)),
    ],
)
def test_the_legal_day_begins_at_midnight_in_hanoi(instant: datetime, day: date) -> None:
    assert legal_day(instant) == day


def test_prose_writes_a_day_without_padding() -> None:
    assert vn_day(date(2025, 7, 1)) == "1/7/2025"


def test_before_the_first_text_there_is_no_value() -> None:
    with pytest.raises(NoProvision) as refused:
        CAP.on(date(2021, 12, 31))
    assert isinstance(refused.value, Invalid)
    assert refused.value.extra == {"first": "2022-01-01"}
    assert "1/1/2022" in refused.value.message_vi
    assert "grant cap" in refused.value.message_en


@pytest.mark.parametrize(
    "provisions",
    [
        [],
        [
            Provision(1, since=date(2022, 1, 1), source="a"),
            Provision(2, since=date(2022, 1, 1), source="b"),
        ],
    ],
    ids=["none", "two on one day"],
)
def test_a_series_without_a_text_or_with_two_on_one_day_is_refused(
    provisions: list[Provision[int]],
) -> None:
    with pytest.raises(ValueError, match="grant cap"):
        DatedSeries("grant cap", unit="dong", provisions=provisions)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2022, 1, 1), 100),
        (date(2025, 10, 13), 100),
        (date(2025, 10, 14), 300),
        (date(2040, 1, 1), 300),
    ],
)
def test_a_value_holds_until_the_next_text_takes_effect(day: date, value: int) -> None:
    assert CAP.on(day).value == value


def test_a_value_travels_with_its_day_and_its_text() -> None:
    held = CAP.on(date(2023, 1, 1))
    assert (held.since, held.source) == (date(2022, 1, 1), "văn bản A, Điều 5")
    assert (CAP.name, CAP.unit, [each.value for each in CAP.provisions]) == (
        "grant cap",
        "dong",
        [100, 300],
    )


@pytest.mark.parametrize("before", [date(2025, 7, 1), date(2025, 6, 30)])
def test_an_interval_without_a_day_is_refused(before: date) -> None:
    with pytest.raises(ValueError, match="holds no day"):
        Interval(date(2025, 7, 1), before)


def test_an_interval_holds_its_first_day_and_not_the_one_it_ends_before() -> None:
    half = Interval(date(2025, 1, 1), date(2025, 7, 1))
    assert [half.holds(day) for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert half.last_day == date(2025, 6, 30)
    assert Interval(date(2025, 1, 1)).last_day is None
    assert Interval(date(2025, 1, 1)).holds(date(9999, 12, 31))


def test_neighbours_touch_and_do_not_overlap() -> None:
    first, second = Interval(date(2024, 1, 1), date(2025, 1, 1)), Interval(date(2025, 1, 1))
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(Interval(date(2024, 12, 31)))


@given(intervals, intervals)
def test_intervals_overlap_exactly_when_they_share_a_day(one: Interval, other: Interval) -> None:
    latest_start = max(one.valid_from, other.valid_from)
    shared = one.holds(latest_start) and other.holds(latest_start)
    assert one.overlaps(other) == other.overlaps(one) == shared
