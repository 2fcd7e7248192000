"""Figures that explain themselves, as JSON."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from pq_common.contracts.event import DecimalText, Mode
from pq_common.contracts.plans import OtherReading, Slip, Span
from pq_common.contracts.support_grants import TaskReport
from pq_reporting.domain.boundaries import Boundary
from pq_reporting.domain.figure import Figure, Kind, Words
from pq_reporting.domain.measured import Measure
from pq_reporting.domain.status import Status
from pq_reporting.domain.withdrawing import WithdrawnSeries, withdrawal


class Text(BaseModel):
    """The same sentence in both languages."""

    vi: str
    en: str


class FigureBody(BaseModel):
    """A number (zero is one) or the way in which there is none. Never read a missing value as zero."""

    kind: Kind = Field(examples=["number"])
    value: DecimalText | None = Field(default=None, examples=["18"])
    reason: Text | None = None
    unit: str | None = Field(
        default=None,
        description="where the figure was told in one of its own",
        examples=["triệu đồng/người"],
    )


class ReadingBody(BaseModel):
    label: Text
    figure: FigureBody


class YearBody(BaseModel):
    year: int = Field(examples=[2024])
    figure: FigureBody


class SourceBody(BaseModel):
    """One record a figure is made of, by kind and id."""

    kind: Literal["activity", "certificate", "tfp-result"]
    id: str


class PartBody(BaseModel):
    place_id: str = Field(examples=["vn-34-1997"])
    place: str = Field(examples=["tỉnh Thái Bình"])
    figure: FigureBody


class SiblingBody(BaseModel):
    """What another plan of the same successor asked for. Shown beside, never added."""

    plan: str
    code: str
    plan_value: Text


class BandBody(BaseModel):
    """The 5-95 % band of a published rate, in percent. A target inside it is not decidable."""

    low: DecimalText
    high: DecimalText


class WithdrawnSeriesBody(BaseModel):
    """A series declared in error, withdrawn after a published result was computed from it. The result stands until a new one supersedes it."""

    series_id: str
    place_id: str
    industry: str = Field(examples=["total"])
    measure: str = Field(examples=["K"])
    item: str = Field(description="the asset or the group of workers; empty for all")
    vintage: str
    withdrawn_at: datetime
    reason: str
    text: Text


class ComparisonBody(BaseModel):
    """A figure of the successor held against the clause, for comparison: the promise was the old place's."""

    status: Status
    word: Text
    reason: Text


class SuccessorBody(BaseModel):
    """The place that the clause's own was merged into, and what all of it reached."""

    place_id: str = Field(examples=["vn-33-2025"])
    place: str = Field(examples=["tỉnh Hưng Yên"])
    figure: FigureBody
    parts: list[PartBody]
    siblings: list[SiblingBody]
    comparison: ComparisonBody | None = Field(
        default=None, description="of published rates: what the verdict would be"
    )
    withdrawn_series: list[WithdrawnSeriesBody] = Field(
        default=[], description="of the published result the figure is made of, as in the target"
    )


class AsOfBody(BaseModel):
    """How far reporting had heard when it answered."""

    events: int
    last_occurred_at: datetime | None
    offsets: dict[str, dict[str, int]] = Field(description="topic → partition → next position")


class Heading(BaseModel):
    on: date
    boundary: Boundary
    mode: Mode = Field(description="demo: made for demonstration, no official figure")
    as_of: AsOfBody


class TargetBody(BaseModel):
    """One promise of one plan: what it says, what was reached, what is needed by the day, and what may be said."""

    plan: str = Field(examples=["hung-yen-2021-2030"])
    code: str = Field(examples=["HY-04"])
    place_id: str = Field(description="the place as it was when the plan was issued")
    indicator: str
    group: int | None
    name: Text
    sentence: str = Field(description="the exact words of the plan")
    plan_value: Text
    comparator: str
    cadence: str
    value: DecimalText | None
    value_high: DecimalText | None
    unit: str | None
    span: Span
    due: date | None
    actual: FigureBody
    actual_year: int | None = Field(description="the year `actual` speaks of, where judged by year")
    needed: FigureBody = Field(description="needed by the day asked about")
    status: Status
    word: Text = Field(description="the status with its number")
    reason: Text
    years: list[YearBody]
    readings: list[ReadingBody] = Field(description="the figure under other readings of the words")
    notes: list[Text]
    hedge: str | None
    condition: str | None
    alternative_reading: OtherReading | None
    not_said: list[str]
    slips: list[Slip]
    successor: SuccessorBody | None = Field(description="only on the boundary 2025-07-01")
    sources: list[SourceBody]
    band: BandBody | None = Field(default=None, description="how sure `actual` is, where published")
    withdrawn_series: list[WithdrawnSeriesBody] = Field(
        default=[],
        description="Series that results among `sources` were computed from and that were withdrawn since",
    )


class RecordBody(BaseModel):
    """What is known of a record behind a figure."""

    kind: str
    id: str
    title: str
    place_id: str
    detail: dict[str, str]
    withdrawn_series: list[str] = Field(
        default=[], description="of a tfp-result: ids of `withdrawn_series` it was computed from"
    )


class TargetPage(Heading):
    items: list[TargetBody]
    next: str | None = Field(description="Reference to the next page, null on the last one")


class TargetDetail(Heading):
    target: TargetBody
    records: list[RecordBody] = Field(description="the records of `sources`, in words")


class TaskBody(BaseModel):
    plan: str
    code: str = Field(examples=["HP-3a"])
    group: int
    name: Text
    sentence: str
    letter: str | None
    lead_units: list[str]
    state: Literal["unreported", "not_started", "under_way", "done", "dropped"]
    report: TaskReport | None = Field(description="the last report; null: nobody has reported")


class TaskPage(Heading):
    items: list[TaskBody]
    next: str | None = Field(description="Reference to the next page, null on the last one")


def text(words: Words) -> Text:
    """Return both languages."""
    return Text(vi=words.vi, en=words.en)


def figure(one: Figure) -> FigureBody:
    """Return a figure as JSON; decimals travel as text, without exponent."""
    return FigureBody(
        kind=one.kind,
        value=None if one.value is None else f"{one.value:f}",
        reason=None if one.reason is None else text(one.reason),
        unit=one.unit,
    )


def band(measure: Measure) -> BandBody | None:
    """Return the band of a published rate; null for counts and for results that carry none."""
    if measure.sure is None:
        return None
    low, high = measure.sure.band.low, measure.sure.band.high
    return BandBody(low=f"{low:f}", high=f"{high:f}")


def withdrawn(gone: Iterable[WithdrawnSeries]) -> list[WithdrawnSeriesBody]:
    """Return withdrawn series, each with its sentence."""
    return [WithdrawnSeriesBody(**asdict(one), text=text(withdrawal(one))) for one in gone]


def years(measure: Measure) -> list[YearBody]:
    """Return the years of a measure in order."""
    return [YearBody(year=year, figure=figure(one)) for year, one in sorted(measure.years.items())]
