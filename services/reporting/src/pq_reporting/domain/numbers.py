"""Numbers, shares and days as Vietnamese administration and English readers write them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

UNITS = {
    "người": ("person", "people"), "trường": ("school", "schools"), "lớp": ("class", "classes"),
    "đợt": ("round", "rounds"), "dn": ("enterprise", "enterprises"), "doanh nghiệp": ("enterprise", "enterprises"),
    "dn/năm": ("enterprise a year", "enterprises a year"),
    "doanh nghiệp/năm": ("enterprise a year", "enterprises a year"),
    "tổ chức": ("organisation", "organisations"), "tổ chức, doanh nghiệp": ("organisation", "organisations"),
    "đơn vị": ("unit", "units"), "lượt": ("attendance", "attendances"), "bài": ("article", "articles"),
    "phóng sự": ("TV report", "TV reports"), "cuộc thi": ("contest", "contests"), "nhiệm vụ": ("task", "tasks"),
    "qcđp": ("local regulation", "local regulations"), "quy chuẩn": ("regulation", "regulations"),
    "lần": ("time", "times"), "giấy": ("certificate", "certificates"), "sản phẩm": ("product", "products"),
    "chuyên gia": ("expert", "experts"), "mô hình": ("model", "models"), "báo cáo": ("report", "reports"),
}  # fmt: skip
"""Units as plans print them, lower case; what is not here stays as printed, with its own words."""


def figures(value: Decimal, lang: str, *, places: int = 1, fixed: bool = False) -> str:
    """Write a number, rounded half up, without idle decimals unless ``fixed`` for a column, with a true minus sign."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if not fixed and rounded == rounded.to_integral_value():
        rounded = rounded.to_integral_value()
    text = f"{abs(rounded):,f}"
    if lang != "en":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"−{text}" if rounded < 0 else text


def adding_up(parts: list[Decimal], whole: Decimal, *, places: int = 1) -> list[Decimal]:
    """Round parts so that they still make the rounded whole; the part that rounding moved furthest gives way."""
    step = Decimal(1).scaleb(-places)
    rounded = [part.quantize(step, rounding=ROUND_HALF_UP) for part in parts]
    left = whole.quantize(step, rounding=ROUND_HALF_UP) - sum(rounded)
    while left:
        unit = step.copy_sign(left)
        furthest = max(range(len(parts)), key=lambda at: (parts[at] - rounded[at]) * unit)
        rounded[furthest] += unit
        left -= unit
    return rounded


def is_percent(unit: str | None) -> bool:
    """Say whether a unit is a share or a rate."""
    return (unit or "").startswith("%")


def unit_of(unit: str | None, lang: str, value: Decimal | None = None) -> str:
    """Return the unit as printed, or its English word where we have one; English tells one from many."""
    if unit is None:
        return ""
    singular, plural = UNITS.get(unit.lower(), (unit, unit))
    if lang != "en":
        return unit
    return singular if value == 1 else plural


def with_unit(value: Decimal, unit: str | None, lang: str) -> str:
    """Write a number with its unit: ``48,9%`` and ``1.200 lượt``."""
    text = figures(value, lang)
    if is_percent(unit):
        return f"{text}%"
    return f"{text} {unit_of(unit, lang, value)}".rstrip()


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
