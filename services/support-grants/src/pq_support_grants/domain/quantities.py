"""Numbers of the programme: decimal strings, and the units that count bodies."""

from decimal import Decimal

from pq_common.text import fold

BODY_UNITS = frozenset(
    fold(unit)
    for unit in (
        "DN", "doanh nghiệp", "tổ chức", "tổ chức, doanh nghiệp", "tổ chức, DN", "người", "chuyên gia",
        "giảng viên", "trường", "cơ sở", "đơn vị", "hợp tác xã", "HTX", "tổ hợp tác", "hộ kinh doanh",
        "phòng", "phòng thử nghiệm",
    )
)  # fmt: skip
"""Units of which one is one body: as many distinct bodies as the quantity says, never more."""

TURN_UNITS = frozenset(
    fold(unit) for unit in ("lượt", "lượt DN", "lượt doanh nghiệp", "lượt người")
)
"""Units of which one is one attendance (lượt): a body may stand behind several."""

MOST_DECIMALS = 4
LIMIT = Decimal(10) ** 14


def decimals_of(text: str) -> int:
    """Return how many digits stand after the point, trailing zeros included."""
    return len(text.partition(".")[2])


def is_whole(text: str) -> bool:
    """Tell whether the number has no fraction: "3.0" has none."""
    number = Decimal(text)
    return number == number.to_integral_value()


def bounds_subjects(unit: str) -> bool:
    """Tell whether the distinct bodies can be no more than the quantity in this unit.

    A class (lớp) has many attendants, so its unit bounds nothing.
    """
    return fold(unit) in BODY_UNITS | TURN_UNITS
