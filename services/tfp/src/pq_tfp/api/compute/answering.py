"""A body becomes an answer at once, or a job (202) whose result is the answer: the stateless computations on the desk."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse

from pq_common.db.session import Database, set_scope
from pq_common.db.work import COMPUTE
from pq_common.http.auth import Actor
from pq_common.http.guest_jobs import new_job
from pq_common.http.job_store import Claim
from pq_tfp.api.compute.catalogue import ROUTES
from pq_tfp.api.compute.desk import NOBODY_LISTENS, CallerLeft, Desk, Handed, Kind, Order
from pq_tfp.api.compute.engines import compute_within


async def answer(desk: Desk, request: Request, name: str, actor: Actor) -> Response:
    """Answer 200 with the route's answer, or 202 with a job. Raises what the computation refuses."""
    order = Order(kind=f"{COMPUTE}{name}", body=await request.body(), remembered={})
    try:
        async with desk.hand_in(request, order) as handed:
            if handed.is_answered:
                return Response(handed.answer, media_type="application/json")
            return await _accept(desk, request.app.state.database, handed, actor)
    except CallerLeft:
        return Response(status_code=NOBODY_LISTENS)


def kinds(repeats: int) -> dict[str, Kind]:
    """Return the kinds of the desk that answer without keeping anything, one for each route; none repeats an estimate more often."""
    return {
        f"{COMPUTE}{name}": Kind(call=compute_within, leading=(name, repeats), keep=_as_result)
        for name in ROUTES
    }


async def _accept(desk: Desk, database: Database, handed: Handed, actor: Actor) -> Response:
    job_id, owner = new_job(actor)
    async with database.sessions.begin() as session:
        await set_scope(session, frozenset(), actor=owner.id)
        accepted = await desk.accept(session, handed, job_id, owner)
    headers = {"Location": accepted.follow}
    return JSONResponse(accepted.model_dump(mode="json"), 202, headers=headers)


async def _as_result(session: AsyncSession, claim: Claim, answer: bytes) -> Mapping[str, Any]:
    result: dict[str, Any] = json.loads(answer)
    return result
