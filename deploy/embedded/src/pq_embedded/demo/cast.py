"""Who takes part in the demonstration: five provinces with a plan, their neighbours in the merger, and the calendar."""

from dataclasses import dataclass
from datetime import date

MERGER = date(2025, 7, 1)
LAST_DAY = date(2026, 6, 30)
"""The demonstration ends here; what a plan asks for later stays unreported."""


@dataclass(frozen=True, slots=True)
class Province:
    """A province as it was, and the one it is part of since the merger."""

    short: str
    name: str
    then_id: str
    now_id: str
    enterprises: int
    has_plan: bool = False

    def place_on(self, day: date) -> str:
        """Return the place that existed on ``day``: a report of August 2025 comes from the merged province."""
        return self.then_id if day < MERGER else self.now_id


PROVINCES = (
    Province("HY", "Hưng Yên", "vn-33-1997", "vn-33-2025", 36, has_plan=True),
    Province("TB", "Thái Bình", "vn-34-1997", "vn-33-2025", 12),
    Province("HP", "Hải Phòng", "vn-31-1997", "vn-31-2025", 18, has_plan=True),
    Province("HD", "Hải Dương", "vn-30-1997", "vn-31-2025", 10),
    Province("BL", "Bạc Liêu", "vn-95-1997", "vn-96-2025", 14, has_plan=True),
    Province("CM", "Cà Mau", "vn-96-1997", "vn-96-2025", 10),
    Province("QB", "Quảng Bình", "vn-44-1997", "vn-44-2025", 40, has_plan=True),
    Province("QT", "Quảng Trị", "vn-45-1997", "vn-44-2025", 10),
    Province("HG", "Hậu Giang", "vn-93-2004", "vn-92-2025", 14, has_plan=True),
    Province("ST", "Sóc Trăng", "vn-94-1997", "vn-92-2025", 10),
    Province("CT", "Cần Thơ", "vn-92-2004", "vn-92-2025", 12),
)
BY_SHORT = {province.short: province for province in PROVINCES}
