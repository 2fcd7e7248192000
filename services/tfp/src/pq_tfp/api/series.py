"""Series over HTTP: declare what was measured, read it back exactly."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from pq_common.http.auth import require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_tfp.api.schemas import NewSeries, SeriesBody, series_body
from pq_tfp.operations.declare_series import declare_series
from pq_tfp.storage import series as stored

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="tfp:read"
)
WRITERS = require("ministry-admin", "ministry-analyst", "province-officer")

router = APIRouter(route_class=PlannedRoute, prefix="/series", tags=["series"])


@router.get("", operation_id="listSeries", summary="Stored series in scope", dependencies=[READERS])
async def list_series(
    request: Request,
    session: Session,
    paging: Paging,
    place: AskedPlaces,
    mode: AskedMode,
) -> Page[SeriesBody]:
    """List series by id, each with its values."""
    rows = await stored.page(session, paging.slice, mode=mode, places=place)
    values = await stored.values(session, [row.id for row in rows])
    return paging.page(
        rows, lambda row: series_body(row, values.get(row.id, {})), key=lambda row: (row.id,)
    )


@router.post(
    "", operation_id="declareSeries", summary="Declare a series", status_code=201,
    response_model=SeriesBody, dependencies=[WRITERS],
)  # fmt: skip
async def declare(request: Request, told: NewSeries, session: Session, once: Once) -> Response:
    """Store a series of one vintage; the same measure, place and vintage again is 409: a revision is another vintage."""

    async def make() -> Answer:
        described = told.told()
        mode = told.mode or request.app.state.settings.mode
        row = await declare_series(session, described, mode=mode, now=datetime.now(UTC))
        return Answer(201, series_body(row, dict(described.values)))

    return await once.do(make)
