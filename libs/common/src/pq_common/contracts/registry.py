"""What the registry says: who the organisations are. Household codes and people's names never enter an event."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from pq_common.contracts.event import EventData, Shape, StateData


class Industry(Shape):
    """A code of the economic classification with its version; a code without a version means nothing."""

    version: str = Field(examples=["VSIC2018", "VSIC2025"])
    code: str = Field(examples=["10", "1020"])


class Enterprise(Shape):
    """The public facts of one organisation as they stand after the event."""

    enterprise_id: str
    tax_code: str | None = Field(
        default=None,
        description="10 or 13 digits, without hyphen; absent where it is personal data",
    )
    name: str
    legal_form: str = Field(description="open list: TNHH1, TNHH2, CTCP, CTHD, DNTN, HTX, HKD, …")
    place_id: str = Field(
        description="the place as it was on the day of registration in this system"
    )
    status: str = Field(description="open list: ACTIVE, SUSPENDED, …, TERMINATED")
    main_industry: Industry | None = None
    size_class: str | None = Field(
        default=None, description="micro, small, medium, large or null: unknown"
    )
    roles: tuple[str, ...] = ()
    is_fdi: bool | None = None
    is_synthetic: bool = False
    valid_from: date
    closed_on: date | None = None
    successors: tuple[str, ...] = ()


class EnterpriseRegistered(EventData):
    TYPE: ClassVar[str] = "pq.registry.enterprise.registered.v1"
    enterprise: Enterprise


class EnterpriseChanged(EventData):
    TYPE: ClassVar[str] = "pq.registry.enterprise.changed.v1"
    enterprise: Enterprise
    changed: tuple[str, ...] = Field(description="names of the fields that changed")
    reason: str | None = None


class EnterpriseClosed(EventData):
    TYPE: ClassVar[str] = "pq.registry.enterprise.closed.v1"
    enterprise: Enterprise
    reason: str = Field(description="open list: dissolved, bankrupt, merged, …")


class EnterpriseState(StateData):
    TYPE: ClassVar[str] = "pq.registry.enterprise.state.v1"
    enterprise: Enterprise
