"""What support-grants says: plans, the state of their tasks, and activities reported with evidence."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from pq_common.contracts.event import DecimalText, EventData, Mode, Shape, StateData
from pq_common.contracts.plans import Plan

TaskState = Literal["not_started", "under_way", "done", "dropped"]


class Evidence(Shape):
    """What proves it: a decision, a list, a link. Never a person's name."""

    kind: str = Field(examples=["decision", "attendance-list", "press-link", "minutes"])
    reference: str
    issued_on: date | None = None
    url: str | None = None


class PlanIssued(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.plan.issued.v1"
    plan: Plan


class PlanAmended(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.plan.amended.v1"
    plan: Plan
    reason: str
    valid_from: date | None = Field(
        default=None,
        description="the day from which this text holds; null in events older than the field",
    )


class TaskReport(Shape):
    task_code: str
    state: TaskState
    reported_on: date
    note: str | None = None
    decision: str | None = Field(
        default=None, description="required for dropped: the decision that dropped it"
    )
    evidence: tuple[Evidence, ...] = ()
    mode: Mode = Field(
        default="official",
        description="the plan's own text is official; a report about it may be a demonstration",
    )


class PlanTaskReported(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.plan.task-reported.v1"
    plan_code: str
    place_id: str
    report: TaskReport


class PlanState(StateData):
    TYPE: ClassVar[str] = "pq.support-grants.plan.state.v1"
    plan: Plan
    task_reports: tuple[TaskReport, ...] = Field(
        default=(), description="the latest of each task in each mode"
    )


class Activity(Shape):
    """One thing done and reported: a class held, experts certified, an award won, enterprises supported.

    ``quantity`` is what was done, in ``unit``; ``subjects`` are opaque ids of the distinct bodies or persons it counts
    (enterprise ids, or keys that say nothing about a person), so that distinct counts can be made across reports.
    """

    activity_id: str
    place_id: str
    indicator: str
    title: str
    starts_on: date
    ends_on: date
    quantity: DecimalText
    unit: str
    subjects: tuple[str, ...] = ()
    plan_code: str | None = None
    clause_codes: tuple[str, ...] = ()
    task_code: str | None = None
    channel: str | None = None
    evidence: tuple[Evidence, ...] = ()
    status: Literal["reported", "withdrawn"] = "reported"
    is_synthetic: bool = False


class ActivityReported(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.activity.reported.v1"
    activity: Activity


class ActivityCorrected(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.activity.corrected.v1"
    activity: Activity
    changed: tuple[str, ...]
    reason: str


class ActivityWithdrawn(EventData):
    TYPE: ClassVar[str] = "pq.support-grants.activity.withdrawn.v1"
    activity: Activity
    reason: str


class ActivityState(StateData):
    TYPE: ClassVar[str] = "pq.support-grants.activity.state.v1"
    activity: Activity
