"""Runs over HTTP: compute from stored series, look, and publish as a separate act."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from pq_common import places
from pq_common.http.auth import CurrentActor, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_tfp.api.schemas import NewRun, RunBody, run_body
from pq_tfp.operations.compute_run import compute_run
from pq_tfp.operations.publish_run import publish_run
from pq_tfp.storage import runs

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="tfp:read"
)
WRITERS = require("ministry-admin", "ministry-analyst", "province-officer")

router = APIRouter(route_class=PlannedRoute, prefix="/runs", tags=["runs"])


@router.get("", operation_id="listRuns", summary="Runs in scope", dependencies=[READERS])
async def list_runs(
    request: Request,
    session: Session,
    paging: Paging,
    place: AskedPlaces,
    mode: AskedMode,
) -> Page[RunBody]:
    """List runs by id, published or not."""
    rows = await runs.page(session, paging.slice, mode=mode, places=place)
    return paging.page(rows, run_body, key=lambda row: (row.id,))


@router.post(
    "", operation_id="computeRun", summary="Compute from stored series", status_code=201,
    response_model=RunBody, dependencies=[WRITERS],
)  # fmt: skip
async def compute(
    request: Request, told: NewRun, session: Session, once: Once, actor: CurrentActor
) -> Response:
    """Compute and keep a run; it is not published by that."""
    places.place(told.place_id)

    async def make() -> Answer:
        mode = told.mode or request.app.state.settings.mode
        row = await compute_run(
            session, told.wanted(), mode=mode, actor=actor.id, now=datetime.now(UTC)
        )
        return Answer(201, run_body(row), {"Location": f"/tfp/v1/runs/{row.id}"})

    return await once.do(make)


@router.get("/{run_id}", operation_id="readRun", summary="One run", dependencies=[READERS])
async def read(run_id: str, session: Session) -> RunBody:
    """Return the run with inputs, parameters, results and the hash of all of them."""
    return run_body(await runs.get(session, run_id))


@router.post(
    "/{run_id}/publication", operation_id="publishRun", summary="Publish a run",
    response_model=RunBody, dependencies=[WRITERS],
)  # fmt: skip
async def publish(run_id: str, session: Session, once: Once, actor: CurrentActor) -> Response:
    """Publish the run: its figures become public and go onto the bus; once."""

    async def make() -> Answer:
        row = await runs.lock(session, run_id)
        await publish_run(session, row, actor=actor.id, now=datetime.now(UTC))
        return Answer(200, run_body(row))

    return await once.do(make)
