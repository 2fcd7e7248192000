"""The frontier engines over HTTP: Malmquist, Hicks-Moorsteen, Färe-Primont, and efficiency by DEA or by a stochastic frontier."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.frontier_examples import FIRMS
from pq_tfp.api.compute.frontier_shapes import (
    BandsIn,
    BjurekAnswer,
    BjurekRow,
    ChangeRow,
    EfficiencyAnswer,
    EfficiencyRow,
    FrontierRequest,
    LevelAnswer,
    LevelRow,
    MalmquistAnswer,
    ScoredChange,
    StochasticAnswer,
    StochasticRow,
    absent,
    banded,
    example,
    table,
)
from pq_tfp.api.compute.identities import hold
from pq_tfp.api.compute.shapes import by_year, cell, noticed
from pq_tfp.domain import (
    dea,
    fare_primont,
    hicks_moorsteen,
    malmquist,
    malmquist_bootstrap,
    stochastic_frontier,
)
from pq_tfp.domain.axes import refuse
from pq_tfp.domain.errors import fault
from pq_tfp.domain.malmquist import Changes, Part
from pq_tfp.domain.series import Array

LEVEL_PARTS = ("TFP", "AO", "AI", "TFPE", "OTE", "OSE", "OME", "ROSE", "RME")


class MalmquistRequest(FrontierRequest):
    """``cross`` VRS takes the distances across years under variable returns, where they may not exist; it has no ``bands``."""

    model_config = example(malmquist.ENGINE, orientation="output")

    engine: Literal["MALMQUIST"] = "MALMQUIST"
    orientation: Literal["output", "input"] = "output"
    cross: Literal["CRS", "VRS"] = "CRS"
    bands: BandsIn | None = None


class BjurekRequest(FrontierRequest):
    """``returns`` are those of both technologies."""

    model_config = example(hicks_moorsteen.ENGINE, returns="VRS")

    engine: Literal["HM_BJUREK"] = "HM_BJUREK"
    returns: Literal["CRS", "VRS"] = "VRS"


class LevelRequest(FrontierRequest):
    """Any number of years, one also."""

    model_config = example(fare_primont.ENGINE)

    engine: Literal["FARE_PRIMONT"] = "FARE_PRIMONT"


class EfficiencyRequest(FrontierRequest):
    """Each year is held against its own frontier."""

    model_config = example(dea.ENGINE, orientation="output")

    engine: Literal["DEA"] = "DEA"
    orientation: Literal["output", "input"] = "output"


class StochasticRequest(FrontierRequest):
    """One output; units and years are pooled. ``mu_bound`` bounds |mu|/sigma_u of a truncated normal."""

    model_config = example(stochastic_frontier.ENGINE, FIRMS, distribution="HALF_NORMAL")

    engine: Literal["SFA"] = "SFA"
    distribution: Literal["HALF_NORMAL", "TRUNCATED_NORMAL"] = "HALF_NORMAL"
    mu_bound: Annotated[float, Field(gt=0, le=100)] = stochastic_frontier.MU_BOUND


def malmquist_of(told: MalmquistRequest, tell: Tell) -> MalmquistAnswer:
    """Compute productivity change between neighbouring years and its parts."""
    drawn = told.bands
    repeated = 0 if drawn is None else malmquist_bootstrap.PROGRAMS * drawn.replications
    quantities = told.quantities(programs=6 + repeated)
    if drawn is not None and told.cross != "CRS":
        vi, en = "bands chỉ có khi cross là CRS.", "bands exist under cross CRS alone."
        refuse([fault("bands", None, "bands_need_crs", vi, en)])
    found = malmquist.change(quantities, orientation=told.orientation, cross=told.cross)
    sure = None if drawn is None else malmquist_bootstrap.bands(
        quantities, replications=drawn.replications, seed=drawn.seed, tell=tell
    )  # fmt: skip
    ln = {part: np.log(values) for part, values in found.parts.items()}
    hold("ln M = ln EC + ln TC", ln["M"], [ln["EC"], ln["TC"]])
    hold("ln EC = ln PEC + ln SEC", ln["EC"], [ln["PEC"], ln["SEC"]])
    return MalmquistAnswer(
        engine=malmquist.ENGINE, method_version=malmquist.METHOD_VERSION, **told.contract(),
        units=table(ScoredChange, {str(part): values for part, values in found.parts.items()}, found.axes, found.reason),
        over_units=_changes(found.over_units, tuple(map(str, found.axes.years))),
        over_years=_changes(found.over_years, found.axes.units),
        overall=_overall(found), bands=None if sure is None else banded(sure, found.axes),
        **noticed((*found.notices, *(sure.notices if sure is not None else ()))),
    )  # fmt: skip


def _changes(parts: dict[Part, Array], labels: tuple[str, ...]) -> dict[str, ChangeRow]:
    return {
        label: ChangeRow(**{part: cell(values[at]) for part, values in parts.items()})
        for at, label in enumerate(labels)
    }


def _overall(found: Changes) -> ChangeRow:
    return ChangeRow(**{part: cell(value) for part, value in found.overall.items()})


def bjurek_of(told: BjurekRequest, tell: Tell) -> BjurekAnswer:
    """Compute output growth over input growth between neighbouring years."""
    found = hicks_moorsteen.change(told.quantities(programs=8), returns=told.returns)
    columns = {
        name: getattr(found, name) for name in ("HM_BJUREK", "output_change", "input_change")
    }
    growth = np.log(found.output_change), -np.log(found.input_change)
    hold("ln HM = ln outputs − ln inputs", np.log(found.HM_BJUREK), growth)
    means = zip(found.axes.units, found.over_years.tolist(), strict=True)
    return BjurekAnswer(
        engine=hicks_moorsteen.ENGINE, method_version=hicks_moorsteen.METHOD_VERSION, **told.contract(),
        units=table(BjurekRow, columns, found.axes, found.reason),
        over_units=by_year(found.over_units, found.axes.years),
        over_years={unit: cell(value) for unit, value in means},
        overall=cell(found.overall), **noticed(found.notices),
    )  # fmt: skip


def levels_of(told: LevelRequest, tell: Tell) -> LevelAnswer:
    """Compute levels of productivity that are transitive over units and years, and their parts."""
    found = fare_primont.compare(told.quantities(programs=3))
    columns = {name: getattr(found, name) for name in LEVEL_PARTS}
    ln = {name: np.log(values) for name, values in columns.items()}
    hold("ln TFP = ln AO − ln AI", ln["TFP"], [ln["AO"], -ln["AI"]])
    for parts in (("OTE", "OME", "ROSE"), ("OTE", "OSE", "RME")):
        hold(f"ln TFPE = {parts}", ln["TFPE"], [ln[part] for part in parts])
    return LevelAnswer(
        engine=fare_primont.ENGINE, method_version=fare_primont.METHOD_VERSION, **told.contract(),
        units=table(LevelRow, columns, found.axes, absent(found.TFP)),
        TFP_max=by_year(found.TFP_max, found.axes.years),
        price_y=found.price_y, price_x=found.price_x, **noticed(found.notices),
    )  # fmt: skip


def efficiency_of(told: EfficiencyRequest, tell: Tell) -> EfficiencyAnswer:
    """Compute the efficiency of every unit under constant and variable returns."""
    found = dea.measure(told.quantities(programs=2), orientation=told.orientation)
    columns = {"crs": found.crs, "vrs": found.vrs, "scale": found.scale}
    return EfficiencyAnswer(
        engine=dea.ENGINE, method_version=dea.METHOD_VERSION, **told.contract(),
        orientation=told.orientation, units=table(EfficiencyRow, columns, found.axes, absent(found.crs)),
        over_units={
            str(year): EfficiencyRow(
                crs=cell(found.mean_crs[at]), vrs=cell(found.mean_vrs[at]), scale=cell(found.mean_scale[at])
            )
            for at, year in enumerate(found.axes.years)
        },
    )  # fmt: skip


def stochastic_of(told: StochasticRequest, tell: Tell) -> StochasticAnswer:
    """Estimate a production frontier with noise, and the efficiency of every unit and year."""
    found = stochastic_frontier.estimate(
        told.quantities(programs=0), distribution=told.distribution, mu_bound=told.mu_bound
    )
    columns = {"efficiency": found.efficiency}
    return StochasticAnswer(
        engine=stochastic_frontier.ENGINE, method_version=stochastic_frontier.METHOD_VERSION,
        **told.contract(), distribution=found.distribution, beta=found.beta, inputs=found.inputs,
        se=found.se, sigma2=found.sigma2, gamma=found.gamma, mu=found.mu, lnL=found.lnL,
        lnL_ols=found.lnL_ols, LR=found.LR, LR_p=found.LR_p, observations=found.observations,
        mean_efficiency=found.mean_efficiency,
        units=table(StochasticRow, columns, found.axes, absent(found.efficiency)),
        **noticed(found.notices),
    )  # fmt: skip


def _route(
    name: str, summary: str, does: str, answer: Any, engines: dict[str, Engine[Any]]
) -> Route:
    """Return a route whose engines solve programs or search: none is closed-form."""
    return Route(
        name=name, summary=summary, description=does, answer=answer, engines=engines, closed_form=False
    )  # fmt: skip


ROUTES = (
    _route(
        "malmquist", "Malmquist productivity",
        "Split productivity change between neighbouring years into efficiency, technical and scale change (FGNZ 1994).",
        MalmquistAnswer, {malmquist.ENGINE: Engine(asked=MalmquistRequest, call=malmquist_of)},
    ),
    _route(
        "hicks-moorsteen", "Hicks-Moorsteen productivity",
        "Divide output growth by input growth, both by distance functions (Bjurek 1996).",
        BjurekAnswer, {hicks_moorsteen.ENGINE: Engine(asked=BjurekRequest, call=bjurek_of)},
    ),
    _route(
        "fare-primont", "Färe-Primont productivity",
        "Compare the level of productivity of every unit and year with every other, and say where it comes from.",
        LevelAnswer, {fare_primont.ENGINE: Engine(asked=LevelRequest, call=levels_of)},
    ),
    _route(
        "frontier", "Efficiency by a frontier",
        "Measure efficiency by data envelopment (DEA) or by a stochastic frontier (SFA).",
        EfficiencyAnswer | StochasticAnswer,
        {
            dea.ENGINE: Engine(asked=EfficiencyRequest, call=efficiency_of),
            stochastic_frontier.ENGINE: Engine(asked=StochasticRequest, call=stochastic_of, digits=6),
        },
    ),
)  # fmt: skip
