"""Send the demonstration through the public addresses, like any client: a token, an Idempotency-Key, mode demo."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from pq_common.contracts.plans import Plan
from pq_common.errors import Invalid
from pq_embedded.client import finished, imported
from pq_embedded.console import Steps
from pq_embedded.demo import bodies
from pq_embedded.demo.activities import DemoActivity
from pq_embedded.demo.certificates import DemoCertificate
from pq_embedded.demo.enterprises import DemoEnterprise
from pq_embedded.demo.tasks import DemoTaskReport
from pq_embedded.demo.year import DemoYear, plan_of

AT_ONCE = 8
T = TypeVar("T")


class TableRefused(Invalid):
    """Rows of the demonstration's own table of series were refused."""

    code = "demo_table_refused"


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
        """Send enterprises before what names them by the ids they were given, and the table of series before all: it is read meanwhile."""
        series = await self._series()
        await _each(self._year.enterprises, self._enterprise)
        await _each(self._year.certificates, self._certificate)
        await _each(self._year.activities, self._activity)
        await _each(self._year.task_reports, self._task_report)
        await self._received(series)
        runs = [bodies.run(*one) for one in self._year.results]
        runs += [bodies.comparison(*one) for one in self._year.comparisons]
        await _each(runs, self._result)

    async def _post(self, path: str, key: str, body: dict[str, Any] | None = None) -> Any:
        """Post under a key that is the same in every run: what was done is answered again, not done again."""
        headers = {"Idempotency-Key": f"demo-{quote(key)}"}  # a task may be HP-3đ
        response = await self._client.post(path, json=body, headers=headers)
        answer = await finished(self._client, response)
        self._told()
        return answer

    def _told(self) -> None:
        self.sent += 1
        self._steps(self.sent, self._year.size)

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

    async def _series(self) -> httpx.Response:
        """Send the series of every place, and of the nation, as one table."""
        told = [body for one in self._year.series for body in bodies.series(one)]
        table = bodies.table([*told, *bodies.national_series()])
        headers = {
            "Idempotency-Key": f"demo-series-{hashlib.sha256(table).hexdigest()[:16]}",
            "Content-Type": "text/csv",
        }
        asked = {"mode": bodies.MODE, "filename": "minh-hoa.csv"}
        return await self._client.post(
            "/tfp/v1/series/imports", content=table, params=asked, headers=headers
        )

    async def _received(self, sent: httpx.Response) -> None:
        """Wait until the table is read. Raises Refused, TableRefused."""
        receipt = await imported(self._client, sent)
        if not receipt["applied"]:
            fault = receipt["faults"][0]
            where = f"{', '.join(fault['cells'])} ({fault['count']})"
            raise TableRefused(f"{where}: {fault['message_vi']}", f"{where}: {fault['message_en']}")
        self._told()

    async def _result(self, asked: dict[str, Any]) -> None:
        name = f"sti-{asked['place_id']}" if asked["sti"] else f"ccd-{asked['reference']}"
        run = await self._post("/tfp/v1/runs", f"run-{name}", asked)
        await self._post(f"/tfp/v1/runs/{run['id']}/publication", f"published-{name}")


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
