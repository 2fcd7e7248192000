"""Money is whole đồng. Parts make the whole, rates are exact decimals, and rounding is said aloud."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, Literal

from pq_common.errors import Invalid


class BadRate(Invalid, ValueError):
    """The text is no decimal number. A ValueError too, so that validators of request models take it as theirs."""

    code: ClassVar[str] = "rate_invalid"
    title_vi, title_en = "Tỷ lệ không hợp lệ", "Invalid rate"


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` đồng by ``weights``, to the đồng, losing none. Raise ValueError for weights that cannot share."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and must not all be zero")
    seen = given = 0
    parts = []
    for weight in weights:
        seen += weight
        due = total * seen // whole
        parts.append(due - given)
        given = due
    return parts


def rate(text: str) -> Decimal:
    """Return the number of a decimal string such as "0.5"; raise BadRate for anything else, a comma included."""
    # No exponent, no NaN, no digits of other scripts: Decimal itself would take them all.
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise BadRate(
            f"{text!r} không phải số thập phân: dùng dấu chấm, ví dụ 0.5",
            f"{text!r} is not a decimal number: use a point, such as 0.5",
        )
    return Decimal(text)


def rate_text(value: Decimal) -> str:
    """Return the decimal string that travels: no exponent, no trailing zeros, no negative zero."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def part_of(amount: int, share: Decimal) -> int:
    """Return ``share`` (0.3 is thirty percent) of an amount in đồng, half a đồng away from zero."""
    # In integers: a decimal context would round the product before we do.
    numerator, denominator = share.as_integer_ratio()
    whole, rest = divmod(abs(amount * numerator), denominator)
    rounded = whole + (2 * rest >= denominator)
    return rounded if amount * numerator >= 0 else -rounded


def dong_text(amount: int, *, lang: Literal["vi", "en"] = "vi") -> str:
    """Return the full amount: "412.600.000.000 đồng", "VND 412,600,000,000". Minus is U+2212 in Vietnamese."""
    if lang == "en":
        return f"VND {amount:,}"
    return f"{amount:,} đồng".replace(",", ".").replace("-", "−")
