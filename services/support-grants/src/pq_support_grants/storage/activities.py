"""Activities: heads that are locked, revisions that are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, cast, exists, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.support_grants import Activity
from pq_common.keyset import Slice
from pq_common.text import fold
from pq_support_grants.domain.errors import ActivityNotFound
from pq_support_grants.storage.plans import PROGRAMME
from pq_support_grants.storage.tables import (
    ActivityRevision,
    ActivityRow,
    EvidenceRow,
    PlanCode,
)

Revision = ActivityRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which activities, by which knowledge. ``first_day`` and ``last_day`` bound the days they touch."""

    mode: str
    known_at: datetime | None = None
    places: frozenset[str] | None = None
    indicator: str | None = None
    plan_code: str | None = None
    clause_code: str | None = None
    task_code: str | None = None
    programme: str | None = None
    status: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    subject: str | None = None
    evidence: str | None = None


async def lock(session: AsyncSession, activity_id: UUID) -> ActivityRow:
    """Return the head, locked until the transaction ends; raise ActivityNotFound."""
    row = await session.get(ActivityRow, activity_id, with_for_update=True)
    if row is None:
        raise not_found(activity_id)
    return row


async def revision(
    session: AsyncSession, activity_id: UUID, *, known_at: datetime | None = None
) -> ActivityRevision:
    """Return the activity as it was known then; raise ActivityNotFound."""
    statement = select(Revision).where(Revision.activity_id == activity_id, _known(known_at))
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise not_found(activity_id)
    return row


async def page(
    session: AsyncSession, wanted: ActivityFilter, asked: Slice
) -> Sequence[ActivityRevision]:
    """Return activities, those that began last first."""
    statement = select(Revision).where(*_conditions(wanted))
    statement = asked.of(statement, Revision.starts_on, Revision.activity_id, descending=True)
    return (await session.execute(statement)).scalars().all()


async def write(
    session: AsyncSession,
    head: ActivityRow,
    activity: Activity,
    *,
    now: datetime,
    reason: str | None = None,
) -> ActivityRevision:
    """Write the revision that ``head.version`` numbers, and end the one before it."""
    await session.execute(
        update(Revision)
        .where(Revision.activity_id == head.id, Revision.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    row = Revision(
        activity_id=head.id, version=head.version, place_id=activity.place_id, mode=head.mode,
        status=activity.status, indicator=activity.indicator, starts_on=activity.starts_on,
        ends_on=activity.ends_on, quantity=Decimal(activity.quantity), unit=activity.unit,
        subjects=list(activity.subjects), plan_code=activity.plan_code,
        clause_codes=list(activity.clause_codes), task_code=activity.task_code, recorded_at=now,
        superseded_at=None, reason=reason, document=activity.model_dump(mode="json"),
    )  # fmt: skip
    session.add(row)
    session.add_all(_evidence(head, activity))
    return row


async def is_on_record(session: AsyncSession, activity: Activity, mode: str) -> bool:
    """Tell whether an activity with the very same facts is reported, under whatever id."""
    facts = activity.model_dump(mode="json", exclude={"activity_id"})
    statement = select(Revision.activity_id).where(
        _known(None),
        Revision.mode == mode,
        Revision.place_id == activity.place_id,
        Revision.indicator == activity.indicator,
        Revision.starts_on == activity.starts_on,
        Revision.document.op("-")("activity_id") == cast(facts, JSONB),
    )
    return (await session.execute(statement.limit(1))).first() is not None


def not_found(activity_id: UUID) -> ActivityNotFound:
    """Return the one refusal for what is not there and for what is not the caller's."""
    return ActivityNotFound(
        f"Không có hoạt động {activity_id} trong phạm vi của bạn.",
        f"There is no activity {activity_id} in your scope.",
    )


def _known(known_at: datetime | None) -> ColumnElement[bool]:
    if known_at is None:
        return Revision.superseded_at.is_(None)
    still = or_(Revision.superseded_at.is_(None), Revision.superseded_at > known_at)
    return (Revision.recorded_at <= known_at) & still


def _conditions(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    found = [_known(wanted.known_at), Revision.mode == wanted.mode]
    for column, value in (
        (Revision.indicator, wanted.indicator),
        (Revision.plan_code, wanted.plan_code),
        (Revision.task_code, wanted.task_code),
        (Revision.status, wanted.status),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.places is not None:
        found.append(Revision.place_id.in_(wanted.places))
    if wanted.clause_code is not None:
        found.append(Revision.clause_codes.contains([wanted.clause_code]))
    if wanted.subject is not None:
        found.append(Revision.subjects.contains([wanted.subject]))
    if wanted.first_day is not None:
        found.append(Revision.ends_on >= wanted.first_day)
    if wanted.last_day is not None:
        found.append(Revision.starts_on <= wanted.last_day)
    return [*found, *_related(wanted)]


def _related(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.programme is not None:
        found.append(
            exists().where(
                PlanCode.plan_code == Revision.plan_code,
                PlanCode.kind == PROGRAMME,
                PlanCode.code == wanted.programme,
            )
        )
    if wanted.evidence is not None:
        found.append(
            exists().where(
                EvidenceRow.activity_id == Revision.activity_id,
                EvidenceRow.version == Revision.version,
                EvidenceRow.reference_key == fold(wanted.evidence),
            )
        )
    return found


def _evidence(head: ActivityRow, activity: Activity) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            activity_id=head.id, version=head.version, number=number, place_id=activity.place_id,
            kind=proof.kind, reference=proof.reference, reference_key=fold(proof.reference),
            issued_on=proof.issued_on, url=proof.url,
        )
        for number, proof in enumerate(activity.evidence)
    ]  # fmt: skip
