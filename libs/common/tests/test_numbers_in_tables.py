"""Numbers in tables: each is read as it was meant, or both readings are told and none is taken."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pq_common.errors import Invalid
from pq_common.tables_io.numbers import Typed, decimal_of, is_missing, number
from pq_common.tables_io.reading import cell_text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1.070", "1070 hoặc 1.07"),
        ("1,070", "1070 hoặc 1.07"),
        ("2.000", "2000 hoặc 2"),
        ("12.125", "12125 hoặc 12.1250"),
        ("-1.234", "-1234 hoặc -1.2340"),
    ],
)
def test_thousands_or_thousandths_are_asked_with_both_readings(text: str, right: str) -> None:
    with pytest.raises(Invalid) as refused:
        number(text, pointer="/2021")
    [fault] = refused.value.errors
    assert (fault.pointer, fault.code) == ("/2021", "number_ambiguous")
    assert fault.message_vi.endswith(f"hãy viết {right}.")
    for said in right.split(" hoặc "):
        assert number(said, pointer="") is not None


@pytest.mark.parametrize(
    ("text", "decimal", "code"),
    [
        ("-", None, "dash_unclear"),
        ("–", None, "dash_unclear"),
        ("12 nghìn", None, "number_unreadable"),
        ("1" * 50, None, "number_unreadable"),
        ("nan", None, "number_unreadable"),
        ("60 %", None, "number_unreadable"),
        ("1.2.3", None, "number_unreadable"),
        ("100,5", "dot", "number_unreadable"),
        ("0.123", "comma", "number_unreadable"),
        ("(5)", None, "number_unreadable"),
    ],
)
def test_what_is_no_number_is_refused(text: str, decimal: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        number(text, pointer="/x", decimal=decimal)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/x", code)]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1234.5", None, "1234.5"),
        ("1234,5", None, "1234.5"),
        ("1.234,5", None, "1234.5"),
        ("1,234.5", None, "1234.5"),
        ("1.234.567", None, "1234567"),
        ("1 234,5", None, "1234.5"),
        ("1\u202f234\u00a0567", None, "1234567"),
        ("1.234", "comma", "1234"),
        ("1.234", "dot", "1.234"),
        ("0.123", None, "0.123"),
        ("0,123", None, "0.123"),
        ("2.0000", None, "2.0000"),
        ("1e-3", None, "0.001"),
        ("-3", None, "-3"),
        ("\u22123", None, "-3"),
    ],
)
def test_a_number_is_read_as_it_was_meant(text: str, decimal: Any, value: str) -> None:
    assert number(text, pointer="", decimal=decimal) == Decimal(value)


def test_a_percent_sign_is_read_where_a_share_may_stand() -> None:
    assert number("62,5 %", pointer="", percent=True) == Decimal("0.625")
    assert number("0.6", pointer="", percent=True) == Decimal("0.6")


def test_what_was_not_collected_is_nothing() -> None:
    assert number("…", pointer="") is None
    assert [is_missing(text) for text in (None, " ", "..", "0")] == [True, True, True, False]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_the_file_keeps_as_one_is_never_two(value: float) -> None:
    text = cell_text(value)
    assert isinstance(text, Typed)
    read = number(text, pointer="")
    assert read is not None
    assert float(read) == value


def test_only_numbers_are_typed() -> None:
    assert isinstance(cell_text(2.125), Typed)
    assert isinstance(cell_text(2020), Typed)
    for value in ("2.125", True, float("nan"), float("inf")):
        assert not isinstance(cell_text(value), Typed)


def test_cells_show_by_themselves_which_sign_stands_before_decimals() -> None:
    assert decimal_of(["1.234", "0,5"]) == "comma"
    assert decimal_of(["1,234", "0.5"]) == "dot"
    assert decimal_of(["1.234", "12"]) is None
    assert decimal_of(["0,5", "0.5"]) is None
    assert decimal_of(["1.234", Typed("0.5")]) is None
