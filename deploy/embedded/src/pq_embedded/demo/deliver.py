"""Send the demonstration through the public addresses, like any client: a token, an Idempotency-Key, mode demo."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from pq_common.contracts.plans import Plan
from pq_embedded.client import finished
from pq_embedded.console import Steps
from pq_embedded.demo import bodies
from pq_embedded.demo.activities import DemoActivity
from pq_embedded.demo.certificates import DemoCertificate
from pq_embedded.demo.enterprises import DemoEnterprise
from pq_embedded.demo.growth import DemoSeries
from pq_embedded.demo.tasks import DemoTaskReport
from pq_embedded.demo.year import DemoYear, plan_of

AT_ONCE = 8
T = TypeVar("T")


class Delivery:
    """One run. ``steps`` hears of every answer; the first refusal ends the run."""

    def __init__(
        self, client: httpx.AsyncClient, year: DemoYear, plans: Sequence[Plan], steps: Steps
    ) -> None:
        self._client = client
        self._year = year
        self._plans = plans
        self._steps = steps
        self._ids: dict[str, str] = {}
        self.sent = 0

    async def run(self) -> None:
        """Send enterprises first: certificates and activities name them by the ids they were given."""
        await _each(self._year.enterprises, self._enterprise)
        await _each(self._year.certificates, self._certificate)
        await _each(self._year.activities, self._activity)
        await _each(self._year.task_reports, self._task_report)
        await _each(self._year.series, self._series)
        await _each(self._year.results, lambda one: self._result(*one))

    async def _post(self, path: str, key: str, body: dict[str, Any] | None = None) -> Any:
        """Post under a key that is the same in every run: what was done is answered again, not done again."""
        headers = {"Idempotency-Key": f"demo-{quote(key)}"}  # a task may be HP-3đ
        response = await self._client.post(path, json=body, headers=headers)
        answer = await finished(self._client, response)
        self.sent += 1
        self._steps(self.sent, self._year.size)
        return answer

    async def _enterprise(self, one: DemoEnterprise) -> None:
        answer = await self._post("/registry/v1/enterprises", one.key, bodies.enterprise(one))
        self._ids[one.tax_code] = answer["enterprise_id"]

    async def _certificate(self, one: DemoCertificate) -> None:
        holder = self._ids[one.enterprise.tax_code]
        await self._post("/certification/v1/certificates", one.key, bodies.certificate(one, holder))

    async def _activity(self, one: DemoActivity) -> None:
        plan = plan_of(one.clauses[0], self._plans) if one.clauses else None
        body = bodies.activity(one, plan, [self._ids[e.tax_code] for e in one.enterprises])
        await self._post("/support-grants/v1/activities", one.key, body)

    async def _task_report(self, one: DemoTaskReport) -> None:
        path = f"/support-grants/v1/plans/{one.plan_code}/tasks/{quote(one.task_code)}/reports"
        await self._post(path, one.key, bodies.task_report(one))

    async def _series(self, one: DemoSeries) -> None:
        for body in bodies.series(one):
            await self._post("/tfp/v1/series", f"{one.province.short}-{body['measure']}", body)

    async def _result(self, place_id: str, boundary: str) -> None:
        run = await self._post("/tfp/v1/runs", f"run-{place_id}", bodies.run(place_id, boundary))
        await self._post(f"/tfp/v1/runs/{run['id']}/publication", f"published-{place_id}")


async def deliver(
    client: httpx.AsyncClient, year: DemoYear, plans: Sequence[Plan], steps: Steps
) -> int:
    """Send everything and return how many commands that took."""
    delivery = Delivery(client, year, plans, steps)
    await delivery.run()
    return delivery.sent


async def _each(things: Iterable[T], send: Callable[[T], Awaitable[None]]) -> None:
    """Send all, a few at a time; the first failure ends the others and is raised."""
    waiting = iter(things)

    async def work() -> None:
        for thing in waiting:
            await send(thing)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
