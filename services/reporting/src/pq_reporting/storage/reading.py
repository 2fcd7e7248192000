"""Read the projection: plans, reports of tasks, facts of one mode, and how far it has heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.plans import Plan
from pq_common.contracts.support_grants import TaskReport
from pq_common.db.offsets import projection_offset
from pq_common.events.reader import active_schema
from pq_reporting.storage import tables

NAME = "targets"
_THERE = text("SELECT to_regnamespace(:schema) IS NOT NULL, to_regclass(:newest) IS NOT NULL")


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """A plan and the mode in which it was issued here."""

    plan: Plan
    mode: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """How far which version of the projection has heard: the offset vector, and the last business time of this mode."""

    schema: str
    vector: tuple[tuple[str, int, int], ...]
    last_occurred_at: datetime | None
    events: int


class Projected:
    """The active version of the projection, read inside one session.

    Before the first start of the worker there is none: then nothing was heard, and every list is empty. Before the first
    start of a newer worker the active version has the tables of an older one: what it never heard is empty as well.
    """

    def __init__(
        self, session: AsyncSession, schema: str, *, exists: bool, knows_withdrawals: bool
    ) -> None:
        self._session = session
        self._exists = exists
        self._knows_withdrawals = knows_withdrawals
        self.schema = schema
        self._options = {"schema_translate_map": {"projection": schema}}

    @classmethod
    async def open(cls, session: AsyncSession) -> "Projected":
        """Find the active version."""
        connection = await session.connection()
        schema = await active_schema(connection, NAME)
        newest = f"{schema}.{tables.withdrawn_series.name}"
        found = await connection.execute(_THERE, {"schema": schema, "newest": newest})
        exists, knows = found.one()
        return cls(session, schema, exists=exists, knows_withdrawals=knows)

    async def as_of(self, mode: str) -> AsOf:
        """Return how far this version has heard."""
        offsets = select(
            projection_offset.c.topic,
            projection_offset.c.partition,
            projection_offset.c.next_offset,
        ).where(projection_offset.c.projection == self.schema, projection_offset.c.next_offset > 0)
        vector = [
            (topic, partition, at) for topic, partition, at in await self._session.execute(offsets)
        ]
        said = select(
            func.max(tables.heard.c.last_occurred_at), func.sum(tables.heard.c.events)
        ).where(tables.heard.c.mode == mode)
        last, events = next(iter(await self._rows(said)), (None, 0))
        return AsOf(self.schema, tuple(sorted(vector)), last, int(events or 0))

    async def plans(self, mode: str, on: date) -> list[HeldPlan]:
        """Return every plan once, by the text in force on a day: that of this mode, else the official one.

        The newest text wins: an amendment replaces, from its day on, whatever was said before.
        """
        plan = tables.plan.c
        mine = case((plan.mode == mode, 0), else_=1)
        query = (
            select(plan.doc, plan.mode)
            .where(plan.mode.in_((mode, "official")), plan.valid_from <= on)
            .ext(distinct_on(plan.plan_code))
            .order_by(plan.plan_code, mine, plan.version.desc())
        )
        return [HeldPlan(Plan.model_validate(doc), said) for doc, said in await self._rows(query)]

    async def task_reports(self, mode: str, on: date) -> dict[tuple[str, str], TaskReport]:
        """Return the last report of each task made by a day, keyed by plan and task."""
        said = tables.task_report.c
        query = (
            select(said.plan_code, said.doc)
            .where(said.mode == mode, said.reported_on <= on)
            .ext(distinct_on(said.plan_code, said.task_code))
            .order_by(said.plan_code, said.task_code, said.version.desc())
        )
        found = {}
        for plan_code, doc in await self._rows(query):
            report = TaskReport.model_validate(doc)
            found[plan_code, report.task_code] = report
        return found

    async def activities(self, mode: str) -> Sequence[Any]:
        """Return the activities that stand."""
        query = select(tables.activity).where(
            tables.activity.c.mode == mode, tables.activity.c.status == "reported"
        )
        return await self._rows(query)

    async def certificates(self, mode: str) -> Sequence[Any]:
        """Return the certificates with their holder's name, where the registry has said it."""
        query = (
            select(tables.certificate, tables.enterprise.c.name.label("enterprise_name"))
            .outerjoin(
                tables.enterprise,
                (tables.enterprise.c.mode == tables.certificate.c.mode)
                & (tables.enterprise.c.enterprise_id == tables.certificate.c.enterprise_id),
            )
            .where(tables.certificate.c.mode == mode)
        )
        return await self._rows(query)

    async def spells(self, mode: str) -> Sequence[Any]:
        """Return the history of statuses, oldest first."""
        query = (
            select(tables.certificate_spell)
            .where(tables.certificate_spell.c.mode == mode)
            .order_by(tables.certificate_spell.c.certificate_id, tables.certificate_spell.c.since)
        )
        return await self._rows(query)

    async def results(self, mode: str, engine: str) -> Sequence[Any]:
        """Return the published results of one engine that no later one has superseded."""
        later = select(tables.tfp_result.c.supersedes).where(
            tables.tfp_result.c.mode == mode, tables.tfp_result.c.supersedes.is_not(None)
        )
        query = select(tables.tfp_result).where(
            tables.tfp_result.c.mode == mode,
            tables.tfp_result.c.engine == engine,
            tables.tfp_result.c.result_id.not_in(later),
        )
        return await self._rows(query)

    async def withdrawn_series(self, mode: str) -> Sequence[Any]:
        """Return the series that were withdrawn, by id."""
        if not self._knows_withdrawals:
            return []
        gone = tables.withdrawn_series
        return await self._rows(select(gone).where(gone.c.mode == mode).order_by(gone.c.series_id))

    async def _rows(self, query: Select[Any]) -> Sequence[Any]:
        if not self._exists:
            return []
        found: Sequence[Any] = (
            await self._session.execute(query, execution_options=self._options)
        ).all()
        return found
