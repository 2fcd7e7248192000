"""Production functions of enterprises over HTTP: eight estimators, by ``engine``, on one shape of panel."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pq_common.http.wire import Flag
from pq_tfp.api.compute.child import Tell
from pq_tfp.api.compute.dynamics import DynamicsOut, ElasticityOut, GmmAsked, dynamics, elasticities
from pq_tfp.api.compute.engine import Engine, Route
from pq_tfp.api.compute.firms import FirmsAsked, example_panel, read_panel
from pq_tfp.api.compute.repeats import BY_INSTANCE, REPEATS
from pq_tfp.api.compute.shapes import Asked, Contract, ShortText, noticed
from pq_tfp.domain.ackerberg import FEWEST_STARTS, STARTS, Multistart, ackerberg, ackerberg_from
from pq_tfp.domain.block_bootstrap import FEWEST, REPLICATIONS, SEED, Bootstrap, bootstrap
from pq_tfp.domain.control_function import Profiled, proxy_estimate
from pq_tfp.domain.dynamic_form import CommonFactor, Gmm, common_factor
from pq_tfp.domain.estimates import METHOD_VERSION, Estimate, firm_tfp
from pq_tfp.domain.firm_panel import FirmPanel
from pq_tfp.domain.panel_regression import linear_estimate
from pq_tfp.domain.series import Array
from pq_tfp.domain.wooldridge import wooldridge

EXAMPLE: Any = {"price_basis": "constant-2010", "values": "levels", "panel": example_panel()}
GMM_EXAMPLE: Any = {"equations": "SYS", "steps": 1, "collapse": True}
Again = Callable[[FirmPanel], Array]
Found = tuple[Estimate, dict[str, Any]]


def _example(engine: str, **options: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [{"engine": engine, **EXAMPLE, **options}]})


class Resampling(Asked):
    """A bootstrap by firm: how many draws, from which seed."""

    replications: Annotated[int, Field(ge=FEWEST, le=2000), BY_INSTANCE, REPEATS] = REPLICATIONS
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = SEED


class ProductionAsked(FirmsAsked):
    """What every estimator takes."""

    bootstrap: Resampling | None = None


class LinearAsked(ProductionAsked):
    year_effects: Flag = False


class ProxyAsked(ProductionAsked):
    proxy: ShortText
    degree: Literal[2, 3] = 3


class OlsRequest(LinearAsked):
    """Least squares; the productivity of a firm is in the error."""

    model_config = _example("OLS")
    engine: Literal["OLS"] = "OLS"


class FeRequest(LinearAsked):
    """Within firms: what is lasting in a firm is swept out."""

    model_config = _example("FE", year_effects=True)
    engine: Literal["FE"]


class FdRequest(LinearAsked):
    """First differences between neighbouring years."""

    model_config = _example("FD")
    engine: Literal["FD"]


class DynRequest(LinearAsked):
    """Productivity follows AR(1): the common-factor form, and its test; the free form by least squares, or by GMM."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"engine": "DYN", **EXAMPLE, "year_effects": False},
                {"engine": "DYN", **EXAMPLE, "year_effects": False, "gmm": GMM_EXAMPLE},
            ]
        }
    )
    engine: Literal["DYN"]
    year_effects: Flag = True
    gmm: GmmAsked | None = None


class ControlAsked(ProxyAsked):
    expectation: Literal["joint", "fitted"] = "joint"
    """Productivity expected from the year before: fitted with capital to the output, or to stage 1, as levpet and prodest do."""


class OpRequest(ControlAsked):
    """Olley-Pakes; the proxy is investment."""

    model_config = _example("OP", proxy="M", degree=2)
    engine: Literal["OP"]


class LpRequest(ControlAsked):
    """Levinsohn-Petrin; the proxy is materials."""

    model_config = _example("LP", proxy="M", degree=2)
    engine: Literal["LP"]


class WrdgRequest(ProxyAsked):
    """Wooldridge: both stages of Levinsohn-Petrin at once."""

    model_config = _example("WRDG", proxy="M", degree=2)
    engine: Literal["WRDG"]
    moments: Literal["apart", "added"] = "apart"
    """Each equation its own, or added up with productivity as a random walk, as prodest for Stata does."""


class AcfRequest(ProxyAsked):
    """Ackerberg, Caves and Frazer, from many starts."""

    model_config = _example("ACF", proxy="M", degree=2)
    engine: Literal["ACF"]
    starts: Annotated[int, Field(ge=FEWEST_STARTS, le=1024), BY_INSTANCE, REPEATS] = STARTS


class MinimumOut(BaseModel):
    """A distinct minimum of the criterion: the elasticities there, and how many starts ended in it."""

    beta: dict[str, float]
    criterion: float
    admissible: bool
    starts: int


class ProductionFunctionAnswer(Contract):
    """Elasticities, and ln TFP of each firm and year, y − β'x, to be compared within an industry only."""

    specification: str
    elasticities: dict[str, ElasticityOut]
    standard_errors: Literal["clustered by firm", "bootstrap by firm", "none"]
    returns_to_scale: float
    rows: int
    firms: int
    rows_left_out: int
    """Rows that lack some of what is used."""
    ln_A: dict[str, dict[str, float]]
    curve: dict[str, list[float]] | None = None
    minima: list[MinimumOut] | None = None
    starts: int | None = None
    starts_lost: int | None = None
    dynamics: DynamicsOut | None = None
    bootstrap: dict[str, int] | None = None


