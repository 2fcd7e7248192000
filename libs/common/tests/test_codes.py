"""A code exists only if it is valid; a mistyped one is refused in words that name no person."""

from collections.abc import Callable
from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.vn import mst

from pq_common.codes import (
    CodeInvalid,
    EnterpriseCode,
    TaxCode,
    TaxCodeKind,
    check_digit,
    gs1_check_digit,
    parse_gln,
    parse_gtin,
    parse_tax_code,
)
from pq_common.errors import Invalid

# Published codes of organisations; the circular's worked example stands last. 0100107370 has the check digit 0.
VALID = [
    "0300588569",
    "0100109106",
    "0101248141",
    "0900189284",
    "0101245486",
    "0100684378",
    "0100107370",
    "0100681592",
    "0100100079",
    "0100112437",
    "0100150619",
    "0100686174",
    "0100111948",
    "0303576603",
    "0303217354",
    "0100230800",
    "3500102710",
    "1800156801",
    "2300325764",
    "4600305723",
    "0200167782",
    "3700381324",
    "0100047516",
]
GTINS = ["8930000123459", "8931234560010", "8936000000073", "8939876540018"]
digits = st.text(alphabet="0123456789", min_size=10, max_size=10)


@pytest.mark.parametrize(
    "text", ["0101234567", "0123456789", "0100233480", "0303270651", "0102182358", "4000811952"]
)
def test_a_wrong_check_digit_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(CodeInvalid) as refused:
        parse_tax_code(text)
    assert isinstance(refused.value, Invalid)
    assert isinstance(refused.value, ValueError)
    assert text in refused.value.message_vi
    assert text in refused.value.message_en
    with pytest.raises(CodeInvalid):
        EnterpriseCode(text)


@pytest.mark.parametrize("last", "0123456789")
def test_a_serial_whose_remainder_is_zero_has_no_valid_code(last: str) -> None:
    assert check_digit("010000005") is None
    with pytest.raises(CodeInvalid):
        parse_tax_code("010000005" + last)


@pytest.mark.parametrize("text", ["0300588569-000", "0300588569000", "0100000009", "0100000000"])
def test_a_unit_numbered_000_and_a_serial_of_zeros_are_refused(text: str) -> None:
    with pytest.raises(CodeInvalid):
        parse_tax_code(text)


def test_nine_digits_are_reported_as_a_lost_zero_and_never_padded() -> None:
    with pytest.raises(CodeInvalid) as refused:
        parse_tax_code("300588569")
    assert "số 0 ở đầu" in refused.value.message_vi
    assert "leading zero" in refused.value.message_en


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "03005885",
        "03005885691",
        "0300588569-02",
        "03005-88569",
        "030058856a",
        "0300588569-002-1",
    ],
)
def test_a_text_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(CodeInvalid):
        parse_tax_code(text)


@pytest.mark.parametrize(
    "text", ["00109901234", "0010990124450", "001-099-012345", "001099 01234x5 6"]
)
@pytest.mark.parametrize("parse", [parse_tax_code, EnterpriseCode])
def test_a_refusal_never_repeats_what_may_be_a_personal_number(
    parse: Callable[[str], object], text: str
) -> None:
    with pytest.raises(CodeInvalid) as refused:
        parse(text)
    assert "1" not in refused.value.message_vi.split("cần")[0].split("sai")[0]
    assert "•" in refused.value.message_vi
    assert "099" not in refused.value.message_en + str(refused.value)


@pytest.mark.parametrize(
    "text", ["0314409058002", "03 00588569", "0300588569-2", "٠٣٠٠٥٨٨٥٦٩", "001099012345"]
)
def test_an_enterprise_code_is_taken_only_as_printed(text: str) -> None:
    with pytest.raises(CodeInvalid):
        EnterpriseCode(text)


@pytest.mark.parametrize("code", VALID)
def test_codes_of_known_organisations_are_valid(code: str) -> None:
    assert parse_tax_code(code) == TaxCode(code, TaxCodeKind.ORG10)
    assert EnterpriseCode(f" {code}\n") == code == EnterpriseCode(code).parent
    assert not EnterpriseCode(code).is_dependent


@pytest.mark.parametrize(
    "text", ["0314409058-002", "0314409058002", " 0314.409.058 - 002", "\u00a00314409058-002\u200b"]
)
def test_a_dependent_unit_is_stored_as_13_digits_and_printed_with_a_hyphen(text: str) -> None:
    code = parse_tax_code(text)
    assert (code.code, code.kind) == ("0314409058002", TaxCodeKind.DEP13)
    assert code.printed == code.masked == "0314409058-002"
    assert not code.is_personal
    unit = EnterpriseCode(code.printed)
    assert unit.is_dependent
    assert unit.parent == "0314409058"


def test_separators_and_full_width_digits_are_understood() -> None:
    assert parse_tax_code("\uff10\uff11\uff10\uff10.107 370").code == "0100107370"


def test_a_personal_number_is_kept_whole_and_shown_masked() -> None:
    code = parse_tax_code("001 099 012 345")
    assert (code.code, code.kind, code.is_personal) == ("001099012345", TaxCodeKind.PERSON12, True)
    assert code.masked == "•••••••••345"
    assert code.printed == "001099012345"
    assert "099" not in repr(code) + str(code)


def test_an_enterprise_code_is_text_for_everybody_else() -> None:
    code = EnterpriseCode("0300588569")
    assert {"0300588569": 1}[code] == 1
    assert copy(code) == code


@given(digits)
def test_we_agree_with_the_reference_library_on_every_ten_digits(text: str) -> None:
    if mst.is_valid(text):
        assert EnterpriseCode(text) == parse_tax_code(text).code == text
    else:
        with pytest.raises(CodeInvalid):
            EnterpriseCode(text)


@given(st.sampled_from(VALID), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(code: str, place: int, shift: int) -> None:
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    with pytest.raises(CodeInvalid):
        EnterpriseCode(wrong)


@pytest.mark.parametrize(
    "text",
    ["", "8930000123458", "893000012345", "89300001234590", "893000012345x", "٨٩٣٠٠٠٠١٢٣٤٥٩"[:5]],
)
def test_a_wrong_gtin_is_refused(text: str) -> None:
    with pytest.raises(CodeInvalid) as refused:
        parse_gtin(text)
    assert "GTIN" in refused.value.message_vi


@pytest.mark.parametrize("gtin", GTINS)
def test_a_gtin_is_read_with_its_separators(gtin: str) -> None:
    assert parse_gtin(f"{gtin[:3]} {gtin[3:8]}-{gtin[8:]}") == gtin
    assert parse_gln(gtin) == gtin


def test_a_gln_has_13_digits_and_nothing_else() -> None:
    assert parse_gtin("96385074") == "96385074"
    with pytest.raises(CodeInvalid, match="GLN"):
        parse_gln("96385074")


@given(st.integers(0, 10**12 - 1))
def test_our_gs1_check_digit_is_that_of_the_reference_library(number: int) -> None:
    body = f"{number:012d}"
    assert gs1_check_digit(body) == ean.calc_check_digit(body)
    assert parse_gtin(body + gs1_check_digit(body))
