"""Record a certificate with its validity, as printed and as it counts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pq_certification.domain import validity
from pq_certification.domain.errors import AlreadyRecorded, FactsRefused
from pq_certification.domain.lifecycle import Status
from pq_certification.domain.parameters import Scheme
from pq_certification.domain.schemes import edition_of, find_scheme, number_key
from pq_certification.domain.validity import Printed
from pq_certification.operations.announcing import announce, public_facts
from pq_certification.storage import certificates
from pq_certification.storage.tables import Certificate
from pq_common import places
from pq_common.contracts.certification import CertificateRecorded
from pq_common.dates import legal_day
from pq_common.errors import FieldError
from pq_common.text import nfc


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A certificate as its paper shows it; both printed days are inclusive."""

    enterprise_id: str
    place_id: str
    scheme: str
    edition: str | None
    body_id: str
    number: str
    is_accredited: bool | None
    decided_on: date
    printed_from: date
    printed_to: date | None
    scope_text: str | None = None
    is_synthetic: bool = False


_OF_A_FORM = {
    "enterprise_id": "mã tổ chức", "place_id": "địa bàn", "edition": "phiên bản", "decided_on": "ngày quyết định",
    "printed_from": "hiệu lực từ", "printed_to": "hiệu lực đến", "scope_text": "phạm vi",
}  # fmt: skip
"""What a line of the form says of a certificate beside number, body and scheme, and what its heading calls it."""


def differing(told: Description, row: Certificate) -> list[str]:
    """Return the facts of a form's line of which the record says another thing; number, body and scheme found it."""
    return [name for name in _OF_A_FORM if getattr(told, name) != getattr(row, name)]


def already_recorded(twin: Certificate, other: list[str]) -> AlreadyRecorded:
    """Return the refusal of what is on record, at each fact told otherwise, or at the number."""
    vi = f"Giấy chứng nhận số {twin.number} của {twin.body_id} đã được ghi nhận ({twin.id})"
    en = f"Certificate {twin.number} of {twin.body_id} is recorded already ({twin.id})"
    faults = [
        FieldError(
            f"/{name}", AlreadyRecorded.code,
            f"{vi}, ở đó {_OF_A_FORM[name]} là {_as_recorded(twin, name) or 'không có'}.",
            f"{en}, where {name} is {_as_recorded(twin, name) or 'not told'}.",
        )
        for name in other
    ] or [FieldError("/number", AlreadyRecorded.code, f"{vi}.", f"{en}.")]  # fmt: skip
    vi += f", khác ở: {', '.join(_OF_A_FORM[name] for name in other)}." if other else "."
    en += f", other than told here: {', '.join(other)}." if other else "."
    return AlreadyRecorded(vi, en, errors=faults, duplicate_of=twin.id)


def _as_recorded(twin: Certificate, name: str) -> str:
    value = getattr(twin, name)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


async def record_certificate(
    session: AsyncSession, told: Description, *, mode: str, now: datetime
) -> Certificate:
    """Record and announce, or change nothing. Raises FactsRefused with every reason, AlreadyRecorded."""
    scheme = _checked(told, legal_day(now))
    key = number_key(told.number)
    twin = await certificates.twin(
        session, mode, body_id=told.body_id, number_key=key, scheme=scheme.name
    )
    if twin is not None:
        raise already_recorded(twin, differing(told, twin))
    row = Certificate(
        id=str(uuid7()), version=1, mode=mode, place_id=told.place_id, enterprise_id=told.enterprise_id,
        body_id=told.body_id, number=nfc(told.number.strip()), number_key=key, scheme=scheme.name,
        scheme_printed=told.scheme, edition=told.edition, is_accredited=told.is_accredited,
        decided_on=told.decided_on, printed_from=told.printed_from, printed_to=told.printed_to,
        valid_from=told.printed_from, valid_before=validity.valid_before(told.printed_to),
        effective_before=validity.effective_before(told.printed_to, edition_of(scheme, told.edition)),
        status=Status.ACTIVE.value, status_since=told.printed_from, status_reason=None,
        scope_text=told.scope_text, is_synthetic=told.is_synthetic,
    )  # fmt: skip
    session.add(row)
    data = CertificateRecorded(certificate=public_facts(row))
    try:
        await announce(session, row, data, effective_on=row.valid_from, now=now)
    except IntegrityError as twin:  # out of the caller's sight, or recorded in this moment
        raise AlreadyRecorded.at(
            "/number",
            "Số giấy chứng nhận này đã được ghi nhận; nếu bạn không thấy thì địa bàn khác đã ghi nhận.",
            "This number is recorded already; where you do not see it, another province recorded it.",
        ) from twin
    return row


def _checked(told: Description, today: date) -> Scheme:
    """Return the scheme, or raise FactsRefused with every reason."""
    found = []
    scheme = find_scheme(told.scheme)
    if scheme is None:
        found.append(
            FieldError(
                "/scheme", "scheme_unknown",
                f"Không có tiêu chuẩn {told.scheme!r}; công cụ cải tiến (5S, Kaizen) không có giấy chứng nhận.",
                f"There is no scheme {told.scheme!r}; improvement tools (5S, Kaizen) have no certificate.",
            )
        )  # fmt: skip
    else:
        printed = Printed(told.decided_on, told.printed_from, told.printed_to)
        found += validity.faults(printed, scheme, told.edition, today=today)
    found += _place_faults(told)
    if not number_key(told.number):
        found.append(
            FieldError(
                "/number", "number_empty", "Số giấy chứng nhận không có chữ hay số nào.",
                "The number has neither letters nor digits.",
            )
        )  # fmt: skip
    if found or scheme is None:
        raise FactsRefused(
            f"Có {len(found)} điểm không chấp nhận được.",
            f"{len(found)} facts are refused.",
            errors=found,
        )
    return scheme


def _place_faults(told: Description) -> list[FieldError]:
    if not places.exists(told.place_id):
        return [
            FieldError(
                "/place_id", "place_unknown",
                f"Không có đơn vị hành chính {told.place_id!r}; mã có dạng vn-33-2025.",
                f"There is no place {told.place_id!r}; an id reads like vn-33-2025.",
            )
        ]  # fmt: skip
    if not places.span(told.place_id).holds(told.decided_on):
        return [
            FieldError(
                "/place_id", "place_not_of_that_day",
                f"{places.describe(told.place_id)} không tồn tại ngày {told.decided_on:%d/%m/%Y}.",
                f"{places.describe(told.place_id)} did not exist on {told.decided_on}.",
            )
        ]  # fmt: skip
    return []
