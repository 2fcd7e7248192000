"""Runs in JSON: what to compute, with every choice of the method, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pq_common.contracts.event import Mode
from pq_common.http.wire import Flag
from pq_tfp.api.schemas import Finite, ShortText
from pq_tfp.api.series_bodies import MeasureName
from pq_tfp.domain.running.compute import Computed, bundle_of, parameters_only
from pq_tfp.domain.running.specification import (
    CapitalChoice,
    Confidence,
    Engine,
    ShareChoice,
    Specification,
)
from pq_tfp.domain.uncertainty import DRAWS, SEED, Widths
from pq_tfp.storage.runs import series_of
from pq_tfp.storage.tables import Run

GrowthYear = Annotated[int, Field(ge=1900, le=2100)]
Rate = Annotated[float, Field(allow_inf_nan=False, ge=0, lt=100)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1)]
Pair = Annotated[list[Rate], Field(min_length=2, max_length=2)]
MOST_DRAWS = 100_000
MOST_REPLICATIONS = 2000


class ShareIn(BaseModel):
    """How the income share of labour is found."""

    model_config = ConfigDict(extra="forbid")

    method: Literal[
        "LABOUR_INCOME", "CE_ONLY", "MI_ALL", "MI_PROP", "SELF_WAGE", "IO_FIXED", "GIVEN"
    ] = "LABOUR_INCOME"
    theta: Positive = Field(
        default=1.0, description="SELF_WAGE: pay of the self-employed over that of employees"
    )
    at_factor_cost: Flag = False
    beta: Finite | None = Field(default=None, description="GIVEN: a fraction")


class CapitalIn(BaseModel):
    """A declared stock, or one by perpetual inventory from the stored investment."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["DECLARED", "PIM"] = "DECLARED"
    delta: Rate | None = Field(
        default=None, description="A fraction a year; 0.05 for PIM, 0.06 for a declared stock"
    )
    deltas: Annotated[dict[ShortText, Rate], Field(max_length=30)] = Field(
        default={}, description="Of single assets", examples=[{"ict": 0.3}]
    )
    K0_method: Literal["STEADY", "STEADY_N", "FIXED_RATIO", "KY", "BENCH"] = "STEADY_N"
    n: Annotated[int, Field(ge=3, le=30)] = Field(default=5, description="Years of the trend")
    growth: Finite | None = Field(default=None, description="STEADY: a fraction a year")
    kappa: Rate = Field(default=2.5, description="KY: capital over output")
    timing: Literal["END", "MID"] = "END"
    in_use: Literal["END_OF_YEAR", "YEAR_AVERAGE"] = "END_OF_YEAR"


class WidthsIn(BaseModel):
    """The widths of the draws; what is left out keeps its default. Stored with the result."""

    model_config = ConfigDict(extra="forbid")

    alpha_sd: Rate = 0.03
    alpha_bounds: Pair = [0.2, 0.8]
    delta: Pair = [0.04, 0.08]
    K0_log_sd: Rate = 0.35
    output_sd: Rate = 0.003
    labour_sd: Rate = 0.005
    epsilon_R: Annotated[list[Rate], Field(min_length=3, max_length=3)] = [0.02, 0.06, 0.10]
    delta_R: Pair = [0.10, 0.20]
    RD_error: Annotated[float, Field(allow_inf_nan=False, ge=0, lt=1)] = 0.20

    def told(self) -> Widths:
        """Return the widths as the engine takes them."""
        given = self.model_dump()
        ordered: dict[str, Any] = {
            name: tuple(sorted(value)) if isinstance(value, list) else value
            for name, value in given.items()
        }
        return Widths(**ordered)


