"""Suspend, restore, withdraw, cancel or transfer a certificate: one table decides what may follow what."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from pq_certification.domain import lifecycle
from pq_certification.domain.errors import FactsRefused
from pq_certification.domain.lifecycle import Status
from pq_certification.operations.announcing import announce, public_facts
from pq_certification.storage.tables import Certificate
from pq_common.contracts.certification import CertificateStatusChanged
from pq_common.dates import legal_day
from pq_common.errors import FieldError


async def change_status(
    session: AsyncSession,
    row: Certificate,
    after: Status,
    *,
    effective_on: date,
    reason: str,
    now: datetime,
) -> Certificate:
    """Change the status of the locked ``row`` and announce. Raises IllegalTransition, FactsRefused."""
    before = Status(row.status)
    lifecycle.check_transition(before, after)
    if not row.status_since <= effective_on <= legal_day(now):
        raise FactsRefused(
            "Ngày có hiệu lực không hợp lệ.", "The day of effect is impossible.",
            errors=[
                FieldError(
                    "/effective_on", "day_of_effect_impossible",
                    f"Ngày phải từ {row.status_since:%d/%m/%Y} đến hôm nay; nhận được {effective_on:%d/%m/%Y}.",
                    f"The day must lie between {row.status_since} and today; got {effective_on}.",
                )
            ],
        )  # fmt: skip
    row.status = after.value
    row.status_since = effective_on
    row.status_reason = reason
    row.version += 1
    data = CertificateStatusChanged(
        certificate=public_facts(row),
        previous_status=before.value,
        effective_on=effective_on,
        reason=reason,
    )
    await announce(session, row, data, effective_on=effective_on, now=now)
    return row
