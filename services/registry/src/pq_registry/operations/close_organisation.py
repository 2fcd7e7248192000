"""Close an organisation: dissolved, bankrupt, or merged into others, which are named."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.registry import EnterpriseClosed
from pq_common.dates import legal_day
from pq_common.errors import FieldError
from pq_registry.domain import status
from pq_registry.domain.errors import FactsRefused
from pq_registry.domain.status import Status
from pq_registry.operations.announcing import announce, public_facts
from pq_registry.storage.tables import Organisation


async def close_organisation(
    session: AsyncSession,
    row: Organisation,
    *,
    closed_on: date,
    reason: str,
    successors: tuple[str, ...],
    now: datetime,
) -> Organisation:
    """Close the locked ``row`` and announce. Raises FactsRefused, IllegalTransition (also for a second closure)."""
    if Status(row.status) is Status.TERMINATED:
        status.check_transition(Status.TERMINATED, Status.ACTIVE)
    if not row.valid_from <= closed_on <= legal_day(now):
        raise FactsRefused(
            "Ngày chấm dứt không hợp lệ.", "The closing day is impossible.",
            errors=[
                FieldError(
                    "/closed_on", "closing_day_impossible",
                    f"Ngày phải từ {row.valid_from:%d/%m/%Y} đến hôm nay; nhận được {closed_on:%d/%m/%Y}.",
                    f"The day must lie between {row.valid_from} and today; got {closed_on}.",
                )
            ],
        )  # fmt: skip
    row.status = Status.TERMINATED.value
    row.closed_on = closed_on
    row.closure_reason = reason
    row.successors = list(successors)
    row.version += 1
    await announce(session, row, EnterpriseClosed(enterprise=public_facts(row), reason=reason), now)
    return row
