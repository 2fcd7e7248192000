"""The contribution of science, technology and innovation, over HTTP: three named definitions, always together, each with its band."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.figures import period_of
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.labour_income import INCOME, ShareAsked, beta_of
from pq_tfp.api.compute.qualities import GroupAsked, labour_of
from pq_tfp.api.compute.shapes import Cell, Contract, Finite, Series, cell, noticed, yearly
from pq_tfp.api.compute.sureness import BandOut, SurenessAsked, band_out, case_of
from pq_tfp.api.compute.units import Figures, check_declared, check_options, common, ready, units_of
from pq_tfp.domain import accounting, sti, sti_band, uncertainty
from pq_tfp.domain.accounting import Inputs, PeriodGrowth
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.headline import within
from pq_tfp.domain.series import Array, gap_faults, levels
from pq_tfp.domain.sti import Terms

LEVELS = ("Y", "K", "L")
TERMS = ("c_LQ", "c_KQ", "c_ICT", "c_RE")
EXAMPLE: Any = {
    "price_basis": "constant-2010",
    "Y": {"2018": 85.0, "2019": 92.0, "2020": 95.0, "2021": 100.0, "2022": 108.0},
    "K": {"2018": 170.0, "2019": 183.0, "2020": 196.0, "2021": 210.0, "2022": 226.0},
    "L": {"2018": 49.0, "2019": 49.5, "2020": 49.4, "2021": 49.8, "2022": 50.4},
    "beta": {"2019": 0.6, "2020": 0.6, "2021": 0.6, "2022": 0.6},
    "first_year": 2020,
    "RD": {"2018": 0.4, "2019": 0.45, "2020": 0.5, "2021": 0.56, "2022": 0.62},
    "c_LQ": 0.003,
    "c_KQ": 0.002,
    "c_ICT": 0.001,
    "c_RE": 0.004,
}


class StiRequest(Figures):
    """The levels of official accounting, real R&D spending from two years before the first growth year, and the other terms.

    Terms are fractions of growth a year (0.003 = 0.3 points); one that is not given counts as 0 and is named in ``notices``.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["STI"] = "STI"
    Y: Series
    K: Series
    L: Series
    beta: Series | None = None
    share_unit: Literal["fraction", "percent"] = "fraction"
    labour_share: ShareAsked | None = None
    VA: Series | None = None
    CE: Series | None = None
    MI: Series | None = None
    T: Series | None = None
    N_employees: Series | None = None
    N_total: Series | None = None
    RD: Series = Field(description="Real R&D spending, in the unit and prices of Y")
    epsilon_R: Annotated[Finite, Field(ge=0, le=1)] = sti.EPSILON_R[1]
    delta_R: Annotated[Finite, Field(gt=0, lt=1)] = sti.DELTA_R
    labour_groups: dict[str, GroupAsked] | None = Field(default=None, description="Instead of c_LQ")
    c_LQ: Finite | None = Field(default=None, description="Labour quality")
    c_KQ: Finite | None = Field(
        default=None, description="Change in the composition of capital, ICT included"
    )
    c_ICT: Finite | None = Field(default=None, description="The part of c_KQ that ICT assets carry")
    c_RE: Finite | None = Field(default=None, description="Reallocation between industries")
    c_DEM: Finite | None = Field(
        default=None, description="Demand and capacity use, where a series exists"
    )
    uncertainty: SurenessAsked = SurenessAsked()


class Amount(BaseModel):
    """A number and its band."""

    value: Cell
    band: BandOut


class DefinitionOut(BaseModel):
    """Percentage points a year, and fractions of g_A and of g_Y; null where growth carries no share."""

    pp: Amount
    of_g_A: Amount
    of_g_Y: Amount


class StiAnswer(Contract):
    """All three definitions; ``STI_PLAN`` is TFP growth itself, which plans call the contribution of science and technology."""

    first_year: int
    last_year: int
    terms: dict[str, float | None]
    STI_CORE: DefinitionOut
    STI_VNPI: DefinitionOut
    STI_PLAN: DefinitionOut
    parameters: dict[str, Any]
    caution: str


@dataclass(frozen=True, slots=True)
class _Case:
    """The period under the official engine, and what its draws are made of."""

    inputs: Inputs
    period: PeriodGrowth
    notices: list[Notice]

    @property
    def years(self) -> range:
        return range(self.period.first_year, self.period.last_year + 1)


CAUTION = (
    "STI_PLAN là cách hiểu của văn bản kế hoạch (bằng TFP), không phải phần do R&D tạo ra. "
    "STI_PLAN is the reading of plans (all of TFP), not what R&D alone brings about."
)


