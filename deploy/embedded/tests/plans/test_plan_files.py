"""The plan files are strict: no key the contract does not know, no code twice, no clause that contradicts itself."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from pq_common.contracts.plans import Plan, TargetClause, Task
from pq_common.places import exists
from pq_reporting.domain.catalogue import BY_CODE

PLACES = {
    "hung-yen-2021-2030": "vn-33-1997",
    "hai-phong-2021-2025": "vn-31-1997",
    "bac-lieu-2021-2025": "vn-95-1997",
    "quang-binh-2021-2030": "vn-44-1997",
    "hau-giang-2022": "vn-93-2004",
    "decision-1322": "vn",
    "decision-36": "vn",
}
CODES = sorted(PLACES)

NOT_SAID = {
    "number", "issued_on", "issuer", "signer_office", "title", "legal_bases", "programmes", "recipients",
    "steering_body", "steering_decision_number", "duties", "lead_unit", "coordinating_units", "money",
    "eligible_sectors", "beneficiaries", "calendar", "calendar_day", "general_goal", "tasks", "full_text",
    "exact_text", "due", "period", "year", "value", "base_year", "price_basis", "population", "measure",
    "indicator",
}  # fmt: skip
"""What a page can say in words; a word of any other kind would reach the reader untranslated."""

WITH_ONE_NUMBER = {
    "at_least", "more_than", "about", "exactly", "reach", "growth_at_least", "growth_more_than",
}  # fmt: skip
WITH_TWO_NUMBERS = {"range", "growth_range"}


def read_strictly(text: str) -> Plan:
    """Read a plan file; refuse keys the contract would silently ignore."""
    plan = Plan.model_validate_json(text)
    if plan.model_dump(mode="json", exclude_unset=True) != json.loads(text):
        raise ValueError("a key the contract does not know, or a value it had to change")
    return plan


def strings(value: object) -> Iterator[str]:
    """Give every string of a document, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def clauses(plans: dict[str, Plan]) -> list[TargetClause]:
    return [clause for plan in plans.values() for clause in plan.targets]


def test_a_misspelt_key_is_refused(written: dict[str, str]) -> None:
    planted = json.loads(written["hai-phong-2021-2025"])
    planted["targets"][0]["hegde"] = "góp phần"
    with pytest.raises(ValueError, match="a key the contract does not know"):
        read_strictly(json.dumps(planted))


def test_a_number_that_is_no_decimal_string_is_refused(written: dict[str, str]) -> None:
    planted = json.loads(written["hai-phong-2021-2025"])
    planted["targets"][0]["value"] = "47%"
    with pytest.raises(ValidationError):
        read_strictly(json.dumps(planted))


def test_the_five_plans_and_the_two_decisions_are_there_and_nothing_else(
    written: dict[str, str],
) -> None:
    assert sorted(written) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_file_holds_what_the_contract_knows_in_the_one_agreed_layout(
    code: str, written: dict[str, str]
) -> None:
    text = written[code]
    assert read_strictly(text).code == code
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("code", CODES)
def test_a_file_is_spelt_in_nfc_without_stray_blanks(code: str, written: dict[str, str]) -> None:
    assert unicodedata.is_normalized("NFC", written[code])
    untidy = [text for text in strings(json.loads(written[code])) if text != " ".join(text.split())]
    assert untidy == []


@pytest.mark.parametrize("code", CODES)
def test_a_plan_stands_in_the_place_as_it_was_when_issued(
    code: str, plans: dict[str, Plan]
) -> None:
    plan = plans[code]
    assert plan.place_id == PLACES[code]
    assert exists(plan.place_id)
    assert {clause.place_id for clause in plan.targets} == {plan.place_id}


def test_no_clause_and_no_task_code_is_used_twice(plans: dict[str, Plan]) -> None:
    codes = [clause.code for clause in clauses(plans)]
    codes += [task.code for plan in plans.values() for task in plan.tasks]
    assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_every_indicator_named_is_in_the_catalogue(plans: dict[str, Plan]) -> None:
    named = {
        code for clause in clauses(plans) for code in (clause.indicator, *clause.further_indicators)
    }
    named |= {code for plan in plans.values() for task in plan.tasks for code in task.indicators}
    assert named - set(BY_CODE) == set()


