"""Parts of a plan as support-grants publishes it: clauses with their exact sentence, tasks, and how it is run.

Each reading of the text is a field, so that a page can show it; nothing is read silently
(reading rules 1-7 of the programme's target catalogue).
"""

from datetime import date
from typing import Literal

from pydantic import Field

from pq_common.contracts.event import DecimalText, Shape

Comparator = Literal[
    "at_least", "more_than", "about", "exactly", "range", "reach",
    "increase", "growth_at_least", "growth_more_than", "growth_range", "done",
]  # fmt: skip
"""reach: a level, met at or above. increase: a direction without a number. growth_*: percent on ``growth_base``."""

Cadence = Literal["once_by_end", "each_year", "average_over_years"]
Counting = Literal["distinct", "turns", "events", "level", "rate", "yes_no"]
"""distinct: one body counts once (doanh nghiệp); turns: each attendance counts (lượt); events: classes, articles, …;
level and rate: a figure computed elsewhere; yes_no: done or not."""


class Slip(Shape):
    """A slip of the original: as printed, as read, and why."""

    field: str
    printed: str
    read_as: str | None
    note_vi: str
    note_en: str


class Span(Shape):
    """The years a clause speaks of, both included; ``printed`` is what the text says, null when it says nothing."""

    first_year: int
    last_year: int
    printed: str | None
    is_inferred: bool = False


class OtherReading(Shape):
    """Another way to read the same words, kept beside the one we compute with."""

    comparator: Comparator
    value: DecimalText | None = None
    value_high: DecimalText | None = None
    note_vi: str
    note_en: str


class TargetClause(Shape):
    """One promise of one plan, with the sentence that makes it.

    ``value`` and ``value_high`` are in ``unit``; percent as 47, not 0.47. ``not_said`` names what the text leaves open
    (lead_unit, due, money, base_year, …). ``population`` and ``measure`` hold the reading of certificate growth clauses.
    """

    code: str = Field(examples=["HY-01"])
    indicator: str = Field(examples=["HR-EXP-PQ"])
    further_indicators: tuple[str, ...] = ()
    name_vi: str
    name_en: str
    sentence: str = Field(description="the exact words of the original")
    comparator: Comparator
    value: DecimalText | None = None
    value_high: DecimalText | None = None
    unit: str | None = Field(
        default=None, description="the Vietnamese word as printed: người, DN, lượt, %, …"
    )
    cadence: Cadence = "once_by_end"
    span: Span
    due: date | None = Field(default=None, description="null: not said")
    place_id: str = Field(description="the place as it was when the plan was issued")
    counting: Counting
    growth_base: str | None = Field(
        default=None, examples=["previous_year", "period:2011-2020", "not_said"]
    )
    population: str | None = Field(default=None, examples=["all", "supported"])
    measure: str | None = Field(default=None, examples=["issued_in_year", "valid_at_year_end"])
    condition: str | None = Field(
        default=None, description="as printed: khi có đơn vị ở Trung ương mở khóa …"
    )
    hedge: str | None = Field(
        default=None, examples=["góp phần", "phấn đấu", "vận động, hỗ trợ", "tiếp tục"]
    )
    channel: str | None = None
    either_or: tuple[str, ...] = ()
    menu: tuple[str, ...] = Field(default=(), description="what counts as support, as printed")
    parent: str | None = Field(default=None, description="clause of which this one is a part")
    alternative_reading: OtherReading | None = None
    not_said: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    note_vi: str | None = None
    note_en: str | None = None


class Task(Shape):
    """One thing to do (nhiệm vụ, giải pháp), under one of the six task groups of Decision 1322, Mục II."""

    code: str = Field(examples=["HP-3a"])
    group: int = Field(ge=1, le=6)
    is_group_inferred: bool = Field(description="false where the plan prints the heading itself")
    heading: str | None = Field(default=None, description="heading as printed")
    letter: str | None = Field(default=None, examples=["a", "đ"])
    name_vi: str = Field(description="a short title of ours")
    name_en: str
    sentence: str
    lead_units: tuple[str, ...] = ()
    coordinating_units: tuple[str, ...] = ()
    standards: tuple[str, ...] = Field(
        default=(), description="normalised names: ISO 9001, VietGAP, …"
    )
    tools: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    linked_programmes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    not_said: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()


class Duty(Shape):
    unit: str
    duties: tuple[str, ...]


class ReportingCalendar(Shape):
    """When the plan itself must be reported on, and to whom."""

    months: tuple[int, ...] = ()
    month_day: str | None = Field(default=None, examples=["11-30"])
    on_demand: bool = False
    recipients: tuple[str, ...] = ()
    sentence: str | None = None


class Plan(Shape):
    """A programme or plan as issued. ``level`` national: a decision of the Prime Minister; provincial: a plan of a province."""

    code: str = Field(examples=["hung-yen-2021-2030"])
    level: Literal["national", "provincial"]
    title: str
    number_printed: str | None = Field(default=None, description="null: not said")
    number_read: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    signer_office: str | None = None
    place_id: str = Field(description="the place as it was then; vn for the nation")
    first_year: int
    last_year: int
    programmes: tuple[str, ...] = Field(default=(), examples=[["decision-1322", "decision-36"]])
    general_goal: str | None = None
    legal_bases: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    steering_body: str | None = None
    steering_decision: str | None = None
    duties: tuple[Duty, ...] = ()
    money_sources: tuple[str, ...] = ()
    eligible_sectors: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    calendar: ReportingCalendar | None = None
    not_said: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    source: str = Field(description="where the text was published, and when")
    targets: tuple[TargetClause, ...]
    tasks: tuple[Task, ...]
