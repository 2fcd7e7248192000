"""The filter ``place`` of a list: a place with everything it was made of, so that rows of any date are found."""

from typing import Annotated

from fastapi import Depends, Query

from pq_common import places
from pq_common.errors import FieldError, Invalid


class PlaceUnknown(Invalid):
    """The filter names a place that never was: 422."""

    code = "place_filter_unknown"
    title_vi, title_en = "Không có địa bàn này", "Unknown place"


def asked_places(
    place: Annotated[
        str | None,
        Query(max_length=40, description="A place, with its predecessors", examples=["vn-33-2025"]),
    ] = None,
) -> frozenset[str] | None:
    """Return the ids that the filter means; None when it is not given. Raises PlaceUnknown."""
    if place is None:
        return None
    if not places.exists(place):
        vi = f"Không có địa bàn mang mã định danh {place!r}; ví dụ đúng: vn-33-2025."
        en = f"No place has the id {place!r}; a right one looks like vn-33-2025."
        raise PlaceUnknown(vi, en, errors=[FieldError("#query/place", PlaceUnknown.code, vi, en)])
    return places.scope([place])


AskedPlaces = Annotated[frozenset[str] | None, Depends(asked_places)]
