"""A world of firms with known elasticities: the Monte Carlo of Ackerberg, Caves and Frazer (2015), section 5 and appendix.

Value added Y = L^0.6 K^0.4 e^(ω+ε), ω an AR(1) with ρ = 0.7 and standard deviation 0.3; capital follows from optimal investment with convex costs that
differ between firms (discount 0.95, depreciation 0.2); labour is chosen at t − b with what is known of ω then, wages AR(1) of the firm; materials are
proportional to planned output. DGP1: b = 0.5, wages vary. DGP2: b = 0, wages do not, labour has an optimisation error of 0.37.
DGP3: both. Written from the model: with these numbers investment is linear in profitability and has a closed form.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from pq_tfp.domain.firm_panel import FirmPanel, Roles, firm_panel
from pq_tfp.domain.series import Array

ALPHA_L, ALPHA_K = 0.6, 0.4
RHO, SD_OMEGA, RHO_WAGE, SD_EPSILON = 0.7, 0.3, 0.3, 0.1
DISCOUNT, DEPRECIATION, SD_COST = 0.95, 0.2, 0.6
HORIZON, BURNT = 60, 60
World = Callable[..., FirmPanel]


@dataclass(frozen=True)
class Design:
    """Between b and t productivity goes ρ^b of its way; spread of log wages; spread of the optimisation error of labour."""

    b: float
    sd_wage: float
    sd_labour: float


DESIGNS = {1: Design(0.5, 0.1, 0.0), 2: Design(0.0, 0.0, 0.37), 3: Design(0.5, 0.1, 0.37)}


def autoregression(random: np.random.Generator, last: Array, rho: float, sd: float) -> Array:
    """Return the next value of a stationary AR(1) with standard deviation ``sd``."""
    step: Array = rho * last + random.normal(0, sd * np.sqrt(1 - rho**2), last.shape)
    return step


def investment(design: Design, omega: Array, wage: Array, ease: Array) -> Array:
    """Return optimal investment: discounted expected marginal products of capital, times the firm's ease of adjusting."""
    s = np.arange(1, HORIZON + 1)
    rest = 1 - ALPHA_L
    rho_2 = RHO**design.b
    known = (RHO ** (s - 1) * RHO ** (1 - design.b)) ** 2
    news = SD_OMEGA**2 * (1 - rho_2**2)
    scale = ALPHA_L ** (ALPHA_L / rest) * np.exp(
        0.5 * (ALPHA_L * design.sd_labour) ** 2
    ) - ALPHA_L ** (1 / rest) * np.exp(0.5 * design.sd_labour**2)
    spread = (
        news / 2 / rest
        + 0.5 * rho_2**2 * SD_OMEGA**2 * (1 - known) / rest**2
        + 0.5 * (ALPHA_L / rest * design.sd_wage) ** 2 * (1 - RHO_WAGE ** (2 * s))
    )
    told = np.outer(omega, RHO**s) / rest - np.outer(wage, RHO_WAGE**s) * ALPHA_L / rest
    weights = DISCOUNT**s * (1 - DEPRECIATION) ** (s - 1) * np.exp(spread)
    made: Array = ease * scale * (np.exp(told) @ weights)
    return made


def simulated(
    dgp: int,
    *,
    firms: int = 1000,
    years: int = 10,
    seed: int = 1,
    sd_cost: float = SD_COST,
    proxy: str = "M",
) -> FirmPanel:
    """Return a panel in logs with Y, L, K, and for a proxy materials M or investment I.

    With ``sd_cost`` 0 all adjust capital equally easily, so that (under DGP2) investment tells productivity, as Olley and Pakes need it.
    """
    design, random = DESIGNS[dgp], np.random.default_rng(seed)
    ease = np.exp(random.normal(0, sd_cost, firms))
    omega = random.normal(0, SD_OMEGA, firms)
    wage = random.normal(0, design.sd_wage, firms)
    capital = np.full(firms, 1e-3)
    kept: list[tuple[Array, ...]] = []
    rho_2 = RHO**design.b
    for t in range(BURNT + years):
        capital = (1 - DEPRECIATION) * capital + investment(design, omega, wage, ease)
        before = autoregression(random, omega, RHO ** (1 - design.b), SD_OMEGA)
        omega = autoregression(random, before, rho_2, SD_OMEGA)
        wage = autoregression(random, wage, RHO_WAGE, design.sd_wage)
        k = np.log(capital)
        expected = rho_2 * before + SD_OMEGA**2 * (1 - rho_2**2) / 2
        planned = (np.log(ALPHA_L) + expected - wage + ALPHA_K * k) / (1 - ALPHA_L)
        labour = planned + random.normal(0, design.sd_labour, firms)
        y = ALPHA_L * labour + ALPHA_K * k + omega + random.normal(0, SD_EPSILON, firms)
        m = ALPHA_L * planned + ALPHA_K * k + omega
        if t >= BURNT:
            kept.append((y, labour, k, m, np.log(investment(design, omega, wage, ease))))
    columns = {
        name: np.array([row[at] for row in kept]).T.ravel() for at, name in enumerate("YLKMI")
    }
    firm = np.repeat(np.arange(firms), years)
    year = np.tile(np.arange(2011, 2011 + years), firms)
    return firm_panel(firm, year, columns, roles=Roles(proxy=proxy), units="logs")


@pytest.fixture
def world() -> World:
    return simulated
