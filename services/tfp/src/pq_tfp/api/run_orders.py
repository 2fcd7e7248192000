"""Stored runs on the desk of computations: what goes to the process that computes, and the run that a job keeps."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.db.scoping import Scope
from pq_common.db.session import EVERY_JOB, set_scope
from pq_common.db.work import COMPUTE
from pq_common.http.auth import Actor
from pq_common.http.imports import actor_from, kept_actor
from pq_common.http.job_store import Claim
from pq_tfp.api.compute.desk import Kind, Order
from pq_tfp.api.compute.stored import compute_stored
from pq_tfp.api.run_bodies import run_body
from pq_tfp.domain.running.compute import Computed
from pq_tfp.domain.running.specification import Specification, parameters_of
from pq_tfp.domain.store.stored import Stored
from pq_tfp.operations.compute_run import keep_run

RUN: Final = f"{COMPUTE}run"


def order_of(wanted: Specification, series: Sequence[Stored], *, mode: str, actor: Actor) -> Order:
    """Return the run as it is handed in: a job computes from the very series its caller could read when asking."""
    told = {"parameters": parameters_of(wanted), "series": [one.told() for one in series]}
    remembered = {"mode": mode, "place_id": wanted.place_id, "actor": kept_actor(actor)}
    return Order(kind=RUN, body=json.dumps(told).encode(), remembered=remembered)


def kinds() -> dict[str, Kind]:
    """Return the kind of the desk that keeps a run."""
    return {RUN: Kind(call=compute_stored, keep=_keep)}


async def _keep(session: AsyncSession, claim: Claim, computed: Computed) -> Mapping[str, Any]:
    order = claim.request
    await set_scope(session, _scope(order), actor=claim.actor, jobs=EVERY_JOB)
    row = await keep_run(
        session, computed, mode=order["mode"], actor=claim.actor, now=datetime.now(UTC)
    )
    return run_body(row).model_dump(mode="json")


def _scope(order: Mapping[str, Any]) -> Scope:
    """Return the scope of who left the job, as it was then; a job from before callers were remembered knows its place alone."""
    if "actor" in order:
        return actor_from(order["actor"]).scope
    return frozenset([order["place_id"]])
