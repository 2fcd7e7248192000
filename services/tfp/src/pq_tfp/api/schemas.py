"""Series and runs in JSON. Keys are ASCII and fixed, the same in and out: years as keys, units declared."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pq_common.contracts.event import Mode
from pq_tfp.operations.compute_run import Wanted
from pq_tfp.operations.declare_series import Description
from pq_tfp.storage.tables import Run, Series

Year = Annotated[str, Field(pattern="^(19|20)[0-9]{2}$")]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
Measure = Literal["Y", "K", "L", "VA", "labour_income"]
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
    measure: Measure
    kind: Literal["flow", "stock"]
    price_basis: Annotated[str, Field(pattern="^(constant-(19|20)[0-9]{2}|current)$")] | None = None
    unit: ShortText
    vintage: ShortText
    source: ShortText
    values: Annotated[
        dict[Year, Annotated[Decimal, Field(max_digits=30, decimal_places=10)]],
        Field(min_length=1, max_length=200),
    ]
    is_synthetic: bool = False
    mode: Mode | None = None

    def told(self) -> Description:
        """Return the series as the operation takes it."""
        given = self.model_dump(exclude={"mode", "values"})
        return Description(
            **given, values={int(year): value for year, value in self.values.items()}
        )


class SeriesBody(BaseModel):
    """A stored series with its values, exactly as declared."""

    id: str
    mode: Mode
    place_id: str
    industry: str
    measure: str
    kind: str
    price_basis: str | None
    unit: str
    vintage: str
    source: str
    is_synthetic: bool
    recorded_at: datetime
    values: dict[str, str]


class NewRun(BaseModel):
    """Which place to compute, from which vintage; a merged place is computed from its predecessors' summed levels."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"place_id": "vn-31-1997", "boundary": "2021", "vintage": "minh-hoa-2026"}]
        },
    )

    place_id: ShortText
    boundary: Literal["2021", "2025-07-01"]
    vintage: ShortText
    industry: ShortText = "total"
    first_year: Annotated[int, Field(ge=1900, le=2100)] | None = Field(
        default=None, description="first growth year of the period: 2021-2025 grows out of 2020"
    )
    last_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    mode: Mode | None = None

    def wanted(self) -> Wanted:
        """Return the request as the operation takes it."""
        return Wanted(**self.model_dump(exclude={"mode"}))


class RunBody(BaseModel):
    """A run with all that made it; ``results`` in the keys of the method's output contract."""

    id: str
    mode: Mode
    place_id: str
    boundary: str
    engine: str
    method_version: str
    code_version: str
    vintage: str
    inputs: dict[str, Any]
    parameters: dict[str, Any]
    results: dict[str, Any]
    warnings: list[str]
    bundle_sha256: str
    is_synthetic: bool
    computed_at: datetime
    published_at: datetime | None
    supersedes: str | None


def series_body(row: Series, values: dict[int, Decimal]) -> SeriesBody:
    """Return a stored series as its readers see it."""
    said = {str(year): format(value, "f") for year, value in values.items()}
    return SeriesBody.model_validate({**_columns(row), "values": said})


def run_body(row: Run) -> RunBody:
    """Return a run as its readers see it."""
    return RunBody.model_validate(_columns(row))


def _columns(row: Series | Run) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
