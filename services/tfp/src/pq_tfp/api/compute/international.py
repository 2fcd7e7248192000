"""Engine TORNQVIST over HTTP: any number of inputs under their own names, weighed by shares or by what was paid for them."""

from collections.abc import Mapping
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
from pq_tfp.api.compute.labour_income import INCOME, ShareAsked, ShareOut, beta_of
from pq_tfp.api.compute.names import refuse_unread
from pq_tfp.api.compute.qualities import GroupAsked, Labour, labour_of
from pq_tfp.api.compute.shapes import Series, by_year, cell
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
from pq_tfp.domain import guards, tornqvist
from pq_tfp.domain.axes import Axes, Notice, placed, refuse
from pq_tfp.domain.series import Array, common_years, gap_faults, levels
from pq_tfp.domain.sharing import reasons, shares_of
from pq_tfp.domain.tornqvist import TFP, LogGrowth

NOT_INPUTS = frozenset({"Y", "H", "beta", *INCOME})
EXAMPLE: Any = {
    "engine": "TORNQVIST",
    "price_basis": "constant-2010",
    "Y": {"2020": 100.0, "2021": 107.0, "2022": 115.0},
    "K": {"2020": 200.0, "2021": 220.0, "2022": 240.0},
    "L": {"2020": 50.0, "2021": 50.5, "2022": 51.0},
    "E": {"2020": 30.0, "2021": 31.0, "2022": 33.0},
    "cost_K": {"2020": 40.0, "2021": 42.0, "2022": 46.0},
    "cost_L": {"2020": 55.0, "2021": 57.0, "2022": 62.0},
    "cost_E": {"2020": 5.0, "2021": 6.0, "2022": 6.5},
}


