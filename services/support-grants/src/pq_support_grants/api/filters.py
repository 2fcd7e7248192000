"""Filters by place, on the boundary of then or of now."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from pq_common import places
from pq_common.errors import FieldError, Invalid

AS_REPORTED = "as_reported"
On = Literal["as_reported", "2021", "2025-07-01"]


class PlaceFilterWrong(Invalid):
    """The place does not exist, or not on the boundary asked for."""

    code = "place_filter_wrong"
    title_vi, title_en = "Bộ lọc địa bàn không đúng", "Wrong place filter"


def asked_places(
    place: Annotated[
        str | None,
        Query(
            max_length=40,
            description="A place; with its predecessors unless `on` says otherwise",
            examples=["vn-33-2025"],
        ),
    ] = None,
    on: Annotated[
        On | None,
        Query(
            description="`as_reported`: rows of exactly this place; a boundary version: rows of every "
            "place that lies in this one on that map",
            examples=["2025-07-01"],
        ),
    ] = None,
) -> frozenset[str] | None:
    """Return the places whose rows are asked for; None means all that the caller may see."""
    if place is None:
        return None
    if not places.exists(place):
        raise _wrong(f"Không có địa bàn {place!r}", f"There is no place {place!r}")
    if on is None:
        return places.scope([place])
    if on == AS_REPORTED:
        return frozenset([place])
    boundary = places.boundary(on)
    if place != places.NATION and place not in boundary.places:
        raise _wrong(
            f"Địa bàn {place} không có trên bộ địa giới {on}",
            f"The place {place} is not on the boundary {on}",
        )
    everything = (known.id for known in places.all_places())
    return frozenset(
        known for known in everything if boundary.covers(known) and boundary.maps_to(known) == place
    )


AskedPlaces = Annotated[frozenset[str] | None, Depends(asked_places)]


def _wrong(vi: str, en: str) -> PlaceFilterWrong:
    fault = FieldError("#query/place", PlaceFilterWrong.code, vi + ".", en + ".")
    return PlaceFilterWrong(fault.message_vi, fault.message_en, errors=[fault])
