"""What reporting reads of the events that come by the thousand: the fields it keeps, and no others.

The shapes are parts of those in ``pq_common.contracts``; a test holds each of them to its contract. What is kept whole,
plans, activities and results, is read as the contract has it.
"""

from datetime import date

from pq_common.contracts.event import Shape


class KeptEnterprise(Shape):
    enterprise_id: str
    name: str
    place_id: str
    status: str


class EnterpriseTold(Shape):
    """Of ``EnterpriseRegistered``, ``EnterpriseChanged`` and ``EnterpriseClosed``."""

    enterprise: KeptEnterprise


class KeptCertificate(Shape):
    certificate_id: str
    enterprise_id: str
    place_id: str
    scheme: str
    number: str
    decided_on: date
    valid_from: date
    valid_before: date | None = None
    effective_before: date | None = None
    status: str


class CertificateTold(Shape):
    """Of ``CertificateRecorded``."""

    certificate: KeptCertificate


class StatusTold(Shape):
    """Of ``CertificateStatusChanged``."""

    certificate: KeptCertificate
    effective_on: date
