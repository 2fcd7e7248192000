"""Numbers, shares and days as Vietnamese administration and English readers write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

UNITS = {
    "người": "people", "trường": "schools", "lớp": "classes", "đợt": "rounds", "dn": "enterprises",
    "dn/năm": "enterprises a year", "doanh nghiệp": "enterprises", "doanh nghiệp/năm": "enterprises a year",
    "tổ chức": "organisations", "tổ chức, doanh nghiệp": "organisations", "đơn vị": "units",
    "lượt": "attendances", "bài": "articles", "phóng sự": "TV reports", "cuộc thi": "contests",
    "nhiệm vụ": "tasks", "qcđp": "local regulations", "quy chuẩn": "regulations", "lần": "times",
    "giấy": "certificates", "sản phẩm": "products", "chuyên gia": "experts", "mô hình": "models",
}  # fmt: skip
"""Units as plans print them, lower case; what is not here stays as printed, with its own words."""


def figures(value: Decimal, lang: str, *, places: int = 1) -> str:
    """Write a number, rounded half up, without idle decimals, with a true minus sign."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == rounded.to_integral_value():
        rounded = rounded.to_integral_value()
    text = f"{abs(rounded):,f}"
    if lang != "en":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"−{text}" if rounded < 0 else text


def is_percent(unit: str | None) -> bool:
    """Say whether a unit is a share or a rate."""
    return (unit or "").startswith("%")


def unit_of(unit: str | None, lang: str) -> str:
    """Return the unit as printed, or its English word where we have one."""
    if unit is None:
        return ""
    return UNITS.get(unit.lower(), unit) if lang == "en" else unit


def with_unit(value: Decimal, unit: str | None, lang: str) -> str:
    """Write a number with its unit: ``48,9%`` and ``1.200 lượt``."""
    text = figures(value, lang)
    if is_percent(unit):
        return f"{text}%"
    return f"{text} {unit_of(unit, lang)}".rstrip()


def gap(value: Decimal, unit: str | None, lang: str) -> str:
    """Write a difference: shares differ by percentage points, never by per cent."""
    if not is_percent(unit):
        return with_unit(value, unit, lang)
    return f"{figures(value, lang)} {'percentage points' if lang == 'en' else 'điểm phần trăm'}"


def day(value: date, lang: str) -> str:
    """Write a civil day: ``05/02/2026``, ``5 February 2026``."""
    if lang == "en":
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def years(values: list[int]) -> str:
    """List years for a sentence."""
    return ", ".join(str(year) for year in values)
