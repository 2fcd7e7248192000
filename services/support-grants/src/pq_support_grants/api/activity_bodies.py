"""Activities as callers send them and as they are told of them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pq_common.contracts.event import DecimalText, Mode
from pq_common.contracts.support_grants import Activity, Evidence
from pq_common.http.wire import Flag
from pq_support_grants.api.examples import ACTIVITY, shown
from pq_support_grants.api.plan_bodies import Reason, composed
from pq_support_grants.storage.tables import ActivityRevision

Code = Annotated[str, Field(min_length=1, max_length=80)]
Quantity = Annotated[DecimalText, Field(max_length=24)]


class EvidenceIn(Evidence):
    """What proves it: a decision, a list, a link. Never a person's name."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(min_length=1, max_length=60)]
    reference: Annotated[str, Field(min_length=1, max_length=1000)]
    url: Annotated[str, Field(pattern="^https?://[^ ]+$", max_length=2000)] | None = Field(
        default=None, examples=[None]
    )


class ActivityFacts(BaseModel):
    """What was done, where, when, how much, and what proves it."""

    model_config = ConfigDict(extra="forbid")

    place_id: Code = Field(description="the place as it was when the activity began")
    indicator: Code
    title: Annotated[str, Field(min_length=1, max_length=1000)]
    starts_on: date
    ends_on: date
    quantity: Quantity = Field(description="decimal string, at most 4 decimals", examples=["1"])
    unit: Code = Field(examples=["lớp"])
    subjects: Annotated[list[Code], Field(max_length=5000)] = Field(
        default=[],
        description="the distinct bodies or persons counted: ids of enterprises, or keys that name nobody",
    )
    plan_code: Code | None = None
    clause_codes: Annotated[list[Code], Field(max_length=50)] = []
    task_code: Code | None = None
    channel: Annotated[str, Field(max_length=400)] | None = None
    evidence: Annotated[list[EvidenceIn], Field(max_length=100)] = []
    is_synthetic: Flag = False

    def told(self, activity_id: str, mode: Mode) -> Activity:
        """Return the activity as it is kept and published; a demonstration is always synthetic."""
        said = self.model_dump(exclude={"mode", "reason"})
        synthetic = self.is_synthetic or mode == "demo"
        said |= {"activity_id": activity_id, "is_synthetic": synthetic}
        return Activity.model_validate(composed(said))


class ActivityIn(ActivityFacts):
    """A report of an activity; ``mode`` is that of the instance when absent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(ACTIVITY, mode="official"))

    mode: Mode | None = None


class CorrectionIn(ActivityFacts):
    """All the facts as they should have been, and why. Its place and mode cannot change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=shown(ACTIVITY, reason="Nhập sai số lượng")
    )

    reason: Reason


class WithdrawalIn(BaseModel):
    """Why the activity shall count no more."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Báo cáo trùng"}]}
    )

    reason: Reason


class ActivityBody(Activity):
    """An activity as it is known, with the version to correct."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            ACTIVITY, activity_id="0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10", status="reported",
            version=2, mode="official", recorded_at="2026-01-05T02:00:00Z", reason="Nhập sai số lượng",
        )
    )  # fmt: skip

    version: int
    mode: Mode
    recorded_at: datetime = Field(description="when this version entered the record")
    reason: str | None = Field(
        description="why this version replaced the one before; null: the first"
    )


class SubjectBody(BaseModel):
    """A body or person that an activity counts, and what the registry has told us of it."""

    subject: str = Field(examples=["0190f5a2-6f0e-7c3e-9d61-1f6f7a2b9c10"])
    is_known: bool | None = Field(
        description="false: no enterprise we have heard of, so a person, a school, a body outside the "
        "registry, or a mistake; null: the registry has not been heard yet",
        examples=[True],
    )
    place_id: str | None = Field(
        description="of the enterprise, if known and in your places", examples=["vn-33-2025"]
    )
    status: str | None = Field(
        description="of the enterprise, if known and in your places", examples=["ACTIVE"]
    )


def body_of(row: ActivityRevision) -> ActivityBody:
    """Return a version as its readers see it."""
    return ActivityBody.model_validate(
        {
            **row.document, "version": row.version, "mode": row.mode,
            "recorded_at": row.recorded_at, "reason": row.reason,
        }
    )  # fmt: skip
