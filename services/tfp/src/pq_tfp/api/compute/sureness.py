"""How sure a figure is, over HTTP: bands, the table of assumptions, and what a target meets."""

from dataclasses import asdict
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field

from pq_tfp.api.compute.shapes import Asked, Cell, Finite, Series, cell, yearly
from pq_tfp.domain import sensitivity, uncertainty
from pq_tfp.domain.accounting import Inputs
from pq_tfp.domain.axes import Axes, refuse
from pq_tfp.domain.headline import DELTA
from pq_tfp.domain.series import gap_faults, levels

Pair = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Sd = Annotated[Finite, Field(ge=0, le=0.5)]
SmallSd = Annotated[Finite, Field(ge=0, le=0.1)]


class WidthsAsked(Asked):
    """The widths of the draws, by default those of the method; growth errors are fractions a year."""

    alpha_sd: Sd = uncertainty.Widths().alpha_sd
    alpha_bounds: Pair = Field(default=[0.2, 0.8])
    delta: Pair = Field(default=[0.04, 0.08])
    K0_log_sd: Annotated[Finite, Field(ge=0, le=3)] = uncertainty.Widths().K0_log_sd
    output_sd: SmallSd = uncertainty.Widths().output_sd
    labour_sd: SmallSd = uncertainty.Widths().labour_sd
    epsilon_R: list[Finite] = Field(default=[0.02, 0.06, 0.10], min_length=3, max_length=3)
    delta_R: Pair = Field(default=[0.10, 0.20])
    RD_error: Annotated[Finite, Field(ge=0, lt=1)] = uncertainty.Widths().RD_error

    def widths(self) -> uncertainty.Widths:
        """Return the widths as the engine takes them. Raises SeriesRefused for bounds in the wrong order."""
        refuse(uncertainty.width_faults(given := self._given()))
        return given

    def _given(self) -> uncertainty.Widths:
        low, mode, high = self.epsilon_R
        return uncertainty.Widths(
            alpha_sd=self.alpha_sd, alpha_bounds=_pair(self.alpha_bounds), delta=_pair(self.delta),
            K0_log_sd=self.K0_log_sd, output_sd=self.output_sd, labour_sd=self.labour_sd,
            epsilon_R=(low, mode, high), delta_R=_pair(self.delta_R), RD_error=self.RD_error,
        )  # fmt: skip


class SurenessAsked(Asked):
    """Draw the period anew with other shares, depreciation, first stock and errors of measurement."""

    target: Finite | None = Field(
        default=None, description="A TFP share of growth to judge, a fraction"
    )
    delta: Annotated[Finite, Field(ge=0, lt=1)] = DELTA
    I: Series | None = Field(  # noqa: E741 - the symbol of the method
        default=None,
        description="Real investment; without it the declared stock and delta imply it",
    )
    draws: Annotated[int, Field(ge=1000, le=100_000)] = uncertainty.DRAWS
    seed: Annotated[int, Field(ge=0, le=2**31)] = uncertainty.SEED
    widths: WidthsAsked = WidthsAsked()


class BandOut(BaseModel):
    """Median and 5-95 % band; null where no draw carries a share."""

    low: Cell
    mid: Cell
    high: Cell


class AssumptionOut(BaseModel):
    """One changed assumption; rates as fractions a year, the change of g_A in percentage points."""

    assumption: str
    value: float
    g_Y: Cell
    g_K: Cell
    g_A: Cell
    growth_share_A: Cell
    change_pp: Cell


class TargetOut(BaseModel):
    """What the target meets; the probability is null where most draws carry no share."""

    target: float
    verdict: Literal["met", "not met", "not decidable"]
    probability: Cell
    band: BandOut
    valid: float
    reason: str | None


class SurenessOut(BaseModel):
    """Bands of rates in percentage points a year and of the share as a fraction, with all that made them."""

    bands: dict[str, BandOut]
    sensitivity: list[AssumptionOut]
    target: TargetOut | None
    delta: float
    draws: int
    seed: int
    widths: dict[str, object]


def case_of(inputs: Inputs, years: range, asked: SurenessAsked) -> uncertainty.Case:
    """Return the period as it is drawn: years from the one it grows out of. Raises SeriesRefused."""
    K = levels(inputs.K, years)
    investment = uncertainty.implied_investment(K, asked.delta)
    if asked.I is not None:
        flows = yearly(asked.I)
        refuse(gap_faults("I", flows, years[1:]))
        investment = levels(flows, years[1:])
    return uncertainty.Case(
        axes=Axes(tuple(years)), Y=levels(inputs.Y, years), L=levels(inputs.L, years),
        investment=investment, alpha=levels(inputs.alpha, years[1:]), K0=float(K[0]), delta=asked.delta,
    )  # fmt: skip


def sureness(case: uncertainty.Case, asked: SurenessAsked) -> SurenessOut:
    """Return bands, the table of assumptions and the judgement of the target. Raises SeriesRefused."""
    widths = asked.widths.widths()
    drawn = uncertainty.simulate(case, widths, draws=asked.draws, seed=asked.seed)
    return SurenessOut(
        bands={name: band_out(one) for name, one in uncertainty.bands(drawn).items()},
        sensitivity=[_assumption(row) for row in sensitivity.table(case)],
        target=None if asked.target is None else _target(drawn.growth_share_A, asked.target),
        delta=asked.delta, draws=asked.draws, seed=asked.seed, widths=asdict(widths),
    )  # fmt: skip


def band_out(band: uncertainty.Band) -> BandOut:
    """Return a band of an answer."""
    return BandOut(low=cell(band.low), mid=cell(band.mid), high=cell(band.high))


def _target(share: np.ndarray, target: float) -> TargetOut:
    found = uncertainty.check_target(share, target)
    return TargetOut(
        target=target, verdict=found.verdict, probability=cell(found.probability),
        band=band_out(found.band), valid=found.valid, reason=found.reason,
    )  # fmt: skip


def _assumption(row: sensitivity.Row) -> AssumptionOut:
    told = {
        name: value for name, value in asdict(row).items() if name not in ("assumption", "value")
    }
    return AssumptionOut(
        assumption=row.assumption, value=row.value, **{name: cell(v) for name, v in told.items()}
    )


def _pair(values: list[float]) -> tuple[float, float]:
    low, high = values
    return low, high
