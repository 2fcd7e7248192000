"""Every query on certificates, by name. Row-level security limits each to the caller's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from pq_certification.domain.errors import CertificateNotFound
from pq_certification.domain.lifecycle import Status
from pq_certification.storage.tables import Certificate, CertificateRevision, KnownEnterprise
from pq_common.keyset import Slice


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is limited to; None does not limit. ``valid_on`` keeps what counts on that day."""

    mode: str
    places: frozenset[str] | None = None
    enterprise_id: str | None = None
    scheme: str | None = None
    status: str | None = None
    valid_on: date | None = None


async def get(session: AsyncSession, certificate_id: str) -> Certificate:
    """Return the certificate. Raises CertificateNotFound, also outside scope."""
    found = await session.get(Certificate, certificate_id)
    if found is None:
        raise CertificateNotFound.of(certificate_id)
    return found


async def lock(session: AsyncSession, certificate_id: str) -> Certificate:
    """Return the certificate with its row locked to the end of the transaction. Raises CertificateNotFound."""
    found = await session.get(Certificate, certificate_id, with_for_update=True)
    if found is None:
        raise CertificateNotFound.of(certificate_id)
    return found


async def twin(
    session: AsyncSession, mode: str, *, body_id: str, number_key: str, scheme: str
) -> Certificate | None:
    """Return the certificate with the same number of the same body and scheme, if the caller may see it."""
    query = select(Certificate).where(
        Certificate.mode == mode,
        Certificate.body_id == body_id,
        Certificate.number_key == number_key,
        Certificate.scheme == scheme,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def page(session: AsyncSession, wanted: Filter, part: Slice) -> Sequence[Certificate]:
    """Return a page by id: stable under inserts, since ids grow with time."""
    query = select(Certificate).where(Certificate.mode == wanted.mode)
    if wanted.places is not None:
        query = query.where(Certificate.place_id.in_(wanted.places))
    if wanted.enterprise_id is not None:
        query = query.where(Certificate.enterprise_id == wanted.enterprise_id)
    if wanted.scheme is not None:
        query = query.where(Certificate.scheme == wanted.scheme)
    if wanted.status is not None:
        query = query.where(Certificate.status == wanted.status)
    if wanted.valid_on is not None:
        then = _in_effect(wanted.valid_on).subquery()
        query = query.join(then, then.c.certificate_id == Certificate.id).where(
            then.c.status == Status.ACTIVE.value,
            Certificate.valid_from <= wanted.valid_on,
            or_(
                Certificate.effective_before.is_(None),
                Certificate.effective_before > wanted.valid_on,
            ),
        )
    return (await session.execute(part.of(query, Certificate.id))).scalars().all()


async def revision(
    session: AsyncSession, certificate_id: str, *, valid_at: date | None, known_at: datetime | None
) -> CertificateRevision:
    """Return what was in effect on ``valid_at`` as recorded by ``known_at``. Raises CertificateNotFound."""
    query = select(CertificateRevision).where(CertificateRevision.certificate_id == certificate_id)
    if valid_at is not None:
        query = query.where(CertificateRevision.effective_on <= valid_at)
    if known_at is not None:
        query = query.where(CertificateRevision.recorded_at <= known_at)
    newest = query.order_by(
        CertificateRevision.effective_on.desc(), CertificateRevision.version.desc()
    ).limit(1)
    found = (await session.execute(newest)).scalar_one_or_none()
    if found is None:
        raise CertificateNotFound.of(certificate_id)
    return found


def _in_effect(day: date) -> Select[str, str]:
    """Return the status of each certificate on a day: what is so today says nothing of last year."""
    status = CertificateRevision.facts["status"].astext.label("status")
    return (
        select(CertificateRevision.certificate_id, status)
        .ext(distinct_on(CertificateRevision.certificate_id))
        .where(CertificateRevision.effective_on <= day)
        .order_by(
            CertificateRevision.certificate_id,
            CertificateRevision.effective_on.desc(),
            CertificateRevision.version.desc(),
        )
    )


async def statuses_on(
    session: AsyncSession, certificate_ids: Iterable[str], day: date
) -> dict[str, str]:
    """Return the status that each of these had on a day; one that had not begun is left out."""
    wanted = CertificateRevision.certificate_id.in_(list(certificate_ids))
    rows = await session.execute(_in_effect(day).where(wanted))
    return {row.certificate_id: row.status for row in rows}


async def by_number(session: AsyncSession, mode: str, number_key: str) -> Sequence[Certificate]:
    """Return every certificate of that number, of whatever body: numbers are unique only per body."""
    query = select(Certificate).where(
        Certificate.mode == mode, Certificate.number_key == number_key
    )
    return (await session.execute(query.order_by(Certificate.id).limit(50))).scalars().all()


async def known_enterprise(
    session: AsyncSession, enterprise_id: str, mode: str
) -> KnownEnterprise | None:
    """Return what the registry has told us of an enterprise, if anything yet."""
    return await session.get(KnownEnterprise, (enterprise_id, mode))
