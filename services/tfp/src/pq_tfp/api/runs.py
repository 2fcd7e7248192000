"""Runs over HTTP: compute from stored series, look, and publish as a separate act."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pq_common import places
from pq_common.http.auth import CurrentActor, require
from pq_common.http.guest_jobs import new_job
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces, refuse_foreign
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session, open_again
from pq_tfp.api.compute.desk import NOBODY_LISTENS, CallerLeft, ComputeAccepted, Desk
from pq_tfp.api.run_bodies import BundleBody, NewRun, RunBody, bundle_body, run_body
from pq_tfp.api.run_orders import order_of
from pq_tfp.domain.errors import BundleNotKept
from pq_tfp.domain.running.specification import Engine
from pq_tfp.operations.compute_run import keep_run, read_series
from pq_tfp.operations.publish_run import publish_run
from pq_tfp.storage import runs
from pq_tfp.storage.runs import RunFilter
from pq_tfp.storage.series import withdrawn_among

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
    engine: Engine | None = None,
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
    gone = await withdrawn_among(session, {one for row in rows for one in runs.series_of(row)})
    return paging.page(
        rows, lambda row: run_body(row, later.get(row.id), gone), key=lambda row: (row.id,)
    )


@router.post(
    "", operation_id="computeRun", summary="Compute from stored series", status_code=201,
    response_model=RunBody, dependencies=[WRITERS],
    responses={202: {"model": ComputeAccepted, "description": "Slow: a job, whose result is the run"}},
)  # fmt: skip
async def compute(
    request: Request, told: NewRun, session: Session, once: Once, actor: CurrentActor
) -> Response:
    """Compute and keep a run; it is not published by that."""
    places.place(told.place_id)
    refuse_foreign(actor, told.place_id)
    if (kept := await once.answered()) is not None:
        return kept
    mode = told.mode or request.app.state.settings.mode
    wanted = told.wanted()
    series = await read_series(session, wanted, mode=mode)
    order = order_of(wanted, series, mode=mode, actor=actor)
    await session.rollback()  # nothing was written, and no connection waits for the computation
    desk: Desk = request.app.state.desk
    try:
        async with desk.hand_in(request, order) as handed:

            async def make() -> Answer:
                if not handed.is_answered:
                    accepted = await desk.accept(session, handed, *new_job(actor))
                    return Answer(202, accepted, {"Location": accepted.follow})
                row = await keep_run(
                    session, handed.answer, mode=mode, actor=actor.id, now=datetime.now(UTC)
                )
                return Answer(201, run_body(row), {"Location": f"/tfp/v1/runs/{row.id}"})

            await open_again(session, actor)
            return await once.do(make)
    except CallerLeft:
        return Response(status_code=NOBODY_LISTENS)


@router.get("/{run_id}", operation_id="readRun", summary="One run", dependencies=[READERS])
async def read(run_id: str, session: Session) -> RunBody:
    """Return the run with inputs, parameters, results and the hash of all of them."""
    row = await runs.get(session, run_id)
    later = await runs.successors(session, [run_id])
    return run_body(row, later.get(run_id), await withdrawn_among(session, runs.series_of(row)))


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
