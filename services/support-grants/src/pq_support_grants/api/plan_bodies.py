"""A plan as callers send it: the published shape, but nothing unknown is let through in silence."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from pq_common.contracts.event import Shape
from pq_common.contracts.plans import (
    Duty,
    OtherReading,
    Plan,
    ReportingCalendar,
    Slip,
    Span,
    TargetClause,
    Task,
)
from pq_common.text import nfc
from pq_support_grants.api.examples import CLAUSE, PLAN, TASK

Year = Annotated[int, Field(ge=1990, le=2100)]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class SlipIn(Slip):
    model_config = ConfigDict(extra="forbid")


class SpanIn(Span):
    model_config = ConfigDict(extra="forbid")

    first_year: Year
    last_year: Year


class OtherReadingIn(OtherReading):
    model_config = ConfigDict(extra="forbid")


class ClauseIn(TargetClause):
    """A target clause; what the text does not say stays null and is named in ``not_said``."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CLAUSE]})

    span: SpanIn
    alternative_reading: OtherReadingIn | None = None
    slips: tuple[SlipIn, ...] = ()


class TaskIn(Task):
    """A task under one of the six groups of Decision 1322."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [TASK]})

    slips: tuple[SlipIn, ...] = ()


class DutyIn(Duty):
    model_config = ConfigDict(extra="forbid")


class CalendarIn(ReportingCalendar):
    model_config = ConfigDict(extra="forbid")


class PlanIn(Plan):
    """A plan with everything that its text says."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PLAN]})

    first_year: Year
    last_year: Year
    duties: tuple[DutyIn, ...] = ()
    calendar: CalendarIn | None = None
    slips: tuple[SlipIn, ...] = ()
    targets: tuple[ClauseIn, ...]
    tasks: tuple[TaskIn, ...]

    def told(self) -> Plan:
        """Return the plan as it is kept and published, its text in NFC."""
        return Plan.model_validate(composed(self.model_dump()))


class AmendmentIn(Shape):
    """The whole new text, why it changed, and from which day it holds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"plan": PLAN, "reason": "Đính chính mục tiêu", "valid_from": "2024-01-01"}
            ]
        },
    )

    plan: PlanIn
    reason: Reason
    valid_from: date | None = Field(
        default=None, description="today if absent; never in the future"
    )


def composed(value: Any) -> Any:
    """Return the value with every text in NFC."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, dict):
        return {key: composed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [composed(item) for item in value]
    return value
