"""Rows of support-grants. The tables of the outbox, the feed and the offsets come from common.

A text or a report is written once and never changed; what holds now is the newest of them that was recorded
and true by then, so every read can be asked for another day (``valid_at``) and another knowledge (``known_at``).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import Text, Uuid

from pq_common.db.rls import PLACED
from pq_common.db.schema import Instant, access, new_metadata
from pq_common.db.scoping import Placed

_WRITE_ONCE = access(api="SELECT INSERT", worker="SELECT INSERT", placed=PLACED)


class Row(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as an instance attribute
        str: Text(),
        datetime: Instant(),
        Decimal: Numeric(18, 4),
        UUID: Uuid(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
    }


class PlanRow(Placed, Row):
    """The head of a plan: what is locked when its text or the state of its tasks changes."""

    __tablename__ = "plan"
    __table_args__ = (
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT UPDATE", placed=PLACED)},
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    place_id: Mapped[str]
    text_version: Mapped[int]


class PlanText(Placed, Row):
    """A text of a plan: true in the world from ``valid_from``, known here since ``recorded_at``."""

    __tablename__ = "plan_text"
    __table_args__ = (
        Index("ix_plan_text_times", "plan_code", "valid_from", "recorded_at"),
        Index("ix_plan_text_programmes", "programmes", postgresql_using="gin"),
        {"info": _WRITE_ONCE},
    )

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    level: Mapped[str]
    programmes: Mapped[list[str]]
    first_year: Mapped[int]
    last_year: Mapped[int]
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]
    reason: Mapped[str | None]
    document: Mapped[dict[str, Any]]


class PlanTarget(Placed, Row):
    """A clause of one text. ``place_id`` is the plan's; the clause's own is in the document."""

    __tablename__ = "plan_target"
    __table_args__ = (
        Index("ix_plan_target_position", "plan_code", "version", "position", unique=True),
        Index("ix_plan_target_indicators", "indicators", postgresql_using="gin"),
        {"info": _WRITE_ONCE},
    )

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    place_id: Mapped[str]
    indicators: Mapped[list[str]]
    first_year: Mapped[int]
    last_year: Mapped[int]
    document: Mapped[dict[str, Any]]


class PlanTask(Placed, Row):
    """A task of one text."""

    __tablename__ = "plan_task"
    __table_args__ = (
        Index("ix_plan_task_position", "plan_code", "version", "position", unique=True),
        Index("ix_plan_task_indicators", "indicators", postgresql_using="gin"),
        {"info": _WRITE_ONCE},
    )

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    place_id: Mapped[str]
    task_group: Mapped[int]
    indicators: Mapped[list[str]]
    document: Mapped[dict[str, Any]]


class PlanCode(Row):
    """A clause, task or programme that some text of a plan has named. Everybody may act under a national programme, whose
    other rows an officer's scope does not reach: so the codes, public anyway, belong to no place."""

    __tablename__ = "plan_code"
    __table_args__ = (
        {
            "info": {
                **access(api="SELECT INSERT UPDATE", worker="SELECT"),
                "unplaced": "codes are public, and referred to from every place",
            }
        },
    )

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    indicators: Mapped[list[str]]


class TaskReportRow(Placed, Row):
    """A report on a task; the newest of a mode is its state. No row: nobody has reported."""

    __tablename__ = "task_report"
    __table_args__ = ({"info": _WRITE_ONCE},)

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    task_code: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    state: Mapped[str]
    reported_on: Mapped[date]
    recorded_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]


class ActivityRow(Placed, Row):
    """The head of an activity: what is locked when it changes."""

    __tablename__ = "activity"
    __table_args__ = (
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT UPDATE", placed=PLACED)},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    place_id: Mapped[str]
    mode: Mapped[str]


class ActivityRevision(Placed, Row):
    """An activity as it was known from ``recorded_at`` until ``superseded_at``; null: as it is known now."""

    __tablename__ = "activity_revision"
    __table_args__ = (
        Index("ix_activity_revision_page", "mode", "starts_on", "activity_id"),
        Index("ix_activity_revision_place", "mode", "place_id", "indicator", "starts_on"),
        Index("ix_activity_revision_plan", "plan_code"),
        Index("ix_activity_revision_subjects", "subjects", postgresql_using="gin"),
        {"info": access(api="SELECT INSERT UPDATE", worker="SELECT INSERT", placed=PLACED)},
    )

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    mode: Mapped[str]
    status: Mapped[str]
    indicator: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quantity: Mapped[Decimal]
    unit: Mapped[str]
    subjects: Mapped[list[str]]
    plan_code: Mapped[str | None]
    clause_codes: Mapped[list[str]]
    task_code: Mapped[str | None]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    document: Mapped[dict[str, Any]]


class EvidenceRow(Placed, Row):
    """What proves a revision of an activity; one paper may prove several activities, so it can be looked for."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_reference_key", "reference_key"), {"info": _WRITE_ONCE})

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[str]
    kind: Mapped[str]
    reference: Mapped[str]
    reference_key: Mapped[str]
    issued_on: Mapped[date | None]
    url: Mapped[str | None]


metadata = Row.metadata
