"""Does a certificate count today? Free for everybody; a wrong "valid" is the worst answer, so doubt says so."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from pq_certification.api.schemas import Verification, VerifiedCertificate, verified
from pq_certification.domain.schemes import number_key
from pq_certification.storage import certificates
from pq_common.contracts.event import Mode
from pq_common.dates import legal_day
from pq_common.http.session import PublicSession
from pq_common.http.wire import Day

router = APIRouter(prefix="/verification", tags=["verification"])

REASONS = {
    "cannot_tell": (
        "Không có giấy chứng nhận nào mang số này trong hệ thống; điều đó không có nghĩa là giấy giả.",
        "No certificate of this number is recorded here; that does not mean it is false.",
    ),
    "valid": (
        "Có giấy chứng nhận mang số này còn hiệu lực vào ngày hỏi; hãy đối chiếu tổ chức chứng nhận và tiêu chuẩn.",
        "A certificate of this number is valid on that day; compare the body and the scheme.",
    ),
    "not_valid": (
        "Mọi giấy chứng nhận mang số này đều không còn hoặc chưa có hiệu lực vào ngày hỏi.",
        "No certificate of this number is valid on that day.",
    ),
}


def judge(found: Sequence[VerifiedCertificate]) -> str:
    """Return valid, not_valid or cannot_tell."""
    if not found:
        return "cannot_tell"
    return "valid" if any(certificate.counts for certificate in found) else "not_valid"


@router.get("", operation_id="verifyCertificate", summary="Verify a certificate by its number")
async def verify(
    request: Request,
    session: PublicSession,
    number: Annotated[
        str, Query(min_length=1, max_length=100, description="As printed, in any spacing")
    ],
    on: Annotated[Day | None, Query(description="Day in Viet Nam; today if absent")] = None,
    mode: Mode | None = None,
) -> Verification:
    """Say whether a certificate of that number counts on that day, and why; numbers are unique only per body."""
    day = on or legal_day(datetime.now(UTC))
    rows = await certificates.by_number(
        session, mode or request.app.state.settings.mode, number_key(number)
    )
    statuses = await certificates.statuses_on(session, [row.id for row in rows], day)
    found = [verified(row, day, statuses.get(row.id)) for row in rows]
    answer = judge(found)
    vietnamese, english = REASONS[answer]
    return Verification(
        number=number,
        on=day,
        answer=answer,
        reason_vi=vietnamese,
        reason_en=english,
        certificates=found,
    )
