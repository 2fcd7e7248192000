"""Six socio-economic regions, twice: the set of the plans until 4/10/2025 and the set since. Not the same six."""

from datetime import date

from pq_common.dates import Interval
from pq_common.places import data
from pq_common.places.identity import place, predecessors, span, successors
from pq_common.places.model import Region, UnknownBoundary


def region_sets() -> dict[str, Interval]:
    """Return the two sets, "2021" and "2025-10-05", with the days on which each was in force."""
    return dict(data.REGION_SETS)


def region_source(region_set: str) -> str:
    """Return the text that draws the set; raise UnknownBoundary."""
    return data.REGION_SOURCES[_known(region_set)]


def regions(region_set: str) -> tuple[Region, ...]:
    """Return the six regions of a set, north to south; raise UnknownBoundary."""
    _known(region_set)
    return tuple(region for region in data.REGIONS.values() if region.region_set == region_set)


def region_on(place_id: str, day: date) -> Region | None:
    """Return the region that day, by the set then in force; outside the days of the place, the nearest it had.

    None for the nation, and for the places made on 1/7/2025 until 5/10/2025: no text had placed them yet.
    """
    days = span(place_id)
    within = max(day, days.valid_from)
    if days.last_day is not None:
        within = min(within, days.last_day)
    for region_set, in_force in data.REGION_SETS.items():
        if in_force.holds(within) and (place_id, region_set) in data.MEMBERSHIP:
            return data.REGIONS[data.MEMBERSHIP[place_id, region_set]]
    return None


def region_in(place_id: str, region_set: str) -> Region | None:
    """Return the region of the set that holds the whole place, whatever the day; None when it lies in two.

    A place the set does not list is taken through its successor or its predecessors: Bắc Giang is
    Đồng bằng sông Hồng in the new set; the new Tây Ninh lies in two regions of the old one.
    """
    _known(region_set)
    listed = data.MEMBERSHIP.get((place(place_id).id, region_set))
    if listed is not None:
        return data.REGIONS[listed]
    others = successors(place_id) or predecessors(place_id)
    found = {data.MEMBERSHIP[other, region_set] for other in others}
    return data.REGIONS[found.pop()] if len(found) == 1 else None


def _known(region_set: str) -> str:
    if region_set not in data.REGION_SETS:
        names = ", ".join(data.REGION_SETS)
        raise UnknownBoundary(
            f"Không có bộ vùng {region_set!r}; các bộ hiện có: {names}",
            f"There is no region set {region_set!r}; there are: {names}",
        )
    return region_set
