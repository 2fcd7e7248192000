"""Places at the door: the filter ``place`` of a list, and the refusal of a place that is not the caller's."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from pq_common import places
from pq_common.errors import FieldError, Invalid, NotFound
from pq_common.http.auth import Actor

AS_REPORTED = "as_reported"
On = Literal["as_reported", "2021", "2025-07-01"]


class PlaceUnknown(Invalid):
    """The filter names a place that never was, or that is not on the map asked for: 422."""

    code = "place_filter_unknown"
    title_vi, title_en = "Không có địa bàn này", "Unknown place"


class PlaceOutOfScope(NotFound):
    """The caller may write nothing for this place: 404, for outside the scope nothing exists."""

    code = "place_out_of_scope"
    title_vi, title_en = "Địa bàn ngoài phạm vi", "Place out of scope"


def refuse_foreign(actor: Actor, place_id: str, *, at: str = "/place_id") -> None:
    """Raise PlaceOutOfScope for a place that is not the caller's; row-level security is the second wall."""
    if not actor.allows(place_id):
        vi = f"Địa bàn {place_id!r} không thuộc phạm vi của bạn."
        en = f"The place {place_id!r} is not in your scope."
        raise PlaceOutOfScope(vi, en, errors=[FieldError(at, PlaceOutOfScope.code, vi, en)])


def known_place(place: str, *, name: str = "place") -> str:
    """Return the place that the parameter ``name`` asks for. Raises PlaceUnknown for one that never was."""
    if not places.exists(place):
        vi = f"Không có địa bàn mang mã định danh {place!r}; ví dụ đúng: vn-33-2025."
        en = f"No place has the id {place!r}; a right one looks like vn-33-2025."
        raise _refusal(name, vi, en)
    return place


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
    """Return the ids that the filter means; None when it is not given. Raises PlaceUnknown."""
    if place is None:
        return None
    known_place(place)
    if on is None:
        return places.scope([place])
    if on == AS_REPORTED:
        return frozenset([place])
    boundary = places.boundary(on)
    if place != places.NATION and place not in boundary.places:
        vi = f"Địa bàn {place} không có trên bộ địa giới {on}."
        raise _refusal("place", vi, f"The place {place} is not on the boundary {on}.")
    everything = (known.id for known in places.all_places())
    return frozenset(
        known for known in everything if boundary.covers(known) and boundary.maps_to(known) == place
    )


AskedPlaces = Annotated[frozenset[str] | None, Depends(asked_places)]


def _refusal(name: str, vi: str, en: str) -> PlaceUnknown:
    fault = FieldError(f"#query/{name}", PlaceUnknown.code, vi, en)
    return PlaceUnknown(vi, en, errors=[fault])