class NewRun(BaseModel):
    """Which place to compute, from which vintage; a merged place is computed from its predecessors' summed levels."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"place_id": "vn-31-1997", "boundary": "2021", "vintage": "minh-hoa-2026"}]
        },
    )

    place_id: ShortText = Field(description="For the engines that compare places the nation, vn")
    boundary: Literal["2021", "2025-07-01"]
    vintage: ShortText
    industry: ShortText = "total"
    first_year: GrowthYear | None = Field(
        default=None, description="first growth year of the period: 2021-2025 grows out of 2020"
    )
    last_year: GrowthYear | None = None
    engine: Engine = "VN-OFFICIAL"
    vintages: Annotated[dict[MeasureName, ShortText], Field(max_length=30)] = Field(
        default={},
        description="Measures that come from another vintage; each comes from one",
        examples=[{}],
    )
    base_year: GrowthYear | None = Field(
        default=None, description="Prices to compute in, where series stand on several bases"
    )
    share: ShareIn = ShareIn()
    capital: CapitalIn = CapitalIn()
    labour: Literal["persons", "hours"] = "persons"
    labour_quality: Flag = Field(default=False, description="Labour quality as a line of its own")
    fill_gaps: Flag = Field(
        default=False,
        description="GEOMETRIC_FILL: fill missing years, marked, without annual figures",
    )
    draws: Annotated[int, Field(ge=100, le=MOST_DRAWS)] = DRAWS
    seed: Annotated[int, Field(ge=0, le=2**53)] = SEED
    widths: WidthsIn = WidthsIn()
    targets: Annotated[list[Finite], Field(max_length=20)] = Field(
        default=[], description="Shares of TFP in growth to judge, fractions", examples=[[0.47]]
    )
    sti: Flag = Field(default=False, description="Three definitions of the contribution of STI")
    ict_assets: Annotated[list[ShortText], Field(max_length=30)] = ["ict"]
    places: Annotated[list[ShortText], Field(max_length=100)] = Field(
        default=[],
        description="The places to compare; empty for all that are complete",
        examples=[[]],
    )
    reference: ShortText | None = Field(
        default=None, description="CCD: the place that the others are relative to"
    )
    replications: Annotated[int, Field(ge=0, le=MOST_REPLICATIONS)] = Field(
        default=0, description="MALMQUIST: draws of the bootstrap behind its bands; 0 for none"
    )
    mode: Mode | None = None

    def wanted(self) -> Specification:
        """Return the request as the engines take it."""
        plain = self.model_dump(
            exclude={
                "mode",
                "draws",
                "seed",
                "widths",
                "share",
                "capital",
                "targets",
                "ict_assets",
                "places",
            }
        )
        return Specification(
            **plain,
            share=ShareChoice(**self.share.model_dump()),
            capital=CapitalChoice(**self.capital.model_dump()),
            confidence=Confidence(draws=self.draws, seed=self.seed, widths=self.widths.told()),
            targets=tuple(self.targets),
            ict_assets=tuple(self.ict_assets),
            places=tuple(dict.fromkeys(self.places)),
        )


class RunBody(BaseModel):
    """A run with all that made it; ``results`` in the keys of the method's output contract."""

    id: str
    mode: Mode
    place_id: str
    industry: str = "total"
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
    superseded_by: str | None = Field(
        default=None, description="The later published run of the same place, engine and period"
    )
    withdrawn_series: list[str] = Field(
        default=[],
        description="Series it was made from that were withdrawn since, with their reason there",
    )


class BundleBody(BaseModel):
    """All that is needed to compute a run again, anywhere: ``pq tfp recompute`` reaches the same hash or names what differs."""

    format: str = Field(examples=["pq-tfp-bundle/1"])
    engine: str = Field(examples=["VN-OFFICIAL"])
    method_version: str = Field(examples=["1"])
    code_version: str = Field(examples=["0.1.0"])
    parameters: dict[str, Any]
    series: list[dict[str, Any]]
    results: dict[str, Any]
    warnings: list[str]
    bundle_sha256: str


def run_body(
    row: Run, superseded_by: str | None = None, withdrawn: frozenset[str] = frozenset()
) -> RunBody:
    """Return a run as its readers see it; ``withdrawn`` are series withdrawn since, of this run and maybe of others."""
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    gone = sorted(withdrawn.intersection(series_of(row)))
    later = {"superseded_by": superseded_by, "withdrawn_series": gone}
    return RunBody.model_validate({**columns, **later})


def bundle_body(row: Run) -> BundleBody:
    """Return the bundle of a run that kept the series it read."""
    kept = Computed(
        engine=row.engine, method_version=row.method_version, inputs=row.inputs,
        parameters=parameters_only(row.parameters), results=row.results, warnings=tuple(row.warnings),
    )  # fmt: skip
    return BundleBody.model_validate(bundle_of(kept, code_version=row.code_version))
