"""Runs over HTTP: compute from stored series, look, and publish as a separate act."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from pq_common import places
from pq_common.http.auth import CurrentActor, require
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_tfp.api.run_bodies import BundleBody, NewRun, RunBody, bundle_body, run_body
from pq_tfp.domain.errors import BundleNotKept
from pq_tfp.operations.compute_run import compute_run
from pq_tfp.operations.publish_run import publish_run
from pq_tfp.storage import runs
from pq_tfp.storage.runs import RunFilter

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="tfp:read"
)
WRITERS = require("ministry-admin", "ministry-analyst", "province-officer")

Name = Annotated[str | None, Query(min_length=1, max_length=100)]

router = APIRouter(route_class=PlannedRoute, prefix="/runs", tags=["runs"])


@router.get("", operation_id="listRuns", summary="Runs in scope", dependencies=[READERS])
async def list_runs(
    session: Session,
    paging: Paging,
    place: AskedPlaces,
    mode: AskedMode,
    *,
    engine: Literal["VN-OFFICIAL", "TORNQVIST", "CCD"] | None = None,
    vintage: Name = None,
    industry: Name = None,
    published: bool | None = None,
) -> Page[RunBody]:
    """List runs by id, published or not."""
    wanted = RunFilter(
        mode=mode,
        places=place,
        engine=engine,
        vintage=vintage,
        industry=industry,
        published=published,
    )
    rows = await runs.page(session, paging.slice, wanted)
    later = await runs.successors(session, [row.id for row in rows])
    return paging.page(
        rows, lambda row: run_body(row, later.get(row.id)), key=lambda row: (row.id,)
    )


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
    row = await runs.get(session, run_id)
    later = await runs.successors(session, [run_id])
    return run_body(row, later.get(run_id))


@router.get(
    "/{run_id}/bundle", operation_id="readBundle", summary="All that made a run",
    dependencies=[READERS],
)  # fmt: skip
async def read_bundle(run_id: str, session: Session) -> BundleBody:
    """Return parameters, series, results and hash: whoever computes it again gets the same, or is told what differs."""
    row = await runs.get(session, run_id)
    if "series" not in row.inputs:
        raise BundleNotKept(
            f"Lần tính {run_id} được lưu trước khi có gói tính toán; hãy tính lại.",
            f"Run {run_id} was kept before runs kept their series; compute it anew.",
        )
    return bundle_body(row)


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
