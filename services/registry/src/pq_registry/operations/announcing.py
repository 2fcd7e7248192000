"""Turn a row into the public facts that events and answers carry, and keep the revision."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pq_common.contracts.event import Event, Mode
from pq_common.contracts.registry import (
    Enterprise,
    EnterpriseChanged,
    EnterpriseClosed,
    EnterpriseRegistered,
    EnterpriseState,
    Industry,
)
from pq_common.db.outbox import emit
from pq_registry.storage import organisations
from pq_registry.storage.tables import Organisation

Announced = EnterpriseRegistered | EnterpriseChanged | EnterpriseClosed


def mode_of(row: Organisation) -> Mode:
    """Return whether the row is official or for demonstration; what is not the one is the other."""
    return "demo" if row.mode == "demo" else "official"


def public_facts(row: Organisation) -> Enterprise:
    """Return the public facts; a sealed personal code stays out."""
    industry = None
    if row.industry_version is not None and row.industry_code is not None:
        industry = Industry(version=row.industry_version, code=row.industry_code)
    return Enterprise(
        enterprise_id=row.id,
        tax_code=row.tax_code,
        name=row.name if row.personal_code_key is None else "Hộ kinh doanh",
        legal_form=row.legal_form,
        place_id=row.place_id,
        status=row.status,
        main_industry=industry,
        size_class=row.size_class,
        roles=tuple(row.roles),
        is_fdi=row.is_fdi,
        is_synthetic=row.is_synthetic,
        valid_from=row.valid_from,
        closed_on=row.closed_on,
        successors=tuple(row.successors),
    )


def _all_facts(row: Organisation, public: Enterprise) -> dict[str, Any]:
    """Return the public facts with what only this service's readers see, as JSON."""
    return {
        **public.model_dump(mode="json"),
        "commune": row.commune,
        "address": row.address,
        "closure_reason": row.closure_reason,
    }


async def announce(
    session: AsyncSession, row: Organisation, data: Announced, now: datetime
) -> None:
    """Keep the revision and emit the event with the full state, in the caller's transaction."""
    facts = _all_facts(row, data.enterprise)
    await organisations.insert_revision(session, row, facts=facts, now=now)
    await emit(
        session,
        Event(
            data=data,
            subject=row.id,
            version=row.version,
            occurred_at=now,
            place_id=row.place_id,
            mode=mode_of(row),
            state=EnterpriseState(enterprise=data.enterprise),
        ),
    )
