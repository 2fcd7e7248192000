"""Engine VN-OFFICIAL over HTTP."""

from dataclasses import asdict, fields
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.figures import (
    AccountingAnswer,
    Found,
    PanelAnswer,
    Row,
    UnitFigures,
    answer,
    linked_out,
    period_of,
    shared_notices,
    without_imputed,
)
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.labour_income import INCOME, ShareAsked, Used, as_fractions, beta_of
from pq_tfp.api.compute.names import refuse_unread
from pq_tfp.api.compute.shapes import Series, by_year, cell
from pq_tfp.api.compute.sureness import SurenessAsked, case_of, sureness
from pq_tfp.api.compute.units import (
    Figures,
    Ready,
    Unit,
    check_declared,
    check_options,
    common,
    each,
    ready,
    units_of,
)
from pq_tfp.domain import accounting, guards, official_periods
from pq_tfp.domain.accounting import Growth, Inputs, PeriodGrowth
from pq_tfp.domain.axes import Axes
from pq_tfp.domain.errors import SeriesRefused
from pq_tfp.domain.headline import contributions, labour_productivity_growth, within
from pq_tfp.domain.series import common_years, level_faults, levels

FIGURES = [one for one in fields(Growth) if one.name not in ("years", "reasons")]
LEVELS = ("Y", "K", "L")
SINGLE = (*LEVELS, "alpha", "beta", *INCOME)
EXAMPLE: Any = {
    "engine": "VN-OFFICIAL",
    "price_basis": "constant-2010",
    "declared": {"L": {"unit": "nghìn người"}},
    "Y": {"2020": 100.0, "2021": 107.0, "2022": 115.0},
    "K": {"2020": 200.0, "2021": 220.0, "2022": 240.0},
    "L": {"2020": 50.0, "2021": 50.5, "2022": 51.0},
    "beta": {"2021": 0.6, "2022": 0.6},
    "uncertainty": {"target": 0.47},
}


