"""Series in JSON. Keys are ASCII and fixed, the same in and out: years as keys, units declared."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from pq_common.contracts.event import Mode
from pq_common.errors import FieldError
from pq_common.http.problems import ProblemField
from pq_common.http.validation import in_words
from pq_common.http.wire import Day, Flag, Text
from pq_common.text import nfc
from pq_tfp.api.schemas import NOT_BLANK, ShortText, Year
from pq_tfp.domain.store.completeness import Report
from pq_tfp.domain.store.declaring import Description
from pq_tfp.domain.store.measures import Kind, Measure
from pq_tfp.operations.announcing import plain
from pq_tfp.operations.declare_series import Declaration
from pq_tfp.storage.tables import Series

MeasureName = Literal[
    "Y", "K", "L", "H", "VA", "GRDP", "population", "labour_income", "CE", "MI", "T", "N_employees",
    "I", "social_investment", "investment_ratio", "P_I", "K0", "P_Y", "SCOLI", "h", "wage", "RD",
    "beta", "GO", "II",
]  # fmt: skip
Basis = Annotated[
    str,
    in_words(
        "^((constant|chained)-(19|20)[0-9]{2}|current)$",
        "Cần constant-2010 (giá so sánh), chained-2020 hoặc current (giá hiện hành); nhận được {seen}.",
        "Expected constant-2010, chained-2020 or current; got {seen}.",
    ),
]
YearNumber = Annotated[int, Field(ge=1900, le=2100)]
SERIES_EXAMPLE: dict[str, JsonValue] = {
    "place_id": "vn-31-1997",
    "measure": "Y",
    "kind": "flow",
    "price_basis": "constant-2010",
    "unit": "tỷ đồng",
    "vintage": "minh-hoa-2026",
    "source": "dữ liệu minh họa",
    "values": {"2020": "100.0", "2021": "107.0"},
    "is_synthetic": True,
}


class NewSeries(BaseModel):
    """One measure of one place in one vintage, as declared by its source."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [SERIES_EXAMPLE]})

    place_id: ShortText
    industry: ShortText = "total"
    measure: MeasureName
    item: Annotated[Text, Field(max_length=60)] = Field(
        default="", description="The asset (of I, P_I, K, K0) or the group of workers (of h, wage)"
    )
    kind: Kind
    price_basis: Basis | None = None
    unit: ShortText
    definition: ShortText | None = Field(default=None, examples=["ICLS-19"])
    breaks: Annotated[list[YearNumber], Field(max_length=20)] = Field(
        default=[], description="First years under a new definition: growth into them is flagged"
    )
    vintage: ShortText
    released_on: Day | None = Field(
        default=None, description="When the source published this vintage; `valid_at` asks by it"
    )
    source: ShortText
    values: Annotated[
        dict[Year, Annotated[Decimal, Field(max_digits=30, decimal_places=20)]],
        Field(min_length=1, max_length=200),
    ]
    is_synthetic: Flag = False
    mode: Mode | None = None

    def told(self) -> Declaration:
        """Return the series as the operation takes it."""
        given = self.model_dump(exclude={"mode", "values", "released_on", "breaks"})
        values = {int(year): value for year, value in self.values.items()}
        return Declaration(
            Description(**given, values=values, breaks=tuple(self.breaks)), self.released_on
        )


class SeriesBody(BaseModel):
    """A stored series with its values, exactly as declared."""

    id: str
    mode: Mode
    place_id: str
    industry: str
    measure: str
    item: str = ""
    kind: str
    price_basis: str | None
    unit: str
    definition: str | None = None
    breaks: list[int] = []
    vintage: str
    released_on: date | None = None
    source: str
    is_synthetic: bool
    recorded_at: datetime
    values: dict[str, str]
    withdrawn_at: datetime | None = Field(
        default=None, description="Declared in error; nothing is computed from it any more"
    )
    withdrawn_by: str | None = None
    withdrawal_reason: str | None = None


class WithdrawalIn(BaseModel):
    """Why a series is withdrawn."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "nhập nhầm cột của tỉnh khác"}]}
    )

    reason: Annotated[str, Field(min_length=3, max_length=500), NOT_BLANK, AfterValidator(nfc)]


class MeasureBody(BaseModel):
    """What may be declared as this measure."""

    measure: str = Field(examples=["Y"])
    name_vi: str
    name_en: str
    kinds: list[str]
    prices: str = Field(description="constant, current, either or none", examples=["constant"])
    units: list[str]
    items: str = Field(description="none, may or must", examples=["none"])


class SumBody(BaseModel):
    """The sum of the predecessors against the published total, in one year both cover."""

    measure: str = Field(examples=["Y"])
    year: int = Field(examples=[2024])
    summed: float = Field(examples=[412.5])
    published: float = Field(examples=[412.6])


class CompletenessBody(BaseModel):
    """Whether the series of a place and its predecessors are whole; ``faults`` names what is missing or does not add up."""

    place_id: str = Field(examples=["vn-31-2025"])
    vintage: str = Field(examples=["nien-giam-2024"])
    parts: list[str]
    measures: list[str]
    complete: bool = Field(examples=[True])
    faults: list[ProblemField]
    sums: list[SumBody]


def series_body(row: Series, values: Mapping[int, Decimal]) -> SeriesBody:
    """Return a stored series as its readers see it."""
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return SeriesBody.model_validate({**columns, "values": plain(values)})


def measure_body(name: str, one: Measure, units: list[str]) -> MeasureBody:
    """Return a measure of the catalogue."""
    return MeasureBody(
        measure=name, name_vi=one.vi, name_en=one.en, kinds=list(one.kinds), prices=one.prices,
        units=units, items=one.items,
    )  # fmt: skip


def completeness_body(place_id: str, vintage: str, report: Report) -> CompletenessBody:
    """Return the report as its readers see it."""
    return CompletenessBody(
        place_id=place_id,
        vintage=vintage,
        parts=list(report.parts),
        measures=list(report.measures),
        complete=report.complete,
        faults=[_fault(one) for one in report.faults],
        sums=[
            SumBody(measure=s.measure, year=s.year, summed=s.summed, published=s.published)
            for s in report.sums
        ],
    )


def _fault(one: FieldError) -> ProblemField:
    return ProblemField(
        pointer=one.pointer, code=one.code, message_vi=one.message_vi, message_en=one.message_en
    )
