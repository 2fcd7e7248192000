"""What DYN takes and answers beside what every estimator does: the free form, its instruments and their tests."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field

from pq_common.http.wire import Flag
from pq_tfp.api.compute.shapes import Asked, Cell, cell
from pq_tfp.domain.dynamic_form import NEAREST, CommonFactor
from pq_tfp.domain.panel_gmm import PanelGmm, Tested
from pq_tfp.domain.series import Array


class GmmAsked(Asked):
    """The free form by GMM: output and inputs are instrumented by their past."""

    equations: Literal["DIF", "SYS"] = "SYS"
    """Differences alone, or levels too: these assume that changes do not depend on what is lasting in a firm."""
    steps: Literal[1, 2] = 2
    first: Annotated[int, Field(ge=NEAREST, le=20)] = NEAREST
    """How many years back instruments begin; 3 where figures are measured with error."""
    last: Annotated[int, Field(ge=NEAREST, le=200)] | None = None
    collapse: Flag = False
    """One instrument per lag instead of one per lag and year."""
    joint: Flag = False
    """The first weight also holds what differences and levels have in common, as xtabond2 does."""


class ElasticityOut(BaseModel):
    """A coefficient and its standard error, null where only a bootstrap could tell."""

    beta: float
    standard_error: Cell


class TestedOut(BaseModel):
    """A statistic and the probability of one as far out if what is tested holds."""

    statistic: float
    p_value: float


class GmmOut(BaseModel):
    """What GMM says of its instruments: Hansen's J after two steps, Sargan's after one in differences; m₁ and m₂ of serial correlation."""

    instruments: int
    degrees_of_freedom: int
    overidentification: TestedOut | None
    """Null where nothing is left to test, or after one step with levels."""
    serial_correlation: list[TestedOut | None]


class DynamicsOut(BaseModel):
    """ρ, the free form that the restricted one was fitted to, and the test of the restrictions (χ², inputs degrees of freedom)."""

    rho: float
    rho_standard_error: float
    free: dict[str, ElasticityOut]
    distance: float
    p_value: float
    gmm: GmmOut | None = None


def elasticities(names: tuple[str, ...], beta: Array, errors: Array) -> dict[str, ElasticityOut]:
    """Return coefficients by name, with their standard errors."""
    return {
        name: ElasticityOut(beta=b, standard_error=cell(e))
        for name, b, e in zip(names, beta.tolist(), errors.tolist(), strict=True)
    }


def dynamics(found: CommonFactor) -> DynamicsOut:
    """Return ρ, the free form, and the tests."""
    free = found.free
    return DynamicsOut(
        rho=found.rho, rho_standard_error=found.rho_se, distance=found.distance, p_value=found.p_value,
        free=elasticities(free.names, free.beta, np.sqrt(np.diag(free.covariance))),
        gmm=None if free.gmm is None else _diagnosed(free.gmm),
    )  # fmt: skip


def _diagnosed(found: PanelGmm) -> GmmOut:
    return GmmOut(
        instruments=found.instruments,
        degrees_of_freedom=found.degrees,
        overidentification=_test_out(found.overidentified),
        serial_correlation=[_test_out(one) for one in found.serial],
    )


def _test_out(found: Tested | None) -> TestedOut | None:
    return None if found is None else TestedOut(statistic=found.statistic, p_value=found.p_value)
