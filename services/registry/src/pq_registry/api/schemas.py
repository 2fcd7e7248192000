"""What callers say of an organisation and what they are told, in JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pq_common.contracts.event import Mode
from pq_common.contracts.registry import Enterprise
from pq_common.http.wire import Day, Flag
from pq_registry.domain.facts import LegalForm
from pq_registry.domain.status import NAMES_VI, Status
from pq_registry.operations.announcing import mode_of, public_facts
from pq_registry.operations.describing import Description
from pq_registry.storage.tables import Organisation, OrganisationRevision

Text = Annotated[str, Field(min_length=1, max_length=400)]
ShortText = Annotated[str, Field(min_length=1, max_length=60)]
EXAMPLE: dict[str, JsonValue] = {
    "tax_code": "0100047516",
    "name": "Doanh nghiệp minh họa 0001 (Hưng Yên)",
    "legal_form": "TNHH1",
    "place_id": "vn-33-2025",
    "status": "ACTIVE",
    "valid_from": "2025-08-01",
    "main_industry": {"version": "VSIC2018", "code": "10"},
    "size_class": "small",
    "roles": [],
    "is_fdi": False,
    "is_synthetic": True,
}


class IndustryCode(BaseModel):
    """A code of the classification and its version; a code alone means nothing since VSIC 2025."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[str, Field(pattern="^VSIC(2007|2018|2025)$")]
    code: Annotated[str, Field(pattern="^[0-9]{2,5}$", description="text: 01 keeps its zero")]


class Described(BaseModel):
    """An organisation as the caller describes it, true from ``valid_from``."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    tax_code: Annotated[str, Field(max_length=40)] | None = Field(
        default=None,
        description="10 digits, 13 with the unit's suffix, or 12 for a person (sealed); checked",
    )
    name: Text
    legal_form: LegalForm
    place_id: ShortText
    status: Status = Status.ACTIVE
    valid_from: Day
    commune: Text | None = None
    address: Text | None = None
    main_industry: IndustryCode | None = None
    size_class: Annotated[str, Field(pattern="^(micro|small|medium|large)$")] | None = None
    roles: list[ShortText] = Field(default=[], max_length=20)
    is_fdi: Flag | None = None
    is_synthetic: Flag = False

    def told(self) -> Description:
        """Return the description as operations take it."""
        industry = self.main_industry
        return Description(
            tax_code=self.tax_code,
            name=self.name,
            legal_form=self.legal_form,
            place_id=self.place_id,
            status=self.status,
            valid_from=self.valid_from,
            commune=self.commune,
            address=self.address,
            industry_version=industry.version if industry else None,
            industry_code=industry.code if industry else None,
            size_class=self.size_class,
            roles=tuple(self.roles),
            is_fdi=self.is_fdi,
            is_synthetic=self.is_synthetic,
        )


class NewOrganisation(Described):
    """A registration; ``mode`` is that of the instance when absent."""

    mode: Mode | None = None


class Closure(BaseModel):
    """Why and when it ended, and who continues."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"closed_on": "2026-03-31", "reason": "dissolved", "successors": []}]
        },
    )

    closed_on: Day
    reason: ShortText
    successors: list[ShortText] = Field(default=[], max_length=20)


class OrganisationBody(Enterprise):
    """The public facts with what only this service's readers see; no personal code ever."""

    version: int
    mode: Mode
    status_text_vi: str
    commune: str | None = None
    address: str | None = None
    closure_reason: str | None = None


def body_of(row: Organisation) -> OrganisationBody:
    """Return the row as its readers see it."""
    return OrganisationBody(
        **dict(public_facts(row)),
        version=row.version,
        mode=mode_of(row),
        status_text_vi=NAMES_VI[Status(row.status)],
        commune=row.commune,
        address=row.address,
        closure_reason=row.closure_reason,
    )


def body_then(row: Organisation, then: OrganisationRevision) -> OrganisationBody:
    """Return a revision in the same shape as the row of today."""
    return OrganisationBody.model_validate(
        {
            **then.facts,
            "version": then.version,
            "mode": row.mode,
            "status_text_vi": NAMES_VI[Status(then.facts["status"])],
        }
    )
