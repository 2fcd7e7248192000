"""Certificates over HTTP: record, look up, change their status."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pq_certification.api.schemas import (
    CertificateBody,
    NewCertificate,
    StatusChange,
    body_of,
    body_then,
)
from pq_certification.domain.lifecycle import Status
from pq_certification.domain.schemes import find_scheme
from pq_certification.operations.change_status import change_status
from pq_certification.operations.record_certificate import record_certificate
from pq_certification.storage import certificates
from pq_certification.storage.certificates import Filter
from pq_certification.storage.tables import Certificate
from pq_common.http.auth import require
from pq_common.http.etag import etag, not_modified
from pq_common.http.idempotency import Answer, Once
from pq_common.http.modes import AskedMode
from pq_common.http.pages import Page, Paging
from pq_common.http.placing import AskedPlaces
from pq_common.http.planned import PlannedRoute
from pq_common.http.session import Session
from pq_common.http.times import KnownAt, ValidAt
from pq_common.http.wire import Day

READERS = require(
    "ministry-admin", "ministry-analyst", "province-officer", "agency", scope="certification:read"
)
WRITERS = require("ministry-admin", "province-officer")

router = APIRouter(route_class=PlannedRoute, prefix="/certificates", tags=["certificates"])


def answer(row: Certificate, status: int = 200) -> Answer:
    """Return the certificate as a command answers it, with its tag."""
    headers = {"ETag": etag(row.version), "Location": f"/certification/v1/certificates/{row.id}"}
    return Answer(status, body_of(row), headers)


@router.get(
    "", operation_id="listCertificates", summary="Certificates in scope", dependencies=[READERS]
)
async def list_certificates(
    request: Request,
    session: Session,
    paging: Paging,
    *,
    place: AskedPlaces,
    enterprise_id: Annotated[str | None, Query(max_length=100)] = None,
    scheme: Annotated[str | None, Query(max_length=100, description="Any usual spelling")] = None,
    status: Status | None = None,
    valid_on: Annotated[Day | None, Query(description="Only those that count on this day")] = None,
    mode: AskedMode,
) -> Page[CertificateBody]:
    """List certificates by id; rows outside the caller's scope are not there."""
    known = find_scheme(scheme) if scheme else None
    wanted = Filter(
        mode=mode,
        places=place,
        enterprise_id=enterprise_id,
        scheme=known.name if known else scheme,
        status=status.value if status else None,
        valid_on=valid_on,
    )
    rows = await certificates.page(session, wanted, paging.slice)
    return paging.page(rows, body_of, key=lambda row: (row.id,))


@router.post(
    "", operation_id="recordCertificate", summary="Record a certificate", status_code=201,
    response_model=CertificateBody, dependencies=[WRITERS],
)  # fmt: skip
async def record(request: Request, told: NewCertificate, session: Session, once: Once) -> Response:
    """Record a certificate once; the same number of the same body and scheme answers 409 with ``duplicate_of``."""

    async def make() -> Answer:
        mode = told.mode or request.app.state.settings.mode
        row = await record_certificate(session, told.told(), mode=mode, now=datetime.now(UTC))
        return answer(row, 201)

    return await once.do(make)


@router.get(
    "/{certificate_id}", operation_id="readCertificate", summary="One certificate",
    response_model=CertificateBody, dependencies=[READERS],
)  # fmt: skip
async def read(
    certificate_id: str,
    request: Request,
    response: Response,
    session: Session,
    *,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> object:
    """Return the certificate as it stands, or as it was on a day, or as it was known then."""
    row = await certificates.get(session, certificate_id)
    if valid_at is not None or known_at is not None:
        then = await certificates.revision(
            session, certificate_id, valid_at=valid_at, known_at=known_at
        )
        return body_then(row, then)
    tag = etag(row.version)
    response.headers["ETag"] = tag
    return not_modified(request, tag) or body_of(row)


@router.post(
    "/{certificate_id}/status", operation_id="changeCertificateStatus",
    summary="Suspend, restore, withdraw, cancel or transfer", response_model=CertificateBody,
    dependencies=[WRITERS],
)  # fmt: skip
async def set_status(
    certificate_id: str, told: StatusChange, session: Session, once: Once
) -> Response:
    """Change the status from a day on, with a reason; what may follow what is one table."""

    async def make() -> Answer:
        row = await certificates.lock(session, certificate_id)
        await change_status(
            session,
            row,
            told.status,
            effective_on=told.effective_on,
            reason=told.reason,
            now=datetime.now(UTC),
        )
        return answer(row)

    return await once.do(make)
