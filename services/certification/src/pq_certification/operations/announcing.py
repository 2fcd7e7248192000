"""Turn a row into the public facts that events and answers carry, and keep the revision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from pq_certification.storage.tables import Certificate, CertificateRevision
from pq_common.contracts import certification as contract
from pq_common.contracts.event import Event, EventData, Mode
from pq_common.db.outbox import emit


def public_facts(row: Certificate) -> contract.Certificate:
    """Return the public facts of a certificate."""
    return contract.Certificate(
        certificate_id=row.id,
        enterprise_id=row.enterprise_id,
        place_id=row.place_id,
        scheme=row.scheme,
        edition=row.edition,
        body_id=row.body_id,
        number=row.number,
        is_accredited=row.is_accredited,
        decided_on=row.decided_on,
        printed_from=row.printed_from,
        printed_to=row.printed_to,
        valid_from=row.valid_from,
        valid_before=row.valid_before,
        effective_before=row.effective_before,
        status=row.status,
        is_synthetic=row.is_synthetic,
    )


def all_facts(row: Certificate) -> dict[str, Any]:
    """Return the public facts with what only this service's readers see, as JSON."""
    return {
        **public_facts(row).model_dump(mode="json"),
        "scheme_printed": row.scheme_printed,
        "status_since": row.status_since.isoformat(),
        "status_reason": row.status_reason,
        "scope_text": row.scope_text,
    }


async def announce(
    session: AsyncSession, row: Certificate, data: EventData, *, effective_on: date, now: datetime
) -> None:
    """Keep the revision and emit the event with the full state, in the caller's transaction."""
    session.add(
        CertificateRevision(
            certificate_id=row.id,
            version=row.version,
            place_id=row.place_id,
            effective_on=effective_on,
            recorded_at=now,
            facts=all_facts(row),
        )
    )
    mode: Mode = "demo" if row.mode == "demo" else "official"
    await emit(
        session,
        Event(
            data=data,
            subject=row.id,
            version=row.version,
            occurred_at=now,
            place_id=row.place_id,
            mode=mode,
            state=contract.CertificateState(certificate=public_facts(row)),
        ),
    )
