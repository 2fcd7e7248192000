from datetime import date
from decimal import Decimal

import pytest

from pq_reporting.domain import numbers
from pq_reporting.domain.figure import (
    MISSING,
    Figure,
    Kind,
    Words,
    not_applicable,
    not_comparable,
    number,
    suppressed,
    total,
)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (Kind.NUMBER, None, None),
        (Kind.MISSING, Decimal(0), None),
        (Kind.NOT_COMPARABLE, None, None),
        (Kind.SUPPRESSED, None, None),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused(
    kind: Kind, value: Decimal | None, reason: Words | None
) -> None:
    with pytest.raises(ValueError, match=r"value|why"):
        Figure(kind, value, reason)


def test_zero_missing_not_applicable_not_comparable_and_suppressed_are_five_different_values() -> (
    None
):
    five = [
        number(0),
        MISSING,
        not_applicable("a", "a"),
        not_comparable("a", "a"),
        suppressed("a", "a"),
    ]
    assert all(five[i] != five[j] for i in range(5) for j in range(5) if i != j)


def test_a_sum_without_any_number_is_missing_and_with_a_zero_it_is_zero() -> None:
    assert total([MISSING, MISSING]) == MISSING
    assert total([MISSING, number(0)]) == number(0)
    assert total([number(2), not_comparable("x", "x"), number(3)]) == number(5)


def test_words_answer_in_the_language_asked_for() -> None:
    assert (Words("có", "yes").in_("vi"), Words("có", "yes").in_("en")) == ("có", "yes")


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        ("1234567.8", "1.234.567,8", "1,234,567.8"),
        ("-3.2", "−3,2", "−3.2"),
        ("31.25", "31,3", "31.3"),
        ("0", "0", "0"),
        ("47.00", "47", "47"),
        ("-0.04", "0", "0"),
        ("1000000", "1.000.000", "1,000,000"),
    ],
)
def test_a_number_is_written_as_each_language_writes_it(value: str, vi: str, en: str) -> None:
    assert (numbers.figures(Decimal(value), "vi"), numbers.figures(Decimal(value), "en")) == (
        vi,
        en,
    )


def test_units_follow_the_language_and_shares_differ_by_points() -> None:
    assert numbers.with_unit(Decimal("48.9"), "%", "vi") == "48,9%"
    assert numbers.with_unit(Decimal(12), "DN/năm", "en") == "12 enterprises a year"
    assert numbers.with_unit(Decimal(1), "lớp", "en") == "1 class"
    assert numbers.with_unit(Decimal(12), "khu", "en") == "12 khu"
    assert numbers.with_unit(Decimal(12), None, "vi") == "12"
    assert numbers.gap(Decimal("1.9"), "%", "vi") == "1,9 điểm phần trăm"
    assert numbers.gap(Decimal("1.9"), "%/năm", "en") == "1.9 percentage points"
    assert numbers.gap(Decimal(3), "lớp", "vi") == "3 lớp"


def test_days_are_written_in_full() -> None:
    assert numbers.day(date(2026, 2, 5), "vi") == "05/02/2026"
    assert numbers.day(date(2026, 2, 5), "en") == "5 February 2026"
    assert numbers.years([2023, 2024]) == "2023, 2024"
