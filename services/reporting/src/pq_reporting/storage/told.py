"""What reporting reads of the events that come by the thousand: the fields it keeps, and no others.

The shapes are parts of those in ``pq_common.contracts``; a test holds each of them to its contract. They are checked
like those, and come as plain dictionaries, which takes a third of the time. What is kept whole, plans, activities and
results, is read as the contract has it.
"""

from datetime import date
from typing import NotRequired

from typing_extensions import TypedDict


class KeptEnterprise(TypedDict):
    enterprise_id: str
    name: str
    place_id: str
    status: str


class EnterpriseTold(TypedDict):
    """Of ``EnterpriseRegistered``, ``EnterpriseChanged`` and ``EnterpriseClosed``."""

    enterprise: KeptEnterprise


class KeptCertificate(TypedDict):
    certificate_id: str
    enterprise_id: str
    place_id: str
    scheme: str
    number: str
    decided_on: date
    valid_from: date
    valid_before: NotRequired[date | None]
    effective_before: NotRequired[date | None]
    status: str


class CertificateTold(TypedDict):
    """Of ``CertificateRecorded``."""

    certificate: KeptCertificate


class StatusTold(TypedDict):
    """Of ``CertificateStatusChanged``."""

    certificate: KeptCertificate
    effective_on: date
