"""Values that a text may change. Where no text gives one, the source says that it is a convention of this system."""

from datetime import date
from decimal import Decimal

from pq_common.dates import DatedSeries, Provision

ABOUT_TOLERANCE = DatedSeries(
    "tolerance of khoảng",
    unit="fraction below the number",
    provisions=[
        Provision(
            Decimal("0.10"),
            since=date(2020, 8, 31),
            source="Convention of this system from the day of Decision 1322/QĐ-TTg: no text says how far "
            "'khoảng' (about) reaches; ten per cent below still meets it, above always does.",
        )
    ],
)

SCHEMES = {
    "CRT-9001": "ISO 9001",
    "CRT-14001": "ISO 14001",
    "CRT-22000": "ISO 22000",
    "CRT-50001": "ISO 50001",
    "CRT-45001": "ISO 45001",
    "CRT-HACCP": "HACCP",
    "CRT-SA8000": "SA8000",
}
"""Indicator of certificates (programme catalogue, CRT-*) → the scheme whose certificates it counts."""

SUPPORTED = "ENT-SUP"
"""Bodies named in reports of this indicator are the supported ones."""
