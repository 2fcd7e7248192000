"""Cells of the form of activities, each read as one thing or not at all."""

import pytest

from pq_common.errors import Invalid
from pq_common.tables_io.numbers import Typed
from pq_support_grants.api import activity_imports


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2.000", "2000 hoặc 2"),
        ("12.125", "12125 hoặc 12.1250"),
    ],
)
def test_a_quantity_that_may_be_thousands_is_refused_with_what_would_be_right(
    text: str, right: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        activity_imports.one_number(text)
    [fault] = refusal.value.errors
    assert (fault.pointer, fault.code) == ("/quantity", "number_ambiguous")
    assert fault.message_vi.startswith(repr(text))
    assert fault.message_vi.endswith(f"hãy viết {right}.")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        *((text, text) for text in ("2000", "2.5", "0.125", "2.0000", "1000.125")),
        ("1.234.567", "1234567"),
        ("2,5", "2.5"),
        (Typed("2.125"), "2.125"),
    ],
)
def test_a_quantity_that_can_be_one_number_only_is_taken(text: str, taken: str) -> None:
    assert activity_imports.one_number(text) == taken


def test_one_cell_lists_several_codes_parted_by_semicolons() -> None:
    row = dict.fromkeys(("indicator", "title", "unit", "evidence"), "x")
    row |= {"place_id": "vn-33-2025", "starts_on": "8.9.2025", "quantity": "2"}
    made = activity_imports.parse({**row, "subjects": " a; b ;", "clause_codes": None})
    assert (made.subjects, made.clause_codes) == (["a", "b"], [])
    assert (str(made.ends_on), made.evidence[0].kind) == ("2025-09-08", "decision")
