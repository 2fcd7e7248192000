"""Official codes, parsed at the door: inside, the type is the proof. A valid code proves nobody exists.

Tax codes: Nghị định 168/2025/NĐ-CP Điều 8; check digit as published for the 10-digit mã số thuế.
GS1 numbers: GS1 General Specifications, one check digit for GTIN, GLN and SSCC.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, Self

from pq_common.errors import Invalid

PERSONAL_NUMBER: Final = re.compile(r"(?<![0-9])(?<!-[0-9a-f]{4}-[0-9a-f]{4}-)[0-9]{12}(?![0-9])")
"""A personal identification number anywhere in a text; the end of a UUID, which may be twelve digits too, is none."""
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_IGNORED = re.compile(r"[\s.\u200b\ufeff]+")


class CodeInvalid(Invalid, ValueError):
    """The text is no such code. A ValueError too, so that validators of request models take it as theirs."""

    code: ClassVar[str] = "code_invalid"
    title_vi, title_en = "Mã không hợp lệ", "Invalid code"


class TaxCodeKind(StrEnum):
    ORG10 = "ORG10"
    """An enterprise, a cooperative or another independent organisation: 10 digits."""
    DEP13 = "DEP13"
    """A dependent unit: its parent's 10 digits and a number from 001."""
    PERSON12 = "PERSON12"
    """A household or a person: the personal identity number, without check digit. Personal data."""


class EnterpriseCode(str):
    """Mã số doanh nghiệp as printed: 10 digits with a valid check digit, or 10-3 for a dependent unit."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Raise CodeInvalid unless the text, without surrounding space, is a code as printed."""
        stripped = text.strip()
        # [0-9] and not \d, which takes the digits of other scripts.
        if not re.fullmatch(r"[0-9]{10}(-[0-9]{3})?", stripped) or not _holds(
            stripped.replace("-", "")
        ):
            raise CodeInvalid(
                f"{_quoted(text)} không phải mã số doanh nghiệp: cần 10 chữ số có số kiểm tra đúng, có thể thêm -NNN",
                f"{_quoted(text)} is not an enterprise code: expected 10 digits with a valid check digit, optionally -NNN",
            )
        return super().__new__(cls, stripped)

    @property
    def parent(self) -> "EnterpriseCode":
        """The code of the enterprise itself, which for an enterprise is this one."""
        return EnterpriseCode(self[:10])

    @property
    def is_dependent(self) -> bool:
        return len(self) > 10


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code in stored form, digits only. Its ``repr`` masks a personal number, since logs print it."""

    code: str
    kind: TaxCodeKind

    @property
    def is_personal(self) -> bool:
        return self.kind is TaxCodeKind.PERSON12

    @property
    def printed(self) -> str:
        """The form for people entitled to read it: with the hyphen of a dependent unit."""
        return f"{self.code[:10]}-{self.code[10:]}" if self.kind is TaxCodeKind.DEP13 else self.code

    @property
    def masked(self) -> str:
        """The form for everybody: a personal number shows its last three digits."""
        return f"•••••••••{self.code[-3:]}" if self.is_personal else self.printed

    def __repr__(self) -> str:
        return f"TaxCode({self.masked!r}, {self.kind.value})"


def check_digit(first_nine: str) -> str | None:
    """Return the tenth digit of a mã số thuế; None when the serial is one of those never issued."""
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_nine, strict=True)) % 11
    return None if rest == 0 else str(10 - rest)


def parse_tax_code(text: str) -> TaxCode:
    """Return the tax code a text spells with any dots, spaces, full-width digits; raise CodeInvalid.

    A 9-digit number has probably lost its leading zero in a spreadsheet: it is reported, never padded.
    """
    compact = _IGNORED.sub("", unicodedata.normalize("NFKC", text))
    if re.fullmatch(r"[0-9]{12}", compact):
        return TaxCode(compact, TaxCodeKind.PERSON12)
    if re.fullmatch(r"[0-9]{9}", compact):
        raise CodeInvalid(
            f"{_quoted(text)} có 9 chữ số: có thể mất số 0 ở đầu khi mở bằng bảng tính; hãy nhập đủ 10 chữ số",
            f"{_quoted(text)} has 9 digits: a spreadsheet may have dropped the leading zero; give all 10",
        )
    if not re.fullmatch(r"[0-9]{10}(-?[0-9]{3})?", compact):
        raise CodeInvalid(
            f"{_quoted(text)} không phải mã số thuế: cần 10, 12 hoặc 13 chữ số (NNNNNNNNNN-NNN)",
            f"{_quoted(text)} is not a tax code: expected 10, 12 or 13 digits (NNNNNNNNNN-NNN)",
        )
    digits = compact.replace("-", "")
    if not _holds(digits):
        raise CodeInvalid(
            f"{_quoted(text)} sai số kiểm tra hoặc số thứ tự: hãy đối chiếu với giấy chứng nhận đăng ký",
            f"{_quoted(text)} has a wrong check digit or serial: compare it with the registration certificate",
        )
    return TaxCode(digits, TaxCodeKind.ORG10 if len(digits) == 10 else TaxCodeKind.DEP13)


def gs1_check_digit(body: str) -> str:
    """Return the last digit of a GS1 number from all the digits before it: weights 3, 1, 3, 1… from the right."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))
    )
    return str(-total % 10)


def parse_gtin(text: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits without separators; raise CodeInvalid.

    The prefix 893 says that GS1 Viet Nam issued the number, not that the goods are Vietnamese.
    """
    return _gs1(text, "GTIN", lengths=(8, 12, 13, 14))


def parse_gln(text: str) -> str:
    """Return a GLN, the GS1 number of a party or a location, 13 digits; raise CodeInvalid."""
    return _gs1(text, "GLN", lengths=(13,))


def _gs1(text: str, name: str, *, lengths: tuple[int, ...]) -> str:
    digits = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).replace("-", "")
    known = re.fullmatch(r"[0-9]+", digits) is not None and len(digits) in lengths
    if not known or gs1_check_digit(digits[:-1]) != digits[-1]:
        wanted = ", ".join(str(length) for length in lengths)
        raise CodeInvalid(
            f"{text!r} không phải {name}: cần {wanted} chữ số với số kiểm tra đúng",
            f"{text!r} is not a {name}: expected {wanted} digits with a valid check digit",
        )
    return digits


def _holds(digits: str) -> bool:
    """Tell whether 10 or 13 digits have a serial, a check digit and, of a dependent unit, a number that can be."""
    return (
        digits[2:9] != "0000000" and digits[10:] != "000" and check_digit(digits[:9]) == digits[9]
    )


def _quoted(text: str) -> str:
    """Quote what was typed, unless it may be a mistyped personal number: messages end in logs."""
    if len(re.sub(r"[^0-9]", "", text)) > 10 and not re.fullmatch(
        r"[0-9]{10}-[0-9]{3}", text.strip()
    ):
        return repr(re.sub(r"[0-9]", "•", text))
    return repr(text)