def contribution(told: StiRequest, tell: Tell) -> StiAnswer:
    """Compute the terms, the three definitions and their bands. Raises SeriesRefused."""
    case = _official(told)
    terms, notices = _terms(told, case)
    asked = told.uncertainty
    widths = asked.widths.widths()
    drawn = uncertainty.simulate(
        case_of(within(case.inputs, case.years), case.years, asked), widths, draws=asked.draws, seed=asked.seed
    )  # fmt: skip
    RD, axes = _spending(told, case)
    bands, own = sti_band.with_band(terms, drawn, RD, axes, alpha=case.period.alpha, widths=widths)
    points = sti.define(terms).by_name
    return StiAnswer(
        engine="STI", method_version=accounting.METHOD_VERSION,
        share_method=told.labour_share.method if told.labour_share else "told",
        capital_method={"K": "declared stock", "delta": asked.delta}, **common(told),
        first_year=case.period.first_year + 1, last_year=case.period.last_year,
        terms=_told(terms), parameters={
            "epsilon_R": told.epsilon_R, "delta_R": told.delta_R, "draws": asked.draws,
            "seed": asked.seed, "widths": asdict(widths),
        },
        **{name: _definition(points[name], bands[name]) for name in sti.DEFINITIONS},
        caution=CAUTION, **noticed([*case.notices, *notices, *own]),
    )  # fmt: skip


def _official(told: StiRequest) -> _Case:
    check_declared(told, ("Y", "K"))
    names = (*LEVELS, "beta", *INCOME)
    (unit,) = units_of(told, {name: getattr(told, name) for name in names})
    check_options(told, {*unit.series, "RD"}, levels=LEVELS)
    made = ready(unit, told, levels=LEVELS)
    used = beta_of(made.series, told.labour_share, unit=told.share_unit)
    alpha = {year: 1 - share for year, share in used.beta.items()}
    Y, K, L = (made.series[name] for name in LEVELS)
    inputs = Inputs(Y, K, L, alpha, used.beta)
    first, last = period_of(told, accounting.account(inputs).years)
    period = accounting.account_period(inputs, first, last)
    return _Case(inputs, period, [*made.notices, *used.notices])


def _spending(told: StiRequest, case: _Case) -> tuple[Array, Axes]:
    """Return R&D from two years before the first growth year: knowledge works a year later."""
    years = tuple(range(case.period.first_year - 1, case.period.last_year + 1))
    spent = yearly(told.RD)
    refuse(gap_faults("RD", spent, years))
    return levels(spent, years), Axes(years)


def _terms(told: StiRequest, case: _Case) -> tuple[Terms, list[Notice]]:
    RD, axes = _spending(told, case)
    R = sti.knowledge_stock(RD, axes, delta_R=told.delta_R)
    c_RD = float(sti.knowledge_term(R, epsilon=told.epsilon_R).mean())
    given = {name: getattr(told, name) for name in TERMS}
    notices: list[Notice] = []
    if told.labour_groups:
        if told.c_LQ is not None:
            said = (
                "Gửi c_LQ hoặc labour_groups, chỉ một.",
                "Send c_LQ or labour_groups, only one.",
            )
            refuse([placed("c_LQ", None, None, "panel_and_series", said)])
        labour = labour_of(
            {"L": {year: case.inputs.L[year] for year in case.years}}, told.labour_groups
        )
        notices += labour.notices
        if labour.quality is not None:
            inside = labour.columns(
                tuple(case.years)[1:], np.full(len(case.years) - 1, case.period.beta)
            )
            given["c_LQ"] = float(np.nanmean(inside["contribution_LQ"]))
    notices += [Notice("TERM_NOT_GIVEN", name) for name, value in given.items() if value is None]
    known = {name: value or 0.0 for name, value in given.items()}
    period = case.period
    return Terms(g_Y=period.g_Y, g_A=period.g_A, c_RD=c_RD, c_DEM=told.c_DEM, **known), notices


def _told(terms: Terms) -> dict[str, float | None]:
    named = {**asdict(terms), "c_RES": terms.c_RES}
    parts = [named[name] for name in ("c_LQ", "c_KQ", "c_RE", "c_RD", "c_RES")]
    hold("the terms sum to g_A", terms.g_A, parts)
    return {name: None if value is None else float(value) for name, value in named.items()}


def _definition(point: sti.Contribution, banded: sti_band.Banded) -> DefinitionOut:
    return DefinitionOut(
        **{
            name: Amount(
                value=cell(float(getattr(point, name))), band=band_out(getattr(banded, name))
            )
            for name in ("pp", "of_g_A", "of_g_Y")
        }
    )


ROUTE = Route(
    name="sti",
    summary="Contribution of science, technology and innovation",
    description="STI_CORE, STI_VNPI and STI_PLAN in percentage points and as shares, each with a 5-95 % band; NOT_NESTED when their order fails.",
    engines={"STI": Engine(asked=StiRequest, call=contribution)},
    answer=StiAnswer,
)
