"""Requests and answers of the frontier engines in JSON: a panel in, a row for each unit and year out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from pq_tfp.api.compute.errors import ComputationTooLarge
from pq_tfp.api.compute.frontier_examples import PANEL
from pq_tfp.api.compute.repeats import BY_INSTANCE, REPEATS
from pq_tfp.api.compute.shapes import Asked, Cell, Contract, Panel, arrays, cell
from pq_tfp.api.schemas import CONSTANT
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.malmquist_bootstrap import BANDED, REPLICATIONS, SEED, Bands
from pq_tfp.domain.quantities import Quantities
from pq_tfp.domain.series import Array

Row = TypeVar("Row", bound=BaseModel)
LARGEST_WORK = 1_000_000_000
"""Programs times units of one request: each program has a column for each unit. About seven minutes of one core."""
MOST_REPLICATIONS = 2000
ABSENT = "ABSENT"


def example(engine: str, told: dict[str, Any] = PANEL, **options: str) -> ConfigDict:
    """Return the settings of a request whose example is a panel of the method pages."""
    return ConfigDict(json_schema_extra={"examples": [{"engine": engine, **told, **options}]})


class FrontierRequest(Asked):
    """Inputs ``x`` and outputs ``y``, volumes above 0; null in every field of a year where a unit is absent that year."""

    price_basis: Annotated[str, CONSTANT] | None = None
    panel: Panel

    def quantities(self, *, programs: int) -> Quantities:
        """Return the panel as the engines take it. ``programs`` are those of one unit in one year.

        Raises SeriesRefused for another shape, ComputationTooLarge for a panel of too many programs.
        """
        axes = self.panel.axes
        units, years = len(axes.units), len(axes.years)
        work = units**2 * years * programs
        if work > LARGEST_WORK:
            raise ComputationTooLarge(
                f"Bảng {units} đơn vị × {years} năm cần {work:,} bước; nhiều nhất {LARGEST_WORK:,}. Hãy chia nhỏ.",
                f"A panel of {units} units × {years} years needs {work:,} steps; at most {LARGEST_WORK:,}. Split it.",
            )
        told = arrays({**self.panel.x, **self.panel.y}, axes)
        sides = ({name: told[name] for name in side} for side in (self.panel.x, self.panel.y))
        return Quantities(axes, *sides)

    def contract(self) -> dict[str, Any]:
        """Return what the answer repeats of the request."""
        if self.price_basis is None:
            return {}
        year = int(self.price_basis.removeprefix("constant-"))
        return {"price_basis": self.price_basis, "base_year": year}


class Scored(BaseModel):
    """A row: null with a ``reason`` where the unit is absent or a program has no solution."""

    reason: Literal["ABSENT", "NOT_IN_BOTH_YEARS", "LP_INFEASIBLE"] | None = None


class ChangeRow(BaseModel):
    """Ratios to the year before; above 1 is progress."""

    M: Cell = Field(description="Malmquist: EC·TC")
    EC: Cell = Field(description="Efficiency change: PEC·SEC")
    TC: Cell = Field(description="Technical change")
    PEC: Cell = Field(description="Pure efficiency change")
    SEC: Cell = Field(description="Scale efficiency change")


class ScoredChange(Scored, ChangeRow):
    """Malmquist of one unit and year."""


class Band(BaseModel):
    """The 5–95 % band of a ratio, and the ratio less its bias; null where there is no ratio."""

    low: Cell
    corrected: Cell
    high: Cell


class BandedChange(BaseModel):
    """Bands of Malmquist of one unit and year; PEC and SEC have none."""

    M: Band
    EC: Band
    TC: Band


class BandsIn(BaseModel):
    """Ask for bands by the bootstrap of Simar and Wilson (1999): how many replications, from which seed."""

    model_config = ConfigDict(extra="forbid")

    replications: Annotated[int, Field(ge=100, le=MOST_REPLICATIONS), BY_INSTANCE, REPEATS] = (
        REPLICATIONS
    )
    seed: Annotated[int, Field(ge=0, le=2**53)] = SEED


class MalmquistBands(BandsIn):
    """The bands, with what they were drawn by."""

    units: dict[str, dict[str, BandedChange]]


class BjurekRow(Scored):
    """Hicks-Moorsteen of one unit and year."""

    HM_BJUREK: Cell = Field(description="output_change / input_change")
    output_change: Cell
    input_change: Cell


class LevelRow(Scored):
    """Färe-Primont of one unit and year. TFP = AO/AI; TFPE = OTE·OME·ROSE = OTE·OSE·RME."""

    TFP: Cell
    AO: Cell = Field(description="Aggregate output at the shadow prices of the mean unit")
    AI: Cell = Field(description="Aggregate input at the shadow prices of the mean unit")
    TFPE: Cell = Field(description="TFP over the largest of the year")
    OTE: Cell = Field(description="Technical efficiency")
    OSE: Cell = Field(description="Scale efficiency")
    OME: Cell = Field(description="Mix efficiency")
    ROSE: Cell = Field(description="Residual scale efficiency")
    RME: Cell = Field(description="Residual mix efficiency")


class EfficiencyRow(Scored):
    """DEA of one unit and year, in (0, 1]; scale = crs/vrs."""

    crs: Cell
    vrs: Cell
    scale: Cell


class StochasticRow(Scored):
    """Stochastic frontier of one unit and year: E[exp(−u)|e]."""

    efficiency: Cell


class MalmquistAnswer(Contract):
    """Means are geometric, over what is not null."""

    units: dict[str, dict[str, ScoredChange]]
    over_units: dict[str, ChangeRow]
    over_years: dict[str, ChangeRow]
    overall: ChangeRow
    bands: MalmquistBands | None = Field(default=None, description="Where they were asked for")


class BjurekAnswer(Contract):
    """Means are geometric, over what is not null."""

    units: dict[str, dict[str, BjurekRow]]
    over_units: dict[str, Cell]
    over_years: dict[str, Cell]
    overall: Cell


class LevelAnswer(Contract):
    """Levels are comparable over all units and years of this answer, and of no other."""

    units: dict[str, dict[str, LevelRow]]
    TFP_max: dict[str, Cell]
    price_y: dict[str, float]
    price_x: dict[str, float]


class EfficiencyAnswer(Contract):
    """Efficiency against the frontier of the same year; means are geometric."""

    orientation: Literal["output", "input"]
    units: dict[str, dict[str, EfficiencyRow]]
    over_units: dict[str, EfficiencyRow]


class StochasticAnswer(Contract):
    """ln y = beta_0 + Σ beta_k·ln x_k + v − u, pooled; ``inputs`` names the input of each beta_k."""

    distribution: Literal["HALF_NORMAL", "TRUNCATED_NORMAL"]
    beta: dict[str, float]
    inputs: dict[str, str]
    se: dict[str, float] = Field(description="Standard errors; absent where not estimated")
    sigma2: float
    gamma: float
    mu: float
    lnL: float
    lnL_ols: float = Field(description="At gamma = 0")
    LR: float = Field(description="2(lnL − lnL_ols)")
    LR_p: float = Field(description="Its probability, mixed χ²")
    observations: int
    mean_efficiency: float
    units: dict[str, dict[str, StochasticRow]]


def table(
    row: type[Row], columns: Mapping[str, Array], axes: Axes, reason: NDArray[np.str_]
) -> dict[str, dict[str, Row]]:
    """Return a row for each unit and year from arrays of shape (units, years)."""
    return {
        unit: {
            str(year): row(
                reason=str(reason[i, j]) or None,
                **{name: cell(values[i, j]) for name, values in columns.items()},
            )
            for j, year in enumerate(axes.years)
        }
        for i, unit in enumerate(axes.units)
    }


def banded(found: Bands, axes: Axes) -> MalmquistBands:
    """Return the bands for each unit and year."""
    ends = ("low", "corrected", "high")
    units = {
        unit: {
            str(year): BandedChange(
                **{
                    part: Band(**{end: cell(getattr(found, end)[part][i, j]) for end in ends})
                    for part in BANDED
                }
            )
            for j, year in enumerate(axes.years)
        }
        for i, unit in enumerate(axes.units)
    }
    return MalmquistBands(replications=found.replications, seed=found.seed, units=units)


def absent(values: Array) -> NDArray[np.str_]:
    """Return ABSENT where there is no value, else nothing."""
    return np.where(np.isnan(values), ABSENT, "")
