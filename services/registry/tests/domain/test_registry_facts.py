"""Every reason to refuse is listed at once."""

from dataclasses import replace
from datetime import date

import pytest

from pq_registry.domain.facts import CODE_KINDS, Facts, LegalForm, faults
from pq_registry.domain.status import Status

TODAY = date(2026, 5, 4)
GOOD = Facts(
    "ORG10", "Cơ sở minh họa", LegalForm.CTCP, "vn-33-2025", Status.ACTIVE, date(2025, 8, 1)
)


def codes_of(facts: Facts) -> list[str]:
    return [fault.code for fault in faults(facts, today=TODAY)]


def test_good_facts_have_no_faults() -> None:
    assert codes_of(GOOD) == []


def test_all_faults_are_told_at_once() -> None:
    bad = Facts(None, " ", LegalForm.CTCP, "vn-99-1997", Status.TERMINATED, date(2027, 1, 1))
    assert codes_of(bad) == [
        "place_unknown", "name_empty", "code_kind_wrong", "day_in_future", "closing_day_and_status_disagree",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place_id", "day"), [("vn-33-2025", date(2025, 6, 30)), ("vn-33-1997", date(2025, 7, 1))]
)
def test_a_place_must_have_existed_on_the_day(place_id: str, day: date) -> None:
    assert codes_of(replace(GOOD, place_id=place_id, valid_from=day)) == ["place_not_of_that_day"]


@pytest.mark.parametrize("form", LegalForm)
@pytest.mark.parametrize("kind", ["ORG10", "DEP13", "PERSON12", None])
def test_each_legal_form_takes_only_its_kinds_of_code(form: LegalForm, kind: str | None) -> None:
    expected = [] if kind in CODE_KINDS[form] else ["code_kind_wrong"]
    assert codes_of(replace(GOOD, legal_form=form, code_kind=kind)) == expected


def test_the_codes_that_a_form_takes_are_told_in_each_language() -> None:
    (fault,) = faults(replace(GOOD, legal_form=LegalForm.THT, code_kind="DEP13"), today=TODAY)
    assert fault.message_vi == (
        "Loại hình THT cần mã loại ORG10 hoặc không có mã, nhận được DEP13."
    )
    assert fault.message_en == "Legal form THT needs a code of kind ORG10 or none, not DEP13."


def test_a_closing_day_without_termination_is_refused() -> None:
    assert codes_of(replace(GOOD, closed_on=date(2026, 1, 1))) == [
        "closing_day_and_status_disagree"
    ]


def test_a_terminated_organisation_with_its_day_is_accepted() -> None:
    assert codes_of(replace(GOOD, status=Status.TERMINATED, closed_on=date(2026, 1, 1))) == []
