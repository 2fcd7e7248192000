"""What certification says: which enterprise holds which certificate, and until when."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from pq_common.contracts.event import EventData, Shape, StateData


class Certificate(Shape):
    """The public facts of one certificate. Intervals are half-open; the printed dates stand beside them, inclusive."""

    certificate_id: str
    enterprise_id: str
    place_id: str
    scheme: str = Field(examples=["ISO 9001"])
    edition: str | None = Field(default=None, examples=["2015"])
    body_id: str
    number: str = Field(description="as printed; unique only together with body and scheme")
    is_accredited: bool | None = None
    decided_on: date = Field(description="day of the initial certification decision")
    printed_from: date
    printed_to: date | None = Field(
        default=None, description="inclusive, as printed; null: no expiry"
    )
    valid_from: date
    valid_before: date | None = None
    effective_before: date | None = Field(
        default=None,
        description="valid_before or the end of the edition's transition, whichever comes first",
    )
    status: str = Field(
        description="open list: active, suspended, withdrawn, cancelled, transferred"
    )
    is_synthetic: bool = False


class CertificateRecorded(EventData):
    TYPE: ClassVar[str] = "pq.certification.certificate.recorded.v1"
    certificate: Certificate


class CertificateStatusChanged(EventData):
    TYPE: ClassVar[str] = "pq.certification.certificate.status-changed.v1"
    certificate: Certificate
    previous_status: str
    effective_on: date
    reason: str | None = None


class CertificateState(StateData):
    TYPE: ClassVar[str] = "pq.certification.certificate.state.v1"
    certificate: Certificate
