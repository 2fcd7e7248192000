"""``pq load plans``: hand the founding plans to support-grants, once."""

import hashlib
from collections.abc import Iterable

import httpx

from pq_common.contracts.plans import Plan
from pq_embedded.client import accepted
from pq_embedded.console import Steps

PLANS = "/support-grants/v1/plans"


def digest_of(plans: Iterable[Plan]) -> str:
    """Return what changes when any word of any plan changes."""
    text = "\n".join(plan.model_dump_json() for plan in plans)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def load_plans(client: httpx.AsyncClient, plans: tuple[Plan, ...], steps: Steps) -> int:
    """Send each plan that the service does not have yet; return how many were new.

    The Idempotency-Key is drawn from the plan's words: sent twice, the second answer is the first one replayed.
    """
    new = 0
    for done, plan in enumerate(plans, start=1):
        if not await _has(client, plan):
            key = f"founding-{plan.code}-{digest_of([plan])}"
            body = plan.model_dump_json()
            headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
            accepted(await client.post(PLANS, content=body, headers=headers))
            new += 1
        steps(done, len(plans))
    return new


async def _has(client: httpx.AsyncClient, plan: Plan) -> bool:
    answer = await client.get(f"{PLANS}/{plan.code}")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return False
    accepted(answer)
    return True