def test_a_part_stands_in_the_same_plan_as_its_whole(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        known = {clause.code for clause in plan.targets}
        parts = {clause.parent for clause in plan.targets if clause.parent is not None}
        assert parts <= known
    parents = {clause.code: clause.parent for clause in clauses(plans) if clause.parent}
    assert parents == {
        "BL-03": "BL-02", "QB-01": "QB-10", "QB-02": "QB-10", "QB-03": "QB-11", "QB-04": "QB-11",
        "VN-05": "VN-04",
    }  # fmt: skip


def test_a_programme_named_is_one_we_hold(plans: dict[str, Plan]) -> None:
    national = {plan.code for plan in plans.values() if plan.level == "national"}
    for plan in plans.values():
        assert set(plan.programmes) <= national
        assert bool(plan.programmes) == (plan.level == "provincial")


def test_a_comparator_has_the_numbers_it_needs_and_no_others(plans: dict[str, Plan]) -> None:
    for clause in clauses(plans):
        has = (clause.value is not None, clause.value_high is not None)
        wants = (True, True) if clause.comparator in WITH_TWO_NUMBERS else (False, False)
        wants = (True, False) if clause.comparator in WITH_ONE_NUMBER else wants
        assert has == wants, clause.code
        if clause.value is not None and clause.value_high is not None:
            assert float(clause.value) < float(clause.value_high), clause.code
        if clause.value is not None:
            assert clause.unit, f"{clause.code}: a number of what?"


def test_growth_and_direction_always_say_against_what(plans: dict[str, Plan]) -> None:
    for clause in clauses(plans):
        compares = clause.comparator.startswith("growth") or clause.comparator == "increase"
        assert (clause.growth_base is not None) == compares, clause.code
        if clause.comparator == "increase":
            assert {"value", "base_year", "due"} <= set(clause.not_said), clause.code


def test_years_and_due_days_lie_within_their_plan(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        for clause in plan.targets:
            span = clause.span
            assert plan.first_year <= span.first_year <= span.last_year <= plan.last_year, (
                clause.code
            )
            if clause.due is not None:
                assert (clause.due.year, clause.due.month, clause.due.day) == (
                    span.last_year,
                    12,
                    31,
                )
            else:
                assert "due" in clause.not_said, clause.code
            assert span.printed is not None or span.is_inferred, clause.code


def test_what_is_not_said_is_said_in_words_a_page_knows(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        parts: tuple[Plan | TargetClause | Task, ...] = (plan, *plan.targets, *plan.tasks)
        used = {word for part in parts for word in part.not_said}
        assert used - NOT_SAID == set(), plan.code
        assert all(len(set(part.not_said)) == len(part.not_said) for part in parts)


def test_every_note_comes_in_both_languages(plans: dict[str, Plan]) -> None:
    for clause in clauses(plans):
        assert (clause.note_vi is None) == (clause.note_en is None), clause.code


def test_a_field_of_the_plan_that_is_empty_is_listed_as_not_said(plans: dict[str, Plan]) -> None:
    named = {
        "number": "number_printed", "issued_on": "issued_on", "issuer": "issuer",
        "signer_office": "signer_office", "legal_bases": "legal_bases", "recipients": "recipients",
        "steering_body": "steering_body", "duties": "duties", "money": "money_sources",
        "eligible_sectors": "eligible_sectors", "beneficiaries": "beneficiaries",
        "calendar": "calendar", "general_goal": "general_goal", "tasks": "tasks",
    }  # fmt: skip
    for plan in plans.values():
        for word, field in named.items():
            assert (word in plan.not_said) == (not getattr(plan, field)), (plan.code, word)


@pytest.mark.parametrize(
    "name", ["Lê Khắc Nam", "Vũ Đức Đam", "Bảo Lâm", "An Hạ", "Hồng Lựu", "Phạm Nga"]
)
def test_no_person_is_named(name: str, written: dict[str, str]) -> None:
    assert [code for code, text in written.items() if name in text] == []
