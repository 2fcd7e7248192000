"""Places with dates, for everybody: which existed on a day, who became whom."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from pq_common import places
from pq_common.dates import legal_day
from pq_common.http.wire import Day

router = APIRouter(prefix="/places", tags=["places"])


class PlaceBody(BaseModel):
    """A place as it was called on the day asked about."""

    id: str
    code: str
    name: str
    type: str
    region: str | None
    description: str
    predecessors: list[str]
    successors: list[str]


def place_body(place_id: str, day: date) -> PlaceBody:
    """Return the place with its name, type and region on ``day``, or on the nearest day of its life."""
    found = places.place(place_id)
    region = places.region_on(place_id, day)
    return PlaceBody(
        id=place_id,
        code=found.code,
        name=places.name_on(place_id, day),
        type=places.type_on(place_id, day),
        region=region.name if region else None,
        description=places.describe(place_id),
        predecessors=list(places.predecessors(place_id)),
        successors=list(places.successors(place_id)),
    )


class PlaceList(BaseModel):
    """Places of a day, a name or a code."""

    on: date
    items: list[PlaceBody]


PLACES_ANSWER = {
    404: {"description": "No place has that code"},
    410: {"description": "The code was retired before that day; successors are named"},
    200: {
        "content": {
            "application/json": {
                "example": {
                    "on": "2025-07-01",
                    "items": [
                        {
                            "id": "vn-33-2025", "code": "33", "name": "Hưng Yên", "type": "tỉnh",
                            "region": "Đồng bằng sông Hồng", "description": "Hưng Yên (từ 1/7/2025)",
                            "predecessors": ["vn-33-1997", "vn-34-1997"], "successors": [],
                        }
                    ],
                }
            }
        }
    }
}  # fmt: skip


@router.get("", operation_id="listPlaces", summary="Places of a day", responses=PLACES_ANSWER)  # type: ignore[arg-type]
async def list_places(
    on: Annotated[Day | None, Query(description="Day in Viet Nam; today if absent")] = None,
    name: Annotated[str | None, Query(max_length=100, description="Any spelling")] = None,
    code: Annotated[
        str | None, Query(pattern="^[0-9]{2}$", description="Means nothing without `on`")
    ] = None,
) -> PlaceList:
    """List the places that existed that day; ``code`` without ``on`` is refused with both readings."""
    if code is not None and on is None:
        places.resolve_bare(code)
    day = on or legal_day(datetime.now(UTC))
    if code is not None:
        found = [places.resolve(code, day)]
    elif name is not None:
        found = places.find(name, day)
    else:
        found = list(places.contemporary(day))
    return PlaceList(on=day, items=[place_body(place.id, day) for place in found])


@router.get("/{place_id}", operation_id="readPlace", summary="One place")
async def read_place(
    place_id: str,
    on: Annotated[Day | None, Query(description="Day in Viet Nam; today if absent")] = None,
) -> PlaceBody:
    """Return the place by its id, with predecessors and successors."""
    places.place(place_id)
    return place_body(place_id, on or legal_day(datetime.now(UTC)))
