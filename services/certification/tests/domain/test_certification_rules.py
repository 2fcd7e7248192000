"""Dates, statuses and names of certificates; the vectors are those of the standard's own clauses."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_certification.domain.errors import IllegalTransition
from pq_certification.domain.lifecycle import TRANSITIONS, Status, check_transition
from pq_certification.domain.parameters import SCHEMES
from pq_certification.domain.schemes import edition_of, find_scheme, number_key
from pq_certification.domain.validity import (
    Printed,
    counts_on,
    effective_before,
    faults,
    months_later,
    restorable_until,
    surveillance_due,
    valid_before,
)

TODAY = date(2026, 5, 4)
ISO9001, LAB, HACCP = SCHEMES["ISO 9001"], SCHEMES["ISO/IEC 17025"], SCHEMES["HACCP"]
GOOD = Printed(date(2024, 3, 15), date(2024, 3, 15), date(2027, 3, 14))


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_the_table_decides_every_pair(before: Status, after: Status) -> None:
    if after in TRANSITIONS[before]:
        check_transition(before, after)
    else:
        with pytest.raises(IllegalTransition):
            check_transition(before, after)


def test_a_suspended_certificate_cannot_be_transferred() -> None:
    with pytest.raises(IllegalTransition, match="suspended cannot become transferred"):
        check_transition(Status.SUSPENDED, Status.TRANSFERRED)


def test_every_fault_is_told_at_once() -> None:
    printed = Printed(date(2026, 6, 1), date(2026, 6, 1), date(2026, 5, 31))
    found = [fault.code for fault in faults(printed, ISO9001, "1994", today=TODAY)]
    assert found == ["day_in_future", "ends_before_it_begins", "edition_unknown"]


def test_longer_than_three_and_a_half_years_is_refused_and_an_early_recertification_is_not() -> (
    None
):
    recertified = Printed(date(2026, 1, 20), date(2026, 1, 20), date(2029, 3, 14))
    assert faults(recertified, ISO9001, "2015", today=TODAY) == []
    too_long = Printed(date(2026, 1, 20), date(2026, 1, 20), date(2029, 7, 21))
    assert [fault.code for fault in faults(too_long, ISO9001, None, today=TODAY)] == [
        "validity_too_long"
    ]


def test_a_scheme_without_editions_takes_any_edition_name() -> None:
    assert faults(GOOD, HACCP, "2020", today=TODAY) == []
    assert faults(Printed(GOOD.decided_on, GOOD.valid_from, None), HACCP, None, today=TODAY) == []


def test_the_end_of_an_edition_overrules_the_paper() -> None:
    edition = edition_of(ISO9001, "2015")
    assert effective_before(date(2030, 5, 31), edition) == date(2029, 10, 1)
    assert effective_before(date(2027, 3, 14), edition) == date(2027, 3, 15)
    assert effective_before(date(2027, 3, 14), None) == date(2027, 3, 15)
    assert effective_before(None, edition_of(ISO9001, "2026")) is None
    assert edition_of(ISO9001, "1987") is None


def test_printed_dates_are_inclusive() -> None:
    before = valid_before(GOOD.to)
    assert counts_on(date(2027, 3, 14), Status.ACTIVE, valid_from=GOOD.valid_from, before=before)
    assert not counts_on(
        date(2027, 3, 15), Status.ACTIVE, valid_from=GOOD.valid_from, before=before
    )
    assert not counts_on(
        date(2024, 3, 14), Status.ACTIVE, valid_from=GOOD.valid_from, before=before
    )
    assert counts_on(date(2099, 1, 1), Status.ACTIVE, valid_from=GOOD.valid_from, before=None)
    assert valid_before(None) is None


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_only_active_certificates_count(status: Status) -> None:
    assert not counts_on(date(2025, 1, 1), status, valid_from=GOOD.valid_from, before=None)


def test_the_surveillance_vectors() -> None:
    assert surveillance_due(date(2024, 3, 15), date(2027, 3, 14)) == (
        date(2025, 3, 15),
        date(2026, 12, 31),
    )
    assert surveillance_due(date(2024, 12, 20), date(2027, 12, 19)) == (
        date(2025, 12, 20),
        date(2026, 12, 31),
    )


def test_no_surveillance_is_due_after_the_printed_end() -> None:
    assert surveillance_due(date(2025, 9, 1), date(2026, 8, 31)) == ()
    assert surveillance_due(date(2025, 9, 1), date(2026, 9, 1)) == (date(2026, 9, 1),)
    assert surveillance_due(date(2025, 9, 1), date(2027, 6, 30)) == (date(2026, 9, 1),)


@pytest.mark.parametrize("status", Status)
def test_only_a_certificate_that_ended_by_its_date_is_restored(status: Status) -> None:
    restorable = status in (Status.ACTIVE, Status.SUSPENDED)
    expected = date(2027, 9, 14) if restorable else None
    assert restorable_until(date(2027, 3, 14), ISO9001, status) == expected


def test_restoration_ends_six_months_after_expiry_where_the_scheme_has_one() -> None:
    assert restorable_until(date(2027, 3, 14), ISO9001, Status.ACTIVE) == date(2027, 9, 14)
    assert restorable_until(date(2027, 3, 14), LAB, Status.ACTIVE) is None
    assert restorable_until(None, ISO9001, Status.ACTIVE) is None


def test_a_month_later_stays_inside_a_shorter_month() -> None:
    assert months_later(date(2024, 8, 31), 6) == date(2025, 2, 28)
    assert months_later(date(2023, 12, 31), 2) == date(2024, 2, 29)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_months_later_never_goes_back_and_never_overshoots(day: date, months: int) -> None:
    later = months_later(day, months)
    assert day <= later <= day + timedelta(days=31 * months)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ISO 14000", "ISO 14001"),
        ("ISO 22.000", "ISO 22000"),
        ("SA 8000", "SA8000"),
        ("Vietgap", "VietGAP"),
        ("tcvn iso 9001", "ISO 9001"),
        ("17025", "ISO/IEC 17025"),
        ("GlobalGAP", "GLOBALG.A.P."),
    ],
)
def test_the_spellings_of_the_plans_find_their_scheme(text: str, name: str) -> None:
    scheme = find_scheme(text)
    assert scheme is not None
    assert scheme.name == name


def test_a_tool_is_no_scheme() -> None:
    assert find_scheme("Kaizen") is None


def test_accreditation_is_not_certification() -> None:
    assert (LAB.kind, ISO9001.kind) == ("accreditation", "certification")


def test_numbers_are_compared_without_spaces_and_strokes() -> None:
    assert number_key("IN/76822750/4851") == number_key("in 76822750-4851")


def test_a_number_is_the_same_whether_its_marks_stand_apart_or_not() -> None:
    assert (
        number_key(unicodedata.normalize("NFD", "SỐ 12/ĐẤT"))
        == number_key("Số 12/Đất")
        == "số12đất"
    )
