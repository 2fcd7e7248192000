"""The reference list: 63 provincial units until 30/6/2025, 34 since; what changed name or type; two region sets.

Units, codes and mergers: Quyết định 124/2004/QĐ-TTg, Nghị quyết 202/2025/QH15, Quyết định 19/2025/QĐ-TTg.
First days: 1/1/1997 for units standing since the division of 1996 or earlier, whose older history is not told here;
1/1/2004 for the six of the division of 2003; 1/8/2008 for Hà Nội with Hà Tây. Codes of 2004 are read back to those days.
"""

import csv
from collections import defaultdict
from datetime import date
from importlib import resources
from typing import Final

from pq_common.dates import Interval
from pq_common.places.model import Attribute, Level, Link, Place, Region

NATION: Final = "vn"
MERGER_DAY: Final = date(2025, 7, 1)
OLD_CODES: Final = "Quyết định 124/2004/QĐ-TTg"
MERGER: Final = "Nghị quyết 202/2025/QH15; Quyết định 19/2025/QĐ-TTg"
SOURCES: Final = {MERGER_DAY: MERGER, date(1976, 7, 2): "Nghị quyết của Quốc hội khóa VI, 2/7/1976"}

RENAMED: Final = {
    "vn-46-1997": Attribute("Huế", "thành phố", date(2025, 1, 1), "Nghị quyết 175/2024/QH15"),
    "vn-75-2025": Attribute("Đồng Nai", "thành phố", date(2026, 4, 30), "Nghị quyết 30/2026/QH16"),
}

REGION_SETS: Final = {
    "2021": Interval(date(1997, 1, 1), date(2025, 10, 5)),
    "2025-10-05": Interval(date(2025, 10, 5)),
}
REGION_SOURCES: Final = {
    "2021": "Nghị quyết 81/2023/QH15",
    "2025-10-05": "Nghị quyết 306/NQ-CP, 5/10/2025",
}
REGIONS: Final = {
    region.id: region
    for region in (
        Region("tdmn-2021", "Trung du và miền núi phía Bắc", "2021"),
        Region("dbsh-2021", "Đồng bằng sông Hồng", "2021"),
        Region("btb-dhmt-2021", "Bắc Trung Bộ và duyên hải miền Trung", "2021"),
        Region("tn-2021", "Tây Nguyên", "2021"),
        Region("dnb-2021", "Đông Nam Bộ", "2021"),
        Region("dbscl-2021", "Đồng bằng sông Cửu Long", "2021"),
        Region("tdmn-2025", "Trung du và miền núi phía Bắc", "2025-10-05"),
        Region("dbsh-2025", "Đồng bằng sông Hồng", "2025-10-05"),
        Region("btb-2025", "Bắc Trung Bộ", "2025-10-05"),
        Region("ntb-tn-2025", "Duyên hải Nam Trung Bộ và Tây Nguyên", "2025-10-05"),
        Region("dnb-2025", "Đông Nam Bộ", "2025-10-05"),
        Region("dbscl-2025", "Đồng bằng sông Cửu Long", "2025-10-05"),
    )
}

PLACES: Final[dict[str, Place]] = {}
SPANS: Final[dict[str, Interval]] = {}
ATTRIBUTES: Final[dict[str, tuple[Attribute, ...]]] = {}
LINKS: Final[list[Link]] = []
PREDECESSORS: Final[dict[str, tuple[str, ...]]] = {}
SUCCESSORS: Final[dict[str, tuple[str, ...]]] = {}
MEMBERSHIP: Final[dict[tuple[str, str], str]] = {}
"""(place id, region set) → region id, as the text itself lists it."""
BY_CODE: Final[defaultdict[str, list[str]]] = defaultdict(list)


def _add(row: dict[str, str]) -> None:
    place_id, since = row["id"], date.fromisoformat(row["valid_from"])
    before = date.fromisoformat(row["valid_before"]) if row["valid_before"] else None
    first = Attribute(row["name"], row["type"], since, SOURCES.get(since, OLD_CODES))
    level = Level.NATION if place_id == NATION else Level.PROVINCE
    PLACES[place_id] = Place(place_id, row["code"], level)
    SPANS[place_id] = Interval(since, before)
    ATTRIBUTES[place_id] = (first, RENAMED[place_id]) if place_id in RENAMED else (first,)
    BY_CODE[row["code"]].append(place_id)
    for column, region_set in (("region_2021", "2021"), ("region_2025", "2025-10-05")):
        if row[column]:
            MEMBERSHIP[place_id, region_set] = row[column]


def _link(place_id: str, successor: str) -> None:
    LINKS.append(Link(place_id, successor, MERGER_DAY, MERGER))
    SUCCESSORS[place_id] = (successor,)
    PREDECESSORS[successor] = (*PREDECESSORS.get(successor, ()), place_id)


def _load() -> None:
    with resources.files("pq_common.places").joinpath("units.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            _add(row)
            if row["successor"]:
                _link(row["id"], row["successor"])


_load()
