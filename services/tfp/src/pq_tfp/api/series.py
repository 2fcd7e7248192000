"""Series over HTTP: declare what was measured, read it back exactly, see every vintage, check that a set is whole."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from pq_common import places
from pq_common.http.auth import CurrentActor, require
from pq_common.http.etag import etag, not_modified
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces, known_place, refuse_foreign
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_common.http.times import KnownAt, ValidAt
from pq_tfp.api.series_bodies import (
    CompletenessBody,
    MeasureBody,
    NewSeries,
    SeriesBody,
    WithdrawalIn,
    completeness_body,
    measure_body,
    series_body,
)
from pq_tfp.domain.store.completeness import examine, parts_of
from pq_tfp.domain.store.measures import MEASURES
from pq_tfp.domain.store.units import UNITS
from pq_tfp.operations.declare_series import declare_series
from pq_tfp.operations.withdraw_series import withdraw_series
from pq_tfp.storage import series as stored
from pq_tfp.storage.series import SeriesFilter

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="tfp:read"
)
WRITERS = require("ministry-admin", "ministry-analyst", "province-officer")
Name = Annotated[str | None, Query(min_length=1, max_length=100)]

router = APIRouter(route_class=PlannedRoute, prefix="/series", tags=["series"])
measures_router = APIRouter(prefix="/measures", tags=["series"])


class What:
    """The filters of a list of series, beside place and time."""

    def __init__(
        self,
        *,
        industry: Name = None,
        measure: Name = None,
        item: Name = None,
        vintage: Name = None,
        withdrawn: bool | None = None,
    ) -> None:
        self.industry, self.measure, self.item, self.vintage = industry, measure, item, vintage
        self.withdrawn = withdrawn


@measures_router.get(
    "", operation_id="listMeasures", summary="What may be declared", dependencies=[READERS]
)
async def list_measures() -> list[MeasureBody]:
    """List every measure with its kinds, prices and units, as the form of an import needs them."""
    units = sorted({unit.name: unit for unit in UNITS.values()}.values(), key=lambda one: one.name)
    return [
        measure_body(name, one, [unit.name for unit in units if unit.dimension in one.dimensions])
        for name, one in MEASURES.items()
    ]


@router.get("", operation_id="listSeries", summary="Stored series in scope", dependencies=[READERS])
async def list_series(
    session: Session,
    paging: Paging,
    place: AskedPlaces,
    mode: AskedMode,
    *,
    what: Annotated[What, Depends()],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> Page[SeriesBody]:
    """List series by id, each with its values: every vintage, or with ``valid_at`` the one in force that day.

    Those of the nation are everybody's to read who has a place.
    """
    wanted = SeriesFilter(
        mode=mode, places=place, industry=what.industry, measure=what.measure, item=what.item,
        vintage=what.vintage, valid_at=valid_at, known_at=known_at, withdrawn=what.withdrawn,
    )  # fmt: skip
    rows = await stored.page(session, paging.slice, wanted)
    values = await stored.values(session, [row.id for row in rows])
    return paging.page(
        rows, lambda row: series_body(row, values.get(row.id, {})), key=lambda row: (row.id,)
    )


@router.post(
    "", operation_id="declareSeries", summary="Declare a series", status_code=201,
    response_model=SeriesBody, dependencies=[WRITERS],
)  # fmt: skip
async def declare(
    request: Request, told: NewSeries, session: Session, once: Once, actor: CurrentActor
) -> Response:
    """Store a series of one vintage; the same measure, place and vintage again is 409: a revision is another vintage."""
    if places.exists(told.place_id):  # one that never was is named with the other faults
        refuse_foreign(actor, told.place_id)

    async def make() -> Answer:
        declaration = told.told()
        mode = told.mode or request.app.state.settings.mode
        row = await declare_series(session, declaration, mode=mode, now=datetime.now(UTC))
        body = series_body(row, dict(declaration.described.values))
        headers = {"Location": f"/tfp/v1/series/{row.id}", "ETag": etag(row.version)}
        return Answer(201, body, headers)

    return await once.do(make)


@router.get(
    "/completeness", operation_id="checkCompleteness", summary="Whether a set of series is whole",
    dependencies=[READERS],
)  # fmt: skip
async def check_completeness(
    session: Session,
    mode: AskedMode,
    actor: CurrentActor,
    *,
    place_id: Annotated[str, Query(max_length=40, examples=["vn-31-2025"])],
    vintage: Annotated[str, Query(min_length=1, max_length=100, examples=["nien-giam-2024"])],
    industry: Annotated[str, Query(min_length=1, max_length=100)] = "total",
) -> CompletenessBody:
    """Name each series and year that one predecessor lacks, and each year whose sum differs from the published total."""
    known_place(place_id, name="place_id")
    refuse_foreign(actor, place_id, at="#query/place_id")
    found = await stored.of_places(
        session, sorted({place_id, *parts_of(place_id)}), mode=mode, industry=industry,
        vintages={}, vintage=vintage,
    )  # fmt: skip
    return completeness_body(place_id, vintage, examine(place_id, found))


@router.get(
    "/{series_id}", operation_id="readSeries", summary="One series", dependencies=[READERS],
    response_model=SeriesBody,
)  # fmt: skip
async def read(series_id: str, request: Request, response: Response, session: Session) -> object:
    """Return the series; it never changes, but it may be withdrawn."""
    row = await stored.get(session, series_id)
    response.headers["ETag"] = etag(row.version)
    values = await stored.values(session, [row.id])
    return not_modified(request, etag(row.version)) or series_body(row, values.get(row.id, {}))


@router.get(
    "/{series_id}/vintages", operation_id="listVintages", summary="Every vintage of a series",
    dependencies=[READERS],
)  # fmt: skip
async def list_vintages(series_id: str, session: Session) -> list[SeriesBody]:
    """Return this series as each vintage told it, side by side, the first recorded first."""
    rows = await stored.vintages(session, await stored.get(session, series_id))
    values = await stored.values(session, [row.id for row in rows])
    return [series_body(row, values.get(row.id, {})) for row in rows]


@router.post(
    "/{series_id}/withdrawal", operation_id="withdrawSeries", summary="Withdraw a series declared in error",
    response_model=SeriesBody, dependencies=[WRITERS],
)  # fmt: skip
async def withdraw(
    series_id: str, said: WithdrawalIn, session: Session, once: Once, actor: CurrentActor
) -> Response:
    """Take it out of every later computation; it stays on record with the reason, and runs made from it say so."""

    async def make() -> Answer:
        row, values = await withdraw_series(
            session, series_id, reason=said.reason, actor=actor.id, now=datetime.now(UTC)
        )
        return Answer(200, series_body(row, values), {"ETag": etag(row.version)})

    return await once.do(make)