class OfficialRequest(Figures):
    """Levels by year and the income share of labour; alpha is 1 − beta where it is not given. A year's share weighs its growth."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    engine: Literal["VN-OFFICIAL"] = "VN-OFFICIAL"
    Y: Series | None = None
    K: Series | None = None
    L: Series | None = None
    beta: Series | None = None
    alpha: Series | None = None
    share_unit: Literal["fraction", "percent"] = Field(
        default="fraction", description="Of alpha and beta"
    )
    labour_share: ShareAsked | None = None
    VA: Series | None = None
    CE: Series | None = None
    MI: Series | None = None
    T: Series | None = None
    N_employees: Series | None = None
    N_total: Series | None = None
    uncertainty: SurenessAsked | None = None


def account(told: OfficialRequest, tell: Tell) -> AccountingAnswer | PanelAnswer:
    """Compute G_A = G_Y − alpha·G_K − beta·G_L for each unit, each year and the period."""
    check_declared(told, ("Y", "K"))
    units = units_of(told, {name: getattr(told, name) for name in SINGLE})
    named = {name for unit in units for name in unit.series}
    refuse_unread(sorted(named), accounting.ENGINE, SINGLE)
    check_options(told, named, levels=LEVELS)
    done = iter(range(1, len(units) + 1))

    def one(unit: Unit) -> Found:
        found = _account(unit, told)
        tell(next(done), len(units))
        return found

    return answer(
        each(units, one),
        engine=accounting.ENGINE, method_version=accounting.METHOD_VERSION,
        contribution_unit="percentage points",
        share_method=told.labour_share.method if told.labour_share else "told",
        capital_method={"K": "declared stock"}, **common(told),
    )  # fmt: skip


def _account(unit: Unit, told: OfficialRequest) -> Found:
    made = ready(unit, told, levels=LEVELS)
    used = _beta(made, told)
    inputs = _inputs(made, used, told)
    grown = accounting.account(inputs)
    first, last = period_of(told, grown.years)
    period = accounting.account_period(inputs, first, last)
    _identities(grown, period)
    index = official_periods.A_index(grown)
    index[[year in made.imputed for year in range(grown.years[0] - 1, grown.years[-1] + 1)]] = (
        np.nan
    )
    figures = UnitFigures(
        years=without_imputed(_rows(grown), made.imputed, ("alpha", "beta")),
        period=_period(grown, period),
        A_index=by_year(index, range(grown.years[0] - 1, grown.years[-1] + 1)),
        imputed_years=sorted(made.imputed), linked=linked_out(told, made), labour_share=used.out,
        uncertainty=_sureness(inputs, first, last, told),
    )  # fmt: skip
    return figures, [*_notices(inputs, told, made, grown), *used.notices]


def _beta(made: Ready, told: OfficialRequest) -> Used:
    """Return the labour share; a refusal of it lists the faults of the levels as well."""
    try:
        return beta_of(made.series, told.labour_share, unit=told.share_unit)
    except SeriesRefused as refusal:
        others = [
            fault
            for name in LEVELS
            for values in (made.series.get(name, {}),)
            for fault in level_faults(name, values, sorted(values))
        ]
        raise SeriesRefused.because([*refusal.errors, *others]) from None


def _inputs(made: Ready, used: Used, told: OfficialRequest) -> Inputs:
    given = made.series.get("alpha")
    alpha = (
        as_fractions("alpha", given, told.share_unit)
        if given
        else {year: 1 - share for year, share in used.beta.items()}
    )
    Y, K, L = (made.series.get(name, {}) for name in LEVELS)
    return Inputs(Y, K, L, alpha, used.beta)


def _sureness(inputs: Inputs, first: int, last: int, told: OfficialRequest) -> Any:
    if told.uncertainty is None:
        return None
    years = range(first, last + 1)
    return sureness(case_of(within(inputs, years), years, told.uncertainty), told.uncertainty)


def _notices(inputs: Inputs, told: OfficialRequest, made: Ready, grown: Growth) -> list[Any]:
    years = common_years({name: getattr(inputs, name) for name in LEVELS})
    swings = guards.swing_notices(levels(inputs.K, years), Axes(tuple(years)))
    rates = dict(zip(grown.years, grown.g_Y.tolist(), strict=True))
    return [*shared_notices(told, made, rates), *swings]


def _rows(grown: Growth) -> dict[str, Row]:
    """Return one row a year, unrounded; NaN becomes null beside its reason."""
    columns = {one.name: getattr(grown, one.name).tolist() for one in FIGURES}
    columns["g_LP"] = labour_productivity_growth(grown).tolist()
    return {
        str(year): {
            **{name: cell(values[index]) for name, values in columns.items()},
            "reason": grown.reasons[index],
        }
        for index, year in enumerate(grown.years)
    }


def _period(grown: Growth, period: PeriodGrowth) -> dict[str, Any]:
    """Return the period as plans name it, by its growth years, with what the years' chain and their mean would say."""
    means = official_periods.mean_of_annual_shares(grown)
    return {
        **asdict(period),
        "first_year": period.first_year + 1,
        **{f"contribution_{name}": points for name, points in contributions(period).items()},
        "chain_difference": official_periods.chain_difference(grown, period),
        **{f"mean_of_annual_shares_{name}": value for name, value in means.items()},
    }


def _identities(grown: Growth, period: PeriodGrowth) -> None:
    parts = (grown.contribution_K, grown.contribution_L, grown.contribution_A)
    hold("contributions sum to growth", 100 * grown.g_Y, parts)
    shares = (grown.growth_share_K, grown.growth_share_L, grown.growth_share_A)
    hold("shares of growth sum to 1", np.ones(len(grown.years)), shares)
    hold(
        "contributions of the period sum to growth",
        100 * period.g_Y,
        contributions(period).values(),
    )