def linear(told: OlsRequest | FeRequest | FdRequest, tell: Tell) -> ProductionFunctionAnswer:
    """Estimate by OLS, FE or FD."""

    def once(panel: FirmPanel) -> Estimate:
        return linear_estimate(panel, told.engine, year_effects=told.year_effects)

    panel, left_out = read_panel(told, None)
    return _answer(
        told, panel, (once(panel), {}), lambda p: once(p).beta, tell=tell, left_out=left_out
    )


def dynamic(told: DynRequest, tell: Tell) -> ProductionFunctionAnswer:
    """Estimate the common-factor form."""
    gmm = None if told.gmm is None else Gmm(**told.gmm.model_dump())

    def once(panel: FirmPanel) -> CommonFactor:
        return common_factor(panel, year_effects=told.year_effects, gmm=gmm)

    panel, left_out = read_panel(told, None)
    found = once(panel)
    first = found.estimate, {"dynamics": dynamics(found)}
    return _answer(
        told, panel, first, lambda p: once(p).estimate.beta, tell=tell, left_out=left_out
    )


def proxied(told: OpRequest | LpRequest, tell: Tell) -> ProductionFunctionAnswer:
    """Estimate by OP or LP, with the curve of the second stage."""

    def once(panel: FirmPanel) -> Profiled:
        return proxy_estimate(panel, told.engine, degree=told.degree, expectation=told.expectation)

    panel, left_out = read_panel(told, told.proxy)
    found = once(panel)
    curve = {"beta": found.curve_beta.tolist(), "objective": found.curve.tolist()}
    first = found.estimate, {"curve": curve}
    return _answer(
        told, panel, first, lambda p: once(p).estimate.beta, tell=tell, left_out=left_out
    )


def system(told: WrdgRequest, tell: Tell) -> ProductionFunctionAnswer:
    """Estimate by WRDG."""
    panel, left_out = read_panel(told, told.proxy)

    def once(panel: FirmPanel) -> Estimate:
        return wooldridge(panel, degree=told.degree, moments=told.moments)

    return _answer(
        told, panel, (once(panel), {}), lambda p: once(p).beta, tell=tell, left_out=left_out
    )


def multistart(told: AcfRequest, tell: Tell) -> ProductionFunctionAnswer:
    """Estimate by ACF and list every minimum; draws of a bootstrap start from the minimum that was chosen."""
    panel, left_out = read_panel(told, told.proxy)
    found: Multistart = ackerberg(panel, degree=told.degree, starts=told.starts)
    minima = [
        MinimumOut(
            beta=dict(zip(panel.roles.inputs, m.beta.tolist(), strict=True)),
            criterion=m.criterion, admissible=m.admissible, starts=m.starts,
        )
        for m in found.minima
    ]  # fmt: skip
    first = found.estimate, {"minima": minima, "starts": found.starts, "starts_lost": found.lost}
    start, degree = found.minima[0].beta, told.degree

    def again(drawn: FirmPanel) -> Array:
        return ackerberg_from(drawn, start, degree=degree)

    return _answer(told, panel, first, again, tell=tell, left_out=left_out)


def _answer(
    told: Any, panel: FirmPanel, found: Found, again: Again, *, tell: Tell, left_out: int
) -> ProductionFunctionAnswer:
    estimate, more = found
    errors = "none" if np.isnan(estimate.covariance).any() else "clustered by firm"
    if told.bootstrap is not None:
        drawn = _bootstrapped(told.bootstrap, panel, estimate, again, tell=tell)
        estimate, errors = drawn.estimate, "bootstrap by firm"
        asked = {"replications": told.bootstrap.replications, "seed": told.bootstrap.seed}
        more["bootstrap"] = {**asked, "failed": drawn.failed}
    levels: dict[str, dict[str, float]] = {name: {} for name in panel.firms}
    for at, year, value in zip(
        panel.firm, panel.year, firm_tfp(panel, estimate).tolist(), strict=True
    ):
        levels[panel.firms[at]][str(year)] = value
    return ProductionFunctionAnswer(
        engine=estimate.method, method_version=METHOD_VERSION, price_basis=told.price_basis,
        base_year=int(told.price_basis.removeprefix("constant-")),
        specification=estimate.specification,
        elasticities=elasticities(estimate.names, estimate.beta, estimate.standard_error),
        standard_errors=errors, rows=estimate.rows, firms=estimate.firms, rows_left_out=left_out,
        returns_to_scale=float(estimate.beta[: len(panel.roles.inputs)].sum()),
        ln_A=levels, **more, **noticed(estimate.notices),
    )  # fmt: skip


def _bootstrapped(
    asked: Resampling, panel: FirmPanel, estimate: Estimate, again: Again, *, tell: Tell
) -> Bootstrap:
    done = 0

    def counted(drawn: FirmPanel) -> Array:
        nonlocal done
        done += 1
        tell(done, asked.replications)
        return again(drawn)

    return bootstrap(panel, estimate, counted, replications=asked.replications, seed=asked.seed)


ROUTE = Route(
    name="production-function",
    summary="Production functions of enterprises",
    description=(
        "Estimate elasticities on an unbalanced panel of firms and return the productivity of each firm. "
        "Lags are calendar years within a firm: a gap breaks them."
    ),
    engines={
        "OLS": Engine(asked=OlsRequest, call=linear),
        "FE": Engine(asked=FeRequest, call=linear),
        "FD": Engine(asked=FdRequest, call=linear),
        "DYN": Engine(asked=DynRequest, call=dynamic, digits=6),
        "OP": Engine(asked=OpRequest, call=proxied, digits=6),
        "LP": Engine(asked=LpRequest, call=proxied, digits=6),
        "WRDG": Engine(asked=WrdgRequest, call=system),
        "ACF": Engine(asked=AcfRequest, call=multistart, digits=6),
    },
    answer=ProductionFunctionAnswer,
    closed_form=False,
)
