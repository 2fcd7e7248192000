"""What callers say of a certificate and what they are told, in JSON."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pq_certification.domain import validity
from pq_certification.domain.lifecycle import NAMES_VI, Status
from pq_certification.domain.parameters import SCHEMES
from pq_certification.operations.announcing import all_facts
from pq_certification.operations.record_certificate import Description
from pq_certification.storage.tables import Certificate, CertificateRevision
from pq_common.contracts import certification as contract
from pq_common.contracts.event import Mode
from pq_common.http.wire import Day, Flag

Text = Annotated[str, Field(min_length=1, max_length=400)]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
EXAMPLE: dict[str, JsonValue] = {
    "enterprise_id": "01987a10-0000-7000-8000-000000000001",
    "place_id": "vn-33-2025",
    "scheme": "ISO 9001",
    "edition": "2015",
    "body_id": "to-chuc-minh-hoa-01",
    "number": "MH 2025/0001",
    "is_accredited": True,
    "decided_on": "2025-09-01",
    "printed_from": "2025-09-01",
    "printed_to": "2028-08-31",
    "is_synthetic": True,
}


class NewCertificate(BaseModel):
    """A certificate as its paper shows it; both printed days are inclusive. ``mode`` is that of the instance when absent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    enterprise_id: ShortText
    place_id: ShortText
    scheme: ShortText = Field(
        description="any usual spelling: ISO 9001, TCVN ISO 9001, ISO 14000, VietGAP"
    )
    edition: ShortText | None = None
    body_id: ShortText
    number: ShortText = Field(description="as printed")
    is_accredited: Flag | None = Field(
        default=None, description="null: not known, which is not false"
    )
    decided_on: Day
    printed_from: Day
    printed_to: Day | None = Field(default=None, description="null where the scheme prints no end")
    scope_text: Text | None = None
    is_synthetic: Flag = False
    mode: Mode | None = None

    def told(self) -> Description:
        """Return the description as the operation takes it."""
        return Description(**self.model_dump(exclude={"mode"}))


class StatusChange(BaseModel):
    """What becomes of a certificate, from which day, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "status": "suspended",
                    "effective_on": "2026-02-01",
                    "reason": "surveillance not allowed",
                }
            ]
        },
    )

    status: Status
    effective_on: Day
    reason: Text


class CertificateBody(contract.Certificate):
    """The certificate with what only this service's readers see."""

    version: int
    mode: Mode
    status_text_vi: str
    scheme_printed: str
    status_since: date
    status_reason: str | None = None
    scope_text: str | None = None
    surveillance_due: list[date] = Field(
        description="last permitted days of the cycle's surveillance audits"
    )
    restorable_until: date | None = None


class VerifiedCertificate(BaseModel):
    """What the public may know of a certificate."""

    scheme: str
    edition: str | None
    body_id: str
    number: str
    status: str
    printed_from: date
    printed_to: date | None
    counts: bool


class Verification(BaseModel):
    """Whether a certificate of that number counts on that day: valid, not valid, or cannot tell, and why."""

    number: str = Field(examples=["MH 2025/0001"])
    on: date = Field(examples=["2026-06-01"])
    answer: Annotated[
        str, Field(pattern="^(valid|not_valid|cannot_tell)$", examples=["cannot_tell"])
    ]
    reason_vi: str = Field(examples=["Không có giấy chứng nhận nào mang số này trong hệ thống."])
    reason_en: str = Field(examples=["No certificate of this number is recorded here."])
    certificates: list[VerifiedCertificate]


def _body(facts: dict[str, JsonValue], *, version: int, mode: str) -> CertificateBody:
    scheme = SCHEMES[str(facts["scheme"])]
    decided, ends = date.fromisoformat(str(facts["decided_on"])), facts["printed_to"]
    printed_to = None if ends is None else date.fromisoformat(str(ends))
    status = Status(str(facts["status"]))
    due = [] if printed_to is None else validity.surveillance_due(decided, printed_to)
    return CertificateBody.model_validate(
        {
            **facts,
            "version": version,
            "mode": mode,
            "status_text_vi": NAMES_VI[status],
            "surveillance_due": due,
            "restorable_until": validity.restorable_until(printed_to, scheme, status),
        }
    )


def body_of(row: Certificate) -> CertificateBody:
    """Return the row as its readers see it."""
    return _body(all_facts(row), version=row.version, mode=row.mode)


def body_then(row: Certificate, then: CertificateRevision) -> CertificateBody:
    """Return a revision in the same shape as the row of today."""
    return _body(then.facts, version=then.version, mode=row.mode)


def verified(row: Certificate, on: date, status: str | None) -> VerifiedCertificate:
    """Return what the public may know of a certificate on a day; ``status`` is that day's, None: not yet begun."""
    counts = status is not None and validity.counts_on(
        on, Status(status), valid_from=row.valid_from, before=row.effective_before
    )
    return VerifiedCertificate(
        scheme=row.scheme,
        edition=row.edition,
        body_id=row.body_id,
        number=row.number,
        status=status or row.status,
        printed_from=row.printed_from,
        printed_to=row.printed_to,
        counts=counts,
    )