class TornqvistRequest(Figures):
    """Y and any inputs by their own names (K, L, II, E, M, S, …), each with ``cost_X`` or ``share_X`` of every year.

    With K and L alone ``beta``, or ``labour_share``, may stand for the shares. ``H`` is hours per person a year.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [EXAMPLE]})
    __pydantic_extra__: dict[str, Series]

    engine: Literal["TORNQVIST"] = "TORNQVIST"
    Y: Series | None = None
    H: Series | None = None
    beta: Series | None = None
    share_unit: Literal["fraction", "percent"] = Field(default="fraction", description="Of beta")
    labour_share: ShareAsked | None = None
    VA: Series | None = None
    CE: Series | None = None
    MI: Series | None = None
    T: Series | None = None
    N_employees: Series | None = None
    N_total: Series | None = None
    labour_groups: dict[str, GroupAsked] | None = Field(
        default=None,
        description="Hours or persons and mean wages by group: labour quality on a line of its own",
    )


def account(told: TornqvistRequest, tell: Tell) -> AccountingAnswer | PanelAnswer:
    """Compute Δln A = Δln Y − Σ s̄·Δln X for each unit, each year and the period."""
    named = {name: getattr(told, name) for name in ("Y", "H", "beta", *INCOME)}
    units = units_of(told, {**named, **told.__pydantic_extra__})
    if told.panel is not None:
        refuse_unread(told.panel.y, "panel.y", ("Y",))
    inputs = {name for unit in units for name in _inputs(unit.series)}
    check_declared(told, ("Y", *inputs))
    check_options(told, {n for unit in units for n in unit.series}, levels=("Y", *inputs))
    done = iter(range(1, len(units) + 1))

    def one(unit: Unit) -> Found:
        found = _account(unit, told)
        tell(next(done), len(units))
        return found

    return answer(
        each(units, one),
        engine=tornqvist.ENGINE, method_version=tornqvist.METHOD_VERSION,
        contribution_unit="log points", share_method=_share_method(units, told),
        capital_method={"K": "declared stock"}, **common(told),
    )  # fmt: skip


def _inputs(series: Mapping[str, Any]) -> list[str]:
    return [n for n in series if n not in NOT_INPUTS and not n.startswith(("share_", "cost_"))]


def _share_method(units: list[Unit], told: TornqvistRequest) -> str:
    if told.labour_share is not None:
        return told.labour_share.method
    return "cost shares" if any(n.startswith("cost_") for u in units for n in u.series) else "told"


def _account(unit: Unit, told: TornqvistRequest) -> Found:
    names = _inputs(unit.series)
    if not names:
        said = (
            "Cần ít nhất một đầu vào, ví dụ K và L.",
            "At least one input is needed, for example K and L.",
        )
        refuse([placed("K", None, None, "series_missing", said)])
    made = ready(unit, told, levels=("Y", *names))
    labour = labour_of(made.series, told.labour_groups)
    series = {**made.series, **labour.series}
    years = tuple(common_years({name: series.get(name, {}) for name in ("Y", *names)}))
    X = {name: levels(series[name], years) for name in names}
    grown, share = _grown(series, X, Axes(years), told)
    first, last = period_of(told, grown.axes.years)
    period = _period(grown, first, last)
    _identities(grown)
    index = np.where([year in made.imputed for year in years], np.nan, grown.A_index)
    figures = UnitFigures(
        years=without_imputed(_rows(grown, labour), made.imputed, ()), period=period,
        A_index=by_year(index, years), imputed_years=sorted(made.imputed),
        linked=linked_out(told, made), labour_share=share,
    )  # fmt: skip
    return figures, [*_notices(told, made, grown, X), *labour.notices]


def _grown(
    series: Mapping[str, dict[int, float]], X: dict[str, Array], axes: Axes, told: TornqvistRequest
) -> tuple[LogGrowth, ShareOut | None]:
    Y = levels(series["Y"], axes.years)
    weights = {kind: _weights(series, f"{kind}_", axes.years) for kind in ("cost", "share")}
    ways = [kind for kind, found in weights.items() if found]
    if told.labour_share is not None or "beta" in series:
        ways.append("beta")
    if len(ways) != 1 or (ways == ["beta"] and set(X) != {"K", "L"}):
        said = (
            "Mỗi đầu vào cần cost_X, hoặc share_X; chỉ K và L thì beta hoặc labour_share cũng được. Chỉ dùng một cách.",
            "Each input needs cost_X, or share_X; with K and L alone beta or labour_share will do. Use one way only.",
        )
        refuse(
            [
                placed(
                    "share",
                    None,
                    None,
                    "weights_mixed" if len(ways) > 1 else "series_missing",
                    said,
                )
            ]
        )
    if ways == ["cost"]:
        return tornqvist.account_costs(Y, X, weights["cost"], axes), None
    if ways == ["share"]:
        return tornqvist.account(Y, X, weights["share"], axes), None
    used = beta_of(series, told.labour_share, unit=told.share_unit)
    refuse(gap_faults("beta", used.beta, axes.years))
    beta = levels(used.beta, axes.years)
    return tornqvist.account(Y, X, {"K": 1 - beta, "L": beta}, axes), used.out


def _weights(
    series: Mapping[str, dict[int, float]], prefix: str, years: tuple[int, ...]
) -> dict[str, Array]:
    told = {name: values for name, values in series.items() if name.startswith(prefix)}
    refuse([fault for name, values in told.items() for fault in gap_faults(name, values, years)])
    return {name.removeprefix(prefix): levels(values, years) for name, values in told.items()}


def _rows(grown: LogGrowth, labour: Labour) -> dict[str, Row]:
    columns = {"dln_Y": grown.dln_Y, "dln_A": grown.dln_A}
    columns |= {f"dln_{name}": values for name, values in grown.dln_X.items()}
    columns |= {f"share_{name}": values for name, values in grown.share.items()}
    columns |= {f"contribution_{name}": values for name, values in grown.contribution.items()}
    columns |= {f"growth_share_{name}": values for name, values in grown.growth_share.items()}
    if "L" in grown.dln_X:
        deep = tornqvist.per_unit_of(grown, grown.dln_X["L"])
        columns["dln_LP"] = deep["Y"]
        columns |= {f"deepening_{n}": v for n, v in deep.items() if n not in ("Y", "L", TFP)}
        columns |= labour.columns(grown.axes.years, grown.share["L"])
    listed = {name: values.tolist() for name, values in columns.items()}
    return {
        str(year): {
            **{name: cell(values[at]) for name, values in listed.items()},
            "reason": str(grown.reason[at]) or None,
        }
        for at, year in enumerate(grown.axes.years)
    }


def _period(grown: LogGrowth, first: int, last: int) -> dict[str, Any]:
    """Return mean log points a year of the period, and shares of growth as ratios of its sums."""
    flows = tornqvist.per_year(grown, first, last)
    growth = np.asarray(flows.pop("Y"))
    at = [first - grown.axes.years[0] + 1, last - grown.axes.years[0] + 1]
    start, end = grown.A_index[at]
    hold(
        "the chain equals its end points", float(flows[TFP]) * (last - first), [np.log(end / start)]
    )
    return {
        "first_year": first + 1, "last_year": last, "dln_Y": float(growth), "dln_A": float(flows[TFP]),
        **{f"contribution_{name}": float(part) for name, part in flows.items()},
        **{f"growth_share_{name}": cell(float(shares_of(part, growth))) for name, part in flows.items()},
        "A_index": float(end / start),
        "reason": str(reasons(growth)) or None,
    }  # fmt: skip


def _notices(
    told: TornqvistRequest, made: Ready, grown: LogGrowth, X: Mapping[str, Array]
) -> list[Notice]:
    rates = dict(zip(grown.axes.years, np.expm1(grown.dln_Y).tolist(), strict=True))
    axes = Axes((grown.axes.years[0] - 1, *grown.axes.years))
    swings = guards.swing_notices(X["K"], axes) if "K" in X else []
    return [*shared_notices(told, made, rates), *grown.notices, *swings]


def _identities(grown: LogGrowth) -> None:
    hold("contributions sum to growth", grown.dln_Y, grown.contribution.values())
    hold("shares of growth sum to 1", np.ones(grown.dln_Y.shape), grown.growth_share.values())
